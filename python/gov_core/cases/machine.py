"""The machine of a case: its states, and who may pull which trigger where, read from ``machine.toml``.

The table is checked when it is loaded: every state is reached, every state can end, no trigger is dead, and
every word in it is known. What a procedure makes of the machine is in `gov_core.cases.procedure`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Role = Literal[
    "reporter",
    "grid_worker",
    "hotline",
    "window_clerk",
    "community",
    "station",
    "dispatcher",
    "shift_leader",
    "unit",
    "verifier",
    "street",
    "district",
    "supervisor",
    "reviewer",
    "records",
    "scheduler",
    "router",
    "importer",
    "archivist",
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

ROLE_NAMES: Final[dict[str, str]] = {
    "reporter": "诉求人",
    "grid_worker": "网格员",
    "hotline": "热线受理员",
    "window_clerk": "窗口受理员",
    "community": "社区",
    "station": "工作站",
    "dispatcher": "派遣员",
    "shift_leader": "值班长",
    "unit": "承办单位",
    "verifier": "核查员",
    "street": "街道",
    "district": "区级",
    "supervisor": "督办员",
    "reviewer": "复核员",
    "records": "档案员",
    "scheduler": "计时程序",
    "router": "路由程序",
    "importer": "接入程序",
    "archivist": "归档程序",
}
"""Role in a case to the word of the field; what post gives an actor its role is the app's business."""

PROGRAMS: Final[frozenset[Role]] = frozenset(("scheduler", "router", "importer", "archivist"))
"""Roles of programs; none of them may do what another one is for, and no person holds one."""

Relation = Literal["reporter", "owner", "called", "participant", "lead", "area", "all"]
RELATIONS: Final[tuple[Relation, ...]] = get_args(Relation)

Act = Literal[
    "file",
    "dispatch",
    "execute",
    "resolve",
    "verify",
    "evaluate",
    "ask_extension",
    "grant_extension",
    "appeal",
    "review",
]
"""What a trigger counts as where duties are kept apart."""
ACTS: Final[tuple[Act, ...]] = get_args(Act)

TaskKind = Literal[
    "verify_report",
    "check_result",
    "follow_up",
    "return_visit",
    "review",
    "back_office",
    "admonition_talk",
    "consultation",
    "answer",
    "resolution",
]
TASKS: Final[tuple[TaskKind, ...]] = get_args(TaskKind)
CHECKS: Final[frozenset[TaskKind]] = frozenset(("check_result", "review", "return_visit"))
"""Tasks that look at the work of others, and count as verifying it."""
LEAVES: Final[dict[TaskKind, str]] = {
    "consultation": "minutes",
    "answer": "minutes",
    "resolution": "resolution",
}
"""Tasks that are meetings, and what each has to leave behind: that one was held is seen from nothing else."""
TASK_NAMES: Final[dict[str, str]] = {
    "verify_report": "核实",
    "check_result": "核查",
    "follow_up": "跟踪服务",
    "return_visit": "监督回访",
    "review": "事后审查",
    "back_office": "后台办理",
    "admonition_talk": "约谈",
    "consultation": "民主协商",
    "answer": "问政答复",
    "resolution": "决议",
}
"""Kind of a task to the word of the field."""

Sight = Literal["case", "home", "reporter"]
"""What there is to see of a case: itself; the home it is about; who reported it."""
SIGHTS: Final[tuple[Sight, ...]] = get_args(Sight)

SAME: Final = "same"
PREVIOUS: Final = "previous"
_NOTHING: Final = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What may be done to a case.

    Attributes:
        name: The command's word: ``return_case``.
        chinese: The word of the field.
        sources: States it may be pulled in; the empty text is before the first event.
        targets: State it leads to, or ``same``, or ``previous``; several if what the case holds decides.
        who: Role to the relations to the case, any of which will do.
        act: What it counts as for the separation of duties; None if for nothing.
        reason: Whether a reason has to be given.
        evidence: Whether evidence has to be given.
        lists: Whether the bodies it names must have the matter on a list and serve the place.
        awaits: Kinds of tasks of which those that are required must be done before.
        account: Whether whoever does it must act with an account of their own.
        on_the_spot: Whether the case must not be above the level of the role.
    """

    name: str
    chinese: str
    sources: frozenset[str]
    targets: tuple[str, ...]
    who: Mapping[str, frozenset[str]]
    act: Act | None
    reason: bool
    evidence: bool
    lists: bool
    awaits: tuple[str, ...]
    account: bool
    on_the_spot: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """States and triggers, checked.

    Attributes:
        states: Name to the word of the field.
        open: States in which work is still to be done.
        ended: States that may be archived.
        triggers: Name to what it is.
        sight: What there is to see of a case, to who may see it: role to relations.
        levels: Role to the escalation level up to which it deals with a case on the spot.
    """

    states: Mapping[str, str]
    open: frozenset[str]
    ended: frozenset[str]
    triggers: Mapping[str, Trigger]
    levels: Mapping[str, int]
    sight: Mapping[Sight, Mapping[str, frozenset[str]]]

    def from_state(self, state: str) -> tuple[Trigger, ...]:
        """Triggers that may be pulled in a state, in the order of the table."""
        return tuple(trigger for trigger in self.triggers.values() if state in trigger.sources)


def read_machine(text: str) -> Machine:
    """Read and check a machine.

    Args:
        text: TOML as in ``machine.toml``.

    Raises:
        ValueError: The table contradicts itself; every fault of it is told.
    """
    data = tomllib.loads(text)
    states = {name: row["chinese"] for name, row in data["states"].items()}
    groups: dict[str, list[str]] = data["groups"]
    triggers = {name: _trigger(name, row, groups) for name, row in data["triggers"].items()}
    machine = Machine(
        states,
        frozenset(groups["open"]),
        frozenset(groups["ended"]),
        triggers,
        data.get("levels", {}),
        {sight: _who(rows) for sight, rows in data.get("sight", {}).items()},
    )
    faults = [*_unknown_words(machine), *_unreachable(machine)]
    if faults:
        raise ValueError("; ".join(faults))
    return machine


def _trigger(name: str, row: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Trigger:
    sources = frozenset(state for word in row["from"] for state in groups.get(word, [word]))
    target = row["to"]
    return Trigger(
        name=name,
        chinese=row["chinese"],
        sources=sources,
        targets=tuple(target) if isinstance(target, list) else (target,),
        who=_who(row["who"]),
        act=row.get("act"),
        reason=row.get("reason", False),
        evidence=row.get("evidence", False),
        lists=row.get("lists", False),
        awaits=tuple(row.get("awaits", ())),
        account=row.get("account", False),
        on_the_spot=row.get("on_the_spot", False),
    )


def _who(row: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {role: frozenset(relations.split()) for role, relations in row.items()}


def _unknown_words(machine: Machine) -> Iterable[str]:
    states = set(machine.states)
    for group in (machine.open, machine.ended):
        yield from (f'no state "{state}"' for state in sorted(group - states))
    yield from (f'no role "{role}"' for role in sorted(set(machine.levels) - set(ROLES)))
    for sight, who in machine.sight.items():
        yield from (f'sight: no role "{role}"' for role in sorted(set(who) - set(ROLES)))
        strange = set().union(*who.values()) - set(RELATIONS)
        yield from (f'sight: no relation "{word}"' for word in sorted(strange))
        if sight not in SIGHTS:
            yield f'no sight "{sight}"'
    for trigger in machine.triggers.values():
        words = {
            "state": (trigger.sources | set(trigger.targets)) - states - {SAME, PREVIOUS, _NOTHING},
            "role": set(trigger.who) - set(ROLES),
            "relation": set().union(*trigger.who.values()) - set(RELATIONS),
            "act": {trigger.act} - {None, *ACTS},
            "kind of task": set(trigger.awaits) - set(TASKS),
            "level for": set(trigger.who) - set(machine.levels) if trigger.on_the_spot else set(),
        }
        for what, unknown in words.items():
            yield from (f'{trigger.name}: no {what} "{word}"' for word in sorted(map(str, unknown)))
        if not trigger.who:
            yield f"{trigger.name}: nobody may do it"


def _unreachable(machine: Machine) -> Iterable[str]:
    steps = {state: _next_states(machine, state) for state in ("", *machine.states)}
    reached, ahead = {""}, [""]
    while ahead:
        new = steps[ahead.pop()] - reached
        reached |= new
        ahead += new
    yield from (f'state "{state}" is never reached' for state in machine.states if state not in reached)
    # What comes after an end, such as the archive, need not end again.
    ends = set(machine.ended).union(*(steps[state] for state in machine.ended if state in steps))
    while more := {state for state, onward in steps.items() if state not in ends and onward & ends}:
        ends |= more
    yield from (f'state "{state}" can never end' for state in machine.states if state not in ends)
    yield from (
        f"trigger {trigger.name} is dead"
        for trigger in machine.triggers.values()
        if not trigger.sources & reached
    )


def _next_states(machine: Machine, state: str) -> set[str]:
    """States that one trigger leads to; ``previous`` counts as nowhere new, for one has been there."""
    return {
        target
        for trigger in machine.from_state(state)
        for target in trigger.targets
        if target not in (SAME, PREVIOUS)
    }


MACHINE: Final = read_machine((files(__package__) / "machine.toml").read_text("utf-8"))
"""The machine of all cases."""
