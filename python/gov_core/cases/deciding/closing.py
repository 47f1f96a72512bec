"""How a case ends, what is said of it then, and how it begins again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from gov_core.cases import commands as c
from gov_core.cases import events as e
from gov_core.cases.machine import CHECKS
from gov_core.cases.procedure import StepRule

if TYPE_CHECKING:
    from gov_core.cases.clock import Clock
    from gov_core.cases.deciding.step import Decider, Step


def _verify_close(step: Step) -> e.CaseEvent:
    command, case = cast("c.VerifyClose", step.command), step.case
    _check_parts(step)
    return step.event(e.CaseClosed, grade=command.grade or case.feedback or "solved")


def _quick_close(step: Step) -> e.CaseEvent:
    _check_parts(step)
    return step.event(e.CaseQuicklyClosed)


def _check_parts(step: Step) -> None:
    """Note that parts it was split into are open, where a case closes after them only."""
    open_children = tuple(child for child, ended in step.case.children if not ended)
    if open_children and step.context.procedure.children == "all":
        step.refuse(
            "children_open", f"{len(open_children)} of its parts are open", "end them first", open_children
        )


def _verify_fail(step: Step) -> e.CaseEvent:
    """Whoever had it does it again, outside of the city's bodies too.

    A check that begins anew with the next feedback has its answer; one that follows the whole case goes on.
    """
    begins = step.context.procedure.steps.get("give_feedback", StepRule()).begins
    anew = {rule.kind for rule in begins} & CHECKS
    answered = tuple(
        task.with_changes(done=True, passed=False, by=step.by)
        for task in step.case.tasks
        if task.kind in anew and not task.done
    )
    to = "forwarded" if step.case.forwarded_to else "in_progress"
    return step.event(e.CheckFailed, to=to, tasks=answered)


def _evaluate(step: Step) -> e.CaseEvent:
    command, default = cast("c.Evaluate", step.command), step.context.procedure.default_score
    _check_score(step, command.score)
    if step.context.actor.role == "scheduler":
        clock = step.case.clock("evaluation")
        if default is None or command.score != default:
            step.refuse(
                "no_default", "a program gives the default score, if there is one", "let people score"
            )
        elif clock is not None and clock.light(step.at) != "red":
            step.refuse("still_open", "others may still evaluate it", "wait for the end of the window")
    return step.event(e.CaseEvaluated)


def _appraise(step: Step) -> e.CaseEvent:
    """Whoever is in charge scores those who worked on it, and they score the one in charge."""
    command, case = cast("c.Appraise", step.command), step.case
    _check_score(step, command.score)
    step.check_power("appraise", command.unit)
    worked = {part.unit for part in case.participations if part.reported_in_at is not None}
    if command.unit == step.body:
        step.refuse("own_score", "no body scores itself", "let the other side score it")
    elif step.body == case.owner and command.unit not in worked:
        step.refuse("no_part", f'"{command.unit}" had no part in it', "score those that had", (command.unit,))
    elif step.body != case.owner and step.body not in worked:
        step.refuse("no_part", f'"{step.body}" had no part in it', "let those score that had", (step.body,))
    elif case.owner not in (step.body, command.unit):
        step.refuse(
            "not_in_charge", f'"{command.unit}" was not in charge', "score the body that was", (case.owner,)
        )
    return step.event(e.UnitAppraised)


def _check_score(step: Step, score: int) -> None:
    if not 0 <= score <= 100:
        step.refuse("bad_score", f"{score} is not from 0 to 100", "give a score from 0 to 100")


def _rate(step: Step) -> e.CaseEvent:
    satisfied = cast("c.Rate", step.command).satisfied
    if not 1 <= satisfied <= 5:
        step.refuse("bad_score", f"{satisfied} is not from 1 to 5", "give 1 to 5")
    return step.event(e.SatisfactionRated)


def _appeal(step: Step) -> e.CaseEvent:
    """Once, soon after the end, by a body that had part in a case that was late."""
    case, days = step.case, step.context.procedure.appeal_days
    if case.appeal is not None:
        step.refuse("appealed_before", "there was an appeal already, and one is all", "it stays as it is")
    if not any(_late(clock) for clock in case.clocks if _concerns(step, clock)):
        step.refuse("not_late", "no clock it is judged by ran out", "there is nothing to appeal against")
    _check_window(step, days, "appeal")
    return step.event(e.AppealFiled)


def _late(clock: Clock) -> bool:
    return clock.state in ("late_met", "breached") or clock.fired == "red"


def _concerns(step: Step, clock: Clock) -> bool:
    """Whether the body is judged by a clock: its own, or one of the case that procedure judges by."""
    judged = not clock.scope and clock.kind in step.context.procedure.judged
    return judged or clock.scope == step.body


def _review_appeal(step: Step) -> e.CaseEvent:
    """Two review it, and it is upheld if all are for it."""
    command, appeal, actor = cast("c.ReviewAppeal", step.command), step.case.appeal, step.context.actor
    if appeal is None or appeal.upheld is not None:
        step.refuse("no_appeal", "no appeal is open", "a body that had part in it files one first")
        return step.event(e.AppealReviewed)
    if any(actor.person == by.person for by, _ in appeal.reviews):
        step.refuse("reviewed_before", "this account has reviewed it already", "let another one review it")
    upheld: bool | None = None
    if not command.upholds:
        upheld = False
    elif len(appeal.reviews) + 1 >= step.context.procedure.reviewers:
        upheld = True
    return step.event(e.AppealReviewed, upheld=upheld)


def _request_reopen(step: Step) -> e.CaseEvent:
    _check_window(step, step.context.procedure.reopen_days, "reopening")
    return step.event(e.ReopeningRequested)


def _archive(step: Step) -> e.CaseEvent:
    appeal = step.case.appeal
    if appeal is not None and appeal.upheld is None:
        step.refuse("appeal_open", "an appeal is still being reviewed", "wait for the reviewers")
    return step.event(e.CaseArchived)


def _check_window(step: Step, days: int, what: str) -> None:
    """The window is kept by the store's clock: what a device says of when does not count."""
    ended = step.case.ended_at
    if ended is not None and step.now - ended > timedelta(days=days):
        step.refuse(
            "window_over", f"the window for {what} closed {days} days after the end", "report it anew"
        )


DECIDERS: dict[str, Decider] = {
    "quick_close": _quick_close,
    "verify_close": _verify_close,
    "verify_fail": _verify_fail,
    "force_close": lambda step: step.event(e.CaseForciblyClosed),
    "evaluate": _evaluate,
    "appraise": _appraise,
    "rate": _rate,
    "appeal": _appeal,
    "review_appeal": _review_appeal,
    "request_reopen": _request_reopen,
    "grant_reopen": lambda step: step.event(e.CaseReopened),
    "deny_reopen": lambda step: step.event(e.ReopeningDenied),
    "archive": _archive,
}
