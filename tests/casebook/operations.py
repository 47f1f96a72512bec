"""The operations of a case and their guards, row by row: what is taken, and what the same guard refuses.

A row names the operation as DOMAIN B.1 does, the guard by the code of its refusal, and two scripts that end
in the operation: one that is taken, one that only this guard refuses. Where the guard is a value of the
procedure, the row says which value would let the second one pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from casebook import (
    AFTER,
    COMMUNITY,
    DISPATCHER,
    GRID_WORKER,
    HOTLINE,
    MONDAY,
    PARKS,
    PLACE,
    REPORTER,
    REVIEWER,
    ROADS,
    STREET,
    SUPERVISOR,
    VERIFIER,
    WATER,
    Run,
)
from gov_core.cases import commands as c
from gov_core.cases.actor import ARCHIVIST, ROUTER, SCHEDULER, Actor
from gov_core.cases.case import NOWHERE, Location, Service, Source
from gov_core.cases.procedure import ClockRule, GradeRule, Procedure, StepRule

Script = Callable[[Run], Run]
DAY = timedelta(days=1)
WHY = "not_our_duty"
NEXT_YEAR = MONDAY + 365 * DAY
WATER_CHIEF = Actor("unit", "water", "p-water-chief", ("",))
DISTRICT = Actor("district", "district", "p-district", ("",))
OTHER_REVIEWER = Actor("reviewer", "audit", "p-reviewer-2", ("",))
SECOND_VERIFIER = Actor("verifier", "inspection", "p-verifier-2", ("",))
HERE = Location("g1", PLACE)
ELSEWHERE = Location("g9", "d/s2/c3/g9")


@dataclass(frozen=True)
class Row:
    """One guard of one operation.

    Attributes:
        operation: In the words of the field: 延期.
        guard: Code of its refusal, without ``case.``.
        accepted: Ends in the operation, taken.
        refused: Ends in the operation, refused by this guard alone.
        loosened: Values of the procedure under which `refused` would be taken; empty if it is no value.
        procedure: Which both run through.
    """

    operation: str
    guard: str
    accepted: Script
    refused: Script
    loosened: dict[str, Any] = field(default_factory=dict)
    procedure: str = "plain"

    def __str__(self) -> str:
        return f"{self.operation}-{self.guard}"


def with_step(procedure: Procedure, trigger: str, rule: StepRule) -> Procedure:
    return replace(procedure, steps={**procedure.steps, trigger: rule})


def filed(run: Run, **more: Any) -> Run:
    return run.report(**more).do(COMMUNITY, c.Triage())


MAN = "the man at no. 7"


def without(run: Run, unit: str) -> Run:
    """In a city that does not know a body."""
    run.bodies.unserved.add(unit)
    return run


def sent(run: Run, *assist: str) -> Run:
    return filed(run).do(DISPATCHER, c.Dispatch(unit="water", assist=assist))


def taken(run: Run, *assist: str) -> Run:
    return sent(run, *assist).do(WATER, c.Claim())


def working(run: Run, *assist: str) -> Run:
    return taken(run, *assist).do(WATER, c.Start())


def handled(run: Run) -> Run:
    return working(run).do(WATER, c.GiveFeedback(evidence=(AFTER,)))


def closed(run: Run) -> Run:
    return handled(run).do(VERIFIER, c.VerifyClose())


def late(run: Run) -> Run:
    """Closed, and the clock of its handling had run out."""
    working(run).do(WATER, c.GiveFeedback(evidence=(AFTER,)), after=30 * DAY)
    return run.do(VERIFIER, c.VerifyClose())


def back(run: Run, *units: Actor) -> Run:
    """Dispatched to each in turn, and returned by each."""
    filed(run)
    for unit in units:
        run.do(DISPATCHER, c.Dispatch(unit=unit.body)).do(unit, c.ReturnCase(reason=WHY))
    return run


def called(run: Run, *units: str, **more: Any) -> Run:
    return run.whistled(*units, **more)


def asked(run: Run) -> Run:
    return working(run).do(WATER, c.RequestExtension(reason="material"))


def extended(run: Run, times: int) -> Run:
    working(run)
    for _ in range(times):
        run.do(WATER, c.RequestExtension(reason="material"))
        run.do(WATER_CHIEF, c.ApproveExtension()).do(DISPATCHER, c.ApproveExtension())
    return run


def meeting(run: Run) -> Run:
    return back(run, WATER).do(STREET, c.Confer(reason="unclear_duty"))


def told(run: Run, change: Callable[[Run], None]) -> Run:
    """Something about the city is changed in between."""
    change(run)
    return run


def opened(run: Run, **more: Any) -> Run:
    return run.report(**more)


def alarm(**more: Any) -> c.Alarm:
    values: dict[str, Any] = {
        "source": Source("button"),
        "matter": "fire",
        "units": ("water",),
        "reason": "fire",
    }
    return c.Alarm(
        **(
            {"case_id": "case-1", "location": Location("g1", "d/s1/c1/g1"), "owner": "s1-office"}
            | values
            | more
        )
    )


def _draft() -> c.Draft:
    return c.Draft(case_id="case-1", source=Source("app"), matter="rubbish")


def _drafted(run: Run) -> Run:
    return run.do(REPORTER, _draft())


INTAKE = (
    Row("起草", "wrong_role", _drafted, lambda r: r.do(VERIFIER, _draft())),
    Row(
        "提交",
        "wrong_relation",
        lambda r: _drafted(r).do(REPORTER, c.Submit()),
        lambda r: _drafted(r).do(replace(REPORTER, person="p-2"), c.Submit()),
    ),
    Row("上报", "no_id", lambda r: r.report(), lambda r: r.report(case_id="")),
    Row("上报", "no_matter", lambda r: r.report(), lambda r: r.report(matter="")),
    Row("上报", "wrong_role", lambda r: r.report(HOTLINE), lambda r: r.report(VERIFIER)),
    Row(
        "上报",
        "naive_time",
        lambda r: r.do(HOTLINE, _report()),
        lambda r: r.do(HOTLINE, _report(MONDAY.replace(tzinfo=None))),
    ),
    Row(
        "上报",
        "time_out_of_range",
        lambda r: r.do(HOTLINE, _report(MONDAY - 300 * 365 * DAY)),
        lambda r: r.do(HOTLINE, _report(datetime.min.replace(tzinfo=MONDAY.tzinfo))),
    ),
    Row("立案", "no_body", filed, lambda r: r.report().do(replace(COMMUNITY, body=""), c.Triage())),
    Row(
        "上报",
        "no_actor",
        lambda r: r.report(HOTLINE),
        lambda r: r.report(replace(HOTLINE, person=cast("Any", None))),
    ),
    Row(
        "上报",
        "time_in_future",
        lambda r: r.do(HOTLINE, _report(MONDAY)),
        lambda r: r.do(HOTLINE, _report(MONDAY + DAY)),
    ),
    Row("上报", "wrong_state", lambda r: r.report(), lambda r: r.report().report()),
    Row(
        "上报",
        "no_item",
        lambda r: r.report(service=Service("permit", "hall")),
        lambda r: r.report(service=Service("", "hall")),
    ),
    Row(
        "立案",
        "unknown_grade",
        lambda r: filed(_graded(r), grade="major"),
        lambda r: filed(_graded(r), grade="vast"),
        procedure="plain",
    ),
    Row(
        "不予受理",
        "wrong_grade",
        lambda r: _small(r, "general").do(DISPATCHER, _reject()),
        lambda r: _small(r, "major").do(DISPATCHER, _reject()),
    ),
    Row(
        "立案",
        "not_located",
        filed,
        lambda r: r.report(location=NOWHERE).do(DISPATCHER, c.Triage()),
    ),
    Row("立案", "wrong_area", filed, lambda r: filed(r, location=ELSEWHERE, owner=COMMUNITY.body)),
    Row(
        "立案",
        "task_open",
        lambda r: _checked(r).do(COMMUNITY, c.Triage()),
        lambda r: _to_check(r).do(COMMUNITY, c.Triage()),
    ),
    Row(
        "不予受理",
        "no_reason",
        lambda r: r.report().do(DISPATCHER, c.Reject(reason="no_matter_of_ours")),
        lambda r: r.report().do(DISPATCHER, c.Reject()),
    ),
    Row(
        "作废",
        "no_reason",
        lambda r: sent(r).do(SUPERVISOR, c.Cancel(reason="doubled")),
        lambda r: sent(r).do(SUPERVISOR, c.Cancel()),
    ),
    Row(
        "作废",
        "wrong_role",
        lambda r: sent(r).do(SUPERVISOR, c.Cancel(reason="doubled")),
        lambda r: sent(r).do(DISPATCHER, c.Cancel(reason="doubled")),
    ),
    Row(
        "撤回诉求",
        "wrong_relation",
        lambda r: r.report(REPORTER).do(REPORTER, c.Withdraw()),
        lambda r: r.report(HOTLINE).do(REPORTER, c.Withdraw()),
    ),
    Row(
        "一键报警",
        "no_unit",
        lambda r: r.do(GRID_WORKER, alarm()),
        lambda r: r.do(GRID_WORKER, alarm(units=())),
        procedure="emergency",
    ),
    Row(
        "一键报警",
        "no_reason",
        lambda r: r.do(GRID_WORKER, alarm()),
        lambda r: r.do(GRID_WORKER, alarm(reason="")),
        procedure="emergency",
    ),
    Row(
        "一键报警",
        "complained_of",
        lambda r: r.do(GRID_WORKER, alarm()),
        lambda r: r.do(GRID_WORKER, alarm(complained_of=("water",))),
        procedure="emergency",
    ),
)


def _report(occurred: Any = None) -> c.Report:
    return c.Report(case_id="case-1", source=Source("grid"), matter="rubbish", occurred_at=occurred)


def _to_check(run: Run) -> Run:
    return run.report().do(HOTLINE, c.AssignTask(id="v", kind="verify_report", to="grid_worker"))


def _checked(run: Run) -> Run:
    return _to_check(run).do(GRID_WORKER, c.FinishTask(id="v", passed=True))


def _graded(run: Run) -> Run:
    run.procedure = replace(run.procedure, grades=(GradeRule("general", "一般"), GradeRule("major", "重大")))
    return run


def _small(run: Run, grade: str) -> Run:
    """Only what is general may be rejected."""
    run.procedure = with_step(run.procedure, "reject", StepRule(grades=("general",)))
    return run.report(grade=grade)


ON_THE_SPOT = (
    Row(
        "自处理",
        "above_your_level",
        lambda r: r.report().do(GRID_WORKER, c.SelfHandle()),
        lambda r: r.report().do(STREET, c.Escalate(level=1, reason="grave")).do(GRID_WORKER, c.SelfHandle()),
    ),
    Row(
        "自处理",
        "duties_apart",  # it is checked like any other, by somebody else
        lambda r: _self_handled(r).do(VERIFIER, c.VerifyClose()),
        lambda r: _self_handled(r).do(COMMUNITY, c.VerifyClose()),
    ),
    Row(
        "简易结案",
        "no_evidence",
        lambda r: r.report().do(COMMUNITY, c.QuickClose(evidence=(AFTER,))),
        lambda r: r.report().do(COMMUNITY, c.QuickClose()),
    ),
    Row(
        "简易结案",
        "above_your_level",
        lambda r: r.report().do(COMMUNITY, c.QuickClose(evidence=(AFTER,))),
        lambda r: (
            r.report()
            .do(STREET, c.Escalate(level=2, reason="grave"))
            .do(COMMUNITY, c.QuickClose(evidence=(AFTER,)))
        ),
    ),
)


def _self_handled(run: Run) -> Run:
    run.report().do(GRID_WORKER, c.SelfHandle())
    return run.do(GRID_WORKER, c.GiveFeedback(evidence=(AFTER,)))


ASSIGNMENT = (
    Row(
        "派遣",
        "not_on_list",
        sent,
        lambda r: sent(told(r, lambda x: x.bodies.unlisted.add(("water", "rubbish")))),
    ),
    Row(
        "派遣",
        "serves_not",
        sent,
        lambda r: sent(told(r, lambda x: x.bodies.unserved.add("water"))),
    ),
    Row("派遣", "barred", sent, lambda r: sent(told(r, lambda x: x.bodies.barred.add("water")))),
    Row(
        "派遣",
        "no_unit",
        lambda r: filed(r).do(DISPATCHER, c.Dispatch()),
        lambda r: filed(r, unit="").do(DISPATCHER, c.Dispatch()),
    ),
    Row("派遣", "unit_twice", lambda r: sent(r, "roads"), lambda r: sent(r, "water")),
    Row(
        "派遣",
        "complained_of",
        lambda r: filed(r).do(DISPATCHER, c.Dispatch(unit="roads")),
        lambda r: filed(r, complained_of=("roads",)).do(DISPATCHER, c.Dispatch(unit="roads")),
    ),
    Row(
        "派遣",
        "duties_apart",  # whoever verified in the first round does not handle in the second
        lambda r: _reopened(r).do(DISPATCHER, c.Dispatch(unit="roads")),
        lambda r: _reopened(r).do(DISPATCHER, c.Dispatch(unit="inspection")),
    ),
    Row(
        "签收",
        "wrong_relation",
        lambda r: sent(r).do(WATER, c.Claim()),
        lambda r: sent(r).do(ROADS, c.Claim()),
    ),
    Row(
        "开始办理",
        "wrong_relation",
        lambda r: taken(r, "roads").do(WATER, c.Start()),
        lambda r: taken(r, "roads").do(ROADS, c.Start()),
    ),
    Row(
        "撤回派遣",
        "wrong_state",
        lambda r: sent(r).do(DISPATCHER, c.Recall(reason="wrong_body")),
        lambda r: working(r).do(DISPATCHER, c.Recall(reason="wrong_body")),
    ),
    Row(
        "撤回派遣",
        "no_reason",
        lambda r: sent(r).do(DISPATCHER, c.Recall(reason="wrong_body")),
        lambda r: sent(r).do(DISPATCHER, c.Recall()),
    ),
    Row(
        "转办",
        "no_reason",
        lambda r: filed(r).do(DISPATCHER, c.Forward(recipient="railway", reason="not_of_the_city")),
        lambda r: filed(r).do(DISPATCHER, c.Forward(recipient="railway")),
    ),
    Row(
        "增派协办",
        "joined_already",
        lambda r: working(r).do(DISPATCHER, c.JoinUnit(unit="roads")),
        lambda r: working(r).do(DISPATCHER, c.JoinUnit(unit="water")),
    ),
    Row(
        "解除协办",
        "leads",
        lambda r: working(r, "roads").do(DISPATCHER, c.ReleaseUnit(unit="roads", reason="done")),
        lambda r: working(r, "roads").do(DISPATCHER, c.ReleaseUnit(unit="water", reason="done")),
    ),
    Row(
        "解除协办",
        "no_part",
        lambda r: working(r, "roads").do(DISPATCHER, c.ReleaseUnit(unit="roads", reason="done")),
        lambda r: working(r).do(DISPATCHER, c.ReleaseUnit(unit="roads", reason="done")),
    ),
)


def _reopened(run: Run) -> Run:
    return closed(run).do(HOTLINE, c.RequestReopen(reason="back_again")).do(SUPERVISOR, c.GrantReopen())


WHISTLE = tuple(
    replace(row, procedure="whistle_loop")
    for row in (
        Row(
            "吹哨",
            "unknown_level",
            called,
            lambda r: r.triaged().do(STREET, _whistle(level="district")),
        ),
        Row(
            "吹哨",
            "wrong_starter",
            lambda r: r.triaged().do(ROUTER, _whistle()),
            lambda r: r.triaged().do(ROUTER, _whistle(kind="hard")),
        ),
        Row(
            "吹哨",
            "not_in_catalogue",
            called,
            lambda r: r.triaged().do(STREET, _whistle(item="item-9")),
        ),
        Row(
            "吹哨",
            "not_on_list",
            called,
            lambda r: called(told(r, lambda x: x.bodies.unlisted.add(("roads", "rubbish")))),
        ),
        Row(
            "吹哨",
            "no_power",
            called,
            lambda r: called(told(r, lambda x: x.bodies.mute.add(("s1-office", "roads")))),
        ),
        Row(
            "吹哨",
            "unknown_kind",
            lambda r: called(r, "water", kind="hard"),
            lambda r: called(r, "water", kind="gentle"),
            procedure="whistle_loop",
        ),
        Row(
            "吹哨",
            "bad_k",
            lambda r: called(r, "water", "roads", policy="k_of_n", k=2),
            lambda r: called(r, "water", "roads", policy="k_of_n", k=3),
        ),
        Row(
            "签到",
            "signed_in_before",
            lambda r: called(r).do(WATER, c.SignIn()),
            lambda r: called(r).do(WATER, c.SignIn()).do(WATER, c.SignIn()),
        ),
        Row(
            "联系",
            "contacted_before",
            lambda r: called(r).do(WATER, c.MakeContact()),
            lambda r: called(r).do(WATER, c.MakeContact()).do(WATER, c.MakeContact()),
        ),
        Row(
            "报到",
            "wrong_summons",
            lambda r: _community(r, "s1-office").do(STREET, c.ReportIn()),
            lambda r: _community(r, "water").do(WATER, c.ReportIn()),
        ),
        Row(
            "报到",
            "wrong_relation",
            lambda r: called(r).do(WATER, c.ReportIn()),
            lambda r: called(r).do(PARKS, c.ReportIn()),
        ),
        Row(
            "解除协办",
            "too_few",
            lambda r: called(r, "water", "roads", "parks", policy="k_of_n", k=2).do(
                STREET, c.ReleaseUnit(unit="parks", reason="away")
            ),
            lambda r: called(r, "water", "roads", policy="k_of_n", k=2).do(
                STREET, c.ReleaseUnit(unit="roads", reason="away")
            ),
        ),
    )
)


def _community(run: Run, unit: str) -> Run:
    return run.triaged().do(COMMUNITY, _whistle(level="community", item="", units=(unit,)))


def _whistle(**more: Any) -> c.BlowWhistle:
    return c.BlowWhistle(**({"level": "street", "item": "item-1", "units": ("water",)} | more))


def _hasty(run: Run) -> Run:
    """A case goes back within two days of the call, or not at all."""
    run.procedure = replace(run.procedure, return_days=2)
    return sent(run)


_OTHER_STREET = Actor("street", "s2-office", "p-street-2", ("d/s2",))


def _moved_on(run: Run, location: Location) -> Run:
    return run.do(DISPATCHER, c.Reroute(location=location, owner="s2-office", unit="parks", reason="across"))


RETURN = (
    Row(
        "退回",
        "wrong_decider",  # nor does dealing with it on the spot
        lambda r: filed(r).do(GRID_WORKER, c.SelfHandle()),
        lambda r: back(r, WATER).do(COMMUNITY, c.Triage()).do(GRID_WORKER, c.SelfHandle()),
    ),
    Row(
        "退回",
        "wrong_decider",  # nor does routing it to where it is
        lambda r: _moved_on(back(r, WATER), ELSEWHERE).do(_OTHER_STREET, c.Dispatch(unit="parks")),
        lambda r: _moved_on(back(r, WATER), HERE).do(STREET, c.Dispatch(unit="roads")),
    ),
    Row(
        "退回",
        "window_over",
        lambda r: _hasty(r).do(WATER, c.ReturnCase(reason=WHY), after=DAY),
        lambda r: _hasty(r).do(WATER, c.ReturnCase(reason=WHY), after=3 * DAY),
    ),
    Row(
        "退回",
        "no_reason",
        lambda r: sent(r).do(WATER, c.ReturnCase(reason=WHY)),
        lambda r: sent(r).do(WATER, c.ReturnCase()),
    ),
    Row(
        "退回",
        "not_sealed",
        lambda r: sent(r).do(WATER, c.ReturnCase(reason=WHY, note="0a" * 32)),
        lambda r: sent(r).do(WATER, c.ReturnCase(reason=WHY, note="13800000000")),
    ),
    Row(
        "转办",
        "no_code",
        lambda r: filed(r).do(DISPATCHER, c.Forward(recipient="railway", reason=WHY)),
        lambda r: filed(r).do(DISPATCHER, c.Forward(recipient="13800000000, office", reason=WHY)),
    ),
    Row(
        "退回",
        "no_code",
        lambda r: sent(r).do(WATER, c.ReturnCase(reason=WHY, suggest="S1.roads_2")),
        lambda r: without(sent(r), MAN).do(WATER, c.ReturnCase(reason=WHY, suggest=MAN)),
    ),
    Row(
        "退回",
        "reason_no_code",
        lambda r: sent(r).do(WATER, c.ReturnCase(reason=WHY)),
        lambda r: sent(r).do(WATER, c.ReturnCase(reason="Not ours")),
    ),
    Row(
        "退回",
        "wrong_decider",
        lambda r: back(r, WATER).do(DISPATCHER, c.Dispatch(unit="roads")),
        lambda r: back(r, WATER).do(COMMUNITY, c.Dispatch(unit="roads")),
        {"decider": "community"},
    ),
    Row(
        "退回",
        "wrong_decider",  # triage does not lead around the one who decides
        lambda r: back(r, WATER).do(COMMUNITY, c.Triage()).do(DISPATCHER, c.Dispatch(unit="roads")),
        lambda r: back(r, WATER).do(COMMUNITY, c.Triage()).do(COMMUNITY, c.Dispatch(unit="roads")),
        {"decider": "community"},
    ),
    Row(
        "退回",
        "returned_it",
        lambda r: back(r, WATER).do(DISPATCHER, c.Dispatch(unit="roads")),
        lambda r: back(r, WATER).do(DISPATCHER, c.Dispatch(unit="water")),
    ),
    Row(
        "退回",
        "too_many_returns",
        lambda r: back(r, WATER).do(DISPATCHER, c.Dispatch(unit="parks")),
        lambda r: back(r, WATER, ROADS).do(DISPATCHER, c.Dispatch(unit="parks")),
        {"max_returns": 3},
    ),
    Row(
        "退回",
        "too_many_returns",  # nor does it lead around the number of returns
        lambda r: back(r, WATER).do(COMMUNITY, c.Triage()).do(DISPATCHER, c.Dispatch(unit="parks")),
        lambda r: back(r, WATER, ROADS).do(COMMUNITY, c.Triage()).do(DISPATCHER, c.Dispatch(unit="parks")),
        {"max_returns": 3},
    ),
    Row(
        "退回",
        "wrong_state",
        lambda r: (
            back(r, WATER).do(DISPATCHER, c.Dispatch(unit="roads")).do(ROADS, c.Claim()).do(ROADS, c.Start())
        ),
        lambda r: back(r, WATER).do(VERIFIER, c.VerifyClose()),
    ),
    Row(
        "退回",
        "part_done",
        lambda r: working(r, "roads").do(ROADS, c.Claim()).do(ROADS, c.ReturnCase(reason=WHY)),
        lambda r: (
            working(r, "roads")
            .do(ROADS, c.Claim())
            .do(ROADS, c.FinishPart())
            .do(ROADS, c.ReturnCase(reason=WHY))
        ),
    ),
    Row(
        "指定办理",
        "not_yet_forced",
        lambda r: back(r, WATER, ROADS).do(STREET, _forced()),
        lambda r: back(r, WATER).do(STREET, _forced()),
        {"max_returns": 1},
    ),
    Row(
        "指定办理",
        "no_reason",
        lambda r: back(r, WATER, ROADS).do(STREET, _forced()),
        lambda r: back(r, WATER, ROADS).do(STREET, c.ForceAssign(unit="water")),
    ),
    Row(
        "指定办理",
        "forced",
        lambda r: sent(r).do(WATER, c.ReturnCase(reason=WHY)),
        lambda r: back(r, WATER, ROADS).do(STREET, _forced()).do(WATER, c.ReturnCase(reason=WHY)),
    ),
    Row(
        "指定办理",
        "forced",
        lambda r: _here(sent(r).do(WATER, c.Claim())),
        lambda r: _here(back(r, WATER, ROADS).do(STREET, _forced()).do(WATER, c.Claim())),
    ),
    Row("会商", "no_reason", meeting, lambda r: back(r, WATER).do(STREET, c.Confer())),
    Row(
        "会商",
        "bad_level",
        meeting,
        lambda r: back(r, WATER).do(STREET, c.Confer(reason="unclear_duty", level=5)),
    ),
    Row(
        "会商",
        "no_need_to_confer",
        lambda r: back(r, WATER, ROADS).do(COMMUNITY, c.Confer(reason="unclear_duty")),
        lambda r: back(r, WATER).do(COMMUNITY, c.Confer(reason="unclear_duty")),
        {"max_returns": 1},
    ),
    Row(
        "会商",
        "duties_apart",
        lambda r: meeting(r).do(STREET, c.ResolveConference(unit="water")),
        lambda r: meeting(r).do(STREET, c.ResolveConference(unit="s1-office")),
    ),
    Row(
        "会商",
        "forced",
        lambda r: working(r).do(WATER, c.ReturnCase(reason=WHY)),
        lambda r: (
            meeting(r).do(STREET, c.ResolveConference(unit="water")).do(WATER, c.ReturnCase(reason=WHY))
        ),
    ),
)


def _forced() -> c.ForceAssign:
    return c.ForceAssign(unit="water", reason="duty_by_law")


def _here(run: Run) -> Run:
    """The lead says that it is elsewhere."""
    return run.do(
        WATER, c.Reroute(location=ELSEWHERE, owner="s2-office", unit="parks", reason="across_the_border")
    )


TIME = (
    Row(
        "不批准延期",
        "not_your_turn",
        lambda r: asked(r).do(WATER_CHIEF, c.RefuseExtension(reason="no_ground")),
        lambda r: asked(r).do(DISPATCHER, c.RefuseExtension(reason="no_ground")),
        {"approvals": ("dispatcher",)},
    ),
    Row(
        "挂起",
        "rest_too_long",
        lambda r: working(r).do(WATER, _suspend(29)),
        lambda r: working(r).do(WATER, _suspend(31)),
        {"max_suspension_days": 60},
    ),
    Row(
        "挂起",
        "until_past",
        lambda r: working(r).do(WATER, _suspend(1)),
        lambda r: working(r).do(WATER, _suspend(-1)),
    ),
    Row(
        "挂起",
        "naive_time",
        lambda r: working(r).do(WATER, _suspend(1)),
        lambda r: working(r).do(WATER, c.Suspend(until=MONDAY.replace(tzinfo=None), reason="rain")),
    ),
    Row(
        "挂起",
        "wrong_state",
        lambda r: working(r).do(WATER, c.GiveFeedback(evidence=(AFTER,))),
        lambda r: working(r).do(WATER, _suspend(1)).do(WATER, c.GiveFeedback(evidence=(AFTER,))),
    ),
    Row(
        "恢复",
        "still_rests",
        lambda r: working(r).do(WATER, _suspend(1)).do(SCHEDULER, c.Resume(), after=2 * DAY),
        lambda r: working(r).do(WATER, _suspend(1)).do(SCHEDULER, c.Resume()),
    ),
    Row(
        "挂账",
        "rest_too_long",
        lambda r: working(r).do(DISPATCHER, _account(364)),
        lambda r: working(r).do(DISPATCHER, _account(367)),
        {"max_account_days": 400},
    ),
    Row(
        "挂账",
        "on_account_before",
        lambda r: working(r).do(DISPATCHER, _account(9)),
        lambda r: (
            working(r).do(DISPATCHER, _account(9)).do(DISPATCHER, c.Resume()).do(DISPATCHER, _account(9))
        ),
    ),
    Row(
        "挂账",
        "wrong_role",
        lambda r: working(r).do(DISPATCHER, _account(9)),
        lambda r: working(r).do(WATER, _account(9)),
    ),
    Row(
        "挂账",
        "wrong_state",
        lambda r: working(r).do(WATER, c.ReturnCase(reason=WHY)),
        lambda r: working(r).do(DISPATCHER, _account(9)).do(WATER, c.ReturnCase(reason=WHY)),
    ),
    Row(
        "缓办",
        "deferred_before",
        lambda r: filed(r).do(DISPATCHER, _defer(9)),
        lambda r: filed(r).do(DISPATCHER, _defer(9)).do(DISPATCHER, c.Resume()).do(DISPATCHER, _defer(9)),
    ),
    Row(
        "延期",
        "too_many_extensions",
        lambda r: extended(r, 1).do(WATER, _ask()),
        lambda r: extended(r, 2).do(WATER, _ask()),
        {"max_extensions": 3},
    ),
    Row(
        "延期",
        "overdue",
        lambda r: working(r).do(WATER, _ask()),
        lambda r: working(r).do(WATER, _ask(), after=9 * DAY),
    ),
    Row(
        "延期",
        "overdue",
        lambda r: asked(r).do(WATER_CHIEF, c.ApproveExtension()),
        lambda r: asked(r).do(WATER_CHIEF, c.ApproveExtension(), after=9 * DAY),
    ),
    Row("延期", "request_open", lambda r: working(r).do(WATER, _ask()), lambda r: asked(r).do(WATER, _ask())),
    Row(
        "延期",
        "no_clock",
        lambda r: working(r).do(WATER, _ask()),
        lambda r: working(r).do(WATER, c.RequestExtension(clock="sign_in", reason="material")),
    ),
    Row(
        "延期",
        "no_request",
        lambda r: asked(r).do(WATER_CHIEF, c.ApproveExtension()),
        lambda r: working(r).do(WATER_CHIEF, c.ApproveExtension()),
    ),
    Row(
        "延期",
        "not_your_turn",
        lambda r: asked(r).do(WATER_CHIEF, c.ApproveExtension()),
        lambda r: asked(r).do(DISPATCHER, c.ApproveExtension()),
        {"approvals": ("dispatcher",)},
    ),
    Row(
        "延期",
        "duties_apart",
        lambda r: asked(r).do(WATER_CHIEF, c.ApproveExtension()),
        lambda r: asked(r).do(WATER, c.ApproveExtension()),
    ),
    Row(
        "延期",
        "approved_before",
        lambda r: asked(r).do(WATER_CHIEF, c.ApproveExtension()).do(DISPATCHER, c.ApproveExtension()),
        lambda r: (
            asked(r)
            .do(WATER_CHIEF, c.ApproveExtension())
            .do(replace(DISPATCHER, person="p-water-chief"), c.ApproveExtension())
        ),
    ),
    Row(
        "延期",
        "no_account",
        lambda r: asked(r).do(WATER_CHIEF, c.ApproveExtension()),
        lambda r: asked(r).do(replace(WATER, person=""), c.ApproveExtension()),
    ),
)


def _suspend(days: int) -> c.Suspend:
    return c.Suspend(until=MONDAY + days * DAY + timedelta(hours=2), reason="rain")


def _account(days: int) -> c.SuspendOnAccount:
    return c.SuspendOnAccount(until=MONDAY + days * DAY, reason="not_this_season")


def _defer(days: int) -> c.Defer:
    return c.Defer(until=MONDAY + days * DAY, reason="not_ripe")


def _ask() -> c.RequestExtension:
    return c.RequestExtension(reason="material")


def _tasked(run: Run, *, opening: bool = True) -> Run:
    run = filed(run) if opening else run
    return run.do(DISPATCHER, c.AssignTask(id="t", kind="follow_up", to="supervisor", required=False))


def _behind(run: Run) -> Run:
    return working(run).do(DISPATCHER, c.AssignTask(id="b", kind="back_office", to="hotline"))


def _talk() -> c.AssignTask:
    return c.AssignTask(id="talk", kind="admonition_talk", to="water")


HANDLING = (
    Row(
        "催办",
        "wrong_relation",
        lambda r: r.report(REPORTER).do(REPORTER, c.Urge()),
        lambda r: r.report(HOTLINE).do(REPORTER, c.Urge()),
    ),
    Row(
        "到时",
        "wrong_role",
        lambda r: sent(r).do(SCHEDULER, c.Fire(clock="handling"), after=9 * DAY),
        lambda r: sent(r).do(ROUTER, c.Fire(clock="handling"), after=9 * DAY),
    ),
    Row("处理反馈", "no_evidence", handled, lambda r: working(r).do(WATER, c.GiveFeedback())),
    Row(
        "处理反馈",
        "part_open",
        lambda r: working(r, "roads").do(ROADS, c.Claim()).do(ROADS, c.FinishPart()).do(WATER, _feedback()),
        lambda r: working(r, "roads").do(ROADS, c.Claim()).do(WATER, _feedback()),
    ),
    Row(
        "处理反馈",
        "not_the_lead",
        lambda r: filed(r).do(DISPATCHER, _outside()).do(STREET, _feedback()),
        lambda r: working(r).do(STREET, _feedback()),
    ),
    Row(
        "处理反馈",
        "task_open",
        handled,
        lambda r: (
            working(r)
            .do(DISPATCHER, c.AssignTask(id="b", kind="back_office", to="roads"))
            .do(WATER, _feedback())
        ),
    ),
    Row(
        "完成协办",
        "part_done",
        lambda r: working(r, "roads").do(ROADS, c.Claim()).do(ROADS, c.FinishPart()),
        lambda r: (
            working(r, "roads").do(ROADS, c.Claim()).do(ROADS, c.FinishPart()).do(ROADS, c.FinishPart())
        ),
    ),
    Row(
        "布置任务",
        "bad_task_id",
        _tasked,
        lambda r: _tasked(_tasked(r, opening=True), opening=False),
    ),
    Row(
        "布置任务",
        "complained_of",
        _tasked,
        lambda r: filed(r, complained_of=("roads",)).do(
            DISPATCHER, c.AssignTask(id="t", kind="follow_up", to="roads")
        ),
    ),
    Row(
        "完成任务",
        "not_your_task",
        lambda r: _tasked(r).do(SUPERVISOR, c.FinishTask(id="t", passed=True)),
        lambda r: _tasked(r).do(HOTLINE, c.FinishTask(id="t", passed=True)),
    ),
    Row(
        "完成任务",
        "task_done",
        lambda r: _tasked(r).do(SUPERVISOR, c.FinishTask(id="t", passed=True)),
        lambda r: (
            _tasked(r)
            .do(SUPERVISOR, c.FinishTask(id="t", passed=True))
            .do(SUPERVISOR, c.FinishTask(id="t", passed=True))
        ),
    ),
    Row(
        "完成任务",
        "unknown_task",
        lambda r: _tasked(r).do(SUPERVISOR, c.FinishTask(id="t", passed=True)),
        lambda r: _tasked(r).do(SUPERVISOR, c.FinishTask(id="u", passed=True)),
    ),
    Row(
        "完成任务",
        "not_ended",
        lambda r: _alarmed(r).do(SUPERVISOR, c.FinishTask(id="review-1", passed=True)),
        lambda r: _to_review(r).do(SUPERVISOR, c.FinishTask(id="review-1", passed=True)),
    ),
    Row(
        "完成任务",
        "duties_apart",
        lambda r: _check(r, "inspection").do(VERIFIER, c.FinishTask(id="k", passed=True)),
        lambda r: _check(r, "water").do(WATER, c.FinishTask(id="k", passed=True)),
    ),
    Row(
        "完成任务",
        "case_rests",
        lambda r: _behind(r).do(HOTLINE, c.FinishTask(id="b", passed=True)),
        lambda r: _behind(r).do(WATER, _suspend(1)).do(HOTLINE, c.FinishTask(id="b", passed=True)),
    ),
    Row(
        "约谈",
        "not_supervised",
        lambda r: working(r).do(SUPERVISOR, _supervise()).do(SUPERVISOR, _talk()),
        lambda r: working(r).do(SUPERVISOR, _talk()),
    ),
    Row(
        "补充材料",
        "no_evidence",
        lambda r: sent(r).do(WATER, c.Attach(evidence=(AFTER,))),
        lambda r: sent(r).do(WATER, c.Attach()),
    ),
    Row(
        "督办",
        "supervised_already",
        lambda r: sent(r).do(SUPERVISOR, _supervise()),
        lambda r: sent(r).do(SUPERVISOR, _supervise()).do(SUPERVISOR, _supervise()),
    ),
    Row(
        "督办",
        "no_reason",
        lambda r: sent(r).do(SUPERVISOR, _supervise()),
        lambda r: sent(r).do(SUPERVISOR, c.Supervise()),
    ),
    Row(
        "升级",
        "bad_level",
        lambda r: sent(r).do(STREET, c.Escalate(level=2, reason="grave")),
        lambda r: (
            sent(r)
            .do(STREET, c.Escalate(level=2, reason="grave"))
            .do(STREET, c.Escalate(level=1, reason="grave"))
        ),
    ),
    Row(
        "升级",
        "complained_of",
        lambda r: sent(r).do(STREET, c.Escalate(level=2, reason="grave", owner="roads")),
        lambda r: filed(r, complained_of=("roads",)).do(
            STREET, c.Escalate(level=2, reason="grave", owner="roads")
        ),
    ),
    Row(
        "到时",
        "no_clock",
        lambda r: sent(r).do(SCHEDULER, c.Fire(clock="handling")),
        lambda r: sent(r).do(SCHEDULER, c.Fire(clock="contact")),
    ),
)


def _feedback() -> c.GiveFeedback:
    return c.GiveFeedback(evidence=(AFTER,))


def _outside() -> c.Forward:
    return c.Forward(recipient="railway", reason="not_of_the_city")


def _check(run: Run, to: str) -> Run:
    return working(run).do(DISPATCHER, c.AssignTask(id="k", kind="check_result", to=to))


def _supervise() -> c.Supervise:
    return c.Supervise(reason="slow")


def _checking(run: Run, *, passed: bool) -> Run:
    """The check on site has to pass before the case is closed."""
    run.procedure = with_step(run.procedure, "verify_close", StepRule(needs=("check_result",)))
    _check(run, "inspection").do(WATER, _feedback())
    return run.do(SECOND_VERIFIER, c.FinishTask(id="k", passed=passed))


def _scored_by_default(run: Run) -> Run:
    """The scheduler gives the default score when three days are over."""
    window = ClockRule("evaluation", ("verify_close",), ("evaluate",), 3, "natural_day", outlives=True)
    run.procedure = replace(run.procedure, default_score=60, clocks=(*run.procedure.clocks, window))
    return closed(run)


CLOSING = (
    Row(
        "核实结项",
        "task_failed",
        lambda r: _checking(r, passed=True).do(VERIFIER, c.VerifyClose()),
        lambda r: _checking(r, passed=False).do(VERIFIER, c.VerifyClose()),
    ),
    Row(
        "综合评价",
        "still_open",
        lambda r: _scored_by_default(r).do(SCHEDULER, c.Evaluate(score=60), after=5 * DAY),
        lambda r: _scored_by_default(r).do(SCHEDULER, c.Evaluate(score=60)),
    ),
    Row(
        "核实结项",
        "duties_apart",
        lambda r: handled(r).do(VERIFIER, c.VerifyClose()),
        lambda r: handled(r).do(replace(VERIFIER, body="water"), c.VerifyClose()),
    ),
    Row(
        "简易结案",
        "children_open",
        lambda r: (
            _parted(r).do(SCHEDULER, c.EndChild(child="a")).do(COMMUNITY, c.QuickClose(evidence=(AFTER,)))
        ),
        lambda r: _parted(r).do(COMMUNITY, c.QuickClose(evidence=(AFTER,))),
        {"children": "none"},
    ),
    Row(
        "核实结项",
        "children_open",
        lambda r: _split(r).do(SCHEDULER, c.EndChild(child="a")).do(VERIFIER, c.VerifyClose()),
        lambda r: _split(r).do(VERIFIER, c.VerifyClose()),
        {"children": "none"},
    ),
    Row(
        "核实结项",
        "task_open",
        lambda r: handled(r).do(VERIFIER, c.VerifyClose()),
        lambda r: _check(r, "inspection").do(WATER, _feedback()).do(VERIFIER, c.VerifyClose()),
    ),
    Row(
        "核实结项",
        "wrong_role",
        lambda r: handled(r).do(VERIFIER, c.VerifyClose()),
        lambda r: handled(r).do(HOTLINE, c.VerifyClose()),
    ),
    Row(
        "返工",
        "no_reason",
        lambda r: handled(r).do(VERIFIER, c.VerifyFail(reason="still_there")),
        lambda r: handled(r).do(VERIFIER, c.VerifyFail()),
    ),
    Row(
        "返工",
        "duties_apart",
        lambda r: handled(r).do(VERIFIER, c.VerifyFail(reason="still_there")),
        lambda r: handled(r).do(replace(VERIFIER, body="water"), c.VerifyFail(reason="still_there")),
    ),
    Row(
        "强制结案",
        "no_reason",
        lambda r: sent(r).do(SUPERVISOR, c.ForceClose(reason="moot")),
        lambda r: sent(r).do(SUPERVISOR, c.ForceClose()),
    ),
    Row(
        "强制结案",
        "duties_apart",
        lambda r: working(r).do(SUPERVISOR, c.ForceClose(reason="moot")),
        lambda r: working(r).do(replace(SUPERVISOR, body="water"), c.ForceClose(reason="moot")),
    ),
    Row(
        "综合评价",
        "bad_score",
        lambda r: closed(r).do(STREET, c.Evaluate(score=100)),
        lambda r: closed(r).do(STREET, c.Evaluate(score=101)),
    ),
    Row(
        "综合评价",
        "duties_apart",
        lambda r: closed(r).do(STREET, c.Evaluate(score=90)),
        lambda r: closed(r).do(replace(SUPERVISOR, body="water"), c.Evaluate(score=90)),
    ),
    Row(
        "综合评价",
        "no_default",
        lambda r: closed(r).do(STREET, c.Evaluate(score=60)),
        lambda r: closed(r).do(SCHEDULER, c.Evaluate(score=60)),
        {"default_score": 60},
    ),
    Row(
        "综合评价",
        "task_open",
        lambda r: (
            _alarmed(r)
            .do(SUPERVISOR, c.FinishTask(id="review-1", passed=True))
            .do(STREET, c.Evaluate(score=90))
        ),
        lambda r: _alarmed(r).do(STREET, c.Evaluate(score=90)),
        procedure="plain",
    ),
    Row(
        "双向考核",
        "own_score",
        lambda r: closed(r).do(WATER, c.Appraise(unit="s1-office", score=80)),
        lambda r: closed(r).do(WATER, c.Appraise(unit="water", score=80)),
    ),
    Row(
        "双向考核",
        "no_part",
        lambda r: closed(r).do(STREET, c.Appraise(unit="water", score=80)),
        lambda r: closed(r).do(STREET, c.Appraise(unit="roads", score=80)),
    ),
    Row(
        "双向考核",
        "no_part",
        lambda r: closed(r).do(STREET, c.Appraise(unit="water", score=80)),
        lambda r: closed(r).do(COMMUNITY, c.Appraise(unit="s1-office", score=80)),
    ),
    Row(
        "双向考核",
        "not_in_charge",
        lambda r: _two(r).do(WATER, c.Appraise(unit="s1-office", score=80)),
        lambda r: _two(r).do(WATER, c.Appraise(unit="roads", score=80)),
    ),
    Row(
        "双向考核",
        "no_power",
        lambda r: closed(r).do(STREET, c.Appraise(unit="water", score=80)),
        lambda r: told(closed(r), lambda x: x.bodies.powerless.add(("s1-office", "appraise"))).do(
            STREET, c.Appraise(unit="water", score=80)
        ),
    ),
    Row(
        "满意度评价",
        "bad_score",
        lambda r: closed(r).do(HOTLINE, c.Rate(satisfied=5)),
        lambda r: closed(r).do(HOTLINE, c.Rate(satisfied=6)),
    ),
    Row(
        "满意度评价",
        "duties_apart",
        lambda r: closed(r).do(HOTLINE, c.Rate(satisfied=5)),
        lambda r: closed(r).do(replace(HOTLINE, body="water"), c.Rate(satisfied=5)),
    ),
    Row(
        "归档",
        "appeal_open",
        lambda r: late(r).do(ARCHIVIST, c.Archive()),
        lambda r: late(r).do(WATER, _appeal()).do(ARCHIVIST, c.Archive()),
    ),
    Row(
        "归档",
        "wrong_role",
        lambda r: closed(r).do(ARCHIVIST, c.Archive()),
        lambda r: closed(r).do(SCHEDULER, c.Archive()),
    ),
)


def _parted(r: Run) -> Run:
    return filed(r).do(DISPATCHER, c.Split(children=("a",)))


def _lent(unit: str) -> Actor:
    """Oversight, acting in the place of another body."""
    return Actor("unit", "oversight", "p-oversight", ("",), behalf=unit, until=NEXT_YEAR)


def _split(run: Run) -> Run:
    return working(run).do(DISPATCHER, c.Split(children=("a",))).do(WATER, _feedback())


def _two(run: Run) -> Run:
    working(run, "roads").do(ROADS, c.Claim()).do(ROADS, c.FinishPart()).do(WATER, _feedback())
    return run.do(VERIFIER, c.VerifyClose())


def _to_review(run: Run) -> Run:
    return handled(run).do(DISPATCHER, c.AssignTask(id="review-1", kind="review", to="supervisor"))


def _alarmed(run: Run) -> Run:
    return _to_review(run).do(VERIFIER, c.VerifyClose())


APPEAL = (
    Row(
        "不同意重开",
        "no_reason",
        lambda r: closed(r).do(HOTLINE, _again()).do(STREET, c.DenyReopen(reason="another_matter")),
        lambda r: closed(r).do(HOTLINE, _again()).do(STREET, c.DenyReopen()),
    ),
    Row("申诉", "not_late", lambda r: late(r).do(WATER, _appeal()), lambda r: closed(r).do(WATER, _appeal())),
    Row(
        "申诉",
        "appealed_before",
        lambda r: late(r).do(WATER, _appeal()),
        lambda r: _reviewed(late(r).do(WATER, _appeal())).do(WATER, _appeal()),
    ),
    Row(
        "申诉",
        "window_over",
        lambda r: late(r).do(WATER, _appeal(), after=4 * DAY),
        lambda r: late(r).do(WATER, _appeal(), after=6 * DAY),
        {"appeal_days": 9},
    ),
    Row(
        "申诉",
        "wrong_relation",
        lambda r: late(r).do(WATER, _appeal()),
        lambda r: late(r).do(ROADS, _appeal()),
    ),
    Row(
        "申诉审核",
        "no_appeal",
        lambda r: late(r).do(WATER, _appeal()).do(REVIEWER, _upheld()),
        lambda r: late(r).do(REVIEWER, _upheld()),
    ),
    Row(
        "申诉审核",
        "duties_apart",  # whoever appealed for another body is one with it
        lambda r: late(r).do(WATER, _appeal()).do(SUPERVISOR, _upheld()),
        lambda r: late(r).do(_lent("water"), _appeal()).do(SUPERVISOR, _upheld()),
    ),
    Row(
        "申诉审核",
        "reviewed_before",
        lambda r: late(r).do(WATER, _appeal()).do(REVIEWER, _upheld()).do(OTHER_REVIEWER, _upheld()),
        lambda r: late(r).do(WATER, _appeal()).do(REVIEWER, _upheld()).do(REVIEWER, _upheld()),
    ),
    Row(
        "申诉审核",
        "no_appeal",
        lambda r: late(r).do(WATER, _appeal()).do(REVIEWER, _upheld()).do(OTHER_REVIEWER, _upheld()),
        lambda r: _reviewed(late(r).do(WATER, _appeal())).do(SUPERVISOR, _upheld()),
        {"reviewers": 3},
    ),
    Row(
        "申诉审核",
        "no_account",
        lambda r: late(r).do(WATER, _appeal()).do(REVIEWER, _upheld()),
        lambda r: late(r).do(WATER, _appeal()).do(replace(REVIEWER, person=""), _upheld()),
    ),
    Row(
        "重开",
        "window_over",
        lambda r: closed(r).do(HOTLINE, _again(), after=13 * DAY),
        lambda r: closed(r).do(HOTLINE, _again(), after=15 * DAY),
        {"reopen_days": 30},
    ),
    Row(
        "重开",
        "window_over",
        lambda r: closed(r).do(HOTLINE, _again(), after=13 * DAY),
        lambda r: closed(r).do(HOTLINE, _again(claimed=True), after=15 * DAY),
        {"reopen_days": 30},
    ),
    Row(
        "重开",
        "duties_apart",
        lambda r: closed(r).do(HOTLINE, _again()).do(STREET, c.GrantReopen()),
        lambda r: (
            closed(r).do(HOTLINE, _again()).do(replace(STREET, body="water", areas=("",)), c.GrantReopen())
        ),
    ),
    Row(
        "重开",
        "no_reason",
        lambda r: closed(r).do(HOTLINE, _again()),
        lambda r: closed(r).do(HOTLINE, c.RequestReopen()),
    ),
)


def _appeal() -> c.FileAppeal:
    return c.FileAppeal(reason="storm")


def _upheld() -> c.ReviewAppeal:
    return c.ReviewAppeal(upholds=True)


def _reviewed(run: Run) -> Run:
    return run.do(REVIEWER, _upheld()).do(OTHER_REVIEWER, _upheld())


def _again(*, claimed: bool = False) -> c.RequestReopen:
    """With `claimed` a device says that it was asked long ago: the store's clock counts."""
    return c.RequestReopen(reason="back_again", occurred_at=MONDAY + timedelta(hours=5) if claimed else None)


SEVERAL = (
    Row(
        "并案",
        "merge_into_itself",
        lambda r: sent(r).do(DISPATCHER, c.Merge(into="case-2")),
        lambda r: sent(r).do(DISPATCHER, c.Merge(into="case-1")),
    ),
    Row(
        "并案",
        "has_duplicates",
        lambda r: sent(r).do(DISPATCHER, c.Merge(into="case-2")),
        lambda r: sent(r).do(DISPATCHER, c.Absorb(case="case-3")).do(DISPATCHER, c.Merge(into="case-2")),
    ),
    Row(
        "并案",
        "has_family",
        lambda r: sent(r).do(DISPATCHER, c.Merge(into="case-2")),
        lambda r: working(r).do(DISPATCHER, c.Split(children=("a",))).do(DISPATCHER, c.Merge(into="case-2")),
    ),
    Row(
        "并入",
        "absorbed_already",
        lambda r: sent(r).do(DISPATCHER, c.Absorb(case="case-3")),
        lambda r: sent(r).do(DISPATCHER, c.Absorb(case="case-3")).do(DISPATCHER, c.Absorb(case="case-3")),
    ),
    Row(
        "并入",
        "complained_of",
        lambda r: sent(r).do(DISPATCHER, c.Absorb(case="case-3", complained_of=("roads",))),
        lambda r: sent(r).do(DISPATCHER, c.Absorb(case="case-3", complained_of=("water",))),
    ),
    Row(
        "移出并案",
        "no_duplicate",
        lambda r: sent(r).do(DISPATCHER, c.Absorb(case="case-3")).do(DISPATCHER, c.LetGo(case="case-3")),
        lambda r: sent(r).do(DISPATCHER, c.LetGo(case="case-3")),
    ),
    Row(
        "拆并",
        "no_reason",
        lambda r: (
            sent(r).do(DISPATCHER, c.Merge(into="case-2")).do(DISPATCHER, c.Unmerge(reason="not_the_same"))
        ),
        lambda r: sent(r).do(DISPATCHER, c.Merge(into="case-2")).do(DISPATCHER, c.Unmerge()),
    ),
    Row(
        "拆分",
        "no_children",
        lambda r: working(r).do(DISPATCHER, c.Split(children=("a",))),
        lambda r: working(r).do(DISPATCHER, c.Split(children=())),
    ),
    Row(
        "拆分",
        "child_twice",
        lambda r: working(r).do(DISPATCHER, c.Split(children=("a", "b"))),
        lambda r: working(r).do(DISPATCHER, c.Split(children=("a", "a"))),
    ),
    Row(
        "拆分",
        "has_family",
        lambda r: filed(r).do(DISPATCHER, c.Split(children=("a",))),
        lambda r: filed(r, parent="case-0").do(DISPATCHER, c.Split(children=("a",))),
    ),
    Row(
        "子件办结",
        "no_child",
        lambda r: working(r).do(DISPATCHER, c.Split(children=("a",))).do(SCHEDULER, c.EndChild(child="a")),
        lambda r: working(r).do(DISPATCHER, c.Split(children=("a",))).do(SCHEDULER, c.EndChild(child="b")),
    ),
    Row(
        "子件重开",
        "no_child",
        lambda r: (
            working(r)
            .do(DISPATCHER, c.Split(children=("a",)))
            .do(SCHEDULER, c.EndChild(child="a"))
            .do(SCHEDULER, c.ReopenChild(child="a"))
        ),
        lambda r: working(r).do(DISPATCHER, c.Split(children=("a",))).do(SCHEDULER, c.ReopenChild(child="b")),
    ),
    Row(
        "改派",
        "not_located",
        lambda r: sent(r).do(DISPATCHER, _moved(ELSEWHERE)),
        lambda r: sent(r).do(DISPATCHER, _moved(NOWHERE)),
    ),
    Row(
        "改派",
        "no_reason",
        lambda r: sent(r).do(DISPATCHER, _moved(ELSEWHERE)),
        lambda r: sent(r).do(DISPATCHER, c.Reroute(location=ELSEWHERE)),
    ),
)


def _moved(location: Location) -> c.Reroute:
    return c.Reroute(location=location, owner="s2-office", unit="parks", reason="across_the_border")


PERMISSION = (
    Row(
        "委托",
        "delegation_over",
        lambda r: handled(r).do(_for_street(1), c.VerifyClose()),
        lambda r: handled(r).do(_for_street(-1), c.VerifyClose()),
    ),
    Row(
        "委托",
        "delegation_open",
        lambda r: handled(r).do(_for_street(1), c.VerifyClose()),
        lambda r: handled(r).do(replace(_for_street(1), until=None), c.VerifyClose()),
    ),
    Row(
        "委托",
        "duties_apart",
        lambda r: handled(r).do(_for_street(1), c.VerifyClose()),
        lambda r: handled(r).do(replace(_for_street(1), body="water"), c.VerifyClose()),
    ),
    Row(
        "委托",
        "complained_of",
        lambda r: filed(r).do(_for_street(1), _reject()),
        lambda r: filed(r, complained_of=("parks",)).do(_for_street(1), _reject()),
    ),
    Row(
        "回避",
        "complained_of",
        lambda r: filed(r).do(STREET, _reject()),
        lambda r: filed(r, complained_of=("s1-office",)).do(STREET, _reject()),
    ),
    Row(
        "不在本流程",
        "not_in_procedure",
        called,
        lambda r: r.triaged().do(STREET, c.Dispatch(unit="water")),
        procedure="whistle_loop",
    ),
)


def _for_street(days: int) -> Actor:
    """The parks act for the street, until some days from now."""
    return Actor("street", "parks", "p-parks", ("d/s1",), behalf="s1-office", until=MONDAY + days * DAY)


def _reject() -> c.Reject:
    return c.Reject(reason="no_matter_of_ours")


FAMILIES: dict[str, tuple[Row, ...]] = {
    "intake": INTAKE,
    "on the spot": ON_THE_SPOT,
    "assignment": ASSIGNMENT,
    "whistle": WHISTLE,
    "return": RETURN,
    "time": TIME,
    "handling": HANDLING,
    "closing": CLOSING,
    "appeal": APPEAL,
    "several": SEVERAL,
    "permission": PERMISSION,
}
