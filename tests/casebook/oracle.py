"""A plain second opinion on a history: the rules once more, over the raw events, from lists written by hand.

It knows neither deciders nor hands nor steps of clocks; of ``machine.toml`` it reads the arrows between
states only. Where a rule of the spine is weakened, a list below still says what it was.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gov_core.cases import _limits
from gov_core.cases._instants import to_us
from gov_core.cases.calendar import china

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from casebook.histories import History
    from gov_core.cases.case import Case
    from gov_core.cases.clock import Clock
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.procedure import Procedure

_TABLE: dict[str, Any] = tomllib.loads((files("gov_core.cases") / "machine.toml").read_text("utf-8"))

DID: dict[str, tuple[str, ...]] = {
    "execute": ("claim", "report_in", "start", "finish_part", "give_feedback", "self_handle", "quick_close"),
    "resolve": ("resolve_conference",),
    "verify": ("verify_close", "verify_fail", "force_close", "grant_reopen", "deny_reopen"),
    "evaluate": ("evaluate", "rate"),
    "review": ("review_appeal",),
}
"""What a body has its hand in, and the triggers that show it."""

LOOKS = ("check_result", "review", "return_visit")
FOR_GOOD = ("force_assign", "resolve_conference")
CALLS = ("alarm", "dispatch", "whistle", "join_unit", *FOR_GOOD)
BEFORE = ("waiting", "merged", "reopen_requested")
ENDED = ("closed", "evaluated", "rejected", "merged", "withdrawn", "cancelled", "archived")
RUNS_ON: dict[str, tuple[str, ...]] = {
    "armed": ("running", "waived"),
    "running": ("running", "paused", "breached", "met", "late_met", "waived"),
    "paused": ("running", "paused", "met", "late_met", "waived"),
    "breached": ("met", "late_met", "waived"),
}
"""State of a clock to those it may be in after one more step; one that has ended only begins anew."""


def faults_of(history: History) -> Iterator[str]:
    """What is wrong with a history; nothing if all is well."""
    previous: Case | None = None
    kinds: dict[str, str] = {}
    for event, case in zip(history.events, history.cases, strict=True):
        for fault in _faults(history.procedure, previous, event, case):
            yield f"{event.trigger} -> {case.state}: {fault}"
        kinds |= {task.id: task.kind for task in event.tasks}
        ended = previous is not None and previous.state in ENDED
        if event.trigger == "finish_task" and kinds[event.id] == "review" and not ended:  # type: ignore[attr-defined]
            yield f"reviewed while it was {case.state}"
        previous = case
    yield from _apart(history)
    yield from _counted(history)
    yield from _granted(history)


def _faults(procedure: Procedure, before: Case | None, event: CaseEvent, case: Case) -> Iterator[str]:
    yield from _arrow(before, event, case)
    leads = [part.unit for part in case.participations if part.active and part.part == "lead"]
    if len(leads) > 1:
        yield f"two leads: {leads}"
    if len({part.unit for part in case.participations}) != len(case.participations):
        yield "a body has two parts"
    if before is not None and event.at < before.at:
        yield "time ran backwards"
    if before is not None and case.version != before.version + 1:
        yield "a version was skipped"
    if (case.waiting is not None) != (case.state == "waiting"):
        yield "it waits for nothing, or does not know for what"
    yield from _clocks(procedure, before, case)
    yield from _named(before, event, case)


def _arrow(before: Case | None, event: CaseEvent, case: Case) -> Iterator[str]:
    row, state = _TABLE["triggers"][event.trigger], "" if before is None else before.state
    sources = [source for word in row["from"] for source in _TABLE["groups"].get(word, [word])]
    targets = [row["to"]] if isinstance(row["to"], str) else row["to"]
    if state not in sources:
        yield f"no arrow from {state}"
    may = {state if to == "same" else before.before if to == "previous" and before else to for to in targets}
    if case.state not in may:
        yield f"no arrow from {state} to {case.state}"
    came = case.state in BEFORE and case.state != state
    if came and case.before != state:
        yield f"forgot where it came from: {case.before}"
    if event.by.role not in row["who"]:
        yield f"not for a {event.by.role}"
    if row.get("reason") and not event.reason:
        yield "no reason"


def _named(before: Case | None, event: CaseEvent, case: Case) -> Iterator[str]:
    """Bodies that it complains of do nothing and are not called; who returned it is not called again."""
    lead = (
        "" if event.trigger == "alarm" else getattr(event, "unit", "")
    )  # what the router found is not called
    named = [lead, *getattr(event, "units", ()), *getattr(event, "assist", ())]
    calls = event.trigger in CALLS
    barred = case.complained_of if before is None else before.complained_of
    acts = (
        before is not None and event.by.role not in _PROGRAMS and {event.by.body, event.by.via} & set(barred)
    )
    if acts or (calls and set(named) & set(barred)):
        yield f"a body complained of took part: {event.by.body or named}"
    bound = set() if before is None or event.trigger in FOR_GOOD else set(before.returned_by)
    if calls and (again := set(named) & bound):
        yield f"named again after returning it: {again}"


_PROGRAMS = ("scheduler", "router", "importer", "archivist")


def _clocks(procedure: Procedure, before: Case | None, case: Case) -> Iterator[str]:
    old = {(clock.kind, clock.scope): clock for clock in before.clocks} if before is not None else {}
    for clock in case.clocks:
        was = old.pop((clock.kind, clock.scope), None)
        if was is not None and was is not clock:
            yield from _moved(was, clock, case.at)
        if clock.state == "running":
            yield from _runs_rightly(procedure, case, clock)
    if old:
        yield f"clocks got lost: {sorted(old)}"


def _moved(was: Clock, clock: Clock, at: datetime) -> Iterator[str]:
    anew = clock.started_at != was.started_at or (clock.started_at == at and not was.is_open)
    if not anew and clock.state not in RUNS_ON.get(was.state, ()):
        yield f"clock {clock.kind}: {was.state} -> {clock.state}"
    if anew and was.state in ("running", "paused", "breached") and not clock.scope:
        yield f"clock {clock.kind} of the case began anew while it ran"
    if was.state == "paused" and clock.state == "running" and not anew:
        if clock.left_us != was.left_us:
            yield f"clock {clock.kind} lost time in a pause"
        due, since = clock.due_by, clock.since
        if due and since and _limits.between(to_us(since), to_us(due), clock.unit, china()) != was.left_us:
            yield f"clock {clock.kind} is due at another time than what is left says"
    if clock.fired == "" and was.fired and not anew and clock.extensions == was.extensions:
        yield f"clock {clock.kind} forgot what it told"


def _runs_rightly(procedure: Procedure, case: Case, clock: Clock) -> Iterator[str]:
    rules = [rule for rule in procedure.clocks if rule.name == clock.kind]
    outlives, restless = any(rule.outlives for rule in rules), any(not rule.pauses for rule in rules)
    begins_late = any(set(rule.starts) & _LATE for rule in rules)
    overdue = clock.due_by is not None and case.at > clock.due_by
    if case.state in ENDED and not outlives and not begins_late:
        yield f"clock {clock.kind} runs on in a case that has ended"
    if case.state == "waiting" and not restless and not overdue:
        yield f"clock {clock.kind} runs while the case rests"
    if clock.scope:
        part = case.part_of(clock.scope)
        if part is None or not part.active:
            yield f"clock {clock.kind} runs for {clock.scope}, which has no part"


_LATE = {
    "verify_close",
    "quick_close",
    "force_close",
    "closed.entered",
    "return_visit.begun",
    "evaluated.entered",
}
"""What begins a clock when a case ends."""


def _apart(history: History) -> Iterator[str]:
    """No body or account both resolves and executes, or executes and verifies, evaluates or reviews."""
    hands: dict[str, set[str]] = defaultdict(set)
    persons: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, str] = {}
    for event in history.events:
        bodies = {event.by.body, event.by.via, event.by.person} - {""}
        kinds |= {task.id: task.kind for task in event.tasks}
        if event.trigger == "finish_task" and kinds[event.id] in LOOKS:  # type: ignore[attr-defined]
            hands["verify"] |= bodies
        for act, triggers in DID.items():
            if event.trigger in triggers:
                hands[act] |= bodies
        if event.trigger == "alarm":
            hands["execute"] |= set(event.units)  # type: ignore[attr-defined]
        if event.trigger == "resolve_conference":
            hands["execute"] |= {event.unit, *event.assist}  # type: ignore[attr-defined]
        if event.trigger in ("request_extension", "approve_extension"):
            persons[event.trigger].add(event.by.person)
    for act in ("resolve", "verify", "evaluate", "review"):
        if both := hands["execute"] & hands[act]:
            yield f"{both} both executed and did {act}"
    if both := persons["request_extension"] & persons["approve_extension"]:
        yield f"{both} both asked for time and granted it"


def _counted(history: History) -> Iterator[str]:
    bounces = reworks = accounts = reopened = appeals = 0
    returns = history.procedure.max_returns
    for event, case in zip(history.events, history.cases, strict=True):
        name = event.trigger
        bounces = (
            0 if name == "grant_reopen" else bounces + (name == "return_case" and event.to == "returned")
        )
        reworks += name == "verify_fail"
        reopened += name == "grant_reopen"
        accounts += name == "suspend_on_account"
        appeals += name == "appeal"
        if (case.bounces, case.reworks, case.reopened) != (bounces, reworks, reopened):
            yield f"counted {case.bounces} returns, {case.reworks} reworks and {case.reopened} reopenings"
        if name == "dispatch" and bounces >= returns:
            yield f"dispatched after {bounces} returns"
        if name == "suspend_on_account" and event.until - event.at > timedelta(days=365):  # type: ignore[attr-defined]
            yield "on account for more than a year"
    if accounts > 1 or appeals > 1:
        yield f"{accounts} times on account, {appeals} appeals"


def _granted(history: History) -> Iterator[str]:
    """Each extension has its approvals, one of each role, of different accounts; there are two at most."""
    asked: list[tuple[str, str]] = []
    granted = 0
    for event in history.events:
        if event.trigger == "request_extension":
            asked = []
        if event.trigger == "approve_extension":
            asked.append((event.by.role, event.by.person))
            if event.granted:  # type: ignore[attr-defined]
                granted += 1
                roles, persons = zip(*asked, strict=True)
                if roles != history.procedure.approvals or len(set(persons)) != len(persons):
                    yield f"extended by {asked}"
    if granted > 2:
        yield f"extended {granted} times"
