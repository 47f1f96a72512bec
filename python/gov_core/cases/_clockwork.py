"""What a step does to the clocks of a case: the procedure says which it starts and meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gov_core.cases.clock import Clock
from gov_core.cases.machine import MACHINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gov_core.cases._step import Step
    from gov_core.cases.procedure import ClockRule
    from gov_core.checklists import LimitUnit

_AFTER_THE_END = ("evaluation", "reopen_window", "appeal_window", "follow_up", "return_visit", "satisfaction")
"""Clocks that run on, or only begin, when a case has ended."""


def changed(step: Step, target: str, units: Sequence[str], given: Iterable[Clock]) -> tuple[Clock, ...]:
    """All clocks that a step changes, as they are after it.

    Args:
        step: What is being decided.
        target: State it leads to; empty if it stays.
        units: Bodies that it calls.
        given: Clocks that the decider itself has changed.
    """
    case, procedure = step.started, step.context.procedure
    clocks: dict[tuple[str, str], Clock] = {(clock.kind, clock.scope): clock for clock in given}
    for clock in case.clocks if case is not None else ():
        key = (clock.kind, clock.scope)
        if key not in clocks and (after := _moved(step, target, clock)) is not clock:
            clocks[key] = after
    for rule in procedure.started_by(step.trigger.name):
        for clock in _started(step, rule, units):
            clocks[clock.kind, clock.scope] = clock
    return tuple(clocks.values())


def _moved(step: Step, target: str, clock: Clock) -> Clock:
    """A clock after the step: met, waived, paused, resumed, or the same."""
    case, procedure = step.case, step.context.procedure
    if not clock.is_open:
        return clock
    if clock.kind in procedure.met_by(step.trigger.name) and clock.scope in ("", step.body):
        return clock.meet(step.at)
    if target in MACHINE.ended and clock.kind not in _AFTER_THE_END:
        return clock.waive(step.at)
    if clock.scope and _leaves(step, target, clock.scope):
        return clock.waive(step.at)
    if target == "waiting":
        # What is overdue stays so: no rest mends it.
        rests = (
            clock.kind not in _never_pause(step)
            and clock.state == "running"
            and clock.light(step.at) != "red"
        )
        return clock.pause(step.at, step.context.calendar) if rests else clock
    if case.state == "waiting" and target and clock.state == "paused":
        return clock.resume(step.at, step.context.calendar)
    return clock


def _leaves(step: Step, target: str, unit: str) -> bool:
    """Whether a body's part ends with the step."""
    if target in ("returned", "triaged"):
        return True
    return getattr(step.command, "unit", None) == unit and step.trigger.name == "release_unit"


def _never_pause(step: Step) -> frozenset[str]:
    return frozenset(rule.name for rule in step.context.procedure.clocks if not rule.pauses)


def _started(step: Step, rule: ClockRule, units: Sequence[str]) -> Iterator[Clock]:
    case, command = step.started, step.command
    kind = getattr(command, "kind", "")
    grade = getattr(command, "grade", "") or (case.grade if case is not None else "")
    if (rule.kinds and kind not in rule.kinds) or (rule.grades and grade not in rule.grades):
        return
    limits = getattr(command, "limits", ()) or (case.limits if case is not None else ())
    routed = ((amount, cast("LimitUnit", unit)) for what, amount, unit in limits if what == rule.of)
    amount, unit = next(routed, (rule.amount, rule.unit))
    if not amount:
        return
    for scope in units if rule.scope == "unit" else ("",):
        yield Clock(rule.name, amount, unit, scope).start(step.at, step.context.calendar)
