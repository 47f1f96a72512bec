"""Without the package that an extra brings, a command says which extra that is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gov_core import presets
from gov_core.errors import NotificationError
from gov_core.notifications.channels import Channels

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = """
import sys
sys.modules[sys.argv.pop(1)] = None
from gov_core.cli import main
main()
"""


def said(missing: str, *arguments: object) -> str:
    """What a command says on stderr where a package is not installed."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, missing, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done
    return done.stderr


@pytest.fixture
def where(tmp_path: Path) -> tuple[object, ...]:
    presets.qinhuai(streets=2, communities=2, grids=2, buildings=0).save(tmp_path / "city")
    channels = tmp_path / "channels.toml"
    channels.write_text('[channels.log]\nkind = "console"\n', "utf-8")
    return "--city", tmp_path / "city", "--channels", channels


def test_texts_without_jinja(where: tuple[object, ...]) -> None:
    for command in ("check", "preview"):
        told = said("jinja2", "outbox", command, *where)
        assert told.startswith("template.no_driver")
        assert "gov-core[notifications]" in told
        assert "Traceback" not in told


def test_a_store_without_psycopg() -> None:
    told = said("psycopg", "case", "list", "--store", "postgresql:///cases")
    assert told.startswith("storage.no_driver")
    assert "gov-core[postgres]" in told


@pytest.mark.parametrize(
    ("missing", "kind", "harness", "extra"),
    [
        ("psycopg", "--store", "postgres", "postgres"),
        ("h11", "--notifier", "webhook", "notifications"),
    ],
)
def test_a_kit_without_what_the_adapter_needs(missing: str, kind: str, harness: str, extra: str) -> None:
    told = said(missing, "certify", kind, harness)
    assert told.startswith("testing.harness")
    assert f'pip install "gov-core[{extra}]"' in told


@pytest.mark.parametrize(
    ("missing", "options", "extra"),
    [
        ("standardwebhooks", 'kind = "webhook"\nsecrets = ["whsec_' + "A" * 43 + '="]', "notifications"),
        ("apprise", 'kind = "apprise"', "apprise"),
    ],
)
def test_a_channel_without_its_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, options: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    file = tmp_path / "channels.toml"
    file.write_text(f"[channels.x]\n{options}\n", "utf-8")
    with pytest.raises(NotificationError) as caught:
        Channels.load(file, environ={})
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("channel.no_driver", "channels.toml#channels.x")
    assert (missing in fault.message, extra in fault.hint) == (True, True)
