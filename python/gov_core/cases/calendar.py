"""Which days and hours of a city count as working time (工作日历).

A calendar is a value: the office hours of a place, the notices of the State Council on holidays and make-up
days (调休) from 2004 on, and what the city itself decided for single days. It never looks at the clock of the
machine, and it says which version of it an answer comes from.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np

from gov_core._core import OpenHours
from gov_core.cases._china import HOLIDAY_NAMES, china_days
from gov_core.cases._instants import DAY_US, EPOCH, MICROSECOND, to_us
from gov_core.cases._zone import Offsets, offsets_of
from gov_core.errors import CalendarError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FIRST_YEAR, LAST_YEAR = 1970, 2099
"""Times are reckoned with in these years."""

UnknownYears = Literal["raise", "weekdays"]
"""What to do about years without a notice: refuse to answer, or count Monday to Friday and say so."""

DayKind = Literal["weekday", "weekend", "holiday", "makeup", "city_holiday", "city_workday"]
"""平日, 周末, 节假日, 调休上班, 本市放假, 本市上班."""

Slot = tuple[time, time]
"""Office hours from the first time on, before the second; a second one of 00:00 is the end of the day."""

OFFICE_HOURS: tuple[Slot, ...] = ((time(8), time(12)), (time(14), time(18)))
"""08:00-12:00 and 14:00-18:00, the default seen in digital urban management."""


@dataclass(frozen=True, slots=True)
class DayOverride:
    """What a city decided for one day, over the notices: a local festival, a flood, a fair.

    Attributes:
        day: Which day.
        kind: Whether offices are closed or open.
        name: Why, in the words of the city; shown in derivations.
    """

    day: date
    kind: Literal["holiday", "workday"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day as a calendar sees it.

    Attributes:
        date: Which.
        kind: What it is.
        name: English name of the holiday that it is of or makes up for, or the city's; often empty.
        chinese: The Chinese name, or the city's.
        announced: Whether the notice of its year is out, or the city has decided on this very day.
    """

    date: date
    kind: DayKind
    name: str = ""
    chinese: str = ""
    announced: bool = True

    @property
    def works(self) -> bool:
        """Whether offices are open."""
        return self.kind in {"weekday", "makeup", "city_workday"}


@dataclass(frozen=True)
class Calendar:
    """The working time of a place.

    Office hours are elapsed time between two local times: where a zone puts its clock forward or back within
    them, that slot is as much shorter or longer. One working day is the length of the slots of a day, 8 hours
    by default; it need not begin in the morning.

    Attributes:
        zone: IANA name of the time zone whose clock the offices go by.
        slots: Office hours of a working day, ascending.
        overrides: What the city decided for single days; wins over the notices.
        announced_years: Years right after or before those with a shipped notice whose notice is out: the
            overrides then hold all that it says. This is how a city uses the notice for next year on the day
            it is published.
        unknown_years: What to do about all other years.

    Raises:
        CalendarError: It contradicts itself; every fault at once. Codes: ``calendar.unknown_zone``,
            ``calendar.slots``, ``calendar.day_twice``, ``calendar.years_apart``, ``calendar.unknown_policy``.

    >>> from datetime import date
    >>> day = Calendar().day(date(2026, 2, 14))
    >>> day.works, day.kind, day.chinese
    (True, 'makeup', '春节')
    """

    zone: str = "Asia/Shanghai"
    slots: tuple[Slot, ...] = OFFICE_HOURS
    overrides: tuple[DayOverride, ...] = ()
    announced_years: tuple[int, ...] = ()
    unknown_years: UnknownYears = "raise"

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise CalendarError(faults)

    def __reduce__(self) -> tuple[object, ...]:
        return Calendar, (self.zone, self.slots, self.overrides, self.announced_years, self.unknown_years)

    # What follows is reckoned once a calendar, when it is first asked for.

    @cached_property
    def tz(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.zone)

    @cached_property
    def version(self) -> str:
        """The last announced year and a digest; two calendars with the same version answer alike.

        The digest covers the zone, the policy, the announced years and every single slot.
        """
        said = f"{self.zone}|{self.slots}|{self.unknown_years}|{self._years}".encode()
        starts, ends = self._windows
        digest = hashlib.sha256(said + starts.astype("<i8").tobytes() + ends.astype("<i8").tobytes())
        return f"{self._years[1]}-{digest.hexdigest()[:12]}"

    @cached_property
    def day_us(self) -> int:
        """Length of a working day in microseconds."""
        return sum(end - start for start, end in self._slots_us)

    @cached_property
    def announced_from(self) -> datetime:
        """First instant of the announced years."""
        return datetime(self._years[0], 1, 1, tzinfo=self.tz)

    @cached_property
    def announced_until(self) -> datetime:
        """First instant after the announced years."""
        return datetime(self._years[1] + 1, 1, 1, tzinfo=self.tz)

    def day(self, day: date) -> Day:
        """Return what a day is; Monday to Friday and the weekend where nothing says otherwise."""
        decided = self._decided.get(day)
        if decided:
            kind: DayKind = "city_holiday" if decided.kind == "holiday" else "city_workday"
            return Day(day, kind, decided.name, decided.name)
        china = china_days()
        announced = self._years[0] <= day.year <= self._years[1]
        for kind, named in (("holiday", china.off), ("makeup", china.worked)):
            if day in named:
                chinese, english = HOLIDAY_NAMES[named[day]]
                return Day(day, kind, english, chinese)
        return Day(day, "weekend" if day.weekday() >= 5 else "weekday", announced=announced)

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on a day.

        Raises:
            CalendarError: ``calendar.unknown_year``: the year has no notice, and the policy is to raise.
        """
        found = self.day(day)
        if not found.announced and self.unknown_years == "raise":
            raise CalendarError([self.unknown_year(day.year)])
        return found.works

    def windows(self, start: int, end: int) -> list[tuple[int, int]]:
        """The slots in which some time from `start` to `end` counts, all in microseconds of UTC."""
        starts, ends = self._windows
        inside = slice(np.searchsorted(ends, start, side="right"), np.searchsorted(starts, end))
        return list(zip(starts[inside].tolist(), ends[inside].tolist(), strict=True))

    def unknown_year(self, year: int) -> Fault:
        """The fault of a year that has no notice."""
        first, last = self._years
        return Fault(
            "calendar.unknown_year",
            f"the holidays of {year} are not announced to this calendar, which knows {first} to {last}",
            hint="add its notice as overrides and announced_years, or allow unknown_years='weekdays'",
            ids=(str(year),),
        )

    @cached_property
    def offsets(self) -> Offsets:
        """The offsets of the zone in all years that are reckoned with."""
        first, last = self.span_us
        return offsets_of(self.tz, first, last)

    @cached_property
    def span_us(self) -> tuple[int, int]:
        """First and last instant that can be reckoned with at all, in microseconds of UTC."""
        return to_us(datetime(FIRST_YEAR, 1, 2, tzinfo=self.tz)), to_us(
            datetime(LAST_YEAR, 12, 31, tzinfo=self.tz)
        )

    @cached_property
    def announced_us(self) -> tuple[int, int]:
        """`announced_from` and `announced_until` in microseconds of UTC."""
        return to_us(self.announced_from), to_us(self.announced_until)

    @cached_property
    def open_hours(self) -> OpenHours:
        """The line of working time: the announced years, or all years where the policy counts weekdays."""
        first, last = self.announced_us if self.unknown_years == "raise" else self.span_us
        return OpenHours(*self._windows, first, last)

    @cached_property
    def _years(self) -> tuple[int, int]:
        china = china_days()
        years = {china.first_year, china.last_year, *self.announced_years}
        return min(years), max(years)

    @cached_property
    def _decided(self) -> dict[date, DayOverride]:
        return {override.day: override for override in self.overrides}

    @cached_property
    def _slots_us(self) -> list[tuple[int, int]]:
        return [(_since_midnight(start), _since_midnight(end) or DAY_US) for start, end in self.slots]

    @cached_property
    def _windows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Starts and ends of all slots, in microseconds of UTC."""
        first, last = self._years if self.unknown_years == "raise" else (FIRST_YEAR, LAST_YEAR)
        begin = (date(first, 1, 1) - EPOCH.date()).days
        days = np.arange(begin, (date(last + 1, 1, 1) - EPOCH.date()).days)
        works = (days + 3) % 7 < 5  # 1970-01-01 was a Thursday
        china = china_days()
        for named, open_ in ((china.off, False), (china.worked, True)):
            for day in named:
                if first <= day.year <= last:
                    works[(day - EPOCH.date()).days - begin] = open_
        for day, override in self._decided.items():
            if first <= day.year <= last:
                works[(day - EPOCH.date()).days - begin] = override.kind == "workday"
        midnights = days[works].astype(np.int64) * DAY_US
        local = midnights[:, None, None] + np.array(self._slots_us, np.int64)
        edges = self.offsets.to_utc(local.reshape(-1)).reshape(-1, 2)
        low, high = self.announced_us if self.unknown_years == "raise" else self.span_us
        kept = edges[(edges[:, 0] >= low) & (edges[:, 1] <= high)]
        return np.ascontiguousarray(kept[:, 0]), np.ascontiguousarray(kept[:, 1])

    def _faults(self) -> Iterator[Fault]:
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            yield Fault(
                "calendar.unknown_zone",
                f"there is no time zone {self.zone!r}",
                "zone",
                "such as 'Asia/Shanghai'",
            )
        edges = [edge for slot in self.slots for edge in slot]
        times = [_since_midnight(edge) for edge in edges]
        times = [*times[:-1], times[-1] or DAY_US] if times else times
        if not times or any(edge.tzinfo for edge in edges) or any(a >= b for a, b in pairwise(times)):
            yield Fault(
                "calendar.slots",
                "office hours are one or more slots without a zone, each of some length, ascending and apart",
                "slots",
                "such as ((time(8), time(12)), (time(14), time(18)))",
            )
        seen: set[date] = set()
        for number, override in enumerate(self.overrides):
            if override.day in seen:
                yield Fault("calendar.day_twice", f"{override.day} is decided twice", f"overrides[{number}]")
            seen.add(override.day)
        china = china_days()
        known = {*range(china.first_year, china.last_year + 1), *self.announced_years}
        if len(known) != max(known) - min(known) + 1 or not FIRST_YEAR < min(known) <= max(known) < LAST_YEAR:
            yield Fault(
                "calendar.years_apart",
                f"announced years join on to {china.first_year}-{china.last_year} without a gap,"
                f" between {FIRST_YEAR + 1} and {LAST_YEAR - 1}",
                "announced_years",
            )
        if self.unknown_years not in get_args(UnknownYears):
            yield Fault(
                "calendar.unknown_policy",
                f"{self.unknown_years!r} is no policy for unknown years",
                "unknown_years",
                f"one of {', '.join(get_args(UnknownYears))}",
            )


@cache
def china() -> Calendar:
    """The calendar that is used where none is named: China's notices, default office hours, `raise`."""
    return Calendar()


def _since_midnight(at: time) -> int:
    elapsed = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    return elapsed // MICROSECOND
