"""field: more exact rivals, for those who ask how theirs does."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from compare.goal import Goal
from compare.inputs import NOWHERE, outlines, shapes
from compare.rows.locate import RIVAL_POINTS, labels, measure
from compare.trial import Record, contest

SIZES = (265, 10_000)
#: rtree is called once a point.
FEW_POINTS = 100_000


def run() -> list[Record]:
    records = []
    for grids in SIZES:
        records += [
            contest("field", rival, grids=grids, count=RIVAL_POINTS) for rival in ("sedonadb", "duckdb")
        ]
        records.append(contest("field", "rtree_shapely", grids=grids, count=FEW_POINTS))
    return records


def goals(records: list[Record]) -> list[Goal]:
    return [
        Goal(f"{r['grids']:,} grids, {r['contestant']}", "", f"{1e3 / r['ns']:.3g} M points/s")
        for r in records
    ]


def sedonadb(grids: int, count: int) -> Record:
    """SedonaDB's spatial join."""
    import pyarrow as pa
    import sedonadb

    db = sedonadb.connect()
    wkb = pa.table({"grid": np.arange(grids), "wkb": pa.array(outlines(grids), pa.binary())})
    db.create_data_frame(wkb).to_view("wkb")
    db.sql("select grid, ST_GeomFromWKB(wkb) as outline from wkb").to_memtable().to_view("grids")

    def locate(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        events = pa.table({"event": np.arange(len(lon)), "lon": lon, "lat": lat})
        db.create_data_frame(events).to_view("events", overwrite=True)
        pairs = db.sql(
            "select event, grid from (select event, ST_Point(lon, lat) as p from events) join grids "
            "on ST_Intersects(outline, p)"
        ).to_arrow_table()
        return labels(len(lon), pairs["event"].to_numpy(), pairs["grid"].to_numpy())

    return measure(grids, count, locate)


def duckdb(grids: int, count: int) -> Record:
    """DuckDB's spatial join."""
    import duckdb
    import duckdb_extension_spatial
    import pyarrow as pa

    (extension,) = Path(duckdb_extension_spatial.__file__).parent.glob("extensions/*/*.duckdb_extension")
    db = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": 1})
    db.execute(f"load '{extension}'")
    db.register("wkb", pa.table({"grid": np.arange(grids), "wkb": pa.array(outlines(grids), pa.binary())}))
    db.execute("create table grids as select grid, ST_GeomFromWKB(wkb) as outline from wkb")

    def locate(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        db.register("events", pa.table({"event": np.arange(len(lon)), "lon": lon, "lat": lat}))
        pairs = db.execute(
            "select event, grid from (select event, ST_Point(lon, lat) as p from events) join grids "
            "on ST_Intersects(outline, p)"
        ).fetchnumpy()
        return labels(len(lon), pairs["event"], pairs["grid"])

    return measure(grids, count, locate)


def rtree_shapely(grids: int, count: int) -> Record:
    """rtree for boxes, then shapely on prepared polygons, a point at a time."""
    import rtree
    import shapely

    polygons = list(shapes(grids))
    boxes = shapely.bounds(polygons).tolist()
    index = rtree.index.Index((grid, tuple(box), None) for grid, box in enumerate(boxes))

    def locate(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        slots = np.full(len(lon), NOWHERE, np.uint32)
        for at, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            for grid in index.intersection((x, y, x, y)):
                if shapely.intersects_xy(polygons[grid], x, y):
                    slots[at] = grid
                    break
        return slots

    return measure(grids, count, locate)
