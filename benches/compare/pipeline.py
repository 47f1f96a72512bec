"""The job of ``gov-core route`` by hand: geoindex-rs for boxes, shapely for polygons, polars for the rest.

``python -m compare.pipeline CITY PREPARED EVENTS OUT geojson|wkb``
"""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import shapely
from geoindex_rs import rtree

_, city, prepared, events_path, out, source = sys.argv


def tree(boxes):  # noqa: ANN001, ANN201
    builder = rtree.RTreeBuilder(len(boxes))
    builder.add(*(np.ascontiguousarray(side) for side in boxes.T))
    return builder.finish()


grids = pl.read_parquet(f"{prepared}/grids.parquet")
if source == "wkb":
    polygons = shapely.from_wkb(grids["wkb"].to_numpy())
else:
    text = Path(city, "places.geojson").read_text("utf-8")
    by_id = {
        feature["properties"]["id"]: feature["geometry"]
        for feature in json.loads(text)["features"]
        if feature["geometry"]
    }
    polygons = np.array([shapely.geometry.shape(by_id[place]) for place in grids["place"]])
grids = grids.drop("wkb")
shapely.prepare(polygons)

events = pl.read_parquet(events_path)
lon, lat = (events[name].fill_null(np.nan).to_numpy() for name in ("lon", "lat"))
there = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
x, y = lon[there], lat[there]
pairs = pa.record_batch(rtree.tree_join(tree(np.stack([x, y, x, y], axis=1)), tree(shapely.bounds(polygons))))
point, grid = pairs.column(0).to_numpy(), pairs.column(1).to_numpy()
held = shapely.intersects_xy(polygons[grid], x[point], y[point])
slots = np.full(len(events), -1, np.int32)
slots[there[point[held]]] = grid[held]

rules, units = pl.read_parquet(f"{prepared}/rules.parquet"), pl.read_parquet(f"{prepared}/units.parquet")
codes = {name: pl.Enum(rules[name].unique().sort()) for name in ("matter", "grade")}
keys = [pl.col(name).cast(pl.String).cast(kind) for name, kind in codes.items()]
routed = (
    events.with_columns(grid=slots)
    .join(grids, on="grid", how="left", maintain_order="left")
    .with_columns(code=keys[0], level=keys[1])
    .join(
        rules.select(pl.exclude(*codes), code=keys[0], level=keys[1]),
        on=["like", "code", "level"],
        how="left",
        maintain_order="left",
    )
    .join(units, on=["chain", "grid"], how="left", maintain_order="left")
    .with_columns(
        status=pl.when(pl.col("lon").abs().gt(180) | pl.col("lat").abs().gt(90))
        .then(pl.lit("bad_coordinate"))
        .when(pl.col("lon").is_null() | pl.col("lat").is_null())
        .then(pl.lit("no_location"))
        .when(pl.col("grid") < 0)
        .then(pl.lit("out_of_area"))
        .when(pl.col("unit").is_null())
        .then(pl.lit("no_rule"))
        .otherwise(pl.lit("routed"))
    )
)
answers = ("place", "path", "unit", "rule", "respond_within", "resolve_within", "status")
routed.select(*events.columns, *answers).write_parquet(out, compression="snappy")
