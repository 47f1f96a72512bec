"""Deadlines, their inverse and the steps of clocks, held against plain loops over days and minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.cases import Calendar, Clock, china, deadline_for, deadlines_for, explain, worked_between
from gov_core.cases._instants import from_us, to_us
from gov_core.cases.deadlines import worked_between_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

SHANGHAI = ZoneInfo("Asia/Shanghai")
SLOTS = ((time(8), time(12)), (time(14), time(18)))
UNITS = ("urgent_hour", "working_hour", "working_day", "natural_day")
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
FIRST, LAST = datetime(2004, 1, 1), datetime(2026, 8, 1)  # noqa: DTZ001 - local time of China, all below


def is_open(day: date) -> bool:
    """By chinesecalendar, but for the one Saturday that the notice for 2006 has worked and it has not."""
    return chinese_calendar.is_workday(day) or day == date(2005, 12, 31)


def slots_from(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Office hours from a local time on, slot by slot."""
    day = start.date()
    while True:
        if is_open(day):
            for opens, closes in SLOTS:
                first, last = max(start, datetime.combine(day, opens)), datetime.combine(day, closes)
                if first < last:
                    yield first, last
        day += timedelta(days=1)


def plain_deadline(start: datetime, amount: int, unit: str) -> datetime:
    """What the units say, in the words of the domain: local time in, local time out."""
    if unit == "urgent_hour":
        return start + amount * HOUR
    if unit == "natural_day":
        return start + timedelta(days=amount)
    left = amount * HOUR * (8 if unit == "working_day" else 1)
    for first, last in slots_from(start):
        if last - first >= left:
            return first + left
        left -= last - first
    raise AssertionError


def plain_worked(start: datetime, end: datetime) -> timedelta:
    worked = timedelta()
    for first, last in slots_from(start):
        if first >= end:
            return worked
        worked += min(last, end) - first
    raise AssertionError


def local(at: datetime) -> datetime:
    return at.replace(tzinfo=SHANGHAI)


def moment(random: Random) -> datetime:
    """Any microsecond, or, as often, one on or beside the border of a slot."""
    at = FIRST + timedelta(microseconds=random.randrange((LAST - FIRST) // timedelta(microseconds=1)))
    if random.random() < 0.5:
        return at
    border = datetime.combine(at.date(), random.choice([edge for slot in SLOTS for edge in slot]))
    return border + timedelta(microseconds=random.choice([-1, 0, 0, 0, 1]))


@pytest.mark.parametrize("unit", UNITS)
def test_ten_thousand_deadlines(unit: str) -> None:
    random = Random(f"deadlines {unit}")
    starts = [moment(random) for _ in range(10_000 if unit.startswith("working") else 1_000)]
    amounts = [random.choice([1, 2, 3, 4, 5, 7, 8, 10, 15, 30]) for _ in starts]
    expected = [local(plain_deadline(*row, unit)) for row in zip(starts, amounts, strict=True)]

    one_by_one = [
        deadline_for(local(start), amount, unit).due_by  # type: ignore[arg-type]
        for start, amount in zip(starts, amounts, strict=True)
    ]
    assert one_by_one == expected

    many = deadlines_for(np.array([to_us(local(start)) for start in starts]), np.array(amounts), unit)  # type: ignore[arg-type]
    assert [from_us(us) for us in many.tolist()] == expected


def test_ten_thousand_times_worked() -> None:
    random = Random("worked")
    rows = [
        (start, start + timedelta(hours=random.randrange(1_500))) for start in map(moment, [random] * 10_000)
    ]
    expected = [plain_worked(start, end) // timedelta(microseconds=1) for start, end in rows]
    assert [worked_between(local(start), local(end)) for start, end in rows] == expected
    starts, ends = (np.array([to_us(local(row[side])) for row in rows]) for side in (0, 1))
    assert worked_between_batch(starts, ends).tolist() == expected
    assert worked_between_batch(ends, starts).tolist() == [-worked for worked in expected]


moments = st.datetimes(FIRST, LAST).map(local)


@given(moments, st.integers(1, 400 * 3_600_000_000))
def test_the_inverse_gives_back_what_was_added(start: datetime, worked_us: int) -> None:
    due = from_us(china().open_hours.add(to_us(start), worked_us) or 0)
    assert worked_between(start, due) == worked_us
    assert worked_between(due, start) == -worked_us
    assert worked_between(start, due - timedelta(microseconds=1)) == worked_us - 1, (
        "the earliest such instant"
    )


@given(moments, moments, moments)
def test_working_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    assert worked_between(a, b) + worked_between(b, c) == worked_between(a, c)


@given(moments, st.integers(1, 40), st.integers(1, 40), st.sampled_from(UNITS))
def test_limits_add_up(start: datetime, first: int, second: int, unit: str) -> None:
    there = deadline_for(start, first, unit).due_by  # type: ignore[arg-type]
    at_once = deadline_for(start, first + second, unit).due_by  # type: ignore[arg-type]
    assert deadline_for(there, second, unit).due_by == at_once  # type: ignore[arg-type]


@given(moments, st.integers(1, 40), st.sampled_from(UNITS))
def test_a_derivation_counts_the_whole_limit(start: datetime, amount: int, unit: str) -> None:
    deadline = deadline_for(start, amount, unit)  # type: ignore[arg-type]
    derived = deadline.derivation
    if unit.startswith("working"):
        assert derived.counted_us == amount * 3_600_000_000 * (8 if unit == "working_day" else 1)
    assert derived.counted_us == sum((b - a) // timedelta(microseconds=1) for a, b in derived.slots)
    dates = [day.date for stretch in derived.stretches for day in stretch.days]
    assert dates == [start.date() + timedelta(days=n) for n in range(len(dates))]
    assert dates[-1] == deadline.due_by.date()


@given(
    st.datetimes(datetime(1985, 1, 1), datetime(1992, 1, 1)),  # noqa: DTZ001 - local time of China
    st.integers(1, 400),
    st.sampled_from(UNITS),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
)
def test_batch_is_single_where_clocks_change(start: datetime, amount: int, unit: str, zone: str) -> None:
    calendar = Calendar(zone=zone, unknown_years="weekdays")
    aware = start.replace(tzinfo=calendar.tz)
    one = deadline_for(aware, amount, unit, calendar=calendar).due_by  # type: ignore[arg-type]
    many = deadlines_for(np.array([to_us(aware)]), amount, unit, calendar=calendar)  # type: ignore[arg-type]
    assert many.tolist() == [to_us(one)]
    if unit == "natural_day":
        wall = (from_us(to_us(aware)).astimezone(calendar.tz) + timedelta(days=amount)).replace(fold=0)
        assert to_us(one) == to_us(wall), "as datetime has it"


class PlainClock:
    """Counts quarters of an hour one by one."""

    def __init__(self, start: datetime, quarters: int, *, office: bool) -> None:
        self.now, self.limit, self.total, self.office = start, quarters, quarters, office
        self.ran, self.resting = 0, False
        self.yellow_at: datetime | None = None
        self.due_by: datetime | None = None

    def step(self) -> None:
        inside = any(opens <= self.now.time() < closes for opens, closes in SLOTS) and is_open(
            self.now.date()
        )
        runs = not self.resting and (inside or not self.office)
        self.now += QUARTER
        self.ran += runs
        if runs and self.ran == self.total:
            self.due_by = self.now
        if runs and self.ran * 5 >= self.total * 4 and self.yellow_at is None:
            self.yellow_at = self.now


@given(
    st.integers(0, 4 * 24 * 200),
    st.integers(1, 12),
    st.sampled_from(["urgent_hour", "working_hour"]),
    st.lists(
        st.tuples(st.sampled_from(["pause", "extend", "rebase", "wait"]), st.integers(0, 150)), max_size=8
    ),
)
def test_steps_of_a_clock_against_counting(
    at: int, amount: int, unit: str, steps: list[tuple[str, int]]
) -> None:
    begin = datetime(2026, 1, 1) + at * QUARTER  # noqa: DTZ001 - local time of China
    plain = PlainClock(begin, 4 * 5 * amount, office=unit == "working_hour")
    clock = Clock("handling", 5 * amount, unit).start(local(begin), china())  # type: ignore[arg-type]
    for step, quarters in steps:
        for _ in range(quarters):
            if plain.due_by is None:
                plain.step()
        now = local(plain.now)
        if plain.due_by is not None:
            break
        if plain.resting:
            plain.resting, clock = False, clock.resume(now, china())
        elif step == "pause":
            plain.resting, clock = True, clock.pause(now, china())
        elif step == "rebase":
            clock = clock.rebase(now, china())
        if step == "extend":
            clock = clock.extend(now, china())
            plain.total += plain.limit
            if plain.ran * 5 < plain.total * 4:
                plain.yellow_at = None
        assert clock.light(now) == ("green" if plain.yellow_at is None else "yellow")
    if plain.resting:
        plain.resting, clock = False, clock.resume(local(plain.now), china())
    while plain.due_by is None:
        plain.step()
    assert plain.yellow_at is not None
    assert clock.due_by == local(plain.due_by)
    assert clock.yellow_at == local(plain.yellow_at)

    whole = deadline_for(
        local(begin),
        5 * amount,
        unit,  # type: ignore[arg-type]
        pauses=clock.pauses,
        extensions=clock.extensions,
    )
    assert whole.due_by == clock.due_by
    assert explain(clock, china()) == whole.derivation
    assert whole.derivation.counted_us == clock.total_us


@given(moments, st.integers(1, 30), st.lists(st.integers(0, 500_000), max_size=30).map(sorted))
def test_a_clock_fires_each_light_once_however_it_is_looked_at(
    start: datetime, amount: int, minutes: list[int]
) -> None:
    clock = Clock("handling", amount, "working_hour").start(start, china())
    assert clock.yellow_at is not None
    assert clock.due_by is not None
    told = []
    for now in [start + timedelta(minutes=minute) for minute in minutes]:
        expected = now.astimezone(UTC)
        fired = clock.fire(now)
        if fired is not clock:
            told.append(fired.fired)
            assert fired.light(now) == fired.fired
        clock = fired
        assert clock.fires_at is None or clock.fires_at > expected
    assert told in ([], ["yellow"], ["yellow", "red"], ["red"])
