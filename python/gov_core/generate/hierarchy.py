"""Grids grown into communities, communities into streets: connected, and of much the same size."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def grow_regions(
    rng: np.random.Generator,
    centres: NDArray[np.float64],
    neighbours: NDArray[np.int64],
    regions: int,
) -> NDArray[np.int64]:
    """Gather areas into connected regions.

    The smallest region that still can takes the next free neighbour nearest to its middle, so regions end up
    about equal in number of areas.

    Args:
        rng: Source of the first middles.
        centres: One point an area, ``(n, 2)``.
        neighbours: Pairs of areas that share a border, ``(N, 2)``; the areas must hang together.
        regions: How many, 1 to n.

    Returns:
        The region of each area, ``(n,)``, from 0.
    """
    import shapely

    seeds: NDArray[np.int64] = np.sort(rng.choice(len(centres), regions, replace=False))
    points = np.asarray(shapely.points(centres))
    for _ in range(6):  # Lloyd's method spreads the seeds evenly over the areas
        nearest: NDArray[np.int64] = np.asarray(shapely.STRtree(points[seeds]).nearest(points))
        nearest[seeds] = np.arange(regions)
        seeds = _middles(centres, nearest, regions)
    around: list[list[int]] = [[] for _ in range(len(centres))]
    for a, b in neighbours.tolist():
        around[a].append(b)
        around[b].append(a)
    # Regions that were walled in early stay small; growing again from the middles of the last round helps.
    rounds = [_grow(centres, around, seeds)]
    for _ in range(min(12, 20_000 // len(centres))):
        rounds.append(_grow(centres, around, _middles(centres, rounds[-1], regions)))
    return min(rounds, key=lambda region: int((np.bincount(region, minlength=regions) ** 2).sum()))


def _grow(
    centres: NDArray[np.float64], around: list[list[int]], seeds: NDArray[np.int64]
) -> NDArray[np.int64]:
    places, middles = centres.tolist(), centres[seeds].tolist()
    region = [-1] * len(places)
    frontier: list[list[tuple[float, int]]] = [[(0.0, seed)] for seed in seeds.tolist()]
    turns = [(0, i) for i in range(len(frontier))]
    while turns:
        size, i = heapq.heappop(turns)
        while frontier[i] and region[frontier[i][0][1]] >= 0:
            heapq.heappop(frontier[i])
        if not frontier[i]:
            continue
        area = heapq.heappop(frontier[i])[1]
        region[area] = i
        x, y = middles[i]
        for other in around[area]:
            if region[other] < 0:
                away = (places[other][0] - x) ** 2 + (places[other][1] - y) ** 2
                heapq.heappush(frontier[i], (away, other))
        heapq.heappush(turns, (size + 1, i))
    return np.array(region)


def join_neighbours(neighbours: NDArray[np.int64], region: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs of regions that share a border, each once."""
    pairs = region[neighbours]
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    unique: NDArray[np.int64] = np.unique(pairs, axis=0)
    return unique


def mean_centres(
    centres: NDArray[np.float64], region: NDArray[np.int64], regions: int
) -> NDArray[np.float64]:
    """Return the mean of the centres of each region, ``(regions, 2)``."""
    count = np.bincount(region, minlength=regions)
    return np.stack([np.bincount(region, centres[:, i], regions) / count for i in range(2)], axis=1)


def _middles(centres: NDArray[np.float64], region: NDArray[np.int64], regions: int) -> NDArray[np.int64]:
    """Return the area of each region whose centre is nearest to the mean of all of its centres."""
    away = ((centres - mean_centres(centres, region, regions)[region]) ** 2).sum(axis=1)
    order = np.lexsort((away, region))
    middles: NDArray[np.int64] = order[np.searchsorted(region[order], np.arange(regions))]
    return middles
