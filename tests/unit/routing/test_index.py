"""GridIndex from Python: what it takes, what it refuses, and how it is kept."""

import pickle
import sys
import threading
from pathlib import Path

import arro3.core
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import shapely

from gov_core.errors import CoordinateError, CoverageError, GeometryError, IndexFileError
from gov_core.routing import UNCOVERED, GridIndex

WEST, EAST = shapely.box(118.0, 32.0, 118.1, 32.1), shapely.box(118.1, 32.0, 118.2, 32.1)


@pytest.fixture(scope="module")
def index() -> GridIndex:
    return GridIndex.build([WEST, EAST], ids=["W", "E"], digest="d1")


def nested(geometry: shapely.Polygon) -> list[list[list[float]]]:
    return [[list(point) for point in ring.coords] for ring in (geometry.exterior, *geometry.interiors)]


SOURCES = {
    "wkb": [WEST.wkb, EAST.wkb],
    "shapely": [WEST, EAST],
    "numpy": np.array([WEST, EAST]),
    "multipolygons": [shapely.MultiPolygon([WEST]), shapely.MultiPolygon([EAST])],
    "mappings": [shapely.geometry.mapping(WEST), shapely.geometry.mapping(EAST)],
    "features": [{"type": "Feature", "geometry": shapely.geometry.mapping(g)} for g in (WEST, EAST)],
    "generator": (g for g in (WEST, EAST)),
    "arrow wkb": pa.array([WEST.wkb, EAST.wkb]),
    "polars wkb": pl.Series([WEST.wkb, EAST.wkb]),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_takes_any_kind_of_geometries(source: object) -> None:
    index = GridIndex.build(source)
    assert [index.locate(118.05, 32.05), index.locate(118.15, 32.05), index.locate(0, 0)] == [0, 1, None]


def test_takes_geoarrow_polygons() -> None:
    kind = pa.list_(pa.list_(pa.list_(pa.float64(), 2)))
    field = pa.field("g", kind, metadata={"ARROW:extension:name": "geoarrow.polygon"})
    table = pa.table([pa.array([nested(WEST), nested(EAST)], type=kind)], schema=pa.schema([field]))
    index = GridIndex.build(arro3.core.Table.from_arrow(table)["g"])
    assert [index.locate(118.05, 32.05), index.locate(118.15, 32.05)] == [0, 1]


@pytest.mark.parametrize("source", [None, 3, b"", "POLYGON", [3], [shapely.Point(0, 0)], [{"type": "Point"}]])
def test_refuses_what_is_no_polygon(source: object) -> None:
    with pytest.raises((TypeError, GeometryError)):
        GridIndex.build(source)


def test_unreadable_geometries_are_all_named() -> None:
    with pytest.raises(GeometryError) as caught:
        GridIndex.build([b"", WEST.wkb, WEST.wkb[:-1]], ids=["a", "b", "c"])
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("geometry.unreadable", "a"),
        ("geometry.unreadable", "c"),
    ]


def test_overlaps_name_both_and_a_point_inside() -> None:
    wide = shapely.box(118.05, 32.0, 118.2, 32.1)
    with pytest.raises(CoverageError) as caught:
        GridIndex.build([WEST, wide], ids=["W", "E"])
    (fault,) = caught.value.faults
    assert fault.code == "geometry.overlap"
    assert "W and E both claim" in fault.message
    lon, lat = map(float, fault.message.split("(")[1].rstrip(")").split(","))
    assert WEST.contains(shapely.Point(lon, lat))
    assert wide.contains(shapely.Point(lon, lat))
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults


def test_border_and_outside(index: GridIndex) -> None:
    assert index.locate(118.1, 32.05) == 1, "the shared border: east owns it"
    assert index.locate(118.1, 32.1) == 0, (
        "on the outer border, turning from east over north: the west one first"
    )
    assert index.locate(118.2, 32.1) == 1
    assert index.locate(118.0, 32.0) == 0
    assert index.locate(117.9, 32.0) is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_one_point_that_is_nowhere_is_refused(index: GridIndex, bad: float) -> None:
    with pytest.raises(CoordinateError) as caught:
        index.locate(bad, 32.05)
    assert caught.value.code == "coordinate.not_finite"
    assert index.locate_batch(np.array([bad, 118.05]), np.array([32.05, 32.05])).tolist() == [UNCOVERED, 0]


LON, LAT = [118.05, 118.15, 0.0, 118.1], [32.05, 32.05, 0.0, 32.05]
COLUMNS = {
    "numpy": (np.array(LON), np.array(LAT)),
    "strided": (np.array(LON).repeat(2)[::2], np.array(LAT).repeat(3)[::3]),
    "lists": (LON, LAT),
    "pyarrow": (pa.array(LON), pa.array(LAT)),
    "sliced": (pa.array([9.0, *LON])[1:], pa.array([*LAT, 9.0])[:-1]),
    "chunked": (pa.chunked_array([LON[:1], [], LON[1:]]), pa.chunked_array([LAT[:3], LAT[3:]])),
    "polars": (pl.Series(LON), pl.Series(LAT)),
    "arro3": (arro3.core.Array.from_arrow(pa.array(LON)), np.array(LAT)),
    "read-only": (np.frombuffer(np.array(LON).tobytes()), np.array(LAT)),
}


@pytest.mark.parametrize("columns", COLUMNS.values(), ids=COLUMNS)
def test_columns_of_any_kind_give_the_same(index: GridIndex, columns: tuple[object, object]) -> None:
    slots = index.locate_batch(*columns)
    assert slots.dtype == np.uint32
    assert slots.tolist() == [0, 1, UNCOVERED, 1]


def test_float32_and_integers_are_converted(index: GridIndex) -> None:
    assert index.locate_batch(np.array([118, 119]), np.array([32.05, 32.05], np.float32)).tolist() == [
        0,
        UNCOVERED,
    ]


def test_missing_values_are_uncovered(index: GridIndex) -> None:
    lon = pa.array([118.05, None, 118.05])
    lat = pa.array([32.05, 32.05, None])
    assert index.locate_batch(lon, lat).tolist() == [0, UNCOVERED, UNCOVERED]


def test_columns_of_different_lengths_are_refused(index: GridIndex) -> None:
    with pytest.raises(ValueError, match="lon has 2 values, lat has 1"):
        index.locate_batch(np.zeros(2), np.zeros(1))


def test_arguments_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="profile"):
        GridIndex.build([WEST], profile="small")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="snap_deg"):
        GridIndex.build([WEST], snap_deg=-1.0)
    with pytest.raises(ValueError, match="2 ids for 1 geometries"):
        GridIndex.build([WEST], ids=["a", "b"])


def test_slivers_are_closed_only_when_asked() -> None:
    overlapping = shapely.box(118.1 - 1e-9, 32.0, 118.2, 32.1)
    with pytest.raises(CoverageError):
        GridIndex.build([WEST, overlapping])
    index = GridIndex.build([WEST, overlapping], snap_deg=1e-7)
    assert index.report["snapped"] > 0
    assert index.locate(118.1, 32.05) == 1


def test_is_kept_in_files(index: GridIndex, tmp_path: Path) -> None:
    path = tmp_path / "网格.index"
    index.save(path)
    opened = GridIndex.open(path)
    assert (opened.ids, opened.digest, opened.report) == (("W", "E"), "d1", index.report)
    assert opened.locate(118.15, 32.05) == 1
    assert opened.to_bytes() == index.to_bytes() == path.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_pickles_by_bytes_and_by_path(index: GridIndex, tmp_path: Path) -> None:
    path = tmp_path / "index"
    index.save(path)
    opened = GridIndex.open(path)
    assert len(pickle.dumps(opened)) < 1000 < len(pickle.dumps(index))
    for again in (pickle.loads(pickle.dumps(index)), pickle.loads(pickle.dumps(opened))):
        assert again.ids == ("W", "E")
        assert again.locate(118.05, 32.05) == 0
    pickled = pickle.dumps(opened)
    GridIndex.build([EAST]).save(path)
    with pytest.raises(IndexFileError) as caught:
        pickle.loads(pickled)
    assert caught.value.code == "index_file.changed"


def test_files_that_are_no_index_are_refused(index: GridIndex, tmp_path: Path) -> None:
    good = index.to_bytes()
    path = tmp_path / "index"
    for data, code in [
        (b"", "index_file.foreign"),
        (b"PK\x03\x04" + bytes(500), "index_file.foreign"),
        (good[:8] + b"\x09" + good[9:], "index_file.version"),
        (good[:-1], "index_file.damaged"),
        (good[:100] + b"?" + good[101:], "index_file.damaged"),
    ]:
        path.write_bytes(data)
        if data:
            with pytest.raises(IndexFileError) as caught:
                GridIndex.open(path)
            assert caught.value.code == code
            assert str(path) in str(caught.value)
        with pytest.raises(IndexFileError) as caught:
            GridIndex.from_bytes(data)
        assert caught.value.code == code
    with pytest.raises(FileNotFoundError):
        GridIndex.open(tmp_path / "none")


def test_many_threads_share_one_index(index: GridIndex) -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(117.9, 118.3, 100_000), rng.uniform(31.9, 32.2, 100_000)
    expected = index.locate_batch(lon, lat)
    assert (index.locate_batch(lon, lat, threads=5) == expected).all()
    results: list[bool] = []

    def ask() -> None:
        results.append(bool((index.locate_batch(lon, lat) == expected).all()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


def test_answers_do_not_leak(index: GridIndex) -> None:
    lon, lat = np.array(LON), np.array(LAT)
    index.locate_batch(lon, lat)
    before = sys.getrefcount(lon)
    for _ in range(100):
        index.locate_batch(lon, lat)
    assert sys.getrefcount(lon) == before
