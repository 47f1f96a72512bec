"""Hard rules on lists: what communities must not be given, and which lists they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._checklists import told
from gov_core.organisation import KINDS, is_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.city import City

ECONOMY = "economy"
"""Category of matters that are economic tasks."""
COMMUNITY, STREET = "community", "street"
"""Levels of places, as the registry of kinds names them."""
TWO_LISTS = ("self_government", "assistance")


def no_economic_tasks(city: City) -> Iterator[Finding]:
    """No body of a community is given an economic task, by an item or by a rule.

    A body is of a community if its kind is, or, where the field does not know the kind, if all the places it
    serves are communities or below one.
    """
    economic = {matter.code for matter in city.matters if matter.category == ECONOMY}
    above = {matter.code: matter.parent for matter in city.matters}
    for matter in city.matters:
        line = [matter.code]
        while (step := above[line[-1]]) is not None:
            line.append(step)
        if not economic.isdisjoint(line):
            economic.add(matter.code)
    of_communities = _of_communities(city)
    lists = {checklist.id: checklist for checklist in city.checklists}
    for item in city.items:
        if lists[item.checklist].kind not in {"negative", "withdrawn", "whistle"}:
            named = (*(item.holder or (lists[item.checklist].holder,)), *item.shared_with, *item.assist)
            bodies = [body for body in dict.fromkeys(named) if body in of_communities]
            yield from _given(city, ("items", item.code), bodies, economic & set(item.matters))
    for rule in city.rules:
        given = economic & ({rule.matter} if rule.matter is not None else set())
        bodies = [body for body in dict.fromkeys((*rule.unit, *rule.assist)) if body in of_communities]
        yield from _given(city, ("rules", rule.id), bodies, given)


def _given(city: City, row: tuple[str, str], bodies: list[str], matters: set[str]) -> Iterator[Finding]:
    if matters and bodies:
        message = f"{', '.join(bodies)} is given {', '.join(sorted(matters))}, an economic task"
        hint = "give it to a department or the district"
        yield told(city, "hard_rule.no_economic_tasks", *row, message, hint, *bodies)


def _of_communities(city: City) -> set[str]:
    """Units and ``@kind`` that are of communities."""
    levels = {place.id: place.level for place in city.places}
    at = city.levels.index(COMMUNITY) if COMMUNITY in city.levels else len(city.levels)
    found = set()
    for unit in city.units:
        kind = KINDS.find(unit.kind)
        if kind is not None and kind.levels:
            of_one = COMMUNITY in kind.levels and STREET not in kind.levels
        else:
            ranks = [city.levels.index(levels[place]) for place in unit.serves]
            of_one = bool(ranks) and min(ranks) >= at
        if of_one:
            found |= {unit.id, f"@{unit.kind}"}
    return found


def two_lists(city: City) -> Iterator[Finding]:
    """Each residents' committee has a list of lawful self-government and one of lawful assistance."""
    having = {(checklist.holder, checklist.kind) for checklist in city.checklists}
    for unit in city.units:
        if not is_kind(unit.kind, "residents_committee"):
            continue
        missing = [
            kind
            for kind in TWO_LISTS
            if (unit.id, kind) not in having and (f"@{unit.kind}", kind) not in having
        ]
        if missing:
            message = f"the committee has no list of kind {' nor '.join(missing)}"
            hint = "add the list, with the committee or its kind as holder"
            yield told(city, "hard_rule.two_lists", "units", unit.id, message, hint)
