"""Grids that rules cannot tell apart: one of them stands for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.city._sheets import words_of

if TYPE_CHECKING:
    from gov_core.city import City

_DECIDING = ("rules", "checklists", "items")
"""Tables that say who handles what."""


def alike(city: City) -> list[list[str]]:
    """Groups grids in which the same rules apply and the same kinds of units are there.

    Two grids are alike if they lie in the same places, of those that any rule or item names, and if the same
    units and kinds serve them, of those that any rule, item or list names. Whether somebody answers for a
    matter is then the same in both, though the unit may be another one.

    Returns:
        Ids of grids, each in one group; groups and grids in the order of the city.
    """
    areas = _named(city, "places")
    bodies = _named(city, "units")
    served: dict[str, set[str]] = {}
    for unit in city.units:
        marks = {unit.id, f"@{unit.kind}"} & bodies
        for place in unit.serves if marks else ():
            served.setdefault(place, set()).update(marks)
    groups: dict[tuple[frozenset[str], frozenset[str]], list[str]] = {}
    for grid in city.grids:
        path = city.path(grid)
        there = frozenset(mark for place in path for mark in served.get(place, ()))
        groups.setdefault((frozenset(areas.intersection(path)), there), []).append(grid)
    return list(groups.values())


def _named(city: City, part: str) -> set[str]:
    return {
        name
        for table in _DECIDING
        for word in words_of(table)
        if word.refers is not None and part in word.refers.parts
        for row in getattr(city, table)
        for name in word.named(row)
    }
