"""One case in the city of a preset: who acts is named by kind of body, and its story is read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from gov_core.cases.actor import Actor
from gov_core.cases.case import Evidence
from gov_core.cases.machine import PROGRAMS
from gov_core.casework import Casework, Governance, Intake
from gov_core.city import City
from gov_core.city._sheets import SHEETS
from gov_core.errors import CaseRefusedError
from gov_core.routing import Router
from gov_core.storage.memory import MemoryCaseStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command
    from gov_core.cases.machine import Role

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, on a working day."""
BEFORE = Evidence("aa" * 32, "photo", "before", 1024)
AFTER = Evidence("bb" * 32, "photo", "after", 1024)


def refilled(city: City, part: str, change: Callable[[Any], Any], *more: Any) -> City:
    """The city with each row of a table changed, and more rows behind them."""
    tables: dict[str, Any] = {sheet.part: city.rows(sheet.part) for sheet in SHEETS}
    tables[part] = (*map(change, tables[part]), *more)
    return City.from_parts(
        name=city.name,
        levels=city.levels,
        partition=city.partition,
        grades=city.grades,
        places=city.places,
        geometries=dict(zip(city.grids, city.geometries, strict=True)),
        hard_rules=city.hard_rules,
        preset=city.preset,
        **tables,
    )


def with_catalogue(city: City, **items: tuple[str, tuple[str, ...]]) -> City:
    """The city with items of its whistle catalogue filled in: code to matter and who is called."""
    named = {code.replace("_", "."): row for code, row in items.items()}

    def filled(item: Any) -> Any:
        if item.code not in named:
            return item
        matter, (lead, *assist) = named[item.code]
        return replace(item, matters=(matter,), holder=(lead,), assist=tuple(assist), placeholder=False)

    return refilled(city, "items", filled)


class Office:
    """A case at the first grid of a city, and those who work on it.

    Args:
        city: Of a preset.
        **governance: What else it says about its cases: ``default``, ``uses``.
    """

    def __init__(self, city: City, **governance: Any) -> None:
        self.city = city
        self.now = MONDAY
        self.grid = city.grids[0]
        self.path = "/".join(city.path(self.grid))
        store = MemoryCaseStore(clock=lambda: int(self.now.timestamp() * 1_000_000))
        rules = Governance(city, Router.compile(city), **governance)
        self.casework = Casework(rules, store, now=lambda: self.now)
        self.case_id = ""

    @property
    def case(self) -> Case:
        return self.casework.case(self.case_id)

    @property
    def stages(self) -> list[str]:
        """The stages of the timeline in Chinese, each as often as the case came to it anew."""
        told = [entry.stage for entry in self.casework.timeline(self.case_id) if entry.stage]
        return [stage for at, stage in enumerate(told) if at == 0 or told[at - 1] != stage]

    @property
    def words(self) -> list[str]:
        return [entry.words for entry in self.casework.timeline(self.case_id)]

    def body(self, kind: str, path: str | None = None) -> str:
        """The body of a kind, or with an id, that serves the case's ground."""
        if any(unit.id == kind for unit in self.city.units):
            return kind
        owner = self.casework.governance.on(None).owner(self.path if path is None else path, (kind,))
        assert owner, kind
        return owner

    def actor(self, role: Role, kind: str = "", person: str = "") -> Actor:
        """An account of a body in a role; without a body, somebody from among the residents."""
        if role in PROGRAMS:
            return Actor(role, role, areas=("",))
        if not kind:
            return Actor(role, "", person or "p-resident")
        body = self.body(kind)
        areas = self.casework.governance.on(None).areas(body)
        return Actor(role, body, person or f"p-{body}-{role}", areas)

    def report(self, role: Role, kind: str, matter: str, channel: str = "grid", **more: Any) -> Office:
        intake = Intake(matter=matter, channel=channel, place=self.grid, **more)
        self.case_id = self.casework.report(intake, self.actor(role, kind)).case.id
        return self

    def do(self, role: Role, kind: str, command: Command, *, person: str = "", minutes: int = 10) -> Office:
        self.now += timedelta(minutes=minutes)
        self.casework.handle(self.case_id, command, self.actor(role, kind, person))
        return self

    def refusals(self, role: Role, kind: str, command: Command) -> set[str]:
        """Codes of what speaks against a command; nothing happens to the case."""
        before = self.case
        try:
            self.casework.handle(self.case_id, command, self.actor(role, kind))
        except CaseRefusedError as error:
            assert self.case == before
            return {fault.code for fault in error.faults}
        raise AssertionError(f"{command} was taken")

    def wait(self, **time: float) -> Office:
        """Let time go by; the clocks tell what they have to."""
        self.now += timedelta(**time)
        list(self.casework.tick())
        return self
