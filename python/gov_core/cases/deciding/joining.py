"""Several cases that are one, one that is several, and one that belongs elsewhere.

Each decision is about one case; what has to happen to two at once (merge and absorb) is decided for both and
stored in one transaction by the use case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from gov_core.cases import commands as c
from gov_core.cases import events as e
from gov_core.cases.machine import SAME

if TYPE_CHECKING:
    from gov_core.cases.deciding.step import Decider, Step


def _merge(step: Step) -> e.CaseEvent:
    command, case = cast("c.Merge", step.command), step.case
    if command.into == case.id:
        step.refuse("merge_into_itself", "a case cannot be joined to itself", "name the other case")
    if case.duplicates:
        step.refuse(
            "has_duplicates",
            "others were merged into it",
            "part them, or merge the other way",
            case.duplicates,
        )
    if case.children or case.parent:
        step.refuse("has_family", "it was split, or split off", "close it with its parts")
    return step.event(e.CaseMerged)


def _absorb(step: Step) -> e.CaseEvent:
    command, case = cast("c.Absorb", step.command), step.case
    if command.case == case.id or command.case in case.duplicates:
        step.refuse(
            "absorbed_already",
            f'"{command.case}" is part of it already',
            "name another case",
            (command.case,),
        )
    handlers = {part.unit for part in case.active()} & set(command.complained_of)
    if handlers:
        step.refuse(
            "complained_of",
            "the duplicate complains of a body that handles this case",
            "handle them apart",
            tuple(sorted(handlers)),
        )
    return step.event(e.DuplicateAbsorbed)


def _let_go(step: Step) -> e.CaseEvent:
    command = cast("c.LetGo", step.command)
    if command.case not in step.case.duplicates:
        step.refuse(
            "no_duplicate", f'"{command.case}" was not merged into it', "see its duplicates", (command.case,)
        )
    return step.event(e.DuplicateLetGo)


def _split(step: Step) -> e.CaseEvent:
    command, case = cast("c.Split", step.command), step.case
    known = {child for child, _ in case.children} | {case.id}
    if not command.children:
        step.refuse("no_children", "a case is split into something", "give the ids of the new cases")
    if len(set(command.children)) != len(command.children) or known & set(command.children):
        step.refuse("child_twice", "an id is given twice, or is that of a case that is there", "give new ids")
    if case.parent:
        step.refuse("has_family", "it was split off itself", "split the case it came from", (case.parent,))
    return step.event(e.CaseSplit)


def _end_child(step: Step) -> e.CaseEvent | None:
    return None if _has_ended(step) else step.event(e.ChildEnded)


def _reopen_child(step: Step) -> e.CaseEvent | None:
    return step.event(e.ChildReopened) if _has_ended(step) else None


def _has_ended(step: Step) -> bool:
    """Whether the child that the command names is known to have ended."""
    child = cast("c.EndChild | c.ReopenChild", step.command).child
    ended = dict(step.case.children).get(child)
    if ended is None:
        step.refuse("no_child", f'"{child}" was not split from it', "see its children", (child,))
    return bool(ended)


def _reroute(step: Step) -> e.CaseEvent:
    """Another body gets it anew, clocks that belong to the case run on; the same body just goes on."""
    command, case = cast("c.Reroute", step.command), step.case
    if not command.location.path and not command.location.reason:
        step.refuse("not_located", "it goes to a place, or has a reason why it has none", "locate it")
    own = case.part_of(step.body) if step.body else None
    if own is not None and own.forced:
        step.refuse("forced", "a body that was named for good does not pass the case on", "ask for a meeting")
    owner = command.owner or case.owner
    stays = command.unit == case.unit and owner == case.owner
    return step.event(e.CaseRerouted, to=SAME if stays else "triaged")


DECIDERS: dict[str, Decider] = {
    "merge": _merge,
    "unmerge": lambda step: step.event(e.CaseUnmerged),
    "absorb": _absorb,
    "let_go": _let_go,
    "split": _split,
    "end_child": _end_child,
    "reopen_child": _reopen_child,
    "reroute": _reroute,
}
