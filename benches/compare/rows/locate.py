"""locate: unsorted points to grids, columns in and out, at each instruction set, beside exact rivals."""

from __future__ import annotations

import numpy as np

from compare.goal import Goal, at_least, at_most, only
from compare.inputs import NOWHERE, outlines, points, shapes, truth
from compare.trial import Record, contest, per_item, timed

SIZES = (265, 10_000, 100_000)
POINTS = 10_000_000
RIVAL_POINTS = 1_000_000
LEVELS = ("baseline", "avx2", "avx512")
#: Times geoindex-rs + shapely, by level.
RATIO = {"baseline": 25, "avx2": 35, "avx512": 50}
STRETCH_NS = {265: 6, 10_000: 8, 100_000: 13}


def run() -> list[Record]:
    records = []
    for grids in SIZES:
        truth(grids, POINTS)
        for level in LEVELS:
            record = contest("locate", "gov_core", level=level, grids=grids, count=POINTS)
            if record["level"] == level:  # else this processor does not have it
                records.append(record)
        records.append(contest("locate", "gov_core", threads=2, grids=grids, count=POINTS, workers=2))
        records += [
            contest("locate", rival, grids=grids, count=RIVAL_POINTS)
            for rival in ("geoindex_shapely", "geoindex_shapely_one_owner", "shapely_tree", "geopandas_sjoin")
        ]
    return records


def goals(records: list[Record]) -> list[Goal]:
    found = []
    for grids in SIZES:
        rival = only(records, contestant="geoindex_shapely", grids=grids)["ns"]
        ruled = only(records, contestant="geoindex_shapely_one_owner", grids=grids)["ns"]
        sjoin = only(records, contestant="geopandas_sjoin", grids=grids)["ns"]
        ours = [r for r in records if r["contestant"] == "gov_core" and r["grids"] == grids]
        single = {r["level"]: r["ns"] for r in ours if r["threads"] == 1}
        for level, ns in single.items():
            what = f"{grids:,} grids, {level}, {ns:.1f} ns/point"
            found.append(at_least(f"{what}: geoindex-rs + shapely", rival / ns, RATIO[level], "x"))
            name = "geoindex-rs + shapely, one owner on borders"
            found.append(at_least(f"{what}: {name}", ruled / ns, RATIO[level], "x"))
            if level == "avx512":
                found.append(at_least(f"{what}: geopandas sjoin", sjoin / ns, 250, "x"))
                found.append(at_most(f"{grids:,} grids, {level}: stretch", ns, STRETCH_NS[grids], "ns/point"))
        (double,) = (r["ns"] for r in ours if r["threads"] == 2)
        widest = list(single.values())[-1]
        found.append(at_least(f"{grids:,} grids: two threads", widest / double, 1.6, "x"))
    return found


def gov_core(grids: int, count: int, workers: int = 1, profile: str = "fast") -> Record:
    """GridIndex.locate_batch."""
    from gov_core import _core
    from gov_core.routing import GridIndex

    index = GridIndex.build(outlines(grids), profile=profile)
    lon, lat = points(grids, POINTS)
    lon, lat = lon[:count], lat[:count]
    seconds, slots = timed(lambda: index.locate_batch(lon, lat, threads=workers))
    truth(grids, POINTS).check(slots)
    return per_item(seconds, count) | {"level": _core.cpu_level, "nbytes": index.nbytes}


def geoindex_shapely(grids: int, count: int, *, one_owner: bool = False) -> Record:
    """R-tree join of boxes by geoindex-rs, then shapely.intersects_xy on prepared polygons."""
    import pyarrow as pa
    import shapely
    from geoindex_rs import rtree

    def tree(boxes: np.ndarray) -> object:
        builder = rtree.RTreeBuilder(len(boxes))
        builder.add(*(np.ascontiguousarray(side) for side in boxes.T))
        return builder.finish()

    polygons = shapes(grids)
    index = tree(shapely.bounds(polygons))

    def locate(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        pairs = pa.record_batch(rtree.tree_join(tree(np.stack([lon, lat, lon, lat], axis=1)), index))
        point, grid = pairs.column(0).to_numpy(), pairs.column(1).to_numpy()
        held = shapely.intersects_xy(polygons[grid], lon[point], lat[point])
        point, grid = point[held], grid[held]
        if one_owner:
            order = np.lexsort((grid, point))[::-1]
            point, grid = point[order], grid[order]
        return labels(len(lon), point, grid)

    return measure(grids, count, locate)


def geoindex_shapely_one_owner(grids: int, count: int) -> Record:
    """The same with a rule for borders: of the grids that hold a point, the first one owns it."""
    return geoindex_shapely(grids, count, one_owner=True)


def shapely_tree(grids: int, count: int) -> Record:
    """STRtree on boxes, then shapely.intersects_xy on prepared polygons."""
    import shapely

    polygons = shapes(grids)
    index = shapely.STRtree(polygons)

    def locate(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        point, grid = index.query(shapely.points(lon, lat))
        held = shapely.intersects_xy(polygons[grid], lon[point], lat[point])
        return labels(len(lon), point[held], grid[held])

    return measure(grids, count, locate)


def geopandas_sjoin(grids: int, count: int) -> Record:
    """geopandas.sjoin, as its manual shows it."""
    import geopandas

    frame = geopandas.GeoDataFrame({"grid": np.arange(grids)}, geometry=shapes(grids))
    _ = frame.sindex  # built now, not in the first run

    def locate(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        events = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat))
        joined = events.sjoin(frame, predicate="intersects", how="inner")
        return labels(len(lon), joined.index.to_numpy(), joined["grid"].to_numpy())

    return measure(grids, count, locate)


def labels(count: int, point: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """The cheapest way from pairs to a column: on a border the last pair wins."""
    slots = np.full(count, NOWHERE, np.uint32)
    slots[point] = grid
    return slots


def measure(grids: int, count: int, locate: object) -> Record:
    lon, lat = points(grids, POINTS)
    lon, lat = lon[:count].copy(), lat[:count].copy()
    seconds, slots = timed(lambda: locate(lon, lat), runs=5)
    truth(grids, POINTS).check(slots)
    return per_item(seconds, count)
