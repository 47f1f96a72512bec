"""Events that name a component: its class, its place, and the unit that manages it."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from gov_core.city import City, Rule
from gov_core.places import Address, Asset
from gov_core.routing import ReferenceRouter, Router, RouterHistory

ASSETS = (
    Asset("L-1", "lamp", manager="estate", place="G3"),
    Asset("L-2", "lamp", lon=118.35, lat=32.05),
    Asset("L-3", "lamp", manager="water"),
    Asset("M-1", "main", manager="station-1", lon=118.15, lat=32.05, place="S2"),
    Asset("101", "main", place="G1"),
    Asset("main", "lamp", manager="water", place="G1"),
)
RULES = (
    Rule("noise", "noise", None, None, None, ("@station",)),
    Rule("lamps", "noise", None, "lamp", None, ("@station",), ("estate", "water")),
    Rule("mains", None, None, "main", None, ("water",)),
)


@pytest.fixture(scope="module")
def furnished(make) -> City:
    return make(assets=ASSETS, rules=RULES, grades=None)


@pytest.fixture(scope="module", params=[Router, ReferenceRouter])
def either(request, furnished):
    return request.param.compile(furnished)


CASES = [
    # The manager leads, who would have assisted assists no more; the rule sets the limits.
    ({"asset": "L-1"}, ("G3", "estate", "lamps", ("water",), "routed")),
    ({"asset": "L-2"}, ("G4", "station-2", "lamps", ("estate", "water"), "routed")),
    # It has a place of its own, or a point.
    ({"asset": "L-1", "place": "G4"}, ("G4", "estate", "lamps", ("water",), "routed")),
    ({"asset": "L-1", "lon": 118.05, "lat": 32.05}, ("G1", "estate", "lamps", ("water",), "routed")),
    ({"asset": "L-1", "lon": 118.05}, ("G3", "estate", "lamps", ("water",), "routed")),
    ({"asset": "L-1", "lon": float("nan"), "lat": 32.05}, (None, None, None, (), "bad_coordinate")),
    ({"asset": "L-1", "place": "G9"}, (None, None, None, (), "unknown_place")),
    ({"asset": "L-1", "lon": 150.0, "lat": 32.05}, (None, None, None, (), "out_of_area")),
    # Nobody knows where it is.
    ({"asset": "L-3"}, (None, None, None, (), "no_location")),
    ({"asset": "L-3", "place": "G1"}, ("G1", "water", "lamps", ("estate",), "routed")),
    # A point says more than a place above the grids.
    ({"asset": "M-1", "matter": "fire"}, ("G2", "station-1", "mains", (), "routed")),
    ({"asset": 101, "matter": "fire"}, ("G1", "water", "mains", (), "routed")),
    # The code of a class is that of the class.
    ({"asset": "main", "place": "G1"}, ("G1", "water", "mains", (), "routed")),
    ({"asset": "lamp", "place": "G1"}, ("G1", "station-1", "lamps", ("estate", "water"), "routed")),
    # No rule, no answer, whoever manages it.
    ({"asset": "L-1", "matter": "fire"}, ("G3", None, None, (), "no_rule")),
    ({"asset": "L-9", "place": "G1"}, ("G1", None, None, (), "unknown_asset")),
]


@pytest.mark.parametrize(("event", "expected"), CASES)
def test_single_events(either, event, expected):
    route = either.route({"matter": "noise", **event})
    assert (route.place, route.unit, route.rule, route.assist, route.status) == expected


def test_batches_and_versions_answer_as_single_events(furnished, either):
    events = [{"matter": "noise", **event} for event, _ in CASES]
    names = ("lon", "lat", "place", "matter")
    rows = pa.table(
        {
            **{name: [event.get(name) for event in events] for name in names},
            "asset": [str(event["asset"]) for event in events],
            "reported_at": ["2026-01-01"] * len(events),
        }
    )
    expected = [
        (place, unit, rule, ";".join(assist) or None, status)
        for _, (place, unit, rule, assist, status) in CASES
    ]
    history = RouterHistory([("2025-01-01", Router.compile(furnished))])
    for routed in (either.route_batch(rows), history.route_batch(rows)):
        found = zip(
            *(routed[name].to_pylist() for name in ("place", "unit", "rule", "assist", "status")), strict=True
        )
        assert list(found) == expected


def test_events_of_no_version_are_nowhere(furnished):
    history = RouterHistory([("2025-01-01", Router.compile(furnished))])
    event = {"matter": "noise", "asset": "L-1", "reported_at": "1999-01-01"}
    rows = pa.table({name: [value] for name, value in event.items()}).append_column(
        "place", pa.nulls(1, pa.utf8())
    )
    assert history.route(event).status == history.route_batch(rows)["status"][0].as_py() == "no_location"


def test_explanations_say_that_the_component_decides(either):
    words = str(either.explain(matter="noise", asset="L-1"))
    assert words.startswith(
        'component "L-1" of class "lamp": in S1 > C2 > G3\nrouted to "estate" by rule "lamps"'
    )
    assert '"lamps" decides: it sets the limits, and "estate" leads, which manages component "L-1"' in words
    assert "is the @station that serves" in str(either.explain(matter="noise", asset="L-2"))
    assert 'component "L-3" of class "lamp": not located' in str(either.explain(matter="noise", asset="L-3"))


def test_exceptions_hold_for_the_class_of_a_component(make):
    rules = [Rule("all", None, None, None, None, ("water",), except_assets=("lamp",))]
    for kind in (Router, ReferenceRouter):
        router = kind.compile(make(assets=ASSETS, rules=rules))
        assert router.route(matter="noise", asset="L-1").status == "no_rule"
        assert 'excluded by except_assets "lamp"' in str(router.explain(matter="noise", asset="L-1"))


def test_the_digest_knows_where_components_are_and_whose(make):
    digests = {
        make(assets=[asset]).digest
        for asset in (
            Asset("L", "lamp"),
            Asset("L", "main"),
            Asset("L", "lamp", place="G1"),
            Asset("L", "lamp", manager="water"),
            Asset("L", "lamp", lon=118.0, lat=32.0),
        )
    }
    assert len(digests) == 5
    assert (
        make(assets=[Asset("L", "lamp", "its name", owner="water")]).digest
        == make(assets=[Asset("L", "lamp")]).digest
    )


def test_a_router_with_components_pickles(furnished):
    router = Router.compile(furnished)
    event = {"matter": "noise", "asset": "L-1"}
    assert pickle.loads(pickle.dumps(router)).route(event) == router.route(event)


def test_what_located_an_event_with_an_address_may_be_its_component(make):
    rows = [Address("A", "G1", road="一路", number="1号")]
    city = make(assets=ASSETS, rules=RULES, grades=None, addresses=rows)
    events = [
        {"matter": "noise", "asset": "L-1", "address": "二路2号", "lon": None, "lat": None},
        {"matter": "noise", "asset": "L-1", "address": "一路1号", "lon": None, "lat": None},
        {"matter": "noise", "asset": "L-1", "address": "二路2号", "lon": 118.15, "lat": 32.05},
    ]
    expected = [("G3", "asset"), ("G1", "address"), ("G2", "coordinates")]
    for kind in (Router, ReferenceRouter):
        router = kind.compile(city)
        routes = [router.route(event) for event in events]
        assert [(route.place, route.located_by) for route in routes] == expected
        routed = router.route_batch(pa.Table.from_pylist(events))
        assert routed["located_by"].to_pylist() == [by for _, by in expected]
