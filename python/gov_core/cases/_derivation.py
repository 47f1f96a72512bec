"""How a deadline came about, day by day, as data and in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from gov_core.cases._instants import HOUR_US, MINUTE_US, from_us, to_us
from gov_core.cases._limits import OFFICE_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gov_core.cases.calendar import Calendar, Day
    from gov_core.checklists import LimitUnit

Language = Literal["en", "zh"]

UNIT_NAMES: dict[str, tuple[str, str]] = {
    "urgent_hour": ("紧急工作时", "urgent hour"),
    "working_hour": ("工作时", "working hour"),
    "working_day": ("工作日", "working day"),
    "natural_day": ("自然日", "natural day"),
}
"""Unit to its Chinese and its English word."""

_FULL_DAYS_SHOWN = 3
"""As many whole working days in a row are told one by one; more are told as one line."""

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row of which the same is to be said.

    Attributes:
        days: The days.
        slots: Local times that were counted, first and last instant of each; empty where nothing counts.
        counted_us: How much of the limit ran in them, in microseconds.
    """

    days: tuple[Day, ...]
    slots: tuple[tuple[datetime, datetime], ...]
    counted_us: int

    @property
    def ends(self) -> tuple[date, ...]:
        """The first and the last day, or the only one."""
        return tuple(dict.fromkeys((self.days[0].date, self.days[-1].date)))


@dataclass(frozen=True, slots=True)
class Derivation:
    """Why a deadline is when it is.

    Attributes:
        start: When the limit began to run, local time.
        amount: How many units the limit has, without extensions.
        unit: Of what.
        due_by: The deadline, local time; None where the clock rests.
        stretches: The days from start to deadline, in order.
        pauses: When it rested, local time.
        extensions: How often the whole limit was granted again.
        zone: Whose local time.
        calendar: Version of the calendar.
        provisional: Whether it rests on days that no notice has settled yet.
    """

    start: datetime
    amount: float
    unit: LimitUnit
    due_by: datetime | None
    stretches: tuple[Stretch, ...]
    pauses: tuple[tuple[datetime, datetime | None], ...]
    extensions: int
    zone: str
    calendar: str
    provisional: bool

    @property
    def slots(self) -> tuple[tuple[datetime, datetime], ...]:
        """All local times that were counted."""
        return tuple(slot for stretch in self.stretches for slot in stretch.slots)

    @property
    def counted_us(self) -> int:
        """How much of the limit ran, in microseconds of its own time."""
        return sum(stretch.counted_us for stretch in self.stretches)

    @property
    def holidays(self) -> tuple[Day, ...]:
        """Holidays that were crossed without counting, the city's among them."""
        return self._days({"holiday", "city_holiday"})

    @property
    def makeup_days(self) -> tuple[Day, ...]:
        """Weekend days that were worked, the city's among them."""
        return self._days({"makeup", "city_workday"})

    def _days(self, kinds: set[str]) -> tuple[Day, ...]:
        return tuple(day for stretch in self.stretches for day in stretch.days if day.kind in kinds)

    def __str__(self) -> str:
        return self.told("en")

    def told(self, language: Language = "en") -> str:
        """Tell it in words, a line a stretch.

        Args:
            language: "en" or "zh".
        """
        return "\n".join(_chinese(self) if language == "zh" else _english(self))


def derive(
    legs: Sequence[tuple[int, int]],
    *,
    amount: float,
    unit: LimitUnit,
    due_by: int | None,
    calendar: Calendar,
    pauses: Iterable[tuple[int, int | None]],
    extensions: int,
    provisional: bool,
) -> Derivation:
    """Derive a deadline from the times in which its limit ran.

    Args:
        legs: First and last instant of each run without a pause, in microseconds of UTC.
        amount: As for `Derivation`, and so are the others.
        unit: See there.
        due_by: In microseconds of UTC.
        calendar: Whose days.
        pauses: In microseconds of UTC; the last may be open.
        extensions: See there.
        provisional: See there.
    """

    def local(us: int) -> datetime:
        return from_us(us).astimezone(calendar.tz)

    stretches = (
        _office_stretches(legs, calendar) if unit in OFFICE_UNITS else _plain_stretches(legs, calendar)
    )
    return Derivation(
        local(legs[0][0]),
        amount,
        unit,
        None if due_by is None else local(due_by),
        tuple(stretches),
        tuple((local(first), None if last is None else local(last)) for first, last in pauses),
        extensions,
        calendar.zone,
        calendar.version,
        provisional,
    )


def _plain_stretches(legs: Sequence[tuple[int, int]], calendar: Calendar) -> Iterator[Stretch]:
    """Time that runs round the clock: one stretch a leg."""
    for start, end in legs:
        first, last = (from_us(us).astimezone(calendar.tz) for us in (start, end))
        yield Stretch(tuple(_days(first.date(), last.date(), calendar)), ((first, last),), end - start)


def _office_stretches(legs: Sequence[tuple[int, int]], calendar: Calendar) -> Iterator[Stretch]:
    """Office time: a stretch a counted day, whole days and days that do not count taken together."""
    cuts: dict[date, list[tuple[datetime, datetime]]] = defaultdict(list)
    for start, end in legs:
        for opens, closes in calendar.windows(start, end):
            first = from_us(max(start, opens)).astimezone(calendar.tz)
            cuts[first.date()].append((first, from_us(min(end, closes)).astimezone(calendar.tz)))
    first_day, last_day = (from_us(us).astimezone(calendar.tz).date() for us in (legs[0][0], legs[-1][1]))
    days = [_counted(day, cuts[day.date]) for day in _days(first_day, last_day, calendar)]
    for _, same in groupby(days, key=lambda one: _likeness(one, calendar)):
        group = list(same)
        if group[0].slots and len(group) <= _FULL_DAYS_SHOWN:
            yield from group
        else:
            yield Stretch(
                tuple(day for one in group for day in one.days),
                tuple(slot for one in group for slot in one.slots),
                sum(one.counted_us for one in group),
            )


def _counted(day: Day, slots: Sequence[tuple[datetime, datetime]]) -> Stretch:
    return Stretch((day,), tuple(slots), sum(to_us(end) - to_us(start) for start, end in slots))


def _likeness(one: Stretch, calendar: Calendar) -> object:
    """Neighbours that are equal in this are told in one line."""
    day = one.days[0]
    if not one.slots:
        return ("closed", day.works)
    whole = one.counted_us == calendar.day_us and day.kind == "weekday"
    return ("whole", day.announced) if whole else day.date


def _days(first: date, last: date, calendar: Calendar) -> Iterator[Day]:
    for number in range((last - first).days + 1):
        yield calendar.day(first + timedelta(days=number))


# In words.


def _english(derivation: Derivation) -> Iterator[str]:
    due = "resting, no deadline" if derivation.due_by is None else f"due by {_at(derivation.due_by)}"
    unit = UNIT_NAMES[derivation.unit][1] + ("" if derivation.amount == 1 else "s")
    yield f"{due} ({derivation.zone}): {derivation.amount:g} {unit} from {_at(derivation.start)}"
    if derivation.extensions:
        yield f"  extended {derivation.extensions} x {derivation.amount:g} {unit}"
    for first, last in derivation.pauses:
        yield f"  rested {_at(first)} to {'now' if last is None else _at(last)}"
    for stretch in derivation.stretches:
        dates = " to ".join(f"{day} {day:%a}" for day in stretch.ends)
        yield f"  {dates}: {_english_stretch(stretch, derivation.unit)}"
    yield f"  calendar {derivation.calendar}" + (
        ", provisional: the holidays of some of these days are not announced yet"
        if derivation.provisional
        else ""
    )


def _english_stretch(stretch: Stretch, unit: LimitUnit) -> str:
    lasting = _duration(stretch.counted_us, (" h", " min", " s"), " ")
    if unit not in OFFICE_UNITS:
        return f"runs round the clock, {lasting}"
    names = list(dict.fromkeys(_english_day(day) for day in stretch.days))
    if not stretch.slots:
        return f"nothing counts: {', '.join(filter(None, names)) or 'outside of office hours, or resting'}"
    if len(stretch.days) > 1:
        return f"{len(stretch.days)} whole working days, {lasting}"
    why = f", {names[0]}" if names[0] else ""
    return f"{_slots(stretch)}, {lasting}{why}"


def _english_day(day: Day) -> str:
    named = f" ({day.name})" if day.name else ""
    return {
        "weekday": "",
        "weekend": "weekend",
        "holiday": day.name,
        "makeup": f"make-up day{named}",
        "city_holiday": f"closed by the city{named}",
        "city_workday": f"opened by the city{named}",
    }[day.kind]


def _chinese(derivation: Derivation) -> Iterator[str]:
    due = "计时暂停,暂无截止时间" if derivation.due_by is None else f"截止时间 {_at(derivation.due_by)}"
    limit = f"{derivation.amount:g} {UNIT_NAMES[derivation.unit][0]}"
    yield f"{due}({derivation.zone}):自 {_at(derivation.start)} 起 {limit}"
    if derivation.extensions:
        yield f"  延期 {derivation.extensions} 次,每次 {limit}"
    for first, last in derivation.pauses:
        yield f"  暂停计时 {_at(first)} 至 {'今' if last is None else _at(last)}"
    for stretch in derivation.stretches:
        dates = " 至 ".join(f"{day} 周{_WEEKDAYS[day.weekday()]}" for day in stretch.ends)
        yield f"  {dates}:{_chinese_stretch(stretch, derivation.unit)}"
    yield f"  日历版本 {derivation.calendar}" + (
        ",暂定:所涉部分日期的节假日安排尚未公布" if derivation.provisional else ""
    )


def _chinese_stretch(stretch: Stretch, unit: LimitUnit) -> str:
    lasting = _duration(stretch.counted_us, (" 小时", " 分", " 秒"), " ")
    if unit not in OFFICE_UNITS:
        return f"连续计时,计 {lasting}"
    names = list(dict.fromkeys(_chinese_day(day) for day in stretch.days))
    if not stretch.slots:
        return f"不计时:{'、'.join(filter(None, names)) or '非办公时间或暂停'}"
    if len(stretch.days) > 1:
        return f"{len(stretch.days)} 个整工作日,计 {lasting}"
    why = f",{names[0]}" if names[0] else ""
    return f"{_slots(stretch)},计 {lasting}{why}"


def _chinese_day(day: Day) -> str:
    named = f"({day.chinese})" if day.chinese else ""
    return {
        "weekday": "",
        "weekend": "周末",
        "holiday": day.chinese,
        "makeup": f"调休上班{named}",
        "city_holiday": f"本市放假{named}",
        "city_workday": f"本市上班{named}",
    }[day.kind]


def _slots(stretch: Stretch) -> str:
    return " ".join(f"{_time(first)}-{_time(last)}" for first, last in stretch.slots)


def _at(at: datetime) -> str:
    return f"{at.date()} {_time(at)}"


def _time(at: datetime) -> str:
    """The local time, as exact as it has to be."""
    if at.second == at.microsecond == 0:
        return f"{at:%H:%M}"
    return at.time().isoformat()


def _duration(us: int, words: tuple[str, str, str], between_words: str) -> str:
    hours, rest = divmod(us, HOUR_US)
    minutes, rest = divmod(rest, MINUTE_US)
    parts = [f"{hours}{words[0]}"] if hours else []
    if minutes:
        parts.append(f"{minutes}{words[1]}")
    if rest or not parts:
        parts.append(f"{rest / 1_000_000:g}{words[2]}")
    return between_words.join(parts)
