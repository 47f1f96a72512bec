"""Generated grids are a partition: valid, without gap or overlap, and the same for the same seed."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import shapely

from gov_core.generate import partition
from gov_core.generate.partition import QUANTUM


def digest_of(parts):
    sums = hashlib.sha256()
    for array in (
        parts.coordinates,
        parts.ring_offsets,
        parts.part_offsets,
        parts.grid_offsets,
        parts.neighbours,
    ):
        sums.update(np.ascontiguousarray(array).tobytes())
    return sums.hexdigest()


def assert_partition(parts, grids):
    polygons = parts.polygons()
    assert len(parts) == len(polygons) == grids
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    whole = shapely.coverage_union_all(polygons)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert shapely.area(polygons).sum() == pytest.approx(whole.area, rel=1e-12)


@pytest.mark.parametrize("grids", [4, 5, 17, 265])
@pytest.mark.parametrize("seed", range(1, 11))
def test_many_seeds_give_partitions(grids, seed):
    assert_partition(partition(grids, seed), grids)


def test_ten_thousand_grids_have_holes_and_parts():
    parts = partition(10_000, seed=1)
    assert_partition(parts, 10_000)
    holes = len(parts.ring_offsets) - len(parts.part_offsets)
    assert holes >= 60
    assert np.count_nonzero(np.diff(parts.grid_offsets) == 2) == 50
    assert 80 < len(parts.coordinates) / 10_000 < 100


def test_detail_sets_the_number_of_vertices():
    plain, winding = partition(265, seed=1, detail=0.2), partition(265, seed=1, detail=3.0)
    assert_partition(plain, 265)
    assert_partition(winding, 265)
    assert len(winding.coordinates) > 5 * len(plain.coordinates)


def test_the_middle_of_an_edge_is_exact():
    parts = partition(265, seed=2)
    assert (parts.coordinates / QUANTUM % 1 == 0).all()
    middle = (parts.coordinates[:-1] + parts.coordinates[1:]) / 2
    assert (2 * middle - parts.coordinates[1:] == parts.coordinates[:-1]).all()
    assert (middle / QUANTUM * 2 % 1 == 0).all()


def test_shells_run_counter_clockwise_and_holes_clockwise():
    parts = partition(2_000, seed=5)
    rings = [
        shapely.LinearRing(parts.coordinates[a:b])
        for a, b in zip(parts.ring_offsets[:-1], parts.ring_offsets[1:], strict=True)
    ]
    shells = np.isin(np.arange(len(rings)), parts.part_offsets[:-1])
    assert (shapely.is_ccw(rings) == shells).all()
    assert not shells.all()


def test_neighbours_are_the_grids_that_share_a_border():
    parts = partition(265, seed=3)
    polygons = parts.polygons()
    pairs = shapely.STRtree(polygons).query(polygons, predicate="touches").T
    shared = [
        tuple(pair)
        for pair in pairs[pairs[:, 0] < pairs[:, 1]].tolist()
        if shapely.intersection(*polygons[pair]).length > 0
    ]
    assert sorted(shared) == [tuple(pair) for pair in parts.neighbours.tolist()]


def test_the_same_seed_gives_the_same_bytes():
    assert digest_of(partition(265, seed=1)) == digest_of(partition(265, seed=1))
    assert digest_of(partition(265, seed=1)) != digest_of(partition(265, seed=2))


def test_the_bytes_are_those_of_every_machine():
    """Rounding to 1.3 cm swallows the last bits in which processors differ; numpy's streams are stable."""
    coordinates = partition(265, seed=1).coordinates
    assert (
        hashlib.sha256(coordinates.astype("<f8").tobytes()).hexdigest()
        == "3ccc2cbffe4354d22eb4724b18e9585ad04c56322502f0ece9a6828a78f3c3c7"
    )


def test_another_centre_moves_the_city():
    lon, lat = partition(50, seed=1, centre=(-70.5, -33.4)).coordinates.mean(axis=0)
    assert (lon, lat) == pytest.approx((-70.5, -33.4), abs=0.05)


@pytest.mark.parametrize(("grids", "centre"), [(3, (119.0, 33.0)), (265, (119.0, 89.0))])
def test_what_cannot_be_a_city_is_refused(grids, centre):
    with pytest.raises(ValueError, match="at least 4 grids"):
        partition(grids, seed=1, centre=centre)
