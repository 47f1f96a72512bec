"""Hard rules that keep bodies and their powers apart: who decides does not carry out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._map import some
from gov_core.checker.hard_rules._bodies import Areas, broken, lacking, met, units_of
from gov_core.organisation import KINDS, LAYERS, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.city import City
    from gov_core.organisation import Power

_BOUND = ("leads", "parent_of", "member_of", "dual_managed_by")
"""Relations between two bodies of which neither is on its own."""


def separation_of_powers(city: City) -> Iterator[Finding]:
    """议行分离: no body may both resolve and execute."""
    for unit in city.units:
        resolves = city.powers.holds(unit.id, "resolve")
        executes = city.powers.holds(unit.id, "execute")
        if resolves and executes:
            message = f"{resolves.words}, and {executes.words}"
            hint = "take one of the two powers from it, or bar it from one: held=false"
            yield broken("separation_of_powers", message, city.where("units", unit.id), hint, unit.id)


def four_layers(city: City) -> Iterator[Finding]:
    """Each community has bodies that decide, execute, deliberate and supervise."""
    rule = "four_layers"
    areas = Areas(city, "community")
    yield from areas.lacking(rule, "community")
    of_layer: dict[str | None, list[str]] = {}
    for kind in KINDS.values():
        of_layer.setdefault(kind.layer, []).append(kind.code)
    there = {
        layer: areas.by_area(unit for unit in city.units if kind_of(unit.kind) in of_layer[layer])
        for layer in LAYERS
    }
    for area in areas.ids:
        without = [layer for layer in LAYERS if not there[layer][area]]
        if without:
            message = f"nobody is there for {', '.join(without)}"
            hint = f"let a body of that layer serve it: {some(of_layer[without[0]])}"
            yield broken(rule, message, city.where("places", area), hint, area)


def committee_assists_only(city: City) -> Iterator[Finding]:
    """居政分离: committees hold no administrative power and run no public service; they assist the centre."""
    rule = "committee_assists_only"
    yield from lacking(city, rule, "residents_committee", "service_centre")
    powers: tuple[Power, ...] = ("execute", "serve")
    for committee, centres in met(city, "residents_committee", "service_centre").items():
        for power in powers:
            decision = city.powers.holds(committee, power)
            if decision:
                hint = "take the power from it; what it does for the centre is assisting"
                yield broken(rule, decision.words, city.where("units", committee), hint, committee)
        assisted = {edge.target for edge in city.graph.whom(committee, "assists")}
        without = [centre for centre in centres if centre not in assisted]
        if without or not centres:
            message = f"it does not assist {some(without) or 'any centre: none serves its ground'}"
            hint = "add @residents_committee assists @service_centre"
            yield broken(rule, message, city.where("units", committee), hint, committee, *without)


def council_and_centre_apart(city: City) -> Iterator[Finding]:
    """相互分立、相互制约: a council supervises the centre of its ground; neither is part of the other."""
    rule = "council_and_centre_apart"
    yield from lacking(city, rule, "residents_council", "service_centre")
    yield from _bound(city, rule, "residents_council", "service_centre")
    for centre, councils in met(city, "service_centre", "residents_council").items():
        supervising = {edge.source for edge in city.graph.who("supervises", centre)}
        if not any(
            council in supervising or city.powers.holds(council, "supervise", over=centre)
            for council in councils
        ):
            message = f"no council of its ground supervises it; there: {some(councils) or 'none'}"
            hint = "add @residents_council supervises @service_centre"
            yield broken(rule, message, city.where("units", centre), hint, centre, *councils)


def centre_and_committee_apart(city: City) -> Iterator[Finding]:
    """The committee runs independently of the service centre: neither is part of the other."""
    rule = "centre_and_committee_apart"
    yield from lacking(city, rule, "residents_committee", "service_centre")
    yield from _bound(city, rule, "residents_committee", "service_centre")


def _bound(city: City, rule: str, kind: str, other: str) -> Iterator[Finding]:
    """Finds rows that put bodies of two kinds above each other or into each other, each row once."""
    ones, others = ({unit.id for unit in units_of(city, name)} for name in (kind, other))
    told = set()
    for edge in city.graph.edges:
        ends = (edge.source, edge.target)
        if edge.relation not in _BOUND or edge.row in told:
            continue
        if (ends[0] in ones and ends[1] in others) or (ends[0] in others and ends[1] in ones):
            told.add(edge.row)
            key = f"{edge.row.source}/{edge.row.relation}/{edge.row.target}"
            hint = "drop the row: the two are to stand apart"
            yield broken(rule, f"{edge}: the two are not apart", city.where("relations", key), hint, *ends)
