"""Working time: many rows and single calls, beside a loop over the holidays library."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from compare.rows.deadlines import HolidaysLoop, given, local
from gov_core.cases import Clock, china, deadline_for, deadlines_for, worked_between, worked_between_batch
from gov_core.cases._instants import from_us, to_us

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNITS = ("urgent_hour", "working_hour", "working_day", "natural_day")
START = datetime(2026, 2, 14, 16, 30, tzinfo=SHANGHAI)


def test_holidays_loop(benchmark: BenchmarkFixture) -> None:
    starts, days = given(1_000)
    loop = HolidaysLoop()
    calls = list(zip(local(starts), days.tolist(), strict=True))
    dues = benchmark(lambda: [loop.deadline(*call) for call in calls])
    expected = deadlines_for(starts, days, "working_day").tolist()
    assert [to_us(due.replace(tzinfo=SHANGHAI)) for due in dues] == expected


@pytest.mark.parametrize("count", [1, 1_000, 1_000_000])
def test_deadlines_for(benchmark: BenchmarkFixture, count: int) -> None:
    starts, days = given(count)
    dues = benchmark(deadlines_for, starts, days, "working_day")
    loop, few = HolidaysLoop(), list(zip(local(starts[:1_000]), days.tolist(), strict=False))
    expected = [to_us(loop.deadline(*call).replace(tzinfo=SHANGHAI)) for call in few]
    assert dues[:1_000].tolist() == expected
    assert (worked_between_batch(starts, dues) == days * china().day_us).all()


@pytest.mark.parametrize("unit", UNITS)
def test_deadlines_for_by_unit(benchmark: BenchmarkFixture, unit: str) -> None:
    starts, amounts = given(20_000)
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
    starts, days = given(20_000)
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
