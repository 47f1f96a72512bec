"""What an event makes of a case: pure, total over stored events, and it asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from gov_core.cases import events as e
from gov_core.cases.case import (
    Appeal,
    Appraisal,
    Case,
    Closure,
    Extension,
    Hand,
    Participation,
    Waiting,
    Whistle,
)
from gov_core.cases.machine import CHECKS, MACHINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from gov_core.cases.case import Location, Task

_REMEMBER = frozenset(("waiting", "merged", "reopen_requested"))
"""States that a case comes back from to where it was."""

_MAY_BE_EXTENDED = frozenset(("accepted", "in_progress", "conferring", "waiting"))
"""States in which a request for extension stays open; in others it lapses."""

Changes = dict[str, Any]


def evolve(case: Case | None, event: e.CaseEvent) -> Case:
    """Apply one event.

    Args:
        case: None before the first event.
        event: The next one, as it was stored.

    Raises:
        ValueError: The first event opens no case, or a later one does: the stream is not that of a case.
    """
    if case is None:
        if not isinstance(event, e.CaseOpened):  # its place is wrong, not its type
            raise ValueError(f"{event.type} cannot be the first event of a case")  # no wrong type
        return _opened(event)
    if isinstance(event, e.CaseOpened):  # its place is wrong, not its type
        raise ValueError(f"{event.type} cannot come after the first event of a case")  # noqa: TRY004  # as above
    changes: Changes = {"version": case.version + 1, "at": event.at}
    if event.to:
        _move(case, event, changes)
    if event.clocks:
        changes["clocks"] = _with_clocks(case, event)
    if event.evidence:
        changes["evidence"] = (*case.evidence, *event.evidence)
    if event.tasks:
        changes["tasks"] = _with_tasks(case, event)
    hands = _hands(event, case)
    if hands:
        changes["hands"] = (*case.hands, *hands)
    apply = _APPLY.get(type(event))
    if apply is not None:
        changes |= apply(case, event)
    return case.with_changes(**changes)


def replay(events: Iterable[e.CaseEvent], case: Case | None = None) -> Case | None:
    """Apply events one after the other, onto a case if there is one already."""
    for event in events:
        case = evolve(case, event)
    return case


def _hands(event: e.CaseEvent, case: Case | None = None) -> list[Hand]:
    """Hands that show for the first time: who acted, in whose place, and who was put to work at once."""
    act, by = MACHINE.triggers[event.trigger].act, event.by
    if case is not None and isinstance(event, e.TaskFinished):
        kind = next((task.kind for task in case.tasks if task.id == event.id), None)
        act = "verify" if kind in CHECKS else "resolve" if kind == "resolution" else act
    shown: list[tuple[str, str, str]] = []
    if act is not None:
        shown.append((act, by.body, by.person))
        if by.via:
            shown.append((act, by.via, by.person))
    if isinstance(event, e.AlarmRaised):
        shown += [("execute", unit, "") for unit in event.units]
    elif isinstance(event, e.ConferenceResolved):
        shown += [("execute", unit, "") for unit in (event.unit, *event.assist)]
    if handled := getattr(event, "handled", ()):
        shown += [(hand.act, hand.body, hand.person) for hand in handled]
    if not shown:
        return []
    known = [] if case is None else [(hand.act, hand.body, hand.person) for hand in case.hands]
    return [Hand(*one) for one in shown if one not in known]


def _opened(event: e.CaseOpened) -> Case:
    case = Case.of(
        {
            "id": event.case_id,
            "version": 1,
            "state": event.to,
            "procedure": event.procedure,
            "procedure_version": event.procedure_version,
            "source": event.source,
            "by": event.by,
            "matter": event.matter,
            "grade": event.grade,
            "sensitive": event.sensitive,
            "location": event.location,
            "sealed": event.sealed,
            "complained_of": event.complained_of,
            "service": event.service,
            "parent": event.parent,
            "opened_at": event.at,
            "at": event.at,
            "owner": event.owner,
            "unit": event.unit,
            "rule": event.rule,
            "limits": event.limits,
            "clocks": event.clocks,
            "evidence": event.evidence,
            "tasks": event.tasks,
            "hands": tuple(_hands(event)),
        }
    )
    if isinstance(event, e.AlarmRaised):
        return case.with_changes(alarm=True, **_called(case, event.units, event.at, state="working"))
    return case


def _move(case: Case, event: e.CaseEvent, changes: Changes) -> None:
    """What a step to another state changes whatever the step."""
    changes["state"] = event.to
    if case.state == "waiting":
        changes["waiting"] = None
    if case.extensions and event.to not in _MAY_BE_EXTENDED:
        changes["extensions"] = tuple(
            request.with_changes(granted=False) if request.granted is None else request
            for request in case.extensions
        )
    if event.to in _REMEMBER:
        changes["before"] = case.state
    if event.to in MACHINE.ended and case.ended_at is None:
        changes["ended_at"] = event.at


def _with_clocks(case: Case, event: e.CaseEvent) -> tuple[Any, ...]:
    changed = {(clock.kind, clock.scope): clock for clock in event.clocks}
    kept = [changed.pop((clock.kind, clock.scope), clock) for clock in case.clocks]
    return (*kept, *changed.values())


def _with_tasks(case: Case, event: e.CaseEvent) -> tuple[Task, ...]:
    changed = {task.id: task for task in event.tasks}
    kept = tuple(changed.pop(task.id, task) for task in case.tasks)
    return (*kept, *changed.values())


def _called(
    case: Case,
    units: tuple[str, ...],
    at: datetime,
    *,
    state: str = "called",
    forced: bool = False,
    keep: bool = False,
) -> Changes:
    """Bodies are called, the first to lead; others are let go, or go on as assistants with `keep`."""
    gone, others = [], []
    for part in case.participations:
        if part.unit not in units:
            if not part.active:
                gone.append(part)
            else:
                others.append(
                    part.with_changes(part="assist") if keep else part.with_changes(state="released")
                )
    arrived = None if state == "called" else at
    new = [
        Participation.of(
            {
                "unit": unit,
                "part": "assist" if number else "lead",
                "state": state,
                "called_at": at,
                "reported_in_at": arrived,
                "forced": forced,
            }
        )
        for number, unit in enumerate(units)
    ]
    parts = (*gone, *others, *new)
    return {"unit": units[0], "decider": "", "forwarded_to": "", "participations": parts}


def _own_part(case: Case, event: e.CaseEvent, **changes: Any) -> Changes:  # noqa: ANN401  # fields of a part
    return _part(case, event.by.body, **changes)


def _part(case: Case, unit: str, **changes: Any) -> Changes:  # noqa: ANN401  # fields of a part
    parts = [part.with_changes(**changes) if part.unit == unit else part for part in case.participations]
    return {"participations": tuple(parts)}


def _let_go(case: Case) -> Changes:
    """All bodies are let go, and who has it outside."""
    parts = tuple(
        part.with_changes(state="released") if part.active else part for part in case.participations
    )
    return {"participations": parts, "forwarded_to": ""}


def _triaged(case: Case, event: e.CaseTriaged) -> Changes:
    changes: Changes = {"matter": event.matter or case.matter, "grade": event.grade or case.grade}
    if event.location is not None:
        changes["location"] = event.location
    if event.unit:
        changes |= {"unit": event.unit, "rule": event.rule, "limits": event.limits}
    return changes | _about_another(case, changes["matter"], event.location)


def _about_another(case: Case, matter: str, location: Location | None) -> Changes:
    """Who returned it returned another matter, or the same one elsewhere: that does not bind them now."""
    moved = location is not None and location.path != case.location.path
    return {"returned_by": ()} if matter != case.matter or moved else {}


def _rerouted(case: Case, event: e.CaseRerouted) -> Changes:
    changes: Changes = {
        "location": event.location,
        "matter": event.matter or case.matter,
        "grade": event.grade or case.grade,
        "owner": event.owner or case.owner,
        "rule": event.rule,
        "limits": event.limits,
    }
    if event.to:
        changes |= {"unit": event.unit, **_let_go(case)}
    another = _about_another(case, changes["matter"], event.location)
    return changes | another | ({"decider": ""} if another else {})


def _self_handled(case: Case, event: e.CaseSelfHandled) -> Changes:
    return _called(case, (event.by.body,), event.at, state="working")


def _closed(_: Case, event: e.CaseClosed | e.CaseQuicklyClosed | e.CaseForciblyClosed) -> Changes:
    return {
        "closure": Closure(
            grade=event.grade,
            forced=isinstance(event, e.CaseForciblyClosed),
            quick=isinstance(event, e.CaseQuicklyClosed),
            by=event.by,
            at=event.at,
        ),
    }


def _dispatched(case: Case, event: e.CaseDispatched) -> Changes:
    return _called(case, (event.unit, *event.assist), event.at)


def _forcibly_assigned(case: Case, event: e.CaseForciblyAssigned) -> Changes:
    return _called(case, (event.unit,), event.at, forced=True)


def _whistled(case: Case, event: e.WhistleBlown) -> Changes:
    whistle = Whistle(
        number=case.whistle.number + 1 if case.whistle else 1,
        level=event.level,
        kind=event.kind,
        item=event.item,
        by=event.by,
        units=event.units,
        policy=event.policy,
        k=event.k,
        at=event.at,
    )
    keep = case.state == "in_progress"
    return {"whistle": whistle, **_called(case, event.units, event.at, keep=keep)}


def _reported_in(case: Case, event: e.ReportedIn | e.CaseClaimed) -> Changes:
    state = "working" if case.state == "in_progress" else "reported_in"
    return {**_own_part(case, event, state=state, reported_in_at=event.at), **_joined(case, event)}


def _joined(case: Case, event: e.CaseEvent) -> Changes:
    if event.to == "accepted" and case.whistle is not None and case.state == "whistled":
        return {"whistle": case.whistle.with_changes(joined_at=event.at)}
    return {}


def _returned(case: Case, event: e.CaseReturned) -> Changes:
    changes = {**_own_part(case, event, state="declined"), **_joined(case, event)}
    if event.to == "returned":
        gone = case.with_changes(participations=changes["participations"])
        changes |= {"unit": "", "decider": event.decider, "bounces": case.bounces + 1, **_let_go(gone)}
    returned_by = dict.fromkeys((*case.returned_by, event.by.body))
    return {**changes, "returned_by": tuple(returned_by)}


def _conferred(case: Case, event: e.ConferenceCalled) -> Changes:
    return {"level": max(case.level, event.level)}


def _resolved(case: Case, event: e.ConferenceResolved) -> Changes:
    return _called(case, (event.unit, *event.assist), event.at, state="working", forced=True)


def _joined_unit(case: Case, event: e.UnitJoined) -> Changes:
    others = (part for part in case.participations if part.unit != event.unit)
    return {"participations": (*others, Participation(event.unit, "assist", "called", event.at))}


def _task_finished(case: Case, event: e.TaskFinished) -> Changes:
    return {
        "tasks": tuple(
            task.with_changes(done=True, passed=event.passed, by=event.by) if task.id == event.id else task
            for task in case.tasks
        )
    }


def _working(case: Case, _: e.WorkStarted) -> Changes:
    parts = tuple(
        part.with_changes(state="working") if part.state == "reported_in" else part
        for part in case.participations
    )
    return {"participations": parts}


def _feedback(case: Case, event: e.FeedbackGiven) -> Changes:
    return {
        "handled_at": event.at,
        "feedback": event.grade,
        **_part(case, case.unit, state="done", done_at=event.at),
    }


def _extension_asked(case: Case, event: e.ExtensionRequested) -> Changes:
    number = case.extensions[-1].number + 1 if case.extensions else 1
    return {"extensions": (*case.extensions, Extension(number, event.clock))}


def _extension_approved(case: Case, event: e.ExtensionApproved) -> Changes:
    *before, last = case.extensions
    return {
        "extensions": (
            *before,
            last.with_changes(approvals=(*last.approvals, event.by), granted=event.granted or None),
        )
    }


def _extension_refused(case: Case, _: e.ExtensionRefused) -> Changes:
    *before, last = case.extensions
    return {"extensions": (*before, last.with_changes(granted=False))}


def _fired(case: Case, event: e.ClockFired) -> Changes:
    return {
        "level": case.level if event.level is None else event.level,
        "supervised": case.supervised or event.supervise,
    }


def _appraised(case: Case, event: e.UnitAppraised) -> Changes:
    others = (
        given for given in case.appraisals if (given.by.body, given.unit) != (event.by.body, event.unit)
    )
    return {"appraisals": (*others, Appraisal(event.by, event.unit, event.score))}


def _appeal_reviewed(case: Case, event: e.AppealReviewed) -> Changes:
    appeal = cast("Appeal", case.appeal)
    reviews = (*appeal.reviews, (event.by, event.upholds))
    return {"appeal": appeal.with_changes(reviews=reviews, upheld=event.upheld)}


def _anew(case: Case, event: e.CaseEvent) -> Changes:
    """Evidence so far is of the last round: it does not show what is done in the next."""
    return {"stale": len(case.evidence) + len(event.evidence)}


def _reopened(case: Case, event: e.CaseReopened) -> Changes:
    """A new round: what was returned, closed and by whom in the last one does not bind this one."""
    return {
        **_anew(case, event),
        "reopened": case.reopened + 1,
        "unit": "",
        "bounces": 0,
        "returned_by": (),
        "ended_at": None,
        "closure": None,
        **_let_go(case),
    }


def _absorbed(case: Case, event: e.DuplicateAbsorbed) -> Changes:
    """A duplicate brings what it complains of, beyond what the case itself does."""
    own = set(_own_complaints(case))
    brought = tuple(body for body in event.complained_of if body not in own)
    return {
        "duplicates": (*case.duplicates, event.case),
        **_complaints(case, (*case.brought, (event.case, brought)) if brought else case.brought),
    }


def _parted(case: Case, event: e.DuplicateLetGo) -> Changes:
    """What only the duplicate complained of goes with it."""
    return {
        "duplicates": tuple(other for other in case.duplicates if other != event.case),
        **_complaints(case, tuple(one for one in case.brought if one[0] != event.case)),
    }


def _own_complaints(case: Case) -> tuple[str, ...]:
    others = {body for _, bodies in case.brought for body in bodies}
    return tuple(body for body in case.complained_of if body not in others)


def _complaints(case: Case, brought: tuple[tuple[str, tuple[str, ...]], ...]) -> Changes:
    bodies = (body for _, complained_of in brought for body in complained_of)
    return {"brought": brought, "complained_of": tuple(dict.fromkeys((*_own_complaints(case), *bodies)))}


def _child(case: Case, changed: str, *, ended: bool) -> Changes:
    return {"children": tuple((child, ended if child == changed else was) for child, was in case.children)}


_APPLY: dict[type[e.CaseEvent], Callable[[Case, Any], Changes]] = {
    e.CaseTriaged: _triaged,
    e.CaseSelfHandled: _self_handled,
    e.CaseQuicklyClosed: _closed,
    e.CaseDispatched: _dispatched,
    e.CaseForciblyAssigned: _forcibly_assigned,
    e.CaseClaimed: _reported_in,
    e.CaseRecalled: lambda case, _: _let_go(case),
    e.WhistleBlown: _whistled,
    e.SignedIn: lambda case, event: _own_part(case, event, signed_in_at=event.at),
    e.ContactMade: lambda case, event: _own_part(case, event, contacted_at=event.at),
    e.ReportedIn: _reported_in,
    e.CaseReturned: _returned,
    e.ConferenceCalled: _conferred,
    e.CaseForwarded: lambda case, event: {"unit": "", **_let_go(case), "forwarded_to": event.recipient},
    e.ConferenceResolved: _resolved,
    e.WorkStarted: _working,
    e.UnitJoined: _joined_unit,
    e.UnitReleased: lambda case, event: {**_part(case, event.unit, state="released"), **_joined(case, event)},
    e.PartFinished: lambda case, event: _own_part(case, event, state="done", done_at=event.at),
    e.FeedbackGiven: _feedback,
    e.TaskFinished: _task_finished,
    e.CaseSuspended: lambda _, event: {"waiting": Waiting("suspended", event.until)},
    e.CasePutOnAccount: lambda _, event: {
        "waiting": Waiting("on_account", event.until),
        "on_account": True,
    },
    e.CaseDeferred: lambda _, event: {"waiting": Waiting("deferred", event.until), "deferred": True},
    e.ExtensionRequested: _extension_asked,
    e.ExtensionApproved: _extension_approved,
    e.ExtensionRefused: _extension_refused,
    e.ClockFired: _fired,
    e.SupervisionBegun: lambda *_: {"supervised": True},
    e.CaseUrged: lambda case, _: {"urged": case.urged + 1},
    e.CaseEscalated: lambda case, event: {"level": event.level, "owner": event.owner or case.owner},
    e.CaseClosed: _closed,
    e.CheckFailed: lambda case, event: {
        "reworks": case.reworks + 1,
        **_anew(case, event),
        **_part(case, case.unit, state="working"),
    },
    e.CaseForciblyClosed: _closed,
    e.CaseEvaluated: lambda _, event: {"score": event.score},
    e.UnitAppraised: _appraised,
    e.SatisfactionRated: lambda _, event: {"satisfied": event.satisfied},
    e.AppealFiled: lambda _, event: {"appeal": Appeal(event.by.body)},
    e.AppealReviewed: _appeal_reviewed,
    e.CaseReopened: _reopened,
    e.CaseMerged: lambda _, event: {"merged_into": event.into},
    e.CaseUnmerged: lambda *_: {"merged_into": "", "ended_at": None},
    e.DuplicateAbsorbed: _absorbed,
    e.DuplicateLetGo: _parted,
    e.CaseSplit: lambda case, event: {
        "children": (*case.children, *((child, False) for child in event.children))
    },
    e.ChildEnded: lambda case, event: _child(case, event.child, ended=True),
    e.ChildReopened: lambda case, event: _child(case, event.child, ended=False),
    e.CaseRerouted: _rerouted,
}
"""What events change beyond state, time, clocks, evidence, tasks and hands; others change no more."""
