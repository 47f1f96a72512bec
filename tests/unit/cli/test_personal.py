"""``gov-core personal`` and the tables of ``gov-core case list``: what they print, keep and refuse."""

from __future__ import annotations

import csv
import json
import stat
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from gov_core.casework import Intake
from gov_core.cli import case, personal  # noqa: F401 - each adds its commands
from gov_core.cli._app import app
from gov_core.errors import (
    ErasedError,
    HeldError,
    MasterKeyError,
    PrivacyError,
    RevealRefusedError,
    StoreUnavailableError,
)
from gov_core.privacy import PersonalInput, Vault, open_keys
from gov_core.storage.opening import open_store
from gov_core.storage.personal import Hold
from town import HOTLINE, Town

if TYPE_CHECKING:
    from pathlib import Path

CONTACT, TEXT = "13800000001", "楼上漏水"
LOOKER = ("--role", "hotline", "--account", "acc-1", "--body", "CC", "--area", "")


def run(*arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    try:
        return json.loads(result.stdout)
    except ValueError:
        return result.stdout


@pytest.fixture
def keys(tmp_path: Path) -> str:
    run("personal", "new-keys", tmp_path / "keys.txt")
    return f"file:{tmp_path / 'keys.txt'}"


@pytest.fixture
def url(tmp_path: Path, keys: str) -> str:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    store = open_store(url)
    town = Town(store=store, more={"vault": Vault(store, open_keys(keys))})
    said = PersonalInput(subject="s-1", contact=CONTACT, text=TEXT)
    for number, matter in enumerate(("leak.home", "=1+1", "relief"), 1):
        intake = Intake(
            matter=matter.removeprefix("=1+1") or "dirt", channel="hotline", case_id=f"C-{number}"
        )
        town.casework.report(intake, HOTLINE, said=said if number == 1 else ())
    town.casework.report(Intake(matter="dirt", channel="hotline", case_id="=C-4"), HOTLINE)
    store.close()
    return url


def test_what_is_kept_is_told_without_values(url: str, keys: str):
    run("personal", "reveal", "C-1", "--store", url, "--keys", keys, "--purpose", "contact", *LOOKER)
    told = run("personal", "show", "s-1", "--store", url)

    assert (told["values"], told["cases"], told["erased"]) == (["contact", "text"], ["C-1"], [])
    assert [(one["reader"], one["purpose"]) for one in told["accesses"]] == [("hotline/CC/acc-1", "contact")]
    assert CONTACT not in json.dumps(told)


def test_a_look_shows_what_the_purpose_needs_to_who_may_see_it(url: str, keys: str):
    seen = run("personal", "reveal", "C-1", "--store", url, "--keys", keys, "--purpose", "contact", *LOOKER)
    assert seen == {"name": "contact", "subject": "s-1", "value": CONTACT}
    for purpose, codes in (("notify", "by_program"), ("gossip", "no_purpose")):
        with pytest.raises(RevealRefusedError, match=codes):
            run("personal", "reveal", "C-1", "--store", url, "--keys", keys, "--purpose", purpose, *LOOKER)
    assert "export" in run("personal", "purposes")


def test_an_export_is_a_file_for_its_owner_alone(url: str, keys: str, tmp_path: Path):
    out = tmp_path / "subject.json"
    arguments = ("personal", "export", "s-1", "--store", url, "--keys", keys, "--account", "acc-9")
    run(*arguments, "-o", out)

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert json.loads(out.read_text("utf-8")) == run(*arguments) | {
        "accesses": json.loads(out.read_text("utf-8"))["accesses"]
    }
    with pytest.raises(FileExistsError):
        run(*arguments, "-o", out)


def test_erasing_is_said_first_and_done_on_request(url: str, keys: str):
    said = run("personal", "erase", "s-1", "--store", url)
    assert (said["values"], said["cases"]) == (2, ["C-1"])
    receipt = run("personal", "erase", "s-1", "--store", url, "--yes")
    assert (receipt["values"], receipt["keys"], receipt["basis"]) == (2, 1, "request")
    assert run("personal", "erase", "s-1", "--store", url, "--yes") == receipt
    with pytest.raises(ErasedError):
        run("personal", "export", "s-1", "--store", url, "--keys", keys, "--account", "acc-9")


def test_an_id_that_the_store_has_never_had_is_refused(url: str, keys: str):
    for arguments in (
        ("show",),
        ("erase",),
        ("erase", "--yes"),
        ("hold", "--basis", "court_order"),
        ("export", "--keys", keys, "--account", "acc-9"),
    ):
        with pytest.raises(PrivacyError) as caught:
            run("personal", arguments[0], "s-l", "--store", url, *arguments[1:])
        assert caught.value.code == "privacy.no_subject"
        assert caught.value.hint
    store = open_store(url)
    assert (store.erasures(), store.holds()) == ((), ())
    store.close()


def test_who_has_only_a_key_or_only_a_hold_is_known(url: str, keys: str):
    store = open_store(url)
    Vault(store, open_keys(keys)).seal(PersonalInput(subject="s-2", text="its report was refused"))
    store.hold(Hold("s-3", "court_order"))
    store.close()
    assert run("personal", "erase", "s-2", "--store", url, "--yes")["keys"] == 1
    assert run("personal", "show", "s-3", "--store", url)["holds"][0]["basis"] == "court_order"


def test_a_hold_keeps_what_is_held(url: str):
    run("personal", "hold", "s-1", "--store", url, "--basis", "court_order")
    assert run("personal", "holds", "--store", url)["basis"] == "court_order"
    with pytest.raises(HeldError):
        run("personal", "erase", "s-1", "--store", url, "--yes")
    run("personal", "release", "s-1", "--store", url, "--basis", "court_order")
    run("personal", "release", "s-1", "--store", url, "--basis", "court_order", code=1)
    assert run("personal", "erase", "s-1", "--store", url, "--yes")["values"] == 2


def test_retention_is_said_first_and_leaves_open_cases(url: str, tmp_path: Path):
    policy = tmp_path / "retention.toml"
    policy.write_text("[retention]\nkeep_days = 30\n", "utf-8")
    later = (Town().now + timedelta(days=4000)).isoformat()
    arguments = ("personal", "retention", "--store", url, "--now", later)

    assert run(*arguments, "--policy", policy) == {"erased": [], "held": [], "values": 0}
    assert run(*arguments, "--keep-days", 0, "--yes") == {"erased": [], "held": [], "values": 0}
    run(*arguments, code=2)
    with pytest.raises(PrivacyError, match=r"retention\.invalid"):
        run(*arguments, "--keep-days", -1)


def test_keys_are_rotated_rewrapped_and_the_old_ones_dropped(url: str, keys: str, tmp_path: Path):
    old = (tmp_path / "keys.txt").read_text("ascii")
    new = run("personal", "rotate", tmp_path / "keys.txt")
    assert len(new["versions"]) == 2
    assert run("personal", "rewrap", "--store", url, "--keys", keys) == {
        "current": new["current"],
        "wrapped": 1,
    }
    assert run("personal", "rewrap", "--store", url, "--keys", keys)["wrapped"] == 0
    assert run("personal", "rotate", tmp_path / "keys.txt", "--drop-old")["versions"] == [new["current"]]
    export = ("personal", "export", "s-1", "--store", url, "--account", "acc-9", "--keys")
    assert run(*export, keys)["values"][0] == {"name": "contact", "value": CONTACT}
    (tmp_path / "old.txt").write_text(old, "ascii")
    (tmp_path / "old.txt").chmod(0o600)
    with pytest.raises(MasterKeyError, match=r"keys\.wrong"):
        run(*export, f"file:{tmp_path / 'old.txt'}")


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path):
    with pytest.raises(StoreUnavailableError):
        run("personal", "show", "s-1", "--store", f"sqlite:///{tmp_path / 'no.db'}")


def test_tables_hold_no_formula_and_no_sensitive_case(url: str, tmp_path: Path):
    table, book = tmp_path / "cases.csv", tmp_path / "cases.xlsx"
    run("case", "list", "--store", url, "--csv", table, "--xlsx", book)
    with table.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)

    assert header[0] == "case_id"
    assert sorted(row[0] for row in rows) == ["'=C-4", "C-1", "C-2"]
    sheet = load_workbook(book)["cases"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)] == rows
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    run("case", "list", "--store", url, "--csv", table, "--sensitive")
    assert "C-3" in table.read_text("utf-8-sig")
