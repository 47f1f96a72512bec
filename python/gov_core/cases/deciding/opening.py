"""How a case begins, and how it does not: drafts, reports, alarms, triage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from gov_core.cases import commands as c
from gov_core.cases import events as e
from gov_core.cases.case import Task
from gov_core.cases.machine import PROGRAMS

if TYPE_CHECKING:
    from gov_core.cases.deciding.step import Decider, Step


def _report(step: Step) -> e.CaseEvent:
    _check_opening(step)
    return step.event(e.CaseReported, **_procedure(step))


def _draft(step: Step) -> e.CaseEvent:
    _check_opening(step)
    return step.event(e.CaseDrafted, **_procedure(step))


def _alarm(step: Step) -> e.CaseEvent:
    """An alarm goes to its bodies at once; whoever used discretion says why, and is reviewed afterwards."""
    command = cast("c.Alarm", step.command)
    _check_opening(step)
    if step.context.actor.role not in ("reporter", *PROGRAMS) and not command.reason:
        step.refuse("no_reason", "whoever raises an alarm in office says why", "give a code such as fire")
    review = Task(step.next_task("review"), "review", "supervisor")
    return step.event(e.AlarmRaised, **_procedure(step), units=command.units, tasks=(review,))


def _procedure(step: Step) -> dict[str, Any]:
    """By which procedure a case is opened: it goes on by the newest of that name, and says where it began."""
    procedure = step.context.procedure
    return {"procedure": procedure.name, "procedure_version": procedure.version}


def _check_opening(step: Step) -> None:
    command = cast("c.Report", step.command)
    if not command.case_id:
        step.refuse("no_id", "a case needs an id", "make one that no other case has")
    if not command.matter:
        step.refuse("no_matter", "a case is about some matter", "give the code of a matter of the city")
    if command.service is not None and not command.service.item:
        step.refuse("no_item", "a service is asked for by its item", "give the code of an item of the list")
    if command.handled and step.context.actor.role not in PROGRAMS:
        # It would bar whomever a report names from verifying it.
        step.refuse("wrong_role", "who has handled a case is no part of a report", "split the case instead")


def _submit(step: Step) -> e.CaseEvent:
    return step.event(e.CaseSubmitted)


def _triage(step: Step) -> e.CaseEvent:
    command, case = cast("c.Triage", step.command), step.case
    location = command.location or case.location
    if not location.path and not location.reason and case.service is None:
        step.refuse(
            "not_located",
            "a case is filed at a place, or with the reason why it has none",
            "locate it, or give the reason",
        )
    grades, grade = [rule.name for rule in step.context.procedure.grades], command.grade or case.grade
    if grades and grade not in grades:
        step.refuse(
            "unknown_grade", f'"{grade}" is no grade of the procedure', f"there are: {', '.join(grades)}"
        )
    return step.event(e.CaseTriaged)


DECIDERS: dict[str, Decider] = {
    "draft": _draft,
    "report": _report,
    "submit": _submit,
    "alarm": _alarm,
    "triage": _triage,
    "reject": lambda step: step.event(e.CaseRejected),
    "cancel": lambda step: step.event(e.CaseCancelled),
    "withdraw": lambda step: step.event(e.CaseWithdrawn),
}
