"""The work itself: start, parts, feedback, tasks, and what is dealt with on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from gov_core.cases import commands as c
from gov_core.cases import events as e
from gov_core.cases.case import Task
from gov_core.cases.machine import CHECKS, LEAVES, ROLE_NAMES

if TYPE_CHECKING:
    from gov_core.cases.deciding.step import Decider, Step


TALK: Final = "admonition_talk"
REVIEW: Final = "review"
RESOLUTION: Final = "resolution"
RESOLVERS: Final = "community"
"""The role in which residents' own bodies resolve; which of them may is what the city grants."""


def _self_handle(step: Step) -> e.CaseEvent:
    if not step.body:
        step.refuse("no_unit", "only a body can deal with it", "act for a body")
    return step.event(e.CaseSelfHandled)


def _finish_part(step: Step) -> e.CaseEvent:
    if step.own_part().state == "done":
        step.refuse("part_done", "its part is done already", "wait for the others")
    return step.event(e.PartFinished)


def _give_feedback(step: Step) -> e.CaseEvent:
    """The lead speaks for all: whoever assists has done the own part, or was let go."""
    for part in step.case.active():
        if part.part == "assist" and part.state != "done":
            step.refuse(
                "part_open",
                f'the part of "{part.unit}" is {part.state}',
                "let it finish its part, or release it",
                (part.unit,),
            )
        if part.part == "lead" and part.unit != step.body:
            step.refuse(
                "not_the_lead", f'"{part.unit}" leads', "leave it to the body that leads", (part.unit,)
            )
    return step.event(e.FeedbackGiven)


def _assign_task(step: Step) -> e.CaseEvent:
    """A new task, or an open one that is given to another: nobody may be there to do it, or none that may."""
    command = cast("c.AssignTask", step.command)
    known = next((task for task in step.case.tasks if task.id == command.id), None)
    stays = known is not None and (known.done or known.kind != command.kind or known.to == command.to)
    if not command.id or stays:
        step.refuse("bad_task_id", f'"{command.id}" is empty, or the id of another task', "give another id")
    elif known is not None and not command.reason:
        step.refuse(
            "no_reason", "a task is taken from somebody for a reason", "give one such as complained_of"
        )
    _check_no_way_round(step, command)
    if command.to in step.case.complained_of:
        step.refuse(
            "complained_of", f'the case complains of "{command.to}"', "give it to another body", (command.to,)
        )
    if command.kind == TALK:
        _check_talk(step, command.to)
    elif command.kind == RESOLUTION:
        role, unit = (command.to, "") if command.to in ROLE_NAMES else (RESOLVERS, command.to)
        _check_resolves(step, role, unit)
    required = command.required or (known is not None and known.required)
    task = Task(command.id, command.kind, command.to, required)
    return step.event(e.TaskAssigned, tasks=(task,))


def _finish_task(step: Step) -> e.CaseEvent:
    """Whoever it was given to does it, and no handler checks the own work."""
    command, actor = cast("c.FinishTask", step.command), step.context.actor
    task = next((task for task in step.case.tasks if task.id == command.id), None)
    if task is None:
        step.refuse("unknown_task", f'there is no task "{command.id}"', "see the tasks of the case")
        return step.event(e.TaskFinished)
    if task.done:
        step.refuse("task_done", "it is done already", "assign another one")
    if task.kind == "back_office" and step.case.state == "waiting":
        step.refuse("case_rests", "what rests is not handled", "resume it first")
    if task.kind == REVIEW and step.case.ended_at is None:
        step.refuse("not_ended", "a review looks back, and the case goes on", "review it when it has ended")
    if task.kind == TALK:
        _check_host(step)
    elif task.to not in (actor.role, actor.acting):
        step.refuse("not_your_task", f'it was given to "{task.to}"', "leave it to them", (task.to,))
    if task.kind == RESOLUTION:
        _check_resolves(step, actor.role, actor.acting)
    shows = LEAVES.get(task.kind)
    if shows is not None and all(evidence.shows != shows for evidence in command.evidence):
        step.refuse("no_evidence", f"a {task.kind} leaves its {shows}, and none came", "attach the document")
    if (task.kind in CHECKS or task.kind == RESOLUTION) and _worked(step):
        step.refuse("duties_apart", f"whoever did the work does no {task.kind}", "let another body do it")
    by = step.case.by
    if task.kind == REVIEW and step.case.alarm and _is_one_of(step, {by.body, by.via, by.person}):
        step.refuse("duties_apart", "whoever raised an alarm does not review it", "let another body do it")
    return step.event(e.TaskFinished)


def _check_no_way_round(step: Step, command: c.AssignTask) -> None:
    """What is waited for is not begun twice, and nobody picks who checks the own work."""
    alike = [task for task in step.case.tasks if task.kind == command.kind]
    waited_for = any(command.kind in rule.needs for rule in step.context.procedure.steps.values())
    for task in alike if waited_for else ():
        if task.required and not task.done and task.id != command.id:
            step.refuse(
                "task_open", f"{task.kind} is to be done already", "give that one to another", (task.id,)
            )
    if command.kind not in CHECKS or not alike or alike[-1].to == command.to:
        return
    if command.to in (step.context.actor.role, *step.context.actor.bodies):
        step.refuse("duties_apart", "nobody takes a check from another", "let others say who does it")
    elif _worked(step):
        step.refuse("duties_apart", "whoever did the work does not say who checks it", "leave it to others")


def _worked(step: Step) -> bool:
    """Whether it is asked by a body, or with an account, that has done the work."""
    hands = (hand for hand in step.case.hands if hand.act == "execute")
    return _is_one_of(step, {who for hand in hands for who in (hand.body, hand.person)})


def _is_one_of(step: Step, who: set[str]) -> bool:
    actor = step.context.actor
    return not who.isdisjoint(filter(None, (*actor.bodies, actor.person)))


def _check_talk(step: Step, unit: str) -> None:
    """A body that handles badly is called to an admonition talk (约谈): a body, and once it is supervised."""
    _check_host(step)
    if step.case.part_of(unit) is None:
        step.refuse("no_part", f'"{unit}" has no part in it', "call a body that handles it", (unit,))
    if not step.case.supervised:
        step.refuse("not_supervised", "a talk comes after supervision", "supervise the case first")


def _check_resolves(step: Step, role: str, unit: str) -> None:
    """A body of the residents resolves, and of these one that holds the power to."""
    if role != RESOLVERS:
        step.refuse("wrong_role", f"a {role} does not resolve", f"leave it to the {RESOLVERS}")
    if unit and not step.context.authority.holds(unit, "resolve"):
        step.refuse("no_power", f'"{unit}" does not hold "resolve"', "leave it to a body that does", (unit,))


def _check_host(step: Step) -> None:
    """Those who supervise call to a talk, and say that it was held."""
    if step.context.actor.role != "supervisor":
        step.refuse("wrong_role", f"a {step.context.actor.role} holds no talk", "leave it to a supervisor")
    step.check_power("supervise", step.case.unit)


def _attach(step: Step) -> e.CaseEvent:
    if not step.command.evidence:
        step.refuse("no_evidence", "nothing came with it", "attach a photo or a document")
    return step.event(e.EvidenceAttached)


DECIDERS: dict[str, Decider] = {
    "self_handle": _self_handle,
    "start": lambda step: step.event(e.WorkStarted),
    "finish_part": _finish_part,
    "give_feedback": _give_feedback,
    "assign_task": _assign_task,
    "finish_task": _finish_task,
    "attach": _attach,
}
