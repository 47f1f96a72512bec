"""single: one call at a time from Python, beside shapely's STRtree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compare.goal import Goal, at_least, at_most, only
from compare.inputs import city_folder, outlines, points, shapes, truth
from compare.rows.locate import POINTS
from compare.trial import Record, contest, per_item, timed

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (265, 10_000)
CALLS = 50_000
LIMIT_NS = {265: 150, 10_000: 250}


def run() -> list[Record]:
    return [
        contest("single", contestant, grids=grids)
        for grids in SIZES
        for contestant in ("locate", "strtree", "route")
    ]


def goals(records: list[Record]) -> list[Goal]:
    found = []
    for grids in SIZES:
        locate, tree, route = (
            only(records, contestant=name, grids=grids)["ns"] for name in ("locate", "strtree", "route")
        )
        found.append(at_most(f"{grids:,} grids: locate", locate, LIMIT_NS[grids], "ns"))
        what = f"{grids:,} grids: STRtree.query, {tree:,.0f} ns"
        found.append(at_least(what, tree / locate, 40, "x"))
        found.append(at_most(f"{grids:,} grids: route", route / 1e3, 3, "us"))
    return found


def locate(grids: int) -> Record:
    """GridIndex.locate."""
    from gov_core.routing import GridIndex

    index = GridIndex.build(outlines(grids))
    calls = _calls(grids)
    answers = index.locate_batch(*zip(*calls, strict=True))
    truth(grids, POINTS).check(answers)
    assert [index.locate(*call) for call in calls] == [
        None if a == 2**32 - 1 else a for a in answers.tolist()
    ]
    return _loop(index.locate, calls)


def strtree(grids: int) -> Record:
    """STRtree.query with a Point made for it, predicate intersects."""
    import shapely

    tree, calls = shapely.STRtree(shapes(grids)), _calls(grids)[: CALLS // 10]

    def query(lon: float, lat: float) -> object:
        return tree.query(shapely.Point(lon, lat), predicate="intersects")

    return _loop(query, calls)


def route(grids: int) -> Record:
    """Router.route with a dict of lon, lat, matter and grade; a Route comes back."""
    import numpy as np

    from gov_core.city import City
    from gov_core.routing import ReferenceRouter, Router

    city = City.load(city_folder(grids))
    router, reference = Router.compile(city), ReferenceRouter.compile(city)
    rng = np.random.default_rng(5)
    matters = rng.choice([matter.code for matter in city.matters], CALLS).tolist()
    grades = rng.choice(list(city.grades or ()), CALLS).tolist()
    events = [
        ({"lon": lon, "lat": lat, "matter": matter, "grade": grade},)
        for (lon, lat), matter, grade in zip(_calls(grids), matters, grades, strict=True)
    ]
    for (event,) in events[:2000]:
        assert router.route(event) == reference.route(event), event
    return _loop(router.route, events)


def _calls(grids: int) -> list[tuple[float, float]]:
    lon, lat = points(grids, POINTS)
    return list(zip(lon[:CALLS].tolist(), lat[:CALLS].tolist(), strict=True))


def _loop(function: Callable[..., object], calls: list[tuple[Any, ...]]) -> Record:
    """Time a loop over calls, the loop itself included."""

    def loop() -> None:
        for call in calls:
            function(*call)

    return per_item(timed(loop)[0], len(calls))
