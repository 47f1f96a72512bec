"""What lists say of a case is what the case says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gov_core.cases import china
from gov_core.cases.clock import Clock
from gov_core.casework.rows import micros
from gov_core.storage.lists import light_of

MICROSECOND = timedelta(microseconds=1)


def test_a_list_shows_the_light_that_the_clock_shows() -> None:
    """To the microsecond: on the deadline the limit is still kept."""
    clock = Clock("handling", 10, "working_hour").start(datetime(2025, 12, 1, 1, tzinfo=UTC), china())
    assert clock.yellow_at is not None
    assert clock.due_by is not None
    yellow_us, due_us = micros(clock.yellow_at), micros(clock.due_by)
    for border in (clock.yellow_at, clock.due_by):
        for now in (border - MICROSECOND, border, border + MICROSECOND):
            assert light_of(yellow_us, due_us, micros(now)) == clock.light(now)
