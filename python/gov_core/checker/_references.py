"""Units, matters and asset classes that nothing refers to, and limits in an odd order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gov_core.city import AssetClass, City, Matter


def check_references(city: City) -> Iterator[Finding]:
    """Finds what no rule can ever use."""
    named = {link for rule in city.rules for link in (*rule.unit, *rule.assist)}
    for unit in city.units:
        if unit.id in named:
            continue
        if f"@{unit.kind}" not in named:
            message = f'no rule names the unit or its kind "@{unit.kind}"'
            yield _unused("unit", unit.id, message, "name it in a rule, or remove it")
        elif not unit.serves:
            message = "rules name its kind only, and it serves no place"
            yield _unused("unit", unit.id, message, "fill in serves, or name it by its id")
    if all(rule.matter is not None for rule in city.rules):
        yield from _unreached("matter", city.matters, {rule.matter for rule in city.rules})
    named_assets = {rule.asset for rule in city.rules if rule.asset is not None}
    if city.asset_classes:
        yield from _unreached("asset", city.asset_classes, named_assets)
    for rule in city.rules:
        respond, resolve = rule.respond_within, rule.resolve_within
        if respond and resolve and respond.unit == resolve.unit and respond.amount > resolve.amount:
            message = f'rule "{rule.id}": respond_within {respond} is longer than resolve_within {resolve}'
            place = f"rules.csv:{rule.line}" if rule.line else f"rules#{rule.id}"
            yield Finding(
                "warning", Fault("rule.limit_order", message, place, "are the two swapped?", (rule.id,))
            )


def _unreached(
    what: str, nodes: Iterable[Matter | AssetClass], named: set[str | None] | set[str]
) -> Iterator[Finding]:
    """Finds nodes that no rule names, nor any node above or below them."""
    nodes = list(nodes)
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
            yield _unused(
                what, node.code, "no rule names it, or what is above it", "add a rule, or remove it"
            )


def _unused(what: str, name: str, message: str, hint: str) -> Finding:
    return Finding("warning", Fault(f"{what}.unused", message, f"{what}s#{name}", hint, (name,)))
