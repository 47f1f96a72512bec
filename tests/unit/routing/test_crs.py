"""Conversions against the papers' places and against two independent libraries."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import prcoords
import pytest

from gov_core.errors import CoordinateError
from gov_core.routing.crs import CRS_NAMES, convert

DEGREE_M = 111_320.0

# WGS-84, GCJ-02, BD-09; nine decimals on which four libraries agree.
PLACES = {
    "Qingbo": ((120.16, 30.24), (120.164677334, 30.237659488), (120.171238014, 30.243408326)),
    "Qinhuai": ((118.7945, 32.039), (118.799685638, 32.036932626), (118.806086452, 32.043288144)),
    "Qinghe": ((119.015, 33.605), (119.020455861, 33.603602218), (119.026906995, 33.609789097)),
    "Guiyang": ((106.713, 26.578), (106.716771034, 26.574477226), (106.723304244, 26.580367463)),
    "Jinan": ((117.0, 36.665), (117.005841982, 36.665261085), (117.012231901, 36.671594182)),
}


def metres(lon_a, lat_a, lon_b, lat_b):
    """Distance between points that are close to each other."""
    return np.hypot((lon_a - lon_b) * DEGREE_M * np.cos(np.radians(lat_a)), (lat_a - lat_b) * DEGREE_M)


def mainland(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2002)
    return rng.uniform(73.5, 135.0, n), rng.uniform(18.0, 53.5, n)


def by_prcoords(function, lon, lat):
    """One of the oracle's scalar functions (lat, lon in that order) over columns."""
    rows = [function((y, x)) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    return np.array([row.lon for row in rows]), np.array([row.lat for row in rows])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("source", CRS_NAMES)
@pytest.mark.parametrize("target", CRS_NAMES)
def test_papers_places(place: str, source: str, target: str) -> None:
    wgs, gcj, bd = PLACES[place]
    values = dict(zip(CRS_NAMES, (wgs, wgs, gcj, bd), strict=True))

    lon, lat = convert(*values[source], source=source, target=target)

    # 1e-9 degrees of the table are 1e-4 m, twice where both ends are rounded.
    assert metres(lon, lat, *values[target]) < 3e-4


@pytest.mark.parametrize(
    ("source", "target", "oracle"),
    [
        ("EPSG:4326", "GCJ-02", prcoords.wgs_gcj),
        ("GCJ-02", "BD-09", prcoords.gcj_bd),
        ("EPSG:4490", "BD-09", prcoords.wgs_bd),
    ],
)
def test_forward_equals_prcoords(source: str, target: str, oracle) -> None:
    lon, lat = mainland(20_000)

    got = convert(lon, lat, source=source, target=target)

    assert metres(*got, *by_prcoords(oracle, lon, lat)).max() < 1e-8


@pytest.mark.parametrize(
    ("system", "inverse", "inverse_error_m"),
    [("GCJ-02", prcoords.gcj_wgs_bored, 0.005), ("BD-09", prcoords.bd_wgs_bored, 0.03)],
)
def test_inverse_beats_the_oracle_on_points_it_made(system: str, inverse, inverse_error_m: float) -> None:
    """The start is known, so the oracle's own inverse and ours are both measured against it."""
    lon, lat = mainland(20_000)
    forward = {"GCJ-02": prcoords.wgs_gcj, "BD-09": prcoords.wgs_bd}[system]
    shifted = by_prcoords(forward, lon, lat)

    ours = metres(*convert(*shifted, source=system, target="EPSG:4326"), lon, lat).max()
    theirs = metres(*by_prcoords(inverse, *shifted), lon, lat).max()

    assert ours < 2e-6
    assert ours < theirs < inverse_error_m


def test_box_is_tested_as_the_oracle_does() -> None:
    lon = np.array([139.69, 0.0, 72.0039, 72.004, 137.8347, 137.8348, 100.0, 100.0, 114.17, 121.56])
    lat = np.array([35.69, 0.0, 30.0, 30.0, 30.0, 30.0, 55.8272, 0.8292, 22.32, 25.04])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = by_prcoords(prcoords.wgs_gcj, lon, lat)

    got = convert(lon, lat, source="EPSG:4326", target="GCJ-02")

    moved = got[0] != lon
    assert moved.tolist() == (expected[0] != lon).tolist()
    assert moved.tolist() == [False, False, False, True, True, False, False, False, True, True]
    assert np.array_equal(
        convert(lon[~moved], lat[~moved], source="GCJ-02", target="EPSG:4326")[0], lon[~moved]
    )


@pytest.mark.parametrize(("source", "target"), [("EPSG:4326", "EPSG:4490"), ("GCJ-02", "GCJ-02")])
def test_equal_systems_change_no_bit(source: str, target: str) -> None:
    lon, lat = mainland(1_000)

    got = convert(lon, lat, source=source, target=target)

    assert np.array_equal(got[0], lon)
    assert np.array_equal(got[1], lat)
    assert not np.shares_memory(got[0], lon)


def test_input_is_not_modified_and_the_shape_is_kept() -> None:
    lon, lat = (column.reshape(4, 5) for column in mainland(20))
    before = lon.copy()

    got_lon, got_lat = convert(lon, lat, source="EPSG:4326", target="BD-09")

    assert np.array_equal(lon, before)
    assert (got_lon.shape, got_lat.shape) == ((4, 5), (4, 5))
    strided = convert(lon[::2, ::2], lat[::2, ::2], source="EPSG:4326", target="BD-09")
    assert np.array_equal(strided[0], got_lon[::2, ::2])


def test_pairs_that_are_not_finite_come_back_unchanged() -> None:
    lon, lat = [np.nan, 120.0, np.inf, 120.0], [30.0, -np.inf, 30.0, 30.0]

    got_lon, got_lat = convert(lon, lat, source="GCJ-02", target="EPSG:4326")

    np.testing.assert_array_equal(got_lon[:3], lon[:3])
    np.testing.assert_array_equal(got_lat[:3], lat[:3])
    assert got_lon[3] != 120.0


@pytest.mark.parametrize(
    ("name", "hint"),
    [("gcj02", "GCJ-02"), ("WGS84", "EPSG:4326"), ("CGCS2000", "EPSG:4490"), ("EPSG:3857", "")],
)
def test_unknown_system_is_refused_with_a_suggestion(name: str, hint: str) -> None:
    with pytest.raises(CoordinateError) as caught:
        convert([120.0], [30.0], source=name, target="EPSG:4326")

    assert (caught.value.code, caught.value.hint) == ("coordinate.unknown_crs", hint)
    assert name in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(CoordinateError) as caught:
        convert([120.0, 121.0], [30.0], source="EPSG:4326", target="GCJ-02")

    assert caught.value.code == "coordinate.length"
