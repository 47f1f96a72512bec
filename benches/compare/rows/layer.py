"""layer: LayerIndex on jurisdictions that overlap, beside shapely's STRtree."""

from __future__ import annotations

import numpy as np

from compare.goal import Goal, at_least, only
from compare.inputs import points
from compare.rows.locate import POINTS
from compare.trial import Record, contest, per_item, timed

GRIDS = 10_000
EVENTS = 1_000_000
AREAS = (2_000, 20_000)


def run() -> list[Record]:
    return [
        contest("layer", contestant, areas=areas) for areas in AREAS for contestant in ("gov_core", "strtree")
    ]


def goals(records: list[Record]) -> list[Goal]:
    found = []
    for areas in AREAS:
        own, its = (only(records, areas=areas, contestant=name) for name in ("gov_core", "strtree"))
        what = f"{areas:,} areas, {own['deep']:.1f} a point, {own['ns']:.0f} ns; STRtree {its['ns']:,.0f} ns"
        found.append(at_least(what, its["ns"] / own["ns"], 20, "x"))
    return found


def gov_core(areas: int) -> Record:
    """LayerIndex.locate_all_batch; every answer is held against shapely's."""
    import shapely

    from gov_core.routing import LayerIndex

    polygons = _areas(areas)
    lon, lat = _points()
    index = LayerIndex.build(shapely.to_wkb(polygons).tolist())
    seconds, (offsets, ids) = timed(lambda: index.locate_all_batch(lon, lat))
    point, area = _tree(polygons).query(shapely.points(lon, lat), predicate="intersects")
    order = np.lexsort((area, point))
    assert (np.diff(offsets) == np.bincount(point, minlength=len(lon))).all()
    assert (ids == area[order]).all()
    vertices = int(shapely.get_num_coordinates(polygons).sum())
    return per_item(seconds, EVENTS) | {
        "deep": len(ids) / EVENTS,
        "nbytes": index.nbytes,
        "vertices": vertices,
    }


def strtree(areas: int) -> Record:
    """STRtree.query with all points at once, predicate intersects, polygons prepared."""
    import shapely

    tree = _tree(_areas(areas))
    lon, lat = _points()
    seconds, _ = timed(lambda: tree.query(shapely.points(lon, lat), predicate="intersects"), runs=5)
    return per_item(seconds, EVENTS)


def _tree(polygons: np.ndarray) -> object:
    import shapely

    shapely.prepare(polygons)
    return shapely.STRtree(polygons)


def _points() -> tuple[np.ndarray, np.ndarray]:
    lon, lat = points(GRIDS, POINTS)
    return lon[:EVENTS].copy(), lat[:EVENTS].copy()


def _areas(count: int) -> np.ndarray:
    """Wobbly areas of 60 corners around points of the city: about as wide as a ward, some much wider."""
    import shapely

    rng = np.random.default_rng(11)
    lon, lat = points(GRIDS, POINTS)
    at = rng.choice(EVENTS, count)
    inside = (np.abs(lon[at] - np.median(lon)) < 1) & (np.abs(lat[at] - np.median(lat)) < 1)
    at = np.where(inside, at, at[inside][0])
    angle = np.sort(rng.uniform(0, 2 * np.pi, (count, 60)), axis=1)
    wobble = (
        1 + 0.25 * np.sin(3 * angle + rng.uniform(0, 6, (count, 1))) + 0.05 * rng.normal(size=angle.shape)
    )
    radius = 0.12 / np.sqrt(count) * rng.lognormal(-0.2, 0.5, (count, 1)) * wobble
    x, y = lon[at, None] + radius * np.cos(angle), lat[at, None] + radius * np.sin(angle)
    return shapely.polygons(np.stack([x, y], axis=2))
