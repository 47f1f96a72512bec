"""Rings of grids, traced along the borders between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def trace_rings(
    points: NDArray[np.float64],
    offsets: NDArray[np.int64],
    *,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Chain borders into polygons, in the layout of a GeoArrow multipolygon.

    Every corner must be the end of at most three borders, so a grid has none or two of them at a corner and
    its ring can go on in one way only. A grid lies on the left of its rings: shells run counter-clockwise,
    holes clockwise.

    Args:
        points: Points of all borders, both ends included, ``(P, 2)``.
        offsets: Border i is ``points[offsets[i]:offsets[i + 1]]``.
        left: Grid on the left of each border, -1 for none.
        right: Grid on its right, -1 for none.
        start: Corner where each border starts.
        end: Corner where it ends.

    Returns:
        Coordinates ``(V, 2)`` of closed rings, then ring, part and grid offsets.
    """
    borders = len(left)
    grid = np.concatenate([left, right])
    border = np.tile(np.arange(borders), 2)
    backward = np.repeat([False, True], borders)
    first, last = np.concatenate([start, end]), np.concatenate([end, start])
    side = np.flatnonzero(grid >= 0)
    side = side[np.lexsort((border[side], grid[side]))]
    grid, border, backward, first, last = grid[side], border[side], backward[side], first[side], last[side]

    grids = int(grid[-1]) + 1
    order = np.argsort(first * grids + grid)
    following = order[np.searchsorted((first * grids + grid)[order], last * grids + grid)]
    chain, ring_starts = _cycles(following)
    ring_grid = grid[chain[ring_starts[:-1]]]

    length = np.diff(offsets)[border[chain]]
    signed = _twice_area(points, offsets)[border[chain]] * np.where(backward[chain], -1, 1)
    is_hole = np.add.reduceat(signed, ring_starts[:-1]) < 0
    part = np.cumsum(~is_hole) - 1  # a grid's first ring may be a hole: mended next
    first_shell = np.zeros(grids, dtype=np.int64)
    shells = np.flatnonzero(~is_hole)
    first_shell[ring_grid[shells][::-1]] = part[shells][::-1]
    part[is_hole] = first_shell[ring_grid[is_hole]]

    # Both ends of a border are stored: leave out the last, except where it closes the ring.
    taken = length - 1
    taken[ring_starts[1:] - 1] += 1
    ends = np.cumsum(taken)
    step = np.where(backward[chain], -1, 1)
    begin = np.where(backward[chain], offsets[border[chain] + 1] - 1, offsets[border[chain]])
    index = np.repeat(begin - step * (ends - taken), taken) + np.repeat(step, taken) * np.arange(ends[-1])
    ring_offsets = np.concatenate([[0], ends[ring_starts[1:] - 1]])
    _place_holes(points[index], ring_offsets, ring_grid, is_hole, part)

    sequence = np.lexsort((is_hole, part))
    sizes = np.diff(ring_offsets)[sequence]
    new_offsets = np.concatenate([[0], np.cumsum(sizes)])
    moved = np.repeat(ring_offsets[:-1][sequence] - new_offsets[:-1], sizes) + np.arange(new_offsets[-1])
    part_offsets = np.append(np.flatnonzero(~is_hole[sequence]), len(sequence))
    parts_of_grid = np.bincount(ring_grid[shells], minlength=grids)
    return points[index[moved]], new_offsets, part_offsets, np.concatenate([[0], np.cumsum(parts_of_grid)])


def _cycles(following: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cycles of a permutation one after the other, and where each starts (with the end)."""
    after = following.tolist()
    seen = [False] * len(after)
    chain: list[int] = []
    starts = [0]
    for first in range(len(after)):
        here = first
        while not seen[here]:
            seen[here] = True
            chain.append(here)
            here = after[here]
        if len(chain) > starts[-1]:
            starts.append(len(chain))
    return np.array(chain), np.array(starts)


def _twice_area(points: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Twice the signed area between each polyline and a fixed point in the middle of all."""
    x, y = (points - points.mean(axis=0)).T
    cross = np.append(x[:-1] * y[1:] - x[1:] * y[:-1], 0.0)
    cross[offsets[1:] - 1] = 0.0
    return np.add.reduceat(cross, offsets[:-1])


def _place_holes(
    coordinates: NDArray[np.float64],
    ring_offsets: NDArray[np.int64],
    ring_grid: NDArray[np.int64],
    is_hole: NDArray[np.bool_],
    part: NDArray[np.int64],
) -> None:
    """Put the holes of grids with several parts into the part around them, in place of the first."""
    import shapely

    several = np.flatnonzero(np.bincount(ring_grid[~is_hole]) > 1)
    for hole in np.flatnonzero(is_hole & np.isin(ring_grid, several)).tolist():
        inner = coordinates[ring_offsets[hole]]
        for shell in np.flatnonzero((ring_grid == ring_grid[hole]) & ~is_hole).tolist():
            outer = coordinates[ring_offsets[shell] : ring_offsets[shell + 1]]
            if shapely.contains_xy(shapely.Polygon(outer), inner[0], inner[1]):
                part[hole] = part[shell]
