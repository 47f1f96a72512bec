"""What a step does to the clocks of a case: the procedure says which it starts and meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from gov_core.cases.clock import OPEN, Clock
from gov_core.cases.machine import MACHINE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.cases.case import Case, Task
    from gov_core.cases.commands import FinishTask
    from gov_core.cases.deciding.asked import Asked
    from gov_core.cases.procedure import ClockRule
    from gov_core.checklists import LimitUnit

ALL: Final = "*"


_WITHOUT_BODIES: Final = frozenset(
    ("triaged", "returned", "forwarded", "conferring", "dispatched", "reopened")
)
"""States on whose way in all bodies are let go."""

_AT_REST: Final = ("waiting", "merged")
"""States in which clocks rest."""

_ANEW: Final = ("reopened", "archived")
"""States on whose way in no clock stays open."""

_STIRRING: Final = frozenset((*_WITHOUT_BODIES, *_AT_REST, *_ANEW, *MACHINE.ended))
"""States on whose way in clocks change whatever the procedure says."""

_NONE: Final = frozenset[str]()

_LEAVING: Final = ("return_case", "release_unit")
"""What ends the part of one body."""


def changed(step: Asked, target: str, given: Sequence[Clock], tasks: Sequence[Task]) -> tuple[Clock, ...]:
    """All clocks that a step changes, as they are after it.

    Args:
        step: What is being decided.
        target: State it leads to; empty if it stays.
        given: Clocks that the decider itself has changed.
        tasks: Tasks that begin with it, or that it changes.
    """
    case, turns = step.started, step.context.procedure.turns
    rules: list[ClockRule] = []
    met: frozenset[str] = _NONE
    for word in _words(step, target, tasks):
        if word in turns:
            starts, meets = turns[word]
            rules += starts
            met |= meets
    clocks = {(clock.kind, clock.scope): clock for clock in given} if given else {}
    if case is not None and (met or _stirs(step, case, target)):
        for clock in _moved(step, target, met):
            clocks.setdefault((clock.kind, clock.scope), clock)
    for rule in rules:
        if case is not None and case.ended_at is not None and target != "reopened" and not rule.outlives:
            continue
        if rule.name in met or (rule.scope == "case" and _runs(case, clocks, rule.name)):
            continue
        for clock in _started(step, rule, target):
            clocks[clock.kind, clock.scope] = clock
    return tuple(clocks.values())


def _words(step: Asked, target: str, tasks: Sequence[Task]) -> list[str]:
    """What happens in the step, as rules of clocks call it: the trigger, tasks, the state it leads to."""
    words = [step.trigger.name]
    known = () if step.started is None else step.started.tasks
    for task in tasks:
        if task.done:
            words.append(f"{task.kind}.done")
        elif all(task.id != one.id for one in known):
            words.append(f"{task.kind}.begun")
    if target:
        words.append(f"{target}.entered")
    if step.trigger.name == "finish_task":
        done = cast("FinishTask", step.command).id
        words += (f"{task.kind}.done" for task in step.case.tasks if task.id == done)
    return words


def _runs(case: Case | None, changed: Mapping[tuple[str, str], Clock], name: str) -> bool:
    """Whether the clock of a case runs on after the step."""
    clock = changed.get((name, "")) or (case.clock(name) if case is not None else None)
    return clock is not None and clock.is_open


def _stirs(step: Asked, case: Case, target: str) -> bool:
    """Whether a step may change clocks that it does not meet."""
    return target in _STIRRING or case.state in _AT_REST or step.trigger.name in _LEAVING


def _moved(step: Asked, target: str, met: frozenset[str]) -> list[Clock]:
    """The open clocks that are met, waived, paused or resumed, as they are after the step."""
    case, at, own = step.case, step.at, ("", step.body)
    away = _left(step, target)
    rests, anew = target in _AT_REST, target in _ANEW
    # Between its end and the archive, and while a reopening is decided, what outlives the end runs on.
    over = target in MACHINE.ended and case.ended_at is None
    goes_on = target != "" and case.state in _AT_REST
    moved: list[Clock] = []
    for clock in case.clocks:
        if clock.state not in OPEN:
            continue
        if clock.kind in met and clock.scope in own:
            moved.append(clock.meet(at))
        elif rests:
            moved += _rested(step, target, clock)
        elif (
            anew
            or (over and clock.kind not in step.context.procedure.outliving)
            or (clock.scope and away in (ALL, clock.scope))
        ):
            # What is overdue when a case is closed stays late; what was cut short was not done in time.
            late = target == "closed" and clock.light(at) == "red"
            moved.append(clock.meet(at) if late else clock.waive(at))
        elif goes_on and clock.state == "paused":
            moved.append(clock.resume(at, step.context.calendar))
    return moved


def _rested(step: Asked, target: str, clock: Clock) -> tuple[Clock, ...]:
    """What is overdue stays so, for no rest mends it; and in a merged case nothing runs."""
    if clock.state != "running" or (target == "waiting" and clock.kind in step.context.procedure.restless):
        return ()
    if clock.light(step.at) != "red":
        return (clock.pause(step.at, step.context.calendar),)
    return (clock.fire(step.at),) if target == "merged" else ()


def _left(step: Asked, target: str) -> str:
    """The body whose part ends with the step, `ALL` if all parts do; empty if none does."""
    if target in _WITHOUT_BODIES:
        return ALL
    if step.trigger.name not in _LEAVING:
        return ""
    return getattr(step.command, "unit", step.body)


def _started(step: Asked, rule: ClockRule, target: str) -> tuple[Clock, ...]:
    """The clocks that a rule starts: one for the case, or one for each body that is called."""
    case, command = step.started, step.command
    if rule.kinds and getattr(command, "kind", "") not in rule.kinds:
        return ()
    if rule.grades and (getattr(command, "grade", "") or (case.grade if case else "")) not in rule.grades:
        return ()
    amount, unit = rule.amount, rule.unit
    if rule.of:
        limits = getattr(command, "limits", ()) or (case.limits if case else ())
        routed = ((amount, cast("LimitUnit", unit)) for what, amount, unit in limits if what == rule.of)
        amount, unit = next(routed, (amount, unit))
    if not amount:
        return ()
    clock = Clock.of({"kind": rule.name, "amount": amount, "unit": unit})
    clock = clock.start(step.at, step.context.calendar)
    if rule.pauses and case is not None and case.state == "waiting" and not target:
        # A check that is ordered while the case rests waits for the end of the rest, too.
        clock = clock.pause(step.at, step.context.calendar)
    if rule.scope == "case":
        return (clock,)
    return tuple(clock.with_changes(scope=body) for body in step.named)
