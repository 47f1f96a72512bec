"""SHANDONG: four types of communities, four-in-one, two lists, 30 items left of 100 and more (paper 004)."""

from __future__ import annotations

import pytest

from gov_core import presets
from gov_core.checklists.matrix import responsibility_matrix
from gov_core.errors import PresetError


@pytest.fixture(scope="module")
def city():
    return presets.shandong()


def kinds_at(city, place):
    return {unit.kind for unit in city.units if place.id in unit.serves}


def communities(city, kind=""):
    return [place for place in city.places if place.level == "community" and kind in {"", place.kind}]


def test_communities_are_of_the_four_types(city):
    counts = {
        kind: len(communities(city, kind)) for kind in ("closed", "old", "high_end", "village_to_community")
    }
    assert counts == {"closed": 6, "old": 6, "high_end": 3, "village_to_community": 3}


def test_closed_communities_and_no_others_are_run_four_in_one(city):
    four = {"community_party_org", "residents_committee", "owners_committee", "property_company"}
    for place in communities(city):
        assert (four <= kinds_at(city, place)) == (place.kind == "closed")


def test_every_village_that_became_a_community_has_a_service_station(city):
    for place in communities(city):
        assert ("service_station" in kinds_at(city, place)) == (place.kind == "village_to_community")


def test_each_committee_has_two_lists_and_30_items_are_left(city):
    lists = {one.kind: one for one in city.checklists if one.holder == "@residents_committee"}
    assert lists.keys() == {"self_government", "assistance"}
    assert lists["assistance"].expected_count == 30
    items = [item for item in city.items if item.checklist == "assistance"]
    assert len(items) == 30
    assert all(item.placeholder for item in items)
    figure = {one.id: one.value for one in city.figures}
    assert (figure["assistance.before"], figure["assistance.after"]) == (100, 30)


def test_reports_are_weekly_monthly_quarterly_and_yearly(city):
    assert [term.name for term in city.terms if term.catalogue == "reports"] == [
        "周报",
        "月报",
        "季报",
        "年报",
    ]


def test_three_level_deliberation_is_of_chengyang_alone(city):
    (term,) = [term for term in city.terms if term.name == "三级协商"]
    assert "Chengyang alone" in term.note


def test_sensitive_fields_are_marked(city):
    assert {matter.name for matter in city.matters if matter.sensitive} == {
        "社会救助",
        "青少年保护",
        "社区矫正",
    }


def test_claims_are_marked_and_counts_are_not(city):
    assert {one.id.partition(".")[0] for one in city.figures if one.claim} == {"claim"}
    assert {one.source: one.value for one in city.figures if one.claim} == {
        "S-KPI-1": 30,
        "S-KPI-2": 85,
        "S-KPI-3": 99,
        "S-KPI-4": 98.5,
    }


def test_nothing_is_left_undone_overstepped_or_held_twice(city):
    matrix = responsibility_matrix(city)
    assert (matrix.gaps, matrix.oversteps, matrix.misplacements, matrix.rivals) == ((), (), (), ())


def test_no_community_at_all_is_refused():
    with pytest.raises(PresetError) as caught:
        presets.shandong(streets=1, closed=0, old=-1, high_end=0, village_to_community=0, centre=(117, 80))
    assert [fault.place for fault in caught.value.faults] == [
        "SHANDONG.old",
        "SHANDONG.communities",
        "SHANDONG.centre[1]",
    ]
