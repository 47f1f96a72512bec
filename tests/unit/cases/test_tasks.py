"""Tasks that nobody may do are given to others, and a check that failed leaves none open."""

from __future__ import annotations

import dataclasses

import pytest

from casebook import AFTER, COMMUNITY, DISPATCHER, GRID_WORKER, REPORTER, STREET, SUPERVISOR, WATER, Run
from casebook.operations import alarm
from gov_core.cases import commands as c
from gov_core.cases.actor import IMPORTER, Actor
from gov_core.cases.case import Hand, Source
from gov_core.cases.decide import is_code
from gov_core.errors import CaseRefusedError
from gov_core.replay.channels import channel_of

SHIFT_LEADER = Actor("shift_leader", "centre", "p-shift", ("",))


def reviewed_by_whom_it_complains_of() -> Run:
    """An alarm about the very body that is to review it; it is over and waits for the review."""
    run = Run("emergency")
    run.report(REPORTER, complained_of=(SUPERVISOR.body,))
    run.do(COMMUNITY, c.Triage()).do(STREET, c.Dispatch(unit="water"))
    run.do(WATER, c.Claim()).do(WATER, c.Start()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    return run.do(COMMUNITY, c.VerifyClose())


GIVEN = c.AssignTask(id="review-1", kind="review", to="street", reason="complained_of")


def test_a_required_task_that_nobody_may_do_is_given_to_another() -> None:
    run = reviewed_by_whom_it_complains_of()
    review = c.FinishTask(id="review-1", passed=True)
    with pytest.raises(CaseRefusedError):
        run.do(SUPERVISOR, review)
    with pytest.raises(CaseRefusedError, match="task_open"):
        run.do(COMMUNITY, c.Evaluate(score=80))
    run.do(COMMUNITY, GIVEN)
    (task,) = run.there.tasks
    assert (task.to, task.required, task.done) == ("street", True, False)
    run.do(STREET, review).do(COMMUNITY, c.Evaluate(score=80))
    assert run.state == "evaluated"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.AssignTask(id="review-1", kind="review", to="street"), "case.no_reason"),
        (c.AssignTask(id="review-1", kind="review", to="supervisor", reason="again"), "case.bad_task_id"),
        (c.AssignTask(id="review-1", kind="follow_up", to="street", reason="again"), "case.bad_task_id"),
        (c.AssignTask(id="review-1", kind="review", to=SUPERVISOR.body, reason="x"), "case.complained_of"),
    ],
)
def test_it_is_given_for_a_reason_and_stays_what_it_was(command: c.AssignTask, code: str) -> None:
    run = reviewed_by_whom_it_complains_of()
    with pytest.raises(CaseRefusedError) as refused:
        run.do(COMMUNITY, command)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_what_is_required_stays_so_and_what_is_done_is_given_to_nobody() -> None:
    run = reviewed_by_whom_it_complains_of()
    loosened = c.AssignTask(id="review-1", kind="review", to="street", required=False, reason="complained_of")
    run.do(COMMUNITY, loosened)
    assert run.there.tasks[0].required
    run.do(STREET, c.FinishTask(id="review-1", passed=True))
    with pytest.raises(CaseRefusedError, match="bad_task_id"):
        run.do(COMMUNITY, c.AssignTask(id="review-1", kind="review", to="community", reason="again"))


def test_a_task_given_to_another_runs_on_by_its_clock() -> None:
    run = Run("urban_management").report(owner="centre")
    begun = run.there.clock("verify_report")
    run.do(
        SHIFT_LEADER, c.AssignTask(id="verify_report-1", kind="verify_report", to="verifier", reason="absent")
    )
    assert run.there.clock("verify_report") == begun


def test_a_failed_check_leaves_neither_its_task_nor_its_clock_open() -> None:
    run = Run("urban_management").report(GRID_WORKER, owner="centre").do(SHIFT_LEADER, c.Triage())
    run.do(DISPATCHER, c.Dispatch(unit="water")).do(WATER, c.Claim()).do(WATER, c.Start())
    run.do(WATER, c.GiveFeedback(evidence=(AFTER,))).do(SHIFT_LEADER, c.VerifyFail(reason="not_done"))
    (task,) = run.there.tasks
    assert (task.kind, task.done, task.passed) == ("check_result", True, False)
    assert task.by is not None
    assert task.by.role == "shift_leader"
    clock = run.there.clock("check_result")
    assert clock is not None
    assert clock.state == "met"
    run.do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    assert [task.id for task in run.there.tasks if not task.done] == ["check_result-2"]
    again = run.there.clock("check_result")
    assert again is not None
    assert again.is_open


def test_a_check_that_follows_the_whole_case_goes_on() -> None:
    run = Run("escalation").report(GRID_WORKER, grade="larger").do(STREET, c.Triage())
    run.do(Actor("district", "district-office", "p-district", ("d",)), c.Dispatch(unit="water"))
    run.do(WATER, c.Claim()).do(WATER, c.Start()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    run.do(STREET, c.VerifyFail(reason="not_done"))
    assert [task.done for task in run.there.tasks] == [False]


@pytest.mark.parametrize(
    "said",
    [
        {"id": "look at Flat 7"},
        {"id": "Visit"},
        {"to": "the neighbour, 13800000000"},
        {"to": "x" * 129},
    ],
)
def test_what_a_task_is_called_and_who_does_it_are_no_sentences(said: dict[str, str]) -> None:
    run = Run("plain").report()
    run.bodies.unserved.add(said.get("to", ""))
    with pytest.raises(CaseRefusedError, match="no_code"):
        run.do(COMMUNITY, c.AssignTask(**({"id": "visit", "kind": "follow_up", "to": "community"} | said)))


def test_a_body_that_the_city_knows_is_named_as_it_is_called_there() -> None:
    named = "Parks Office (north)"
    run = Run("plain").report().do(COMMUNITY, c.AssignTask(id="visit", kind="follow_up", to=named))
    assert [task.to for task in run.there.tasks] == [named]


def test_whom_a_report_complains_of_is_an_id() -> None:
    run = Run("plain")
    run.bodies.unserved.add("the clerk at window 3")
    with pytest.raises(CaseRefusedError, match="no_code"):
        run.report(complained_of=("the clerk at window 3",))
    assert run.report(complained_of=("roads",)).there.complained_of == ("roads",)


def test_the_channel_of_a_report_is_a_code() -> None:
    with pytest.raises(CaseRefusedError, match="no_code"):
        Run("plain").report(source=Source("told by the man at no. 7"))
    assert Run("plain").report(source=Source("hotline", "12345/2026-0001")).state == "collected"


def test_a_recorded_channel_of_another_script_goes_by_a_code() -> None:
    assert channel_of("kiosk").code == "kiosk"
    assert is_code(channel_of("\u4fe1\u8bbf\u7a97\u53e3").code)
    assert channel_of("\u4fe1\u8bbf").code != channel_of("\u4fe1\u8bbf\u7a97\u53e3").code


def faults(run: Run, actor: Actor, command: c.Command) -> list[str]:
    with pytest.raises(CaseRefusedError) as refused:
        run.do(actor, command)
    return [fault.code for fault in refused.value.faults]


def alarm_of_a_community() -> Run:
    run = Run("emergency").do(COMMUNITY, alarm())
    return run.do(WATER, c.GiveFeedback(evidence=(AFTER,)))


def test_whoever_raised_an_alarm_does_not_review_it() -> None:
    run = alarm_of_a_community().do(STREET, dataclasses.replace(GIVEN, to="community"))
    run.do(STREET, c.VerifyClose())
    assert faults(run, COMMUNITY, c.FinishTask(id="review-1", passed=True)) == ["case.duties_apart"]


def test_nobody_takes_a_check_from_another_and_no_handler_says_who_does_it() -> None:
    run = alarm_of_a_community()
    for to in ("community", COMMUNITY.body):
        assert faults(run, COMMUNITY, dataclasses.replace(GIVEN, to=to)) == ["case.duties_apart"]
    worked = Run("emergency").do(COMMUNITY, alarm(units=(STREET.body,)))
    assert faults(worked, STREET, dataclasses.replace(GIVEN, to="community")) == ["case.duties_apart"]


def test_a_further_task_does_not_stand_for_the_one_that_is_waited_for() -> None:
    run = Run("four_asks").report().do(COMMUNITY, c.Triage())
    further = c.AssignTask(id="mine", kind="consultation", to="street")
    assert faults(run, STREET, further) == ["case.task_open"]
    run.do(STREET, dataclasses.replace(further, id="consultation-1", reason="absent"))
    assert [task.to for task in run.there.tasks] == ["street"]


def test_a_check_that_did_not_pass_is_repeated_by_others_than_those_who_ask_for_it() -> None:
    run = alarm_of_a_community().do(STREET, c.VerifyClose())
    run.do(SUPERVISOR, c.FinishTask(id="review-1", passed=False))
    again = c.AssignTask(id="again", kind="review", to="street")
    assert faults(run, STREET, again) == ["case.duties_apart"]
    run.do(STREET, dataclasses.replace(again, to="supervisor"))
    assert not run.there.tasks[-1].done


def test_a_report_does_not_say_who_handled_it() -> None:
    with pytest.raises(CaseRefusedError, match="wrong_role"):
        Run("plain").report(REPORTER, handled=(Hand("execute", COMMUNITY.body, ""),))
    run = Run("plain").report(IMPORTER, handled=(Hand("execute", COMMUNITY.body, ""),))
    assert [hand.body for hand in run.there.hands if hand.act == "execute"] == [COMMUNITY.body]
