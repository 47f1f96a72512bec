"""A body that handles a case badly is called to an admonition talk (约谈): a body, by those who supervise."""

from __future__ import annotations

import pytest

from casebook import ROADS, STREET, SUPERVISOR, WATER, Run
from gov_core.cases import commands as c
from gov_core.errors import CaseRefusedError

TALK = c.AssignTask(id="talk", kind="admonition_talk", to="water", reason="handled_badly")


def supervised() -> Run:
    return Run().working().do(SUPERVISOR, c.Supervise(reason="complaints"))


def codes(run: Run, *step: object) -> set[str]:
    with pytest.raises(CaseRefusedError) as refused:
        run.do(*step)
    return {fault.code for fault in refused.value.faults}


def test_a_supervisor_calls_the_body_that_handles_it_and_says_that_the_talk_was_held() -> None:
    run = supervised().do(SUPERVISOR, TALK).do(SUPERVISOR, c.FinishTask(id="talk", passed=True))
    (task,) = run.there.tasks
    assert (task.kind, task.to, task.done) == ("admonition_talk", "water", True)
    assert task.by is not None
    assert task.by.body == "oversight"
    assert run.state == "in_progress"


def test_it_comes_after_supervision() -> None:
    assert codes(Run().working(), SUPERVISOR, TALK) == {"case.not_supervised"}


def test_it_is_with_a_body_that_has_part_in_the_case_and_with_no_role() -> None:
    for to in ("roads", "grid_worker", "supervisor"):
        talk = c.AssignTask(id="talk", kind="admonition_talk", to=to)
        assert codes(supervised(), SUPERVISOR, talk) == {"case.no_part"}


def test_nobody_else_calls_to_it_or_closes_it() -> None:
    assert codes(supervised(), STREET, TALK) == {"case.wrong_role"}
    run = supervised().do(SUPERVISOR, TALK)
    done = c.FinishTask(id="talk", passed=True)
    assert codes(run, WATER, done) == {"case.wrong_role"}
    assert codes(run, ROADS, done) >= {"case.wrong_relation"}


def test_a_body_that_does_not_supervise_holds_none() -> None:
    run = supervised()
    run.bodies.powerless.add(("oversight", "supervise"))
    assert codes(run, SUPERVISOR, TALK) == {"case.no_power"}
