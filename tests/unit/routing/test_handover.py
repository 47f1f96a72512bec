"""What becomes of open matters when a city is reorganised."""

from datetime import date
from typing import Any

import shapely

from gov_core.city import Abolish, City, Matter, Merge, Place, Reorganisation, Rule, Split, Unit
from gov_core.routing import Router, hand_over


def town() -> City:
    return City.from_parts(
        name="Town",
        levels=["street", "grid"],
        places=[Place("S", "", "street"), *(Place(f"G{at}", "", "grid", "S") for at in (1, 2, 3))],
        geometries={
            f"G{at}": shapely.box(118 + at / 10, 32, 118 + (at + 1) / 10, 32.1).wkb for at in (1, 2, 3)
        },
        units=[
            Unit("ST1", "", "station", ("G1",)),
            Unit("ST2", "", "station", ("G2",)),
            Unit("ST3", "", "station", ("G3",)),
            Unit("OFFICE", "", "office", ("S",)),
        ],
        matters=[Matter("noise", ""), Matter("water", "")],
        rules=[
            Rule("R", "noise", None, None, None, ("@station",)),
            Rule("W", "water", "G1", None, None, ("OFFICE",)),
        ],
    )


OPEN: list[dict[str, Any]] = [
    {"id": "a", "lon": 118.15, "lat": 32.05, "matter": "noise", "unit": "ST1"},
    {"id": "b", "place": "G2", "matter": "noise", "unit": "ST2"},
    {"id": "c", "lon": 118.15, "lat": 32.05, "matter": "water", "unit": "OFFICE"},
    {"id": "d", "place": "G3", "matter": "water", "unit": "ST3"},
]


def fates(*steps: Any, matters: list[dict[str, Any]] = OPEN) -> list[tuple[str, str | None, str | None, str]]:
    outcome = Reorganisation(date(2010, 6, 1), steps).apply(town())
    found = hand_over(matters, Router.compile(outcome.after), outcome)
    return [(fate.id, fate.after, fate.place, fate.how) for fate in found]


def test_nothing_changes_where_nothing_is_reorganised() -> None:
    assert fates() == [
        ("a", "ST1", "G1", "stays"),
        ("b", "ST2", "G2", "stays"),
        ("c", "OFFICE", "G1", "stays"),
        ("d", "ST3", "G3", "stays"),  # no rule answers for water there, and its holder stays
    ]


def test_merged_stations_take_their_matters_over() -> None:
    assert fates(Merge(("ST1", "ST2"), Unit("ST", "", "station"))) == [
        ("a", "ST", "G1", "succeeded"),
        ("b", "ST", "G2", "succeeded"),
        ("c", "OFFICE", "G1", "stays"),
        ("d", "ST3", "G3", "stays"),
    ]


def test_merged_places_are_followed() -> None:
    # Both stations would serve the new grid alike, so one of them ends.
    steps = (Merge(("G1", "G2"), Place("G12", "", "grid")), Abolish("units", "ST2", "ST1"))
    assert fates(*steps)[:2] == [("a", "ST1", "G12", "stays"), ("b", "ST1", "G12", "succeeded")]


def test_split_places_need_coordinates() -> None:
    halves = (Place("G2a", "", "grid", "S"), Place("G2b", "", "grid", "S"))
    outlines = {
        "G2a": shapely.box(118.2, 32, 118.25, 32.1).wkb,
        "G2b": shapely.box(118.25, 32, 118.0 + 3 / 10, 32.1).wkb,
    }
    matters = [OPEN[1], OPEN[1] | {"id": "e", "lon": 118.27, "lat": 32.05}]
    assert fates(Split("G2", halves, outlines), matters=matters) == [
        ("b", "ST2", None, "stays"),
        ("e", "ST2", "G2b", "stays"),
    ]


def test_what_nobody_takes_over_is_said() -> None:
    assert fates(Abolish("units", "ST3"), matters=[OPEN[3]]) == [("d", None, "G3", "unheld")]


def test_what_nobody_holds_yet_is_routed_or_said() -> None:
    nobody = [OPEN[0] | {"unit": ""}, {key: value for key, value in OPEN[3].items() if key != "unit"}]
    assert fates(matters=nobody) == [("a", "ST1", "G1", "rerouted"), ("d", None, "G3", "unheld")]


def test_new_rules_win_over_successors() -> None:
    step = Split("ST1", (Unit("X", "", "desk", ("G1",)), Unit("Y", "", "station", ("G1",))))
    assert fates(step, matters=[OPEN[0], OPEN[0] | {"id": "f", "unit": "OFFICE"}]) == [
        ("a", "Y", "G1", "succeeded"),
        ("f", "Y", "G1", "rerouted"),
    ]
