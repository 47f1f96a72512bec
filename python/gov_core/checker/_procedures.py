"""Procedures of a city: its own ones that could not run, and matters that run through none that there is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.cases.lint import lint
from gov_core.cases.procedure import parse_procedure, read_procedures, shipped_procedures
from gov_core.checker._catalogue import diagnostic
from gov_core.checker._checklists import told
from gov_core.checker._finding import Finding
from gov_core.checker._map import some
from gov_core.errors import Fault, ProcedureError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gov_core.cases.procedure import Procedure
    from gov_core.city import City


def check_procedures(city: City) -> Iterator[Finding]:
    """Looks over the procedures that the city brings, and those that it names."""
    texts = {f"procedures/{name}": text for name, text in city.procedure_files}
    try:
        own = read_procedures(texts)
    except ProcedureError as error:
        yield from (_at(fault) for fault in error.faults)
        return
    files = {parse_procedure(text)["name"]: place for place, text in texts.items()}
    broken = set()
    for procedure in own.values():
        for fault in lint(procedure):
            broken.add(procedure.name)
            _, _, field = fault.place.partition("#")
            yield _at(replace(fault, place=f"{files[procedure.name]}#{field}"))
    named = {row.procedure for row in city.procedures} | {procedure.extends for procedure in own.values()}
    named |= {item.procedure for item in city.items}
    for name in own.keys() - named:
        message = f'no matter runs through "{name}", and nothing extends it'
        yield _at(Fault("procedure.unused", message, files[name], "name it in procedures.csv", (name,)))
    yield from _uses(city, {**shipped_procedures(), **own}, broken)


def _at(fault: Fault) -> Finding:
    return Finding(diagnostic(fault.code).severity, fault)


def _uses(city: City, known: Mapping[str, Procedure], broken: set[str]) -> Iterator[Finding]:
    """What matters run through is there, somebody is in charge of it, and its grades are the city's."""
    kinds = {unit.kind for unit in city.units}
    for item in city.items:
        if item.procedure and item.procedure not in known:
            message = f'there is no procedure "{item.procedure}"'
            hint = f"there are: {', '.join(known)}"
            yield told(city, "item.unknown_procedure", "items", item.code, message, hint, item.procedure)
    for row in city.procedures:
        key = f"{row.matter or ''}/{row.grade or ''}"
        procedure = known.get(row.procedure)
        if procedure is None:
            message = f'there is no procedure "{row.procedure}"'
            hint = f"there are: {', '.join(known)}"
            yield told(
                city, "procedure_use.unknown_procedure", "procedures", key, message, hint, row.procedure
            )
            continue
        if row.procedure in broken:
            continue
        if not kinds.intersection(procedure.owners):
            message = f'nobody is in charge of cases of "{row.procedure}": {some(procedure.owners)}'
            hint = "add such a body, or extend the procedure and name other owners"
            yield told(city, "procedure_use.no_owner", "procedures", key, message, hint, row.procedure)
        missing = [rule.name for rule in procedure.grades if rule.name not in (city.grades or ())]
        if missing:
            message = f'"{row.procedure}" tells apart grades that the city does not have: {some(missing)}'
            hint = "add them to the grades in city.toml"
            yield told(city, "procedure_use.grades", "procedures", key, message, hint, row.procedure)
