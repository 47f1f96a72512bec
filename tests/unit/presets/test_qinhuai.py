"""QINHUAI: twelve streets, sixteen departments, thirty systems, 6 classes and 22 items (paper 002)."""

from __future__ import annotations

from collections import Counter

import pytest

from gov_core import presets
from gov_core.checklists.matrix import responsibility_matrix
from gov_core.errors import PresetError
from gov_core.places import DIVISION, GRID, number_grids


@pytest.fixture(scope="module")
def city():
    return presets.qinhuai()


def of_level(city, level):
    return [place for place in city.places if place.level == level]


def test_twelve_streets_with_the_codes_of_2023(city):
    streets = {place.code: place.name for place in of_level(city, "street")}
    assert list(streets) == [f"320104{number:03}" for number in range(1, 13)]
    assert list(streets.values()) == [
        *("秦虹街道", "夫子庙街道", "红花街道", "双塘街道", "中华门街道", "五老村街道"),
        *("洪武路街道", "大光路街道", "瑞金路街道", "月牙湖街道", "光华路街道", "朝天宫街道"),
    ]
    assert len(of_level(city, "community")) == 104
    for place in of_level(city, "street") + of_level(city, "community"):
        assert DIVISION.faults(place.code) == ()
        assert place.code.startswith(str(place.parent))
        assert "2023-06-30" in place.source


def test_grids_have_codes_of_15_digits_below_their_community(city):
    for grid in of_level(city, "grid"):
        assert GRID.faults(grid.code) == ()
        assert grid.code[:12] == grid.parent
        assert grid.source == "generated"


def test_grids_are_numbered_as_a_page_is_read(city):
    outlines = dict(zip(city.grids, city.geometries, strict=True))
    for community in of_level(city, "community"):
        own = {place.id: outlines[place.id] for place in city.places if place.parent == community.id}
        assert number_grids(community.code, own) == {grid: grid for grid in own}


def test_sixteen_departments_run_thirty_systems(city):
    departments = {unit.id for unit in city.units if unit.kind == "department"}
    assert len(departments) == 16
    assert len(city.systems) == 30
    named = [system.name for system in city.systems if not system.placeholder]
    assert named == ["数字城管", "12345 政务热线", "综合行政执法"]
    assert {system.unit for system in city.systems if system.placeholder} == departments


def test_the_whistle_catalogue_is_a_shape_of_6_classes_and_22_items(city):
    (whistle,) = [one for one in city.checklists if one.kind == "whistle"]
    items = [item for item in city.items if item.checklist == whistle.id]
    assert (whistle.expected_groups, whistle.expected_count) == (6, 22)
    assert (len({item.group for item in items}), len(items)) == (6, 22)
    assert all(item.placeholder and item.respond_within is None for item in items)
    assert "街道吹哨" in whistle.title
    assert "社区吹哨" not in whistle.title


def test_four_forces_and_governance_lie_on_every_grid(city):
    assert {team.force for team in city.teams if team.serves == ("@grid",)} == {
        "governance",
        "party",
        "urban_management",
        "police",
        "safety",
    }


def test_each_community_has_two_commanders(city):
    (commander,) = [post for post in city.posts if post.role == "commander"]
    assert (commander.seats, commander.at) == (2, "@community")


def test_two_levels_whistle(city):
    whistles = {
        (grant.holder, grant.over) for grant in city.grants if grant.power == "whistle" and grant.held
    }
    assert whistles == {("@street_office", "@department"), ("@residents_committee", "@street_office")}


def test_recommended_appraisal_is_off_and_can_be_turned_on(city):
    def appraisals(one):
        return {(grant.holder, grant.over) for grant in one.grants if grant.power == "appraise"}

    assert appraisals(city) == set()
    both = {("@street_office", "@department"), ("@department", "@street_office")}
    assert appraisals(presets.qinhuai(options=["two_way_appraisal"])) == both


def test_one_bureau_of_three_teams_enforces_in_each_street(city):
    kinds = Counter(unit.kind for unit in city.units)
    assert kinds["street_enforcement_bureau"] == 12
    merged = {one.source for one in city.relations if one.target == "@street_enforcement_bureau"}
    assert merged == {"@urban_management_squadron", "@market_regulation_branch", "@work_safety_station"}


def test_estates_without_a_company_fall_to_the_street(city):
    (item,) = [item for item in city.items if item.code == "property.backstop"]
    assert item.holder == ("@property_company", "@street_property_centre")
    managed = {grid for unit in city.units if unit.kind == "property_company" for grid in unit.serves}
    assert 0 < len(managed) < len(city.grids)


def test_every_grid_has_an_address_and_every_address_one_place(city):
    parent = {place.id: place.parent for place in city.places}
    covered = {parent[address.place] for address in city.addresses}
    assert covered == set(city.grids)
    words = [(one.division, one.road, one.number, one.building) for one in city.addresses]
    assert len(set(words)) == len(words) == len(of_level(city, "building"))


def test_floors_households_and_persons_are_no_places(city):
    assert city.levels == ("district", "street", "community", "grid", "building")


def test_nothing_is_left_undone_overstepped_or_held_twice(city):
    matrix = responsibility_matrix(city)
    assert (matrix.gaps, matrix.oversteps, matrix.misplacements, matrix.rivals) == ((), (), (), ())


def test_another_district_without_buildings_has_one_address_a_grid():
    city = presets.qinhuai(streets=2, communities=5, grids=20, buildings=0)
    assert [len(of_level(city, level)) for level in city.levels] == [1, 2, 5, 20]
    assert [address.place for address in city.addresses] == [grid.id for grid in of_level(city, "grid")]
    assert all(place.source == "generated" and not place.code for place in city.places)


def test_fewer_grids_than_communities_are_refused():
    with pytest.raises(PresetError) as caught:
        presets.qinhuai(grids=103)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("preset.out_of_range", "QINHUAI.grids")
    ]
    with pytest.raises(PresetError) as caught:
        presets.qinhuai(streets=0, communities=0, grids=0, buildings=101)
    assert [fault.place for fault in caught.value.faults] == [
        f"QINHUAI.{name}" for name in ("streets", "communities", "grids", "buildings")
    ]
