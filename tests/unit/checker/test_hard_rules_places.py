"""Each hard rule on places with cities that keep it and cities that break only it."""

from typing import Any

import pytest
import shapely
from shapely import box

from gov_core.checker import HARD_RULES
from gov_core.city import City, Place, Unit
from gov_core.organisation import Relation

#: A row of four communities, a fifth that touches the last at a corner only, a sixth far away.
GROUND = {
    "C1": box(0, 0, 1, 1),
    "C2": box(1, 0, 2, 1),
    "C3": box(2, 0, 3, 1),
    "C4": box(3, 0, 4, 1),
    "C5": box(4, 1, 5, 2),
    "C6": box(8, 0, 9, 1),
}


def city_of(**others: Any) -> City:
    parts: dict[str, Any] = {
        "name": "test",
        "levels": ["district", "community", "grid"],
        "places": [
            Place("D", "", "district"),
            *(Place(name, "", "community", "D") for name in GROUND),
            *(Place(f"G{name}", "", "grid", name) for name in GROUND),
        ],
        "geometries": {f"G{name}": shapely.to_wkb(area) for name, area in GROUND.items()},
    }
    return City.from_parts(**(parts | others))


def broken(name: str, city: City) -> list[tuple[str, tuple[str, ...]]]:
    found = list(HARD_RULES[name](city))
    assert all((f.severity, f.fault.code) == ("error", f"hard_rule.{name}") for f in found)
    return [(f.fault.place, f.fault.ids) for f in found]


def committees() -> list[Unit]:
    return [Unit(f"R{name}", "", "居委会", (name,)) for name in GROUND]


@pytest.mark.parametrize(
    ("shared", "apart"),
    [
        (("C1",), ()),
        (("C1", "C2"), ()),
        (("C1", "C2", "C3", "C4"), ()),  # a chain: the ends do not touch each other
        (("C1", "C3"), ("RC3",)),
        (("C1", "C2", "C4"), ("RC4",)),
        (("C1", "C3", "C4"), ("RC1",)),
        (("C4", "C5"), ("RC5",)),  # a corner is no border
        (("C1", "C2", "C5", "C6"), ("RC5", "RC6")),
    ],
)
@pytest.mark.parametrize("by_relation", [False, True])
def test_committees_that_share_a_station_lie_side_by_side(
    shared: tuple[str, ...], apart: tuple[str, ...], *, by_relation: bool
) -> None:
    if by_relation:
        # The station serves the whole district, its committees are named one by one.
        station = Unit("ST", "", "community_station", ("D",))
        relations = [Relation("ST", "serves", f"R{name}") for name in shared]
    else:
        station, relations = Unit("ST", "", "workstation", shared), []
    city = city_of(units=[station, *committees()], relations=relations)

    assert broken("shared_station_adjacent", city) == ([("units#ST", ("ST", *apart))] if apart else [])


def test_borders_drawn_by_two_hands_still_are_borders() -> None:
    drawn = GROUND | {"C2": box(1 + 5e-8, 0.3, 2, 0.7)}
    geometries = {f"G{name}": area.wkb for name, area in drawn.items()}
    station = Unit("ST", "", "community_station", ("C1", "C2"))

    assert (
        broken("shared_station_adjacent", city_of(units=[station, *committees()], geometries=geometries))
        == []
    )


def test_bodies_that_are_no_stations_may_serve_ground_apart() -> None:
    bureau = Unit("B", "", "urban_management_bureau", ("C1", "C6"))

    assert broken("shared_station_adjacent", city_of(units=[bureau, *committees()])) == []


def test_committees_of_one_building_have_its_grid_for_ground() -> None:
    places = [*city_of().places, Place("B1", "", "building", "GC1"), Place("B6", "", "building", "GC6")]
    units = [
        Unit("ST", "", "community_station", ("C1", "C6")),
        Unit("R1", "", "residents_committee", ("B1",)),
        Unit("R6", "", "residents_committee", ("B6",)),
    ]
    levels = ["district", "community", "grid", "building"]
    city = city_of(levels=levels, partition="grid", places=places, units=units)

    assert broken("shared_station_adjacent", city) == [("units#ST", ("ST", "R6"))]


def test_no_street_level_is_kept_by_three_levels() -> None:
    places = [
        Place("D", "", "district", code="520103"),
        Place("C1", "", "community", "D", code="520103001001"),
        Place("GC1", "", "grid", "C1"),
    ]
    city = city_of(places=places, geometries={"GC1": GROUND["C1"].wkb}, units=committees()[:1])

    assert broken("no_street_level", city) == []


def test_no_street_level_is_broken_by_a_level_a_code_or_an_office() -> None:
    streets = city_of(
        levels=["district", "street", "grid"],
        places=[
            Place("D", "", "district"),
            Place("S", "", "street", "D", code="520103001"),
            Place("G", "", "grid", "S"),
        ],
        geometries={"G": GROUND["C1"].wkb},
    )
    coded = city_of(
        places=[
            Place("D", "", "district"),
            Place("C", "", "community", "D", code="520103001"),
            Place("G", "", "grid", "C"),
        ],
        geometries={"G": GROUND["C1"].wkb},
    )
    office = city_of(units=[Unit("O", "", "街道办", ("C1",))])

    assert broken("no_street_level", streets) == [("levels", ())]
    assert broken("no_street_level", coded) == [("places#C", ("C",))]
    assert broken("no_street_level", office) == [("units#O", ("O",))]


def converted(**station: Any) -> City:
    places = [
        Place("D", "", "district"),
        Place("C1", "", "community", "D", kind="village_to_community"),
        Place("C2", "", "community", "D", kind="old"),
        Place("G1", "", "grid", "C1"),
        Place("G2", "", "grid", "C2"),
    ]
    geometries = {"G1": GROUND["C1"].wkb, "G2": GROUND["C2"].wkb}
    return city_of(places=places, geometries=geometries, units=[Unit(id="ST", name="", **station)])


@pytest.mark.parametrize("kind", ["service_station", "社区服务站", "community_station"])
def test_communities_that_were_villages_have_a_station(kind: str) -> None:
    city = converted(kind=kind, serves=("C1",))

    assert broken("station_in_converted_communities", city) == []


@pytest.mark.parametrize(
    "station",
    [
        {"kind": "service_station", "serves": ("C2",)},
        {"kind": "service_station", "serves": ("D",)},
        {"kind": "residents_committee", "serves": ("C1",)},
    ],
)
def test_a_station_elsewhere_is_none_of_their_own(station: dict[str, Any]) -> None:
    assert broken("station_in_converted_communities", converted(**station)) == [("places#C1", ("C1",))]


@pytest.mark.parametrize("grades", [None, [], ["general"], ["general", "larger", "major", "zero"]])
def test_three_grades_are_three(grades: list[str] | None) -> None:
    assert broken("three_grades", city_of(grades=grades)) == [("grades", tuple(grades or ()))]
    assert broken("three_grades", city_of(grades=["general", "larger", "major"])) == []
