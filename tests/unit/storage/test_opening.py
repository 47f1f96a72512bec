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
