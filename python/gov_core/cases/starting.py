"""Clocks that start by the million: the same answers as `Clock.start`, a column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gov_core.cases._limits import OFFICE_UNITS, limit_us
from gov_core.cases.clock import YELLOW_PERCENT
from gov_core.cases.deadlines import deadlines_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gov_core.cases.calendar import Calendar
    from gov_core.checklists import LimitUnit


class Started(NamedTuple):
    """What `Clock.start` reckons, one row a clock; times are microseconds since 1970 UTC, shape (n,).

    Attributes:
        total_us: The whole limit, in the unit's own time.
        yellow_us: When the light turns yellow.
        due_us: The deadline.
        provisional: Whether the deadline rests on days that no notice has settled yet.
    """

    total_us: NDArray[np.int64]
    yellow_us: NDArray[np.int64]
    due_us: NDArray[np.int64]
    provisional: NDArray[np.bool_]


def start_many(starts: NDArray[np.int64], amount: float, unit: LimitUnit, calendar: Calendar) -> Started:
    """Start clocks of one limit.

    Args:
        starts: When each begins, microseconds since 1970 UTC, shape (n,).
        amount: How many units.
        unit: Of what.
        calendar: Whose office hours and holidays.

    Raises:
        CalendarError: As `gov_core.cases.deadlines.deadlines_for`.
    """
    due = deadlines_for(starts, amount, unit, calendar=calendar)
    if unit == "natural_day":
        total = due - starts
    else:
        total = np.full(starts.shape, limit_us(0, amount, unit, calendar), np.int64)
    # As the clock has it: what is left at yellow is rounded up, so what has run is rounded down.
    run = total * YELLOW_PERCENT // 100
    office = unit in OFFICE_UNITS
    yellow = calendar.open_hours.add_batch(starts, run) if office else starts + run
    first, last = calendar.announced_us
    provisional = np.full(starts.shape, office) & ~((first <= starts) & (due <= last))
    return Started(total, np.where(run > 0, yellow, starts), due, provisional)
