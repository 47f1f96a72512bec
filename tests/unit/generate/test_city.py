"""A generated city is a whole one: connected hierarchy, units for every grid, rules of every sort."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from gov_core.city import City
from gov_core.generate import generate_city


@pytest.fixture(scope="module")
def qinghe():
    return generate_city(grids=265, seed=1)


def test_it_has_the_size_of_qinghe(qinghe):
    assert Counter(place.level for place in qinghe.places) == {"street": 7, "community": 41, "grid": 265}


def test_communities_have_about_the_grids_of_the_norm(qinghe):
    sizes = Counter(place.parent for place in qinghe.places if place.level == "grid")
    assert len(sizes) == 41
    assert np.median(list(sizes.values())) in {6, 7}
    assert min(sizes.values()) >= 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_community_and_street_hangs_together(seed):
    city = generate_city(grids=265, seed=seed)
    polygons = dict(zip(city.grids, shapely.from_wkb(city.geometries), strict=True))
    touching = {(a, b) for a in city.grids for b in city.grids if a < b and polygons[a].touches(polygons[b])}
    for depth in (0, 1):
        members = {}
        for grid in city.grids:
            members.setdefault(city.path(grid)[depth], []).append(grid)
        for grids in members.values():
            assert reached_from(grids[0], set(grids), touching) == set(grids)


def reached_from(start, within, touching):
    seen, todo = set(), [start]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += [b for b in within if (min(here, b), max(here, b)) in touching]
    return seen


def test_grids_are_numbered_from_west_to_east(qinghe):
    lon = shapely.get_x(shapely.centroid(shapely.from_wkb(qinghe.geometries)))
    for before, after, a, b in zip(qinghe.grids, qinghe.grids[1:], lon, lon[1:], strict=False):
        if qinghe.path(before)[1] == qinghe.path(after)[1]:
            assert a < b


def test_everything_says_that_it_is_generated(qinghe):
    assert all(named.name.startswith("生成") for named in (*qinghe.places, *qinghe.units))
    assert qinghe.name.startswith("生成")


def test_stations_serve_one_to_three_committees_of_one_street(qinghe):
    stations = [unit for unit in qinghe.units if unit.kind == "community_station"]
    served = [place for unit in stations for place in unit.serves]
    assert sorted(served) == sorted(place.id for place in qinghe.places if place.level == "community")
    assert {len(unit.serves) for unit in stations} <= {1, 2, 3}
    assert len(stations) < 41
    assert all(len({place[:3] for place in unit.serves}) == 1 for unit in stations)


def test_no_kind_serves_a_place_twice(qinghe):
    served = Counter((unit.kind, place) for unit in qinghe.units for place in unit.serves)
    assert set(served.values()) == {1}


def test_some_grids_have_no_property_company(qinghe):
    served = {place for unit in qinghe.units if unit.kind == "property_company" for place in unit.serves}
    assert 150 < len(served) < 220


def test_matters_are_eleven_classes_and_about_two_hundred_matters(qinghe):
    tops = [matter.code for matter in qinghe.matters if matter.parent is None]
    assert tops == [f"C{i:02d}" for i in range(1, 6)] + [f"E{i:02d}" for i in range(1, 7)]
    assert 200 <= len(qinghe.matters) <= 240


def test_rules_use_all_that_the_format_has(qinghe):
    rules = qinghe.rules
    units = {limit.unit for rule in rules for limit in (rule.respond_within, rule.resolve_within) if limit}
    assert units == {"urgent_hour", "working_hour", "working_day", "natural_day"}
    assert any(len(rule.unit) > 1 for rule in rules)
    assert any(rule.assist for rule in rules)
    assert {rule.grade for rule in rules} == {None, "larger", "major"}
    assert {rule.asset for rule in rules} == {None, "estate", "estate.lift"}
    assert {len(rule.area.split("-")) for rule in rules if rule.area} == {1, 2}
    assert sum(rule.matter is None for rule in rules) == 1


def test_exceptions_are_made_for_different_matters(qinghe):
    """So that no two rules cross: the compiler then has nothing to warn of."""
    by = {
        axis: {rule.matter for rule in qinghe.rules if getattr(rule, axis)}
        for axis in ("area", "grade", "asset")
    }
    assert by["area"].isdisjoint(by["grade"] | by["asset"])
    assert by["grade"].isdisjoint(by["asset"])
    parents = {matter.parent for matter in qinghe.matters}
    assert set.union(*by.values()).isdisjoint(parents)


def test_the_same_seed_gives_the_same_city(qinghe):
    assert generate_city(grids=265, seed=1).digest == qinghe.digest
    assert generate_city(grids=265, seed=2).digest != qinghe.digest


def test_saved_and_loaded_it_is_the_same(qinghe, tmp_path):
    qinghe.save(tmp_path / "city")
    assert City.load(tmp_path / "city") == qinghe


def test_a_hundred_streets_still_sort_by_number():
    city = generate_city(grids=4_000, seed=1, detail=0.2)
    streets = [place for place in city.places if place.level == "street"]
    assert [street.name for street in streets] == [f"生成街道 {i + 1}" for i in range(len(streets))]
    assert len(streets) > 99
    assert sum(unit.kind == "water_bureau" for unit in city.units) == round(len(streets) / 8)
