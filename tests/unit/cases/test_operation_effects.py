"""What operations leave behind: clocks that rest, end and begin anew, parts, counts, times kept apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from casebook import (
    AFTER,
    COMMUNITY,
    DISPATCHER,
    GRID_WORKER,
    HOTLINE,
    MONDAY,
    PARKS,
    ROADS,
    STREET,
    SUPERVISOR,
    VERIFIER,
    WATER,
    Run,
)
from casebook.operations import (
    DAY,
    ELSEWHERE,
    WATER_CHIEF,
    back,
    closed,
    extended,
    filed,
    handled,
    sent,
    working,
)
from gov_core.cases import commands as c
from gov_core.cases.actor import SCHEDULER, Actor
from gov_core.cases.case import Source
from gov_core.cases.decide import decide
from gov_core.cases.procedure import ClockRule, Turn, shipped_procedures
from gov_core.errors import CalendarError, CaseRefusedError

if TYPE_CHECKING:
    from gov_core.cases.clock import Clock

HOUR = timedelta(hours=1)


def clock(run: Run, kind: str = "handling", scope: str = "") -> Clock:
    found = run.there.clock(kind, scope)
    assert found is not None
    return found


def plain(**changes: object) -> Run:
    return Run(replace(shipped_procedures()["plain"], **changes))


class TestRest:
    """挂起, 挂账, 缓办: the clock rests, and what was left is left afterwards."""

    @pytest.mark.parametrize(
        ("actor", "kind"), [(WATER, c.Suspend), (DISPATCHER, c.SuspendOnAccount), (DISPATCHER, c.Defer)]
    )
    def test_the_clock_rests_and_runs_on_with_what_was_left(self, actor: Actor, kind: type) -> None:
        run = working(Run("plain"))
        due = clock(run).due_by
        run.do(actor, kind(until=MONDAY + 7 * DAY, reason="rain"))
        assert (run.state, clock(run).state, clock(run).due_by) == ("waiting", "paused", None)
        left = clock(run).left_us
        run.do(SCHEDULER, c.Resume(), after=7 * DAY)
        assert (run.state, clock(run).state, clock(run).left_us) == ("in_progress", "running", left)
        assert clock(run).due_by > due

    def test_a_rest_ends_on_time_however_late_the_scheduler_comes(self) -> None:
        until = MONDAY + 2 * DAY
        run = working(Run("plain")).do(WATER, c.Suspend(until=until, reason="rain"))
        run.do(SCHEDULER, c.Resume(), after=9 * DAY)
        assert run.events[-1].at == until
        assert clock(run).since == until

    def test_it_goes_back_to_where_it_was(self) -> None:
        run = filed(Run("plain")).do(DISPATCHER, c.Defer(until=MONDAY + DAY, reason="not_ripe"))
        assert run.do(DISPATCHER, c.Resume()).state == "triaged"
        assert run.there.deferred

    def test_what_is_overdue_is_not_mended_by_a_rest(self) -> None:
        run = working(Run("plain")).do(
            WATER, c.Suspend(until=MONDAY + 20 * DAY, reason="rain"), after=9 * DAY
        )
        assert clock(run).state == "running"
        run.do(SCHEDULER, c.Fire(clock="handling"))
        assert clock(run).state == "breached"

    def test_a_check_that_is_ordered_meanwhile_waits_too(self) -> None:
        check = ClockRule("check", ("check_result.begun",), ("check_result.done",), 2, "working_hour")
        run = working(plain(clocks=(*shipped_procedures()["plain"].clocks, check)))
        run.do(WATER, c.Suspend(until=MONDAY + 7 * DAY, reason="rain"))
        run.do(DISPATCHER, c.AssignTask(id="k", kind="check_result", to="inspection"))
        assert clock(run, "check").state == "paused"
        run.do(SCHEDULER, c.Resume(), after=7 * DAY)
        assert clock(run, "check").state == "running"

    def test_withdrawn_while_it_rests_it_rests_no_more(self) -> None:
        reporter = Actor("reporter", "", "p-reporter")
        run = Run("plain").report(reporter).do(COMMUNITY, c.Triage()).do(DISPATCHER, c.Dispatch(unit="water"))
        run.do(WATER, c.Claim()).do(WATER, c.Suspend(until=MONDAY + DAY, reason="rain"))
        run.do(reporter, c.Withdraw())
        assert (run.state, run.there.waiting, clock(run).state) == ("withdrawn", None, "waived")


class TestExtension:
    """延期: the whole limit once more for each that two have granted."""

    def test_each_gives_the_original_limit_onto_the_deadline(self) -> None:
        run = working(Run("plain"))
        total = clock(run).total_us
        assert clock(extended(Run("plain"), 1)).total_us == 2 * total
        assert clock(extended(Run("plain"), 2)).total_us == 3 * total

    def test_refused_ones_do_not_count(self) -> None:
        run = working(Run("plain"))
        for _ in range(4):
            run.do(WATER, c.RequestExtension(reason="material"), after=HOUR / 4)
            run.do(WATER_CHIEF, c.RefuseExtension(reason="no_ground"), after=HOUR / 4)
        run.do(WATER, c.RequestExtension(reason="material"))
        assert [request.granted for request in run.there.extensions] == [False] * 4 + [None]

    def test_a_request_that_nobody_decided_lapses_with_the_work(self) -> None:
        run = working(Run("plain")).do(WATER, c.RequestExtension(reason="material"))
        run.do(WATER, c.GiveFeedback(evidence=(AFTER,)))
        assert run.there.extensions[-1].granted is False


class TestReturn:
    """退回: counted when the case comes back; an assistant's part is not the case."""

    def test_an_assistant_gives_back_its_part_only(self) -> None:
        run = working(Run("plain"), "roads").do(ROADS, c.ReturnCase(reason="not_our_duty"))
        assert (run.state, run.there.bounces, run.there.returned_by) == ("in_progress", 0, ("roads",))

    def test_all_are_let_go_and_their_clocks_with_them(self) -> None:
        run = Run().whistled("water", "roads").do(WATER, c.ReturnCase(reason="not_our_duty"))
        assert [part.state for part in run.there.participations] == ["declined", "released"]
        assert clock(run, "report_in", "roads").state == "waived"
        assert (run.there.unit, run.there.decider) == ("", "street")

    def test_the_clock_of_the_matter_runs_on(self) -> None:
        run = sent(Run("plain"))
        due = clock(run).due_by
        run.do(WATER, c.ReturnCase(reason="not_our_duty")).do(DISPATCHER, c.Dispatch(unit="roads"))
        assert clock(run).due_by == due

    def test_another_matter_may_go_to_whom_the_first_was_none_of(self) -> None:
        run = back(Run("plain"), WATER).do(COMMUNITY, c.Triage(matter="leak"))
        assert run.do(DISPATCHER, c.Dispatch(unit="water")).state == "dispatched"
        assert (run.there.bounces, run.there.decider) == (1, "")


class TestMeeting:
    def test_bodies_that_were_called_before_are_let_go_with_their_clocks(self) -> None:
        run = Run().whistled("water", "roads").do(STREET, c.Confer(reason="unclear_duty"))
        assert clock(run, "report_in", "water").state == "waived"
        district = Actor("district", "district", "p-district", ("",))
        run.do(district, c.ResolveConference(unit="parks", assist=("water",)))
        parts = {part.unit: (part.part, part.state, part.forced) for part in run.there.active()}
        assert parts == {"parks": ("lead", "working", True), "water": ("assist", "working", True)}

    def test_a_body_put_to_work_by_it_counts_as_handling(self) -> None:
        run = Run().whistled("water").do(STREET, c.Confer(reason="unclear_duty"))
        run.do(
            Actor("district", "district", "p", ("",)), c.ResolveConference(unit="parks", assist=("water",))
        )
        run.do(STREET, c.ReleaseUnit(unit="water", reason="not_needed"))
        run.do(PARKS, c.GiveFeedback(evidence=(AFTER,)))
        with pytest.raises(CaseRefusedError, match=r"case\.duties_apart"):
            run.do(Actor("verifier", "water", "p-w", ("",)), c.VerifyClose())


class TestReworkAndReopening:
    @pytest.mark.parametrize("name", sorted(shipped_procedures()))
    def test_rework_is_judged_by_a_clock_in_every_procedure(self, name: str) -> None:
        procedure = shipped_procedures()[name]
        if "verify_fail" in procedure.steps:
            turns = [procedure.turns.get(what, Turn()) for what in ("verify_fail", "in_progress.entered")]
            begun = turns[0].starts or turns[1].starts
            assert any(rule.judged for rule in begun), name

    def test_the_third_failed_check_is_counted(self) -> None:
        run = handled(Run("plain"))
        for _ in range(3):
            run.do(VERIFIER, c.VerifyFail(reason="still_there")).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
        assert (run.there.reworks, run.there.unit, run.state) == (3, "water", "handled")

    def test_what_was_forwarded_goes_back_there(self) -> None:
        run = filed(Run("plain")).do(DISPATCHER, c.Forward(recipient="railway", reason="not_of_the_city"))
        assert (run.there.forwarded_to, list(run.there.active())) == ("railway", [])
        run.do(STREET, c.GiveFeedback(evidence=(AFTER,))).do(VERIFIER, c.VerifyFail(reason="still_there"))
        assert run.state == "forwarded"

    def test_a_reopening_begins_a_new_round(self) -> None:
        run = back(Run("plain"), WATER, ROADS).do(STREET, c.ForceAssign(unit="water", reason="duty_by_law"))
        run.do(WATER, c.Claim()).do(WATER, c.Start()).do(WATER, c.GiveFeedback(evidence=(AFTER,)))
        run.do(VERIFIER, c.VerifyClose()).do(HOTLINE, c.RequestReopen(reason="back_again"))
        assert run.there.closure is not None
        run.do(SUPERVISOR, c.GrantReopen())
        assert (run.there.bounces, run.there.returned_by, run.there.closure) == (0, (), None)
        assert (run.there.reopened, clock(run).state, clock(run).started_at) == (1, "running", run.now)

    def test_a_denied_one_leaves_it_as_it_was(self) -> None:
        run = closed(Run("plain")).do(HOTLINE, c.RequestReopen(reason="back_again"))
        ended = run.there.ended_at
        run.do(SUPERVISOR, c.DenyReopen(reason="another_matter"))
        assert (run.state, run.there.ended_at) == ("closed", ended)


class TestEnd:
    def test_nothing_runs_on_but_what_outlives_the_end(self) -> None:
        window = ClockRule("evaluation", ("verify_close",), ("evaluate",), 3, "natural_day", outlives=True)
        idle = ClockRule("check", ("give_feedback",), ("reject",), 3, "natural_day")
        run = plain(clocks=(*shipped_procedures()["plain"].clocks, window, idle))
        closed(run)
        assert (clock(run).state, clock(run, "check").state) == ("met", "waived")
        assert clock(run, "evaluation").state == "running"
        run.do(HOTLINE, c.RequestReopen(reason="back_again"))
        assert clock(run, "evaluation").state == "running"
        run.do(SUPERVISOR, c.GrantReopen())
        assert clock(run, "evaluation").state == "waived"

    def test_a_forced_close_is_no_handling_in_time_and_mends_no_lateness(self) -> None:
        run = working(Run("plain")).do(SUPERVISOR, c.ForceClose(reason="moot"))
        assert clock(run).state == "waived"
        run = working(Run("plain")).do(SUPERVISOR, c.ForceClose(reason="moot"), after=9 * DAY)
        assert clock(run).state == "late_met"

    def test_an_appeal_that_is_upheld_leaves_the_raw_fact(self) -> None:
        run = working(Run("plain")).do(WATER, c.GiveFeedback(evidence=(AFTER,)), after=30 * DAY)
        run.do(VERIFIER, c.VerifyClose()).do(WATER, c.FileAppeal(reason="storm"))
        for person in ("p-1", "p-2"):
            run.do(Actor("reviewer", "audit", person, ("",)), c.ReviewAppeal(upholds=True))
        assert run.there.appeal is not None
        assert (run.there.appeal.upheld, clock(run).state) == (True, "late_met")

    def test_the_grade_of_the_feedback_is_that_of_the_closure_unless_the_check_says_another(self) -> None:
        run = working(Run("plain")).do(WATER, c.GiveFeedback(grade="partly", evidence=(AFTER,)))
        assert run.do(VERIFIER, c.VerifyClose()).there.closure.grade == "partly"
        run = working(Run("plain")).do(WATER, c.GiveFeedback(grade="partly", evidence=(AFTER,)))
        assert run.do(VERIFIER, c.VerifyClose(grade="self_resolved")).there.closure.grade == "self_resolved"


class TestSeveral:
    def test_a_merged_case_keeps_its_clock_at_rest_until_it_is_parted(self) -> None:
        run = sent(Run("plain")).do(DISPATCHER, c.Merge(into="case-2"))
        left = clock(run).left_us
        assert (run.state, clock(run).state) == ("merged", "paused")
        run.do(DISPATCHER, c.Unmerge(reason="not_the_same"), after=5 * DAY)
        assert (run.state, clock(run).state, clock(run).left_us) == ("dispatched", "running", left)
        assert run.there.ended_at is None

    def test_a_case_that_takes_a_duplicate_in_complains_of_whom_that_did(self) -> None:
        run = sent(Run("plain")).do(DISPATCHER, c.Absorb(case="case-3", complained_of=("roads",)))
        with pytest.raises(CaseRefusedError, match=r"case\.complained_of"):
            run.do(WATER, c.Claim()).do(DISPATCHER, c.JoinUnit(unit="roads"))

    def test_across_a_boundary_it_begins_anew_there_and_the_matter_keeps_its_clock(self) -> None:
        run = sent(Run("plain"))
        due = clock(run).due_by
        run.do(DISPATCHER, c.Reroute(location=ELSEWHERE, owner="s2-office", unit="parks", reason="across"))
        assert (run.state, run.there.owner, run.there.unit) == ("triaged", "s2-office", "parks")
        assert (list(run.there.active()), clock(run).due_by) == ([], due)

    def test_the_same_body_just_goes_on(self) -> None:
        run = working(Run("plain"))
        run.do(
            WATER, c.Reroute(location=replace(ELSEWHERE, path="d/s1/c1/g2"), unit="water", reason="next_door")
        )
        assert (run.state, run.there.location.path) == ("in_progress", "d/s1/c1/g2")


class TestTime:
    def test_occurred_and_effective_are_kept_apart(self) -> None:
        run = plain(offline_hours=24)
        sent(run).do(WATER, c.Claim()).do(WATER, c.Start())
        done = run.now + HOUR
        run.do(WATER, c.GiveFeedback(evidence=(AFTER,), occurred_at=done), after=20 * HOUR)
        assert (run.events[-1].at, clock(run).ended_at) == (done, done)

    def test_what_comes_later_than_the_procedure_allows_counts_from_its_arrival(self) -> None:
        run = plain(offline_hours=24)
        working(run)
        done = run.now + HOUR
        run.do(WATER, c.GiveFeedback(evidence=(AFTER,), occurred_at=done), after=30 * HOUR)
        assert (run.events[-1].at, run.events[-1].occurred_at) == (run.now, done)

    def test_nothing_takes_effect_before_what_came_before(self) -> None:
        run = plain(offline_hours=24)
        working(run)
        last = run.there.at
        run.do(WATER, c.GiveFeedback(evidence=(AFTER,), occurred_at=last - 5 * HOUR))
        assert (run.events[-1].at, run.events[-1].occurred_at) == (last, last - 5 * HOUR)

    def test_a_clock_that_was_stepped_back_turns_no_time_back(self) -> None:
        run = working(Run("plain"))
        last = run.there.at
        run.do(WATER, c.GiveFeedback(evidence=(AFTER,)), after=-3 * HOUR)
        assert run.events[-1].at == last

    def test_a_device_a_little_ahead_is_taken_at_the_time_of_the_store(self) -> None:
        run = Run("plain").do(
            HOTLINE,
            c.Report(
                case_id="case-1", source=Source("grid"), matter="rubbish", occurred_at=MONDAY + 12 * HOUR / 60
            ),
        )
        assert run.events[-1].at == run.now

    def test_a_year_that_no_calendar_knows_is_said_so(self) -> None:
        run = Run("plain", start=datetime(2999, 3, 2, tzinfo=UTC))
        with pytest.raises(CalendarError, match=r"calendar\."):
            run.report()
        assert run.case is None

    def test_the_same_input_gives_the_same_events(self) -> None:
        one, other = handled(Run("plain")), handled(Run("plain"))
        assert one.events == other.events
        command, context = c.VerifyClose(), one.context(VERIFIER)
        assert decide(one.case, command, context) == decide(other.case, command, context)


def test_a_clock_is_told_once_and_takes_the_case_up_one_level() -> None:
    run = working(Run("plain"))
    for _ in range(3):
        run.do(SCHEDULER, c.Fire(clock="handling"), after=9 * DAY)
    assert [event.type for event in run.events].count("clock_fired") == 1
    assert run.there.level == 1


def test_self_handled_is_filed_and_audited_like_any_other() -> None:
    run = Run("plain").report().do(GRID_WORKER, c.SelfHandle())
    assert (run.state, run.there.unit) == ("in_progress", "c1-committee")
    run.do(GRID_WORKER, c.GiveFeedback(evidence=(AFTER,)))
    assert run.state == "handled"
    assert run.do(VERIFIER, c.VerifyFail(reason="still_there")).state == "in_progress"


@pytest.mark.parametrize("again", ["rework", "reopening"])
def test_what_the_last_round_showed_does_not_show_the_next(again: str) -> None:
    if again == "rework":
        photo = (replace(AFTER, digest="cd" * 32),)
        run = Run().handled().do(VERIFIER, c.VerifyFail(reason="not_done", evidence=photo))
    else:
        run = Run().closed().do(SUPERVISOR, c.RequestReopen(reason="came_back"))
        run.do(SUPERVISOR, c.GrantReopen()).do(COMMUNITY, c.Triage())
        run.do(STREET, c.BlowWhistle(level="street", item="item-1", units=("water",)))
        run.do(WATER, c.ReportIn()).do(WATER, c.Start())
    with pytest.raises(CaseRefusedError, match=r"case\.no_evidence"):
        run.do(WATER, c.GiveFeedback())
    assert run.do(WATER, c.GiveFeedback(evidence=(AFTER,))).state == "handled"
