"""Which grid owns a point: candidates from rtree, far ones by shapely, close ones by exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import rtree.index
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Exact = tuple[Fraction, Fraction]

_NEAR_DEG = 1e-6
"""Closer than this to an outline, floats do not decide."""


class Grids:
    """The grids of a city, asked for the owner of a point."""

    def __init__(self, outlines: Sequence[bytes]) -> None:
        self._grids = [shapely.from_wkb(wkb) for wkb in outlines]
        self._borders = [shapely.boundary(grid) for grid in self._grids]
        self._rings = [[list(map(_exact, ring.coords)) for ring in _rings(grid)] for grid in self._grids]
        self._tree = rtree.index.Index()
        for slot, grid in enumerate(self._grids):
            self._tree.insert(slot, grid.bounds)

    def owner(self, lon: float, lat: float) -> int | None:
        """The slot of the grid that owns a point, or None.

        A point on a border belongs to the grid at p + (e, e^2), an infinitesimal step east, then north; where
        none lies there, to the first grid counter-clockwise from east.
        """
        point = shapely.Point(lon, lat)
        claims: list[tuple[Direction, int]] = []
        for slot in self._tree.intersection((lon, lat, lon, lat)):
            if shapely.distance(self._borders[slot], point) > _NEAR_DEG:
                if shapely.contains(self._grids[slot], point):
                    return slot
                continue
            claim = first_direction(self._rings[slot], _exact((lon, lat)))
            if claim is not None:
                claims.append((claim, slot))
        return min(claims)[1] if claims else None


class Direction:
    """A direction from a point, ordered counter-clockwise from east; the step (e, e^2) comes before all."""

    def __init__(self, x: Fraction, y: Fraction) -> None:
        self.x, self.y = x, y

    def _half(self) -> int:
        if self.x == 0 and self.y == 0:
            return 0  # the step itself
        return 1 if self.y > 0 or (self.y == 0 and self.x > 0) else 2

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Direction) and not self < other and not other < self

    def __hash__(self) -> int:
        return hash(self._half())

    def __lt__(self, other: Direction) -> bool:
        if self._half() != other._half():
            return self._half() < other._half()
        return self.x * other.y - self.y * other.x > 0


STEP = Direction(Fraction(0), Fraction(0))


def first_direction(rings: Iterable[Sequence[Exact]], point: Exact) -> Direction | None:
    """The first direction, from the step (e, e^2) on counter-clockwise, in which an area lies beside a point.

    Args:
        rings: Closed rings, the area on the left of each.
        point: Inside, outside or on the outline.

    Returns:
        `STEP` if the area holds the point or what is a step beside it; None if it does not touch the point.
    """
    px, py = point
    inside = False
    rays: list[tuple[Direction, bool]] = []  # along the outline, and whether the area is left of it
    for ring in rings:
        for (x0, y0), (x1, y1) in pairwise(ring):
            if max(y0, y1) < py or min(y0, y1) > py:
                continue
            turn = (x1 - x0) * (py - y0) - (y1 - y0) * (px - x0)
            if turn == 0 and min(x0, x1) <= px <= max(x0, x1):
                if (x1, y1) != point:
                    rays.append((Direction(x1 - px, y1 - py), True))
                if (x0, y0) != point:
                    rays.append((Direction(x0 - px, y0 - py), False))
            elif (y0 <= py) != (y1 <= py) and (turn > 0) == (y1 > y0):
                inside = not inside  # a ray to the east crosses it
    if not rays:
        return STEP if inside else None
    # The ray that the step leaves on its right: one due east, else the last one of the round.
    east = Direction(Fraction(1), Fraction(0))
    before = [ray for ray in rays if ray[0] == east] or [max(rays, key=lambda ray: ray[0])]
    if before[0][1]:
        return STEP
    return min(direction for direction, area_follows in rays if area_follows)


def _exact(vertex: Sequence[float]) -> Exact:
    return Fraction(vertex[0]), Fraction(vertex[1])


def _rings(grid: shapely.Geometry) -> Iterator[shapely.LinearRing]:
    for polygon in shapely.get_parts(shapely.orient_polygons(grid)):
        yield polygon.exterior
        yield from polygon.interiors
