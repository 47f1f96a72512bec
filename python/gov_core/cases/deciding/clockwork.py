"""What a step does to the clocks of a case: the procedure says which it starts and meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from gov_core.cases.clock import Clock
from gov_core.cases.machine import MACHINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gov_core.cases.case import Case, Task
    from gov_core.cases.commands import FinishTask
    from gov_core.cases.deciding.step import Step
    from gov_core.cases.procedure import ClockRule
    from gov_core.checklists import LimitUnit

ALL: Final = "*"


_WITHOUT_BODIES: Final = frozenset(
    ("triaged", "returned", "forwarded", "conferring", "dispatched", "reopened")
)
"""States on whose way in all bodies are let go."""


def changed(step: Step, target: str, given: Iterable[Clock], tasks: Iterable[Task]) -> tuple[Clock, ...]:
    """All clocks that a step changes, as they are after it.

    Args:
        step: What is being decided.
        target: State it leads to; empty if it stays.
        given: Clocks that the decider itself has changed.
        tasks: Tasks that begin with it.
    """
    procedure, case = step.context.procedure, step.started
    words = _words(step, target, tasks)
    met = frozenset[str]().union(*map(procedure.met_by, words))
    clocks = {(clock.kind, clock.scope): clock for clock in given}
    if case is not None:
        for clock in _moved(step, target, met):
            clocks.setdefault((clock.kind, clock.scope), clock)
    for rule in (rule for word in words for rule in procedure.started_by(word)):
        if case is not None and case.ended_at is not None and target != "reopened" and not rule.outlives:
            continue
        if rule.name in met or (rule.scope == "case" and _runs(case, clocks, rule.name)):
            continue
        for clock in _started(step, rule, target):
            clocks[clock.kind, clock.scope] = clock
    return tuple(clocks.values())


def _words(step: Step, target: str, tasks: Iterable[Task]) -> tuple[str, ...]:
    """What happens in the step, as rules of clocks call it: the trigger, tasks, the state it leads to."""
    words = [step.trigger.name, *(f"{task.kind}.begun" for task in tasks)]
    if target:
        words.append(f"{target}.entered")
    if step.trigger.name == "finish_task":
        done = cast("FinishTask", step.command).id
        words += (f"{task.kind}.done" for task in step.case.tasks if task.id == done)
    return tuple(words)


def _runs(case: Case | None, changed: Mapping[tuple[str, str], Clock], name: str) -> bool:
    """Whether the clock of a case runs on after the step."""
    clock = changed.get((name, "")) or (case.clock(name) if case is not None else None)
    return clock is not None and clock.is_open


def _moved(step: Step, target: str, met: frozenset[str]) -> Iterator[Clock]:
    """The open clocks that are met, waived, paused or resumed, as they are after the step."""
    case, procedure = step.case, step.context.procedure
    away = _left(step, target)
    if not (met or away or target):
        return
    # Between its end and the archive, and while a reopening is decided, what outlives the end runs on.
    over = target in MACHINE.ended and case.ended_at is None
    for clock in case.clocks:
        if not clock.is_open:
            continue
        if clock.kind in met and clock.scope in ("", step.body):
            yield clock.meet(step.at)
        elif target in ("waiting", "merged"):
            yield from _rested(step, target, clock)
        elif (
            (over and clock.kind not in procedure.outliving)
            or target in ("reopened", "archived")
            or (clock.scope and away in (ALL, clock.scope))
        ):
            # What is overdue when a case is closed stays late; what was cut short was not done in time.
            late = target == "closed" and clock.light(step.at) == "red"
            yield clock.meet(step.at) if late else clock.waive(step.at)
        elif target and clock.state == "paused" and case.state in ("waiting", "merged"):
            yield clock.resume(step.at, step.context.calendar)


def _rested(step: Step, target: str, clock: Clock) -> Iterator[Clock]:
    """What is overdue stays so, for no rest mends it; and in a merged case nothing runs."""
    if clock.state != "running" or (target == "waiting" and clock.kind in step.context.procedure.restless):
        return
    if clock.light(step.at) != "red":
        yield clock.pause(step.at, step.context.calendar)
    elif target == "merged":
        yield clock.fire(step.at)


def _left(step: Step, target: str) -> str:
    """The body whose part ends with the step, `ALL` if all parts do; empty if none does."""
    if target in _WITHOUT_BODIES:
        return ALL
    if step.trigger.name == "return_case":
        return step.body
    return getattr(step.command, "unit", "") if step.trigger.name == "release_unit" else ""


def _started(step: Step, rule: ClockRule, target: str) -> Iterator[Clock]:
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
    clock = Clock(rule.name, amount, unit).start(step.at, step.context.calendar)
    if rule.pauses and case is not None and case.state == "waiting" and not target:
        # A check that is ordered while the case rests waits for the end of the rest, too.
        clock = clock.pause(step.at, step.context.calendar)
    if rule.scope == "case":
        yield clock
    else:
        yield from (clock.with_changes(scope=body) for body in step.named)
