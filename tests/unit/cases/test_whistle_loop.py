"""The loop of six steps, from the report to the evaluation, and what is refused on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casebook import AFTER, COMMUNITY, HOTLINE, ROADS, STREET, VERIFIER, WATER, Run
from gov_core.cases import commands as c
from gov_core.cases.actor import SCHEDULER
from gov_core.cases.codec import decode_case, encode_case
from gov_core.cases.evolve import replay
from gov_core.errors import CaseRefusedError

STAGES = ["collect", "whistle", "report_in", "give_feedback", "verify", "evaluate"]


def test_a_case_goes_through_the_six_stages_in_order() -> None:
    run = Run().whistled()
    run.do(WATER, c.SignIn()).do(WATER, c.ReportIn()).do(ROADS, c.ReportIn()).do(WATER, c.Start())
    run.do(ROADS, c.FinishPart()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    run.do(VERIFIER, c.VerifyClose()).do(STREET, c.Evaluate(score=90))
    case, passed = None, []
    for event in run.events:
        case = replay([event], case)
        stage = run.procedure.stage_of(case.state)
        if stage.name not in passed[-1:]:
            passed.append(stage.name)
    assert passed == STAGES
    assert case == run.case
    assert decode_case(encode_case(case)) == case
    assert (case.score, case.closure.grade, case.ended_at) == (90, "solved", run.events[-2].at)


def test_work_waits_for_all_that_were_called() -> None:
    run = Run().whistled().do(WATER, c.ReportIn())
    assert run.state == "whistled"
    run.do(ROADS, c.ReportIn())
    assert run.state == "accepted"
    assert run.there.whistle.joined_at == run.now


def test_every_reason_against_a_command_is_told_at_once() -> None:
    run = Run().closed()
    with pytest.raises(CaseRefusedError) as refused:
        run.do(WATER, c.Evaluate(score=101))
    assert {fault.code for fault in refused.value.faults} == {
        "case.wrong_role",
        "case.duties_apart",
        "case.bad_score",
    }


def test_feedback_without_evidence_is_refused_and_changes_nothing() -> None:
    run = Run().working()
    before = run.case
    with pytest.raises(CaseRefusedError, match="nothing that shows after"):
        run.do(WATER, c.GiveFeedback())
    assert run.case is before


def test_two_returns_then_only_a_named_body_helps() -> None:
    run = Run().whistled("water").do(WATER, c.ReturnCase(reason="not_our_duty"))
    whistle = c.BlowWhistle(level="street", item="item-1", units=("roads",))
    run.do(STREET, whistle).do(ROADS, c.ReturnCase(reason="not_our_duty"))
    assert (run.there.bounces, run.there.returned_by) == (2, ("water", "roads"))
    with pytest.raises(CaseRefusedError, match=r"case\.too_many_returns"):
        run.do(STREET, c.BlowWhistle(level="street", item="item-1", units=("parks",)))
    run.do(STREET, c.ForceAssign(unit="water", reason="duty_by_law"))
    with pytest.raises(CaseRefusedError, match="named for good"):
        run.do(WATER, c.ReturnCase(reason="not_our_duty"))


def test_a_clock_that_ran_out_tells_it_once_and_takes_the_case_up() -> None:
    run = Run().whistled("water")
    fire = c.Fire(clock="report_in", scope="water")
    run.do(SCHEDULER, fire, after=timedelta(days=10)).do(SCHEDULER, fire)
    fired = [event for event in run.events if event.type == "clock_fired"]
    assert [(event.ended, event.level) for event in fired] == [(True, 1)]
    assert run.there.clock("report_in", "water").state == "breached"


def test_a_community_may_not_blow_the_street_whistle() -> None:
    run = Run().triaged()
    with pytest.raises(CaseRefusedError, match=r"case\.wrong_starter"):
        run.do(COMMUNITY, c.BlowWhistle(level="street", item="item-1", units=("water",)))


def test_a_hotline_may_not_verify() -> None:
    with pytest.raises(CaseRefusedError, match=r"case\.wrong_role"):
        Run().handled().do(HOTLINE, c.VerifyClose())
