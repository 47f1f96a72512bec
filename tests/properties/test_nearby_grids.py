"""The grids around a point, held against the distance to each of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gov_core.generate import generate_city
from gov_core.places._nearby import Nearby
from gov_core.routing import GridIndex

CITY = generate_city(60, seed=5)
OUTLINES = shapely.from_wkb(list(CITY.geometries))
WEST, SOUTH, EAST, NORTH = shapely.total_bounds(OUTLINES).tolist()
NEARBY = Nearby(CITY.grids, CITY.geometries)
ALONE = [GridIndex.build([outline]) for outline in CITY.geometries]


@given(
    lon=st.floats(WEST, EAST),
    lat=st.floats(SOUTH, NORTH),
    metres=st.floats(0, 3_000),
    slot=st.integers(0, 59),
)
def test_every_grid_within_the_distance_is_found(lon: float, lat: float, metres: float, slot: int) -> None:
    """`GridIndex`, built of one grid alone, says how far it is."""
    found = NEARBY.within(lon, lat, metres)
    assert len(set(found)) == len(found)
    if ALONE[slot].locate_nearest(lon, lat, within_m=metres) is not None:
        assert CITY.grids[slot] in found
    if CITY.grids[slot] in found:
        assert ALONE[slot].locate_nearest(lon, lat, within_m=1.5 * metres + 0.01) is not None


@given(lon=st.floats(WEST, EAST), lat=st.floats(SOUTH, NORTH), metres=st.floats(1, 5_000))
def test_the_nearest_comes_first(lon: float, lat: float, metres: float) -> None:
    found = NEARBY.within(lon, lat, metres)
    slots = {grid: slot for slot, grid in enumerate(CITY.grids)}
    far = [ALONE[slots[grid]].locate_nearest(lon, lat, within_m=20_000) for grid in found]
    metres_to = [one.distance_m for one in far if one is not None]
    assert len(metres_to) == len(found)
    assert all(one <= other * 1.02 + 0.01 for one, other in pairwise(metres_to))


@pytest.mark.parametrize(
    "bad", [(float("nan"), 32.0, 50.0), (118.0, float("inf"), 50.0), (118.0, 32.0, -1.0)]
)
def test_numbers_that_are_none_are_refused(bad: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="finite numbers are needed"):
        NEARBY.within(*bad)
