"""Components and premises in the grids: by the place they name, else by where they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from gov_core.routing.index import UNCOVERED, GridIndex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from gov_core.city import City
    from gov_core.places import Asset, Premises

Part = Literal["assets", "premises"]
Reason = Literal["no_location", "bad_location", "out_of_area", "above_grids"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where one thing is.

    Attributes:
        part: ``assets`` or ``premises``.
        id: Its id there.
        kind: Class of a component, kind of premises.
        named: The grid of the place that it names; None if it names none, or one above the grids.
        drawn: Grids that its coordinates or its outline lie in, in the order of the city; empty outside of
            the city, and where coordinates are none; None if it has neither.
        reason: Why it is in no grid: ``no_location`` (neither place nor coordinates), ``bad_location`` (one
            coordinate alone, or coordinates that are none), ``out_of_area``, ``above_grids`` (it names a
            place above the grids and nothing else); None if it is in one.
    """

    part: Part
    id: str
    kind: str
    named: str | None
    drawn: tuple[str, ...] | None
    reason: Reason | None

    @property
    def grids(self) -> tuple[str, ...]:
        """The grids it is in: that of the place it names, else those it is drawn in."""
        return (self.drawn or ()) if self.named is None else (self.named,)

    @property
    def contradicts(self) -> bool:
        """Whether it names one grid and is drawn in others, or outside of the city."""
        return self.named is not None and self.drawn is not None and self.named not in self.drawn


class Things:
    """Components and premises of one city, each in its grids.

    Attributes:
        sites: All of them, in the order of the city, components first.
    """

    def __init__(self, sites: Sequence[Site]) -> None:
        self.sites = tuple(sites)

    @cached_property
    def _by_grid(self) -> dict[str, list[Site]]:
        found: dict[str, list[Site]] = {}
        for site in self.sites:
            for grid in site.grids:
                found.setdefault(grid, []).append(site)
        return found

    @cached_property
    def _by_id(self) -> dict[tuple[str, str], Site]:
        return {(site.part, site.id): site for site in self.sites}

    def in_grid(self, grid: str) -> tuple[Site, ...]:
        """All things in a grid; one that lies in several grids is in each."""
        return tuple(self._by_grid.get(grid, ()))

    def site(self, part: Part, name: str) -> Site:
        """Where one thing is.

        Raises:
            KeyError: The city has no such thing.
        """
        return self._by_id[part, name]


def locate_things(city: City, *, index: GridIndex | None = None) -> Things:
    """Puts components and premises into grids.

    A thing that names a place is in the grid of that place. Else a point is in the grid that owns it, by the
    rule of `GridIndex` on borders; a line or an area in every grid whose inside it enters, or, if it runs
    along borders only, in every grid it touches.

    Args:
        city: The city.
        index: The index of ``city.geometries``, if it is there already; else it is built.

    Raises:
        CoverageError: Grids overlap.
        GeometryError: An outline of a grid is no clear area.
    """
    if index is None:
        index = GridIndex.build(city.geometries, ids=city.grids, digest=city.digest)
    things: list[tuple[Part, Asset | Premises, str, bytes]] = [
        *(("assets", asset, asset.asset_class, asset.wkb) for asset in city.assets),
        *(("premises", premises, premises.kind, b"") for premises in city.premises),
    ]
    points = _at_points([thing for _, thing, _, _ in things], index)
    shapes = _in_shapes({at: wkb for at, (_, _, _, wkb) in enumerate(things) if wkb}, city)
    grid_of = grids_of_places(city)
    sites = []
    for at, (part, thing, kind, _) in enumerate(things):
        slots, reason = shapes[at] if at in shapes else points[at]
        drawn = None if reason == "no_location" else tuple(city.grids[slot] for slot in slots)
        named = None if thing.place is None else grid_of.get(thing.place)
        if named is not None:
            reason = None
        elif thing.place is not None and reason == "no_location":
            reason = "above_grids"
        sites.append(Site(part, thing.id, kind, named, drawn, reason))
    return Things(sites)


Found = tuple[list[int], Reason | None]
"""Slots of the grids, and why there are none."""


def _at_points(things: Sequence[Asset | Premises], index: GridIndex) -> list[Found]:
    import numpy as np

    pairs = [(thing.lon, thing.lat) for thing in things]
    lon, lat = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    slots = index.locate_batch(np.ascontiguousarray(lon), np.ascontiguousarray(lat)).tolist()
    sound = (np.isfinite(lon) & np.isfinite(lat) & (abs(lon) <= 180) & (abs(lat) <= 90)).tolist()
    found: list[Found] = []
    for pair, slot, good in zip(pairs, slots, sound, strict=True):
        if pair == (None, None):
            found.append(([], "no_location"))
        elif not good:
            found.append(([], "bad_location"))
        else:
            found.append(([], "out_of_area") if slot == UNCOVERED else ([slot], None))
    return found


def _in_shapes(shapes: Mapping[int, bytes], city: City) -> dict[int, Found]:
    """Grids of lines and areas, by the position of the thing."""
    if not shapes:
        return {}
    import numpy as np
    import shapely

    at = list(shapes)
    drawn = _valid(shapely.from_wkb(np.array(list(shapes.values()), dtype=object)))
    grids = _valid(shapely.from_wkb(np.array(city.geometries, dtype=object)))
    which, slots = shapely.STRtree(grids).query(drawn, predicate="intersects")
    enters = shapely.relate_pattern(grids[slots], drawn[which], "T********")
    touched: dict[int, list[int]] = {shape: [] for shape in range(len(at))}
    entered: dict[int, list[int]] = {shape: [] for shape in range(len(at))}
    for shape, slot, inside in zip(which.tolist(), slots.tolist(), enters.tolist(), strict=True):
        touched[shape].append(slot)
        if inside:
            entered[shape].append(slot)
    found: dict[int, Found] = {}
    for shape, position in enumerate(at):
        chosen = sorted(entered[shape] or touched[shape])
        found[position] = (chosen, None if chosen else "out_of_area")
    return found


def _valid(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    import shapely

    mended: NDArray[np.object_] = geometries.copy()
    broken = ~shapely.is_valid(geometries)
    mended[broken] = shapely.make_valid(geometries[broken])
    return mended


def grids_of_places(city: City) -> dict[str, str]:
    """The grid of each place that is one or lies in one."""
    grids = set(city.grids)
    found = {}
    for place in city.places:
        grid = next((step for step in reversed(city.path(place.id)) if step in grids), None)
        if grid is not None:
            found[place.id] = grid
    return found
