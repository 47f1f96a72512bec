"""Cells: what a duty is about, on the four axes that decide between rules."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gov_core.city._record import CityRecord


_AREA = 1
_MATTER = 2

_Key = tuple[tuple[bool, str], tuple[bool, "str | None"]]
"""A matter and an area, each with whether what lies below it is meant, too."""


class Cell(NamedTuple):
    """An asset class, an area, a matter and a grade, in the order in which they decide; None is any."""

    asset: str | None = None
    area: str | None = None
    matter: str | None = None
    grade: str | None = None


class Ground:
    """The trees of a city: what lies below what on each axis.

    Args:
        city: Its places, matters and asset classes.
    """

    def __init__(self, city: CityRecord) -> None:
        self._parents: tuple[Mapping[str, str | None], ...] = (
            {asset.code: asset.parent for asset in city.asset_classes},
            {place.id: place.parent for place in city.places},
            {matter.code: matter.parent for matter in city.matters},
            dict.fromkeys(city.grades or ()),
        )
        self._lines: tuple[dict[str, tuple[str, ...]], ...] = ({}, {}, {}, {})

    def line(self, axis: int, value: str) -> tuple[str, ...]:
        """A value and all above it, from the value up."""
        lines = self._lines[axis]
        if value not in lines:
            above = self._parents[axis].get(value)
            lines[value] = (value, *(self.line(axis, above) if above is not None else ()))
        return lines[value]

    def holds(self, axis: int, upper: str | None, lower: str | None) -> bool:
        """Whether a value is another, or lies below it; everything lies below None."""
        return upper is None or (lower is not None and upper in self.line(axis, lower))

    def covers(self, wide: Cell, narrow: Cell) -> bool:
        """Whether a cell lies within another on every axis."""
        return all(self.holds(axis, *pair) for axis, pair in enumerate(zip(wide, narrow, strict=True)))

    def meet(self, one: Cell, other: Cell) -> Cell | None:
        """What two cells have in common; None if nothing."""
        lower: list[str | None] = []
        for axis, (left, right) in enumerate(zip(one, other, strict=True)):
            if self.holds(axis, left, right):
                lower.append(right)
            elif self.holds(axis, right, left):
                lower.append(left)
            else:
                return None
        return Cell(*lower)

    def depth(self, cell: Cell) -> tuple[int, ...]:
        """How narrow a cell is on each axis: of two that hold a case, the greater decides."""
        return tuple(0 if value is None else len(self.line(axis, value)) for axis, value in enumerate(cell))

    def closure(self, cells: Iterable[Cell], others: Iterable[Cell]) -> list[Cell]:
        """Cells and all they have in common with others and with each other, the widest first.

        Every cell names a matter.
        """
        near = Nearby(self, others)
        found: set[Cell] = set()
        waiting = list(cells)
        while waiting:
            cell = waiting.pop()
            if cell not in found:
                found.add(cell)
                near.add(cell)
                common = (self.meet(cell, other) for other in near.of(cell))
                waiting += [one for one in common if one is not None and one not in found]
        return sorted(found, key=lambda cell: (self.depth(cell), tuple(value or "" for value in cell)))


class Nearby:
    """Cells that may meet another, by matter and area: where thousands are about a few hundred matters."""

    def __init__(self, ground: Ground, cells: Iterable[Cell]) -> None:
        self._ground = ground
        self._at: dict[_Key, list[Cell]] = defaultdict(list)
        for cell in cells:
            self.add(cell)

    def add(self, cell: Cell) -> None:
        """Adds a cell that names a matter."""
        matters, areas = self._lines(cell)
        for key in product(
            [(False, matters[0]), *((True, above) for above in matters)],
            [(False, areas[0]), *((True, above) for above in areas)],
        ):
            self._at[key].append(cell)

    def of(self, cell: Cell) -> list[Cell]:
        """The cells whose matter is that of a cell, or lies above or below it, and whose area likewise."""
        matters, areas = self._lines(cell)
        keys = product(
            [(True, matters[0]), *((False, above) for above in matters[1:])],
            [(True, areas[0]), *((False, above) for above in areas[1:])],
        )
        return [other for key in keys for other in self._at.get(key, ())]

    def _lines(self, cell: Cell) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
        areas = () if cell.area is None else self._ground.line(_AREA, cell.area)
        return self._ground.line(_MATTER, str(cell.matter)), (*areas, None)
