"""The ground cut along every border: faces that each lie in some grids as a whole, or in none."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gov_core.checker._map import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Owners = tuple[int, ...]
"""Positions of the grids that a face lies in: none for a gap, two or more for an overlap."""


class Faces:
    """Faces between the borders of some grids, with their owners.

    All faces share every vertex, and so do any two geometries that are unions of them: grids that are put
    together of faces have no gap and no overlap but those that are faces of their own.
    """

    def __init__(self, grids: NDArray[np.object_], cut: Iterable[int]) -> None:
        """Cuts the ground.

        Args:
            grids: All grids, valid, in degrees.
            cut: Positions of those whose borders are cut along; the others have no part in any fault.
        """
        borders = shapely.union_all(shapely.boundary(grids[list(cut)]))
        self._faces: NDArray[np.object_] = shapely.get_parts(shapely.polygonize([borders]))
        self._points = shapely.point_on_surface(self._faces)
        found: dict[int, list[int]] = defaultdict(list)
        for face, slot in shapely.STRtree(grids).query(self._points, predicate="within").T.tolist():
            found[face].append(slot)
        self._owners: list[Owners] = [tuple(sorted(found[face])) for face in range(len(self._faces))]
        self._of: dict[Owners, list[int]] = defaultdict(list)
        for face, owners in enumerate(self._owners):
            self._of[owners].append(face)
        self._known: list[list[tuple[int, float]]] = []
        self._stale = True

    def own(self, slot: int) -> list[int]:
        """Faces that one grid alone has."""
        return list(self._of.get((slot,), ()))

    def union(self, faces: list[int]) -> BaseGeometry:
        """Faces as one geometry."""
        return shapely.coverage_union_all(self._faces[faces])

    def patches(self) -> Iterator[tuple[Owners, list[int]]]:
        """Connected pieces that no grid has, or several: their owners and their faces."""
        for owners in sorted(self._of):
            if len(owners) != 1:
                for faces in self._connected(self._of[owners]):
                    yield owners, faces

    def cut(self, faces: list[int]) -> list[list[int]]:
        """Cuts a piece between three or more grids into triangles between its corners.

        Given to one grid as a whole, such a piece would make it a spike between two others. No vertex is
        added. The faces of the piece give way to new ones.
        """
        if len(self._sides(faces)) < 3:
            return [faces]
        triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(self._faces[faces]))
        if not np.array_equal(_rim(triangles), _rim(self._faces[faces])):
            return [faces]  # too thin to be cut in floating point
        new = range(len(self._faces), len(self._faces) + len(triangles))
        self._owners += [self._owners[faces[0]]] * len(new)
        self._faces = np.append(self._faces, triangles)
        self._faces[faces] = shapely.Polygon()
        self._stale = True
        return [[face] for face in new]

    def borders(self, faces: Iterable[int], holders: Mapping[int, int]) -> tuple[dict[int, float], float]:
        """Metres of border that a piece shares with what each grid holds, and of its whole rim.

        Args:
            faces: Of the piece.
            holders: Face to the grid that holds it; faces that nobody holds are left out.
        """
        own, beside = set(faces), self._beside()
        shared: dict[int, float] = defaultdict(float)
        rim = 0.0
        for face in own:
            for other, metres in beside[face]:
                if other not in own:
                    rim += metres
                    if other in holders:
                        shared[holders[other]] += metres
        return dict(shared), rim

    def _sides(self, faces: list[int]) -> set[Owners]:
        """Owners of all that a piece borders on, without other pieces of the same owners."""
        own = self._owners[faces[0]]
        beside = self._beside()
        beyond = {self._owners[other] for face in faces for other, _ in beside[face] if other >= 0}
        return beyond - {own}

    def _beside(self) -> list[list[tuple[int, float]]]:
        if self._stale:
            self._known, self._stale = _beside(self._faces), False
        return self._known

    def _connected(self, faces: list[int]) -> Iterator[list[int]]:
        """Faces that hang together by edges."""
        left, beside = dict.fromkeys(faces), self._beside()
        while left:
            start = next(iter(left))
            del left[start]
            found = [start]
            for face in found:
                for other, _ in beside[face]:
                    if other in left:
                        del left[other]
                        found.append(other)
            yield sorted(found)


def _edges(faces: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """All edges, west end first, sorted, and the face that each is of."""
    rings, face_of_ring = shapely.get_rings(faces, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    inside = ring_of_point[1:] == ring_of_point[:-1]
    start, end = points[:-1][inside], points[1:][inside]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    edges = np.hstack([np.where(turned[:, None], end, start), np.where(turned[:, None], start, end)])
    order = np.lexsort(edges.T[::-1])
    return edges[order], face_of_ring[ring_of_point[:-1][inside]][order]


def _twins(edges: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which edges are followed by the same edge of another face."""
    return np.append((edges[1:] == edges[:-1]).all(axis=1), False)


def _rim(faces: NDArray[np.object_]) -> NDArray[np.float64]:
    """Edges that only one of the faces has."""
    edges, _ = _edges(faces)
    twins = _twins(edges)
    return edges[~(twins | np.roll(twins, 1))]


def _beside(faces: NDArray[np.object_]) -> list[list[tuple[int, float]]]:
    """For each face those it shares edges with, and how many metres; -1 is what lies outside of all."""
    edges, face = _edges(faces)
    shrink = np.cos(np.radians((edges[:, 1] + edges[:, 3]) / 2))
    metres = METRES_PER_DEGREE * np.hypot((edges[:, 2] - edges[:, 0]) * shrink, edges[:, 3] - edges[:, 1])
    twins = _twins(edges)
    beside: list[list[tuple[int, float]]] = [[] for _ in faces]
    for at in np.flatnonzero(twins).tolist():
        beside[face[at]].append((int(face[at + 1]), float(metres[at])))
        beside[face[at + 1]].append((int(face[at]), float(metres[at])))
    for at in np.flatnonzero(~(twins | np.roll(twins, 1))).tolist():
        beside[face[at]].append((-1, float(metres[at])))
    return beside
