"""The nearest grid and the border, held against shapely in a projection around each point."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import Point, Polygon

from gov_core.routing import GridIndex


@st.composite
def cities(draw) -> tuple[list[Polygon], float]:
    """Up to 16 quadrangles with crooked corners, some left out, and the side of one in degrees."""
    side = 10 ** draw(st.floats(-3.5, -2.0))
    west, south = draw(st.integers(-175_000, 175_000)) / 1000, draw(st.integers(-75_000, 75_000)) / 1000
    moves = np.array(draw(st.lists(st.integers(-30, 30), min_size=50, max_size=50))).reshape(5, 5, 2) / 100
    y, x = np.mgrid[:5, :5]
    corners = np.array([west, south]) + side * (np.stack([x, y], axis=-1) + moves)
    grids = [
        Polygon([corners[j, i], corners[j, i + 1], corners[j + 1, i + 1], corners[j + 1, i]])
        for j in range(4)
        for i in range(4)
        if not draw(st.booleans())
    ]
    assume(grids)
    return grids, side


def around(lon: float, lat: float, grids: list[Polygon], side: float) -> list[Polygon]:
    """The grids in metres, seen from a point: lines from the middle have the length of geodesics.

    Edges are straight in degrees, so they are cut fine first; what is left of their bend is below 1e-4 m.
    """
    move = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lon_0={lon!r} +lat_0={lat!r} +ellps=WGS84", always_xy=True
    ).transform
    return [shapely.transform(shapely.segmentize(g, side / 40), move, interleaved=False) for g in grids]


@given(cities(), st.floats(-1, 5), st.floats(-1, 5))
def test_agrees_with_shapely(city: tuple[list[Polygon], float], right: float, up: float) -> None:
    grids, side = city
    west, south = grids[0].exterior.coords[0]
    lon, lat = west + side * right, south + side * up
    index = GridIndex.build(grids)
    seen = around(lon, lat, grids, side)
    here = Point(0, 0)
    distances = shapely.distance(seen, here)
    border_m = min(grid.exterior.distance(here) for grid in seen)
    # The bend of edges, and what the documentation allows.
    error_m = 2e-4 + border_m * (border_m / 6.36e6 / np.cos(np.radians(lat))) ** 2 / 4

    near = index.locate_nearest(lon, lat, within_m=1e7)

    assert near is not None
    assert abs(near.distance_m - distances.min()) < error_m
    assert distances[near.slot] < distances.min() + 2 * error_m
    slot = index.locate(lon, lat)
    border = index.border_distance_m(lon, lat)
    if slot is None:
        assert border is None
        assert near.distance_m > 0
        assert grids[near.slot].exterior.distance(Point(near.lon, near.lat)) < 1e-12
    else:
        assert (near.slot, near.distance_m) == (slot, 0)
        assert border is not None
        assert abs(border - seen[slot].exterior.distance(here)) < error_m
