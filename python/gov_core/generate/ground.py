"""Where generated events happen: in the grids of a city, crowded at hot spots, a few of them nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STRAYS = 0.01
EXACT = 0.001
_AT_HOT_SPOTS = 0.65
_METRES_PER_DEGREE = 111_000.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What points are drawn from. All coordinates are degrees, longitude first.

    Attributes:
        vertices: Vertices of all grids, ``(V, 2)``. Grids are small where a city is dense, so a vertex picked
            at random is likely to be in a dense part.
        middles: Centre of the grid of each vertex, ``(V, 2)``.
        edges: Numbers of the vertices that start an edge to the next vertex.
        spots: Middles of hot spots, ``(K, 2)``.
        spread_m: How far each hot spot reaches (standard deviation).
        shares: Share of each hot spot.
        box: South-west and north-east corner of the city, ``(2, 2)``.
    """

    vertices: NDArray[np.float64]
    middles: NDArray[np.float64]
    edges: NDArray[np.int64]
    spots: NDArray[np.float64]
    spread_m: NDArray[np.float64]
    shares: NDArray[np.float64]
    box: NDArray[np.float64]

    @classmethod
    def survey(cls, rng: np.random.Generator, geometries: Sequence[bytes], events: int) -> Ground:
        """Take the measure of grids, given as WKB, and put hot spots in them: more for more events."""
        import shapely

        shapes = np.asarray(shapely.from_wkb(list(geometries)))
        parts, grid_of_part = shapely.get_parts(shapes, return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        vertices, ring = shapely.get_coordinates(rings, return_index=True)
        centres = shapely.get_coordinates(shapely.centroid(shapes))
        middles = centres[grid_of_part[part_of_ring[ring]]]
        edges = np.flatnonzero(ring[:-1] == ring[1:])
        count = int(np.clip(events**0.5 / 3, 50, 2000))
        spread_m = np.exp(rng.uniform(np.log(40), np.log(600), count))
        weight = 1 / np.arange(1, count + 1) ** 0.9
        at = rng.integers(len(vertices), size=count)
        spots = vertices[at] + rng.uniform(0.2, 1, (count, 1)) * (middles[at] - vertices[at])
        box = np.stack([vertices.min(axis=0), vertices.max(axis=0)])
        return cls(vertices, middles, edges, spots, spread_m, weight / weight.sum(), box)

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Draw points, ``(count, 2)``: two thirds at hot spots, one in a hundred a stray, NaN for none.

        They have 6 decimals, as devices report them, except one in a thousand exactly on a border.
        """
        at = rng.integers(len(self.vertices), size=count)
        inward = rng.random((count, 1))
        points = self.vertices[at] + inward * (self.middles[at] - self.vertices[at])
        crowded = rng.random(count) < _AT_HOT_SPOTS
        spot = rng.choice(len(self.spots), count, p=self.shares)
        scatter = self.nudge(rng.normal(0, 1, (count, 2)) * self.spread_m[spot, None])
        points[crowded] = (self.spots[spot] + scatter)[crowded]
        points = np.round(points, 6)

        draw = rng.random(count)
        on_vertex, on_edge = draw < EXACT / 2, (draw >= EXACT / 2) & (draw < EXACT)
        points[on_vertex] = self.vertices[at[on_vertex]]
        edge = self.edges[rng.integers(len(self.edges), size=np.count_nonzero(on_edge))]
        points[on_edge] = (self.vertices[edge] + self.vertices[edge + 1]) / 2

        stray = rng.random(count) < STRAYS
        points[stray] = self._stray(rng, points[stray])
        return points

    def nudge(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn lengths in metres, east and north, into degrees."""
        east = _METRES_PER_DEGREE * np.cos(np.radians(self.box[:, 1].mean()))
        degrees: NDArray[np.float64] = metres / np.array([east, _METRES_PER_DEGREE])
        return degrees

    def _stray(self, rng: np.random.Generator, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Move points around the city (55 %), to 0/0, or to swapped or no coordinates (15 % each)."""
        low, high = self.box
        angle = rng.uniform(0, 2 * np.pi, len(points))
        away = rng.uniform(0.8, 1.6, len(points)) * (high - low).max()
        around = (low + high) / 2 + np.stack([np.cos(angle), np.sin(angle)], axis=1) * away[:, None]
        sort = rng.choice(4, len(points), p=(0.55, 0.15, 0.15, 0.15))[:, None]
        return np.select(
            [sort == 0, sort == 1, sort == 2],
            [np.round(around, 6), np.zeros_like(points), points[:, ::-1]],
            np.nan,
        )
