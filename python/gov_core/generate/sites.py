"""Where a generated city is dense: sites whose Voronoi cells are the atoms that grids are made of.

A dense core, a few sub-centres and sparse outskirts inside a wavy outline, with a belt of sites around it, so
that every cell of the city is bounded. All lengths are metres from the centre of the city.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gov_core.generate.delaunay import Tessellation, tessellate

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Corners closer than this could touch once coordinates are snapped to 1.3 cm.
SHORTEST_EDGE_M = 1.0
# Sites closer than this make needles of cells, whose borders could meet once snapped.
NEAREST_SITES_M = 5.0


def radius_m(grids: int) -> float:
    """Return the mean radius of a city of so many grids: 6.5 km at 265, half a square kilometre a grid."""
    return 6_500.0 * float((grids / 265) ** 0.42)


def scatter(
    rng: np.random.Generator, grids: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_], Tessellation]:
    """Return sites ``(n, 2)``, which of them are inside of the city, and the Voronoi edges between them."""
    radius = radius_m(grids)
    outline = _Outline(rng, radius)
    sites = _sample(rng, round(grids * 1.32) + 8, radius, outline)
    while True:
        cells = tessellate(sites)
        inside = outline.contains(sites)
        gap = sites[cells.left] - sites[cells.right]
        crowded = (cells.lengths < SHORTEST_EDGE_M) | (np.hypot(gap[:, 0], gap[:, 1]) < NEAREST_SITES_M)
        crowded &= inside[cells.left] | inside[cells.right]
        if not crowded.any():
            return sites, inside, cells
        keep = np.ones(len(sites), dtype=np.bool_)
        keep[cells.right[crowded]] = False
        sites = sites[keep]


class _Outline:
    """A wavy closed line around the centre, given by its distance in each direction."""

    def __init__(self, rng: np.random.Generator, radius: float) -> None:
        self._radius = radius
        self._k = np.arange(1, 9)
        self._cos = rng.normal(0, 0.10, 8) / self._k**0.7
        self._sin = rng.normal(0, 0.10, 8) / self._k**0.7

    def contains(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        angle = np.arctan2(points[:, 1], points[:, 0])[:, None] * self._k
        wave = 1 + (np.cos(angle) * self._cos + np.sin(angle) * self._sin).sum(axis=1)
        inside: NDArray[np.bool_] = np.hypot(points[:, 0], points[:, 1]) < self._radius * wave.clip(0.6, 1.4)
        return inside


def _sample(rng: np.random.Generator, wanted: int, radius: float, outline: _Outline) -> NDArray[np.float64]:
    """Draw sites until `wanted` of them are inside; the others are the belt around the city."""
    centres = [(0.0, 0.0, 0.16 * radius, 40.0)]
    for _ in range(int(rng.integers(3, 7))):
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.75) * radius
        centres.append(
            (
                distance * float(np.cos(angle)),
                distance * float(np.sin(angle)),
                rng.uniform(0.04, 0.09) * radius,
                rng.uniform(8, 25),
            )
        )
    x, y, spread, peak = np.array(centres).T
    square = 3.2 * radius
    mass = np.concatenate([[square**2], peak * 2 * np.pi * spread**2])
    guard = np.linspace(0, 2 * np.pi, 24, endpoint=False) + 0.1
    drawn = [2.2 * radius * np.stack([np.cos(guard), np.sin(guard)], axis=1)]
    inside = 0
    while inside < wanted:
        block = 3 * wanted
        which = rng.choice(len(mass), block, p=mass / mass.sum())
        flat = rng.uniform(-square / 2, square / 2, (block, 2))
        peaked = rng.normal(0, 1, (block, 2)) * np.append(0, spread)[which][:, None]
        peaked += np.stack([np.append(0, x)[which], np.append(0, y)[which]], axis=1)
        points = np.where((which == 0)[:, None], flat, peaked)
        total = inside + np.cumsum(outline.contains(points))
        points = points[: int(np.searchsorted(total, wanted)) + 1]
        inside = int(total[len(points) - 1])
        drawn.append(points)
    sites = np.concatenate(drawn)
    return sites[np.sort(np.unique(sites[:, 0], return_index=True)[1])]
