"""Standard addresses and grids held against each other, both ways."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gov_core.places import ParsedAddress
from gov_core.routing.addresses import addresses_of
from gov_core.routing.index import GridIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.city import City


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An address whose measured point lies outside of the grid it is listed in.

    Attributes:
        address: Its id.
        grid: The grid it is listed in.
        drawn: The grid that holds the point; None if none does.
        distance_m: Metres from the point to `grid`.
    """

    address: str
    grid: str
    drawn: str | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class AddressCoverage:
    """How addresses and grids cover each other (边界清晰，标准地址对应不留盲区空白).

    Attributes:
        addresses: How many rows the table has.
        by_grid: Addresses of every grid of the city, in its order; 0 where there are none.
        above_grids: Ids of addresses that name a place above the grids.
        in_two_grids: Groups of ids: one address, listed in several grids.
        twice: Groups of ids: one address, listed several times in one grid.
        misplaced: Addresses that were measured elsewhere.

    Source:
        N-RULE-1 (Nanjing Qinhuai, 2021).
    """

    addresses: int
    by_grid: Mapping[str, int]
    above_grids: tuple[str, ...]
    in_two_grids: tuple[tuple[str, ...], ...]
    twice: tuple[tuple[str, ...], ...]
    misplaced: tuple[Misplaced, ...]

    @property
    def empty_grids(self) -> tuple[str, ...]:
        """Grids without an address."""
        return tuple(grid for grid, count in self.by_grid.items() if not count)

    @property
    def complete(self) -> bool:
        """Whether every address has exactly one grid, and every grid an address."""
        gaps = (self.above_grids, self.in_two_grids, self.misplaced, self.empty_grids)
        return self.addresses > 0 and not any(gaps)

    def __str__(self) -> str:
        filled = len(self.by_grid) - len(self.empty_grids)
        lines = [
            f"{self.addresses:,} addresses, {filled:,} of {len(self.by_grid):,} grids have some",
            f"{len(self.above_grids):,} name a place above the grids",
            f"{len(self.in_two_grids):,} are listed in several grids",
            f"{len(self.misplaced):,} were measured outside of their grid",
        ]
        return "\n".join(lines)


def address_coverage(city: City, *, index: GridIndex | None = None) -> AddressCoverage:
    """Holds the address table of a city against its grids.

    Addresses are one if they are written as one once width, numerals and words are folded, and every name of
    an estate that a row has is the same.

    Args:
        city: The city; its version of the day, if it has several.
        index: The index of its grids, if it is there already; without one it is built.

    Raises:
        CoverageError: Grids overlap.
        GeometryError: An outline is no clear area.
    """
    grid_of = _grids(city)
    by_grid: Counter[str] = Counter()
    above, misplaced = [], []
    same: dict[ParsedAddress, list[tuple[str, str]]] = {}
    if index is None and any(row.lon is not None for row in city.addresses):
        index = GridIndex.build(city.geometries, ids=city.grids)
    table = addresses_of(city)
    for row in city.addresses:
        grid = grid_of.get(row.place)
        if grid is None:
            above.append(row.id)
            continue
        by_grid[grid] += 1
        same.setdefault(ParsedAddress.of(row), []).append((row.id, grid))
        if row.lon is not None and row.lat is not None and index is not None and table is not None:
            slot = index.locate(row.lon, row.lat)
            drawn = None if slot is None else city.grids[slot]
            off = 0.0 if drawn == grid else table.distance_m(row.place, row.lon, row.lat, None)
            if off:
                misplaced.append(Misplaced(row.id, grid, drawn, off))
    groups = [group for group in same.values() if len(group) > 1]
    return AddressCoverage(
        len(city.addresses),
        {grid: by_grid[grid] for grid in city.grids},
        tuple(above),
        tuple(tuple(row for row, _ in group) for group in groups if len({grid for _, grid in group}) > 1),
        tuple(tuple(row for row, _ in group) for group in groups if len({grid for _, grid in group}) == 1),
        tuple(misplaced),
    )


def _grids(city: City) -> dict[str, str]:
    """The grid that each place at or below the grids is, or is in."""
    grids = set(city.grids)
    parents = {place.id: place.parent for place in city.places}
    found = {}
    for place in parents:
        step: str | None = place
        while step is not None and step not in grids:
            step = parents[step]
        if step is not None:
            found[place] = step
    return found
