"""Units, matters and asset classes that nothing refers to, and limits in an odd order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.city._sheets import BY_PART, SHEETS, words_of
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.city import City

_OF_ITS_OWN = {"parent", "successors"}
"""Fields by which rows of one table name each other: being named there is no use."""


def check_references(city: City) -> Iterator[Finding]:
    """Finds what nothing uses, and limits in an odd order."""
    yield from _unused_units(city)
    if all(rule.matter is not None for rule in city.effective_rules):
        yield from _unused_nodes(city, "matters")
    yield from _unused_nodes(city, "asset_classes")
    for rule in city.effective_rules:
        respond, resolve = rule.respond_within, rule.resolve_within
        if respond and resolve and respond.unit == resolve.unit and respond.amount > resolve.amount:
            message = f'rule "{rule.id}": respond_within {respond} is longer than resolve_within {resolve}'
            place = city.where_rule(rule)
            yield Finding(
                "warning", Fault("rule.limit_order", message, place, "are the two swapped?", (rule.id,))
            )


def named_rows(city: City, part: str) -> set[str]:
    """Every name by which any table refers to rows of a part, ``@kind`` and ``@level`` included."""
    return {
        name
        for sheet in SHEETS
        for word in words_of(sheet.part)
        if word.refers is not None and part in word.refers.parts and word.field not in _OF_ITS_OWN
        for row in getattr(city, sheet.part)
        for name in word.named(row)
    }


def _unused_units(city: City) -> Iterator[Finding]:
    named = named_rows(city, "units")
    for unit in city.units:
        if unit.id in named:
            continue
        if f"@{unit.kind}" not in named:
            message = f'nothing names the unit or its kind "@{unit.kind}"'
            yield _unused(city, "units", unit.id, message, "name it in a rule, or remove it")
        elif not unit.serves:
            message = "only its kind is named, and it serves no place"
            yield _unused(city, "units", unit.id, message, "fill in serves, or name it by its id")


def _unused_nodes(city: City, part: str) -> Iterator[Finding]:
    """Finds matters or asset classes that nothing names, nor any node above or below them."""
    named = named_rows(city, part)
    nodes = getattr(city, part)
    parents = {node.code: node.parent for node in nodes}
    reached = set()
    for code in named:
        step: str | None = code
        while step is not None and step not in reached:
            reached.add(step)
            step = parents[step]
    for node in nodes:
        step = node.code
        while step is not None and step not in named:
            step = parents[step]
        if step is None and node.code not in reached:
            message = "nothing names it, or what is above it"
            yield _unused(city, part, node.code, message, "add a rule, or remove it")


def _unused(city: City, part: str, name: str, message: str, hint: str) -> Finding:
    code = f"{BY_PART[part].noun}.unused"
    return Finding("warning", Fault(code, message, city.where(part, name), hint, (name,)))
