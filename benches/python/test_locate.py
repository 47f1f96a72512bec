"""Points to grids."""

import numpy as np
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from gov_core.routing import UNCOVERED, GridIndex, LayerIndex


def agree(bench, lon, lat, slots) -> None:
    """Assert that each slot holds its point, and that points without one lie in no grid."""
    there = np.isfinite(lon) & np.isfinite(lat)
    tree = shapely.STRtree(shapely.from_wkb(bench.city.geometries))
    point, grid = tree.query(shapely.points(lon[there], lat[there]), predicate="intersects")
    own = slots[there]
    assert (np.bincount(point[own[point] == grid], minlength=len(own)) == (own != UNCOVERED)).all()
    assert ((np.bincount(point, minlength=len(own)) > 0) == (own != UNCOVERED)).all()
    assert (slots[~there] == UNCOVERED).all()


@pytest.mark.parametrize("count", [1, 1_000, 20_000])
def test_locate_batch(benchmark: BenchmarkFixture, bench, count: int) -> None:
    lon, lat = bench.points(count)
    slots = benchmark(bench.router.index.locate_batch, lon, lat)
    agree(bench, lon, lat, slots)


@pytest.mark.parametrize("profile", ["fast", "compact"])
def test_locate_batch_by_profile(benchmark: BenchmarkFixture, bench, profile: str) -> None:
    index = GridIndex.build(bench.city.geometries, profile=profile)
    lon, lat = bench.points(20_000)
    slots = benchmark(index.locate_batch, lon, lat)
    assert (slots == bench.router.index.locate_batch(lon, lat)).all()


def test_locate(benchmark: BenchmarkFixture, bench) -> None:
    index = bench.router.index
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(shapely.from_wkb(bench.city.geometries[17])))[
        0
    ]
    assert benchmark(index.locate, lon, lat) == 17


def test_locate_nearest(benchmark: BenchmarkFixture, bench) -> None:
    east = max(shapely.from_wkb(bench.city.geometries), key=lambda grid: grid.bounds[2])
    near = benchmark(
        bench.router.index.locate_nearest, east.bounds[2] + 0.001, east.centroid.y, within_m=5_000
    )
    assert near is not None
    assert 0 < near.distance_m < 5_000


def test_border_distance_batch(benchmark: BenchmarkFixture, bench) -> None:
    lon, lat = bench.points(2_000)
    metres = benchmark(bench.router.index.border_distance_batch, lon, lat)
    assert (np.isnan(metres) == (bench.router.index.locate_batch(lon, lat) == UNCOVERED)).all()


@pytest.mark.parametrize("profile", ["fast", "compact"])
def test_build(benchmark: BenchmarkFixture, bench, profile: str) -> None:
    index = benchmark(GridIndex.build, bench.city.geometries, profile=profile)
    assert len(index) == 265


def test_open(benchmark: BenchmarkFixture, bench, tmp_path) -> None:
    bench.router.index.save(tmp_path / "city.index")
    opened = benchmark(GridIndex.open, tmp_path / "city.index", verify=False)
    lon, lat = bench.points(1_000)
    assert (opened.locate_batch(lon, lat) == bench.router.index.locate_batch(lon, lat)).all()


def test_locate_all_batch(benchmark: BenchmarkFixture, bench) -> None:
    lon, lat = bench.points(20_000)
    there = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = lon[there], lat[there]
    wards = shapely.convex_hull(shapely.from_wkb(bench.city.geometries))
    offsets, ids = benchmark(LayerIndex.build(shapely.to_wkb(wards)).locate_all_batch, lon, lat)
    point, ward = shapely.STRtree(wards).query(shapely.points(lon, lat), predicate="intersects")
    assert (np.diff(offsets) == np.bincount(point, minlength=len(lon))).all()
    assert (ids == ward[np.lexsort((ward, point))]).all()
