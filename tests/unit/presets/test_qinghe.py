"""QINGHE: the numbers of paper 003, its norms, its three grades."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gov_core import presets
from gov_core.errors import PresetError
from gov_core.routing import GridIndex, Router


@pytest.fixture(scope="module")
def city():
    return presets.qinghe()


@pytest.fixture(scope="module")
def figure(city):
    return {figure.id: figure.value for figure in city.figures}


def of_level(city, level):
    return [place for place in city.places if place.level == level]


def children(city, level):
    parents = [place.parent for place in of_level(city, level)]
    return [parents.count(parent) for parent in dict.fromkeys(parents)]


def test_7_streets_41_communities_265_grids(city, figure):
    for level, count in (("street", "streets"), ("community", "communities"), ("grid", "grids")):
        assert len(of_level(city, level)) == figure[count]
    assert (figure["streets"], figure["communities"], figure["grids"]) == (7, 41, 265)
    assert len(of_level(city, "building")) == 265 * 4


def test_41_communities_of_5_to_7_grids_are_205_to_287_and_265_lies_inside(city, figure):
    assert 41 * 5 <= figure["grids"] <= 41 * 7
    assert round(figure["grids"] / figure["communities"], 2) == 6.46
    assert set(children(city, "grid")) <= {5, 6, 7}


def test_265_grids_of_1000_to_1500_people_hold_318000(city, figure):
    people = [place.population for place in of_level(city, "grid")]
    assert 265_000 <= sum(people) == figure["population.2011"] <= 397_500
    assert figure["population.2011"] / figure["grids"] == 1_200
    assert min(people) >= 1_000
    assert max(people) <= 1_500
    assert len(set(people)) > 50


def test_265_grids_of_300_to_500_households_hold_79500_to_132500(city):
    households = [place.households for place in of_level(city, "grid")]
    assert 79_500 <= sum(households) <= 132_500
    assert min(households) >= 300
    assert max(households) <= 500


def test_counts_of_streets_and_communities_are_the_sums_of_their_grids(city):
    for level in ("street", "community"):
        assert sum(place.population for place in of_level(city, level)) == 318_000


def test_30_km2_at_10423_people_are_about_318000(city, figure):
    assert round(figure["area"] * figure["density"]) == 317_902
    metres = shapely.area(shapely.from_wkb(list(city.geometries))).sum() * 111_000**2
    assert metres * 0.8329 / 1e6 == pytest.approx(figure["area"], rel=1e-3)


def test_795_people_staff_the_grids(city):
    posts = {post.role: post for post in city.posts}
    managers, volunteers = posts["grid_manager"], posts["volunteer"]
    assert managers.at == volunteers.at == "@grid"
    assert managers.seats * 265 == 265
    assert volunteers.seats * 265 == 530


def test_30_bodies_are_6_and_21_and_3(figure):
    parts = ("bodies.party", "bodies.government", "bodies.managed")
    assert [figure[part] for part in parts] == [6, 21, 3]
    assert figure["bodies"] == 30 == sum(figure[part] for part in parts)


def test_232_street_staff_are_74_more_than_158(figure):
    assert figure["street_staff.2011"] - figure["street_staff.2006"] == 74


def test_the_source_adds_up_252_community_staff_wrongly_and_the_preset_says_so(city, figure):
    assert figure["community_staff.full"] + figure["community_staff.part"] == 249
    assert figure["community_staff"] == 252
    (note,) = [one.note for one in city.figures if one.id == "community_staff"]
    assert "249" in note


def test_63_windows_21_units_73_items(city, figure):
    (windows,) = [post for post in city.posts if post.role == "window_clerk"]
    units = [unit for unit in city.units if unit.kind == "window_unit"]
    items = [item for item in city.items if item.checklist == "approval"]
    (service,) = [one for one in city.checklists if one.id == "approval"]
    assert (windows.seats, len(units), len(items)) == (63, 21, 73)
    assert (figure["windows"], figure["window_units"], figure["window_items"]) == (63, 21, 73)
    assert (windows.seats / len(units), round(len(items) / len(units), 1)) == (3, 3.5)
    assert service.expected_count == 73
    assert all(one.placeholder for one in (*units, *items))


def test_38_bodies_sit_in_the_district_centre(city):
    bodies = [unit for unit in city.units if unit.kind == "centre_body"]
    assert len(bodies) == 38
    assert all(unit.placeholder for unit in bodies)
    (member,) = [one for one in city.relations if one.source == "@centre_body"]
    assert (member.relation, member.target) == ("member_of", "@district_centre")


def test_each_street_has_its_seven_units(city):
    kinds = {one.target for one in city.relations if one.origin == "H-ORG-1"}
    assert len(kinds) == 7
    for street in of_level(city, "street"):
        assert {f"@{unit.kind}" for unit in city.units if unit.serves == (street.id,)} >= kinds


@pytest.mark.parametrize(
    ("grade", "kind"),
    [
        (None, "residents_committee"),
        ("general", "residents_committee"),
        ("larger", "social_management_office"),
        ("major", "district_government"),
    ],
)
def test_the_grade_says_how_high_a_matter_goes(city, grade, kind):
    route = Router.compile(city).route(place=city.grids[0], matter="problems", grade=grade)
    assert {unit.id: unit.kind for unit in city.units}[route.unit] == kind


def test_floating_people_break_the_norm_of_residents(figure):
    floating = presets.qinghe(floating=104_100)
    people = [place.population for place in of_level(floating, "grid")]
    assert sum(people) == figure["population.2011"] + figure["floating"] == 422_100
    assert round(sum(people) / len(people)) == 1_593
    assert sum(count > 1_500 for count in people) > 265 / 2


def test_claims_of_the_paper_are_marked_as_claims(city):
    claims = {one.source: one for one in city.figures if one.claim}
    assert {source: one.value for source, one in claims.items()} == {"H-KPI-1": -22.5, "H-KPI-2": -12.6}


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_any_district_gets_what_was_asked_for(data):
    streets = data.draw(st.integers(1, 5))
    communities = data.draw(st.integers(streets, 4 * streets))
    grids = data.draw(st.integers(5 * communities, 7 * communities))
    population = data.draw(st.integers(1_000 * grids, 1_500 * grids))
    city = presets.qinghe(
        streets=streets,
        communities=communities,
        grids=grids,
        population=population,
        buildings=data.draw(st.integers(0, 2)),
        seed=data.draw(st.integers(0, 1_000)),
        city_name="某区",
    )
    assert city.name == "某区"
    assert [len(of_level(city, level)) for level in ("street", "community", "grid")] == [
        streets,
        communities,
        grids,
    ]
    assert set(children(city, "grid")) <= {5, 6, 7}
    people = [place.population for place in of_level(city, "grid")]
    assert sum(people) == population
    assert min(people) >= 1_000
    assert max(people) <= 1_500
    GridIndex.build(city.geometries, ids=city.grids)


def test_all_parameters_out_of_range_are_told_at_once():
    with pytest.raises(PresetError) as caught:
        presets.qinghe(
            streets=0, communities=3, grids=900, buildings=-1, km2=0, options=["joint_conferences"]
        )
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("preset.out_of_range", "QINGHE.streets"),
        ("preset.out_of_range", "QINGHE.grids"),
        ("preset.out_of_range", "QINGHE.buildings"),
        ("preset.out_of_range", "QINGHE.km2"),
        ("preset.unknown_option", "QINGHE.options"),
    ]
    assert caught.value.faults[-1].hint == 'did you mean "joint_conference"?'


@pytest.mark.parametrize("value", [True, 7.0, "7", None, float("nan")])
def test_a_count_is_a_whole_number(value):
    with pytest.raises(PresetError, match=r"preset\.out_of_range"):
        presets.qinghe(streets=value)
