"""Addresses of stores."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import StoreUnavailableError
from gov_core.storage.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path


def test_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url, name, file in (
        ("memory://", "memory", None),
        ("sqlite:///cases.db", "sqlite", "cases.db"),
        (f"sqlite:///{tmp_path}/absolute.db", "sqlite", "absolute.db"),
        ("sqlite:///案件 %3F%23%25.db", "sqlite", "案件 ?#%.db"),
    ):
        with closing(open_store(url)) as store:
            assert store.describe().name == name
        assert file is None or (tmp_path / file).is_file()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cases.db",
        "sqlite:cases.db",
        "sqlite://cases.db",
        "sqlite:///",
        "sqlite:///folder/",
        "sqlite:///:memory:",
        "sqlite:///cases.db?mode=ro",
        "sqlite:///cases.db#x",
        "mysql://localhost/cases",
        "postgresql://localhost/cases?schema=No",
        "postgresql://user:secret@localhost/cases?connections=many",
        "memory://name",
    ],
)
def test_what_is_no_address_says_what_is(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreUnavailableError) as caught:
        open_store(url)
    (fault,) = caught.value.faults
    assert fault.code == "storage.address"
    assert "sqlite:///" in fault.hint or "a to z" in fault.hint
    assert "secret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "conninfo"),
    [
        ("postgresql://", "postgresql://"),
        ("postgresql:///cases?schema=nanjing", "postgresql:///cases"),
        ("postgresql:///cases?host=/run/pg&notify=0", "postgresql:///cases?host=/run/pg"),
        (
            "postgresql://u:a+b@h:5/d?options=-c%20x%3D1&schema=n",
            "postgresql://u:a+b@h:5/d?options=-c%20x%3D1",
        ),
        ("postgres://one,two/d?connections=2", "postgres://one,two/d"),
        ("postgresql://u:a?b#c@h/d?schema=n&sslmode=require", "postgresql://u:a?b#c@h/d?sslmode=require"),
    ],
)
def test_libpq_gets_its_address_as_it_was_written(
    url: str, conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres = pytest.importorskip("gov_core.storage.postgres")
    monkeypatch.setattr(postgres, "PostgresCaseStore", lambda conninfo, **_: conninfo)
    assert open_store(url) == conninfo


@pytest.mark.parametrize(
    "url",
    [
        "postgre://gov:s3cret@db/cases",
        "postgresql://gov:s3cret@db/cases?connections=0",
        "postgresql://gov:s3cret@db/cases?conections=2",
        "postgresql://gov:p%zzs3cret@db/cases",
        "postgresql://db/cases?oauth_client_secret=%zzs3cret",
        "postgresql://db/cases?oops=1&password=s3cret",
        "postgresql://gov:s3cret@db/cases%00",
        "redis://db/?password=s3cret&x=1",
        "sqlite://gov:s3cret@db/cases",
        "sqlite://gov:s3cret℀@db/cases",
        "sqlite://[",
        "host=db password=s3cret&x dbname=cases",
        "gov:s3cret@db/cases",
        "redis://db/?token=s3cret",
    ],
)
def test_what_cannot_be_opened_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StoreUnavailableError) as caught:
        open_store(url)
    assert caught.value.faults[0].code == "storage.address"
    assert "s3cret" not in f"{caught.value}{caught.value.faults}"


@pytest.mark.parametrize("url", ["sqlite:///a\0b", "sqlite:///a%00b", "sqlite:///\ud800", "memory://\0"])
def test_an_address_that_is_no_text_is_refused_and_leaves_no_file(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreUnavailableError) as caught:
        open_store(url)
    assert caught.value.faults[0].code == "storage.address"
    assert caught.value.hint
    str(caught.value).encode()
    assert list(tmp_path.iterdir()) == []
