"""Outlines for display are still a partition, however much they were simplified."""

from __future__ import annotations

import shapely

from gov_core.generate import generate_city
from gov_core.report import Outlines


def test_small_cities_are_shown_as_they_are(city, outlines):
    assert outlines.tolerance_m == 0
    assert outlines.areas.ids == city.grids
    assert shapely.to_wkb(outlines.areas.shapes).tolist() == list(city.geometries)


def test_wider_areas_are_the_unions_of_what_lies_below(city, outlines):
    assert [areas.level for areas in outlines.wider] == ["street", "community"]
    whole = shapely.area(outlines.areas.shapes).sum()
    for areas in outlines.wider:
        assert set(areas.ids) == {place.id for place in city.places if place.level == areas.level}
        assert shapely.coverage_is_valid(areas.shapes)
        assert abs(shapely.area(areas.shapes).sum() - whole) < 1e-9 * whole


def test_larger_cities_are_simplified_and_it_is_said():
    large = generate_city(grids=2_500, seed=1)
    outlines = Outlines.of(large)
    assert 5 < outlines.tolerance_m < 15
    assert len(outlines.areas) == outlines.grids == 2_500
    assert shapely.coverage_is_valid(outlines.areas.shapes)
    before = shapely.get_num_coordinates(shapely.from_wkb(large.geometries)).sum()
    assert shapely.get_num_coordinates(outlines.areas.shapes).sum() < before / 2


def test_too_many_grids_are_shown_by_community(city):
    outlines = Outlines.of(city, most=50)
    assert outlines.areas.level == "community"
    assert len(outlines.areas) < outlines.grids == 80
    assert [areas.level for areas in outlines.wider] == ["street"]
    assert shapely.coverage_is_valid(outlines.areas.shapes)
