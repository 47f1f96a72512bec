"""An exact partition of a city into grids whose shared borders look like streets and rivers.

Voronoi cells are the atoms; atoms are merged into grids, a few of them rings around an enclave and a few of
two parts. Every Voronoi edge between two grids becomes one polyline that stays inside the kite
(site, corner, site, corner) of its edge. Kites tile the plane, so polylines never cross, and the two grids at
a border share exactly the same vertices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gov_core.generate.borders import draw_borders
from gov_core.generate.merging import merge_atoms
from gov_core.generate.rings import trace_rings
from gov_core.generate.sites import scatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gov_core.generate.delaunay import Tessellation

METRES_PER_DEGREE = 111_000.0
# Coordinates are multiples of 2^-23 degrees (1.3 cm): the middle of two neighbouring vertices is then exactly
# representable and lies exactly on the border between them, which tests of the border rule need.
QUANTUM = 2.0**-23


@dataclass(frozen=True, slots=True)
class Partition:
    """The polygons of the grids, in the layout of a GeoArrow multipolygon.

    Attributes:
        coordinates: Vertices of all rings, closed, ``(V, 2)`` float64 degrees: longitude, latitude.
        ring_offsets: Ring r is ``coordinates[ring_offsets[r]:ring_offsets[r + 1]]``. Shells run
            counter-clockwise, holes clockwise.
        part_offsets: Polygon p is rings ``part_offsets[p]`` to ``part_offsets[p + 1]``, its shell first.
        grid_offsets: Grid g is polygons ``grid_offsets[g]`` to ``grid_offsets[g + 1]``.
        neighbours: Pairs of grids that share a border, ``(N, 2)``, each once.
    """

    coordinates: NDArray[np.float64]
    ring_offsets: NDArray[np.int64]
    part_offsets: NDArray[np.int64]
    grid_offsets: NDArray[np.int64]
    neighbours: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.grid_offsets) - 1

    def polygons(self) -> NDArray[np.object_]:
        """Return one shapely Polygon or MultiPolygon a grid."""
        import shapely

        shapes: NDArray[np.object_] = shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON,
            self.coordinates,
            (self.ring_offsets, self.part_offsets, self.grid_offsets),
        )
        single = np.diff(self.grid_offsets) == 1
        shapes[single] = shapely.get_geometry(shapes[single], 0)
        return shapes


def partition(
    grids: int, seed: int, *, centre: tuple[float, float] = (119.02, 33.60), detail: float = 1.0
) -> Partition:
    """Divide a generated city into grids.

    Args:
        grids: How many; at least 4. About 90 vertices each.
        seed: The same seed gives the same coordinates.
        centre: Longitude and latitude of the city centre, degrees; an empty plain is as good as Huai'an.
        detail: Factor on the number of vertices of a border.

    Raises:
        ValueError: Fewer than 4 grids, or a centre too near to a pole.
    """
    if grids < 4 or abs(centre[1]) > 70:
        raise ValueError(f"needs at least 4 grids and a latitude within 70 degrees, not {grids} at {centre}")
    rng = np.random.default_rng(seed)
    sites, inside, cells = scatter(rng, grids)
    atom = _atoms(inside, cells)
    merged = merge_atoms(rng, atom, cells, grids)
    owner = np.append(merged, -1)[atom]
    left, right = owner[cells.left], owner[cells.right]
    border = np.flatnonzero(left != right)
    polylines, offsets = draw_borders(rng, sites, cells, border, detail)
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(centre[1])), METRES_PER_DEGREE])
    degrees = np.round((np.array(centre) + polylines / scale) / QUANTUM) * QUANTUM
    rings = trace_rings(
        degrees,
        offsets,
        left=left[border],
        right=right[border],
        start=cells.start[border],
        end=cells.end[border],
    )
    pairs = np.stack([left[border], right[border]], axis=1)
    pairs = np.unique(np.sort(pairs[(pairs >= 0).all(axis=1)], axis=1), axis=0)
    return Partition(*rings, pairs)


def _atoms(inside: NDArray[np.bool_], cells: Tessellation) -> NDArray[np.int64]:
    """Number the cells of the largest connected piece inside of the outline; all others are -1."""
    both = inside[cells.left] & inside[cells.right]
    label = np.where(inside, np.arange(len(inside)), len(inside))
    while True:
        lower = label.copy()
        least = np.minimum(label[cells.left[both]], label[cells.right[both]])
        np.minimum.at(lower, cells.left[both], least)
        np.minimum.at(lower, cells.right[both], least)
        lower[inside] = lower[lower[inside]]
        if np.array_equal(lower, label):
            break
        label = lower
    main = np.bincount(label[inside]).argmax()
    atom = np.full(len(inside), -1)
    atom[label == main] = np.arange(np.count_nonzero(label == main))
    return atom
