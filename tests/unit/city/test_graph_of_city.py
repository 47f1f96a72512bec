"""A city puts its relations and grants onto its own places and units, on the day it is asked for."""

from __future__ import annotations

from datetime import date

import shapely

from gov_core.city import City, Place, Unit
from gov_core.organisation import Grant, Relation

CITY = City.from_parts(
    name="test",
    levels=["community", "grid"],
    places=[
        Place("C1", "", "community"),
        Place("C2", "", "community"),
        Place("G1", "", "grid", "C1"),
        Place("G2", "", "grid", "C2"),
    ],
    geometries={"G1": shapely.to_wkb(shapely.box(0, 0, 1, 1)), "G2": shapely.to_wkb(shapely.box(1, 0, 2, 1))},
    units=[
        Unit("P", "", "community_party_org", ("C1",)),
        Unit("RC1", "", "residents_committee", ("G1",)),
        Unit("RC2", "", "residents_committee", ("G2",)),
    ],
    relations=[Relation("@community_party_org", "leads", "@residents_committee", date(2020, 1, 1))],
    grants=[Grant("@community_party_org", "lead", valid_from=date(2020, 1, 1))],
)


def test_relations_reach_as_far_as_the_places_do() -> None:
    assert [str(edge) for edge in CITY.graph.edges] == ["P leads (领导) RC1"]
    assert CITY.graph is CITY.graph


def test_powers_end_where_the_places_do() -> None:
    assert CITY.powers.holds("P", "lead", over="RC1")
    assert not CITY.powers.holds("P", "lead", over="RC2")
    assert CITY.powers is CITY.powers


def test_both_are_those_of_the_day() -> None:
    before = CITY.as_of(date(2019, 12, 31))

    assert before.graph.edges == ()
    assert not before.powers.holds("P", "lead")
