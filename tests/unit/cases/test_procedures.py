"""The procedures that are shipped, each run from its first step to its last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casebook import (
    AFTER,
    COMMUNITY,
    DISPATCHER,
    GRID_WORKER,
    HOTLINE,
    MONDAY,
    PARKS,
    REPORTER,
    ROADS,
    STREET,
    SUPERVISOR,
    VERIFIER,
    WATER,
    Run,
)
from casebook.operations import alarm
from gov_core.cases import commands as c
from gov_core.cases.actor import ARCHIVIST, SCHEDULER, Actor
from gov_core.cases.case import Evidence, Location, Service, Source
from gov_core.cases.evolve import replay
from gov_core.cases.machine import MACHINE, PROGRAMS
from gov_core.cases.permission import permit
from gov_core.cases.procedure import read_procedures, shipped_procedures
from gov_core.errors import CaseRefusedError, ProcedureError

SHIFT_LEADER = Actor("shift_leader", "centre", "p-shift", ("",))
COLLECTOR = Actor("grid_worker", "collectors", "p-collector", ("",))
DISTRICT = Actor("district", "district-office", "p-district", ("d",))
MEDIATORS = Actor("unit", "mediators", "p-mediators", ("",))
WINDOW = Actor("window_clerk", "service-centre", "p-window", ("",))
STATION = Actor("station", "east-station", "p-station", ("",))


def stages(run: Run) -> list[str]:
    """The Chinese names of the stages a case went through, in order."""
    case, passed = None, []
    for event in run.events:
        case = replay([event], case)
        stage = run.procedure.stage_of(case.state)
        if stage is not None and stage.chinese not in passed[-1:]:
            passed.append(stage.chinese)
    return passed


def codes(run: Run, actor: Actor, command: c.Command) -> set[str]:
    """What speaks against a command."""
    before = run.case
    with pytest.raises(CaseRefusedError) as refused:
        run.do(actor, command)
    assert run.case is before
    return {fault.code for fault in refused.value.faults}


def test_urban_management_goes_through_its_seven_steps() -> None:
    run = Run("urban_management").report(owner="centre")
    assert run.there.clock("accept") is None  # whoever took the call has accepted it
    assert run.there.clock("verify_report").due_by - run.now == timedelta(minutes=30)
    assert codes(run, SHIFT_LEADER, c.Triage()) == {"case.task_open"}
    run.do(COLLECTOR, c.FinishTask(id="verify_report-1", passed=True))
    assert run.there.clock("verify_report").state == "met"
    assert run.there.clock("accept").due_by - run.now == timedelta(minutes=15)
    run.do(SHIFT_LEADER, c.Triage())
    assert run.there.clock("accept").state == "met"
    assert run.there.clock("dispatch").due_by - run.now == timedelta(minutes=15)
    run.do(DISPATCHER, c.Dispatch(unit="water"))
    assert run.there.clock("dispatch").state == "met"
    assert run.there.clock("handling").amount == 2
    run.do(WATER, c.Claim()).do(WATER, c.Start()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    assert codes(run, SHIFT_LEADER, c.VerifyClose()) == {"case.task_open"}
    run.do(VERIFIER, c.FinishTask(id="check_result-1", passed=False))
    assert codes(run, SHIFT_LEADER, c.VerifyClose()) == {"case.task_failed"}
    run.do(SHIFT_LEADER, c.VerifyFail(reason="not_done"))
    assert run.there.clock("handling").state == "met"
    assert run.there.clock("rework").state == "running"
    run.do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    run.do(VERIFIER, c.FinishTask(id="check_result-2", passed=True))
    run.do(SHIFT_LEADER, c.VerifyClose()).do(SUPERVISOR, c.Evaluate(score=80))
    assert stages(run) == [
        "信息收集",
        "案卷建立",
        "任务派遣",
        "任务处理",
        "处理反馈",
        "任务处理",
        "处理反馈",
        "核实结案",
        "综合评价",
    ]


def test_what_a_collector_reports_is_not_verified_again() -> None:
    run = Run("urban_management").report(GRID_WORKER, owner="centre")
    assert run.there.tasks == ()
    assert run.there.clock("accept").due_by - run.now == timedelta(minutes=15)
    run.do(SHIFT_LEADER, c.Triage())
    assert run.state == "triaged"


def test_a_return_starts_the_clock_of_the_dispatcher_and_not_that_of_the_matter() -> None:
    run = Run("urban_management").report(GRID_WORKER, owner="centre").do(SHIFT_LEADER, c.Triage())
    run.do(DISPATCHER, c.Dispatch(unit="water"))
    due = run.there.clock("handling").due_by
    run.do(WATER, c.ReturnCase(reason="not_our_duty"))
    assert run.there.clock("dispatch").state == "running"
    run.do(DISPATCHER, c.Dispatch(unit="roads"))
    assert run.there.clock("dispatch").state == "met"
    assert run.there.clock("handling").due_by == due


def test_a_service_needs_no_point_and_its_offices_work_at_once() -> None:
    service = Service("permit-7", "east-station", offices=("water", "roads"))
    run = Run("service").report(
        WINDOW, owner="service-centre", unit="", service=service, location=Location(), limits=()
    )
    run.do(WINDOW, c.Triage()).do(WINDOW, c.Dispatch(unit="water", assist=("roads",)))
    run.do(WATER, c.Claim()).do(ROADS, c.Claim()).do(WATER, c.Start())
    assert codes(run, WATER, c.GiveFeedback(evidence=(AFTER,))) == {"case.part_open"}
    run.do(ROADS, c.FinishPart()).do(WATER, c.GiveFeedback())
    assert codes(run, WINDOW, c.VerifyClose()) == {"case.task_open"}
    run.do(STATION, c.FinishTask(id="follow_up-1", passed=True)).do(WINDOW, c.VerifyClose())
    assert codes(run, SUPERVISOR, c.Evaluate(score=90)) == {"case.task_open"}
    assert codes(run, ARCHIVIST, c.Archive()) == {"case.task_open"}
    run.do(SUPERVISOR, c.FinishTask(id="return_visit-1", passed=True)).do(SUPERVISOR, c.Evaluate(score=90))
    assert stages(run) == ["事务受理", "事务办理", "跟踪服务", "监督回访"]


def test_what_a_window_settles_at_once_is_visited_too() -> None:
    service = Service("permit-7", "east-station", offices=("service-centre",))
    run = Run("service").report(WINDOW, owner="service-centre", unit="", service=service, location=Location())
    run.do(WINDOW, c.QuickClose(evidence=(AFTER,)))
    assert codes(run, SUPERVISOR, c.Evaluate(score=90)) == {"case.task_open"}
    run.do(SUPERVISOR, c.FinishTask(id="return_visit-1", passed=True)).do(SUPERVISOR, c.Evaluate(score=90))
    assert run.state == "evaluated"


def test_an_alarm_is_with_its_bodies_at_once_and_reviewed_afterwards() -> None:
    run = Run("emergency").do(GRID_WORKER, alarm(units=("water", "parks")))
    assert run.state == "in_progress"
    assert run.there.clock("handling").due_by - run.now == timedelta(hours=2)
    run.do(PARKS, c.FinishPart()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    run.do(COMMUNITY, c.VerifyClose())
    assert codes(run, STREET, c.Evaluate(score=90)) == {"case.task_open"}
    assert codes(run, ARCHIVIST, c.Archive()) == {"case.task_open"}
    run.do(SUPERVISOR, c.FinishTask(id="review-1", passed=True)).do(STREET, c.Evaluate(score=90))
    assert stages(run) == ["应急处置", "核实", "事后审查"]


def test_a_review_looks_back_and_one_that_did_not_pass_is_held_again() -> None:
    review = c.FinishTask(id="review-1", passed=False)
    run = Run("emergency").report().do(COMMUNITY, c.Triage()).do(STREET, c.Dispatch(unit="water"))
    assert codes(run, SUPERVISOR, review) == {"case.not_ended"}
    run.do(WATER, c.Claim()).do(WATER, c.Start()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    run.do(COMMUNITY, c.VerifyClose()).do(SUPERVISOR, review)
    assert codes(run, STREET, c.Evaluate(score=90)) == {"case.task_failed"}
    assert codes(run, ARCHIVIST, c.Archive()) == {"case.task_failed"}
    run.do(SUPERVISOR, c.AssignTask(id="review-2", kind="review", to="supervisor"))
    run.do(SUPERVISOR, c.FinishTask(id="review-2", passed=True)).do(STREET, c.Evaluate(score=60))
    assert run.do(ARCHIVIST, c.Archive()).state == "archived"


@pytest.mark.parametrize(
    ("actor", "end"),
    [
        (DISPATCHER, c.Reject(reason="no_emergency")),
        (SUPERVISOR, c.Cancel(reason="doubled")),
        (REPORTER, c.Withdraw()),
        (DISPATCHER, c.Merge(into="case-2")),
    ],
    ids=["rejected", "cancelled", "withdrawn", "merged"],
)
def test_an_emergency_that_ends_otherwise_is_reviewed_and_archived_too(actor: Actor, end: c.Command) -> None:
    run = Run("emergency").report(REPORTER).do(actor, end)
    assert codes(run, ARCHIVIST, c.Archive()) == {"case.task_open"}
    run.do(SUPERVISOR, c.FinishTask(id="review-1", passed=True))
    assert run.do(ARCHIVIST, c.Archive()).state == "archived"


def test_an_emergency_from_a_draft_is_reviewed_and_its_clocks_run_round_the_clock() -> None:
    draft = c.Draft(case_id="case-1", source=Source("app"), matter="fire")
    run = Run("emergency").do(REPORTER, draft).do(REPORTER, c.Submit())
    assert [task.kind for task in run.there.tasks] == ["review"]
    clocks = {clock.kind: clock for clock in run.there.clocks}
    assert {kind: clock.due_by - run.now for kind, clock in clocks.items()} == {
        "dispatch": timedelta(hours=1),
        "handling": timedelta(hours=2),
    }
    run.do(SCHEDULER, c.Fire(clock="dispatch"), after=timedelta(minutes=61))
    assert (run.there.level, run.there.supervised) == (1, True)


def test_nothing_lets_the_clocks_of_an_emergency_rest() -> None:
    run = Run("emergency").do(REPORTER, alarm())
    opened = run.now
    run.do(WATER, c.Suspend(until=run.now + timedelta(days=1), reason="waits_for_power"))
    run.do(SCHEDULER, c.Fire(clock="handling"), after=timedelta(hours=2))
    assert (run.there.level, run.there.supervised) == (1, True)
    run.do(WATER, c.Resume()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
    handling = run.there.clock("handling")
    assert (handling.state, handling.due_by - opened) == ("late_met", timedelta(hours=2))
    run.do(COMMUNITY, c.VerifyFail(reason="still_burns"))
    failed = run.now
    run.do(WATER, c.Suspend(until=run.now + timedelta(days=1), reason="waits_for_power"))
    rework = run.there.clock("rework")
    assert (rework.state, rework.due_by - failed) == ("running", timedelta(hours=2))
    run.do(SCHEDULER, c.Fire(clock="rework"), after=timedelta(hours=2))
    assert run.there.level == 2
    assert run.procedure.judged == ("handling", "rework")


def test_an_emergency_that_nobody_is_sent_to_goes_up_though_it_rests() -> None:
    run = Run("emergency").report().do(COMMUNITY, c.Triage())
    run.do(STREET, c.Defer(until=run.now + timedelta(days=1), reason="waits_for_power"))
    run.do(SCHEDULER, c.Fire(clock="dispatch"), after=timedelta(hours=1))
    assert (run.there.state, run.there.level, run.there.supervised) == ("waiting", 1, True)


def test_after_a_return_of_an_emergency_the_street_names_the_next_body() -> None:
    run = Run("emergency").report().do(COMMUNITY, c.Triage()).do(STREET, c.Dispatch(unit="water"))
    run.do(WATER, c.ReturnCase(reason="not_our_duty"))
    assert codes(run, DISPATCHER, c.Dispatch(unit="roads")) == {"case.wrong_decider"}
    assert run.do(STREET, c.Dispatch(unit="roads")).state == "dispatched"


def test_whoever_raises_an_alarm_in_office_says_why() -> None:
    run = Run("emergency")
    unexplained = alarm(reason="")
    assert codes(run, GRID_WORKER, unexplained) == {"case.no_reason"}
    assert run.do(REPORTER, unexplained).state == "in_progress"


def test_a_plain_matter_is_dispatched_and_blows_no_whistle() -> None:
    run = Run("plain").triaged()
    whistle = c.BlowWhistle(level="street", item="item-1", units=("water",))
    assert codes(run, STREET, whistle) == {"case.not_in_procedure", "case.unknown_level"}
    run.do(DISPATCHER, c.Dispatch()).do(WATER, c.Claim()).do(WATER, c.Start())
    run.do(WATER, c.GiveFeedback(evidence=(AFTER,))).do(VERIFIER, c.VerifyClose()).do(
        STREET, c.Evaluate(score=90)
    )
    assert stages(run) == ["问题收集", "分析研判", "派遣", "办理", "核实", "结项评价"]


def test_the_community_reports_the_street_acts_as_agent_and_the_district_handles() -> None:
    run = Run("three_level")
    report = c.Report(case_id="case-1", source=Source("community"), matter="rubbish", owner=STREET.body)
    assert codes(run, HOTLINE, report) == {"case.wrong_role"}
    run.report(COMMUNITY)
    assert codes(run, COMMUNITY, c.Triage()) == {"case.wrong_role"}
    run.do(STREET, c.Triage()).do(STREET, c.Dispatch(unit="water")).do(WATER, c.Claim()).do(WATER, c.Start())
    run.do(WATER, c.GiveFeedback(evidence=(AFTER,))).do(STREET, c.VerifyClose())
    assert stages(run) == ["社区报送", "街道代理", "区级办理", "办结"]


@pytest.mark.parametrize(
    ("grade", "decides", "handles"),
    [("general", COMMUNITY, STREET), ("larger", STREET, WATER), ("major", DISTRICT, WATER)],
)
def test_the_grade_says_who_decides_and_who_handles(grade: str, decides: Actor, handles: Actor) -> None:
    run = Run("graded").report(owner=COMMUNITY.body).do(COMMUNITY, c.Triage(grade=grade))
    barred = {"general": (DISTRICT,), "larger": (COMMUNITY,), "major": (COMMUNITY, STREET)}[grade]
    for actor in barred:
        assert "case.wrong_role" in codes(run, actor, c.Dispatch(unit=handles.body))
    run.do(decides, c.Dispatch(unit=handles.body)).do(handles, c.Claim()).do(handles, c.Start())
    run.do(handles, c.GiveFeedback(evidence=(AFTER,))).do(VERIFIER, c.VerifyClose())
    assert stages(run) == ["上报", "定级", "逐级交办", "分级处理", "核实", "办结"]


def test_a_department_does_not_take_over_what_is_general_nor_a_community_what_is_larger() -> None:
    run = Run("graded").report(owner=COMMUNITY.body, grade="larger")
    assert codes(run, COMMUNITY, c.SelfHandle()) == {"case.wrong_role"}
    run = Run("graded").report(owner=COMMUNITY.body, grade="general")
    assert run.do(COMMUNITY, c.SelfHandle()).state == "in_progress"
    run = Run("graded").report(owner=COMMUNITY.body, grade="general").do(COMMUNITY, c.Triage())
    run.do(COMMUNITY, c.Dispatch(unit="water"))
    assert codes(run, WATER, c.Claim()) == {"case.wrong_role"}
    for grade in ("larger", "major"):
        run = Run("graded").report(owner=COMMUNITY.body, grade=grade).do(COMMUNITY, c.Triage())
        run.do(DISTRICT, c.Dispatch(unit=STREET.body))
        assert codes(run, STREET, c.Claim()) == {"case.wrong_role"}


def test_a_grade_that_the_procedure_does_not_know_is_refused() -> None:
    run = Run("graded").report()
    assert codes(run, COMMUNITY, c.Triage()) == {"case.unknown_grade"}
    run = Run("emergency_grades").report()
    assert codes(run, COMMUNITY, c.Triage(grade="V")) == {"case.unknown_grade"}
    assert run.do(COMMUNITY, c.Triage(grade="I")).there.grade == "I"


def test_the_front_desk_takes_it_once_and_answers() -> None:
    run = Run("front_back").report(WINDOW, owner="service-centre").do(WINDOW, c.Triage())
    run.do(WINDOW, c.Dispatch(unit="water")).do(WATER, c.ReturnCase(reason="not_our_duty"))
    run.do(WINDOW, c.Dispatch(unit="roads")).do(ROADS, c.Claim()).do(ROADS, c.Start()).do(
        ROADS, c.GiveFeedback()
    )
    run.do(WINDOW, c.VerifyClose())
    assert stages(run) == ["前台受理", "内部分流", "后台处理", "前台答复"]


def test_residents_are_heard_about_departments_and_the_joint_meeting_names_who_answers() -> None:
    run = Run("resident_feedback").report(owner=COMMUNITY.body, unit="", complained_of=("water",))
    run.do(COMMUNITY, c.Triage())
    assert codes(run, COMMUNITY, c.Dispatch(unit="water")) == {"case.complained_of"}
    run.do(COMMUNITY, c.Confer(reason="residents_ask", level=2))
    run.do(STREET, c.ResolveConference(unit="roads")).do(ROADS, c.GiveFeedback(evidence=(AFTER,)))
    assert codes(run, COMMUNITY, c.VerifyClose()) == {"case.task_open"}
    run.do(COMMUNITY, c.FinishTask(id="follow_up-1", passed=True)).do(COMMUNITY, c.VerifyClose())
    assert stages(run) == ["服务热线", "居委会", "系统或联席会议", "职能部门或服务中心", "反馈和跟进记录"]


def test_a_mediation_leaves_a_record_and_is_looked_after() -> None:
    run = Run("mediation").report(owner=COMMUNITY.body, unit="", limits=())
    assert run.there.clock("mediation").due_by - run.now == timedelta(days=30)
    run.do(COMMUNITY, c.Triage()).do(COMMUNITY, c.Dispatch(unit="mediators"))
    run.do(MEDIATORS, c.Claim()).do(MEDIATORS, c.Start())
    assert codes(run, MEDIATORS, c.GiveFeedback(evidence=(AFTER,))) == {"case.no_evidence"}
    run.do(MEDIATORS, c.GiveFeedback(evidence=(Evidence("cd" * 32, "document", "record"),)))
    run.do(COMMUNITY, c.VerifyClose())
    assert codes(run, STREET, c.Evaluate(score=90)) == {"case.task_open"}
    run.do(COMMUNITY, c.FinishTask(id="follow_up-1", passed=True)).do(STREET, c.Evaluate(score=90))
    assert stages(run) == ["受理", "指派调解员", "调解", "调解结果", "履行回访"]


def test_a_clock_that_still_runs_is_not_begun_anew_and_one_that_ended_is() -> None:
    run = Run("plain").triaged()
    due = run.there.clock("handling").due_by
    run.do(DISPATCHER, c.Dispatch()).do(WATER, c.Claim()).do(WATER, c.Start())
    run.do(WATER, c.GiveFeedback(evidence=(AFTER,)), after=timedelta(days=7))
    late = run.there.clock("handling")
    assert (late.state, late.due_by) == ("late_met", due)
    run.do(VERIFIER, c.VerifyFail(reason="not_done"))
    assert run.there.clock("handling") == late  # that the first answer was late stays told
    assert run.there.clock("rework").started_at == run.now


def test_a_file_that_is_no_procedure_is_told_what_it_lacks() -> None:
    with pytest.raises(ProcedureError) as refused:
        read_procedures({"cases.toml": "grids = 265\n"})
    codes = {(fault.code, fault.place) for fault in refused.value.faults}
    assert ("procedure.unknown_field", "cases.toml#grids") in codes
    assert ("procedure.bad_field", "cases.toml#name") in codes


NARROWED = {
    "plain": {
        "verify_close": "verifier community street shift_leader dispatcher supervisor",
        "verify_fail": "verifier community street shift_leader dispatcher supervisor",
    },
    "whistle_loop": {
        "verify_close": "verifier community street supervisor",
        "verify_fail": "verifier community street supervisor",
    },
    "urban_management": {
        "triage": "shift_leader hotline",
        "dispatch": "dispatcher",
        "verify_close": "shift_leader",
        "verify_fail": "shift_leader",
    },
    "three_level": {
        "report": "community station grid_worker",
        "triage": "street",
        "dispatch": "street",
        "claim": "unit",
        "verify_close": "street supervisor",
        "verify_fail": "street supervisor",
    },
    "escalation": {
        "report": "grid_worker community",
        "dispatch": "district",
        "verify_close": "street supervisor",
        "verify_fail": "street supervisor",
    },
    "front_back": {
        "report": "reporter window_clerk hotline",
        "triage": "window_clerk",
        "dispatch": "window_clerk",
        "quick_close": "window_clerk",
        "verify_close": "window_clerk street",
        "verify_fail": "window_clerk street",
    },
    "service": {
        "report": "reporter window_clerk station hotline community",
        "triage": "window_clerk station",
        "dispatch": "window_clerk",
        "quick_close": "window_clerk",
        "verify_close": "window_clerk street",
        "verify_fail": "window_clerk street",
    },
    "resident_feedback": {
        "report": "reporter hotline",
        "triage": "community",
        "dispatch": "community",
        "confer": "community street district",
        "verify_close": "community street",
        "verify_fail": "community street",
    },
    "mediation": {
        "triage": "community station street",
        "dispatch": "community street",
        "verify_close": "community street",
        "verify_fail": "community street",
    },
    "four_asks": {
        "triage": "community",
        "dispatch": "community street",
        "verify_close": "community street supervisor",
        "verify_fail": "community street supervisor",
        "evaluate": "reporter community street supervisor",
    },
    "six_visits": {
        "triage": "community",
        "confer": "community street",
        "force_assign": "street",
        "verify_close": "community street supervisor",
        "verify_fail": "community street supervisor",
        "evaluate": "reporter community street supervisor",
    },
}
"""Procedure to its steps that are for fewer than the machine lets, each with those it is left to."""

IN_CHARGE = {
    "plain": ("street_office", "dispatcher"),
    "whistle_loop": ("street_office", "street"),
    "urban_management": ("command_centre", "dispatcher"),
    "three_level": ("street_office", "street"),
    "graded": ("street_office", "street"),
    "escalation": ("street_office", "street"),
    "emergency": ("street_office", "street"),
    "emergency_grades": ("street_office", "street"),
    "front_back": ("street_service_centre", "window_clerk"),
    "service": ("street_service_centre", "window_clerk"),
    "resident_feedback": ("residents_committee", "community"),
    "mediation": ("residents_committee", "community"),
    "four_asks": ("residents_committee", "community"),
    "six_visits": ("residents_committee", "street"),
}
"""Procedure to the kind of body that is first in charge of its cases, and the role that names the next."""


@pytest.mark.parametrize(
    ("name", "trigger", "left"),
    [(name, trigger, left) for name, steps in NARROWED.items() for trigger, left in steps.items()],
)
def test_a_step_is_for_those_whom_the_procedure_leaves_it_to(name: str, trigger: str, left: str) -> None:
    case, step = Run("plain").report().there, MACHINE.triggers[trigger]
    procedure = shipped_procedures()[name]
    may = {
        role
        for role in step.who.keys() - PROGRAMS
        for faults in [permit(case, step, Actor(role, "some-body", "p-1", ("",)), procedure, MONDAY).faults]
        if "case.wrong_role" not in {fault.code for fault in faults}
    }
    assert may == set(left.split())


@pytest.mark.parametrize("name", IN_CHARGE)
def test_who_is_in_charge_and_who_decides_after_a_return(name: str) -> None:
    procedure = shipped_procedures()[name]
    assert (procedure.owners[0], procedure.decider) == IN_CHARGE[name]


def test_every_procedure_that_is_shipped_says_who_is_in_charge() -> None:
    assert set(IN_CHARGE) == set(shipped_procedures())
    narrowed = {
        (name, trigger)
        for name, procedure in shipped_procedures().items()
        for trigger, rule in procedure.steps.items()
        if rule.roles
        and rule != getattr(shipped_procedures().get(procedure.extends), "steps", {}).get(trigger)
    }
    assert {(name, trigger) for name, steps in NARROWED.items() for trigger in steps} == narrowed


LIMITS = {
    ("plain", "handling", ""): "5 working_day, or that to resolve: judged, level",
    ("plain", "rework", ""): "5 working_day, or that to resolve: judged, level",
    ("whistle_loop", "sign_in", "ordinary hard"): "1 urgent_hour: ",
    ("whistle_loop", "contact", "ordinary hard"): "24 urgent_hour: ",
    ("whistle_loop", "report_in", "ordinary"): "3 working_day: level",
    ("whistle_loop", "report_in", "hard"): "5 working_day: level",
    ("whistle_loop", "report_in", "emergency"): "0.5 urgent_hour: level, supervise",
    ("urban_management", "accept", ""): "0.25 urgent_hour: ",
    ("urban_management", "verify_report", ""): "0.5 urgent_hour: ",
    ("urban_management", "dispatch", ""): "0.25 urgent_hour: ",
    ("urban_management", "check_result", ""): "0.5 urgent_hour: ",
    ("urban_management", "handling", ""): "5 working_day, or that to resolve: judged, level",
    ("emergency", "dispatch", ""): "1 urgent_hour: restless, level, supervise",
    ("emergency", "handling", ""): "2 urgent_hour: judged, restless, level, supervise",
    ("emergency", "rework", ""): "2 urgent_hour: judged, restless, level, supervise",
    ("mediation", "mediation", ""): "30 natural_day, or that to resolve: judged",
    ("four_asks", "handling", ""): "5 working_day, or that to resolve: judged, level",
    ("six_visits", "handling", ""): "5 working_day, or that to resolve: judged, level",
}
"""Procedure, clock and kinds of whistle to its limit and what comes of it, where it is not taken over."""


def test_limits_are_those_of_their_sources() -> None:
    shipped = shipped_procedures()
    own = {
        (name, rule.name, " ".join(rule.kinds)): f"{rule.amount:g} {rule.unit}"
        + (", or that to resolve: " if rule.of == "resolve" else ": ")
        + ", ".join(["judged"] * rule.judged + ["restless"] * (not rule.pauses) + list(rule.actions))
        for name, procedure in shipped.items()
        for rule in procedure.clocks
        if rule not in getattr(shipped.get(procedure.extends), "clocks", ())
    }
    assert own == LIMITS
