"""Deadlines on the rows of the domain, on edges of time, and on bad input."""

import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gov_core.cases import Calendar, DayOverride, china, deadline_for, deadlines_for, worked_between
from gov_core.cases._instants import from_us, to_us
from gov_core.cases.deadlines import worked_between_batch
from gov_core.errors import CalendarError

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = Calendar(unknown_years="weekdays")
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due_by"),
    [
        ("2026-02-13 17:00", 4, "working_hour", "2026-02-14 11:00"),
        ("2026-02-14 16:30", 2, "working_hour", "2026-02-24 08:30"),
        ("2026-02-14 18:00", 1, "working_day", "2026-02-24 18:00"),
        ("2026-09-19 10:00", 4, "working_hour", "2026-09-20 12:00"),
        ("2026-09-30 17:59", 1, "working_hour", "2026-10-08 08:59"),
        ("2026-10-10 09:00", 1, "working_day", "2026-10-12 09:00"),
        ("2026-03-02 12:00", 1, "working_hour", "2026-03-02 15:00"),
        ("2026-03-02 13:00", 4, "working_hour", "2026-03-02 18:00"),
        ("2025-09-28 09:00", 1, "working_day", "2025-09-29 09:00"),
        ("2026-01-04 08:00", 5, "working_day", "2026-01-08 18:00"),
        # urgent hours and natural days run on, through the longest holiday
        ("2026-02-14 18:00", 2, "urgent_hour", "2026-02-14 20:00"),
        ("2026-02-14 18:00", 0.25, "urgent_hour", "2026-02-14 18:15"),
        ("2026-02-14 18:00", 7, "natural_day", "2026-02-21 18:00"),
        # the year's end, worked and not
        ("2024-12-31 17:00", 2, "working_hour", "2025-01-02 09:00"),
        ("2018-12-29 17:00", 2, "working_hour", "2019-01-02 09:00"),
        ("2005-12-30 17:00", 2, "working_hour", "2005-12-31 09:00"),
        ("2025-12-31 23:00", 2, "urgent_hour", "2026-01-01 01:00"),
        ("2025-12-31 23:00", 1, "natural_day", "2026-01-01 23:00"),
        # leap days
        ("2024-02-28 09:00", 1, "working_day", "2024-02-29 09:00"),
        ("2024-02-29 09:00", 1, "working_day", "2024-03-01 09:00"),
        ("2024-02-28 09:00", 2, "natural_day", "2024-03-01 09:00"),
        ("2023-02-28 09:00", 1, "natural_day", "2023-03-01 09:00"),
        ("2024-02-29 23:30", 1, "urgent_hour", "2024-03-01 00:30"),
        # the finest grain
        ("2026-03-02 11:59:59.999999", 1, "working_hour", "2026-03-02 14:59:59.999999"),
    ],
)
def test_deadline(start: str, amount: float, unit: str, due_by: str) -> None:
    deadline = deadline_for(local(start), amount, unit)  # type: ignore[arg-type]
    assert deadline.due_by == local(due_by)
    assert deadline.due_by.tzinfo is china().tz
    assert not deadline.provisional
    many = deadlines_for(np.array([to_us(local(start))]), amount, unit)  # type: ignore[arg-type]
    assert from_us(int(many[0])) == local(due_by)


# China put its clocks forward on 1986-05-04 at 02:00 and back on 1986-09-14 at 02:00.
@pytest.mark.parametrize(
    ("start", "amount", "unit", "due_by"),
    [
        ("1986-05-03T12:00:00+08:00", 1, "natural_day", "1986-05-04T12:00:00+09:00"),  # 23 hours
        ("1986-05-03T12:00:00+08:00", 24, "urgent_hour", "1986-05-04T13:00:00+09:00"),
        ("1986-09-13T12:00:00+09:00", 1, "natural_day", "1986-09-14T12:00:00+08:00"),  # 25 hours
        ("1986-09-13T12:00:00+09:00", 24, "urgent_hour", "1986-09-14T11:00:00+08:00"),
        ("1986-05-03T02:30:00+08:00", 1, "natural_day", "1986-05-04T03:30:00+09:00"),  # 02:30 never came
        ("1986-09-13T01:30:00+09:00", 1, "natural_day", "1986-09-14T01:30:00+09:00"),  # 01:30 came twice
        ("1986-05-04T03:00:00+09:00", 1, "natural_day", "1986-05-05T03:00:00+09:00"),  # from the change on
        ("1986-09-14T01:00:00+08:00", 1, "natural_day", "1986-09-15T01:00:00+08:00"),
        ("1986-05-02T17:00:00+08:00", 2, "working_hour", "1986-05-05T09:00:00+09:00"),
        ("1986-09-12T17:30:00+09:00", 1, "working_hour", "1986-09-15T08:30:00+08:00"),
    ],
)
def test_where_the_clock_was_put_forward_or_back(start: str, amount: int, unit: str, due_by: str) -> None:
    begin, expected = datetime.fromisoformat(start), datetime.fromisoformat(due_by)
    deadline = deadline_for(begin, amount, unit, calendar=WEEKDAYS)  # type: ignore[arg-type]
    # As text: a time that came twice equals none of another zone (PEP 495).
    assert deadline.due_by.isoformat() == due_by
    assert deadline.derivation.due_by is not None
    assert deadline.derivation.due_by.isoformat() == due_by
    many = deadlines_for(np.array([to_us(begin)]), amount, unit, calendar=WEEKDAYS)  # type: ignore[arg-type]
    assert from_us(int(many[0])) == expected


def test_a_slot_that_the_clock_is_put_forward_in_is_shorter() -> None:
    open_days = tuple(DayOverride(date(1986, 5, 4) + timedelta(days=n), "workday") for n in range(7))
    night = Calendar(slots=((time(0), time(8)),), overrides=open_days, unknown_years="weekdays")
    start = datetime(1986, 5, 4, tzinfo=SHANGHAI)
    assert worked_between(start, start + 24 * HOUR, calendar=night) == 7 * 3_600_000_000
    assert deadline_for(start, 1, "working_day", calendar=night).due_by == datetime(
        1986, 5, 5, 1, tzinfo=SHANGHAI
    )


def test_the_derivation_says_all_of_it() -> None:
    deadline = deadline_for(
        local("2026-02-03 10:00"),
        6,
        "working_day",
        pauses=[(local("2026-02-05 10:00"), local("2026-02-06 09:00"))],
        extensions=1,
    )
    derived = deadline.derivation
    assert deadline.due_by == local("2026-02-27 09:00")
    assert derived.counted_us == 12 * china().day_us
    assert (derived.start, derived.due_by) == (local("2026-02-03 10:00"), deadline.due_by)
    assert derived.slots[0] == (local("2026-02-03 10:00"), local("2026-02-03 12:00"))
    assert derived.slots[-1] == (local("2026-02-27 08:00"), local("2026-02-27 09:00"))
    assert sum((end - start for start, end in derived.slots), timedelta()) == 96 * HOUR
    assert [day.date.day for day in derived.holidays] == list(range(15, 24))
    assert [day.date for day in derived.makeup_days] == [date(2026, 2, 14)]
    assert derived.pauses == ((local("2026-02-05 10:00"), local("2026-02-06 09:00")),)
    assert (derived.extensions, derived.calendar, derived.provisional) == (1, china().version, False)
    assert str(deadline).splitlines() == [
        "due by 2026-02-27 09:00 (Asia/Shanghai): 6 working days from 2026-02-03 10:00",
        "  extended 1 x 6 working days",
        "  rested 2026-02-05 10:00 to 2026-02-06 09:00",
        "  2026-02-03 Tue: 10:00-12:00 14:00-18:00, 6 h",
        "  2026-02-04 Wed: 08:00-12:00 14:00-18:00, 8 h",
        "  2026-02-05 Thu: 08:00-10:00, 2 h",
        "  2026-02-06 Fri: 09:00-12:00 14:00-18:00, 7 h",
        "  2026-02-07 Sat to 2026-02-08 Sun: nothing counts: weekend",
        "  2026-02-09 Mon to 2026-02-13 Fri: 5 whole working days, 40 h",
        "  2026-02-14 Sat: 08:00-12:00 14:00-18:00, 8 h, make-up day (Spring Festival)",
        "  2026-02-15 Sun to 2026-02-23 Mon: nothing counts: Spring Festival",
        "  2026-02-24 Tue: 08:00-12:00 14:00-18:00, 8 h",
        "  2026-02-25 Wed: 08:00-12:00 14:00-18:00, 8 h",
        "  2026-02-26 Thu: 08:00-12:00 14:00-18:00, 8 h",
        "  2026-02-27 Fri: 08:00-09:00, 1 h",
        f"  calendar {china().version}",
    ]


def test_the_derivation_in_chinese() -> None:
    told = deadline_for(local("2026-02-14 16:30:30"), 2, "working_hour").derivation.told("zh")
    assert told.splitlines() == [
        "截止时间 2026-02-24 08:30:30(Asia/Shanghai):自 2026-02-14 16:30:30 起 2 工作时",
        "  2026-02-14 周六:16:30:30-18:00,计 1 小时 29 分 30 秒,调休上班(春节)",
        "  2026-02-15 周日 至 2026-02-23 周一:不计时:春节",
        "  2026-02-24 周二:08:00-08:30:30,计 30 分 30 秒",
        f"  日历版本 {china().version}",
    ]


def test_the_derivation_of_what_runs_round_the_clock() -> None:
    deadline = deadline_for(
        local("2026-02-14 23:00"),
        2,
        "urgent_hour",
        pauses=[(local("2026-02-14 23:30"), local("2026-02-15 08:00"))],
    )
    assert deadline.due_by == local("2026-02-15 09:30")
    assert str(deadline).splitlines()[1:-1] == [
        "  rested 2026-02-14 23:30 to 2026-02-15 08:00",
        "  2026-02-14 Sat: runs round the clock, 30 min",
        "  2026-02-15 Sun: runs round the clock, 1 h 30 min",
    ]
    assert deadline.derivation.told("zh").splitlines()[2] == "  2026-02-14 周六:连续计时,计 30 分"


def test_a_city_is_named_in_the_derivation() -> None:
    city = Calendar(
        overrides=(
            DayOverride(date(2026, 4, 20), "holiday", "三月三"),
            DayOverride(date(2026, 4, 18), "workday", "三月三"),
        )
    )
    told = str(deadline_for(local("2026-04-17 17:00"), 10, "working_hour", calendar=city))
    assert "2026-04-18 Sat: 08:00-12:00 14:00-18:00, 8 h, opened by the city (三月三)" in told
    assert "nothing counts: weekend, closed by the city (三月三)" in told


def test_weekdays_of_an_unannounced_year_are_provisional() -> None:
    start = local("2026-12-31 17:00")
    deadline = deadline_for(start, 2, "working_hour", calendar=WEEKDAYS)
    assert deadline.due_by == local("2027-01-01 09:00")
    assert deadline.provisional
    assert "provisional" in str(deadline)
    assert "暂定" in deadline.derivation.told("zh")
    assert not deadline_for(start, 1, "working_hour", calendar=WEEKDAYS).provisional
    assert not deadline_for(start, 30, "natural_day", calendar=WEEKDAYS).provisional


@pytest.mark.parametrize("unit", ["working_hour", "working_day"])
def test_an_unannounced_year_is_refused(unit: str) -> None:
    for start in ("2026-12-31 17:30", "2027-01-04 09:00", "2003-12-31 09:00"):
        with pytest.raises(CalendarError) as caught:
            deadline_for(local(start), 1, unit)  # type: ignore[arg-type]
        assert [fault.code for fault in caught.value.faults] == ["calendar.unknown_year"]
        assert caught.value.faults[0].ids == (("2003",) if "2003" in start else ("2027",))
        with pytest.raises(CalendarError) as caught:
            deadlines_for(np.array([0, to_us(local(start))])[1:], 1, unit)  # type: ignore[arg-type]
        assert caught.value.code == "calendar.unknown_year"
    assert deadline_for(local("2026-12-31 17:30"), 2, "urgent_hour").due_by == local("2026-12-31 19:30")


def test_all_faults_at_once() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the fault
    with pytest.raises(CalendarError) as caught:
        deadline_for(naive, float("nan"), "day", pauses=[(naive, local("2026-01-01"))], extensions=-1)  # type: ignore[arg-type]
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("deadline.naive_time", "start"),
        ("deadline.unit", "unit"),
        ("deadline.amount", "amount"),
        ("deadline.extensions", "extensions"),
        ("deadline.naive_time", "pauses[0]"),
    ]
    with pytest.raises(CalendarError) as caught:
        worked_between(naive, naive)
    assert [fault.place for fault in caught.value.faults] == ["start", "end"]


@pytest.mark.parametrize("amount", [0, -1, float("inf"), float("nan"), True, "3", None])
def test_amounts_that_are_none(amount: float) -> None:
    with pytest.raises(CalendarError) as caught:
        deadline_for(local("2026-01-05 09:00"), amount, "working_hour")
    assert caught.value.code == "deadline.amount"


@pytest.mark.parametrize(
    ("unit", "code"), [("working_hour", None), ("urgent_hour", None), ("natural_day", "deadline.part_of_day")]
)
def test_parts_of_units(unit: str, code: str | None) -> None:
    if code is None:
        assert deadline_for(local("2026-01-05 09:00"), 0.5, unit).due_by == local("2026-01-05 09:30")  # type: ignore[arg-type]
        return
    with pytest.raises(CalendarError, match=code):
        deadline_for(local("2026-01-05 09:00"), 0.5, unit)  # type: ignore[arg-type]
    with pytest.raises(CalendarError, match=code):
        deadlines_for(np.array([0]), 0.5, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", ["working_hour", "working_day", "urgent_hour", "natural_day"])
@pytest.mark.parametrize(
    ("start", "amount"), [("1960-01-01", 1), ("2150-01-01", 1), ("2026-01-05", 10**9), ("2026-01-05", 1e300)]
)
def test_times_out_of_range(unit: str, start: str, amount: float) -> None:
    with pytest.raises(CalendarError) as caught:
        deadline_for(local(start), amount, unit, calendar=WEEKDAYS)  # type: ignore[arg-type]
    assert caught.value.code == "calendar.out_of_range"
    with pytest.raises(CalendarError) as caught:
        deadlines_for(np.array([to_us(local(start))]), amount, unit, calendar=WEEKDAYS)  # type: ignore[arg-type]
    assert caught.value.code == "calendar.out_of_range"


def test_pauses_in_no_order() -> None:
    pauses = [
        (local("2026-01-05 10:00"), local("2026-01-05 09:30")),
        (local("2026-01-05 08:00"), local("2026-01-05 11:00")),
    ]
    with pytest.raises(CalendarError) as caught:
        deadline_for(local("2026-01-05 09:00"), 1, "working_hour", pauses=pauses)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("deadline.pauses", "pauses[0]"),
        ("deadline.pauses", "pauses[1]"),
    ]


def test_a_pause_after_the_deadline_moves_nothing() -> None:
    late = (local("2026-01-05 10:01"), local("2026-01-09 10:00"))
    deadline = deadline_for(local("2026-01-05 09:00"), 1, "working_hour", pauses=[late])
    assert deadline.due_by == local("2026-01-05 10:00")
    assert deadline.derivation.counted_us == 3_600_000_000


def test_rows_that_have_no_answer_are_named() -> None:
    starts = np.array([to_us(local(text)) for text in ("2026-01-05 09:00", "2030-01-01", "1960-01-01")])
    with pytest.raises(CalendarError) as caught:
        deadlines_for(starts, 1, "working_hour")
    assert [(fault.code, fault.ids) for fault in caught.value.faults] == [
        ("calendar.unknown_year", ("1",)),
        ("calendar.out_of_range", ("2",)),
    ]
    with pytest.raises(CalendarError) as caught:
        worked_between_batch(starts, starts)
    assert [fault.code for fault in caught.value.faults] == ["calendar.unknown_year", "calendar.out_of_range"]
    with pytest.raises(CalendarError) as caught:
        deadlines_for(starts, np.array([1.0, 0.0, np.nan]), "working_hour")
    assert [(fault.code, fault.ids) for fault in caught.value.faults] == [("deadline.amount", ("1", "2"))]
    with pytest.raises(CalendarError, match=r"deadline\.amount"):
        deadlines_for(starts, np.array(["a", "b", "c"]), "working_hour")
    with pytest.raises(TypeError, match="int64"):
        deadlines_for(starts.astype(float), 1, "working_hour")  # type: ignore[arg-type]
    assert deadlines_for(starts[:0], 1, "working_hour").shape == (0,)


@pytest.mark.parametrize(("microseconds", "rounded"), [(0.4, 0), (0.6, 1), (1.5, 2), (2.5, 2)])
def test_parts_of_a_microsecond_are_rounded(microseconds: float, rounded: int) -> None:
    start, amount = local("2026-02-13 17:00"), microseconds / 3.6e9
    assert deadline_for(start, amount, "working_hour").due_by == start + timedelta(microseconds=rounded)
    many = deadlines_for(np.array([to_us(start)]), amount, "urgent_hour")
    assert many.tolist() == [to_us(start) + rounded]


def test_any_zone_of_the_start_is_fine() -> None:
    start = local("2026-02-13 17:00")
    assert deadline_for(start.astimezone(UTC), 4, "working_hour").due_by == local("2026-02-14 11:00")


def test_a_deadline_travels() -> None:
    deadline = deadline_for(local("2026-02-13 17:00"), 4, "working_hour")
    assert pickle.loads(pickle.dumps(deadline)) == deadline
