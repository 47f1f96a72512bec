"""``gov-core store``: seals that were kept, and what is no seal."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from gov_core.casework import Intake
from gov_core.cli import store as _store  # noqa: F401 - adds its commands
from gov_core.cli._app import app
from gov_core.errors import ConcurrencyConflictError, IntegrityViolationError, PayloadRejectedError
from gov_core.storage.opening import open_store
from town import HOTLINE, Town

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["store", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    store = open_store(url)
    town = Town(store=store)
    for number in (1, 2, 3):
        town.casework.report(Intake(matter="dirt", channel="hotline", case_id=f"C-{number}"), HOTLINE)
    store.close()
    return url


def test_a_store_is_verified_by_seals_that_were_kept(url: str, tmp_path: Path) -> None:
    kept = tmp_path / "seals.txt"
    kept.write_text("\n" + run("seal", "--store", url).stdout + "\n", "utf-8")
    assert run("verify", "--store", url, "--kept", kept).stdout.endswith(": sound\n")


@pytest.mark.parametrize("text", ["", "\n  \n", "\ufeff"])
def test_a_file_without_seals_proves_nothing_and_is_refused(url: str, tmp_path: Path, text: str) -> None:
    kept = tmp_path / "seals.txt"
    kept.write_text(text, "utf-8")
    with pytest.raises(PayloadRejectedError) as caught:
        run("verify", "--store", url, "--kept", kept)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("storage.no_seal", str(kept))]


def test_each_line_that_is_no_seal_is_named(url: str, tmp_path: Path) -> None:
    kept = tmp_path / "seals.txt"
    seal = run("seal", "--store", url).stdout
    other = json.dumps(json.loads(seal) | {"position": "3"})
    kept.write_bytes(f"{seal}no\n{seal}[]\n{'[' * 100_000}\n{other}\n".encode() + b"\xff\n")
    with pytest.raises(PayloadRejectedError) as caught:
        run("verify", "--store", url, "--kept", kept)
    assert [fault.place for fault in caught.value.faults] == [f"{kept}:{line}" for line in (2, 4, 5, 6, 7)]
    assert {fault.code for fault in caught.value.faults} == {"storage.no_seal"}


def test_a_store_moves(url: str, tmp_path: Path) -> None:
    file, other = tmp_path / "cases.jsonl", f"sqlite:///{tmp_path / 'moved.db'}"
    seal = run("seal", "--store", url).stdout
    written = run("export", "--store", url, "-o", file).stdout
    assert run("import", file, "--store", other).stdout == written
    assert json.loads(written)["entries"] == len(file.read_bytes().splitlines()) - 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (tmp_path / "seals.txt").write_text(seal, "utf-8")
    assert ": sound" in run("verify", "--store", other, "--kept", tmp_path / "seals.txt").stdout
    with pytest.raises(ConcurrencyConflictError):
        run("import", file, "--store", url)


def test_an_export_is_never_over_another_file_and_leaves_no_piece(url: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        run("export", "--store", url, "-o", file)
    assert file.read_bytes() == b"kept"
    with pytest.raises(FileNotFoundError):
        run("export", "--store", url, "-o", tmp_path / "no" / "cases.jsonl")
    assert [path.name for path in tmp_path.iterdir() if "jsonl" in path.name] == ["cases.jsonl"]


def test_what_was_cut_off_is_not_imported(url: str, tmp_path: Path) -> None:
    file, other = tmp_path / "cases.jsonl", f"sqlite:///{tmp_path / 'moved.db'}"
    run("export", "--store", url, "-o", file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    with pytest.raises(IntegrityViolationError) as caught:
        run("import", file, "--store", other)
    assert caught.value.code == "storage.damaged_export"
    file.write_bytes(whole)
    run("import", file, "--store", other)
    with pytest.raises(FileNotFoundError):
        run("import", tmp_path / "no.jsonl", "--store", f"sqlite:///{tmp_path / 'never.db'}")
    assert not (tmp_path / "never.db").exists()
