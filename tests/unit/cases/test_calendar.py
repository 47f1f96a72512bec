"""Which days and hours count, and that the calendar says what it does not know."""

import pickle
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest

from gov_core.cases import Calendar, DayOverride, china
from gov_core.cases._china import HOLIDAY_NAMES, china_days
from gov_core.errors import CalendarError

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORKED_BY_NOTICE = date(2005, 12, 31)
"""The notice for 2006 has this Saturday worked; chinesecalendar has not."""


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def test_every_day_is_that_of_two_other_calendars() -> None:
    theirs = holidays.country_holidays("CN", years=range(2004, 2027))
    differing = [
        day
        for day in days(date(2004, 1, 1), date(2026, 12, 31))
        if not china().is_working_day(day) == theirs.is_working_day(day) == chinese_calendar.is_workday(day)
    ]
    assert differing == [WORKED_BY_NOTICE]
    assert china().is_working_day(WORKED_BY_NOTICE)
    assert theirs.is_working_day(WORKED_BY_NOTICE)


@pytest.mark.parametrize(
    ("year", "count"),
    list(zip(range(2018, 2027), [250, 250, 249, 250, 249, 249, 251, 248, 248], strict=True)),
)
def test_working_days_of_a_year(year: int, count: int) -> None:
    assert sum(map(china().is_working_day, days(date(year, 1, 1), date(year, 12, 31)))) == count


def test_data_are_whole() -> None:
    known = china_days()
    assert set(known.notices) == set(range(2004, 2027))
    assert all(address.startswith("http") for notices in known.notices.values() for address in notices)
    assert set(known.off.values()) | set(known.worked.values()) == set(HOLIDAY_NAMES)
    assert all(day.weekday() >= 5 for day in known.worked), "only weekends are made up on"
    assert not known.off.keys() & known.worked.keys()


def test_a_day_says_what_it_is() -> None:
    makeup, festival = china().day(date(2026, 2, 14)), china().day(date(2026, 2, 17))
    assert (makeup.kind, makeup.name, makeup.chinese, makeup.works) == (
        "makeup",
        "Spring Festival",
        "春节",
        True,
    )
    assert (festival.kind, festival.works) == ("holiday", False)
    assert china().day(date(2026, 3, 7)).kind == "weekend"
    assert china().day(date(2026, 3, 9)).kind == "weekday"


def test_a_city_decides_over_the_notices() -> None:
    fair = DayOverride(date(2026, 4, 20), "holiday", "三月三")
    flood = DayOverride(date(2026, 5, 1), "workday", "flood control")
    city = Calendar(overrides=(fair, flood))
    assert (city.day(fair.day).kind, city.day(fair.day).chinese) == ("city_holiday", "三月三")
    assert (city.day(flood.day).kind, city.is_working_day(flood.day)) == ("city_workday", True)
    assert not city.is_working_day(fair.day)
    assert china().is_working_day(fair.day)
    assert not china().is_working_day(flood.day)


def test_an_unannounced_year_is_refused_or_counted_by_weekdays() -> None:
    monday = date(2027, 10, 4)
    with pytest.raises(CalendarError) as caught:
        china().is_working_day(monday)
    assert [(fault.code, fault.ids) for fault in caught.value.faults] == [
        ("calendar.unknown_year", ("2027",))
    ]
    weekdays = Calendar(unknown_years="weekdays")
    assert weekdays.is_working_day(monday)
    assert not weekdays.day(monday).announced
    assert not weekdays.is_working_day(date(2027, 10, 3))


def test_a_city_announces_the_next_year_itself() -> None:
    notice = DayOverride(date(2027, 1, 1), "holiday", "元旦")
    city = Calendar(overrides=(notice,), announced_years=(2027,))
    assert not city.is_working_day(date(2027, 1, 1))
    assert city.is_working_day(date(2027, 1, 4))
    assert city.announced_until == datetime(2028, 1, 1, tzinfo=SHANGHAI)
    with pytest.raises(CalendarError, match="2028"):
        city.is_working_day(date(2028, 1, 3))


def test_all_faults_of_a_calendar_at_once() -> None:
    twice = (DayOverride(date(2026, 1, 1), "workday"), DayOverride(date(2026, 1, 1), "holiday"))
    with pytest.raises(CalendarError) as caught:
        Calendar("Mars", (), twice, (2029,), "guess")  # type: ignore[arg-type]
    assert [fault.code for fault in caught.value.faults] == [
        "calendar.unknown_zone",
        "calendar.slots",
        "calendar.day_twice",
        "calendar.years_apart",
        "calendar.unknown_policy",
    ]
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults


@pytest.mark.parametrize(
    "slots",
    [
        ((time(8), time(8)),),
        ((time(14), time(18)), (time(8), time(12))),
        ((time(8), time(12)), (time(11), time(18))),
        ((time(8, tzinfo=SHANGHAI), time(12)),),
        ((time(22), time(6)),),
    ],
)
def test_slots_that_make_no_day(slots: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(CalendarError) as caught:
        Calendar(slots=slots)
    assert caught.value.code == "calendar.slots"


def test_a_slot_may_end_with_the_day() -> None:
    assert Calendar(slots=((time(0), time(0)),)).day_us == 24 * 3_600_000_000
    assert china().day_us == 8 * 3_600_000_000


def test_the_version_is_that_of_the_answers() -> None:
    assert Calendar().version == china().version
    assert china().version.startswith("2026-")
    others = [
        Calendar(zone="Asia/Urumqi"),
        Calendar(slots=((time(9), time(17)),)),
        Calendar(overrides=(DayOverride(date(2026, 7, 1), "holiday"),)),
        Calendar(unknown_years="weekdays"),
        Calendar(announced_years=(2027,)),
    ]
    assert len({calendar.version for calendar in [china(), *others]}) == len(others) + 1
    renamed = Calendar(overrides=(DayOverride(date(2026, 7, 1), "holiday", "fair"),))
    assert renamed.version == others[2].version
