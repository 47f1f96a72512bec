"""A clock through its steps, each refusal, and what it tells when."""

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from gov_core.cases import Calendar, Clock, DayOverride, china, deadline_for, explain
from gov_core.cases.clock import STEPS
from gov_core.errors import CalendarError, StepError

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR_US = 3_600_000_000
MICROSECOND = timedelta(microseconds=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MONDAY = local("2026-03-02 08:00")
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    """Ten working hours from a Monday at 08:00: yellow at 18:00, due by Tuesday at 10:00."""
    return Clock("handling", 10, "working_hour", scope="D-1").start(MONDAY, china())


def test_it_starts(clock: Clock) -> None:
    assert (clock.state, clock.kind, clock.scope) == ("running", "handling", "D-1")
    assert (clock.started_at, clock.since) == (MONDAY, MONDAY)
    assert clock.due_by == local("2026-03-03 10:00")
    assert clock.yellow_at == local("2026-03-02 18:00")
    assert (clock.left_us, clock.total_us) == (10 * HOUR_US, 10 * HOUR_US)
    assert (clock.calendar, clock.provisional) == (china().version, False)
    assert clock.due_by.tzinfo is UTC
    assert clock.is_open


def test_lights_and_their_borders(clock: Clock) -> None:
    assert clock.yellow_at is not None
    assert clock.due_by is not None
    assert clock.light(clock.yellow_at - MICROSECOND) == "green"
    assert clock.light(clock.yellow_at) == "yellow"
    assert clock.light(clock.due_by) == "yellow"
    assert clock.light(clock.due_by + MICROSECOND) == "red"
    assert clock.meet(MONDAY).light(MONDAY + 9 * DAY) == "green"
    assert clock.meet(MONDAY + 9 * DAY).light(MONDAY) == "red"
    assert Clock("x", 1, "working_day").light(MONDAY) == "green"


def test_it_fires_each_light_once_in_order(clock: Clock) -> None:
    assert clock.due_by is not None
    assert clock.fires_at == clock.yellow_at
    assert clock.fire(local("2026-03-02 17:59")) is clock
    yellow = clock.fire(local("2026-03-02 18:00"))
    assert (yellow.state, yellow.fired) == ("running", "yellow")
    assert yellow.fire(local("2026-03-03 10:00")) is yellow
    assert yellow.fires_at == clock.due_by + MICROSECOND
    breached = yellow.fire(yellow.fires_at)
    assert (breached.state, breached.fired, breached.fires_at) == ("breached", "red", None)
    assert breached.fire(MONDAY + 99 * DAY) is breached
    assert breached.due_by == clock.due_by


def test_a_late_look_tells_the_breach_at_once(clock: Clock) -> None:
    assert clock.fire(MONDAY + 30 * DAY).state == "breached"


def test_met_on_the_deadline_is_in_time(clock: Clock) -> None:
    assert clock.due_by is not None
    met = clock.meet(clock.due_by)
    assert (met.state, met.ended_at, met.fires_at, met.is_open) == ("met", clock.due_by, None, False)
    assert clock.meet(clock.due_by + MICROSECOND).state == "late_met"


def test_a_late_report_of_something_done_in_time_is_in_time(clock: Clock) -> None:
    breached = clock.fire(MONDAY + 5 * DAY)
    assert breached.meet(local("2026-03-03 09:59")).state == "met"
    assert breached.meet(local("2026-03-03 10:01")).state == "late_met"
    assert breached.meet(MONDAY).fired == "red"


def test_a_pause_keeps_what_is_left(clock: Clock) -> None:
    paused = clock.pause(local("2026-03-02 11:00"), china())
    assert (paused.state, paused.left_us, paused.due_by, paused.yellow_at) == (
        "paused",
        7 * HOUR_US,
        None,
        None,
    )
    assert (paused.fires_at, paused.fire(MONDAY + 9 * DAY) is paused) == (None, True)
    assert paused.light(MONDAY + 9 * DAY) == "green"
    resumed = paused.resume(local("2026-03-05 17:00"), china())
    assert resumed.due_by == local("2026-03-06 16:00")
    assert resumed.yellow_at == local("2026-03-06 12:00")
    assert resumed.pauses == ((local("2026-03-02 11:00"), local("2026-03-05 17:00")),)
    assert resumed.started_at == MONDAY


def test_a_pause_in_yellow_stays_yellow_and_told(clock: Clock) -> None:
    paused = clock.fire(local("2026-03-02 18:30")).pause(local("2026-03-03 09:00"), china())
    assert (paused.light(MONDAY), paused.fired, paused.left_us) == ("yellow", "yellow", HOUR_US)
    resumed = paused.resume(local("2026-03-04 08:00"), china())
    assert (resumed.due_by, resumed.yellow_at) == (local("2026-03-04 09:00"), clock.yellow_at)
    assert (resumed.fired, resumed.light(local("2026-03-04 08:00"))) == ("yellow", "yellow")


def test_a_pause_on_the_border_of_yellow_is_yellow(clock: Clock) -> None:
    assert clock.yellow_at is not None
    assert clock.pause(clock.yellow_at, china()).light(MONDAY) == "yellow"
    assert clock.pause(clock.yellow_at - MICROSECOND, china()).light(MONDAY) == "green"


def test_a_pause_on_the_deadline_puts_it_off(clock: Clock) -> None:
    assert clock.due_by is not None
    resumed = clock.pause(clock.due_by, china()).resume(MONDAY + 9 * DAY, china())
    assert (resumed.due_by, resumed.left_us) == (MONDAY + 9 * DAY, 0)
    whole = deadline_for(MONDAY, 10, "working_hour", pauses=[(clock.due_by, MONDAY + 9 * DAY)])
    assert whole.due_by == resumed.due_by


def test_a_pause_between_the_warning_and_its_telling_loses_neither(clock: Clock) -> None:
    resumed = clock.pause(local("2026-03-03 09:00"), china()).resume(local("2026-03-04 08:00"), china())
    assert resumed.fires_at == clock.yellow_at
    assert resumed.fire(local("2026-03-04 08:00")).fired == "yellow"


def test_an_extension_is_once_more_the_limit(clock: Clock) -> None:
    longer = clock.extend(local("2026-03-03 10:00"), china())
    assert (longer.due_by, longer.extensions) == (local("2026-03-04 12:00"), 1)
    assert longer.yellow_at == local("2026-03-03 18:00")
    twice = longer.extend(local("2026-03-04 12:00"), china())
    assert (twice.due_by, twice.extensions) == (local("2026-03-05 16:00"), 2)


def test_an_extension_has_the_warning_told_again(clock: Clock) -> None:
    longer = clock.fire(local("2026-03-02 18:00")).extend(local("2026-03-02 18:30"), china())
    assert (longer.fired, longer.fires_at) == ("", local("2026-03-03 18:00"))


def test_an_extension_of_a_clock_that_rests(clock: Clock) -> None:
    paused = clock.pause(local("2026-03-03 09:00"), china())
    longer = paused.extend(MONDAY + 30 * DAY, china())
    assert (longer.state, longer.left_us, longer.light(MONDAY)) == ("paused", 11 * HOUR_US, "green")
    resumed = longer.resume(local("2026-04-01 08:00"), china())
    assert resumed.due_by == local("2026-04-02 11:00")


def test_a_shorter_limit_counts_what_has_run(clock: Clock) -> None:
    now = local("2026-03-02 15:00")
    assert clock.rebase(now, china(), amount=8).due_by == local("2026-03-02 18:00")
    assert clock.rebase(now, china(), amount=1, unit="working_day").due_by == local("2026-03-02 18:00")
    assert clock.rebase(now, china(), amount=8, unit="urgent_hour").due_by == local("2026-03-02 16:00")
    assert clock.rebase(now, china()) == replace(clock, since=now, left_us=5 * HOUR_US)


def test_no_policy_makes_anybody_late_before_it_came(clock: Clock) -> None:
    now = local("2026-03-02 15:00")
    shorter = clock.rebase(now, china(), amount=2)
    assert (shorter.due_by, shorter.left_us, shorter.yellow_at) == (now, 0, now)
    assert shorter.meet(now).state == "met"
    assert shorter.fire(now + MICROSECOND).state == "breached"
    assert shorter.extend(now, china()).due_by == local("2026-03-02 17:00")


def test_a_policy_counts_pauses_and_extensions(clock: Clock) -> None:
    rested = clock.pause(local("2026-03-02 10:00"), china()).resume(local("2026-03-04 08:00"), china())
    longer = rested.extend(local("2026-03-04 09:00"), china())
    assert longer.due_by == local("2026-03-06 10:00")
    office = Calendar(slots=((time(9), time(17)),))
    moved = longer.rebase(local("2026-03-04 10:00"), office)
    # Under the new hours 09-10 ran on Monday and 09-10 on Wednesday, of twice ten hours.
    assert moved.left_us == 18 * HOUR_US
    assert moved.due_by == local("2026-03-06 12:00")
    assert moved.calendar == office.version


def test_another_version_of_the_calendar_rebases_by_itself(clock: Clock) -> None:
    city = Calendar(overrides=(DayOverride(date(2026, 3, 3), "holiday", "flood"),))
    paused = clock.pause(local("2026-03-02 16:00"), city)
    assert (paused.calendar, paused.left_us) == (city.version, 4 * HOUR_US)
    assert clock.extend(local("2026-03-02 16:00"), city).due_by == local("2026-03-05 12:00")
    there = clock.pause(local("2026-03-02 16:00"), china()).resume(local("2026-03-02 16:00"), city)
    assert there.due_by == local("2026-03-04 10:00")


def test_a_rebase_while_it_rests(clock: Clock) -> None:
    paused = clock.pause(local("2026-03-02 16:00"), china())
    shorter = paused.rebase(MONDAY + 3 * DAY, china(), amount=7)
    assert (shorter.state, shorter.left_us, shorter.light(MONDAY)) == ("paused", HOUR_US, "yellow")
    longer = shorter.rebase(MONDAY + 3 * DAY, china(), amount=10)
    assert (longer.left_us, longer.light(MONDAY)) == (4 * HOUR_US, "green")


def test_a_policy_before_the_start_is_a_new_limit() -> None:
    armed = Clock("report_in", 3, "working_day").rebase(MONDAY, china(), amount=5)
    assert armed == Clock("report_in", 5, "working_day")


def test_a_provisional_deadline_is_settled_by_the_notice() -> None:
    guess = Calendar(unknown_years="weekdays")
    clock = Clock("handling", 1, "working_day").start(local("2026-12-31 14:00"), guess)
    assert (clock.provisional, clock.due_by) == (True, local("2027-01-01 12:00"))
    notice = Calendar(
        overrides=(DayOverride(date(2027, 1, 1), "holiday", "元旦"),),
        announced_years=(2027,),
        unknown_years="weekdays",
    )
    settled = clock.rebase(local("2026-12-31 15:00"), notice)
    assert (settled.provisional, settled.due_by) == (False, local("2027-01-04 12:00"))


def test_what_began_in_an_unannounced_year_stays_provisional() -> None:
    guess = Calendar(unknown_years="weekdays")
    clock = Clock("handling", 2, "working_day").start(local("2003-12-31 08:00"), guess)
    resumed = clock.pause(local("2003-12-31 12:00"), guess).resume(local("2004-02-02 08:00"), guess)
    assert (resumed.provisional, resumed.due_by) == (True, local("2004-02-03 12:00"))


def test_it_explains_itself(clock: Clock) -> None:
    longer = (
        clock.pause(local("2026-03-02 10:00"), china())
        .resume(local("2026-03-04 08:00"), china())
        .extend(local("2026-03-04 09:00"), china())
    )
    derived = explain(longer, china())
    assert derived.due_by == longer.due_by
    assert (derived.extensions, derived.pauses) == (1, longer.pauses)
    assert derived.counted_us == longer.total_us
    assert "rested 2026-03-02 10:00 to 2026-03-04 08:00" in str(derived)
    paused = explain(clock.pause(local("2026-03-02 10:00"), china()), china())
    assert (paused.due_by, paused.counted_us) == (None, 2 * HOUR_US)
    assert str(paused).startswith("resting, no deadline")
    assert "暂停计时 2026-03-02 10:00 至 今" in paused.told("zh")


def test_what_ends_while_it_rests_ends_its_pause(clock: Clock) -> None:
    paused = clock.pause(local("2026-03-02 10:00"), china())
    for ended in (paused.meet(MONDAY + 3 * DAY), paused.waive(MONDAY + 3 * DAY)):
        assert ended.pauses == ((local("2026-03-02 10:00"), MONDAY + 3 * DAY),)
        derived = explain(ended, china())
        assert (derived.due_by, derived.counted_us) == (None, 2 * HOUR_US)
    earlier = paused.meet(local("2026-03-02 09:00"))
    assert (earlier.state, earlier.pauses) == ("met", ())
    assert explain(earlier, china()).counted_us == HOUR_US


def test_it_explains_itself_by_its_own_calendar(clock: Clock) -> None:
    with pytest.raises(StepError) as caught:
        explain(clock, Calendar(zone="Asia/Urumqi"))
    assert caught.value.code == "clock.other_calendar"
    with pytest.raises(StepError, match=r"clock\.illegal_step"):
        explain(Clock("x", 1, "working_hour"), china())


def test_a_waived_clock_keeps_what_it_told(clock: Clock) -> None:
    waived = clock.fire(MONDAY + 9 * DAY).waive(MONDAY + 10 * DAY)
    assert (waived.state, waived.fired, waived.ended_at) == ("waived", "red", MONDAY + 10 * DAY)
    assert waived.light(MONDAY + 10 * DAY) == "green"


def take(step: str, clock: Clock, now: datetime) -> Clock:
    without_calendar = step in {"meet", "waive"}
    return getattr(clock, step)(now) if without_calendar else getattr(clock, step)(now, china())  # type: ignore[no-any-return]


def in_each_state() -> dict[str, Clock]:
    armed = Clock("handling", 10, "working_hour")
    running = armed.start(MONDAY, china())
    return {
        "armed": armed,
        "running": running,
        "paused": running.pause(MONDAY, china()),
        "met": running.meet(MONDAY),
        "breached": running.fire(MONDAY + 9 * DAY),
        "late_met": running.meet(MONDAY + 9 * DAY),
        "waived": running.waive(MONDAY),
    }


@pytest.mark.parametrize(("step", "state"), list(product(STEPS, in_each_state())))
def test_every_step_from_every_state(step: str, state: str) -> None:
    clock = in_each_state()[state]
    assert clock.state == state
    if state in STEPS[step]:
        assert take(step, clock, MONDAY).state in {"armed", "running", "paused", "met", "waived"}
        return
    with pytest.raises(StepError) as caught:
        take(step, clock, MONDAY + timedelta(hours=1))
    assert [fault.code for fault in caught.value.faults] == ["clock.illegal_step"]
    assert caught.value.faults[0].ids == (state,)


@pytest.mark.parametrize("step", sorted(STEPS))
def test_naive_and_early_times_with_the_wrong_state_at_once(step: str) -> None:
    states = in_each_state()
    wrong = next(clock for state, clock in states.items() if state not in STEPS[step])
    with pytest.raises(StepError) as caught:
        take(step, wrong, datetime(2026, 3, 2, 9))  # noqa: DTZ001 - that is the fault
    assert [fault.code for fault in caught.value.faults] == ["clock.illegal_step", "clock.naive_time"]
    if step != "start":
        right = states["paused" if step == "resume" else "running"]
        with pytest.raises(StepError) as caught:
            take(step, right, MONDAY - MICROSECOND)
        assert [fault.code for fault in caught.value.faults] == ["clock.time_before"]


@pytest.mark.parametrize("step", ["pause", "extend", "rebase"])
def test_what_is_overdue_cannot_be_mended(step: str, clock: Clock) -> None:
    assert clock.due_by is not None
    assert take(step, clock, clock.due_by).state in {"running", "paused"}
    with pytest.raises(StepError) as caught:
        take(step, clock, clock.due_by + MICROSECOND)
    assert caught.value.code == "clock.overdue"


@pytest.mark.parametrize("ask", ["light", "fire"])
def test_a_naive_now_is_refused(ask: str, clock: Clock) -> None:
    with pytest.raises(StepError, match=r"clock\.naive_time"):
        getattr(clock, ask)(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - that is the fault


def test_a_limit_that_is_none_does_not_start() -> None:
    with pytest.raises(StepError) as caught:
        Clock("x", -1, "fortnight").start(MONDAY, china())  # type: ignore[arg-type]
    assert [fault.code for fault in caught.value.faults] == ["deadline.unit", "deadline.amount"]
    with pytest.raises(CalendarError, match=r"deadline\.amount"):
        Clock("x", 1, "working_day").rebase(MONDAY, china(), amount=0)


def test_a_year_that_is_not_announced_refuses_the_step_and_changes_nothing() -> None:
    clock = Clock("x", 1, "working_day").start(local("2026-12-30 09:00"), china())
    before = replace(clock)
    with pytest.raises(CalendarError, match=r"calendar\.unknown_year"):
        clock.extend(local("2026-12-30 10:00"), china()).extend(local("2026-12-30 10:00"), china())
    assert clock == before


def test_it_is_stored_as_json_and_pickled(clock: Clock) -> None:
    stored = clock.fire(local("2026-03-02 18:00")).pause(local("2026-03-03 09:00"), china())
    resumed = stored.resume(local("2026-03-04 09:00"), china())
    adapter = TypeAdapter(Clock)
    for one in (Clock("x", 0.5, "urgent_hour"), clock, stored, resumed):
        assert adapter.validate_json(adapter.dump_json(one)) == one
        assert pickle.loads(pickle.dumps(one)) == one
        assert hash(one) == hash(replace(one))
