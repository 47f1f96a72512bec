"""One command as it is asked of a case: what it is about, when it counts, and what speaks against it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from gov_core.cases.deciding.naming import named_by
from gov_core.cases.machine import PROGRAMS
from gov_core.cases.procedure import StepRule
from gov_core.errors import CaseRefusedError, Fault

if TYPE_CHECKING:
    from gov_core.cases.case import Case, Participation
    from gov_core.cases.commands import Command
    from gov_core.cases.context import Context
    from gov_core.cases.machine import Relation
    from gov_core.cases.procedure import Plan
    from gov_core.organisation import Power

_NO_RULE = StepRule()

_SKEW = timedelta(minutes=5)
"""How far ahead the clock of a device may be."""

_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
"""Between these a time may be said in any zone."""


class Asked:
    """What a decision looks at, and the reasons it notes.

    Attributes:
        case: The case; deciders of opening commands never ask for it.
        started: The same; None before the first event.
        command: What is asked.
        context: By whom, when, by which rules.
        trigger: What the machine says of it.
        rule: What the procedure asks beyond that.
        body: The body that acts.
        now: The store's time: what delegations and windows are kept by, whatever a device says.
        at: When it takes effect.
        named: Bodies that it calls, the one that leads first.
        relation: The relation to the case that allows it.
        faults: What speaks against it.
    """

    def __init__(self, case: Case | None, command: Command, context: Context, plan: Plan) -> None:
        self.case = cast("Case", case)
        self.started = case
        self.command = command
        self.context = context
        self.trigger = plan.trigger
        self.rule = _NO_RULE if plan.rule is None else plan.rule
        self.body = context.actor.acting
        self.faults: list[Fault] = []
        self.now = context.now
        self.at = self._effective()
        self.named = named_by(command, case)
        self.relation: Relation = "all"

    def own_part(self) -> Participation:
        """The part of the body that acts; without one it may not act, and there is nothing more to say."""
        part = self.case.part_of(self.body)
        if part is None:
            self.check()
            self.refuse("no_part", f'"{self.body}" has no part in it', "call it first", (self.body,))
            self.check()
        return cast("Participation", part)

    def refuse(self, code: str, message: str, hint: str = "", ids: tuple[str, ...] = ()) -> None:
        """Note a reason against it."""
        where = self.started.id if self.started is not None else ""
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

    def _effective(self) -> datetime:
        """When it takes effect: now; earlier if a device was offline and the procedure allows for it."""
        now, occurred = self.context.now, self.command.occurred_at
        if not self.is_instant(now) or (occurred is not None and not self.is_instant(occurred)):
            # Not an answer, but what the other checks can be made by.
            at = self.started.at if self.started is not None else now.replace(tzinfo=UTC)
            if now.utcoffset() is None:
                self.now = at
            return at
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
        return at if self.started is None or at > self.started.at else self.started.at
