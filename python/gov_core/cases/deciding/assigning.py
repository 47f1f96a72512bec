"""Who is to do it: dispatch, whistle, report in, return, joint meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from gov_core.cases import commands as c
from gov_core.cases import events as e
from gov_core.cases.machine import SAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.cases.case import Case, Participation, Whistle
    from gov_core.cases.deciding.step import Decider, Step

KINDS: Final = ("emergency", "ordinary", "hard")
"""Kinds of whistles, beside those that clocks of the procedure name."""


def _dispatch(step: Step) -> e.CaseEvent:
    _check_number_of_returns(step)
    unit, *assist = step.named
    return step.event(e.CaseDispatched, unit=unit, assist=tuple(assist))


def _force_assign(step: Step) -> e.CaseEvent:
    """A body is named for good: after too many returns, or by a joint meeting."""
    case = step.case
    if case.state != "conferring" and case.bounces < step.context.procedure.max_returns:
        step.refuse(
            "not_yet_forced",
            f"it was returned {case.bounces} times; a body is named for good after "
            f"{step.context.procedure.max_returns}",
            "dispatch it to another body",
        )
    return step.event(e.CaseForciblyAssigned)


def _claim(step: Step) -> e.CaseEvent:
    leads = step.own_part().part == "lead" and step.case.state == "dispatched"
    return step.event(e.CaseClaimed, to="accepted" if leads else SAME)


def _whistle(step: Step) -> e.CaseEvent:
    command = cast("c.BlowWhistle", step.command)
    policy = command.policy or step.context.procedure.policy
    _check_level(step, command)
    _check_number_of_returns(step)
    if policy == "k_of_n" and not 1 <= command.k <= len(command.units):
        step.refuse(
            "bad_k", f"{command.k} of {len(command.units)} bodies cannot report in", "give a k from 1 on"
        )
    return step.event(e.WhistleBlown, policy=policy)


def _check_level(step: Step, command: c.BlowWhistle) -> None:
    """The level is one of the procedure's, its starters blow it, its catalogue covers the matter."""
    context = step.context
    level = next((level for level in context.procedure.whistles if level.name == command.level), None)
    if level is None:
        known = ", ".join(level.name for level in context.procedure.whistles) or "none"
        step.refuse(
            "unknown_level", f'there is no whistle of the level "{command.level}"', f"there are: {known}"
        )
        return
    if command.kind not in KINDS and command.kind not in context.procedure.kinds:
        # No clock would run for it.
        kinds = dict.fromkeys((*KINDS, *context.procedure.kinds))
        step.refuse(
            "unknown_kind", f'"{command.kind}" is no kind of whistle', f"there are: {', '.join(kinds)}"
        )
    starters = level.hard if command.kind == "hard" and level.hard else level.starters
    if context.actor.role not in starters:
        step.refuse(
            "wrong_starter",
            f"a {context.actor.role} may not blow a {level.name} whistle that is {command.kind}",
            f"it is for: {', '.join(starters)}",
        )
    if level.catalogue and not context.authority.in_catalogue(command.item, step.case.matter):
        step.refuse(
            "not_in_catalogue",
            f'no item "{command.item}" of the whistle catalogue covers the matter "{step.case.matter}"',
            "name the item, or dispatch the case",
        )
    for unit in command.units:
        step.check_power("whistle", unit)


def _check_number_of_returns(step: Step) -> None:
    """What came back does not go round for ever."""
    case, most = step.case, step.context.procedure.max_returns
    if case.bounces >= most and case.state != "in_progress":
        step.refuse(
            "too_many_returns",
            f"it was returned {case.bounces} times",
            "name a body for good (force_assign), or call a joint meeting (confer)",
        )


def _sign_in(step: Step) -> e.CaseEvent:
    if step.own_part().signed_in_at is not None:
        step.refuse("signed_in_before", "it has signed in already", "report in next")
    return step.event(e.SignedIn)


def _contact(step: Step) -> e.CaseEvent:
    if step.own_part().contacted_at is not None:
        step.refuse("contacted_before", "it has been in touch already", "report in next")
    return step.event(e.ContactMade)


def _report_in(step: Step) -> e.CaseEvent:
    step.check_power("report_in")
    _check_summons(step)
    if step.case.state != "whistled":
        return step.event(e.ReportedIn, to=SAME)
    arrived = {part.unit for part in step.case.active() if part.state != "called"} | {step.body}
    whistle = cast("Whistle", step.case.whistle)
    return step.event(e.ReportedIn, to="accepted" if _joined(whistle, step.case.active(), arrived) else SAME)


def _check_summons(step: Step) -> None:
    """Departments report in to a street, a street to a community: in the role that the level summons."""
    whistle, role = step.case.whistle, step.context.actor.role
    levels = {level.name: level for level in step.context.procedure.whistles}
    level = None if whistle is None else levels.get(whistle.level)
    if level is not None and role != level.summons:
        step.refuse(
            "wrong_summons",
            f"a {level.name} whistle calls bodies that come as {level.summons}, not as {role}",
            "report in as what was called",
        )


def _joined(whistle: Whistle, parts: Iterable[Participation], arrived: set[str]) -> bool:
    """Whether all have arrived that have to."""
    called = [part.unit for part in parts if part.unit in whistle.units]
    if whistle.policy == "lead":
        return whistle.units[0] in arrived
    if whistle.policy == "any":
        return bool(arrived & set(called))
    if whistle.policy == "k_of_n":
        return len(arrived & set(called)) >= whistle.k
    return bool(called) and arrived >= set(called)


def _return_case(step: Step) -> e.CaseEvent:
    """The lead gives the whole case back, an assistant its part, if the others can still do it."""
    case, own, days = step.case, step.own_part(), step.context.procedure.return_days
    if own.forced:
        step.refuse("forced", "a body that was named for good does not return the case", "ask for a meeting")
    if days and step.now - own.called_at > timedelta(days=days):
        step.refuse(
            "window_over", f"the window for returns closed {days} days after the call", "ask for a meeting"
        )
    if own.state == "done":
        step.refuse("part_done", "its part is done", "let the check find what is wrong")
    to = _after_return(case, own)
    return step.event(
        e.CaseReturned, to=to, decider=step.context.procedure.decider if to == "returned" else ""
    )


def _after_return(case: Case, own: Participation) -> str:
    if own.part == "lead":
        return "returned"
    return _without(case, own.unit, "returned")


def _without(case: Case, unit: str, impossible: str) -> str:
    """The state of a case that goes on without one of its assistants."""
    whistle = case.whistle
    if case.state != "whistled" or whistle is None:
        return SAME
    rest = [part for part in case.active() if part.unit != unit and part.unit in whistle.units]
    if not rest or (whistle.policy == "k_of_n" and len(rest) < whistle.k):
        return impossible
    arrived = {part.unit for part in rest if part.state != "called"}
    return "accepted" if arrived and _joined(whistle, rest, arrived) else SAME


def _confer(step: Step) -> e.CaseEvent:
    case, command = step.case, cast("c.Confer", step.command)
    if not 1 <= command.level <= 4:
        step.refuse("bad_level", f"there is no level {command.level}", "give one from 1 to 4")
    enough = case.level >= 2 or case.bounces >= step.context.procedure.max_returns or case.supervised
    if not enough and step.context.actor.role not in ("street", "district", *step.rule.roles):
        step.refuse(
            "no_need_to_confer",
            "a meeting is for cases at the level of the street, under supervision, or returned too often",
            "escalate it first",
        )
    return step.event(e.ConferenceCalled)


def _join_unit(step: Step) -> e.CaseEvent:
    command = cast("c.JoinUnit", step.command)
    part = step.case.part_of(command.unit)
    if part is not None and part.active:
        step.refuse(
            "joined_already", f'"{command.unit}" is part of it already', "name another body", (command.unit,)
        )
    return step.event(e.UnitJoined)


def _release_unit(step: Step) -> e.CaseEvent:
    command, case = cast("c.ReleaseUnit", step.command), step.case
    part = case.part_of(command.unit)
    if part is None or not part.active:
        step.refuse(
            "no_part", f'"{command.unit}" has no part in it', "see the bodies of the case", (command.unit,)
        )
        return step.event(e.UnitReleased)
    if part.part == "lead":
        step.refuse("leads", f'"{command.unit}" leads', "recall the case, or call a meeting", (command.unit,))
    to = _without(case, command.unit, "")
    if not to:
        step.refuse("too_few", "without it too few are left to report in", "recall the case and whistle anew")
    return step.event(e.UnitReleased, to=to or SAME)


DECIDERS: dict[str, Decider] = {
    "dispatch": _dispatch,
    "force_assign": _force_assign,
    "claim": _claim,
    "recall": lambda step: step.event(e.CaseRecalled),
    "whistle": _whistle,
    "sign_in": _sign_in,
    "contact": _contact,
    "report_in": _report_in,
    "return_case": _return_case,
    "confer": _confer,
    "resolve_conference": lambda step: step.event(e.ConferenceResolved),
    "forward": lambda step: step.event(e.CaseForwarded),
    "join_unit": _join_unit,
    "release_unit": _release_unit,
}
