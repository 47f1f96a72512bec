"""How others find the grids of points: shapely, and whatever else of them is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pairs = tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]
    Locate = Callable[[NDArray[np.float64], NDArray[np.float64]], Pairs]

T = TypeVar("T")


def rivals(polygons: NDArray[Any]) -> dict[str, tuple[int, Locate]]:
    """Return how many points each takes in about a second, and a function that locates points.

    The function returns pairs of a point and a grid that holds it: two grids or more on a border.

    Args:
        polygons: Prepared polygons of shapely, by slot.
    """
    known = {
        "shapely": ("shapely STRtree", 200_000, _shapely),
        "geoindex_rs": ("geoindex-rs + shapely", 200_000, _geoindex),
        "geopandas": ("geopandas sjoin", 100_000, _geopandas),
        "rtree": ("rtree + shapely", 20_000, _rtree),
    }
    needs = {"geoindex_rs": "pyarrow"}
    return {
        name: (count, make(polygons))
        for module, (name, count, make) in known.items()
        if find_spec(module) and find_spec(needs.get(module, module))
    }


def check(slots: NDArray[np.uint32], pairs: Pairs) -> None:
    """Hold our answers against a rival's pairs.

    Raises:
        RuntimeError: A point has an owner that does not hold it, or none though a grid holds it.
    """
    from gov_core.routing import UNCOVERED

    point, grid = pairs
    held = np.zeros(len(slots), np.bool_)
    held[point] = True
    right = slots == UNCOVERED
    right &= ~held
    right[point[slots[point] == grid]] = True
    if not right.all():
        wrong = np.flatnonzero(~right)
        raise RuntimeError(f"{len(wrong)} of {len(slots)} points are answered otherwise, first {wrong[0]}")


def nanoseconds(work: Callable[[], T], items: int, runs: int = 5) -> tuple[float, T]:
    """Return the median time an item takes over some runs, after one to warm up, and the result."""
    result, seconds = work(), []
    for _ in range(runs):
        started = perf_counter()
        work()
        seconds.append(perf_counter() - started)
    return float(np.median(seconds)) / items * 1e9, result


def _shapely(polygons: NDArray[Any]) -> Locate:
    import shapely

    tree = shapely.STRtree(polygons)

    def locate(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pairs:
        point, grid = tree.query(shapely.points(lon, lat))
        held = shapely.intersects_xy(polygons[grid], lon[point], lat[point])
        return point[held], grid[held]

    return locate


def _geoindex(polygons: NDArray[Any]) -> Locate:
    import pyarrow as pa
    import shapely

    rtree = import_module("geoindex_rs").rtree

    def tree(boxes: NDArray[np.float64]) -> Any:  # noqa: ANN401 - of a library that need not be there
        builder = rtree.RTreeBuilder(len(boxes))
        builder.add(*(np.ascontiguousarray(side) for side in boxes.T))
        return builder.finish()

    grids = tree(shapely.bounds(polygons))

    def locate(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pairs:
        joined = pa.record_batch(rtree.tree_join(tree(np.stack([lon, lat, lon, lat], axis=1)), grids))
        point, grid = joined.column(0).to_numpy(), joined.column(1).to_numpy()
        held = shapely.intersects_xy(polygons[grid], lon[point], lat[point])
        return point[held], grid[held]

    return locate


def _geopandas(polygons: NDArray[Any]) -> Locate:
    import geopandas

    grids = geopandas.GeoDataFrame({"grid": np.arange(len(polygons))}, geometry=polygons)

    def locate(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pairs:
        points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat))
        joined = points.sjoin(grids, predicate="intersects")
        return joined.index.to_numpy(), joined["grid"].to_numpy()

    return locate


def _rtree(polygons: NDArray[Any]) -> Locate:
    import rtree
    import shapely

    boxes, outlines = shapely.bounds(polygons).tolist(), list(polygons)
    tree = rtree.index.Index((grid, tuple(box), None) for grid, box in enumerate(boxes))

    def locate(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Pairs:
        pairs = [
            (point, grid)
            for point, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
            for grid in tree.intersection((x, y, x, y))
            if shapely.intersects_xy(outlines[grid], x, y)
        ]
        point, grid = np.array(pairs, np.int64).reshape(-1, 2).T
        return point, grid

    return locate
