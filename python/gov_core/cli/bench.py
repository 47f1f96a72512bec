"""``gov-core bench``: how fast routing is here, beside what else is installed, answers compared."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gov_core.city import City
    from gov_core.routing import Router

_DEFAULT_GRIDS = [265, 10_000]
_CALLS = 20_000
#: Events that the reference router answers too; it takes about a millisecond each.
_SAMPLE = 500


@app.command()
def bench(
    *,
    grids: Annotated[
        list[int] | None,
        typer.Option(min=4, max=200_000, help="Size of a generated city; may be given several times."),
    ] = None,
    points: Annotated[int, typer.Option(min=1_000, help="How many points and events.")] = 1_000_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON on stdout.")] = False,
) -> None:
    """Measure routing on generated cities, beside shapely, geoindex-rs, geopandas and rtree where installed.

    One thread; medians of five runs. Every answer is compared with the others' before a figure is shown.
    """
    from gov_core import _core
    from gov_core.cli._steps import Steps

    steps = Steps()
    rows: list[dict[str, Any]] = []
    for size in grids or _DEFAULT_GRIDS:
        with steps(f"{size:,} grids"):
            rows += _measure(size, points)
    if as_json:
        json.dump({"cpu_level": _core.cpu_level, "figures": rows}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        _print(rows, _core.cpu_level)


def _measure(size: int, points: int) -> Iterator[dict[str, Any]]:
    """Yield the figures of one city: what was measured, by whom, and the nanoseconds each item took."""
    from gov_core.cli._contest import nanoseconds
    from gov_core.generate import generate_city, generate_events
    from gov_core.routing import Router

    city = generate_city(size)
    events = generate_events(city, points)
    router = Router.compile(city)
    yield from _locate(city, router, events)
    ns, routed = nanoseconds(lambda: router.route_batch(events), points)
    _check_routes(city, events, routed)
    yield _figure(size, "route a batch", "gov_core", ns)


def _locate(city: City, router: Router, events: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - arro3's tables have no types
    import numpy as np
    import shapely

    from gov_core.cli._contest import check, nanoseconds, rivals

    size, index = len(city.grids), router.index
    both = np.stack([np.array(events[name].to_pylist(), dtype=np.float64) for name in ("lon", "lat")])
    lon, lat = np.ascontiguousarray(both[:, ~np.isnan(both).any(axis=0)])
    ns, slots = nanoseconds(lambda: index.locate_batch(lon, lat), len(lon))
    yield _figure(size, "locate a batch", "gov_core", ns)
    polygons = shapely.from_wkb(city.geometries)
    shapely.prepare(polygons)
    for name, (count, locate) in rivals(polygons).items():
        x, y = lon[:count], lat[:count]
        its, pairs = nanoseconds(lambda locate=locate, x=x, y=y: locate(x, y), len(x), runs=3)  # type: ignore[misc]
        check(slots[:count], pairs)
        yield _figure(size, "locate a batch", name, its)

    calls = list(zip(lon[:_CALLS].tolist(), lat[:_CALLS].tolist(), strict=True))
    yield _figure(size, "locate one", "gov_core", _each(index.locate, calls))
    tree = shapely.STRtree(polygons)

    def query(lon: float, lat: float) -> object:
        return tree.query(shapely.Point(lon, lat), predicate="intersects")

    yield _figure(size, "locate one", "shapely STRtree", _each(query, calls[: _CALLS // 10]))
    few = events.slice(0, min(_CALLS, events.num_rows)).select(["lon", "lat", "matter", "grade"])
    rows = few.combine_chunks().to_batches()[0].to_struct_array().to_pylist()
    yield _figure(size, "route one", "gov_core", _each(router.route, [(row,) for row in rows]))


def _each(function: Callable[..., object], calls: list[Any]) -> float:
    from gov_core.cli._contest import nanoseconds

    def loop(calls: Iterable[Any] = calls) -> None:
        for call in calls:
            function(*call)

    return nanoseconds(loop, len(calls))[0]


def _check_routes(city: City, events: Any, routed: Any) -> None:  # noqa: ANN401 - as above
    """Hold the first events against the reference router: rtree, shapely and loops.

    Raises:
        RuntimeError: They differ.
    """
    from importlib.util import find_spec

    from gov_core.routing import ReferenceRouter

    if not find_spec("rtree"):
        return
    wanted = ReferenceRouter.compile(city).route_batch(events.slice(0, _SAMPLE))
    for name in ("place", "unit", "rule", "respond_within", "resolve_within", "status"):
        if routed[name].slice(0, _SAMPLE).to_pylist() != wanted[name].to_pylist():
            raise RuntimeError(f"column {name} differs from the reference router's")


def _figure(grids: int, what: str, who: str, ns: float) -> dict[str, Any]:
    return {"grids": grids, "what": what, "who": who, "ns": round(ns, 2)}


def _print(rows: list[dict[str, Any]], level: str) -> None:
    from itertools import groupby

    from rich.console import Console
    from rich.table import Table

    for size, figures in groupby(rows, key=lambda row: row["grids"]):
        title = f"{size:,} grids, one thread, {level}; all answers agree"
        table = Table("what", "by", title=title, title_justify="left")
        for heading in ("ns each", "a second", "gov_core is faster"):
            table.add_column(heading, justify="right")
        for what, contestants in groupby(figures, key=lambda row: row["what"]):
            own = 0.0
            for row in contestants:
                ns, first = row["ns"], own == 0
                own = own or ns
                table.add_row(
                    what if first else "",
                    row["who"],
                    f"{ns:,.0f}" if ns >= 100 else f"{ns:.1f}",
                    f"{1e9 / ns:,.0f}",
                    "" if first else f"{ns / own:,.0f} x",
                    style="bold" if first else "",
                )
        Console().print(table)
