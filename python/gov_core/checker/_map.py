"""The outlines of a city as shapely geometries, and their sizes in metres."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gov_core.errors import GeometryError
from gov_core.routing import GridIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from gov_core.city import City
    from gov_core.errors import Fault

METRES_PER_DEGREE = 111_195.0
"""On a sphere of 6,371.0 km; against the ellipsoid, areas in China come out within 0.6 %."""


class CityMap:
    """Outlines of one city.

    Attributes:
        city: The city.
        grids: Outlines aligned with ``city.grids``, made valid where they are not.
        invalid: Positions of the grids that shapely calls invalid.
        voids: All voids as one geometry.
        index: The index of the grids; None if it was refused.
        refused: What building the index refused: the exact word on overlaps and crossing outlines.
    """

    def __init__(self, city: City, threads: int = 1) -> None:
        self.city = city
        self.index: GridIndex | None = None
        self.refused: tuple[Fault, ...] = ()
        try:
            self.index = GridIndex.build(city.geometries, ids=city.grids, threads=threads)
        except GeometryError as error:
            self.refused = error.faults
        self.drawn = shapely.from_wkb(np.array(city.geometries, dtype=object))
        self.invalid = np.flatnonzero(~shapely.is_valid(self.drawn))
        self.grids = self.drawn.copy()
        self.grids[self.invalid] = valid_areas(self.drawn[self.invalid])
        self.voids = shapely.union_all(
            valid_areas(shapely.from_wkb(np.array([void.wkb for void in city.voids], dtype=object)))
        )
        self.slots = {grid: slot for slot, grid in enumerate(city.grids)}
        self._tree: shapely.STRtree | None = None

    @property
    def refused_ids(self) -> set[str]:
        """Ids of the grids that building the index refused."""
        return {name for fault in self.refused for name in fault.ids}

    @cached_property
    def mismatches(self) -> dict[int, BaseGeometry]:
        """Positions of grids whose edges do not match those of a neighbour, with these edges."""
        edges = enumerate(shapely.coverage_invalid_edges(self.grids))
        return {slot: loose for slot, loose in edges if loose is not None and not loose.is_empty}

    @cached_property
    def ground(self) -> BaseGeometry:
        """All grids as one geometry."""
        # Where grids are known to tile, their union is but the edges that have one side; only the others are
        # overlaid in full: 0.1 s against 3.2 s for 10,000 grids of 70 vertices.
        tiling = np.ones(len(self.grids), dtype=np.bool_)
        tiling[[*self.mismatches, *(self.slots[grid] for grid in self.refused_ids)]] = False
        tiles = shapely.coverage_union_all(self.grids[tiling])
        return tiles if tiling.all() else shapely.union_all([tiles, *self.grids[~tiling]])

    def where(self, grid: str) -> str:
        """Where a grid or another place was found, in words of a fault."""
        return self.city.where("places", grid)

    def ids_at(self, geometry: BaseGeometry) -> list[str]:
        """Ids of the grids that touch a geometry, in the order of the city."""
        if self._tree is None:
            self._tree = shapely.STRtree(self.grids)
        return [self.city.grids[slot] for slot in sorted(self._tree.query(geometry, predicate="intersects"))]


def valid_areas(outlines: Any) -> Any:  # noqa: ANN401  # one geometry, or an array of them
    """Outlines as polygons that every program accepts; what has no area, such as a spike, is left out."""
    return shapely.make_valid(outlines, method="structure", keep_collapsed=False)


def in_metres(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry in degrees as one in metres from its south-west corner, true to size near itself."""
    if geometry.is_empty:
        return geometry
    west, south, _, north = geometry.bounds
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians((south + north) / 2)), 1.0])
    return shapely.transform(geometry, lambda xy: (xy - [west, south]) * scale)


def area_m2(geometry: BaseGeometry) -> float:
    """Area of a geometry in degrees."""
    return float(in_metres(geometry).area)


def width_m(geometry: BaseGeometry) -> float:
    """Mean width of a polygon in degrees: that of a long strip of the same area and outline."""
    metres = in_metres(geometry)
    return float(2 * metres.area / metres.length) if metres.length else 0.0


def in_words(area: float) -> str:
    """An area in m2 as people read it: ``12,300 m²``, ``0.2 m²``, ``less than 1 mm²``."""
    if area < 1e-6:
        return "less than 1 mm²"
    return f"{area:,.0f} m²" if area >= 10 else f"{area:.1g} m²" if area < 1e-3 else f"{area:.3g} m²"


def point_in_words(geometry: BaseGeometry) -> str:
    """A point inside a geometry, or on it if it has no inside: ``(118.1, 32.05)``."""
    point = shapely.point_on_surface(geometry)
    return f"({point.x:.7f}, {point.y:.7f})"


def some(ids: Iterable[str], shown: int = 5) -> str:
    """Ids joined for a message, a few of them."""
    ids = list(ids)
    more = f" and {len(ids) - shown} more" if len(ids) > shown else ""
    return ", ".join(ids[:shown]) + more
