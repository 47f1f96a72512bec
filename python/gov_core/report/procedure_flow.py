"""A procedure as it is drawn: its stages in order, the ways between them, and its clocks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gov_core.cases.machine import MACHINE, PREVIOUS, PROGRAMS, SAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.cases.machine import Trigger
    from gov_core.cases.procedure import ClockRule, Procedure, Stage

START = -1
"""Before the first stage."""


@dataclass(frozen=True, slots=True)
class Way:
    """From one stage to another.

    Attributes:
        source: Number of the stage it leaves, from 0; `START` for the opening of a case.
        target: Number of the stage it leads to.
        triggers: What leads there, each with the roles that may pull it; programs are left out.
    """

    source: int
    target: int
    triggers: tuple[tuple[Trigger, tuple[str, ...]], ...]

    @property
    def kind(self) -> Literal["next", "jump", "back"]:
        """Whether it leads to the next stage, past some, or back."""
        if self.target <= self.source:
            return "back"
        return "next" if self.target == self.source + 1 else "jump"


@dataclass(frozen=True, slots=True)
class Span:
    """A clock between stages.

    Attributes:
        rule: Which clock.
        source: Number of the stage in which it starts.
        target: Number of the stage in which it is met.
    """

    rule: ClockRule
    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Flow:
    """What is drawn of a procedure.

    Attributes:
        procedure: Which.
        states: States of each stage that its cases come to.
        tasks: Kinds of tasks that begin with a step into each stage, each with the role that is to do it.
        ways: The ways between stages, from the first stage on.
        exits: Triggers that end a case from several stages: given up, void, closed by force.
        spans: Its clocks, in their order.
    """

    procedure: Procedure
    states: tuple[tuple[str, ...], ...]
    tasks: tuple[tuple[tuple[str, str], ...], ...]
    ways: tuple[Way, ...]
    exits: tuple[Trigger, ...]
    spans: tuple[Span, ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages, in order."""
        return self.procedure.stages


_EXITS = ("withdraw", "cancel", "reject", "merge", "force_close")
_ASIDE = ("unmerge", "absorb", "let_go", "split", "end_child", "reopen_child", "archive")


def flow_of(procedure: Procedure) -> Flow:
    """Work out what is drawn of a procedure.

    Ways through states of no stage, such as a draft or a reopening that is asked for, are drawn from the
    stages before them to the stages after.
    """
    number = {state: at for at, stage in enumerate(procedure.stages) for state in stage.states}
    triggers = [trigger for trigger in MACHINE.triggers.values() if trigger.name in procedure.steps]
    reached = {target for trigger in triggers for target in trigger.targets}
    ways: dict[tuple[int, int], dict[str, Trigger]] = defaultdict(dict)
    for trigger in triggers:
        if trigger.name in (*_EXITS, *_ASIDE) or trigger.targets[0] in (SAME, PREVIOUS):
            continue
        for state in trigger.sources:
            for source in _stages_before(state, number, triggers, reached):
                target = number.get(trigger.targets[0], source)
                if target != source and not _stays(trigger, source, target):
                    ways[source, target][trigger.name] = trigger
    return Flow(
        procedure,
        states=tuple(
            tuple(state for state in stage.states if state in reached) for stage in procedure.stages
        ),
        tasks=tuple(tuple(_tasks(procedure, at, number)) for at in range(len(procedure.stages))),
        ways=tuple(
            Way(source, target, tuple((trigger, _people(procedure, trigger)) for trigger in pulled.values()))
            for (source, target), pulled in sorted(ways.items())
        ),
        exits=tuple(trigger for trigger in triggers if trigger.name in _EXITS),
        spans=tuple(_span(rule, number, procedure) for rule in procedure.clocks),
    )


def _stays(trigger: Trigger, source: int, target: int) -> bool:
    """Who comes to work late leaves the case where it is, and what is routed anew goes back, not on."""
    return target < source if trigger.act == "execute" else target > source and trigger.name == "reroute"


def _stages_before(
    state: str, number: dict[str, int], triggers: list[Trigger], reached: set[str]
) -> Iterator[int]:
    if state == "":
        yield START
    elif state in number:
        if state in reached:
            yield number[state]
    else:
        for trigger in triggers:
            if trigger.targets[0] == state and trigger.name not in _EXITS:
                yield from (
                    number.get(source, START) for source in trigger.sources if source not in MACHINE.ended
                )
                yield from (number[source] for source in trigger.sources & MACHINE.ended if source in number)


def _people(procedure: Procedure, trigger: Trigger) -> tuple[str, ...]:
    """Roles of people that may pull a trigger in a case of some grade, in the order of the machine."""
    grades = [rule.name for rule in procedure.grades] or [""]
    may = {role for grade in grades for role in procedure.roles(trigger, grade)}
    return tuple(role for role in trigger.who if role in may - PROGRAMS)


def _tasks(procedure: Procedure, stage: int, number: dict[str, int]) -> Iterator[tuple[str, str]]:
    seen = set()
    for name, step in procedure.steps.items():
        trigger = MACHINE.triggers.get(name)
        if trigger is None or number.get(trigger.targets[0]) != stage:
            continue
        for task in step.begins:
            if (task.kind, task.to) not in seen:
                seen.add((task.kind, task.to))
                yield task.kind, task.to
    if "alarm" in procedure.steps and stage == number.get("closed") and ("review", "supervisor") not in seen:
        yield "review", "supervisor"


def _span(rule: ClockRule, number: dict[str, int], procedure: Procedure) -> Span:
    starts = [at for what in rule.starts if (at := _stage_of(what, number, procedure)) is not None]
    first = min(starts, default=0)
    meets = [
        at for what in rule.meets if (at := _stage_of(what, number, procedure)) is not None and at >= first
    ]
    return Span(rule, first, meets[0] if meets else first)


def _stage_of(what: str, number: dict[str, int], procedure: Procedure) -> int | None:
    """The stage in which a clock is started or met by something; None if in none."""
    word, _, end = what.partition(".")
    if end == "entered":
        return number.get(word)
    if end:
        begun = (
            name for name, step in procedure.steps.items() if any(task.kind == word for task in step.begins)
        )
        return next((at for name in begun if (at := _stage_of(name, number, procedure)) is not None), None)
    if what not in procedure.steps:
        return None
    trigger = MACHINE.triggers[what]
    if trigger.targets[0] in (SAME, PREVIOUS):
        return min((number[state] for state in trigger.sources if state in number), default=None)
    return number.get(trigger.targets[0])
