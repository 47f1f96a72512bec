"""Atoms merged into grids: rings around an enclave, grids of two parts, chains of neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gov_core.generate.delaunay import Tessellation


def merge_atoms(
    rng: np.random.Generator, atom: NDArray[np.int64], cells: Tessellation, grids: int
) -> NDArray[np.int64]:
    """Give every atom its grid.

    One grid in 75 is a ring or the enclave in it, one in 200 has two parts (from 50 and 200 grids up).

    Args:
        rng: Source of the choices.
        atom: The atom of each cell, -1 for cells outside of the city.
        cells: The edges between cells.
        grids: How many grids there are to be; at most as many as atoms.

    Returns:
        The grid of each atom, numbered from 0.
    """
    merging = _Merging(rng, atom, cells, grids)
    if grids >= 50:
        merging.make_enclaves(max(1, grids // 150))
    merging.make_pairs(grids // 200)
    merging.make_chains()
    merging.join_surplus()
    return np.array(merging.grid)


class _Merging:
    """Which atoms are taken so far, and how many atoms are too many."""

    def __init__(
        self, rng: np.random.Generator, atom: NDArray[np.int64], cells: Tessellation, grids: int
    ) -> None:
        self._rng = rng
        self._count = int(atom.max()) + 1
        self._surplus = self._count - grids
        self._made = 0
        self.grid = [-1] * self._count
        left, right = atom[cells.left], atom[cells.right]
        both = (left >= 0) & (right >= 0)
        self._around: list[list[int]] = [[] for _ in range(self._count)]
        for a, b in zip(left[both].tolist(), right[both].tolist(), strict=True):
            self._around[a].append(b)
            self._around[b].append(a)
        self._at_edge = set(np.concatenate([left[(left >= 0) & ~both], right[(right >= 0) & ~both]]).tolist())

    def make_enclaves(self, wanted: int) -> None:
        """Join the neighbours of an atom to a ring; at most half of the surplus goes into rings."""
        reserve = self._surplus // 2
        for middle in self._shuffled():
            ring = self._around[middle]
            # The neighbours of a cell that is not at the edge of the city form a closed ring around it.
            if middle in self._at_edge or len(ring) > 7 or self._surplus - len(ring) + 1 < reserve:
                continue
            if self._is_free(middle, *ring):
                self._take(*ring)
                self._take(middle)
                wanted -= 1
                if not wanted:
                    break

    def make_pairs(self, wanted: int) -> None:
        """Join two atoms that are a few steps apart to a grid of two parts."""
        for first in self._shuffled():
            if not wanted:
                break
            second = first
            for step in self._rng.random(4).tolist():
                second = self._around[second][int(step * len(self._around[second]))]
            if second != first and second not in self._around[first] and self._is_free(first, second):
                self._take(first, second)
                wanted -= 1

    def make_chains(self) -> None:
        """Join every other atom with up to six free ones, each next to the one before."""
        length = np.minimum(self._rng.geometric(0.55, self._count), 6).tolist()
        choices = self._rng.random((self._count, 6)).tolist()
        for start in self._shuffled():
            if not self._is_free(start):
                continue
            chain = [start]
            for choice in choices[start][: length[start]]:
                free = [i for i in self._around[chain[-1]] if self._is_free(i) and i not in chain]
                if not free or self._surplus < len(chain):
                    break
                chain.append(free[int(choice * len(free))])
            self._take(*chain)

    def join_surplus(self) -> None:
        """Dissolve the last grids into neighbours, if chains ran out of free atoms before the surplus did."""
        while self._surplus > 0:
            self._made, self._surplus = self._made - 1, self._surplus - 1
            last = [i for i, grid in enumerate(self.grid) if grid == self._made]
            beside = (self.grid[other] for i in last for other in self._around[i])
            into = next(grid for grid in beside if grid != self._made)
            for i in last:
                self.grid[i] = into

    def _shuffled(self) -> list[int]:
        order: list[int] = self._rng.permutation(self._count).tolist()
        return order

    def _is_free(self, *atoms: int) -> bool:
        return all(self.grid[i] < 0 for i in atoms)

    def _take(self, *atoms: int) -> None:
        for i in atoms:
            self.grid[i] = self._made
        self._made, self._surplus = self._made + 1, self._surplus - len(atoms) + 1
