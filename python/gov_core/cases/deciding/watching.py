"""Clocks that tell, and people who press."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gov_core.cases import commands as c
from gov_core.cases import events as e

if TYPE_CHECKING:
    from gov_core.cases.case import Case
    from gov_core.cases.deciding.step import Decider, Step
    from gov_core.cases.procedure import ClockRule

TOP_LEVEL = 4
"""Leaders of the district; nothing goes higher."""


def _fire(step: Step) -> e.CaseEvent | None:
    """What a clock has to tell, once: nothing if it was told, or the clock has been met since."""
    command, case = cast("c.Fire", step.command), step.case
    clock = case.clock(command.clock, command.scope)
    if clock is None:
        step.refuse("no_clock", f'there is no clock "{command.clock}"', "see the clocks of the case")
        return None
    after = clock.fire(step.at)
    if after is clock:
        return None
    ended = after.fired == "red"
    actions = {
        action
        for rule in step.context.procedure.clocks
        if ended and rule.name == clock.kind and _applies(rule, case)
        for action in rule.actions
    }
    raised = min(case.level + 1, TOP_LEVEL) if "level" in actions else None
    return step.event(
        e.ClockFired,
        clocks=(after,),
        ended=ended,
        level=raised if raised != case.level else None,
        supervise="supervise" in actions,
    )


def _applies(rule: ClockRule, case: Case) -> bool:
    kind = "" if case.whistle is None else case.whistle.kind
    return (not rule.kinds or kind in rule.kinds) and (not rule.grades or case.grade in rule.grades)


def _escalate(step: Step) -> e.CaseEvent:
    command, case = cast("c.Escalate", step.command), step.case
    if not case.level < command.level <= TOP_LEVEL:
        step.refuse(
            "bad_level",
            f"from level {case.level} a case goes up, to {TOP_LEVEL} at most, not to {command.level}",
            "give a higher level",
        )
    if command.owner and command.owner in case.complained_of:
        step.refuse("complained_of", f'the case complains of "{command.owner}"', "name another body")
    return step.event(e.CaseEscalated)


def _supervise(step: Step) -> e.CaseEvent:
    step.check_power("supervise", step.case.unit)
    if step.case.supervised:
        step.refuse("supervised_already", "it is under supervision already", "urge it")
    return step.event(e.SupervisionBegun)


DECIDERS: dict[str, Decider] = {
    "fire": _fire,
    "supervise": _supervise,
    "urge": lambda step: step.event(e.CaseUrged),
    "escalate": _escalate,
}
