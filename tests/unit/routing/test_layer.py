"""Overlapping polygons against shapely, also where floats would guess."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gov_core.errors import CoordinateError, GeometryError
from gov_core.routing import LayerIndex


def blobs(seed: int, count: int, corners: int, radius: float) -> np.ndarray:
    """Star-shaped polygons scattered over a square degree, some of them with holes or in parts."""
    rng = np.random.default_rng(seed)
    polygons = []
    for at in range(count):
        angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
        size = radius * rng.lognormal(0, 0.5) * (1 + 0.3 * np.sin(3 * angle))
        centre = rng.uniform((118, 32), (119, 33))
        ring = np.c_[centre[0] + size * np.cos(angle), centre[1] + size * np.sin(angle)]
        hole = [centre + 0.2 * (ring - centre)] if at % 3 == 0 else None
        polygon = shapely.make_valid(shapely.Polygon(ring, hole))
        if at % 5 == 0:
            polygon = shapely.union(polygon, shapely.box(*(centre + radius), *(centre + 2 * radius)))
        polygons.append(
            shapely.MultiPolygon([p for p in shapely.get_parts(polygon) if p.geom_type == "Polygon"])
        )
    return np.array(polygons)


def by_shapely(polygons: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What an STRtree says, in the same form as the index."""
    point, polygon = shapely.STRtree(polygons).query(shapely.points(lon, lat), predicate="intersects")
    order = np.lexsort((polygon, point))
    offsets = np.searchsorted(point[order], np.arange(len(lon) + 1))
    return offsets, polygon[order].astype(np.uint32)


def assert_equals_shapely(polygons: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> None:
    index = LayerIndex.build(polygons)

    offsets, ids = index.locate_all_batch(lon, lat)

    expected_offsets, expected_ids = by_shapely(polygons, lon, lat)
    assert np.array_equal(offsets, expected_offsets)
    assert np.array_equal(ids, expected_ids)


@pytest.mark.parametrize(("count", "corners", "radius"), [(300, 60, 0.05), (2_000, 12, 0.02), (40, 800, 0.3)])
def test_points_anywhere(count: int, corners: int, radius: float) -> None:
    polygons = blobs(count, count, corners, radius)
    lon, lat = np.random.default_rng(1).uniform((117.8, 31.8), (119.2, 33.2), (20_000, 2)).T

    assert_equals_shapely(polygons, lon, lat)


def test_corners_sides_and_one_float_beside_them() -> None:
    polygons = blobs(7, 150, 24, 0.08)
    corners = shapely.get_coordinates(polygons)
    middles = (corners[1:] + corners[:-1]) / 2
    at = np.concatenate([corners, middles])
    steps = list(itertools.product((-np.inf, None, np.inf), repeat=2))
    beside = [
        np.c_[
            at[:, 0] if lon is None else np.nextafter(at[:, 0], lon),
            at[:, 1] if lat is None else np.nextafter(at[:, 1], lat),
        ]
        for lon, lat in steps
    ]
    lon, lat = np.concatenate(beside).T

    assert_equals_shapely(polygons, lon.copy(), lat.copy())


def test_every_corner_is_held_by_its_polygon() -> None:
    polygons = blobs(8, 100, 30, 0.08)
    corners, owner = shapely.get_coordinates(polygons, return_index=True)

    offsets, ids = LayerIndex.build(polygons).locate_all_batch(corners[:, 0].copy(), corners[:, 1].copy())

    assert all(owner[at] in ids[offsets[at] : offsets[at + 1]] for at in range(len(corners)))


@given(
    boxes=st.lists(st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 6)] * 2), min_size=1, max_size=15),
    scale=st.sampled_from([1.0, 0.1, 1 / 3, 1e-7]),
)
@settings(max_examples=100, deadline=None)
def test_boxes_that_share_borders(boxes: list[tuple[int, int, int, int]], scale: float) -> None:
    polygons = np.array(
        [shapely.box(x * scale, y * scale, (x + w) * scale, (y + h) * scale) for x, y, w, h in boxes]
    )
    lon, lat = (axis.ravel() * scale / 2 for axis in np.mgrid[-1:38, -1:38].astype(float))

    assert_equals_shapely(polygons, lon, lat)


def test_one_point() -> None:
    index = LayerIndex.build([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3), shapely.box(2, 0, 3, 1)])

    assert index.locate_all(1.5, 1.5) == [0, 1]
    assert index.locate_all(2.0, 1.0) == [0, 1, 2]
    assert index.locate_all(5.0, 5.0) == []
    assert len(index) == 3
    assert index.nbytes > 0
    with pytest.raises(CoordinateError):
        index.locate_all(float("nan"), 0.0)


def test_threads_change_nothing() -> None:
    index = LayerIndex.build(blobs(3, 200, 20, 0.1))
    lon, lat = np.random.default_rng(2).uniform((118, 32), (119, 33), (100_000, 2)).T.copy()

    offsets, ids = index.locate_all_batch(lon, lat)

    for threads in (2, 5):
        again = index.locate_all_batch(lon, lat, threads=threads)
        assert np.array_equal(again[0], offsets)
        assert np.array_equal(again[1], ids)


def test_columns_of_any_kind() -> None:
    index = LayerIndex.build([shapely.box(0, 0, 2, 2)])
    lon, lat = np.array([1.0, 1.0, 5.0, 1.0]), np.array([1.0, np.nan, 1.0, 2.0])
    expected = ([0, 1, 1, 1, 2], [0, 0])

    # 1.0 lies under the null: it must not be read.
    null = pa.Array.from_buffers(pa.float64(), 4, [pa.py_buffer(b"\x0d"), pa.py_buffer(np.ones(4))])
    chunks = pa.chunked_array([[1.0, 1.0], [5.0, 1.0]])
    for columns in ((lon, lat), (lon.tolist(), lat.tolist()), (chunks, lat), (pa.array(lon), pa.array(lat))):
        offsets, ids = index.locate_all_batch(*columns)
        assert (offsets.tolist(), ids.tolist()) == expected
    offsets, _ = index.locate_all_batch(null, np.ones(4))
    assert offsets.tolist() == [0, 1, 1, 2, 3]
    with pytest.raises(ValueError, match="lon has 4 values, lat has 3"):
        index.locate_all_batch(lon, lat[:3])


def test_geometries_of_any_kind_give_one_index() -> None:
    polygons = blobs(9, 12, 9, 0.1)
    lon, lat = np.random.default_rng(4).uniform((118, 32), (119, 33), (2_000, 2)).T.copy()
    offsets, ids = LayerIndex.build(polygons).locate_all_batch(lon, lat)

    mappings = [polygon.__geo_interface__ for polygon in polygons]
    for source in (
        list(polygons),
        mappings,
        shapely.to_wkb(polygons).tolist(),
        pa.array(shapely.to_wkb(polygons)),
    ):
        again = LayerIndex.build(source).locate_all_batch(lon, lat)
        assert np.array_equal(again[0], offsets)
        assert np.array_equal(again[1], ids)


def test_faults_name_their_polygons() -> None:
    sound = shapely.box(0, 0, 1, 1).wkb
    with pytest.raises(GeometryError) as caught:
        LayerIndex.build(
            [sound, b"\x01", sound, shapely.Point(1, 1).wkb], ids=["park", "beat", "school", "stop"]
        )

    assert [fault.place for fault in caught.value.faults] == ["beat", "stop"]
    with pytest.raises(ValueError, match="1 ids for 2 geometries"):
        LayerIndex.build([sound, sound], ids=["park"])
    with pytest.raises(TypeError):
        LayerIndex.build([sound, "POLYGON EMPTY"])


def test_no_polygons_hold_nothing() -> None:
    index = LayerIndex.build([])

    assert len(index) == 0
    assert index.locate_all(118.0, 32.0) == []
    offsets, ids = index.locate_all_batch([118.0, 119.0], [32.0, 33.0])
    assert (offsets.tolist(), ids.tolist()) == ([0, 0, 0], [])
