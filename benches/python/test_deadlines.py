"""Working time: many rows and single calls, beside a loop over the holidays library."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest

from gov_core.cases import Clock, china, deadline_for, deadlines_for, worked_between
from gov_core.cases._instants import from_us, to_us
from gov_core.cases.deadlines import worked_between_batch

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = (to_us(datetime(year, 1, 1, tzinfo=SHANGHAI)) for year in (2018, 2026))
UNITS = ("urgent_hour", "working_hour", "working_day", "natural_day")
START = datetime(2026, 2, 14, 16, 30, tzinfo=SHANGHAI)


def rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Starts at any time of 2018 to 2025, and as many working days as limits of cities have."""
    rng = np.random.default_rng(7)
    return rng.integers(FIRST, LAST, count), rng.choice([1, 2, 3, 5, 7, 15], count)


class HolidaysLoop:
    """Working days as one adds them with the holidays library: day by day, the hours by hand."""

    def __init__(self) -> None:
        self.calendar = holidays.country_holidays("CN", years=range(2017, 2028))

    def deadline(self, start: datetime, days: int) -> datetime:
        """Local time in and out."""
        left, day = days * timedelta(hours=8), start.date()
        if self.calendar.is_working_day(day):
            today = timedelta(hours=8) - _worked(start)
            if left <= today:
                return _by(day, timedelta(hours=8) - today + left)
            left -= today
        whole, rest = divmod(left, timedelta(hours=8))
        if not rest:
            whole, rest = whole - 1, timedelta(hours=8)
        return _by(self.calendar.get_nth_working_day(day, whole + 1), rest)


def _worked(at: datetime) -> timedelta:
    """How much of the day's office hours is over."""
    hours = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    morning = min(max(hours - timedelta(hours=8), timedelta()), timedelta(hours=4))
    return morning + min(max(hours - timedelta(hours=14), timedelta()), timedelta(hours=4))


def _by(day: object, worked: timedelta) -> datetime:
    opens = time(8) if worked <= timedelta(hours=4) else time(10)  # two hours of rest at noon
    return datetime.combine(day, opens) + worked  # type: ignore[arg-type]


def by_loop(starts: np.ndarray, days: np.ndarray) -> list[int]:
    loop = HolidaysLoop()
    local = [from_us(us).astimezone(SHANGHAI).replace(tzinfo=None) for us in starts.tolist()]
    dues = [loop.deadline(start, count) for start, count in zip(local, days.tolist(), strict=True)]
    return [to_us(due.replace(tzinfo=SHANGHAI)) for due in dues]


def test_holidays_loop(benchmark: BenchmarkFixture) -> None:
    starts, days = rows(1_000)
    loop = HolidaysLoop()
    local = [from_us(us).astimezone(SHANGHAI).replace(tzinfo=None) for us in starts.tolist()]
    calls = list(zip(local, days.tolist(), strict=True))
    dues = benchmark(lambda: [loop.deadline(*call) for call in calls])
    expected = deadlines_for(starts, days, "working_day").tolist()
    assert [to_us(due.replace(tzinfo=SHANGHAI)) for due in dues] == expected


@pytest.mark.parametrize("count", [1, 1_000, 1_000_000])
def test_deadlines_for(benchmark: BenchmarkFixture, count: int) -> None:
    starts, days = rows(count)
    dues = benchmark(deadlines_for, starts, days, "working_day")
    assert dues[:1_000].tolist() == by_loop(starts[:1_000], days[:1_000])
    assert (worked_between_batch(starts, dues) == days * china().day_us).all()


@pytest.mark.parametrize("unit", UNITS)
def test_deadlines_for_by_unit(benchmark: BenchmarkFixture, unit: str) -> None:
    starts, amounts = rows(20_000)
    dues = benchmark(deadlines_for, starts, amounts, unit)
    for row in range(0, 20_000, 997):
        one = deadline_for(from_us(int(starts[row])), int(amounts[row]), unit)  # type: ignore[arg-type]
        assert to_us(one.due_by) == dues[row]


@pytest.mark.parametrize("unit", UNITS)
def test_deadline_for(benchmark: BenchmarkFixture, unit: str) -> None:
    due_by = benchmark(lambda: deadline_for(START, 2, unit).due_by)  # type: ignore[arg-type]
    expected = {
        "urgent_hour": (14, 18),
        "working_hour": (24, 8),
        "working_day": (25, 16),
        "natural_day": (16, 16),
    }
    assert (due_by.day, due_by.hour, due_by.minute) == (*expected[unit], 30)


def test_worked_between(benchmark: BenchmarkFixture) -> None:
    worked = benchmark(worked_between, START, datetime(2026, 2, 24, 8, 30, tzinfo=SHANGHAI))
    assert worked == 2 * 3_600_000_000


def test_worked_between_batch(benchmark: BenchmarkFixture) -> None:
    starts, days = rows(20_000)
    ends = deadlines_for(starts, days, "working_day")
    assert (benchmark(worked_between_batch, starts, ends) == days * china().day_us).all()


def test_derivation(benchmark: BenchmarkFixture) -> None:
    told = benchmark(lambda: str(deadline_for(START, 15, "working_day")))
    assert "Spring Festival" in told


@pytest.mark.parametrize("step", ["start", "pause", "resume", "extend", "rebase"])
def test_step_of_a_clock(benchmark: BenchmarkFixture, step: str) -> None:
    now = datetime(2026, 2, 24, 8, 15, tzinfo=SHANGHAI)
    clock = Clock("handling", 2, "working_hour")
    if step != "start":
        clock = clock.start(START, china())
    if step == "resume":
        clock = clock.pause(now, china())
    taken = benchmark(lambda: getattr(clock, step)(START if step == "start" else now, china()))
    due = datetime(2026, 2, 24, 10 if step == "extend" else 8, 30, tzinfo=SHANGHAI)
    assert taken.due_by == (None if step == "pause" else due)
