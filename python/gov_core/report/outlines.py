"""Outlines of a city as a map can show them: fewer vertices, or communities in place of very many grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gov_core.city import City

# Up to here every vertex is shown: 265 grids make a page of 2 MB.
_AS_THEY_ARE = 2_000
# Up to here every grid is shown; 10,000 grids make a page of 6 MB, and more would make browsers slow.
_EVERY_GRID = 20_000
# Simplified outlines are off by this share of the city's extent: half a pixel on a map 2,000 pixels wide.
_TOLERANCE = 1 / 4_000
_METRES_PER_DEGREE = 111_000


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of one level.

    Attributes:
        level: One of the city's levels.
        ids: Place ids.
        shapes: Shapely polygons in degrees, aligned with `ids`; borders are shared exactly.
    """

    level: str
    ids: tuple[str, ...]
    shapes: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rings(self) -> NDArray[np.object_]:
        """All rings of all areas."""
        import shapely

        rings: NDArray[np.object_] = shapely.get_rings(shapely.get_parts(self.shapes))
        return rings


@dataclass(frozen=True, slots=True)
class Outlines:
    """The areas that a map colours, and the wider ones whose borders and names it draws above them.

    Attributes:
        areas: Of the city's lowest level, or of one above where there are too many.
        wider: Of each level above, from the top down.
        grids: How many grids the city has, shown one by one or not.
        tolerance_m: How far outlines may be off since they were simplified for display; 0 if they were not.
    """

    areas: Areas
    wider: tuple[Areas, ...]
    grids: int
    tolerance_m: int

    @classmethod
    def of(cls, city: City, *, most: int = _EVERY_GRID) -> Outlines:
        """Prepare the outlines of a city.

        Args:
            city: Its coordinates should be in EPSG:4326 or EPSG:4490; others are shown as they are.
            most: Beyond so many grids, areas of the level above are shown.
        """
        import shapely

        depth = city.levels.index(city.partition)
        areas = Areas(city.levels[depth], city.grids, np.asarray(shapely.from_wkb(list(city.geometries))))
        tolerance_m = 0
        if len(areas) > most and depth:
            depth -= 1
            areas = _dissolve(city, areas, depth)
        if len(city.grids) > _AS_THEY_ARE:
            west, south, east, north = shapely.total_bounds(areas.shapes).tolist()
            tolerance = max(east - west, north - south) * _TOLERANCE
            simple = np.asarray(shapely.coverage_simplify(areas.shapes, tolerance))
            areas = Areas(areas.level, areas.ids, simple)
            tolerance_m = round(tolerance * _METRES_PER_DEGREE)
        wider = tuple(_dissolve(city, areas, level) for level in range(depth))
        return cls(areas, wider, len(city.grids), tolerance_m)


def _dissolve(city: City, areas: Areas, depth: int) -> Areas:
    """Unite the areas that share their place at a depth of the hierarchy."""
    import shapely

    ids, group = np.unique([city.path(area)[depth] for area in areas.ids], return_inverse=True)
    order = np.argsort(group, kind="stable")
    pieces = np.split(areas.shapes[order], np.flatnonzero(np.diff(group[order])) + 1)
    unions = np.array([shapely.coverage_union_all(piece) for piece in pieces], dtype=object)
    return Areas(city.levels[depth], tuple(ids.tolist()), unions)
