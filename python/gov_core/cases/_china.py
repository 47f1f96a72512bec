"""The days off and the make-up days (调休) of China, as the State Council announces them year by year.

Facts, one row a holiday of a notice, in ``china_days.csv``; where each notice stands, in
``china_notices.csv``. The rows are those on which the packages ``chinesecalendar`` and ``holidays`` agree; of
the single day on which they do not, Saturday 2005-12-31, the notice for 2006 says that it is worked. A test
compares all three.

The notice of a year may touch the last days of the year before it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Code of a holiday to its Chinese and its English name.
HOLIDAY_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "new_year": ("元旦", "New Year"),
        "spring_festival": ("春节", "Spring Festival"),
        "tomb_sweeping": ("清明节", "Tomb-Sweeping Day"),
        "labour_day": ("劳动节", "Labour Day"),
        "dragon_boat": ("端午节", "Dragon Boat Festival"),
        "mid_autumn": ("中秋节", "Mid-Autumn Festival"),
        "national_day": ("国庆节", "National Day"),
        "victory_70": ("抗战胜利70周年纪念日", "70th Victory Day"),
    }
)


@dataclass(frozen=True, slots=True)
class ChinaDays:
    """What the notices say.

    Attributes:
        first_year: First year with a notice that is held here.
        last_year: Last one; every year between has its notice.
        off: Day off to the code of its holiday, weekends inside of a holiday included.
        worked: Make-up day to the code of the holiday it makes up for.
        notices: Year to the addresses of its notices, the later one amending the earlier.
    """

    first_year: int
    last_year: int
    off: Mapping[date, str]
    worked: Mapping[date, str]
    notices: Mapping[int, tuple[str, ...]]


@cache
def china_days() -> ChinaDays:
    """Read the notices; once a process."""
    off: dict[date, str] = {}
    worked: dict[date, str] = {}
    for row in _rows("china_days.csv"):
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        for number in range((last - first).days + 1):
            off[first + timedelta(days=number)] = row["holiday"]
        for text in row["worked"].split():
            worked[date.fromisoformat(text)] = row["holiday"]
    notices: dict[int, tuple[str, ...]] = {}
    for row in _rows("china_notices.csv"):
        year = int(row["year"])
        notices[year] = (*notices.get(year, ()), row["address"])
    return ChinaDays(min(notices), max(notices), off, worked, notices)


def _rows(file: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
