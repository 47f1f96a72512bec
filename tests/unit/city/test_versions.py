"""A city whose parts are valid for a time: versions, and the city of a day."""

import pickle
from datetime import date
from typing import Any

import pytest
import shapely

from gov_core.city import City, Place, Rule, Unit
from gov_core.errors import CityError
from gov_core.fields import Validity
from gov_core.organisation import Relation

REFORM = date(2010, 6, 1)
UNDONE = date(2016, 6, 8)


def cell(west: float, east: float) -> bytes:
    return shapely.box(west, 32, east, 32.1).wkb


def parts(**changes: Any) -> dict[str, Any]:
    """One street; its two grids become one in 2010, drawn anew and a little larger in 2016."""
    return {
        "name": "Three versions",
        "levels": ["street", "grid"],
        "places": [
            Place("S", "", "street"),
            Place("A", "", "grid", "S", valid_to=REFORM, successors=("AB",)),
            Place("B", "", "grid", "S", valid_to=REFORM, successors=("AB",)),
            Place("AB", "", "grid", "S", valid_from=REFORM, valid_to=UNDONE),
            Place("AB", "", "grid", "S", valid_from=UNDONE),
        ],
        "geometries": {
            "A": cell(118.0, 118.1),
            "B": cell(118.1, 118.2),
            f"AB@{REFORM}": cell(118.0, 118.2),
            f"AB@{UNDONE}": cell(118.0, 118.3),
        },
        "units": [
            Unit("OLD", "", "station", ("S",), valid_to=REFORM, successors=("NEW",)),
            Unit("NEW", "", "station", ("S",), valid_from=REFORM),
            Unit("OFFICE", "", "street_office", ("S",)),
        ],
        "relations": [Relation("@street_office", "leads", "@station")],
        "rules": [Rule("R", None, None, None, None, ("@station",))],
        "matters": [],
    } | changes


def test_a_city_is_its_newest_version() -> None:
    city = City.from_parts(**parts())

    assert city.versions == (date.min, REFORM, UNDONE)
    assert city.grids == ("AB",)
    assert shapely.from_wkb(city.geometries[0]).bounds[2] == pytest.approx(118.3)
    assert [unit.id for unit in city.units] == ["NEW", "OFFICE"]


def test_as_of_gives_the_city_of_a_day() -> None:
    city = City.from_parts(**parts())

    before = city.as_of(date(2010, 5, 31))
    assert before.grids == ("A", "B")
    assert [unit.id for unit in before.units] == ["OLD", "OFFICE"]
    between = city.as_of(REFORM)
    assert between.grids == ("AB",)
    assert shapely.from_wkb(between.geometries[0]).bounds[2] == pytest.approx(118.2)
    assert len({city.digest, before.digest, between.digest}) == 3
    assert city.as_of(date(2026, 1, 1)) == city
    # Going back and forth loses nothing.
    assert before.as_of(UNDONE) == city


def test_a_city_without_dates_is_its_only_version() -> None:
    undated = {
        "places": [Place("S", "", "street"), Place("A", "", "grid", "S")],
        "geometries": {"A": cell(118.0, 118.1)},
        "units": [Unit("ST", "", "station", ("S",)), Unit("OFFICE", "", "street_office", ("S",))],
    }
    city = City.from_parts(**parts(**undated))

    assert city.versions == (date.min,)
    assert city.as_of(date(1900, 1, 1)) is city


def test_days_before_the_first_grid_have_no_city() -> None:
    dated = {
        "places": [Place("S", "", "street"), Place("A", "", "grid", "S", valid_from=REFORM)],
        "geometries": {f"A@{REFORM}": cell(118.0, 118.1)},
        "units": [Unit("NEW", "", "station", ("S",)), Unit("OFFICE", "", "street_office", ("S",))],
    }
    city = City.from_parts(**parts(**dated))

    assert city.versions == (REFORM,)
    with pytest.raises(CityError) as caught:
        city.as_of(date(2010, 5, 31))
    assert caught.value.faults[0].code == "city.no_version"


def test_a_name_has_to_be_known_in_each_version() -> None:
    with pytest.raises(CityError) as caught:
        City.from_parts(**parts(rules=[Rule("R", None, "A", None, None, ("@station",))]))
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("rule.unknown_area", "rules#R")]


def test_faults_of_every_table_come_at_once() -> None:
    relations = [
        Relation("@street_offise", "leads", "NEW"),
        Relation("OFFICE", "guides", "NOBODY"),
    ]
    units = [*parts()["units"], Unit("LATE", "", "station", ("S",), valid_from=UNDONE, valid_to=REFORM)]
    with pytest.raises(CityError) as caught:
        City.from_parts(**parts(relations=relations, units=units))
    # NEW is not there before the reform; the empty validity belongs to no version.
    assert sorted(fault.code for fault in caught.value.faults) == [
        "relation.unknown_kind",
        "relation.unknown_unit",
        "relation.unknown_unit",
        "value.validity",
    ]
    assert any("did you mean" in fault.hint for fault in caught.value.faults)


def test_successors_may_come_later_and_have_to_exist() -> None:
    units = [*parts()["units"], Unit("GONE", "", "office", ("S",), valid_to=REFORM, successors=("NEVER",))]
    with pytest.raises(CityError) as caught:
        City.from_parts(**parts(units=units))
    assert [fault.code for fault in caught.value.faults] == ["unit.unknown_unit"]


def test_one_id_twice_on_one_day_is_refused() -> None:
    units = [*parts()["units"], Unit("NEW", "", "station", ("S",), valid_from=UNDONE)]
    with pytest.raises(CityError) as caught:
        City.from_parts(**parts(units=units))
    assert [fault.code for fault in caught.value.faults] == ["id.duplicate"]


def test_a_dated_city_pickles() -> None:
    city = City.from_parts(**parts())
    copy = pickle.loads(pickle.dumps(city))
    assert copy == city
    assert copy.as_of(date(2000, 1, 1)) == city.as_of(date(2000, 1, 1))


def test_validity_is_half_open() -> None:
    year = Validity(date(2010, 1, 1), date(2011, 1, 1))
    assert date(2010, 1, 1) in year
    assert date(2010, 12, 31) in year
    assert date(2011, 1, 1) not in year
    assert not year.overlaps(Validity(date(2011, 1, 1)))
    assert year.overlaps(Validity(valid_to=date(2010, 1, 2)))
    assert Validity(date(2011, 1, 1), date(2011, 1, 1)).empty


def test_a_city_whose_grids_ended_has_no_later_version() -> None:
    ended = [Place("S", "", "street"), Place("A", "", "grid", "S", valid_to=UNDONE)]
    city = City.from_parts(**parts(places=ended, geometries={"A": cell(118.0, 118.1)}))
    with pytest.raises(CityError) as caught:
        city.as_of(UNDONE)
    assert [fault.code for fault in caught.value.faults] == ["city.no_version"]


def test_a_dated_city_has_a_hash() -> None:
    city = City.from_parts(**parts())
    assert hash(city) == hash(City.from_parts(**parts())) == hash(pickle.loads(pickle.dumps(city)))


def test_two_outlines_are_not_filed_under_one_name() -> None:
    places = [
        Place("S", "", "street"),
        Place(f"A@{REFORM}", "", "grid", "S"),
        Place("A", "", "grid", "S", valid_from=REFORM),
    ]
    with pytest.raises(CityError) as caught:
        City.from_parts(**parts(places=places, geometries={f"A@{REFORM}": cell(118.0, 118.1)}))
    assert [fault.code for fault in caught.value.faults] == ["id.duplicate"]


def test_where_a_row_was_found_is_that_of_the_version() -> None:
    """One id has several rows, each with its time."""
    city = City.from_parts(**parts())
    assert city.where("places", "AB") != city.as_of(REFORM).where("places", "AB")
    assert city.as_of(REFORM).where("places", "AB") == "places#AB"
    assert city.where("places", "AB") == "places#AB@2016-06-08"
    assert city.where("places", "none") == "places#none"
    assert city.where("hard_rules", "x") == "hard_rules#x"
