"""A bulletin as it is published: no small count, and none that could be reckoned up from the others."""

from __future__ import annotations

from typing import Any

from gov_core.replay import CaseBulletin
from gov_core.replay.bulletin import StateRow, UnitRow
from gov_core.replay.tally import Rate


def bulletin(**changes: Any) -> CaseBulletin:
    values: dict[str, Any] = {
        "city": "town",
        "digest": "0" * 64,
        "until": "2026-01-01T00:00:00+08:00",
        "events": 70,
        "opened": 64,
        "known": 6,
        "problems": {},
        "cases": 64,
        "states": (
            StateRow("closed", "结案", 50),
            StateRow("waiting", "挂起", 2),
            StateRow("handled", "反馈", 12),
        ),
        "units": (
            UnitRow("A", "甲", 40, 36, 34, 6, 0),
            UnitRow("B", "乙", 21, 14, 12, 9, 5),
            UnitRow("C", "丙", 3, 2, 2, 1, 1),
        ),
        "lights": {"green": 8, "yellow": 0, "red": 6},
        "rates": (
            Rate("on_time", 1, 48, 64, "in time / all"),
            Rate("rework", 1, 3, 50, "sent back / handled"),
            Rate("satisfied", 1, 49, 50, "satisfied / rated"),
        ),
        "claims": (),
        "counts": {"returned": 3, "whistled": 30, "forced": 0},
        "example": "C-1",
    }
    return CaseBulletin(**values | changes)


def test_small_counts_are_hidden_with_what_would_give_them_away():
    told = bulletin().published()

    assert {row.state: row.cases for row in told.states} == {"closed": 50, "waiting": None, "handled": None}
    assert [row.cases for row in told.units] == [40, None, None]
    assert all(getattr(told.units[2], name) is None for name in ("closed", "on_time", "late", "overdue"))
    assert (told.units[0].closed, told.units[0].on_time) == (None, 34)  # 36 closed of 40 would tell of 4 open
    assert told.lights == {"green": 8, "yellow": 0, "red": 6}
    assert told.counts == {"returned": None, "whistled": 30, "forced": 0}
    assert told.as_dict()["smallest"] == 5


def test_a_rate_is_hidden_with_its_counts_and_by_what_is_left():
    on_time, rework, satisfied = bulletin().published().rates

    assert on_time.value == 0.75
    assert (rework.numerator, rework.value) == (None, None)
    assert (satisfied.numerator, satisfied.value) == (None, None)  # one of fifty was not satisfied


def test_of_a_few_cases_nothing_is_told_by_parts():
    few = bulletin(
        cases=4, states=(StateRow("closed", "结案", 4),), units=(UnitRow("A", "甲", 4, 4, 4, 0, 0),), rates=()
    ).published()

    assert few.states[0].cases is None
    assert few.units[0].on_time is None
    assert few.lights == {"green": None, "yellow": None, "red": None}


def test_whoever_works_on_the_cases_sees_all():
    whole = bulletin()
    assert whole.published(1) == whole
    assert whole.as_dict()["smallest"] == 1
