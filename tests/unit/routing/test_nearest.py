"""Distances and bearings against pyproj, and columns of every kind."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pyproj import Geod
from shapely import box

from gov_core.errors import CoordinateError
from gov_core.routing import UNCOVERED, GridIndex, Nearest, NearestBatch

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def index() -> GridIndex:
    """Two squares of 0.01 degrees side by side, near Nanjing."""
    return GridIndex.build([box(118.0, 32.0, 118.01, 32.01), box(118.01, 32.0, 118.02, 32.01)])


def test_covered_point_is_at_home(index: GridIndex) -> None:
    near = index.locate_nearest(118.01, 32.005, within_m=0)

    assert isinstance(near, Nearest)
    assert (near.slot, near.distance_m, near.bearing_deg, near.lon, near.lat) == (1, 0, 0, 118.01, 32.005)
    assert index.border_distance_m(118.01, 32.005) == pytest.approx(0, abs=1e-8)
    assert repr(near) == "Nearest(slot=1, distance_m=0, bearing_deg=0, lon=118.01, lat=32.005)"


def test_point_outside_gets_the_way_to_the_nearest_grid(index: GridIndex) -> None:
    near = index.locate_nearest(118.0213, 32.0114, within_m=500)

    assert near is not None
    assert (near.slot, near.lon, near.lat) == (1, 118.02, 32.01)
    azimuth, _, metres = GEOD.inv(118.0213, 32.0114, 118.02, 32.01)
    assert near.distance_m == pytest.approx(metres, abs=1e-6)
    assert near.bearing_deg == pytest.approx(azimuth % 360, abs=1e-6)
    assert near == index.locate_nearest(118.0213, 32.0114, within_m=near.distance_m + 1e-9)
    assert index.locate_nearest(118.0213, 32.0114, within_m=metres - 1e-3) is None
    assert index.border_distance_m(118.0213, 32.0114) is None


@pytest.mark.parametrize("lat", [0.0, 32.0, -55.0, 80.0])
@pytest.mark.parametrize(("metres", "error_m"), [(10.0, 1e-6), (1_000.0, 1e-3), (10_000.0, 1.0)])
def test_error_stays_below_what_is_documented(lat: float, metres: float, error_m: float) -> None:
    """Steps in all directions from a tiny grid; the last column is a cap on what the formula allows."""
    corner = 1e-9
    index = GridIndex.build([box(118.0, lat, 118.0 + corner, lat + corner)])
    azimuths = np.arange(0.0, 360.0, 7.5)
    n = len(azimuths)
    lon, lats, back = GEOD.fwd(np.full(n, 118.0), np.full(n, lat), azimuths, np.full(n, metres))

    near = index.locate_nearest_batch(lon, lats, within_m=2 * metres)

    azimuth, _, exact = GEOD.inv(lon, lats, near.lon, near.lat)
    allowed = 2e-8 + exact * (exact / 6.36e6 / np.cos(np.radians(lats))) ** 2 / 4
    assert allowed.max() < error_m
    assert (np.abs(near.distance_m - exact) < allowed).all()
    turned = (near.bearing_deg - azimuth + 180) % 360 - 180
    assert (np.abs(turned) < 1e-4 + np.degrees(allowed / exact) * 2).all()
    assert np.allclose(back % 360, azimuth % 360, atol=1e-3) or metres < 100


def test_columns_of_every_kind_give_the_same(index: GridIndex) -> None:
    lon = np.array([118.005, 118.0205, 120.0, np.nan, 118.005])
    lat = np.array([32.004, 32.005, 32.0, 32.0, 32.0101])

    near = index.locate_nearest_batch(lon, lat, within_m=100)

    assert isinstance(near, NearestBatch)
    assert len(near) == 5
    assert near.slot.dtype == np.uint32
    assert near.slot.tolist() == [0, 1, UNCOVERED, UNCOVERED, 0]
    nowhere = [False, False, True, True, False]
    for column in (near.distance_m, near.bearing_deg, near.lon, near.lat):
        assert np.isnan(column).tolist() == nowhere
    assert near.distance_m[[0, 1, 4]] == pytest.approx([0, 47.2, 11.1], abs=0.05)
    assert near.bearing_deg[[0, 1, 4]] == pytest.approx([0, 270, 180], abs=1e-3)
    kinds = [lon.tolist(), np.repeat(lon, 2)[::2], pa.array(lon), pa.chunked_array([lon[:2], lon[2:]])]
    for kind in kinds:
        again = index.locate_nearest_batch(kind, pa.array(lat), within_m=100, threads=2)
        np.testing.assert_array_equal(again.distance_m, near.distance_m)
        np.testing.assert_array_equal(
            index.border_distance_batch(kind, lat), index.border_distance_batch(lon, lat)
        )


def test_missing_values_have_no_answer(index: GridIndex) -> None:
    lon = pa.array([118.005, None, 118.005])
    lat = pa.array([32.004, 32.004, None])

    assert index.locate_nearest_batch(lon, lat, within_m=1e9).slot.tolist() == [0, UNCOVERED, UNCOVERED]
    assert np.isnan(index.border_distance_batch(lon, lat)).tolist() == [False, True, True]


def test_batches_agree_with_single_points(index: GridIndex) -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(117.995, 118.025, 3_000), rng.uniform(31.995, 32.015, 3_000)

    near = index.locate_nearest_batch(lon, lat, within_m=300, threads=3)
    border = index.border_distance_batch(lon, lat, threads=3)

    for at in range(0, 3_000, 7):
        one = index.locate_nearest(lon[at], lat[at], within_m=300)
        if one is None:
            assert near.slot[at] == UNCOVERED
        else:
            assert (one.slot, one.distance_m) == (near.slot[at], near.distance_m[at])
        alone = index.border_distance_m(lon[at], lat[at])
        assert np.isnan(border[at]) if alone is None else alone == border[at]
    assert (near.slot == UNCOVERED).any()
    assert (near.distance_m > 0).any()


def test_bad_input_is_refused(index: GridIndex) -> None:
    for point in [(np.nan, 32.0), (118.0, np.inf)]:
        with pytest.raises(CoordinateError):
            index.locate_nearest(*point, within_m=1)
        with pytest.raises(CoordinateError):
            index.border_distance_m(*point)
    for limit in (-1.0, np.nan):
        with pytest.raises(ValueError, match="distance"):
            index.locate_nearest(118.0, 32.0, within_m=limit)
        with pytest.raises(ValueError, match="distance"):
            index.locate_nearest_batch([], [], within_m=limit)
    with pytest.raises(ValueError, match="lon has 1 values, lat has 2"):
        index.border_distance_batch([1.0], [1.0, 2.0])
