"""Measures of a city, the norms it is held against, and how evenly things are spread."""

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gov_core.city import (
    City,
    Measures,
    Place,
    Reading,
    Unit,
    balance,
    norm_flaw,
    readings,
)
from gov_core.organisation import Post
from gov_core.places import Norm, areas_m2, norm_sets


def city_of(grids: dict[str, int | None], **others: Any) -> City:
    """A street with the communities A and B; grids are named for theirs."""
    parts: dict[str, Any] = {
        "name": "test",
        "levels": ["street", "community", "grid"],
        "places": [
            Place("S", "", "street"),
            Place("A", "", "community", "S"),
            Place("B", "", "community", "S"),
            *(Place(name, "", "grid", name[0], population=people) for name, people in grids.items()),
        ],
        "geometries": {name: box(at, 0, at + 1, 1).wkb for at, name in enumerate(grids)},
    }
    return City.from_parts(**(parts | others))


GRIDS: dict[str, int | None] = {"A1": 1000, "A2": 1400, "B1": 600}


def test_counts_of_places_are_summed_from_below() -> None:
    measures = Measures(city_of(GRIDS))

    assert measures.of("population", "grid") == GRIDS
    assert measures.of("population", "community") == {"A": 2400, "B": 600}
    assert measures.of("population", "street") == {"S": 3000}
    assert measures.of("children", "community") == {"A": 2, "B": 1}
    assert measures.of("places", "grid") == {"": 3}


def test_what_is_unknown_below_is_unknown_above_unless_said_there() -> None:
    city = city_of(GRIDS | {"A2": None})

    assert Measures(city).of("population", "community") == {"A": None, "B": 600}
    assert Measures(city).of("households", "street") == {"S": None}

    told = [Place("S", "", "street", population=5000), *city.places[1:]]
    assert Measures(city_of(GRIDS, places=told)).of("population", "street") == {"S": 5000}


def test_grids_are_not_summed_from_the_buildings_that_are_listed() -> None:
    levels = ["street", "community", "grid", "building"]
    listed = [*city_of(GRIDS | {"A1": None}).places, Place("X", "", "building", "A1", population=60)]
    city = city_of(GRIDS, levels=levels, partition="grid", places=listed)

    assert Measures(city).of("population", "grid")["A1"] is None
    assert Measures(city).of("population", "building") == {"X": 60}
    assert Measures(city).of("population", "community")["A"] is None


def test_areas_are_those_of_the_ellipsoid() -> None:
    pyproj = pytest.importorskip("pyproj")
    outlines = [
        box(120.1, 30.2, 120.11, 30.21),
        shapely.Point(119.0, 33.6).buffer(0.02),
        shapely.difference(box(106.6, 26.5, 106.7, 26.6), box(106.64, 26.54, 106.66, 26.56)),
    ]
    ellipsoid = pyproj.Geod(ellps="WGS84")
    expected = [abs(ellipsoid.geometry_area_perimeter(outline)[0]) for outline in outlines]

    np.testing.assert_allclose(areas_m2(outline.wkb for outline in outlines), expected, rtol=1e-6)


def test_area_of_a_place_without_an_outline_is_that_of_its_grids() -> None:
    measures = Measures(city_of(GRIDS))
    grids = measures.of("area_m2", "grid")

    assert measures.of("area_m2", "community")["A"] == pytest.approx((grids["A1"] or 0) + (grids["A2"] or 0))


def test_bodies_are_counted_where_they_serve_exactly() -> None:
    units = [
        Unit("U1", "", "residents_committee", ("A",)),
        Unit("U2", "", "居委会", ("B", "S")),
        Unit("U3", "", "station", ("A", "B")),
    ]
    measures = Measures(city_of(GRIDS, units=units))

    assert measures.of("units:residents_committee", "community") == {"A": 1, "B": 1}
    assert measures.of("units:station", "community") == {"A": 1, "B": 1}
    assert measures.of("units:station", "grid") == {"A1": 0, "A2": 0, "B1": 0}


def test_seats_are_counted_where_posts_put_them() -> None:
    units = [
        Unit("CA", "", "residents_committee", ("A",)),
        Unit("CB", "", "residents_committee", ("B",)),
        Unit("GM", "", "command_centre"),
    ]
    posts = [
        Post("P1", "@residents_committee", "volunteer", 2, at="@grid"),
        Post("P2", "CA", "volunteer", 1, at="A2"),
        Post("P3", "CB", "volunteer", 1, at="A1"),  # out of the body's area: nowhere
        Post("P4", "GM", "grid_manager", 1, at="@grid"),
        Post("P5", "CA", "director", 1),
        Post("P6", "GM", "网格管理员", 3, at="B1"),
    ]
    measures = Measures(city_of(GRIDS, units=units, posts=posts))

    assert measures.of("posts:volunteer", "grid") == {"A1": 2, "A2": 3, "B1": 2}
    assert measures.of("posts:grid_manager", "grid") == {"A1": 1, "A2": 1, "B1": 4}
    assert measures.of("posts:director", "community") == {"A": 1, "B": 0}


def test_norms_are_held_against_each_place() -> None:
    norms = [Norm("N", "population", "grid", 1000, 1500), Norm("M", "places", "grid", most=2)]
    city = city_of(GRIDS | {"A2": None}, norms=norms)

    assert list(readings(city)) == [
        Reading(norms[0], "A1", 1000),
        Reading(norms[0], "A2", None),
        Reading(norms[0], "B1", 600),
        Reading(norms[1], "", 3),
    ]
    assert [reading.holds for reading in readings(city)] == [True, None, False, False]


@given(value=st.integers(0, 20), least=st.none() | st.integers(0, 20), most=st.none() | st.integers(0, 20))
def test_bounds_belong_to_what_fits(value: int, least: int | None, most: int | None) -> None:
    low = 0 if least is None else least
    high = 20 if most is None else most

    assert Reading(Norm("N", "population", "grid", least, most), "G", value).holds == (
        value in range(low, high + 1)
    )


@pytest.mark.parametrize(
    ("norm", "code"),
    [
        (Norm("N", "people", "grid", 1), "norm.unknown_measure"),
        (Norm("N", "units:", "grid", 1), "norm.unknown_measure"),
        (Norm("N", "population", "block", 1), "norm.unknown_level"),
        (Norm("N", "population", "grid"), "norm.bounds"),
        (Norm("N", "population", "grid", 2, 1), "norm.bounds"),
    ],
)
def test_norms_that_say_nothing_are_named_and_passed_over(norm: Norm, code: str) -> None:
    city = city_of(GRIDS, norms=[norm])
    flaw = norm_flaw(norm, city)

    assert flaw is not None
    assert (flaw.code, flaw.place, flaw.ids) == (code, "norms#N", ("N",))
    assert list(readings(city)) == []


def test_no_such_measure() -> None:
    with pytest.raises(KeyError, match="people"):
        Measures(city_of(GRIDS)).of("people", "grid")


def test_balance_of_three_grids() -> None:
    found = balance(city_of(GRIDS), "population", "grid")

    assert found is not None
    assert (found.least, found.most, found.mean, found.known, found.unknown) == (600, 1400, 1000, 3, 0)
    assert found.deviation == pytest.approx(np.std([1000, 1400, 600]) / 1000)
    assert balance(city_of(dict.fromkeys(GRIDS)), "population", "grid") is None


def test_balance_of_what_is_alike_is_nought() -> None:
    found = balance(city_of(dict.fromkeys(GRIDS, 1200) | {"B1": None}), "population", "grid")

    assert found is not None
    assert (found.deviation, found.unknown) == (0, 1)


def test_sets_say_where_they_are_from() -> None:
    sets = norm_sets()

    assert list(sets) == ["qinghe", "qinghe_counts", "committee_law_2026", "committee_law_1989"]
    for name, norm_set in sets.items():
        assert norm_set.source
        assert norm_set.dated
        assert all(norm.source and norm.id.startswith(f"{name}.") for norm in norm_set.norms)
        assert norm_set.paper == all(norm.standing == "practised" for norm in norm_set.norms)


def test_the_law_changed_in_2026() -> None:
    (old,), (new,) = norm_sets()["committee_law_1989"].norms, norm_sets()["committee_law_2026"].norms

    assert (old.least, old.most, old.valid_to) == (100, 700, date(2026, 1, 1))
    assert (new.least, new.most, new.valid_from) == (1000, 3000, date(2026, 1, 1))
    assert not norm_sets()["committee_law_1989"].paper


def test_qinghe_holds_its_own_numbers() -> None:
    """41 communities of 5 to 7 grids, 265 grids of 1,000 to 1,500 people, 318,000 people."""
    bounds = {norm.id: (norm.least, norm.most) for norm in norm_sets()["qinghe"].norms}

    assert bounds == {
        "qinghe.households": (300, 500),
        "qinghe.population": (1000, 1500),
        "qinghe.manager": (1, 1),
        "qinghe.volunteers": (2, 2),
        "qinghe.grids": (5, 7),
    }


def test_a_city_may_call_its_levels_otherwise() -> None:
    norms = norm_sets()["qinghe"].on(grid="block")

    assert {norm.per for norm in norms} == {"block", "community"}
