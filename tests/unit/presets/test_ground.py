"""The ground of presets: numbered, drawn so that what belongs together hangs together, and grouped."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gov_core.places import Place, reading_order
from gov_core.presets._ground import below, draw, spread
from gov_core.routing import GridIndex

CENTRE = (119.02, 33.60)


def district(streets, communities, grids):
    street = below([], "street", streets, "街道", "S")
    community = below(street, "community", communities, "社区", "C")
    return [*street, *community, *below(community, "grid", grids, "网格", "G")]


def drawn(ground):
    return {place: shapely.from_wkb(wkb) for place, wkb in ground.outlines.items()}


def neighbours(ground, members):
    """The members of a set of grids that can be reached from one of them without leaving the set."""
    reached, new = set(), {next(iter(members))}
    while new:
        reached |= new
        pairs = [pair for pair in ground.neighbours if set(pair) <= members]
        new = {at for pair in pairs if reached & set(pair) for at in pair} - reached
    return reached


def test_places_are_numbered_evenly_below_their_parents():
    places = {place.id: place for place in district(2, 5, 12)}
    assert [name for name in places if name.count("-") == 1] == ["S1-C1", "S1-C2", "S1-C3", "S2-C1", "S2-C2"]
    assert [
        sum(place.parent == name for place in places.values()) for name in places if name.count("-") == 1
    ] == [*(3, 3, 2, 2, 2)]
    assert (places["S2-C2-G1"].name, places["S2-C2-G1"].source) == ("网格 2-2-1", "generated")


def test_grids_of_a_coded_community_get_codes_of_15_digits():
    community = Place("330102001051", "清波门社区", "community", code="330102001051", source="a list")
    assert [(grid.code, grid.name) for grid in below([community], "grid", 2, "网格", "")] == [
        ("330102001051001", "网格 清波门社区 1"),
        ("330102001051002", "网格 清波门社区 2"),
    ]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 6), st.integers(0, 10_000), st.floats(0.1, 5_000))
def test_any_ground_is_an_exact_partition_of_the_asked_size(streets, each, grids, seed, km2):
    places = district(streets, streets * each, streets * each * grids)
    ground = draw(places, "grid", seed, CENTRE, km2)
    assert list(ground.outlines) == [place.id for place in places if place.level == "grid"]
    index = GridIndex.build(list(ground.outlines.values()), ids=list(ground.outlines))
    assert len(index) == len(ground.outlines)
    shapes = drawn(ground)
    assert shapely.coverage_is_valid(list(shapes.values()))
    metres = sum(shape.area for shape in shapes.values()) * 111_000**2 * 0.832921
    assert metres / 1e6 == pytest.approx(km2, rel=1e-3)
    for pair in ground.neighbours:
        assert shapes[pair[0]].touches(shapes[pair[1]])


@pytest.mark.parametrize("seed", range(5))
def test_what_lies_below_one_place_hangs_together(seed):
    ground = draw(district(4, 20, 120), "grid", seed, CENTRE, 20.0)
    for place in ground.places:
        if place.level != "grid":
            own = {grid for grid in ground.outlines if grid.startswith(f"{place.id}-")}
            assert neighbours(ground, own) == own


def test_grids_are_numbered_as_a_page_is_read():
    ground = draw(district(2, 6, 40), "grid", 3, CENTRE, 20.0)
    for place in ground.of_level("community"):
        own = {grid: wkb for grid, wkb in ground.outlines.items() if grid.startswith(f"{place.id}-")}
        assert reading_order(own) == list(own)


@pytest.mark.parametrize("groups", [1, 2, 5, 12])
def test_groups_hang_together_and_leave_nothing_out(groups):
    ground = draw(district(3, 12, 60), "grid", 7, CENTRE, 20.0)
    joined = ground.joined("community", groups)
    assert list(joined) == [f"片区 {number}" for number in range(1, groups + 1)]
    assert sorted(place.id for group in joined.values() for place in group) == sorted(
        place.id for place in ground.of_level("community")
    )
    for group in joined.values():
        own = {grid for grid in ground.outlines if any(grid.startswith(f"{place.id}-") for place in group)}
        assert neighbours(ground, own) == own


@given(st.data())
def test_counts_are_spread_within_their_bounds_and_add_up(data):
    parts = data.draw(st.integers(1, 300))
    least = data.draw(st.integers(0, 2_000))
    most = data.draw(st.integers(least, least + 3_000))
    total = data.draw(st.integers(least * parts, most * parts))
    counts = spread(total, parts, least, most, data.draw(st.integers(0, 100)))
    assert len(counts) == parts
    assert sum(counts) == total
    assert min(counts) >= least
    assert max(counts) <= most
