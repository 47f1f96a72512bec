"""Borders between grids: one fractal polyline for each Voronoi edge that separates two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gov_core.generate.delaunay import Tessellation

# How far a border strays from the straight line: roads little, rivers much; and how often.
_WAVINESS = (0.15, 0.4, 0.8, 1.0)
_WAVINESS_SHARE = (0.25, 0.3, 0.3, 0.15)


def draw_borders(
    rng: np.random.Generator,
    sites: NDArray[np.float64],
    cells: Tessellation,
    edges: NDArray[np.int64],
    detail: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Replace Voronoi edges by polylines that neither meet each other nor themselves.

    Args:
        rng: Source of the shapes.
        sites: Sites of the cells, metres.
        cells: The Voronoi edges.
        edges: Which of them to draw.
        detail: Factor on the number of vertices; 1.0 gives about 9 for an edge as long as half a cell.

    Returns:
        Points ``(P, 2)`` in metres and offsets: polyline i runs from the start to the end of ``edges[i]`` and
        is ``points[offsets[i]:offsets[i + 1]]``, both ends included.
    """
    start, end = cells.corners[cells.start[edges]], cells.corners[cells.end[edges]]
    along = end - start
    length = cells.lengths[edges]
    unit = along / length[:, None]
    across = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    site = sites[cells.left[edges]]
    half_cell = np.hypot(*(site - start).T)
    slope_start, slope_end = _kite_slopes(site - start, unit), _kite_slopes(site - end, -unit)

    wanted = np.clip(length / half_cell * 9 * detail * rng.uniform(0.5, 2.2, len(edges)), 1, 64)
    halvings = np.round(np.log2(wanted)).astype(np.int64)
    waviness = rng.choice(_WAVINESS, len(edges), p=_WAVINESS_SHARE)
    offsets = np.concatenate([[0], np.cumsum((1 << halvings) + 1)])
    points = np.empty((int(offsets[-1]), 2))
    for k in np.unique(halvings).tolist():
        at = np.flatnonzero(halvings == k)
        segments = 1 << k
        share = np.tile(np.linspace(0, 1, segments + 1), (len(at), 1))
        share[:, 1:-1] += rng.uniform(-0.35, 0.35, (len(at), segments - 1)) / segments
        room = np.minimum(share * slope_start[at, None], (1 - share) * slope_end[at, None])
        offset = _noise(rng, len(at), k) * waviness[at, None] * room * length[at, None]
        line = start[at, None] + share[..., None] * along[at, None] + offset[..., None] * across[at, None]
        line[:, 0], line[:, -1] = start[at], end[at]
        points[offsets[at][:, None] + np.arange(segments + 1)] = line
    return points, offsets


def _kite_slopes(to_site: NDArray[np.float64], unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tangent of the angle between an edge and the line from its end to the site; 65 degrees at most."""
    ahead = (to_site * unit).sum(axis=1)
    aside = np.abs(to_site[:, 0] * unit[:, 1] - to_site[:, 1] * unit[:, 0])
    steepest = np.tan(np.radians(65))
    slopes: NDArray[np.float64] = np.where(
        ahead * steepest > aside, aside / np.maximum(ahead, 1e-9), steepest
    )
    return slopes


def _noise(rng: np.random.Generator, lines: int, halvings: int) -> NDArray[np.float64]:
    """Midpoint displacement: ``(lines, 2**halvings + 1)`` values within (-0.85, 0.85), 0 at both ends."""
    step = 1 << halvings
    height = np.zeros((lines, step + 1))
    amplitude = 0.9
    while step > 1:
        half = step // 2
        middle = 0.5 * (height[:, 0:-1:step] + height[:, step::step])
        height[:, half::step] = middle + rng.normal(0, amplitude, middle.shape)
        step, amplitude = half, amplitude * 0.62
    # A rational squash: numpy's tanh differs in the last bit between processors, division does not.
    squashed: NDArray[np.float64] = 0.85 * height / (1 + np.abs(height))
    return squashed
