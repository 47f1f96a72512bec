"""gov-core procedure: list, show, check, draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from gov_core.cases.procedure import shipped_procedures
from gov_core.cli import procedure
from gov_core.cli._app import app
from gov_core.errors import ProcedureError

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

assert procedure.commands

OWN = """name = "own"
chinese = "自定"
english = "Our own"
source = "practice"
extends = "whistle_loop"
"""


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["procedure", *args])


def test_list_names_all_that_are_shipped() -> None:
    told = run("list").output.splitlines()
    assert [line.split()[0] for line in told] == list(shipped_procedures())
    assert "街道吹哨、部门报到" in run("list").output


def test_show_fills_in_what_is_extended(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    told = run("show", str(file)).output
    assert "extends  whistle_loop" in told
    assert "sign_in  1 urgent hour · ordinary, hard · each body: from whistle to sign_in" in told
    assert "2 街道吹哨  whistle: triaged, whistled" in told


def test_check_takes_what_can_run_and_refuses_the_rest(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(OWN, encoding="utf-8")
    bad.write_text(OWN.replace('"own"', '"bad"') + 'decider = "records"\nreviewers = 0\n', encoding="utf-8")
    done = run("check", str(good))
    assert (done.exit_code, done.output) == (0, "own: every stage is reached, and every case can end\n")
    refused = run("check", str(good), str(bad))
    assert isinstance(refused.exception, ProcedureError)
    assert {fault.code for fault in refused.exception.faults} == {
        "procedure.decider_may_not",
        "procedure.bad_number",
    }


@pytest.mark.parametrize(("name", "begins"), [("x.svg", "<svg"), ("x.mmd", "flowchart TD")])
def test_draw_writes_the_file_that_its_ending_asks_for(name: str, begins: str, tmp_path: Path) -> None:
    assert run("draw", "service", "-o", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


def test_draw_without_a_file_prints_mermaid_in_the_language_asked_for() -> None:
    assert "事务受理" in run("draw", "service").output
    assert "follow up" in run("draw", "service", "--lang", "en").output


def test_odd_input_is_refused(tmp_path: Path) -> None:
    assert run("draw", "service", "-o", str(tmp_path / "x.png")).exit_code == 2
    unknown = run("show", "servise").exception
    assert isinstance(unknown, ProcedureError)
    assert unknown.faults[0].code == "procedure.unknown"
    file = tmp_path / "gb.toml"
    file.write_bytes("# 流程".encode("gb18030"))
    refused = run("check", str(file)).exception
    assert isinstance(refused, ProcedureError)
    assert refused.faults[0].code == "procedure.no_toml"
