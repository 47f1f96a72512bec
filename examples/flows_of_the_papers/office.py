"""One case of a city and an office that works on it: who acts is named by role and body."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gov_core import Router
from gov_core.cases import Actor
from gov_core.cases.events import TaskFinished
from gov_core.cases.machine import LEAVES, TASK_NAMES
from gov_core.casework import Casework, Governance, Intake
from gov_core.storage.memory import MemoryCaseStore

if TYPE_CHECKING:
    from gov_core import City
    from gov_core.cases import Case, Command
    from gov_core.cases.machine import Role

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
MEETINGS = {"admonition_talk", *LEAVES}
"""Kinds of tasks that people meet for."""


class Office:
    """A case at the first grid of a city.

    Args:
        city: Of a preset.
        procedure: What all its matters run through; what the city says, if empty.
        **governance: What else there is to say about its cases: ``procedures``.
    """

    def __init__(self, city: City, procedure: str = "", **governance: object) -> None:
        self.city = city
        self.now = MONDAY
        self.place = city.grids[0]
        uses = {matter.code: procedure for matter in city.matters if procedure}
        rules = Governance(city, Router.compile(city), uses=uses, **governance)
        self.casework = Casework(rules, MemoryCaseStore(), now=lambda: self.now)
        self.bodies = rules.on(None)
        self.case_id = ""

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.casework.case(self.case_id)

    @property
    def stages(self) -> list[str]:
        """The stages of its story in Chinese, as often as the case came to them, and the meetings held."""
        told: list[str] = []
        stage = ""
        kinds = {task.id: task.kind for task in self.case.tasks}
        for entry in self.casework.timeline(self.case_id):
            if entry.stage != stage:
                stage = entry.stage
                told.append(stage)
            if isinstance(entry.event, TaskFinished) and kinds[entry.event.id] in MEETINGS:
                told.append(TASK_NAMES[kinds[entry.event.id]])
        return told

    def body(self, body: str) -> str:
        """A body by its id, or the one of a kind that serves the place."""
        if any(unit.id == body for unit in self.city.units):
            return body
        return self.bodies.owner("/".join(self.city.path(self.place)), (body,))

    def actor(self, role: Role, body: str) -> Actor:
        """An account of a body, in a role; what it answers for is what the body serves."""
        own = self.body(body)
        return Actor(role, own, f"{own}:{role}", self.bodies.areas(own))

    def report(self, role: Role, body: str, matter: str, channel: str = "grid", **more: object) -> Office:
        """Somebody reports something at the place."""
        intake = Intake(matter=matter, channel=channel, place=self.place, **more)
        self.case_id = self.casework.report(intake, self.actor(role, body)).case.id
        return self

    def do(self, role: Role, body: str, *commands: Command) -> Office:
        """One body does one thing after the other."""
        for command in commands:
            self.now += timedelta(minutes=10)
            self.casework.handle(self.case_id, command, self.actor(role, body))
        return self
