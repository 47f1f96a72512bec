"""Why a case is due when it is: each clock with its derivation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gov_core.cases.clock import explain
from gov_core.errors import Fault, StepError

if TYPE_CHECKING:
    from datetime import datetime

    from gov_core.cases._derivation import Derivation
    from gov_core.cases.case import Case
    from gov_core.cases.clock import Light
    from gov_core.casework.governance import Governance


class ExplainedDeadline(NamedTuple):
    """A clock of a case, and how its deadline came about.

    Attributes:
        clock: Which: ``handling``.
        scope: Id of the body it is for; empty for the whole case.
        state: Where it stands: ``running``, ``paused``, ``met`` …
        due_by: The deadline, in the time zone of the calendar; None while it rests.
        light: How it stands now.
        rule: Why it has the limit it has: the rule that routed the case, or the procedure.
        derivation: From when, which hours count, holidays crossed, pauses, extensions, by which calendar.
    """

    clock: str
    scope: str
    state: str
    due_by: datetime | None
    light: Light
    rule: str
    derivation: Derivation

    def __str__(self) -> str:
        return f"{self.clock}{f' of {self.scope}' if self.scope else ''}, by {self.rule}: {self.derivation}"


def explain_deadline(
    case: Case, governance: Governance, now: datetime, clock: str, scope: str = ""
) -> ExplainedDeadline:
    """Explain a deadline of a case.

    Args:
        case: Which.
        governance: Whose calendars and procedures.
        now: What time it is, for the light.
        clock: Which clock.
        scope: Id of the body it is for; empty for the whole case.

    Raises:
        StepError: ``case.no_clock``: the case has no such clock; ``clock.illegal_step``: it never started;
            ``clock.other_calendar``: the calendar it was reckoned by is not among `Governance.calendars`.
    """
    found = case.clock(clock, scope)
    if found is None:
        known = (
            ", ".join(f"{one.kind}:{one.scope}" if one.scope else one.kind for one in case.clocks) or "none"
        )
        message = f'it has no clock "{clock}"' + (f' of "{scope}"' if scope else "")
        raise StepError([Fault("case.no_clock", message, case.id, f"there are: {known}")])
    calendar = governance.calendar_of(found.calendar)
    return ExplainedDeadline(
        clock,
        scope,
        found.state,
        None if found.due_by is None else found.due_by.astimezone(calendar.tz),
        found.light(now),
        _rule(case, governance, clock, found.amount, found.unit),
        explain(found, calendar),
    )


def _rule(case: Case, governance: Governance, clock: str, amount: float, unit: str) -> str:
    """What gave the clock its limit: the rule that routed the case if its limit is the clock's."""
    procedure = governance.procedure(case.procedure)
    asks = {rule.of for rule in procedure.clocks if rule.name == clock and rule.of}
    if case.rule and any(what in asks and (amount, unit) == (many, of) for what, many, of in case.limits):
        return f'rule "{case.rule}"'
    return f'procedure "{procedure.name}"'
