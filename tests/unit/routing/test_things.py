"""Components and premises in the grids, and the register that counts them."""

from typing import Any

import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, box

from gov_core.city import City, Matter, Place
from gov_core.places import Asset, AssetClass, Premises, component_classes
from gov_core.routing import Entry, locate_things, register_of

WEST, EAST = box(119.0, 33.0, 119.1, 33.1), box(119.1, 33.0, 119.2, 33.1)
GRIDS = {"W": WEST, "E": EAST}


def city_of(**others: Any) -> City:
    parts: dict[str, Any] = {
        "name": "test",
        "levels": ["community", "grid", "building"],
        "partition": "grid",
        "places": [
            Place("C", "", "community"),
            Place("W", "", "grid", "C", households=400, population=1200),
            Place("E", "", "grid", "C", households=4, population=3),
            Place("B1", "", "building", "E", population=0),
            Place("B2", "", "building", "E", population=3),
        ],
        "geometries": {name: area.wkb for name, area in GRIDS.items()},
        "asset_classes": [*component_classes(), AssetClass("0102", "", "01")],
        "matters": [
            Matter("order", ""),
            Matter("noise", "", "order"),
            Matter("relief", "", sensitive=True),
            Matter("minors", "", "relief"),
        ],
    }
    return City.from_parts(**(parts | others))


def asset(**fields: Any) -> Asset:
    return Asset("A", "01", **fields)


@pytest.mark.parametrize(
    ("thing", "grids", "reason"),
    [
        (asset(lon=119.05, lat=33.05), ("W",), None),
        (asset(lon=119.1, lat=33.05), ("E",), None),  # the border is the east's, as for an event
        (asset(lon=118.0, lat=33.05), (), "out_of_area"),
        (asset(lon=119.05), (), "bad_location"),
        (asset(lat=33.0), (), "bad_location"),
        (asset(lon=119.05, lat=91.0), (), "bad_location"),
        (asset(), (), "no_location"),
        (asset(place="W"), ("W",), None),
        (asset(place="B1"), ("E",), None),
        (asset(place="C"), (), "above_grids"),
        (asset(place="C", lon=119.05, lat=33.05), ("W",), None),
        (asset(place="C", lon=118.0, lat=33.05), (), "out_of_area"),
        (asset(place="W", lon=119.15, lat=33.05), ("W",), None),
        (asset(wkb=LineString([(119.05, 33.05), (119.15, 33.05)]).wkb), ("W", "E"), None),
        (asset(wkb=LineString([(119.05, 33.05), (119.1, 33.05)]).wkb), ("W",), None),
        (asset(wkb=LineString([(119.1, 33.02), (119.1, 33.05)]).wkb), ("W", "E"), None),
        (asset(wkb=box(119.1, 33.02, 119.15, 33.05).wkb), ("E",), None),
        (asset(wkb=box(118.0, 33.0, 118.1, 33.1).wkb), (), "out_of_area"),
    ],
)
def test_a_component_is_where_it_says_or_is_drawn(
    thing: Asset, grids: tuple[str, ...], reason: str | None
) -> None:
    site = locate_things(city_of(assets=[thing])).site("assets", "A")

    assert (site.grids, site.reason) == (grids, reason)


def test_what_is_named_wins_and_the_contradiction_shows() -> None:
    things = [
        Asset("right", "01", place="W", lon=119.05, lat=33.05),
        Asset("wrong", "01", place="W", lon=119.15, lat=33.05),
        Asset("across", "01", place="W", wkb=LineString([(119.05, 33.05), (119.15, 33.05)]).wkb),
        Asset("beyond", "01", place="W", lon=118.0, lat=33.05),
    ]
    found = locate_things(city_of(assets=things))

    assert [site.grids for site in found.sites] == [("W",)] * 4
    assert [site.contradicts for site in found.sites] == [False, True, False, True]


@given(
    st.lists(
        st.tuples(
            st.floats(118.9, 119.3), st.floats(32.9, 33.2), st.floats(118.9, 119.3), st.floats(32.9, 33.2)
        ),
        max_size=8,
    )
)
def test_lines_are_in_the_grids_whose_inside_they_enter(ends: list[tuple[float, ...]]) -> None:
    lines = [LineString([(a, b), (c, d)]) for a, b, c, d in ends if (a, b) != (c, d)]
    city = city_of(assets=[Asset(str(at), "01", wkb=line.wkb) for at, line in enumerate(lines)])

    for site, line in zip(locate_things(city).sites, lines, strict=True):
        # Of positive length inside: what a point of touching is not.
        entered = tuple(
            name for name, area in GRIDS.items() if shapely.intersection(area, line).length > 1e-9
        )
        touched = tuple(name for name, area in GRIDS.items() if area.intersects(line))
        assert set(entered) <= set(site.grids) <= set(touched)


def test_a_thing_in_several_grids_is_in_each() -> None:
    across = asset(wkb=LineString([(119.05, 33.05), (119.15, 33.05)]).wkb)
    things = locate_things(city_of(assets=[across], premises=[Premises("P", "", "shop", "E")]))

    assert [site.id for site in things.in_grid("W")] == ["A"]
    assert [site.id for site in things.in_grid("E")] == ["A", "P"]
    assert things.in_grid("nowhere") == ()
    with pytest.raises(KeyError):
        things.site("premises", "A")


def test_nothing_is_nowhere() -> None:
    assert locate_things(city_of()).sites == ()


def test_the_register_counts_what_is_in_each_grid() -> None:
    city = city_of(
        assets=[
            Asset("A1", "01", lon=119.05, lat=33.05),
            Asset("A2", "01", place="W"),
            Asset("A3", "0102", lon=118.0, lat=33.0),
        ],
        premises=[Premises("P1", "", "shop", "E"), Premises("P2", "", "shop")],
    )
    events = pa.table(
        {
            "place": ["W", "W", "B1", "C", None, "W", "E", "E"],
            "matter": ["noise", "noise", "order", "noise", "noise", None, "relief", "minors"],
        }
    )
    register = register_of(city, smallest=10, events=events)

    assert register.entries == (
        Entry("W", "component", "01", 2),
        Entry("W", "matter", "noise", 2),
        Entry("W", "households", "", 400),
        Entry("W", "population", "", 1200),
        Entry("E", "place", "building", 2),
        Entry("E", "premises", "shop", 1),
        Entry("E", "matter", "order", 1),
        Entry("E", "households", "", None),
        Entry("E", "population", "", None),
    )
    assert next(entry.element for entry in register.of("E")) == "place"
    assert [(c.element, c.kind, c.total, c.share) for c in register.coverage] == [
        ("component", "01", 2, 1.0),
        ("component", "0102", 1, 0.0),
        ("premises", "shop", 2, 0.5),
    ]
    assert [(site.id, site.reason) for c in register.coverage for site in c.missing] == [
        ("A3", "out_of_area"),
        ("P2", "no_location"),
    ]


@given(smallest=st.integers(0, 2000))
def test_no_small_count_of_people_is_ever_shown(smallest: int) -> None:
    register = register_of(city_of(), smallest=smallest)
    truth = {
        ("W", "households"): 400,
        ("W", "population"): 1200,
        ("E", "households"): 4,
        ("E", "population"): 3,
    }

    shown = {
        (entry.grid, entry.element): entry.count for entry in register.entries if entry.element != "place"
    }
    assert shown == {key: count if count >= smallest else None for key, count in truth.items()}


def test_the_register_is_a_table() -> None:
    table = pa.table(register_of(city_of(), smallest=10).table())

    assert table.column_names == ["grid", "element", "kind", "count"]
    assert table["count"].to_pylist() == [400, 1200, 2, None, None]


def test_a_threshold_is_no_negative_number() -> None:
    with pytest.raises(ValueError, match="-1"):
        register_of(city_of(), smallest=-1)


def test_the_five_classes() -> None:
    assert [(node.code, node.parent) for node in component_classes()] == [
        (f"0{at}", None) for at in range(1, 6)
    ]
