"""One command being decided: the events it comes to, beside what is asked and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from gov_core.cases.actor import By
from gov_core.cases.case import Task
from gov_core.cases.commands import Command
from gov_core.cases.deciding import clockwork
from gov_core.cases.deciding.asked import Asked
from gov_core.cases.events import CaseEvent
from gov_core.cases.machine import PREVIOUS, SAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gov_core.cases.clock import Clock

Event = TypeVar("Event", bound="CaseEvent")


class Step(Asked):
    """What deciders work with."""

    @property
    def by(self) -> By:
        """Who acts, as an event keeps it."""
        actor = self.context.actor
        return By(actor.role, self.body, actor.person, self.relation, actor.body if actor.behalf else "")

    def event(
        self,
        kind: type[Event],
        *,
        to: str | None = None,
        clocks: Sequence[Clock] = (),
        tasks: Sequence[Task] = (),
        **more: Any,  # noqa: ANN401  # fields of the event
    ) -> Event:
        """The event of this command.

        Fields that command and event share are taken over; clocks are started, met, paused and waived as the
        procedure says, and tasks begun.

        Args:
            kind: Its class.
            to: State it leads to, where the machine leaves a choice; None for what the machine says.
            clocks: Clocks it changes beyond that, which take the place of the ones there are.
            tasks: Tasks it begins or changes beyond those of the procedure, as they are after it.
            **more: Other fields of the event.
        """
        self.check()
        command = self.command
        target = self._target() if to is None else "" if to == SAME else to
        begun = self._begun(tasks) if self.rule.begins else tuple(tasks)
        occurred = command.occurred_at
        for name in _shared(type(command), kind):  # type: ignore[arg-type]  # classes are hashable
            if name not in more:
                more[name] = getattr(command, name)
        more["at"] = self.at
        more["by"] = self.by
        if occurred is not None and occurred != self.at:
            more["occurred_at"] = occurred.astimezone(UTC)
        more["to"] = target
        more["reason"] = command.reason
        more["note"] = command.note
        more["evidence"] = command.evidence
        more["clocks"] = clockwork.changed(self, target, clocks, begun)
        more["tasks"] = begun
        return kind.of(more)

    def next_task(self, kind: str, beside: Iterable[Task] = ()) -> str:
        """Id of the next task of a kind, unlike that of any other task of the case or beside it."""
        known = (*(() if self.started is None else self.started.tasks), *beside)
        taken, number = {task.id for task in known}, 1 + sum(task.kind == kind for task in known)
        while f"{kind}-{number}" in taken:
            number += 1
        return f"{kind}-{number}"

    def _target(self) -> str:
        target = self.trigger.targets[0]
        if target == SAME:
            return ""
        return self.case.before if target == PREVIOUS else target

    def _begun(self, tasks: Sequence[Task]) -> tuple[Task, ...]:
        """The tasks that begin with the step: those of the procedure beside those that are given."""
        begun = list(tasks)
        for begin in self.rule.begins:
            if not begin.by or self.context.actor.role in begin.by:
                own_id = self.next_task(begin.kind, begun)
                begun.append(Task(own_id, begin.kind, begin.to, begin.required))
        return tuple(begun)


@cache
def _shared(command: type[Command], event: type[CaseEvent]) -> tuple[str, ...]:
    """Names of the fields that a command and its event share, beyond what all have."""
    asked = {item.name for item in fields(command)} - {item.name for item in fields(Command)}
    told = {item.name for item in fields(event)} - {item.name for item in fields(CaseEvent)}
    return tuple(item.name for item in fields(event) if item.name in asked & told)


Decider = Callable[[Step], "CaseEvent | None"]
"""What a command comes to; nothing if there was nothing to do."""
