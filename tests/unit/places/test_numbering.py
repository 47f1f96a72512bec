"""Grids are numbered as a page is read."""

import random

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gov_core.errors import PlaceCodeError
from gov_core.places import number_grids, reading_order

COMMUNITY = "320812001051"


def wkb(areas: dict[str, shapely.Polygon]) -> dict[str, bytes]:
    return {name: area.wkb for name, area in areas.items()}


@given(st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_a_chequered_community_is_read_like_a_page(rows: int, columns: int, shuffle: random.Random) -> None:
    cells = {
        f"r{row}c{column}": box(118 + column / 100, 32 - row / 100, 118.01 + column / 100, 32.01 - row / 100)
        for row in range(rows)
        for column in range(columns)
    }
    names = list(cells)
    shuffle.shuffle(names)

    codes = number_grids(COMMUNITY, wkb({name: cells[name] for name in names}))

    # The oracle: the cells were made in the order they are read in.
    assert codes == {name: f"{COMMUNITY}{number:03}" for number, name in enumerate(cells, 1)}
    assert list(codes) == list(cells)


def test_an_area_that_reaches_below_the_opener_still_joins_its_row() -> None:
    areas = {"tall": box(0, 0, 1, 3), "high": box(1, 2, 2, 4), "low": box(1, 0, 2, 2)}

    # "high" opens (middle at 3), its southern edge is at 2: "tall" (middle at 1.5) waits for the next row.
    assert reading_order(wkb(areas)) == ["high", "tall", "low"]


def test_middles_on_the_southern_edge_begin_the_next_row() -> None:
    areas = {"a": box(1, 0, 2, 2), "b": box(0, -1, 1, 1)}

    assert reading_order(wkb(areas)) == ["a", "b"]


def test_ties_go_to_the_west_then_the_north_then_the_id() -> None:
    same = {"z": box(0, 0, 1, 1), "y": box(0, 0, 1, 1), "x": box(0, 0.1, 1, 1.1), "w": box(2, 0, 3, 1)}

    assert reading_order(wkb(same)) == ["x", "y", "z", "w"]


def test_vertices_decide_nothing() -> None:
    areas = {"a": box(0, 0, 1, 1), "b": box(1, 0, 2, 1), "c": box(0, -1, 2, 0)}
    turned = {name: shapely.reverse(area).normalize() for name, area in areas.items()}

    assert reading_order(wkb(turned)) == reading_order(wkb(areas)) == ["a", "b", "c"]


def test_nothing_has_no_order() -> None:
    assert reading_order({}) == []
    assert number_grids(COMMUNITY, {}) == {}


def test_a_street_has_no_grids_of_its_own() -> None:
    with pytest.raises(PlaceCodeError, match="12 digits"):
        number_grids("320812001", {})


def test_a_thousand_grids_are_too_many() -> None:
    many = {f"{at:04}": box(at, 0, at + 1, 1).wkb for at in range(1000)}

    with pytest.raises(PlaceCodeError, match="1000 grids"):
        number_grids(COMMUNITY, many)
    del many["0999"]
    assert number_grids(COMMUNITY, many)["0998"] == f"{COMMUNITY}999"
