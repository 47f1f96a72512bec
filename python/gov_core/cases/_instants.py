"""Instants as microseconds of UTC since 1970, which is what arithmetic on them is done in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


def to_us(at: datetime) -> int:
    """Microseconds of UTC since 1970 of an aware datetime."""
    return (at - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """The aware datetime, in UTC, of microseconds since 1970."""
    return EPOCH + MICROSECOND * us
