"""deadlines: working days added to any time, beside a loop over the holidays library."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from compare.goal import Goal, at_least, at_most, only
from compare.trial import Record, contest, per_item, timed

if TYPE_CHECKING:
    import numpy as np

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROWS = {"batch": 1_000_000, "worked_between": 1_000_000, "single": 50_000, "holidays_loop": 20_000}
_MORNING = _AFTERNOON = timedelta(hours=4)
_DAY = _MORNING + _AFTERNOON


def run() -> list[Record]:
    return [contest("deadlines", contestant, rows=rows) for contestant, rows in ROWS.items()]


def goals(records: list[Record]) -> list[Goal]:
    ns = {contestant: only(records, contestant=contestant)["ns"] for contestant in ROWS}
    loop = ns["holidays_loop"] / 1e3
    return [
        at_most("a row of deadlines_for, working days", ns["batch"] / 1e3, 1, "us"),
        at_most("a row of worked_between_batch", ns["worked_between"] / 1e3, 1, "us"),
        at_most("a call of deadline_for", ns["single"] / 1e3, 5, "us"),
        at_least(f"beside a loop over holidays, {loop:,.1f} us", ns["holidays_loop"] / ns["batch"], 100, "x"),
    ]


def batch(rows: int) -> Record:
    """deadlines_for; the first rows are held against the loop, all of them against their inverse."""
    from gov_core.cases import china, deadlines_for, worked_between_batch

    starts, days = given(rows)
    timing, dues = timed(lambda: deadlines_for(starts, days, "working_day"))
    few = ROWS["holidays_loop"]
    assert dues[:few].tolist() == _instants(_by_loop(few))
    assert (worked_between_batch(starts, dues) == days * china().day_us).all()
    return per_item(timing, rows)


def worked_between(rows: int) -> Record:
    """worked_between_batch."""
    from gov_core.cases import china, deadlines_for, worked_between_batch

    starts, days = given(rows)
    dues = deadlines_for(starts, days, "working_day")
    timing, worked = timed(lambda: worked_between_batch(starts, dues))
    assert (worked == days * china().day_us).all()
    return per_item(timing, rows)


def single(rows: int) -> Record:
    """deadline_for from aware datetimes to an aware datetime, in a plain loop."""
    from gov_core.cases import deadline_for

    starts, days = given(rows)
    calls = [
        (start.replace(tzinfo=SHANGHAI), count)
        for start, count in zip(local(starts), days.tolist(), strict=True)
    ]
    timing, dues = timed(lambda: [deadline_for(start, count, "working_day").due_by for start, count in calls])
    few = min(rows, ROWS["holidays_loop"])
    assert dues[:few] == [due.replace(tzinfo=SHANGHAI) for due in _by_loop(few)]
    return per_item(timing, rows)


def holidays_loop(rows: int) -> Record:
    """The loop, from and to local times, so that it converts nothing."""
    from gov_core.cases import deadlines_for

    starts, days = given(rows)
    loop, calls = HolidaysLoop(), list(zip(local(starts), days.tolist(), strict=True))
    timing, dues = timed(lambda: [loop.deadline(*call) for call in calls], runs=3)
    assert _instants(dues) == deadlines_for(starts, days, "working_day").tolist()
    return per_item(timing, rows)


class HolidaysLoop:
    """Working days as one adds them with the holidays library, which adds days: the hours by hand."""

    def __init__(self) -> None:
        import holidays

        self.calendar = holidays.country_holidays("CN", years=range(2017, 2028))

    def deadline(self, start: datetime, days: int) -> datetime:
        """Local time in, local time out."""
        left, day = days * _DAY, start.date()
        if self.calendar.is_working_day(day):
            gone = _gone(start)
            if left <= _DAY - gone:
                return _time_of(day, gone + left)
            left -= _DAY - gone
        whole, rest = divmod(left, _DAY)
        if not rest:
            whole, rest = whole - 1, _DAY
        return _time_of(self.calendar.get_nth_working_day(day, whole + 1), rest)


def _gone(at: datetime) -> timedelta:
    """How much of the office hours of its day is over."""
    clock = at - datetime.combine(at.date(), time())
    morning, afternoon = clock - timedelta(hours=8), clock - timedelta(hours=14)
    nothing = timedelta()
    return min(max(morning, nothing), _MORNING) + min(max(afternoon, nothing), _AFTERNOON)


def _time_of(day: date, gone: timedelta) -> datetime:
    """The earliest time of a day by which so much of its office hours is over."""
    opens = 8 if gone <= _MORNING else 10  # as if the two hours of noon were not
    return datetime.combine(day, time(opens)) + gone


@cache
def given(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Starts at any microsecond of 2018 to 2025, and as many working days as limits of cities have."""
    import numpy as np

    rng = np.random.default_rng(7)
    first, last = (datetime(year, 1, 1, tzinfo=SHANGHAI).timestamp() for year in (2018, 2026))
    starts = np.random.default_rng(8).integers(int(first * 1e6), int(last * 1e6), max(ROWS.values()))
    return starts[:rows], rng.choice([1, 2, 3, 5, 7, 15], max(ROWS.values()))[:rows]


def local(instants: np.ndarray) -> list[datetime]:
    """Local times of China, without a zone."""
    return (instants + 8 * 3_600_000_000).astype("datetime64[us]").tolist()


def _instants(times: list[datetime]) -> list[int]:
    import numpy as np

    return (np.array(times, "datetime64[us]").astype(np.int64) - 8 * 3_600_000_000).tolist()


def _by_loop(rows: int) -> list[datetime]:
    starts, days = given(rows)
    loop = HolidaysLoop()
    return [loop.deadline(*call) for call in zip(local(starts), days.tolist(), strict=True)]
