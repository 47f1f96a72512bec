"""Admission (准入): how an item comes onto the list of a community, and off it again.

A pure state machine. `decide` says which events follow from a command, or why none does; `evolve` applies an
event; nothing here reads a clock, counts working days or stores anything:

    draft -apply-> applied -review-> reviewed -approve-> approved -enter-> entered -exit-> exited
                      └──────┬──────────┘                   └─────────┬───────┘
                             └-refuse-> refused                       └-revoke-> exited

The review may be left out. A refused or exited item may be applied for again; an entered one is supervised
for as long as it stays. While an item is not admitted, the community may turn it away. In an emergency it
enters at once, where the rules exempt emergencies, and exits when that is over.

The steps, the 30 and 15 working days and the joint conference are practice (Erqi in Zhengzhou, Xicheng in
Beijing, Zhangjiakou); of the papers one asks for an admission of items, as advice (acceptance row Q-RULE-14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from gov_core.checklists._checklist import AdmissionState, ItemCode, Transfer
from gov_core.checklists._limit import Limit
from gov_core.errors import Fault, StepError
from gov_core.fields import UnitId

_APPLY_AHEAD = Limit(30, "working_day")
_DECIDE_WITHIN = Limit(15, "working_day")

Weight = Literal["error", "warning", "off"]
"""Whether a lack stops a step, is recorded with it, or is not looked at."""


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """Who decides on admissions, how soon, and what an item has to bring.

    Attributes:
        approvers: Ids of the bodies that approve, refuse and revoke: the joint conference (联席会议).
        reviewers: Ids of the bodies that review applications; empty for the approvers.
        apply_ahead: How long before its start an item is applied for (Xicheng).
        decide_within: How soon the approvers decide (Xicheng).
        emergencies_exempt: Whether an item may enter at once in an emergency (Zhangjiakou).
        funds: What it is if a transferred duty brings no earmarked money (费随事转).
        powers: What it is if a duty comes without the powers it needs (权随责走).
    """

    approvers: tuple[UnitId, ...]
    reviewers: tuple[UnitId, ...] = ()
    apply_ahead: Limit = _APPLY_AHEAD
    decide_within: Limit = _DECIDE_WITHIN
    emergencies_exempt: bool = True
    funds: Weight = "warning"
    powers: Weight = "warning"


@dataclass(frozen=True, slots=True)
class Apply:
    """A department asks that a community take on an item (申请).

    Attributes:
        by: Id of the department.
        at: When, with a time zone.
        receiver: Id of the body that is to carry it.
        basis: Law or decision it rests on.
        starts_on: Day it is to start; None for as soon as it is approved.
        powers: Codes of the items of power lists that it needs.
    """

    by: UnitId
    at: datetime
    receiver: UnitId
    basis: str
    starts_on: date | None = None
    powers: tuple[ItemCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The reviewers give their opinion (审核); one against it says why."""

    by: UnitId
    at: datetime
    supports: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Approve:
    """The joint conference approves (批准)."""

    by: UnitId
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The joint conference refuses (不予准入) and says why."""

    by: UnitId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Enter:
    """An approved item goes onto the list (准入), with what moves along with it.

    Attributes:
        by: The receiver or an approver.
        at: When, with a time zone.
        transfer: The money that moves with the duty; None if none does.
        granted: Codes of the items of power lists that move with it.
    """

    by: UnitId
    at: datetime
    transfer: Transfer | None = None
    granted: tuple[ItemCode, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterInEmergency:
    """An item enters at once, without approval, because of an emergency."""

    by: UnitId
    at: datetime
    receiver: UnitId
    reason: str


@dataclass(frozen=True, slots=True)
class Supervise:
    """Someone looks whether the item is done as it was admitted (监督), and says what is wrong if not."""

    by: UnitId
    at: datetime
    kept: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Revoke:
    """The approvers take the admission back (撤销) and say why."""

    by: UnitId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Exit:
    """The item leaves the list (退出): its time is over, or its department wants it no more."""

    by: UnitId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TurnAway:
    """A community that is handed an item that it is not admitted for refuses it (拒绝) and says why."""

    by: UnitId
    at: datetime
    reason: str


Command = Apply | Review | Approve | Refuse | Enter | EnterInEmergency | Supervise | Revoke | Exit | TurnAway


@dataclass(frozen=True, slots=True)
class Applied:
    """An application was made.

    Attributes:
        by: The applicant.
        at: When; both limits are about this time.
        receiver: Who is to carry it.
        basis: What it rests on.
        starts_on: Day it is to start.
        powers: Powers it needs.
        apply_ahead: How long before its start it had to be applied for.
        decide_within: How soon it is to be decided.
    """

    by: UnitId
    at: datetime
    receiver: UnitId
    basis: str
    starts_on: date | None
    powers: tuple[ItemCode, ...]
    apply_ahead: Limit
    decide_within: Limit


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An opinion was given."""

    by: UnitId
    at: datetime
    supports: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Approved:
    """The item may enter."""

    by: UnitId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The item may not enter, and why."""

    by: UnitId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Entered:
    """The item is on the list.

    Attributes:
        by: Who put it there.
        at: When.
        receiver: Who carries it.
        transfer: The money that moved with it.
        granted: The powers that moved with it.
        emergency: Why it entered without approval; empty if it was approved.
        lacks: What the rules count as a warning and was missing.
    """

    by: UnitId
    at: datetime
    receiver: UnitId
    transfer: Transfer | None = None
    granted: tuple[ItemCode, ...] = ()
    emergency: str = ""
    lacks: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Supervised:
    """Someone looked."""

    by: UnitId
    at: datetime
    kept: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """The admission was taken back, and why."""

    by: UnitId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Exited:
    """The item has left the list, and why."""

    by: UnitId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A body refused an item that it is not admitted for, and why."""

    by: UnitId
    at: datetime
    reason: str


Event = Applied | Reviewed | Approved | Refused | Entered | Supervised | Revoked | Exited | TurnedAway


@dataclass(frozen=True, slots=True)
class Admission:
    """Where an item stands on its way onto the list of one body.

    Attributes:
        item: Code of the item.
        state: As `Item.admission` has it.
        request: The application that is running or was granted; None if there is none.
        receiver: Who is to carry it, or does; empty if nobody.
        supported: Opinion of the last review; None before one.
        transfer: The money that moved with it.
        granted: The powers that moved with it.
        emergency: Why it is there without approval; empty if it is not.
        last_at: Time of the last event; None before one.
    """

    item: ItemCode
    state: AdmissionState = "draft"
    request: Applied | None = None
    receiver: UnitId = ""
    supported: bool | None = None
    transfer: Transfer | None = None
    granted: tuple[ItemCode, ...] = ()
    emergency: str = ""
    last_at: datetime | None = None

    def admits(self, body: UnitId) -> bool:
        """Whether a body has to do the item when it is handed it; if not, it may turn it away."""
        return self.state == "entered" and body == self.receiver


def decide(admission: Admission, command: Command, rules: AdmissionRules) -> tuple[Event, ...]:
    """What follows from a command.

    Args:
        admission: Where the item stands.
        command: What someone wants to do.
        rules: Of the city.

    Returns:
        The events, to be stored and applied by `evolve`.

    Raises:
        StepError: The step may not be taken; `faults` has every reason.
    """
    faults = [
        *_out_of_turn(admission, command),
        *_out_of_time(admission, command),
        *_not_entitled(admission, command, rules),
        *_unsaid(admission, command),
    ]
    lacks: list[Fault] = []
    if isinstance(command, Enter):
        faults += _foreign(admission, command)
        for weight, missing in (
            (rules.funds, _without_funds(admission, command)),
            (rules.powers, _without_powers(admission, command)),
        ):
            if weight != "off":
                (faults if weight == "error" else lacks).extend(missing)
    if faults:
        raise StepError(faults)
    return (_event_of(admission, command, rules, tuple(lacks)),)


def evolve(admission: Admission, event: Event) -> Admission:
    """The admission after an event; events are facts, so none is refused."""
    return replace(_after(admission, event), last_at=event.at)


def _after(admission: Admission, event: Event) -> Admission:
    match event:
        case Applied():
            return Admission(admission.item, "applied", event, event.receiver)
        case Reviewed():
            return replace(admission, state="reviewed", supported=event.supports)
        case Approved():
            return replace(admission, state="approved")
        case Refused():
            return replace(admission, state="refused", receiver="")
        case Entered():
            return replace(
                admission,
                state="entered",
                receiver=event.receiver,
                transfer=event.transfer,
                granted=event.granted,
                emergency=event.emergency,
            )
        case Revoked() | Exited():
            return Admission(admission.item, "exited", admission.request)
        case Supervised() | TurnedAway():
            return admission


def replay(item: ItemCode, events: Iterable[Event]) -> Admission:
    """The admission of an item after all its events, the earliest first."""
    admission = Admission(item)
    for event in events:
        admission = evolve(admission, event)
    return admission


_FROM: dict[type, tuple[AdmissionState, ...]] = {
    Apply: ("draft", "refused", "exited"),
    Review: ("applied", "reviewed"),
    Approve: ("applied", "reviewed"),
    Refuse: ("applied", "reviewed"),
    Enter: ("approved",),
    EnterInEmergency: ("draft", "applied", "reviewed", "approved", "refused", "exited"),
    Supervise: ("entered",),
    Revoke: ("approved", "entered"),
    Exit: ("entered",),
    TurnAway: ("draft", "applied", "reviewed", "approved", "entered", "refused", "exited"),
}
"""From which states a step may be taken."""


def _out_of_turn(admission: Admission, command: Command) -> Iterator[Fault]:
    allowed = _FROM[type(command)]
    step = type(command).__name__
    if admission.state not in allowed:
        message = f"{step} is no step from {admission.state}"
        yield _fault("admission.out_of_turn", message, admission, f"it is one from {', '.join(allowed)}")
    if isinstance(command, TurnAway) and admission.admits(command.by):
        message = f'the item is admitted for "{command.by}", which cannot turn it away'
        yield _fault("admission.admitted", message, admission, "ask the approvers to revoke it")
    if isinstance(command, Approve) and admission.request is not None and admission.request.by == command.by:
        message = f'"{command.by}" applied for it and cannot approve it'
        yield _fault("admission.own_application", message, admission, "another approver decides")


def _out_of_time(admission: Admission, command: Command) -> Iterator[Fault]:
    if command.at.tzinfo is None:
        yield _fault("admission.no_zone", f"{command.at} has no time zone", admission, "give at a tzinfo")
    elif admission.last_at is not None and command.at < admission.last_at:
        message = f"{command.at} is before the last event, of {admission.last_at}"
        yield _fault("admission.out_of_time", message, admission, "record events in their order")


def _not_entitled(admission: Admission, command: Command, rules: AdmissionRules) -> Iterator[Fault]:
    entitled = _entitled(admission, command, rules)
    if entitled is not None and command.by not in entitled:
        who = ", ".join(entitled) or "nobody: the rules name no approvers"
        message = f'"{command.by}" may not do this: {type(command).__name__}'
        yield _fault("admission.not_entitled", message, admission, f"who may: {who}")
    if isinstance(command, EnterInEmergency) and not rules.emergencies_exempt:
        message = "the rules exempt no emergencies from approval"
        yield _fault("admission.no_exemption", message, admission, "apply for it")


def _entitled(admission: Admission, command: Command, rules: AdmissionRules) -> tuple[UnitId, ...] | None:
    """Who may do this; None for everybody."""
    receiver = (admission.receiver,) if admission.receiver else ()
    applicant = (admission.request.by,) if admission.request is not None else ()
    reviewers = rules.reviewers or rules.approvers
    match command:
        case Apply() | EnterInEmergency() | TurnAway():
            return None
        case Review():
            return reviewers
        case Enter():
            return (*receiver, *rules.approvers)
        case Supervise():
            return tuple(dict.fromkeys((*reviewers, *rules.approvers, *receiver)))
        case Exit():
            return (*applicant, *rules.approvers)
        case Approve() | Refuse() | Revoke():
            return rules.approvers


def _unsaid(admission: Admission, command: Command) -> Iterator[Fault]:
    for field, value in {"by": command.by, **_needed(command)}.items():
        if not value.strip():
            message = f"{type(command).__name__} says no {field}"
            yield _fault("admission.unsaid", message, admission, f"fill in {field}")


def _needed(command: Command) -> dict[str, str]:
    """What has to be said with a step, as it is said."""
    match command:
        case Apply():
            return {"receiver": command.receiver, "basis": command.basis}
        case EnterInEmergency():
            return {"receiver": command.receiver, "reason": command.reason}
        case Review(supports=True) | Supervise(kept=True) | Approve() | Enter():
            return {}
        case Review() | Supervise() | Refuse() | Revoke() | Exit() | TurnAway():
            return {"reason": command.reason}


def _foreign(admission: Admission, command: Enter) -> Iterator[Fault]:
    transfer = command.transfer
    if transfer is None:
        return
    for what, stated, expected in (
        ("item", transfer.item, admission.item),
        ("target", transfer.target, admission.receiver),
    ):
        if stated != expected:
            message = f'the transfer is of {what} "{stated}", the admission of "{expected}"'
            yield _fault("admission.other_transfer", message, admission, f"name the same {what}")


def _without_funds(admission: Admission, command: Enter) -> Iterator[Fault]:
    """What is missing of: money, for this purpose only, decided together, in a special account."""
    transfer = command.transfer
    if transfer is None or not transfer.funds_yuan or transfer.funds_yuan <= 0:
        message = "no money moves with the duty"
        yield _fault("admission.unfunded", message, admission, "state the funds of the transfer")
        return
    if not transfer.earmarked:
        message = "the money is not for this purpose only"
        yield _fault("admission.not_earmarked", message, admission, "earmark it")
    if transfer.decided_by is None:
        message = "nobody decided on its use together with the committee"
        yield _fault("admission.undecided", message, admission, "record the collective decision")
    if transfer.account is None:
        message = "the money is in no special account"
        yield _fault("admission.no_account", message, admission, "name the account")


def _without_powers(admission: Admission, command: Enter) -> Iterator[Fault]:
    needed = admission.request.powers if admission.request is not None else ()
    for power in needed:
        if power not in command.granted:
            message = f'the duty needs power "{power}", which does not move with it'
            yield _fault("admission.powerless", message, admission, "grant it, or leave the duty where it is")


def _event_of(
    admission: Admission, command: Command, rules: AdmissionRules, lacks: tuple[Fault, ...]
) -> Event:
    by, at = command.by, command.at
    match command:
        case Apply():
            limits = rules.apply_ahead, rules.decide_within
            asked = command.receiver, command.basis, command.starts_on, command.powers
            return Applied(by, at, *asked, *limits)
        case Enter():
            return Entered(by, at, admission.receiver, command.transfer, command.granted, lacks=lacks)
        case EnterInEmergency():
            return Entered(by, at, command.receiver, emergency=command.reason)
        case Review():
            return Reviewed(by, at, command.supports, command.reason)
        case Supervise():
            return Supervised(by, at, command.kept, command.reason)
        case Approve() | Refuse() | Revoke() | Exit() | TurnAway():
            return _PLAIN[type(command)](by, at, command.reason)


_PLAIN: dict[type, Callable[[UnitId, datetime, str], Event]] = {
    Approve: Approved,
    Refuse: Refused,
    Revoke: Revoked,
    Exit: Exited,
    TurnAway: TurnedAway,
}
"""What follows from commands that say why, and nothing else."""


def _fault(code: str, message: str, admission: Admission, hint: str) -> Fault:
    return Fault(code, message, f"items#{admission.item}", hint, (admission.item,))
