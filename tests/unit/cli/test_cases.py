"""``gov-core replay``, ``case`` and ``store``: what they print, and what they refuse."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from gov_core.cli import case, replay, store  # noqa: F401 - each adds its commands
from gov_core.cli._app import app
from gov_core.errors import ProcedureError, StoreUnavailableError, UnknownCaseError
from gov_core.events import write_events
from gov_core.generate import event_batches, generate_city
from gov_core.storage.opening import open_store
from gov_core.storage.protocol import CaseFilter

if TYPE_CHECKING:
    from pathlib import Path

AT = "2025-12-31T18:00+08:00"


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    city = generate_city(40, seed=3)
    city.save(folder / "city")
    write_events(folder / "events.parquet", event_batches(city, 600, seed=5))
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'cases.db'}"


@pytest.fixture(scope="module")
def bulletin(folder: Path, url: str) -> dict[str, Any]:
    asked = ("replay", folder / "city", folder / "events.parquet", "--store", url, "--cases", 100)
    told = run(*asked, "--json", "--smallest", 1)
    return json.loads(told)  # type: ignore[no-any-return]


def test_a_replay_tells_its_bulletin(bulletin: dict[str, Any], folder: Path, url: str):
    assert bulletin["events"] == 600
    assert bulletin["cases"] == 100 == sum(row["cases"] for row in bulletin["states"])
    assert [claim["value"] for claim in bulletin["claims"]] == [0.9]
    again = run("replay", folder / "city", folder / "events.parquet", "--store", url, "--cases", 100)
    assert bulletin["digest"][:16] in again
    assert "claimed" in again


def test_lists_filter_page_and_count_as_the_store_does(bulletin: dict[str, Any], url: str):
    total = bulletin["opened"]
    assert int(run("case", "list", "--store", url, "--count")) == total
    red = int(run("case", "list", "--store", url, "--light", "red", "--now", AT, "--count"))
    assert 0 < red < total
    rows = lines(
        run("case", "list", "--store", url, "--light", "red", "--now", AT, "--limit", 1000, "--json")
    )
    assert len(rows) == red
    assert {row["light"] for row in rows} == {"red"}
    unit = rows[0]["unit"]
    with closing(open_store(url)) as opened:
        wanted = opened.count_cases(CaseFilter(unit=unit, open=True))
    assert int(run("case", "list", "--store", url, "--unit", unit, "--open", "--count")) == wanted > 0
    assert all(row["case_id"] in run("case", "list", "--store", url, "--limit", 600) for row in rows[:5])


def test_a_story_is_told_in_two_languages_and_as_json(bulletin: dict[str, Any], folder: Path, url: str):
    example = bulletin["example"]
    chinese = run("case", "show", example, "--store", url, "--city", folder / "city")
    english = run("case", "show", example, "--store", url, "--language", "en")
    told = lines(run("case", "show", example, "--store", url, "--json"))
    assert "上报" in chinese
    assert "生成" in chinese
    assert " reported " in english
    assert len(told) == len(chinese.splitlines()) - 1 == len(english.splitlines()) - 1
    assert [entry["version"] for entry in told] == list(range(1, len(told) + 1))
    assert chinese.splitlines()[0].endswith("  whistle_loop 1")
    assert [(one["procedure"], one["procedure_version"]) for one in told[:1]] == [("whistle_loop", 1)]
    with pytest.raises(UnknownCaseError):
        run("case", "show", "nobody", "--store", url)


def test_a_story_of_a_city_with_its_own_procedure_asks_for_the_city(tmp_path: Path):
    city, own = generate_city(4, seed=3), tmp_path / "city"
    procedure = 'name = "ours"\nchinese = "本区"\nenglish = "Ours"\nsource = "decision"\nextends = "plain"\n'
    city.save(own)
    (own / "procedures").mkdir()
    (own / "procedures/ours.toml").write_text(procedure, encoding="utf-8")
    (own / "procedures.csv").write_text("matter,grade,procedure\n*,*,ours\n", encoding="utf-8")
    write_events(tmp_path / "events.parquet", event_batches(city, 5, seed=5))
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    run("replay", own, tmp_path / "events.parquet", "--store", url, "--cases", 0, "--json")
    with closing(open_store(url)) as opened:
        case_id = opened.query_cases().rows[0].case_id
    assert "[问题收集]" in run("case", "show", case_id, "--store", url, "--city", own)
    with pytest.raises(ProcedureError) as refused:
        run("case", "show", case_id, "--store", url)
    assert [(fault.code, "--city" in fault.hint) for fault in refused.value.faults] == [
        ("procedure.unknown", True)
    ]


def test_a_state_that_there_is_not_is_wrong_usage_and_no_empty_list(bulletin: dict[str, Any], url: str):
    assert bulletin["cases"]
    run("case", "list", "--store", url, "--state", "in-progress", code=2)
    assert int(run("case", "list", "--store", url, "--state", "collected", "--count")) > 0


def test_what_is_due_comes_in_order(bulletin: dict[str, Any], url: str):
    assert bulletin["cases"]
    due = lines(run("case", "due", "--store", url, "--now", AT, "--json", "--limit", 1000))
    assert due
    assert [clock["fires_us"] for clock in due] == sorted(clock["fires_us"] for clock in due)
    assert len(run("case", "due", "--store", url, "--now", AT, "--limit", 3).splitlines()) == 3


def test_verify_finds_an_edited_row_and_a_sound_store_sound(bulletin: dict[str, Any], folder: Path, url: str):
    assert bulletin["cases"]
    seal = run("store", "seal", "--store", url)
    (folder / "seals.txt").write_text(seal, "utf-8")
    assert "sound" in run("store", "verify", "--store", url, "--kept", folder / "seals.txt")
    copy = folder / "copy.db"
    with closing(sqlite3.connect(folder / "cases.db")) as own, closing(sqlite3.connect(copy)) as other:
        own.backup(other)
        with other:
            other.execute("UPDATE events SET at_us = at_us + 1 WHERE position = 7")
    told = run(
        "store", "verify", "--store", f"sqlite:///{copy}", "--kept", folder / "seals.txt", "--json", code=1
    )
    assert [fault["position"] for fault in json.loads(told)["faults"]] == [7]
    assert "position 7" in run("store", "verify", "--store", f"sqlite:///{copy}", code=1)


def test_closed_cases_are_archived_and_verified(bulletin: dict[str, Any], folder: Path, url: str):
    assert bulletin["cases"]
    cases, still_open = (
        int(run("case", "list", "--store", url, "--count", *more)) for more in ((), ("--open",))
    )
    closed = cases - still_open
    assert closed
    archive, seals = folder / "archive", folder / "archive.seal"
    seals.write_text(
        run("store", "archive", "--store", url, "--out", archive, "--before", "2096-01-01"), "utf-8"
    )
    told = run("store", "verify", "--archive", archive, "--kept", seals)
    assert f"of {closed} cases: sound" in told
    (archive / "proof.bin").write_bytes((archive / "proof.bin").read_bytes()[:-32])
    assert "integrity.broken_proof" in run("store", "verify", "--archive", archive, "--kept", seals, code=1)
    run("store", "verify", "--archive", archive, "--store", url, code=2)
    run("store", "verify", code=2)


def test_reading_makes_no_store(tmp_path: Path):
    for command in (("case", "list"), ("case", "due"), ("store", "verify"), ("store", "seal")):
        with pytest.raises(StoreUnavailableError) as caught:
            run(*command, "--store", f"sqlite:///{tmp_path / 'none.db'}")
        assert caught.value.faults[0].code == "storage.no_store"
    assert not list(tmp_path.iterdir())


def test_times_without_a_zone_are_wrong_usage(bulletin: dict[str, Any], url: str):
    assert bulletin["cases"]
    run("case", "list", "--store", url, "--now", "2025-12-31T18:00", code=2)
    run("case", "due", "--store", url, "--now", "soon", code=2)
