"""QINGHE_PROPOSAL: about 16 large communities of 41, and nothing of it practised (paper 003)."""

from __future__ import annotations

import pytest

from gov_core import presets
from gov_core.checklists.matrix import responsibility_matrix
from gov_core.errors import PresetError


@pytest.fixture(scope="module")
def city():
    return presets.qinghe_proposal()


def test_it_says_that_it_is_a_proposal(city):
    assert presets.describe("QINGHE_PROPOSAL").proposal
    rows = [
        *city.units,
        *city.matters,
        *city.relations,
        *city.items,
        *city.figures,
        *city.terms,
        *city.grants,
    ]
    assert {row.standing for row in rows} == {"recommended"}
    others = [name for name in presets.NAMES if presets.describe(name).proposal]
    assert others == ["QINGHE_PROPOSAL"]


def test_41_communities_become_about_16_and_the_streets_go(city):
    assert "street" not in city.levels
    assert sum(place.level == "community" for place in city.places) == 16
    figure = {one.id: one.value for one in city.figures}
    assert round(figure["communities.now"] / figure["communities.then"], 2) == 2.56


def test_eleven_merged_bodies_of_which_three_are_named(city):
    merged = [one.target for one in city.relations if one.source == "district"]
    units = {unit.id: unit for unit in city.units}
    assert len(merged) == 11
    assert [units[one].name for one in merged if not units[one].placeholder] == [
        "社会工作局",
        "行政执法局",
        "行政审批中心（市民服务中心）",
    ]


def test_committee_and_centre_are_apart(city):
    held = {(grant.holder, grant.power): grant.held for grant in city.grants if grant.over is None}
    assert held["@service_centre", "execute"]
    assert held["@service_centre", "resolve"] is False
    assert held["@residents_committee", "resolve"]
    assert held["@residents_committee", "execute"] is False
    for place in city.places:
        if place.level == "community":
            kinds = [unit.kind for unit in city.units if unit.serves == (place.id,)]
            assert sorted(kinds) == [
                "community_party_working_committee",
                "residents_committee",
                "service_centre",
            ]


def test_nothing_is_left_undone_overstepped_or_held_twice(city):
    matrix = responsibility_matrix(city)
    assert (matrix.gaps, matrix.oversteps, matrix.misplacements, matrix.rivals) == ((), (), (), ())


def test_parameters_out_of_range_are_refused():
    with pytest.raises(PresetError) as caught:
        presets.qinghe_proposal(communities=0, grids=0, population=1)
    assert [fault.place for fault in caught.value.faults] == [
        f"QINGHE_PROPOSAL.{name}" for name in ("communities", "grids", "population")
    ]
