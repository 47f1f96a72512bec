"""What the responsibility matrix shows: gaps, oversteps, misplacements, and several holders of one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._checklists import told
from gov_core.checker._map import some
from gov_core.checklists import CHECKLIST_NAMES
from gov_core.checklists.matrix import responsibility_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.checklists.matrix import Gap, Misplacement, Overstep, ResponsibilityMatrix
    from gov_core.city import City


def check_responsibility(city: City) -> Iterator[Finding]:
    """Holds the lists against each other, and the rules against the lists."""
    if not city.items:
        return
    matrix = responsibility_matrix(city)
    for gap in matrix.gaps:
        yield _gap(city, gap)
    for rivals in matrix.rivals:
        first, second = rivals.items
        message = (
            f"{rivals.bodies[1]} is to do {some(rivals.matters)}, and so is {rivals.bodies[0]} "
            f'by item "{first}", first in {rivals.witness}'
        )
        hint = "give it to one of them, or name the other under shared_with"
        yield told(city, "item.several_holders", "items", second, message, hint, first)
    for overstep in matrix.oversteps:
        yield _overstep(city, overstep)
    for misplacement in matrix.misplacements:
        yield _misplaced(city, misplacement)
    yield from _not_admitted(city, matrix)


def _gap(city: City, gap: Gap) -> Finding:
    everywhere = gap.missing == gap.grids
    where = "" if everywhere else f" in {gap.missing} of {gap.grids} grids: {some(gap.witnesses)}"
    message = f"no list has anybody do it{where}"
    hint = "add it to an item, or the places to one that has it"
    return told(city, "matter.unheld", "matters", gap.matter, message, hint)


def _overstep(city: City, found: Overstep) -> Finding:
    part = "items" if found.by == "item" else "rules"
    matters = some(found.matters)
    if found.why == "no_power":
        message = f'{found.body} does not have "{found.against}", which the item needs'
        hint = "give it the power, or leave the duty with who has it"
        return told(city, "item.powerless", part, found.name, message, hint, found.against)
    if found.why == "of_another":
        message = f'{found.body} is sent {matters}, which item "{found.against}" gives to somebody else'
        hint = "correct the rule, or the item; name who shares the duty under shared_with"
        return told(city, "rule.overstep", part, found.name, message, hint, found.against)
    lists = {checklist.id: checklist for checklist in city.checklists}
    item = next(item for item in city.items if item.code == found.against)
    kind = CHECKLIST_NAMES[lists[item.checklist].kind]
    message = f'{found.body} is to do {matters}, from which item "{item.code}" of its {kind} bars it'
    hint = "give it to another body, or take it off that list"
    code = "item.barred" if found.by == "item" else "rule.barred"
    return told(city, code, part, found.name, message, hint, item.code)


def _misplaced(city: City, found: Misplacement) -> Finding:
    if found.why == "transferred":
        message = f"the duty was transferred to {found.expected}, and {found.body} has the item"
        hint = "correct the holder, or record the transfer"
    elif found.why == "affair":
        message = f"{found.body} has it; it is for {found.expected}"
        hint = "give it to such a body, or put it on an assistance list"
    else:
        message = f"such a list is for {found.expected}, and {found.body} has it"
        hint = "correct the kind of the list, or its holder"
    return told(city, "item.misplaced", "items", found.item, message, hint)


def _not_admitted(city: City, matrix: ResponsibilityMatrix) -> Iterator[Finding]:
    states = {item.code: item.admission for item in city.items}
    for rule, item, body in matrix.not_admitted:
        message = f'{body} is not admitted for item "{item}", which is {states[item]}, and may turn it away'
        hint = "admit the item first, or send it to who has it"
        yield told(city, "rule.not_admitted", "rules", rule, message, hint, item)
