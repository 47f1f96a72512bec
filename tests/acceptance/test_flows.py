"""The flows of the papers (A.3), each from its first word to its last, under the names of its paper.

The flows themselves are in examples/flows_of_the_papers, where people read them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flows import (
    AFTER,
    FLOWS,
    RESOLUTION,
    both_whistles,
    fund_transfer,
    list_review,
    qingbo,
    qinghe,
    qinhuai,
    words,
)
from office import Office

from gov_core import presets
from gov_core.cases import Service
from gov_core.cases import commands as c
from gov_core.cases.events import TaskFinished
from gov_core.cases.procedure import shipped_procedures
from gov_core.casework import Governance, Intake
from gov_core.errors import CaseRefusedError

if TYPE_CHECKING:
    from flows import Flow

    from gov_core.cases import Command
    from gov_core.cases.machine import Role
    from gov_core.city import City

SHIPPED = dict(shipped_procedures())
FLOW = {flow.row: flow for flow in FLOWS}
LINES = tuple(flow for flow in FLOWS if flow.run is not both_whistles)
"""The flows that go through their stages once."""


def row(flow: Flow) -> str:
    return flow.row


def refusals(office: Office, role: Role, body: str, command: Command) -> set[str]:
    """Codes of what speaks against a command; nothing happens to the case."""
    before = office.case
    with pytest.raises(CaseRefusedError) as refused:
        office.casework.handle(office.case_id, command, office.actor(role, body))
    assert office.case == before
    return {fault.code for fault in refused.value.faults}


class _StopError(Exception):
    pass


def before(command: type[Command], row_id: str) -> Office:
    """A flow that has come to where a command would be given."""
    office = FLOW[row_id].office()
    handle = office.casework.handle

    def stops(case_id: str, given: Command, *rest: Any) -> Any:
        if isinstance(given, command):
            raise _StopError
        return handle(case_id, given, *rest)

    office.casework.handle = stops  # type: ignore[method-assign]
    with pytest.raises(_StopError):
        FLOW[row_id].run(office)
    office.casework.handle = handle  # type: ignore[method-assign]
    return office


def wait(office: Office, **time: float) -> None:
    """Let time go by; the clocks tell what they have to."""
    office.now += timedelta(**time)
    list(office.casework.tick())


@pytest.fixture(scope="module")
def done() -> dict[str, Office]:
    """Each flow, run to its end."""
    offices = {flow.row: flow.office() for flow in FLOWS}
    for flow in FLOWS:
        flow.run(offices[flow.row])
    return offices


@pytest.mark.parametrize("flow", LINES, ids=row)
def test_its_stages_have_the_names_of_the_paper_in_its_order(flow: Flow, done: dict[str, Office]) -> None:
    names = flow.stages()
    assert [stage for stage in done[flow.row].stages if stage in names] == names


@pytest.mark.parametrize(
    ("row_id", "matter", "grade"),
    [
        ("N-PROC-1", "hardware", ""),
        ("H-PROC-1", "approval", "general"),
        ("H-PROC-5", "safety.hazard", "major"),
        ("Q-PROC-4", "routine.service", ""),
    ],
)
def test_the_preset_itself_runs_the_matter_through_it(row_id: str, matter: str, grade: str) -> None:
    flow = FLOW[row_id]
    assert Governance.of(flow.city()).procedure_of(matter, grade).name == flow.procedure


def test_what_a_paper_only_advises_is_run_through_where_its_option_is_on() -> None:
    assert [row.procedure for row in qingbo("service_flow").rows("procedures")] == ["service"]
    assert qingbo().rows("procedures") == ()


@pytest.mark.parametrize("flow", FLOWS, ids=row)
def test_it_ends_with_no_clock_and_no_task_left_open(flow: Flow, done: dict[str, Office]) -> None:
    case = done[flow.row].case
    assert case.state in {"closed", "evaluated"}
    assert [clock.kind for clock in case.clocks if clock.is_open and clock.kind != "evaluation"] == []
    assert [task.id for task in case.tasks if not task.done] == []


@pytest.mark.parametrize("flow", FLOWS, ids=row)
def test_without_any_step_of_it_the_flow_stops(flow: Flow, done: dict[str, Office]) -> None:
    procedure = SHIPPED[flow.procedure]
    story = done[flow.row].casework.timeline(done[flow.row].case_id)
    for trigger in {entry.event.trigger for entry in story}:
        steps = {name: step for name, step in procedure.steps.items() if name != trigger}
        office = flow.office(procedures=SHIPPED | {flow.procedure: replace(procedure, steps=steps)})
        with pytest.raises(CaseRefusedError, match="not_in_procedure"):
            flow.run(office)


@pytest.mark.parametrize("flow", LINES, ids=row)
def test_with_any_stage_of_it_renamed_its_names_are_not_those_of_the_paper(flow: Flow) -> None:
    procedure, names = SHIPPED[flow.procedure], flow.stages()
    for stage in (stage for stage in procedure.stages if stage.chinese in names):
        stages = tuple(replace(one, chinese="x") if one is stage else one for one in procedure.stages)
        office = flow.office(procedures=SHIPPED | {flow.procedure: replace(procedure, stages=stages)})
        flow.run(office)
        assert [told for told in office.stages if told in names] != names


WAITED_FOR = [
    ("Q-PROC-4", "follow_up", "verify_close"), ("Q-PROC-4", "return_visit", "evaluate"),
    ("H-PROC-5", "check_result", "verify_close"), ("H-RULE-19", "follow_up", "verify_close"),
    ("Q-PROC-1", "consultation", "dispatch"), ("Q-PROC-1", "answer", "give_feedback"),
    ("Q-PROC-1", "return_visit", "evaluate"), ("Q-PROC-3", "consultation", "confer"),
    ("Q-PROC-3", "resolution", "force_assign"), ("Q-PROC-3", "check_result", "verify_close"),
]  # fmt: skip
"""Row of a flow, a kind of task in it, and the step that waits for it."""


@pytest.mark.parametrize(("row_id", "task", "until"), WAITED_FOR)
def test_its_tasks_are_real_and_the_flow_waits_for_them(row_id: str, task: str, until: str) -> None:
    flow = FLOW[row_id]
    office = flow.office()
    handle = office.casework.handle

    def forgetful(case_id: str, command: Command, *rest: Any, **more: Any) -> Any:
        forgotten = isinstance(command, c.FinishTask) and command.id.startswith(task)
        return None if forgotten else handle(case_id, command, *rest, **more)

    office.casework.handle = forgetful  # type: ignore[method-assign]
    with pytest.raises(CaseRefusedError, match="task_open"):
        flow.run(office)
    assert until in {turn.trigger for turn in office.casework.who_may(office.case_id)}


@pytest.mark.parametrize(("row_id", "task", "until"), WAITED_FOR)
def test_a_task_that_did_not_pass_leads_no_further(row_id: str, task: str, until: str) -> None:
    flow = FLOW[row_id]
    office = flow.office()
    handle = office.casework.handle

    def failing(case_id: str, command: Command, *rest: Any, **more: Any) -> Any:
        if isinstance(command, c.FinishTask) and command.id.startswith(task):
            command = replace(command, passed=False)
        return handle(case_id, command, *rest, **more)

    office.casework.handle = failing  # type: ignore[method-assign]
    with pytest.raises(CaseRefusedError, match="task_failed"):
        flow.run(office)
    assert until in {turn.trigger for turn in office.casework.who_may(office.case_id)}


@pytest.mark.parametrize("row_id", ["N-PROC-1", "N-PROC-2", "H-PROC-1", "H-PROC-5", "Q-PROC-1", "Q-PROC-3"])
def test_feedback_that_shows_nothing_is_none(row_id: str) -> None:
    flow = FLOW[row_id]
    office = flow.office()
    handle = office.casework.handle

    def bare(case_id: str, command: Command, *rest: Any, **more: Any) -> Any:
        shows_nothing = c.GiveFeedback() if isinstance(command, c.GiveFeedback) else command
        return handle(case_id, shows_nothing, *rest, **more)

    office.casework.handle = bare  # type: ignore[method-assign]
    with pytest.raises(CaseRefusedError, match="no_evidence"):
        flow.run(office)


class TestSelfGovernment:
    """Meetings come in as minutes, those resolve who may, and whoever resolves carries nothing out."""

    @pytest.mark.parametrize(
        ("row_id", "task"),
        [("Q-PROC-1", "consultation-1"), ("Q-PROC-1", "answer-1"), ("Q-PROC-1", "resolution-1"),
         ("Q-PROC-3", "consultation-1"), ("Q-PROC-3", "resolution-1")],
    )  # fmt: skip
    def test_a_meeting_without_its_minutes_was_none(self, row_id: str, task: str) -> None:
        flow = FLOW[row_id]
        office = flow.office()
        handle = office.casework.handle

        def lost(case_id: str, command: Command, *rest: Any) -> Any:
            if isinstance(command, c.FinishTask) and command.id == task:
                command = replace(command, evidence=(AFTER,))
            return handle(case_id, command, *rest)

        office.casework.handle = lost  # type: ignore[method-assign]
        with pytest.raises(CaseRefusedError, match="no_evidence"):
            flow.run(office)

    @pytest.mark.parametrize(
        ("role", "body", "codes"),
        [
            ("station", "community_station", {"case.not_your_task", "case.wrong_role", "case.no_power"}),
            ("community", "community_station", {"case.no_power"}),
            ("community", "community_party_org", {"case.no_power"}),
            ("community", "supervision_committee", {"case.no_power"}),
            ("street", "office", {"case.not_your_task", "case.wrong_role", "case.no_power"}),
        ],
    )
    def test_who_may_not_resolve_adopts_nothing(self, role: Role, body: str, codes: set[str]) -> None:
        office = before(c.ForceAssign, "Q-PROC-3")
        street = office.actor("street", "office")
        anew = c.AssignTask(id="again", kind="resolution", to="community")
        office.casework.handle(office.case_id, anew, street)
        adopted = c.FinishTask(id="again", passed=True, evidence=(RESOLUTION,))
        assert refusals(office, role, body, adopted) == codes

    @pytest.mark.parametrize("body", ["residents_committee", "deliberation_council", "assembly"])
    def test_who_may_resolve_does(self, body: str) -> None:
        office = before(c.ForceAssign, "Q-PROC-3")
        again = c.AssignTask(id="again", kind="resolution", to="community")
        office.do("community", "residents_committee", again)
        office.do("community", body, c.FinishTask(id="again", passed=True, evidence=(RESOLUTION,)))
        assert ("resolve", office.body(body)) in {(hand.act, hand.body) for hand in office.case.hands}

    @pytest.mark.parametrize("to", ["station", "street", "station.1", "office"])
    def test_none_is_asked_to_resolve_that_may_not(self, to: str) -> None:
        office = before(c.ForceAssign, "Q-PROC-3")
        asked = c.AssignTask(id="again", kind="resolution", to=to)
        assert refusals(office, "community", "residents_committee", asked) & {
            "case.no_power",
            "case.wrong_role",
        }

    def test_who_resolved_carries_nothing_out(self) -> None:
        office = before(c.ForceAssign, "Q-PROC-3")
        named = c.ForceAssign(unit="assembly", reason="as_resolved")
        assert "case.duties_apart" in refusals(office, "street", "office", named)

    def test_who_works_on_it_resolves_nothing(self) -> None:
        office = before(c.GiveFeedback, "Q-PROC-1")
        again = c.AssignTask(id="again", kind="resolution", to="community")
        office.do("community", "residents_committee", again)
        adopted = c.FinishTask(id="again", passed=True, evidence=(RESOLUTION,))
        assert refusals(office, "community", "residents_committee", adopted) == {"case.duties_apart"}

    def test_what_is_not_adopted_is_not_carried_out(self) -> None:
        office = before(c.ForceAssign, "Q-PROC-3")
        again = c.AssignTask(id="again", kind="resolution", to="community")
        lost = c.FinishTask(id="again", passed=False, evidence=(RESOLUTION,))
        office.do("community", "residents_committee", again).do("community", "assembly", lost)
        named = c.ForceAssign(unit="department.livelihood", reason="as_resolved")
        assert refusals(office, "street", "office", named) == {"case.task_failed"}


class TestThreeGrades:
    """Qinghe: 一般 -> street and community, 较大 -> department, 重大 -> leaders of the district."""

    def graded(self, grade: str) -> Office:
        office = Office(qinghe(), "graded")
        office.report("grid_worker", "residents_committee", "safety.hazard", grade=grade)
        return office.do("community", "residents_committee", c.Triage())

    def test_a_general_matter_stays_with_street_and_community(self) -> None:
        office = self.graded("general")
        committee = office.body("residents_committee")
        office.do("community", "residents_committee", c.Dispatch(unit=committee))
        office.do("community", "residents_committee", c.Claim(), c.Start(), c.GiveFeedback(evidence=(AFTER,)))
        office.do("street", "street_office", c.VerifyClose())
        assert office.case.state == "closed"

    def test_a_larger_one_goes_to_a_department_and_no_committee_handles_it(self) -> None:
        office = self.graded("larger")
        to_department = c.Dispatch(unit="work-safety")
        assert "case.wrong_role" in refusals(office, "community", "residents_committee", to_department)
        committee = c.SelfHandle()
        assert "case.wrong_role" in refusals(office, "community", "residents_committee", committee)
        office.do("street", "street_office", to_department).do("unit", "work-safety", c.Claim(), c.Start())
        assert office.case.state == "in_progress"

    def test_of_a_major_one_leaders_of_the_district_decide(self) -> None:
        office = self.graded("major")
        to_department = c.Dispatch(unit="work-safety")
        assert "case.wrong_role" in refusals(office, "street", "street_office", to_department)
        office.do("district", "leaders", to_department)
        assert office.case.unit == "work-safety"


class TestTwoWhistles:
    """The community whistles and the street comes, the street whistles and departments come."""

    def test_one_case_goes_through_both(self, done: dict[str, Office]) -> None:
        story = done["N-PROC-2"].casework.timeline(done["N-PROC-2"].case_id)
        told = [entry.event for entry in story if entry.event.trigger in {"whistle", "report_in"}]
        said = [(event.trigger, event.by.role, getattr(event, "level", "")) for event in told]
        assert said == [
            ("whistle", "community", "community"),
            ("report_in", "street", ""),
            ("whistle", "street", "street"),
            ("report_in", "unit", ""),
        ]

    def test_a_street_that_has_worked_on_it_does_not_verify_it(self) -> None:
        office = before(c.VerifyClose, "N-PROC-2")
        assert refusals(office, "street", "street_office", c.VerifyClose()) == {"case.duties_apart"}


class TestFeedback:
    """A body that residents complain of neither handles nor verifies it."""

    def test_the_department_complained_of_is_kept_out(self, done: dict[str, Office]) -> None:
        case = done["H-RULE-19"].case
        assert case.complained_of == ("S1.urban",)
        assert "S1.urban" not in {hand.body for hand in case.hands}

    def test_it_cannot_be_sent_there(self) -> None:
        office = before(c.Dispatch, "H-RULE-19")
        to_itself = c.Dispatch(unit="S1.urban")
        assert "case.complained_of" in refusals(office, "community", "residents_committee", to_itself)


class TestTalk:
    """约谈 is with a body, and by those who supervise."""

    def test_it_was_with_the_body_that_handled_it(self, done: dict[str, Office]) -> None:
        case = done["H-PROC-5"].case
        (talk,) = [task for task in case.tasks if task.kind == "admonition_talk"]
        assert (talk.to, talk.by and talk.by.body) == ("work-safety", "office")
        told = done["H-PROC-5"].casework.timeline(case.id)
        assert sum(isinstance(entry.event, TaskFinished) for entry in told) == 2

    def test_no_worker_is_called_to_one(self) -> None:
        office = before(c.AssignTask, "H-PROC-5")
        again = c.AssignTask(id="talk-2", kind="admonition_talk", to="grid_worker")
        assert "case.no_part" in refusals(office, "supervisor", "office", again)


def collected(city: City) -> Office:
    """A component is broken; the grid worker says so, the community looks into it."""
    office = Office(city)
    office.report("grid_worker", "residents_committee", "hardware")
    return office.do("community", "residents_committee", c.Triage())


def whistled(*units: str, kind: str = "ordinary", city: City | None = None, **more: Any) -> Office:
    blow = c.BlowWhistle(
        level="street", kind=kind, item="whistle.1.1", units=units or ("department.1", "department.2"), **more
    )
    return collected(city or qinhuai()).do("street", "street_office", blow)


class TestWhistle:
    """What a whistle is made of: kinds, clocks, who has to come, and what is said of it afterwards."""

    @pytest.mark.parametrize(
        ("kind", "due"),
        [
            # Pinggu (2017): departments come within 30 minutes.
            ("emergency", {"report_in": "03-02 09:50"}),
            # Gulou (2023): sign in within 1 hour, contact within 24, report in within 3 or 5 working days.
            ("ordinary", {"sign_in": "03-02 10:20", "contact": "03-03 09:20", "report_in": "03-05 09:20"}),
            ("hard", {"sign_in": "03-02 10:20", "contact": "03-03 09:20", "report_in": "03-09 09:20"}),
        ],
    )
    def test_each_kind_has_its_clocks_for_each_body(self, kind: str, due: dict[str, str]) -> None:
        office = whistled(kind=kind)
        zone = office.casework.governance.calendar.tz
        for unit in ("department.1", "department.2"):
            told = {
                clock.kind: f"{clock.due_by.astimezone(zone):%m-%d %H:%M}"
                for clock in office.case.clocks
                if clock.scope == unit and clock.due_by is not None
            }
            assert told == due

    def test_an_emergency_nobody_comes_to_goes_up_and_is_supervised(self) -> None:
        office = whistled(kind="emergency")
        wait(office, minutes=31)
        assert (office.case.supervised, office.case.level) == (True, 2)

    def test_the_street_alone_blows_the_hard_one(self) -> None:
        office = collected(qinhuai())
        hard = c.BlowWhistle(level="street", kind="hard", item="whistle.1.1", units=("department.1",))
        assert "case.wrong_starter" in refusals(office, "dispatcher", "command", hard)
        office.do("street", "street_office", hard)

    def test_a_placeholder_of_the_catalogue_names_nobody(self) -> None:
        office = collected(qinhuai())
        (item,) = [one for one in office.city.items if one.code == "whistle.2.1"]
        assert item.placeholder
        assert "论文未列名" in item.title
        stranger = c.BlowWhistle(level="street", item=item.code, units=("department.9",))
        assert refusals(office, "street", "street_office", stranger) == {"case.not_on_list"}

    def test_an_item_covers_its_matter_and_no_other(self) -> None:
        office = Office(qinhuai()).report("grid_worker", "residents_committee", "tourism")
        office.do("community", "residents_committee", c.Triage())
        blow = c.BlowWhistle(level="street", item="whistle.1.1", units=("department.1",))
        assert "case.not_in_catalogue" in refusals(office, "street", "street_office", blow)

    @pytest.mark.parametrize(
        ("policy", "k", "arrivals"),
        [
            ("lead", 0, ["department.2", "department.1"]),
            ("any", 0, ["department.3"]),
            ("k_of_n", 2, ["department.3", "department.2"]),
            ("all", 0, ["department.3", "department.1", "department.2"]),
        ],
    )
    def test_work_begins_when_all_have_come_that_have_to(
        self, policy: str, k: int, arrivals: list[str]
    ) -> None:
        office = whistled("department.1", "department.2", "department.3", policy=policy, k=k)
        for unit in arrivals:
            assert office.case.state == "whistled"
            office.do("unit", unit, c.ReportIn())
        assert office.case.state == "accepted"
        whistle = office.case.whistle
        assert whistle is not None
        assert whistle.joined_at == office.now

    def test_who_comes_late_is_there_and_was_late(self) -> None:
        office = whistled(policy="lead").do("unit", "department.1", c.ReportIn())
        office.do("unit", "department.1", c.Start())
        wait(office, days=7)
        office.do("unit", "department.2", c.ReportIn())
        late, in_time = (office.case.part_of(unit) for unit in ("department.2", "department.1"))
        assert late is not None
        assert in_time is not None
        assert (late.state, late.reported_in_at) == ("working", office.now)
        states = {unit: office.case.clock("report_in", unit) for unit in ("department.1", "department.2")}
        assert {unit: clock and clock.state for unit, clock in states.items()} == {
            "department.1": "met",
            "department.2": "late_met",
        }

    def test_the_street_scores_who_came_and_not_who_did_not(self) -> None:
        office = whistled("department.1", "department.2", policy="lead", city=qinhuai("two_way_appraisal"))
        office.do("unit", "department.1", c.ReportIn()).do("unit", "department.1", c.Start())
        office.do("street", "street_office", c.ReleaseUnit(unit="department.2", reason="did_not_come"))
        office.do("unit", "department.1", c.GiveFeedback(evidence=(AFTER,)))
        office.do("community", "residents_committee", c.VerifyClose())
        office.do("street", "street_office", c.Appraise(unit="department.1", score=92))
        absent = c.Appraise(unit="department.2", score=10)
        assert refusals(office, "street", "street_office", absent) == {"case.no_part"}
        office.do("unit", "department.1", c.Appraise(unit=office.body("street_office"), score=88))
        assert sorted(one.score for one in office.case.appraisals) == [88, 92]


class TestFirstLine:
    """Qinhuai, Qinghe: the grid finds first, settles what it can, and reports what it cannot."""

    def found(self, grade: str = "") -> Office:
        office = Office(qinghe() if grade else qinhuai(), "graded" if grade else "plain")
        return office.report(
            "grid_worker", "residents_committee", "safety" if grade else "hardware", grade=grade
        )

    def test_the_finder_settles_it_on_the_spot_and_another_body_looks_at_it(self) -> None:
        office = self.found().do("grid_worker", "residents_committee", c.SelfHandle())
        office.do("grid_worker", "residents_committee", c.GiveFeedback(evidence=(AFTER,)))
        own = refusals(office, "community", "residents_committee", c.VerifyClose())
        assert own == {"case.duties_apart"}
        office.do("street", "street_office", c.VerifyClose())
        assert office.case.level == 0

    def test_what_is_graded_higher_is_reported_and_not_settled_there(self) -> None:
        office = self.found("larger")
        assert "case.wrong_role" in refusals(office, "grid_worker", "residents_committee", c.SelfHandle())
        office.do("community", "residents_committee", c.Triage())
        office.do("street", "street_office", c.Dispatch(unit="security"))
        assert office.case.unit == "security"

    def test_a_grid_worker_looks_into_the_own_grid_alone(self) -> None:
        office = Office(qinhuai(), "urban_management")
        office.report("hotline", "command", "hardware", "hotline")
        looked = c.FinishTask(id="verify_report-1", passed=True)
        elsewhere = [unit.id for unit in office.city.units if unit.kind == "residents_committee"][-1]
        assert "case.wrong_relation" in refusals(office, "grid_worker", elsewhere, looked)
        office.do("grid_worker", "residents_committee", looked)
        assert office.case.tasks[0].passed

    def test_over_the_hotline_the_street_whistles_and_a_limit_to_report_in_runs(self) -> None:
        office = Office(qinhuai()).report("hotline", "command", "hardware", "hotline", reference="1")
        office.do("street", "street_office", c.Triage())
        whistle = c.BlowWhistle(level="street", item="whistle.1.1", units=("department.1",))
        office.do("street", "street_office", whistle)
        assert office.case.source.channel == "hotline"
        clock = office.case.clock("report_in", "department.1")
        assert clock is not None
        assert (clock.amount, clock.unit, clock.state) == (3, "working_day", "running")


class TestEmergency:
    """One button: handling begins at once, discretion has a reason, and a review follows."""

    def alarmed(self) -> Office:
        office = Office(qinhuai(), "emergency")
        squadron = office.body("urban_management_squadron")
        return office.report(
            "grid_worker", "residents_committee", "urban", "button", alarm=(squadron,), reason="fire"
        )

    def test_whoever_raises_it_in_office_says_why(self) -> None:
        office = Office(qinhuai(), "emergency")
        with pytest.raises(CaseRefusedError, match="no_reason"):
            office.report("grid_worker", "residents_committee", "urban", "button", alarm=("command",))

    def test_it_is_in_hand_at_once_and_for_two_hours_round_the_clock(self) -> None:
        office = self.alarmed()
        assert office.case.state == "in_progress"
        clock = office.case.clock("handling")
        assert clock is not None
        assert clock.due_by == office.now + timedelta(hours=2)

    def test_discretion_is_reviewed_before_the_case_is_evaluated(self) -> None:
        office = self.alarmed()
        squadron = office.body("urban_management_squadron")
        office.do("unit", squadron, c.GiveFeedback(evidence=(AFTER,)))
        office.do("street", "street_office", c.VerifyClose())
        score = c.Evaluate(score=90)
        assert "case.task_open" in refusals(office, "street", "street_office", score)
        review = c.FinishTask(id="review-1", passed=True)
        assert "case.not_your_task" in refusals(office, "grid_worker", "residents_committee", review)
        office.do("supervisor", "command", review).do("street", "street_office", score)
        assert office.case.state == "evaluated"


class TestService:
    """One window registers, several offices work behind it, and what follows is done and said."""

    def test_one_registration_and_two_offices_at_once(self, done: dict[str, Office]) -> None:
        case = done["H-PROC-2"].case
        parts = {part.unit: part for part in case.participations}
        assert {unit: part.state for unit, part in parts.items()} == {
            "citizens.1": "done",
            "citizens.2": "done",
        }
        begun, ended = (
            (part.reported_in_at for part in parts.values()),
            (part.done_at for part in parts.values()),
        )
        assert max(filter(None, begun)) < min(filter(None, ended))
        assert case.source.channel == "window"

    def test_it_needs_no_point_on_a_map(self) -> None:
        office = Office(qingbo("service_flow"), "service")
        station = office.body("community_station")
        wanted = Service("service.1", station, ("form",), offices=(station, "centre"))
        window = office.actor("window_clerk", station)
        intake = Intake(matter="routine.service", channel="window", service=wanted)
        office.case_id = office.casework.report(intake, window).case.id
        assert (office.case.location.path, office.case.owner) == ("", station)
        office.do("window_clerk", station, c.Triage(), c.Dispatch())
        assert [(part.unit, part.part) for part in office.case.participations] == [
            (station, "lead"),
            ("centre", "assist"),
        ]
        stranger = c.JoinUnit(unit="enforcement")
        assert refusals(office, "street", "office", stranger)
        office.do("station", "centre", c.Claim()).do("station", station, c.Claim(), c.Start())
        assert office.case.state == "in_progress"

    def test_who_asked_says_how_satisfied_one_is(self) -> None:
        office = before(c.Evaluate, "Q-PROC-4")
        station = office.body("community_station")
        assert refusals(office, "station", station, c.Rate(satisfied=5))
        office.do("community", "residents_committee", c.Rate(satisfied=4))
        assert office.case.satisfied == 4


class TestDisputes:
    """Disputes are found and settled, and the community looks after what was agreed."""

    def mediated(self) -> Office:
        office = Office(qinghe(), "mediation")
        committee = office.body("residents_committee")
        office.report("grid_worker", committee, "disputes")
        office.do("community", committee, c.Triage(), c.Dispatch(unit=committee))
        return office.do("community", committee, c.Claim(), c.Start())

    def test_a_mediation_leaves_a_record_and_is_looked_after(self) -> None:
        office = self.mediated()
        told = c.GiveFeedback(evidence=(AFTER,))
        assert refusals(office, "community", "residents_committee", told) == {"case.no_evidence"}
        record = replace(AFTER, kind="document", shows="record")
        office.do("community", "residents_committee", c.GiveFeedback(evidence=(record,)))
        office.do("street", "street_office", c.VerifyClose())
        assert [task.kind for task in office.case.tasks] == ["follow_up"]

    def test_it_has_a_month(self) -> None:
        clock = self.mediated().case.clock("mediation")
        assert clock is not None
        assert (clock.amount, clock.unit) == (30, "natural_day")


def test_money_follows_a_duty_in_the_order_of_the_paper() -> None:
    states = fund_transfer()
    assert words(qinhuai("funds_follow_task"), "fund_transfer") == [
        "部门付费",
        "集体决定",
        "专用账户",
        "专款专用",
    ]
    assert [fund.state for fund in states] == ["unpaid", "paid", "agreed", "deposited", "deposited"]
    assert (states[-1].account, states[-1].left_fen) == ("station", 20_000)


def test_a_hundred_and_more_items_become_two_lists_and_thirty() -> None:
    cut, city = list_review(), presets.shandong()
    figure = {one.id: one.value for one in city.figures}
    assert cut.before.total > figure["assistance.before"]
    assert cut.before.by_kind == {"work": cut.before.total}
    assert cut.after.by_kind == {"self_government": 3, "assistance": figure["assistance.after"]}
    moves = Counter((fate.move, fate.holders) for fate in cut.fates)
    assert moves == {("kept", ("@residents_committee",)): 30, ("moved", ("@street_office",)): 71}
    assert words(city, "list_review") == ["全面清理"]
