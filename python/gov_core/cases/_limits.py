"""How long a limit is, and where it ends: each unit on its own line of time.

- ``urgent_hour`` (紧急工作时): 3,600 seconds that run round the clock.
- ``natural_day`` (自然日): runs round the clock too, to the same local time so many days later.
- ``working_hour`` (工作时): an hour of office time.
- ``working_day`` (工作日): as many office hours as the slots of a day hold.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gov_core.cases._instants import DAY_US, HOUR_US, from_us
from gov_core.checklists import LIMIT_UNITS
from gov_core.errors import CalendarError, Fault

if TYPE_CHECKING:
    from gov_core.cases.calendar import Calendar
    from gov_core.checklists import LimitUnit

OFFICE_UNITS = frozenset({"working_hour", "working_day"})
"""Units that run in office hours only."""

LONGEST_US = 2**62
"""No limit is longer; it keeps sums within 64 bits."""


def limit_faults(amount: float, unit: str) -> list[Fault]:
    """What is wrong with a limit; nothing is known of its calendar yet."""
    faults = []
    if unit not in LIMIT_UNITS:
        hint = f"one of {', '.join(LIMIT_UNITS)}"
        faults.append(Fault("deadline.unit", f"{unit!r} is no unit of a limit", "unit", hint))
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        faults.append(Fault("deadline.amount", f"{amount!r} is no number", "amount"))
    elif not 0 < amount < math.inf:
        faults.append(Fault("deadline.amount", f"a limit is more than 0 and finite, not {amount}", "amount"))
    elif unit == "natural_day" and amount != int(amount):
        message = f"natural days are whole, not {amount}"
        faults.append(Fault("deadline.part_of_day", message, "amount", "use urgent_hour"))
    return faults


def limit_us(start: int, amount: float, unit: LimitUnit, calendar: Calendar) -> int:
    """Length of a limit that begins at `start`, in microseconds of the unit's own time.

    Args:
        start: Microseconds of UTC; only natural days depend on it, and only where the zone changes its
            offset.
        amount: How many; a part of a microsecond is rounded, halves to even.
        unit: Of what.
        calendar: Whose days.

    Raises:
        CalendarError: ``calendar.out_of_range``: it would end after the last year that is reckoned with.
    """
    if unit == "natural_day":
        if amount >= LONGEST_US // DAY_US:
            raise CalendarError([out_of_range(calendar)])
        return calendar.offsets.days_later(start, int(amount)) - start
    each = calendar.day_us if unit == "working_day" else HOUR_US
    length = amount * each
    if length >= LONGEST_US:
        raise CalendarError([out_of_range(calendar)])
    return round(length)


def add(at: int, length: int, unit: LimitUnit, calendar: Calendar) -> int:
    """The earliest instant by which `length` of the unit's own time has run since `at`.

    Raises:
        CalendarError: ``calendar.unknown_year`` or ``calendar.out_of_range``.
    """
    if unit in OFFICE_UNITS:
        due = calendar.open_hours.add(at, length)
        if due is not None:
            return due
        raise CalendarError([off_line(at, calendar)])
    first, last = calendar.span_us
    if first <= at and at + length <= last:
        return at + length
    raise CalendarError([out_of_range(calendar)])


def between(start: int, end: int, unit: LimitUnit, calendar: Calendar) -> int:
    """How much of the unit's own time runs from `start` to `end`.

    Raises:
        CalendarError: ``calendar.unknown_year`` or ``calendar.out_of_range``.
    """
    if unit not in OFFICE_UNITS:
        return end - start
    ran = calendar.open_hours.between(start, end)
    if ran is not None:
        return ran
    first, last = calendar.announced_us
    raise CalendarError([off_line(start if not first <= start <= last else end, calendar)])


def off_line(at: int, calendar: Calendar) -> Fault:
    """The fault of a time outside of the line of working time, or of a limit from `at` that leaves it."""
    first, last = calendar.span_us
    if calendar.unknown_years == "weekdays" or not first <= at <= last:
        return out_of_range(calendar)
    first, last = calendar.announced_us
    return calendar.unknown_year(from_us(last if first <= at <= last else at).astimezone(calendar.tz).year)


def out_of_range(calendar: Calendar) -> Fault:
    """The fault of a time that no calendar reckons with."""
    first, last = (from_us(us).astimezone(calendar.tz).date() for us in calendar.span_us)
    return Fault("calendar.out_of_range", f"times are reckoned with from {first} to {last}")


def is_provisional(start: int, end: int, unit: LimitUnit, calendar: Calendar) -> bool:
    """Whether an answer rests on days that no notice has settled yet."""
    first, last = calendar.announced_us
    return unit in OFFICE_UNITS and not first <= start <= end <= last
