"""Plugins: found by their entry points, imported when they are asked for, told whose they are."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from gov_core import plugins
from gov_core.cli import plugins as plugins_command
from gov_core.cli._app import app
from gov_core.errors import CapabilityMissingError, Fault, PluginError, StoreUnavailableError
from gov_core.storage.describing import wrong_with
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.opening import open_store
from gov_core.storage.sqlite import SqliteCaseStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULE = """
from gov_core.errors import Fault, StoreUnavailableError
from gov_core.plugins import written_for
from gov_core.storage.memory import MemoryCaseStore

@written_for(1)
def good(url):
    store = MemoryCaseStore()
    store.url = url
    return store

def plain(url):
    return MemoryCaseStore()

class Liar(MemoryCaseStore):
    closed = False
    def describe(self):
        return super().describe()._replace(contract_version=7, durability="eternal")
    def close(self):
        Liar.closed = True

liar = written_for(7)(lambda url: Liar())
number = 5

def raising(url):
    raise ZeroDivisionError("of the driver")

def refusing(url):
    raise StoreUnavailableError((Fault("storage.address", "no such host", "", ""),))

def nothing(url):
    return object()
"""
POINTS = {
    "good": "good",
    "plain": "plain",
    "liar": "liar",
    "number": "number",
    "raising": "raising",
    "refusing": "refusing",
    "nothing": "nothing",
    "absent": "not_there",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts packages with entry points where Python finds them."""
    folder = tmp_path / "site"
    monkeypatch.syspath_prepend(str(folder))

    def put(
        name: str, version: str, module: str, points: dict[str, str], group: str = "gov_core.storage"
    ) -> None:
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = "".join(f"{point} = {name}:{target}\n" for point, target in points.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
        (folder / f"{name}.py").write_text(module)
        monkeypatch.delitem(sys.modules, name, raising=False)

    put("made_up_adapter", "2.3", MODULE, POINTS)
    return put


@pytest.mark.usefixtures("package")
def test_a_scheme_that_a_plugin_brings() -> None:
    assert "made_up_adapter" not in sys.modules
    (found,) = [plugin for plugin in plugins.installed("gov_core.storage") if plugin.name == "good"]
    assert found == ("gov_core.storage", "good", "made_up_adapter", "2.3", "made_up_adapter:good")
    assert "made_up_adapter" not in sys.modules
    with closing(open_store("good://host/cases?option=1")) as store:
        assert store.url == "good://host/cases?option=1"  # type: ignore[attr-defined]
    assert plugins.contract_of(plugins.load(found)) == 1
    with closing(open_store("plain://x")) as store:
        assert store.describe().name == "memory"
    with closing(open_store("memory://")):
        pass


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("scheme", "codes", "said"),
    [
        ("absent", ["plugin.import"], "cannot be imported: AttributeError"),
        ("number", ["plugin.broken"], "cannot be called"),
        ("raising", ["plugin.raised"], "ZeroDivisionError: of the driver"),
        ("nothing", ["plugin.broken"], "what it opens has no describe, append,"),
        ("liar", ["plugin.broken"] * 2, "version 7 of the contract, and this release has 1"),
    ],
)
def test_what_a_plugin_does_wrong_is_told_as_its_own(scheme: str, codes: list[str], said: str) -> None:
    with pytest.raises(PluginError) as caught:
        open_store(f"{scheme}://x")
    faults = caught.value.faults
    assert [fault.code for fault in faults] == codes
    assert said in faults[0].message
    for fault in faults:
        assert f"{scheme} of made_up_adapter 2.3" in fault.message
        assert fault.hint == "update or uninstall made_up_adapter"
    if scheme == "liar":
        assert sys.modules["made_up_adapter"].Liar.closed


@pytest.mark.usefixtures("package")
def test_errors_of_gov_core_pass() -> None:
    with pytest.raises(StoreUnavailableError, match="no such host"):
        open_store("refusing://x")
    with pytest.raises(StoreUnavailableError, match="no plugin brings one"):
        open_store("nobody://x")


@pytest.mark.parametrize(
    "wrong", ["raise RuntimeError('boom')", "import nowhere_to_be_found", "raise SystemExit(3)", "("]
)
def test_a_plugin_that_fails_at_import(wrong: str, package: Callable[..., None]) -> None:
    package("failing", "1.0", wrong, {"failing": "open"})
    with pytest.raises(PluginError, match=r"failing of failing 1\.0: it cannot be imported"):
        open_store("failing://x")


def test_two_packages_of_one_name(package: Callable[..., None]) -> None:
    package("rival", "0.1", MODULE, {"good": "good"})
    with pytest.raises(PluginError, match=r"made_up_adapter 2\.3, good of rival 0\.1"):
        open_store("good://x")


# What a store says of itself


def test_shipped_stores_are_what_they_say(tmp_path: Path) -> None:
    for store in (MemoryCaseStore(), SqliteCaseStore(tmp_path / "cases.db")):
        assert wrong_with(store) == []
        store.close()


def no_outbox(*_: object, **__: object) -> None:
    raise CapabilityMissingError([Fault("storage.capability_missing", "no outbox", "", "")])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "describe().name is ''"),
        ({"store": None}, "describe().store is None"),
        ({"schema_version": "1"}, "describe().schema_version is '1'"),
        ({"max_event_bytes": 0}, "describe().max_event_bytes is 0"),
        ({"capabilities": ["outbox"]}, "describe().capabilities is list, not a frozenset"),
        ({"capabilities": frozenset({"telepathy"})}, "it claims telepathy, which no contract knows"),
    ],
)
def test_descriptions_that_cannot_be(changes: dict[str, Any], said: str) -> None:
    store = MemoryCaseStore()
    described = store.describe()._replace(**changes)
    store.describe = lambda: described  # type: ignore[method-assign]
    assert wrong_with(store) == [said]


def test_claims_that_do_not_hold() -> None:
    store = MemoryCaseStore()
    store.outbox_entries = no_outbox  # type: ignore[assignment]
    store.seals = lambda: 1 // 0  # type: ignore[method-assign,assignment,return-value]
    assert wrong_with(store) == [
        "it claims outbox, and then says that it has not got it",
        "it claims seals, and raises ZeroDivisionError when it is asked for it",
    ]
    store.describe = lambda: 1 // 0  # type: ignore[method-assign,assignment,return-value]
    assert wrong_with(store) == ["describe() raised ZeroDivisionError: integer division or modulo by zero"]
    store.describe = dict  # type: ignore[method-assign,assignment]
    assert wrong_with(store) == ["describe() gives dict, not a StoreDescription"]


# The command


@pytest.mark.usefixtures("package")
def test_the_command_lists_and_opens() -> None:
    assert plugins_command.plugins is not None
    run = CliRunner()
    done = run.invoke(app, ["plugins", "--json", "--open", "good://x", "--open", "liar://x"])
    assert done.exit_code == 1
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert {rows[name]["contract_version"] for name in ("memory", "sqlite")} == {1}
    assert (rows["good"]["package"], rows["good"]["version"]) == ("made_up_adapter", "2.3")
    assert (rows["good"]["contract_version"], rows["liar"]["contract_version"]) == (1, 7)
    assert rows["plain"]["contract_version"] is None
    assert "comes_with" not in rows["good"]
    built_in = [
        (row["group"], row["name"]) for row in json.loads(done.stdout) if row.get("comes_with") == "gov_core"
    ]
    assert built_in == [
        *(("gov_core.storage", name) for name in ("memory", "sqlite", "postgresql", "postgres")),
        *(
            ("gov_core.notifications", name)
            for name in ("webhook", "mail", "sms", "apprise", "console", "file")
        ),
        *(("gov_core.keys", name) for name in ("file", "env")),
    ]
    assert "cannot be imported" in rows["absent"]["error"]
    assert "outbox" in rows["good://x"]["capabilities"]
    assert "version 7 of the contract" in rows["liar://x"]["error"]
    text = run.invoke(app, ["plugins", "--open", "memory://"])
    assert text.exit_code == 1  # absent cannot be imported
    for line in ("good             made_up_adapter 2.3", "contract not said", "survives: memory; can: dense"):
        assert line in text.stdout


def test_the_command_shows_no_password() -> None:
    done = CliRunner().invoke(app, ["plugins", "--open", "redis://u:s3cret@db/?token=s3cret"])
    assert done.exit_code == 1
    assert "s3cret" not in done.output


def test_the_command_is_content_where_nothing_is_wrong() -> None:
    done = CliRunner().invoke(app, ["plugins", "--open", "memory://"])
    assert done.exit_code == 0, done.stdout
