"""Moments written as text (`reported_at`), read by one rule.

ISO 8601 with a zone (``2026-01-05T08:00:00+08:00``, ``…Z``) is taken as it says. A moment without a zone is
Beijing time (UTC+8, without the summer time of 1986-1991). ``2026/1/5 8:00``, as spreadsheets write it, is
read too.
Second 60 (a leap second) is read as second 59.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from arro3.core import DataType

if TYPE_CHECKING:
    from arro3.core import Array

#: Zone of a moment that names none.
BEIJING = timezone(timedelta(hours=8))

_MOMENT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?"
    r" ?(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def parse_time(text: str) -> datetime | None:
    """Return the moment that a text names, with its zone, or None if it names none.

    >>> parse_time("2026/1/5 8:00").isoformat()
    '2026-01-05T08:00:00+08:00'
    >>> parse_time("2016-12-31T23:59:60Z").isoformat()
    '2016-12-31T23:59:59+00:00'
    """
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups(default="0")
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            59 if second == "60" else int(second),
            int(fraction.ljust(6, "0")[:6]),
            tzinfo=_zone(zone),
        )
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    if text == "0":
        return BEIJING
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def unreadable_times(cells: Array) -> list[int]:
    """Return the rows of a text column whose text names no moment; nulls are fine."""
    moments = cells.cast(DataType.timestamp("us", tz="UTC"))
    if moments.null_count == cells.null_count:
        return []
    return [
        row
        for row, (text, moment) in enumerate(zip(cells.to_pylist(), moments.to_pylist(), strict=True))
        if moment is None and text is not None and text.strip() and parse_time(text) is None
    ]
