"""QINGBO: two stations for five committees, four layers, lists of 40, 150 and 18 (paper 000)."""

from __future__ import annotations

import pytest

from gov_core import presets
from gov_core.checklists.matrix import responsibility_matrix
from gov_core.errors import PresetError
from gov_core.organisation import KINDS
from gov_core.places import DIVISION


@pytest.fixture(scope="module")
def city():
    return presets.qingbo()


def of_kind(city, kind):
    return [unit for unit in city.units if unit.kind == kind]


def test_five_communities_with_their_real_codes(city):
    names = {place.name: place.code for place in city.places if place.level == "community"}
    assert names == {
        "清波门社区": "330102001051",
        "劳动路社区": "330102001052",
        "定安路社区": "330102001053",
        "清河坊社区": "330102001055",
        "柳翠井巷社区": "330102001057",
    }
    assert all(DIVISION.faults(code) == () for code in names.values())


def test_five_stations_became_two_east_of_three_and_west_of_two(city):
    name = {place.id: place.name for place in city.places}
    served = {
        unit.name[:2]: {name[place] for place in unit.serves} for unit in of_kind(city, "community_station")
    }
    assert served == {
        "东片": {"柳翠井巷社区", "定安路社区", "清河坊社区"},
        "西片": {"清波门社区", "劳动路社区"},
    }
    figure = {one.id: one.value for one in city.figures}
    assert (figure["stations.before"], figure["stations.after"]) == (5, 2)
    assert len(of_kind(presets.qingbo(stations=5), "community_station")) == 5


def test_five_departments_one_office_one_centre(city):
    departments = [unit.name for unit in of_kind(city, "street_department")]
    assert departments == ["党政工作部", "城市管理部", "平安建设部", "民生事业部", "经济服务部"]
    assert len(of_kind(city, "enforcement_office")) == len(of_kind(city, "street_service_centre")) == 1


def test_lists_of_40_and_150_and_18_belong_to_three_bodies_and_name_no_item(city):
    lists = {one.kind: one for one in city.checklists if one.expected_count in {40, 150, 18}}
    assert {kind: (one.holder, one.expected_count) for kind, one in lists.items()} == {
        "power": ("@street_department", 40),
        "service": ("centre", 150),
        "responsibility": ("@community_party_org", 18),
    }
    for one in lists.values():
        items = [item for item in city.items if item.checklist == one.id]
        assert len(items) == one.expected_count
        assert all(item.placeholder and not item.matters for item in items)


def test_each_community_has_the_four_layers(city):
    for place in city.places:
        if place.level == "community":
            kinds = {unit.kind for unit in city.units if place.id in unit.serves}
            assert {KINDS[kind].layer for kind in kinds if kind in KINDS} >= {
                "decision",
                "execution",
                "deliberation",
                "supervision",
            }


def test_the_station_executes_and_the_committee_resolves(city):
    held = {(grant.holder, grant.power): grant.held for grant in city.grants}
    assert held["@community_station", "execute"]
    assert held["@community_station", "resolve"] is False
    assert held["@residents_committee", "resolve"]
    assert held["@residents_committee", "execute"] is False
    assert held["@residents_committee", "serve"], "Qingbo's committee keeps a function of community service"


def test_the_linkage_platform_has_its_five_participants(city):
    members = {one.source for one in city.relations if one.target == "linkage"}
    assert members == {
        *("party", "office", "@residents_committee", "@social_organisation"),
        *("@owners_committee", "@property_company", "@resident_unit"),
    }
    named = [one.name for one in city.terms if one.catalogue == "linkage_participants"]
    assert named == ["党委", "政府", "辖区居民", "企事业法人", "其他单位"]


def test_no_list_is_a_negative_list_and_no_committee_only_assists(city):
    assert not [one for one in city.checklists if one.kind in {"negative", "assistance", "withdrawn"}]


def test_party_committees_have_seven_members_and_more(city):
    posts = {post.id: post for post in city.posts}
    assert (posts["members"].seats, posts["members"].seats_max) == (7, 0)
    assert (posts["deputy.full"].full_time, posts["deputy.part"].full_time) == (True, False)


def test_nothing_is_left_undone_overstepped_or_held_twice(city):
    matrix = responsibility_matrix(city)
    assert (matrix.gaps, matrix.oversteps, matrix.misplacements, matrix.rivals) == ((), (), (), ())


@pytest.mark.parametrize(("communities", "stations"), [(1, 1), (4, 4), (12, 3), (30, 7)])
def test_another_street_gets_its_own_communities_and_stations(communities, stations):
    city = presets.qingbo(communities=communities, stations=stations, city_name="某街道")
    served = [unit.serves for unit in of_kind(city, "community_station")]
    assert len(served) == stations
    assert sorted(place for places in served for place in places) == sorted(city.grids)
    assert len(city.grids) == communities
    assert all(place.source == "generated" for place in city.places)


def test_more_stations_than_communities_are_refused():
    with pytest.raises(PresetError) as caught:
        presets.qingbo(communities=3, stations=4, options=["admission"])
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("preset.out_of_range", "QINGBO.stations"),
        ("preset.unknown_option", "QINGBO.options"),
    ]
