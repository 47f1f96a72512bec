"""Rounds by place and day, findings as cases, and who saw matters first; no trail of anybody."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.cases import commands as c
from gov_core.casework.rounds import (
    Coverage,
    FoundFirst,
    Round,
    Stop,
    Visit,
    coverage,
    finding,
    found_first,
    stops,
)
from gov_core.errors import StepError
from town import DISPATCHER, GRID_WORKER, MONDAY, REFORM, Town, city, governance

DAY = date(2026, 3, 2)
SATURDAY = date(2026, 3, 7)
CALENDAR = governance().calendar


def planned(day: date = DAY, **more: Any) -> tuple[Stop, ...]:
    values: dict[str, Any] = {"id": "R-1", "unit": "RC1", "places": ("C1",)}
    return stops([Round(**(values | more))], city(), day, CALENDAR)


def test_wider_places_are_their_grids_and_turns_come_in_order() -> None:
    found = planned(times=2, assets=("lamp",))
    assert [(stop.turn, stop.place, stop.asset) for stop in found] == [
        (1, "G1", "lamp"),
        (1, "G2", "lamp"),
        (2, "G1", "lamp"),
        (2, "G2", "lamp"),
    ]


def test_boundaries_and_working_days_of_the_day() -> None:
    assert [stop.place for stop in planned(REFORM)] == ["G1"]
    assert planned(SATURDAY, days="working") == ()
    assert len(planned(SATURDAY)) == 2


def test_every_fault_of_rounds_at_once() -> None:
    bad = Round(id="R-1", unit="nobody", places=("nowhere",), assets=("tree",), times=0)
    with pytest.raises(StepError) as caught:
        stops([bad, bad], city(), DAY, CALENDAR)
    assert {fault.code for fault in caught.value.faults} == {
        *("round.twice", "round.unknown_body", "round.unknown_place", "round.unknown_asset", "round.times"),
    }


@given(visited=st.sets(st.integers(0, 3)), twice=st.booleans())
def test_coverage_counts_each_stop_once(visited: set[int], twice: bool) -> None:  # noqa: FBT001
    plan = planned(times=2)
    visits = [Visit(stop=plan[number], found=(f"C-{number}",)) for number in visited] * (1 + twice)
    missed = tuple(stop for number, stop in enumerate(plan) if number not in visited)
    assert coverage(plan, visits) == Coverage(4, len(visited), len(visited), missed)


def test_what_was_not_planned_is_refused() -> None:
    plan = planned()
    with pytest.raises(StepError, match=r"round\.no_stop"):
        coverage(plan, [Visit(stop=plan[0]._replace(place="G3"))])


def test_nothing_says_who_walked_where_when() -> None:
    said = {*Stop._fields, *(item.name for item in fields(Visit)), *(item.name for item in fields(Round))}
    assert said.isdisjoint({"person", "user", "worker", "name", "at", "time", "lon", "lat", "track"})


def test_who_saw_it_first() -> None:
    town = Town()
    stop = planned()[0]
    for _ in range(2):  # the same finding again is the same case
        town.casework.report(finding(stop, "dirt.rubbish"), GRID_WORKER)
    town.later(minutes=5).report("C-1")
    town.later(minutes=5).report("C-2", channel="hotline", matter="leak")
    town.later(minutes=5).report("C-3", channel="patrol", matter="leak")
    town.report("C-4")
    found = next(row.case_id for row in town.store.query_cases(order="arrival").rows)
    town.casework.merge("C-1", found, DISPATCHER)  # the patrol saw it, then somebody called
    town.casework.merge("C-3", "C-2", DISPATCHER)  # somebody called, then the patrol saw it
    town.casework.handle("C-4", c.Reject(reason="no_case"), DISPATCHER)
    first = found_first(town.store, MONDAY, MONDAY + timedelta(days=1))
    assert first == FoundFirst(found=1, reported=1, left_out=1)
    assert first.share == 0.5
    town.casework.unmerge("C-3", DISPATCHER, reason="another_leak")
    assert found_first(town.store, MONDAY, MONDAY + timedelta(days=1)) == FoundFirst(2, 1, 1)
    assert found_first(town.store, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)).share is None


def test_a_merged_case_goes_with_the_one_that_was_merged_on() -> None:
    town = Town()
    town.report("C-1", channel="patrol")
    town.later(minutes=5).report("C-2")
    town.casework.merge("C-1", "C-2", DISPATCHER)
    assert found_first(town.store, MONDAY, MONDAY + timedelta(days=1)) == FoundFirst(1, 0, 0)
