"""What is wrong with a procedure is told whole, and nothing is told of one that is right."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from gallery.procedures import LINTED, READ, Broken
from gov_core.cases.lint import check_procedure, lint, lint_folder, lint_text
from gov_core.cases.machine import MACHINE
from gov_core.cases.procedure import load_procedures, read_procedure, read_procedures, shipped_procedures
from gov_core.errors import ProcedureError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_way_back_to_where_no_case_ever_was_is_no_way_out() -> None:
    """A body that is let go leaves a case accepted only if it was accepted by others."""
    for name, code in (("six_visits", "stage_nobody_leaves"), ("four_asks", "no_end")):
        procedure = shipped_procedures()[name]
        left = procedure.steps.keys() - {"force_assign", "resolve_conference"}
        steps = {step: procedure.steps[step] for step in left}
        told = {fault.code: fault.ids for fault in lint(replace(procedure, steps=steps))}
        assert told[f"procedure.{code}"] == ("conferring",)


@pytest.mark.parametrize("name", shipped_procedures())
def test_nothing_is_wrong_with_what_is_shipped(name: str) -> None:
    assert lint(shipped_procedures()[name]) == ()


@pytest.mark.parametrize("broken", READ, ids=lambda it: f"{it.code}-{it.place}")
def test_what_cannot_be_read_is_told(broken: Broken) -> None:
    place = f"broken.toml#{broken.place}" if broken.place else "broken.toml"
    told = [(fault.code, fault.place) for fault in lint_text(broken.file, "broken.toml")]
    assert told == [(broken.code, place)]


@pytest.mark.parametrize("broken", LINTED, ids=lambda it: f"{it.code}-{it.place}")
def test_what_could_not_run_is_told_and_nothing_else(broken: Broken) -> None:
    told = lint_text(broken.file)
    there = sorted((code, f"broken#{place}") for code, place in ((broken.code, broken.place), *broken.also))
    assert sorted((fault.code, fault.place) for fault in told) == there
    assert all(fault.hint for fault in told)


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = Broken("", 'decider = "records"\napprovals = []\nreviewers = 0\n[steps.dispach]', "").file
    with pytest.raises(ProcedureError) as refused:
        check_procedure(read_procedure(text))
    assert {fault.code for fault in refused.value.faults} == {
        "procedure.decider_may_not",
        "procedure.no_approvals",
        "procedure.bad_number",
        "procedure.unknown_trigger",
    }


def test_each_grade_has_to_reach_an_end_of_its_own() -> None:
    graded = shipped_procedures()["graded"]
    feedback = replace(graded.steps["give_feedback"], grades=("general", "larger"))
    told = lint(replace(graded, steps={**graded.steps, "give_feedback": feedback}))
    assert [fault.code for fault in told] == ["procedure.no_end"]
    assert 'of the grade "major"' in told[0].message


@pytest.mark.parametrize("name", shipped_procedures())
def test_each_step_that_a_case_cannot_do_without_is_missed(name: str) -> None:
    """Whatever shipped procedure loses the step that closes its cases is told to be a trap."""
    procedure = shipped_procedures()[name]
    steps = {step: rule for step, rule in procedure.steps.items() if step != "verify_close"}
    codes = {fault.code for fault in lint(replace(procedure, steps=steps))}
    assert codes & {"procedure.stage_nobody_leaves", "procedure.no_end"}


def test_a_procedure_says_only_what_differs() -> None:
    text = Broken(
        "",
        '[[clocks]]\nname = "report_in"\nscope = "unit"\nstarts = ["whistle"]\n'
        'meets = ["report_in", "return_case"]\n'
        'amount = 2\nunit = "urgent_hour"',
        "",
        "whistle_loop",
    ).file
    own, base = read_procedure(text), shipped_procedures()["whistle_loop"]
    assert own.steps == base.steps
    assert own.stages == base.stages
    assert [rule.amount for rule in own.clocks if rule.name == "report_in"] == [2]
    assert {rule.name for rule in own.clocks} == {rule.name for rule in base.clocks}
    assert (own.name, own.extends, own.standing) == ("broken", "whistle_loop", None)


def test_procedures_extend_each_other_in_whatever_order(tmp_path: Path) -> None:
    head = 'chinese = "一"\nenglish = "One"\nsource = "practice"\n'
    first = f'name = "first"\n{head}extends = "second"\nmax_returns = 5\n'
    second = f'name = "second"\n{head}extends = "plain"\nreopen_days = 3\n'
    read = read_procedures({"first.toml": first, "second.toml": second})
    assert list(read) == ["second", "first"]
    assert (read["first"].max_returns, read["first"].reopen_days) == (5, 3)
    for name, text in (("b.toml", first), ("a.toml", second)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_procedures(tmp_path) == read
    assert load_procedures(tmp_path / "none") == {}


def test_two_that_extend_each_other_or_have_one_name_are_refused(tmp_path: Path) -> None:
    head = 'chinese = "一"\nenglish = "First"\nsource = "practice"\n'
    circle = {
        "a.toml": f'name = "a"\nextends = "b"\n{head}',
        "b.toml": f'name = "b"\nextends = "a"\n{head}',
    }
    with pytest.raises(ProcedureError) as refused:
        read_procedures(circle)
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [
        ("procedure.circle", "a.toml"),
        ("procedure.circle", "b.toml"),
    ]
    twice = {f"{at}.toml": f'name = "a"\nextends = "plain"\n{head}' for at in "xy"}
    with pytest.raises(ProcedureError) as refused:
        read_procedures(twice)
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [("procedure.twice", "y.toml")]
    (tmp_path / "gb.toml").write_bytes("# 坏".encode("gb18030"))
    (tmp_path / "x.toml").write_text(LINTED[0].file, encoding="utf-8")
    assert [fault.code for fault in lint_folder(tmp_path)] == ["procedure.no_toml"]
    (tmp_path / "gb.toml").unlink()
    assert [fault.code for fault in lint_folder(tmp_path)] == ["procedure.no_source"]


def test_shipped_files_name_no_step_that_there_is_not() -> None:
    for entry in (files("gov_core.cases") / "procedures").iterdir():
        assert set(tomllib.loads(entry.read_text("utf-8")).get("steps", {})) <= set(MACHINE.triggers)
