"""One command being decided: what it is about, what speaks against it, and the events it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from gov_core.cases.actor import By
from gov_core.cases.case import Task
from gov_core.cases.commands import Command
from gov_core.cases.deciding import clockwork
from gov_core.cases.deciding.naming import named_by
from gov_core.cases.events import CaseEvent
from gov_core.cases.machine import PREVIOUS, PROGRAMS, SAME
from gov_core.errors import CaseRefusedError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gov_core.cases.case import Case, Participation
    from gov_core.cases.clock import Clock
    from gov_core.cases.context import Context
    from gov_core.cases.machine import Relation, Trigger
    from gov_core.cases.procedure import StepRule
    from gov_core.organisation import Power

Event = TypeVar("Event", bound="CaseEvent")

_SKEW = timedelta(minutes=5)
"""How far ahead the clock of a device may be."""

_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
"""Between these a time may be said in any zone."""


class Step:
    """What deciders work with.

    Attributes:
        command: What is asked.
        context: By whom, when, by which rules.
        trigger: What the machine says of it.
        rule: What the procedure says of it.
        at: When it takes effect.
        named: Bodies that it calls, the one that leads first.
        faults: What speaks against it.
    """

    def __init__(
        self, case: Case | None, command: Command, context: Context, trigger: Trigger, rule: StepRule
    ) -> None:
        self._case = case
        self.command = command
        self.context = context
        self.trigger = trigger
        self.rule = rule
        self.faults: list[Fault] = []
        self.at = self._effective()
        self.named = named_by(command, case)
        self.relation: Relation = "all"

    @property
    def case(self) -> Case:
        """The case; deciders of opening commands never ask for it."""
        return cast("Case", self._case)

    @property
    def now(self) -> datetime:
        """The store's time: what delegations and windows are kept by, whatever a device says."""
        return self.at if self.context.now.utcoffset() is None else self.context.now

    @property
    def body(self) -> str:
        """The body that acts."""
        return self.context.actor.acting

    @property
    def by(self) -> By:
        """Who acts, as an event keeps it."""
        actor = self.context.actor
        via = actor.body if actor.behalf else ""
        return By(actor.role, actor.acting, actor.person, self.relation, via)

    def own_part(self) -> Participation:
        """The part of the body that acts; without one it may not act, and there is nothing more to say."""
        part = self.case.part_of(self.body)
        if part is None:
            self.check()
        return cast("Participation", part)

    def refuse(self, code: str, message: str, hint: str = "", ids: tuple[str, ...] = ()) -> None:
        """Note a reason against it."""
        where = self._case.id if self._case is not None else ""
        self.faults.append(Fault(f"case.{code}", message, where, hint, ids))

    def check_power(self, power: Power, over: str = "") -> None:
        """Note that the body that acts does not hold a power, over another body if one is named."""
        if self.context.actor.role in PROGRAMS or self.context.authority.holds(self.body, power, over):
            return
        reach = f' over "{over}"' if over else ""
        self.refuse(
            "no_power",
            f'"{self.body}" does not hold "{power}"{reach}',
            "let a body that holds it act",
            (over,),
        )

    def check_handler(self, unit: str) -> None:
        """Note that a body is barred from carrying the matter out; services are for those who serve, too."""
        case, authority = self.case, self.context.authority
        serves = case.service is not None and authority.holds(unit, "serve")
        if unit and not serves and not authority.may_handle(unit, case.matter):
            self.refuse(
                "barred",
                f'"{unit}" is barred from execution, and no list has it lead "{self.case.matter}"',
                "leave it to the body that leads; this one may assist",
                (unit,),
            )

    def is_instant(self, at: datetime) -> bool:
        """Whether a time names an instant that can be reckoned with; if not, that is noted."""
        if at.utcoffset() is None:
            self.refuse("naive_time", "a time has no time zone", "give times with a zone, such as +08:00")
        elif not _FIRST < at < _LAST:
            self.refuse(
                "time_out_of_range", f"{at.isoformat()} is at an end of the calendar", "give the year"
            )
        else:
            return True
        return False

    def check(self) -> None:
        """Raise what was noted, if anything was."""
        if self.faults:
            raise CaseRefusedError(self.faults)

    def event(
        self,
        kind: type[Event],
        *,
        to: str | None = None,
        clocks: Iterable[Clock] = (),
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
            tasks: Tasks it begins beyond those of the procedure.
            **more: Other fields of the event.
        """
        self.check()
        target = self._target() if to is None else "" if to == SAME else to
        values = {name: getattr(self.command, name) for name in _shared(type(self.command), kind)}
        values |= more
        occurred = self.command.occurred_at
        begun = self._begun(tasks)
        return kind(
            at=self.at,
            by=self.by,
            occurred_at=occurred.astimezone(UTC) if occurred is not None and occurred != self.at else None,
            to=target,
            reason=self.command.reason,
            note=self.command.note,
            evidence=self.command.evidence,
            clocks=clockwork.changed(self, target, clocks, begun),
            tasks=begun,
            **values,
        )

    def next_task(self, kind: str, beside: Iterable[Task] = ()) -> str:
        """Id of the next task of a kind, unlike that of any other task of the case or beside it."""
        known = (*(() if self._case is None else self._case.tasks), *beside)
        taken, number = {task.id for task in known}, 1 + sum(task.kind == kind for task in known)
        while f"{kind}-{number}" in taken:
            number += 1
        return f"{kind}-{number}"

    @property
    def started(self) -> Case | None:
        """The case; None before the first event."""
        return self._case

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

    def _effective(self) -> datetime:
        """When it takes effect: now; earlier if a device was offline and the procedure allows for it."""
        now, occurred = self.context.now, self.command.occurred_at
        if not self.is_instant(now) or (occurred is not None and not self.is_instant(occurred)):
            return self._case.at if self._case is not None else now.replace(tzinfo=UTC)
        at = now
        if occurred is not None:
            if occurred > now + _SKEW:
                self.refuse(
                    "time_in_future",
                    f"it is said to have happened at {occurred.isoformat()}, after {now.isoformat()}",
                    "set the clock of the device",
                )
            elif now - occurred <= timedelta(hours=self.context.procedure.offline_hours):
                at = min(occurred, now)
        at = at.astimezone(UTC)
        # Time never runs backwards in a case: clocks would be met before they were started.
        return at if self._case is None else max(at, self._case.at)


def _shared(command: type[Command], event: type[CaseEvent]) -> tuple[str, ...]:
    """Names of the fields that a command and its event share, beyond what all have."""
    names = _SHARED.get((command, event))
    if names is None:
        asked = {item.name for item in fields(command)} - {item.name for item in fields(Command)}
        told = {item.name for item in fields(event)} - {item.name for item in fields(CaseEvent)}
        names = tuple(item.name for item in fields(event) if item.name in asked & told)
        _SHARED[command, event] = names
    return names


_SHARED: dict[tuple[type, type], tuple[str, ...]] = {}

Decider = Callable[[Step], "CaseEvent | None"]
"""What a command comes to; nothing if there was nothing to do."""
