"""YANTIAN, JIANYE, ZHABEI, LUOHU and GUIYANG: how committees and stations stand to each other in each."""

from __future__ import annotations

from collections import Counter

import pytest
import shapely

from gov_core import presets
from gov_core.errors import PresetError
from gov_core.organisation import Powers
from gov_core.routing import Router


def edges(city):
    return {(edge.source, edge.relation, edge.target) for edge in city.relations}


def kinds(city):
    return Counter(unit.kind for unit in city.units)


def of_level(city, level):
    return [place for place in city.places if place.level == level]


def outlines(city):
    return dict(zip(city.grids, shapely.from_wkb(list(city.geometries)), strict=True))


def test_yantian_2002_has_both_stations_below_the_committee():
    city = presets.yantian_2002()
    assert edges(city) == {
        ("@residents_committee", "parent_of", "@community_station"),
        ("@residents_committee", "parent_of", "@service_station"),
    }
    assert set(kinds(city).values()) == {23}


def test_yantian_2004_has_them_side_by_side():
    city = presets.yantian_2004()
    assert edges(city) == {
        ("@residents_committee", "parallel", "@community_station"),
        ("@residents_committee", "supervises", "@community_station"),
        ("@residents_committee", "guides", "@service_station"),
    }
    stations = [unit for unit in city.units if unit.kind == "service_station"]
    assert {unit.legal_form for unit in stations} == {"private_non_enterprise"}
    assert {unit.funding for unit in stations} == {("purchase",)}


@pytest.mark.parametrize("name", ["YANTIAN_2002", "YANTIAN_2004"])
def test_yantian_gives_each_of_three_powers_to_one_body(name):
    city = presets.load(name)
    router = Router.compile(city)
    led = {
        matter.code: {unit.id: unit.kind for unit in city.units}[
            router.route(place=city.grids[0], matter=matter.code).unit or ""
        ]
        for matter in city.matters
    }
    assert led == {
        "administration": "community_station",
        "self_government": "residents_committee",
        "service": "service_station",
    }


def test_yantian_carries_the_communities_of_today_by_code():
    city = presets.yantian_2004()
    assert len(of_level(city, "street")) == 4
    assert {place.code[:6] for place in city.places} == {"440308"}
    assert {len(place.code) for place in of_level(city, "community")} == {12}


def test_jianye_has_a_party_committee_for_one_or_several_neighbouring_communities():
    city = presets.jianye()
    assert len(of_level(city, "community")) == 64
    parties = [unit for unit in city.units if unit.kind == "community_party_org"]
    assert {len(unit.serves) for unit in parties} == {1, 2}
    assert Counter(place for unit in parties for place in unit.serves) == Counter(city.grids)
    drawn = outlines(city)
    for unit in parties:
        if len(unit.serves) == 2:
            first, second = (drawn[place] for place in unit.serves)
            assert first.touches(second)
    alone = presets.jianye(communities_a_party_committee=1)
    assert kinds(alone)["community_party_org"] == 64


def test_jianye_appraises_who_was_sent_down_twice():
    for assignment in presets.jianye().assignments:
        assert assignment.kind == "sinking"
        assert assignment.appraisers == (assignment.target, assignment.source)


def test_jianye_sent_34_officials_and_200000_yuan():
    figures = {figure.id: figure.value for figure in presets.jianye().figures}
    assert figures == {"officials": 34, "welfare_fund": 200_000}


@pytest.mark.parametrize("name", ["LUOHU", "ZHABEI_2005"])
def test_a_station_serves_several_committees_that_touch(name):
    city = presets.load(name)
    stations = [unit for unit in city.units if unit.kind == "community_station"]
    assert max(len(unit.serves) for unit in stations) == 3
    assert kinds(city)["residents_committee"] == len(city.grids) > 2 * len(stations)
    assert Counter(place for unit in stations for place in unit.serves) == Counter(city.grids)
    drawn = outlines(city)
    parents = {place.id: place.parent for place in city.places}
    for station in stations:
        for place in station.serves[1:]:
            shared = [
                drawn[place].intersection(drawn[other]).length for other in station.serves if other != place
            ]
            assert max(shared) > 0, place
        assert len({parents[place] for place in station.serves}) == 1


def test_luohu_has_one_party_organisation_a_station():
    city = presets.luohu()
    assert len(of_level(city, "street")) == 10
    assert len(of_level(city, "community")) == 109
    served = {
        kind: [unit.serves for unit in city.units if unit.kind == kind]
        for kind in ("community_station", "community_party_org")
    }
    assert served["community_station"] == served["community_party_org"]


def test_zhabei_carries_what_the_paper_says_and_no_more():
    city = presets.zhabei_2005()
    sources = {
        getattr(row, "origin", "") or row.source for row in (*city.units, *city.relations, *city.terms)
    }
    assert sources == {"L-STR-2"}
    assert {place.source for place in city.places} == {"generated"}


def test_guiyang_has_94_new_communities_and_no_street():
    city = presets.guiyang()
    assert len(of_level(city, "community")) == 94
    assert len(of_level(city, "district")) == 6
    assert "street" not in city.levels
    figures = {figure.id: figure.value for figure in city.figures}
    assert (figures["streets_abolished"], figures["new_communities"]) == (49, 94)
    assert (figures["levels_before"], figures["levels_after"]) == (4, 3)


def test_guiyang_has_one_centre_for_several_committees_and_two_stations_a_committee():
    city = presets.guiyang()
    number = kinds(city)
    assert number["service_centre"] == number["residents_council"] == number["community_party_org"] == 94
    assert number["residents_committee"] == 94 * 4
    assert number["mass_service_station"] == number["order_workstation"] == number["residents_committee"]
    router = Router.compile(city)
    grid = city.grids[0]
    community = city.path(grid)[-2]
    administration = router.route(place=grid, matter="administration")
    assert administration.unit == f"{community}-centre"
    assert administration.assist == (f"{grid}-committee",)
    assert router.route(place=grid, matter="self_government.mediation").unit == f"{grid}-committee"


def test_guiyang_bars_committees_from_administration():
    city = presets.guiyang(districts=1, communities=1, neighbourhoods=2)
    powers = Powers.of(city.grants, city.units)
    committee = next(unit.id for unit in city.units if unit.kind == "residents_committee")
    assert not powers.holds(committee, "execute")
    assert powers.holds(committee, "resolve")


@pytest.mark.parametrize("name", ["YANTIAN_2002", "YANTIAN_2004", "JIANYE", "LUOHU", "ZHABEI_2005"])
def test_the_model_stands_on_any_other_district(name):
    city = presets.load(name, streets=2, communities=7)
    assert (len(of_level(city, "street")), len(of_level(city, "community"))) == (2, 7)
    assert {place.source for place in city.places} == {"generated"}


def test_numbers_out_of_range_come_all_at_once():
    with pytest.raises(PresetError) as caught:
        presets.luohu(streets=0, communities=-1, committees_a_station=0, km2=0)
    assert [fault.place for fault in caught.value.faults] == [
        "LUOHU.streets",
        "LUOHU.communities",
        "LUOHU.committees_a_station",
        "LUOHU.km2",
    ]
