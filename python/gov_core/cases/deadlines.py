"""Deadlines that explain themselves.

Border rule: a deadline is the earliest instant by which the whole limit has run, so a limit that fills the
afternoon is due at its end, not on the next morning; and what is done on it is done in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gov_core.cases._derivation import Derivation, derive
from gov_core.cases._instants import DAY_US, HOUR_US, from_us, to_us
from gov_core.cases._limits import (
    LONGEST_US,
    OFFICE_UNITS,
    add,
    between,
    is_provisional,
    limit_faults,
    limit_us,
    out_of_range,
)
from gov_core.cases.calendar import Calendar, china
from gov_core.errors import CalendarError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from gov_core.checklists import LimitUnit

Pause = tuple[datetime, datetime]
"""From when to when a limit rested."""

_NO_ANSWER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a limit ends.

    Attributes:
        start: When it began to run, as it was given.
        amount: How many units.
        unit: Of what.
        due_by: The deadline, in the time zone of the calendar.
        provisional: Whether it rests on days that no notice has settled yet.
        calendar: The calendar it was reckoned by.
        pauses: When it rested.
        extensions: How often the whole limit was granted again.
    """

    start: datetime
    amount: float
    unit: LimitUnit
    due_by: datetime
    provisional: bool
    calendar: Calendar
    pauses: tuple[Pause, ...] = ()
    extensions: int = 0

    @property
    def derivation(self) -> Derivation:
        """How it came about; derived when it is asked for."""
        due = to_us(self.due_by)
        rests = [(to_us(first), to_us(last)) for first, last in self.pauses]
        rests = [rest for rest in rests if rest[0] <= due]
        edges = [to_us(self.start), *(edge for rest in rests for edge in rest), due]
        return derive(
            list(zip(edges[::2], edges[1::2], strict=True)),
            amount=self.amount,
            unit=self.unit,
            due_by=due,
            calendar=self.calendar,
            pauses=rests,
            extensions=self.extensions,
            provisional=self.provisional,
        )

    def __str__(self) -> str:
        return str(self.derivation)


def deadline_for(
    start: datetime,
    amount: float,
    unit: LimitUnit,
    *,
    calendar: Calendar | None = None,
    pauses: Sequence[Pause] = (),
    extensions: int = 0,
) -> Deadline:
    """Return when a limit ends.

    Hours run as elapsed time, urgent hours round the clock and working hours within the office hours. A
    working day is the length of all slots of a day. A natural day ends at the same local time of the next
    day: 23 or 25 hours later where the clock was put forward or back in between, as in China in 1986-1991. A
    local time that came twice means its first coming; one that never came, the instant as far after the
    change.

    Args:
        start: When it begins to run, with a time zone.
        amount: How many units; more than 0. Parts are fine but for natural days.
        unit: "urgent_hour", "working_hour", "working_day" or "natural_day".
        calendar: Whose office hours, holidays and time zone; `china()` by default.
        pauses: When it rested, ascending and apart. One that begins after the deadline moves nothing.
        extensions: How often the whole limit was granted again, each time onto the deadline of then.

    Raises:
        CalendarError: Every fault of the arguments at once (``deadline.naive_time``, ``deadline.amount``,
            ``deadline.unit``, ``deadline.part_of_day``, ``deadline.pauses``, ``deadline.extensions``), or
            where the calendar has no answer: ``calendar.unknown_year``, ``calendar.out_of_range``.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> start = datetime(2026, 2, 14, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> print(deadline_for(start, 2, "working_hour"))  # doctest: +ELLIPSIS
    due by 2026-02-24 08:30 (Asia/Shanghai): 2 working hours from 2026-02-14 16:30
      2026-02-14 Sat: 16:30-18:00, 1 h 30 min, make-up day (Spring Festival)
      2026-02-15 Sun to 2026-02-23 Mon: nothing counts: Spring Festival
      2026-02-24 Tue: 08:00-08:30, 30 min
      calendar 2026-...
    """
    calendar = calendar or china()
    faults = _faults(start, amount, unit, pauses, extensions)
    if faults:
        raise CalendarError(faults)
    at = begin = to_us(start)
    left = limit_us(begin, amount * (1 + extensions), unit, calendar)
    due = add(at, left, unit, calendar)
    for first, last in pauses:
        rests, resumes = to_us(first), to_us(last)
        if rests > due:
            break
        left -= between(at, rests, unit, calendar)
        at = resumes
        due = add(at, left, unit, calendar)
    return Deadline(
        start,
        amount,
        unit,
        from_us(due).astimezone(calendar.tz),
        is_provisional(begin, due, unit, calendar),
        calendar,
        tuple(pauses),
        extensions,
    )


def worked_between(start: datetime, end: datetime, *, calendar: Calendar | None = None) -> int:
    """Return how much office time runs from one instant to another.

    The inverse of adding: ``worked_between(start, deadline_for(start, 3, "working_hour").due_by)`` is three
    hours.

    Args:
        start: With a time zone.
        end: With a time zone; before `start`, the answer is negative.
        calendar: Whose office hours; `china()` by default.

    Returns:
        Microseconds of office time.

    Raises:
        CalendarError: ``deadline.naive_time``, ``calendar.unknown_year`` or ``calendar.out_of_range``.
    """
    faults = [_naive(place) for place, at in (("start", start), ("end", end)) if at.utcoffset() is None]
    if faults:
        raise CalendarError(faults)
    return between(to_us(start), to_us(end), "working_hour", calendar or china())


def deadlines_for(
    starts: NDArray[np.int64],
    amount: ArrayLike,
    unit: LimitUnit,
    *,
    calendar: Calendar | None = None,
) -> NDArray[np.int64]:
    """Return when many limits end: the same answers as `deadline_for`, many at a time.

    Args:
        starts: Microseconds of UTC since 1970, shape (n,).
        amount: How many units: one number, or one a row.
        unit: Of what, for all rows.
        calendar: As for `deadline_for`.

    Returns:
        Microseconds of UTC since 1970, shape (n,).

    Raises:
        CalendarError: As `deadline_for`; one fault a kind, with the first rows that have it in its `ids`.
        TypeError: `starts` are no 64-bit integers.
    """
    calendar = calendar or china()
    at = _instants(starts)
    amounts = np.broadcast_to(np.asarray(amount), at.shape)
    faults = list(_batch_faults(amounts, unit))
    if faults:
        raise CalendarError(faults)
    if unit == "natural_day":
        offsets, (first, last) = calendar.offsets, calendar.span_us
        days = np.minimum(amounts, LONGEST_US // DAY_US).astype(np.int64)
        inside = np.clip(at, first, last)
        wanted = offsets.to_local(inside) + np.minimum(days * DAY_US, last - first + DAY_US)
        due = np.where((inside == at), offsets.to_utc(wanted), _NO_ANSWER)
        due[due > last] = _NO_ANSWER
    else:
        length = _lengths(amounts, calendar.day_us if unit == "working_day" else HOUR_US)
        if unit in OFFICE_UNITS:
            due = calendar.open_hours.add_batch(at, length)
        else:
            first, last = calendar.span_us
            due = np.where((at >= first) & (at <= last) & (length <= last - at), at + length, _NO_ANSWER)
    _refuse_unanswered(at, due, unit, calendar)
    return due


def worked_between_batch(
    starts: NDArray[np.int64], ends: NDArray[np.int64], *, calendar: Calendar | None = None
) -> NDArray[np.int64]:
    """`worked_between` for many rows.

    Args:
        starts: Microseconds of UTC since 1970, shape (n,).
        ends: As many.
        calendar: As for `worked_between`.

    Returns:
        Microseconds of office time, shape (n,).

    Raises:
        CalendarError: As `worked_between`; one fault a kind, with the first rows that have it in its `ids`.
        TypeError: They are no 64-bit integers.
    """
    calendar = calendar or china()
    begin, end = _instants(starts), _instants(ends)
    ran = calendar.open_hours.between_batch(begin, end)
    _refuse_unanswered(np.where(_outside(begin, calendar), begin, end), ran, "working_hour", calendar)
    return ran


def _faults(
    start: datetime, amount: float, unit: str, pauses: Sequence[Pause], extensions: int
) -> list[Fault]:
    aware = start.utcoffset() is not None
    faults = [] if aware else [_naive("start")]
    faults += limit_faults(amount, unit)
    if extensions < 0:
        message = f"extensions count from 0 on, not {extensions}"
        faults.append(Fault("deadline.extensions", message, "extensions"))
    if pauses:
        edges = [edge for pause in pauses for edge in pause]
        naive = [number for number, edge in enumerate(edges) if edge.utcoffset() is None]
        faults += (_naive(f"pauses[{number // 2}]") for number in naive)
        if not naive and aware:
            message = "pauses come one after the other, after the start"
            faults += (
                Fault("deadline.pauses", message, f"pauses[{number // 2}]")
                for number, (earlier, later) in enumerate(pairwise([start, *edges]))
                if later < earlier
            )
    return faults


def _naive(place: str) -> Fault:
    return Fault("deadline.naive_time", "a time without a zone names no instant", place, "say tzinfo=...")


def _instants(times: NDArray[np.int64]) -> NDArray[np.int64]:
    array = np.asarray(times)
    if array.dtype != np.int64 or array.ndim != 1:
        raise TypeError(f"instants are a row of int64 microseconds, not {array.dtype} of shape {array.shape}")
    return array


def _batch_faults(amounts: NDArray[Any], unit: str) -> Iterator[Fault]:
    yield from limit_faults(1, unit)
    if amounts.dtype.kind not in "iuf":
        yield Fault("deadline.amount", f"amounts are numbers, not {amounts.dtype}", "amount")
        return
    numbers = amounts.astype(np.float64)
    with np.errstate(invalid="ignore"):
        bad = ~((numbers > 0) & np.isfinite(numbers))
        parts = ~bad & (numbers % 1 != 0) & (unit == "natural_day")
    yield from _rows("deadline.amount", "a limit is more than 0 and finite", bad)
    yield from _rows("deadline.part_of_day", "natural days are whole", parts)


def _lengths(amounts: NDArray[Any], each: int) -> NDArray[np.int64]:
    """Microseconds of limits, none longer than `LONGEST_US`, rounded as `limit_us` does."""
    if amounts.dtype.kind == "f":
        floats = np.minimum(amounts.astype(np.float64), LONGEST_US // each)
        return np.asarray(np.rint(floats * each).astype(np.int64))
    return np.asarray(np.minimum(amounts, LONGEST_US // each).astype(np.int64) * each)


def _outside(at: NDArray[np.int64], calendar: Calendar) -> NDArray[np.bool_]:
    first, last = calendar.open_hours.span
    return (at < first) | (at > last)


def _refuse_unanswered(
    at: NDArray[np.int64], answers: NDArray[np.int64], unit: LimitUnit, calendar: Calendar
) -> None:
    missing = answers == _NO_ANSWER
    if not missing.any():
        return
    first, last = calendar.span_us
    unknown = missing & (at >= first) & (at <= last)
    if unit not in OFFICE_UNITS or calendar.unknown_years == "weekdays":
        unknown[:] = False
    year = calendar.announced_until.year
    faults = [
        *_rows("calendar.unknown_year", calendar.unknown_year(year).message, unknown),
        *_rows("calendar.out_of_range", out_of_range(calendar).message, missing & ~unknown),
    ]
    raise CalendarError(faults)


def _rows(code: str, message: str, bad: NDArray[np.bool_]) -> Iterator[Fault]:
    rows = np.flatnonzero(bad)
    if len(rows):
        ids = tuple(map(str, rows[:20].tolist()))
        yield Fault(code, f"{message} ({len(rows):,} rows)", f"row {ids[0]}", ids=ids)
