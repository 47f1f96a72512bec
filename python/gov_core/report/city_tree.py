"""A city as a tree of lines for a terminal: places with what serves them, then bodies, lists and numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from gov_core.checklists import CHECKLIST_NAMES
from gov_core.organisation import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.city import City, Place

MOST = 12
"""Places shown below one; the rest are counted."""


def city_tree(city: City, *, depth: int = 2) -> Iterator[str]:
    """Yield the lines of the tree.

    Args:
        city: The city.
        depth: How many levels of places are shown one by one; those below are counted.
    """
    counts = Counter(place.level for place in city.places)
    levels = ", ".join(f"{counts[level]:,} {level}" for level in city.levels)
    preset = f", preset {city.preset}" if city.preset else ""
    yield f"{city.name}  ({levels}{preset})"
    below: dict[str | None, list[Place]] = defaultdict(list)
    for place in city.places:
        below[place.parent].append(place)
    serving: dict[str, Counter[str]] = defaultdict(Counter)
    for unit in city.units:
        # What serves many places is a body of the city, listed below.
        if len(unit.serves) == 1:
            serving[unit.serves[0]][unit.kind] += 1
    yield from _places(below, serving, None, depth, "")
    yield from _section("bodies", _bodies(city))
    yield from _section("checklists", _lists(city))
    rest = {
        part: len(getattr(city, part))
        for part in (
            "rules",
            "matters",
            "posts",
            "assets",
            "premises",
            "addresses",
            "layers",
            "norms",
            "figures",
        )
    }
    yield from _section("also", [f"{number:,} {part}" for part, number in rest.items() if number])


def _places(
    below: dict[str | None, list[Place]],
    serving: dict[str, Counter[str]],
    parent: str | None,
    depth: int,
    indent: str,
) -> Iterator[str]:
    places = below[parent]
    if depth == 0 or not places:
        return
    shown = places[:MOST]
    for at, place in enumerate(shown):
        last = at == len(places) - 1
        kinds = ", ".join(f"{n} {kind}" if n > 1 else kind for kind, n in serving[place.id].items())
        inside = f"  [{len(below[place.id])} {below[place.id][0].level}]" if below[place.id] else ""
        named = f" {place.name}" if place.name else ""
        yield f"{indent}{'└─' if last else '├─'} {place.id}{named}{inside}{f'  · {kinds}' if kinds else ''}"
        yield from _places(below, serving, place.id, depth - 1, indent + ("   " if last else "│  "))
    if len(places) > MOST:
        yield f"{indent}└─ … {len(places) - MOST:,} more"


def _bodies(city: City) -> list[str]:
    counts = Counter(unit.kind for unit in city.units)
    found = []
    for kind, number in counts.most_common():
        known = KINDS.find(kind)
        found.append(f"{number:>5,}  {kind}" + (f"  {known.chinese}" if known else ""))
    return found


def _lists(city: City) -> list[str]:
    counts = Counter(item.checklist for item in city.items)
    return [
        f"{counts[checklist.id]:>5,}  {checklist.id}  {CHECKLIST_NAMES[checklist.kind]}  {checklist.holder}"
        for checklist in city.checklists
    ]


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)
