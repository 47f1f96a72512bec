"""check: the whole check of a city, beside geopandas and shapely doing the part on coverage alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from compare.goal import Goal, at_most, only
from compare.inputs import SEED, outlines
from compare.trial import Record, contest, peak_rss, per_item, timed

if TYPE_CHECKING:
    from gov_core.city import City

SIZES = (265, 2_650, 10_000)
GOALS = {265: 0.3, 10_000: 3.0}
_MEMORY_GB = 0.5
_STEP = 2e-5  # degrees, about 2 m: how far one grid is moved off its place


def run() -> list[Record]:
    return [
        contest("check", contestant, grids=grids, broken=broken)
        for grids in SIZES
        for broken in (False, True)
        for contestant in ("gov_core", "geopandas")
    ]


def goals(records: list[Record]) -> list[Goal]:
    found = []
    for grids in SIZES:
        for broken in (False, True):
            own, its = (
                only(records, grids=grids, broken=broken, contestant=name)
                for name in ("gov_core", "geopandas")
            )
            what = f"{grids:,} grids x {own['matters']} matters{', one grid moved' if broken else ''}: check"
            beside = f"geopandas, coverage alone, {its['seconds']:.3f} s"
            if grids in GOALS and not broken:
                found.append(at_most(f"{what}; {beside}", own["seconds"], GOALS[grids], "s"))
            else:
                found.append(Goal(f"{what}; {beside}", "", f"{own['seconds']:.3f} s"))
    largest = only(records, grids=SIZES[-1], broken=False, contestant="gov_core")
    found.append(at_most(f"{SIZES[-1]:,} grids: peak memory", largest["peak_rss"] / 1e9, _MEMORY_GB, "GB"))
    return found


def gov_core(grids: int, broken: bool) -> Record:  # noqa: FBT001 - a record names it
    """Everything that check looks for: coverage, hierarchy, bodies, lists, every cell of the rules."""
    from gov_core.checker import check

    city = _city(grids, broken)
    seconds, findings = timed(lambda: check(city), runs=3)
    codes = {found.fault.code for found in findings if found.severity == "error"}
    moved = {found.fault.ids for found in findings if found.fault.code == "geometry.overlap"}
    assert codes <= {"geometry.overlap", "geometry.gap", "geometry.sliver"}
    assert len(moved) == _overlaps(grids, broken)
    return per_item(seconds, grids) | {"matters": len(city.matters), "peak_rss": peak_rss()}


def geopandas(grids: int, broken: bool) -> Record:  # noqa: FBT001
    """Validity, edges that do not match, overlapping pairs with their areas, and holes of the union."""
    import geopandas as gpd
    import shapely

    frame = gpd.GeoSeries.from_wkb(np.array(_city(grids, broken).geometries, dtype=object), crs="EPSG:4326")

    def cover() -> int:
        assert frame.is_valid.all()
        loose = frame.invalid_coverage_edges()
        first, second = frame.sindex.query(frame, predicate="overlaps")
        pairs = first < second
        shared = shapely.intersection(frame.values[first[pairs]], frame.values[second[pairs]])
        ground = frame.union_all(method="unary" if (~loose.is_empty).any() else "coverage")
        assert shapely.get_num_interior_rings(shapely.get_parts(ground)).sum() >= 0
        return int((shapely.area(shared) > 0).sum())

    seconds, found = timed(cover, runs=3)
    assert found == _overlaps(grids, broken)
    return per_item(seconds, grids)


@cache
def _city(grids: int, broken: bool) -> City:  # noqa: FBT001
    import shapely

    from gov_core.generate import generate_city

    city = generate_city(grids, SEED)
    assert list(city.geometries[:3]) == outlines(grids)[:3]
    if not broken:
        return city
    at = grids // 2
    moved = shapely.transform(shapely.from_wkb(city.geometries[at]), lambda xy: xy + _STEP)
    return city.redrawn({city.grids[at]: moved.wkb})


def _overlaps(grids: int, broken: bool) -> int:  # noqa: FBT001
    """How many pairs overlap, by plain shapely over all neighbours of the moved grid."""
    import shapely

    if not broken:
        return 0
    shapes = shapely.from_wkb(np.array(_city(grids, broken).geometries, dtype=object))
    shared = shapely.intersection(shapes[grids // 2], np.delete(shapes, grids // 2))
    return int((shapely.area(shared) > 0).sum())
