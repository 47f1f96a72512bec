"""Events with addresses: single, in batches, through a history and by the reference router, all the same."""

from __future__ import annotations

import math
from datetime import datetime
from functools import cache
from typing import Any

import arro3.core as arrow
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gov_core.city import City, Matter, Place, Rule, Unit
from gov_core.places import Address
from gov_core.routing import ReferenceRouter, Route, Router, RouterHistory

STEP = 0.125
GRIDS = ("G0", "G1", "G2", "G3")

place = st.sampled_from([*GRIDS, "B0"])
rows = st.lists(
    st.builds(
        Address,
        st.uuids().map(str),
        place,
        road=st.sampled_from(["", "柳湾路"]),
        number=st.sampled_from(["", "1", "2"]),
        estate=st.sampled_from([(), ("阳光花园", "太阳城")]),
        building=st.sampled_from(["", "1幢", "2幢"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row.id,
)
degrees = st.integers(-1, 5).map(lambda half: half * STEP / 2) | st.floats(-0.5, 0.5)
odd = st.sampled_from([None, None, math.nan, 400.0])
events = st.lists(
    st.fixed_dictionaries(
        {
            "lon": st.builds((118.0).__add__, degrees) | odd,
            "lat": st.builds((32.0).__add__, degrees) | odd,
            "crs": st.sampled_from([None, "", "GCJ-02", "elsewhere"]),
            "place": st.sampled_from([None, None, "", "G2", "S", "nowhere"]),
            "matter": st.sampled_from(["m", "m", "unheard"]),
            "reported_at": st.sampled_from([None, "2019-01-01", "2021-01-01", "2030-01-01", "soon"]),
            "address": st.sampled_from(
                [
                    None,
                    "",
                    "柳湾路1号",
                    "太阳城１幢",
                    "柳湾路二号2栋",
                    "柳湾路1号对面",
                    "白鹭路9号",
                    "阳光花园",
                ]
            ),
        }
    ),
    min_size=1,
    max_size=12,
)


@cache
def outlines() -> dict[str, bytes]:
    corners = [(118.0 + x * STEP, 32.0 + y * STEP) for y in range(2) for x in range(2)]
    return {
        grid: shapely.box(x, y, x + STEP, y + STEP).wkb for grid, (x, y) in zip(GRIDS, corners, strict=True)
    }


def city_with(addresses: list[Address]) -> City:
    return City.from_parts(
        name="Four grids",
        levels=["street", "grid", "building"],
        partition="grid",
        places=[
            Place("S", "清风街道", "street"),
            *(Place(grid, "", "grid", "S") for grid in GRIDS),
            Place("B0", "", "building", "G0"),
        ],
        geometries=outlines(),
        units=[Unit(f"U{grid}", "", "team", (grid,)) for grid in GRIDS],
        matters=[Matter("m", "")],
        rules=[Rule("R", "m", None, None, None, ("@team",))],
        addresses=addresses,
    )


def same(some: Route, other: Route) -> bool:
    return some._replace(disagree_m=None) == other._replace(disagree_m=None) and (
        some.disagree_m == pytest.approx(other.disagree_m, rel=2e-3, abs=1e-6)
        if some.disagree_m is not None
        else other.disagree_m is None
    )


def table_of(rows: list[dict[str, Any]]) -> arrow.Table:
    types = dict.fromkeys(("lon", "lat"), arrow.DataType.float64())
    return arrow.Table.from_pydict(
        {
            name: arrow.Array([row[name] for row in rows], types.get(name, arrow.DataType.utf8()))
            for name in rows[0]
        }
    )


COMPARED = ("place", "path", "unit", "rule", "status", "located_by", "disagree_m")


def answers_of(table: arrow.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(table.column(name).to_pylist() for name in COMPARED), strict=True))


def answer_of(route: Route) -> tuple[Any, ...]:
    return tuple(getattr(route, name) for name in COMPARED)


@given(rows, events)
def test_both_routers_agree_on_single_events(rows: list[Address], events: list[dict[str, Any]]) -> None:
    city = city_with(rows)
    fast, plain = Router.compile(city), ReferenceRouter.compile(city)
    for event in events:
        assert same(fast.route(event), plain.route(event)), event
        ours, theirs = fast.explain(event), plain.explain(event)
        assert ours.location == theirs.location
        assert same(ours.route, fast.route(event))


@given(rows, events)
def test_a_batch_is_its_events(rows: list[Address], events: list[dict[str, Any]]) -> None:
    router = Router.compile(city_with(rows))
    routed = router.route_batch(table_of(events))
    assert answers_of(routed) == [answer_of(router.route(event)) for event in events]


@settings(max_examples=40)
@given(rows, rows, events)
def test_a_history_looks_up_in_the_table_of_the_day(
    early: list[Address], late: list[Address], events: list[dict[str, Any]]
) -> None:
    history = RouterHistory(
        [
            (datetime(2020, 1, 1), Router.compile(city_with(early))),  # noqa: DTZ001 - by the clock of China
            (datetime(2025, 1, 1), Router.compile(city_with(late))),  # noqa: DTZ001
        ]
    )
    routed = history.route_batch(table_of(events))
    assert answers_of(routed) == [answer_of(history.route(event)) for event in events]
