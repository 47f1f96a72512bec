"""edges: how many owners a point on a shared border gets: a million vertices and middles of edges."""

from __future__ import annotations

import numpy as np

from compare.goal import Goal, only
from compare.inputs import outlines, shapes
from compare.trial import Record, contest, per_item, timed

GRIDS = 10_000
POINTS = 1_000_000


def run() -> list[Record]:
    return [contest("edges", name) for name in ("gov_core", "shapely_intersects", "shapely_within")]


def goals(records: list[Record]) -> list[Goal]:
    found = []
    for record in records:
        said = ", ".join(f"{owners}: {count:,}" for owners, count in sorted(record["owners"].items()))
        what = f"{POINTS:,} points on borders, {record['contestant']}: owners each"
        own = record is only(records, contestant="gov_core")
        holds = record["owners"] == {"1": POINTS} if own else None
        found.append(Goal(what, "1" if own else "", said, holds))
    return found


def gov_core() -> Record:
    """GridIndex: the owner must be one of the grids that shapely says touch the point."""
    from gov_core.routing import GridIndex

    index = GridIndex.build(outlines(GRIDS))
    lon, lat = _border()
    seconds, slots = timed(lambda: index.locate_batch(lon, lat))
    point, grid = _pairs("intersects")
    owners = np.bincount(point[slots[point] == grid], minlength=POINTS)
    return per_item(seconds, POINTS) | {"owners": _tally(owners)}


def shapely_intersects() -> Record:
    """STRtree.query, predicate intersects."""
    return _shapely("intersects")


def shapely_within() -> Record:
    """STRtree.query, predicate within."""
    return _shapely("within")


def _shapely(predicate: str) -> Record:
    seconds, (point, _) = timed(lambda: _pairs(predicate), runs=1)
    return per_item(seconds, POINTS) | {"owners": _tally(np.bincount(point, minlength=POINTS))}


def _pairs(predicate: str) -> tuple[np.ndarray, np.ndarray]:
    import shapely

    point, grid = shapely.STRtree(shapes(GRIDS)).query(shapely.points(*_border()), predicate=predicate)
    return point, grid


def _tally(owners: np.ndarray) -> dict[str, int]:
    return {str(count): int(points) for count, points in enumerate(np.bincount(owners)) if points}


def _border() -> tuple[np.ndarray, np.ndarray]:
    """Half vertices, half middles of edges that are exactly representable, of grids picked at random."""
    import shapely

    rng = np.random.default_rng(13)
    vertices, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(shapes(GRIDS))), return_index=True
    )
    on = vertices[rng.integers(len(vertices), size=POINTS // 2)]
    start = rng.choice(np.flatnonzero(ring[:-1] == ring[1:]), POINTS // 2)
    middle = (vertices[start] + vertices[start + 1]) / 2
    lon, lat = np.concatenate([on, middle]).T
    return lon.copy(), lat.copy()
