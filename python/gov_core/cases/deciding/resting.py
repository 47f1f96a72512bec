"""Time that is given: rest, account, deferral, extension."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from gov_core.cases import commands as c
from gov_core.cases import events as e

if TYPE_CHECKING:
    from gov_core.cases.case import Extension, Waiting
    from gov_core.cases.deciding.step import Decider, Step


def _suspend(step: Step) -> e.CaseEvent:
    until = _until(step, step.context.procedure.max_suspension_days)
    return step.event(e.CaseSuspended, until=until)


def _suspend_on_account(step: Step) -> e.CaseEvent:
    if step.case.on_account:
        step.refuse(
            "on_account_before", "it was on account before, and once is all", "handle it, or close it"
        )
    until = _until(step, step.context.procedure.max_account_days)
    return step.event(e.CasePutOnAccount, until=until)


def _defer(step: Step) -> e.CaseEvent:
    if step.case.deferred:
        step.refuse("deferred_before", "it was deferred before, and once is all", "handle it, or close it")
    until = _until(step, step.context.procedure.max_account_days)
    return step.event(e.CaseDeferred, until=until)


def _until(step: Step, days: int) -> datetime:
    """When the rest ends, UTC; it is ahead, and not too far."""
    until = cast("c.Suspend", step.command).until
    if not step.is_instant(until):
        return step.at
    until = until.astimezone(UTC)
    if until <= step.at:
        step.refuse("until_past", f"{until.isoformat()} is not ahead", "give a later end")
    elif until - step.at > timedelta(days=days):
        step.refuse("rest_too_long", f"a rest of this kind ends within {days} days", "give an earlier end")
    return until


def _resume(step: Step) -> e.CaseEvent:
    """By hand at any time; by the scheduler when the time has come. A rest ends on time, told late or not."""
    until = cast("Waiting", step.case.waiting).until
    if step.context.actor.role == "scheduler" and step.at < until:
        step.refuse("still_rests", f"it rests until {until.isoformat()}", "wait, or resume it by hand")
    step.at = max(step.case.at, min(step.at, until))
    return step.event(e.CaseResumed)


def _open_request(step: Step) -> Extension | None:
    """The request that is open; None and a fault if there is none."""
    last = step.case.extensions[-1] if step.case.extensions else None
    if last is None or last.granted is not None:
        step.refuse("no_request", "no request for an extension is open", "request one first")
        return None
    return last


def _check_not_overdue(step: Step, kind: str) -> None:
    clock = step.case.clock(kind)
    if clock is None or clock.state not in ("running", "breached"):
        step.refuse("no_clock", f'no clock "{kind}" runs', "name a clock of the case that runs")
    elif clock.light(step.at) == "red":
        step.refuse("overdue", "an extension is for what is not overdue yet", "appeal afterwards")


def _request_extension(step: Step) -> e.CaseEvent:
    command, procedure, asked = (
        cast("c.RequestExtension", step.command),
        step.context.procedure,
        step.case.extensions,
    )
    if asked and asked[-1].granted is None:
        step.refuse("request_open", "a request is open already", "wait for what comes of it")
    # Those that were refused do not count.
    if sum(bool(request.granted) for request in asked) >= procedure.max_extensions:
        step.refuse(
            "too_many_extensions", f"it was extended {procedure.max_extensions} times", "put it on account"
        )
    _check_not_overdue(step, command.clock)
    return step.event(e.ExtensionRequested)


def _approve_extension(step: Step) -> e.CaseEvent:
    """Two approve, in the order of the procedure, and with the last the clock is extended."""
    approvals, actor = step.context.procedure.approvals, step.context.actor
    request = _open_request(step)
    if request is None:
        return step.event(e.ExtensionApproved)
    _check_not_overdue(step, request.clock)
    turn = approvals[len(request.approvals)]
    if actor.role != turn:
        step.refuse("not_your_turn", f"the next approval is that of a {turn}", "wait for it", (turn,))
    if any(actor.person == by.person for by in request.approvals):
        step.refuse("approved_before", "this account has approved already", "let another one approve")
    granted = len(request.approvals) + 1 == len(approvals)
    clock = step.case.clock(request.clock)
    longer = (clock.extend(step.at, step.context.calendar),) if granted and clock and not step.faults else ()
    return step.event(e.ExtensionApproved, clocks=longer, granted=granted)


def _refuse_extension(step: Step) -> e.CaseEvent:
    request = _open_request(step)
    if request is not None:
        turn = step.context.procedure.approvals[len(request.approvals)]
        if step.context.actor.role not in (turn, "supervisor"):
            step.refuse("not_your_turn", f"the next word is that of a {turn}", "wait for it", (turn,))
    return step.event(e.ExtensionRefused)


DECIDERS: dict[str, Decider] = {
    "suspend": _suspend,
    "suspend_on_account": _suspend_on_account,
    "defer": _defer,
    "resume": _resume,
    "request_extension": _request_extension,
    "approve_extension": _approve_extension,
    "refuse_extension": _refuse_extension,
}
