"""What a command comes to: events, or every reason why not.

Pure: time, ids and the answers of others are passed in.
"""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

from gov_core.cases.codec import encode_command
from gov_core.cases.deciding import DECIDERS
from gov_core.cases.deciding.fitness import check_named
from gov_core.cases.deciding.step import Step
from gov_core.cases.machine import MACHINE, PROGRAMS
from gov_core.cases.permission import permit

if TYPE_CHECKING:
    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command
    from gov_core.cases.context import Context
    from gov_core.cases.events import CaseEvent

_CODE = re.compile("[a-z0-9._-]{1,64}")
_ID = re.compile(r"[\w.:/@~#+-]{1,128}")
"""What is taken for an id of a body, in any script: no blanks, and none of the signs of a sentence."""
_DIGEST = re.compile("[0-9a-f]{64}")


def decide(case: Case | None, command: Command, context: Context) -> tuple[CaseEvent, ...]:
    """Decide a command.

    Args:
        case: As its events have made it; None before the first.
        command: What is asked.
        context: When, by whom, by which rules.

    Returns:
        What happened: one event; none if there was nothing to do (a clock that has nothing new to tell).

    Raises:
        CaseRefusedError: With every reason: wrong state (``case.wrong_state``), wrong role, relation or area,
            duties that are kept apart, what is missing, what is out of bounds.
        PayloadRejectedError: A field of the command is of another type, so that nothing can be decided by it
            (``command.bad_field``, each).
        CalendarError: A clock would have to count a year that no calendar has been announced for.
    """
    try:
        return _decided(case, command, context)
    except (TypeError, AttributeError, ValueError):
        # What cannot be worked with was perhaps of another type than its field: then that is the answer.
        encode_command(command)
        raise


def _decided(case: Case | None, command: Command, context: Context) -> tuple[CaseEvent, ...]:
    plan = context.procedure.plans[command.trigger]
    step, trigger = Step(case, command, context, plan), plan.trigger
    if plan.rule is None:
        step.refuse(
            "not_in_procedure",
            f'the procedure "{context.procedure.name}" has no step {command.trigger}',
            "run the matter through a procedure that has it",
        )
    state = "" if case is None else case.state
    allowed = state in trigger.sources
    if not allowed:
        step.refuse(
            "wrong_state",
            f"{command.trigger} is not for a case that is {state}" if state else "there is no such case yet",
            f"it is for: {', '.join(sorted(trigger.sources)) or 'new cases'}",
        )
    permission = permit(case, trigger, context.actor, context.procedure, step.now)
    step.faults += permission.faults
    if permission.relation is not None:
        step.relation = permission.relation
    if trigger.act == "execute" and case is not None and context.actor.role not in PROGRAMS:
        step.check_handler(step.body)
    _check_what_it_brings(step)
    if case is not None:
        _check_what_it_holds(step, case)
    if not allowed:
        step.check()
    check_named(step)
    event = DECIDERS[command.trigger](step)
    step.check()
    return () if event is None else (event,)


def _check_what_it_brings(step: Step) -> None:
    """Reason, evidence and account, as machine and procedure ask for them."""
    command, trigger = step.command, step.trigger
    if trigger.reason and not command.reason:
        step.refuse("no_reason", f"{trigger.name} needs a reason", "give a code such as not_our_duty")
    if command.reason and not is_code(command.reason):
        step.refuse(
            "reason_no_code",
            "a reason is a code of small letters, digits, dots, dashes and underscores, at most 64 of them",
            "say more in a note, which is sealed",
        )
    _check_no_words(step)
    lacking = _lacking(step) if step.rule.evidence else ()
    if lacking or (trigger.evidence and not command.evidence):
        what = " and ".join(lacking) or "anything"
        step.refuse("no_evidence", f"nothing that shows {what} came with it", "attach a photo or a document")
    if trigger.account and not step.context.actor.person:
        step.refuse("no_account", "two are asked that are not one, so each needs an account", "sign in")


def _lacking(step: Step) -> tuple[str, ...]:
    """What the evidence does not show that it has to, with what the case has of this round."""
    shown = [evidence.shows for evidence in step.command.evidence]
    if step.started is not None:
        shown += [evidence.shows for evidence in step.started.evidence[step.started.stale :]]
    return tuple([shows for shows in step.rule.evidence if shows not in shown])


def _check_no_words(step: Step) -> None:
    """What somebody said stands as a commitment, and what is counted as a code: neither holds a person."""
    command = step.command
    digests = [command.note] if command.note else []
    codes, ids = ([getattr(command, name) for name in names] for names in _said(type(command)))  # type: ignore[arg-type]  # a class is hashable
    ids += getattr(command, "complained_of", ())
    if source := getattr(command, "source", None):
        codes.append(source.channel)
    for evidence in command.evidence:
        digests.append(evidence.digest)
        codes += (evidence.kind, evidence.shows)
    for sealed in getattr(command, "sealed", ()):
        digests.append(sealed.commitment)
        codes.append(sealed.name)
    if not all(map(_DIGEST.fullmatch, digests)):
        step.refuse(
            "not_sealed",
            "a note, what is sealed and evidence stand as SHA-256, in 64 small hexadecimal digits",
            "seal the words, keep the file, and give what it hashes to",
        )
    for code in dict.fromkeys([code for code in codes if code and not is_code(code)]):
        step.refuse("no_code", f"a word of {len(code)} signs is no code", "give one such as railway or after")
    path = "" if step.started is None else step.started.location.path
    for named in filter(None, ids):
        # A city may put blanks and brackets into an id: then it is one because the city knows it.
        if _ID.fullmatch(named) is None and not step.context.authority.serves(named, path):
            step.refuse(
                "no_code", f"a text of {len(named)} signs is no id", "give the id, and say more in a note"
            )


@cache
def _said(command: type[Command]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the fields in which a command says codes and ids, where nobody compares them with others."""
    there = {field.name for field in fields(command)}
    codes = ("recipient", "id") if command.trigger == "assign_task" else ("recipient",)
    ids = ("suggest", "to") if command.trigger == "assign_task" else ("suggest",)
    return tuple(filter(there.__contains__, codes)), tuple(filter(there.__contains__, ids))


def _check_what_it_holds(step: Step, case: Case) -> None:
    """Level, grade and tasks of the case, as machine and procedure ask for them."""
    rule, role = step.rule, step.context.actor.role
    if step.trigger.on_the_spot and case.level > MACHINE.levels.get(role, -1):
        step.refuse(
            "above_your_level",
            f"a case at level {case.level} is not dealt with on the spot by a {role}",
            "have it dispatched",
        )
    # Whoever has it next is for one role to say, triaged anew or not; what is named for good stands above it.
    goes_on = step.trigger.act in ("dispatch", "execute") and step.trigger.name != "force_assign"
    if case.decider and goes_on and role not in (case.decider, "district", "supervisor"):
        step.refuse("wrong_decider", f"after a return the {case.decider} decides", "leave it to them")
    for task in case.tasks:
        if task.kind in step.trigger.awaits and task.required and not task.done:
            step.refuse(
                "task_open",
                f"{task.kind} has to be done before {step.trigger.name}",
                f'wait for "{task.to}"',
                (task.id,),
            )
    if rule.grades and case.grade not in rule.grades:
        step.refuse(
            "wrong_grade",
            f'{step.trigger.name} is not for cases of the grade "{case.grade}"',
            f"it is for: {', '.join(rule.grades)}",
        )
    for kind in rule.needs:
        last = next((task for task in reversed(case.tasks) if task.kind == kind), None)
        if last is None or not last.done:
            step.refuse("task_open", f"{kind} has to be done before {step.trigger.name}", "finish the task")
        elif not last.passed:
            step.refuse("task_failed", f"{kind} did not pass", "have it done once more")


def is_code(text: str) -> bool:
    """Whether a text is a code: what reasons are given as, so that they hold nothing about a person."""
    return _CODE.fullmatch(text) is not None


__all__ = ["decide", "is_code"]
