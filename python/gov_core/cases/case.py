"""A case as its events have made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from gov_core.cases._record import Record
from gov_core.cases.actor import By
from gov_core.cases.clock import Clock
from gov_core.cases.machine import TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

ParticipationState = Literal["called", "reported_in", "working", "done", "declined", "released"]
Part = Literal["lead", "assist"]
JoinPolicy = Literal["lead", "all", "any", "k_of_n"]
ClosureGrade = Literal["solved", "partly", "unable", "self_resolved"]
WaitingKind = Literal["suspended", "on_account", "deferred"]


@dataclass(frozen=True)
class Location(Record):
    """Where a case is.

    Attributes:
        place: Id of the grid or building; empty if it could not be located.
        path: Ids from the top level down to `place`, joined by ``/``; empty if it could not be located.
        asset: Id of the component it is about; empty if about none.
        boundaries: First day of the version of the city that located it, ISO; empty if the city has one.
        reason: Why it could not be located, as the router's status; empty if it was.
    """

    place: str = ""
    path: str = ""
    asset: str = ""
    boundaries: str = ""
    reason: str = ""


NOWHERE = Location()
"""A case that nobody has tried to locate yet."""


@dataclass(frozen=True)
class Source(Record):
    """Where a case came from.

    Attributes:
        channel: ``hotline``, ``grid``, ``open311``, ``window``, ``button`` …
        reference: Id there, which makes a second delivery known; empty if there is none.
    """

    channel: str
    reference: str = ""


@dataclass(frozen=True)
class Sealed(Record):
    """Something said about a person or a home: the case knows that it was said, not what.

    Attributes:
        name: What it is: ``contact``, ``text``, ``point``, ``room``, ``applicant``.
        commitment: SHA-256 of salt and value, hexadecimal.
        subject: Opaque id of whom it is about.
    """

    name: str
    commitment: str
    subject: str


@dataclass(frozen=True)
class Service(Record):
    """What somebody asks of a window (服务事项): a case that needs no point.

    Attributes:
        item: Code of the item of the service list.
        station: Id of the serving station.
        materials: Codes of the materials that came with it.
        offices: Ids of the back offices that work on it, in parallel.
    """

    item: str
    station: str
    materials: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence(Record):
    """A photograph or document, by what it hashes to.

    Attributes:
        digest: SHA-256 of its bytes, hexadecimal; the evidence store has the bytes.
        kind: ``photo``, ``document``, ``audio``, ``video``.
        shows: What it is evidence of: ``before``, ``after``, ``material`` …
        bytes: Its size.
    """

    digest: str
    kind: str
    shows: str = ""
    bytes: int = 0


@dataclass(frozen=True)
class Participation(Record):
    """One body's part in a case.

    Attributes:
        unit: Id of the body.
        part: Whether it leads or assists.
        state: ``called`` until it reports in, ``declined`` if it returned it, ``released`` if let go.
        called_at: When it was called.
        signed_in_at: When it signed in (签到).
        contacted_at: When it contacted the body that called.
        reported_in_at: When it reported in (报到).
        done_at: When its part was done.
        forced: Whether it was named after returns, and may not return it again.
    """

    unit: str
    part: Part
    state: ParticipationState
    called_at: datetime
    signed_in_at: datetime | None = None
    contacted_at: datetime | None = None
    reported_in_at: datetime | None = None
    done_at: datetime | None = None
    forced: bool = False

    @property
    def active(self) -> bool:
        """Whether the body is still part of it."""
        return self.state not in ("declined", "released")


@dataclass(frozen=True)
class Whistle(Record):
    """A summons of several bodies to one case (吹哨).

    Attributes:
        number: Of the whistle in its case, from 1.
        level: ``street`` (街道吹哨、部门报到) or ``community`` (社区吹哨、街道报到).
        kind: ``emergency``, ``ordinary`` or ``hard``.
        item: Id of the item of the whistle catalogue; empty for a level that has none.
        by: Who blew it.
        units: Ids of the bodies that are called; the first leads.
        policy: When all have reported in that have to: ``lead``, ``all``, ``any`` or ``k_of_n``.
        k: How many have to, with ``k_of_n``.
        at: When.
        joined_at: When the policy was met.
    """

    number: int
    level: str
    kind: str
    item: str
    by: By
    units: tuple[str, ...]
    policy: JoinPolicy
    k: int
    at: datetime
    joined_at: datetime | None = None


@dataclass(frozen=True)
class Task(Record):
    """Something to be done beside the main line: a check on site, a return visit, a review.

    Attributes:
        id: Unique in the case.
        kind: ``verify_report`` before filing, ``check_result`` before closing, ``follow_up``,
            ``return_visit``, ``review`` (after an alarm), ``back_office`` (an office behind the window),
            ``admonition_talk`` (约谈, to which a body is called), ``consultation`` (协商), ``answer`` (a body
            answers in an assembly), ``resolution`` (决议, of those who may resolve).
        to: Role or id of the body that is to do it.
        required: Whether the case may not go on without it.
        done: Whether it is.
        passed: What came out: whether it held, was in order, was satisfied.
        by: Who did it.
    """

    id: str
    kind: TaskKind
    to: str
    required: bool = True
    done: bool = False
    passed: bool | None = None
    by: By | None = None


@dataclass(frozen=True)
class Extension(Record):
    """A longer deadline that was asked for (延期).

    Attributes:
        number: Of the request in the case, from 1.
        clock: Which clock.
        approvals: Who has approved so far.
        granted: What came out; None while it is open.
    """

    number: int
    clock: str
    approvals: tuple[By, ...] = ()
    granted: bool | None = None


@dataclass(frozen=True)
class Waiting(Record):
    """Why work rests.

    Attributes:
        kind: ``suspended`` (挂起), ``on_account`` (挂账) or ``deferred`` (缓办).
        until: When it goes on by itself.
    """

    kind: WaitingKind
    until: datetime


@dataclass(frozen=True)
class Closure(Record):
    """How a case was closed.

    Attributes:
        grade: ``solved``, ``partly``, ``unable`` or ``self_resolved``.
        forced: Whether it was closed without its handling being done.
        quick: Whether it was closed on the spot.
        by: Who closed it.
        at: When.
    """

    grade: ClosureGrade
    forced: bool
    quick: bool
    by: By
    at: datetime


@dataclass(frozen=True)
class Appraisal(Record):
    """What one body gives another for its part (双向考核).

    Attributes:
        by: Who gave it.
        unit: Id of the body it is given to.
        score: 0 to 100.
    """

    by: By
    unit: str
    score: int


@dataclass(frozen=True)
class Appeal(Record):
    """A body says that a case was not late by its fault (申诉). The raw fact stays.

    Attributes:
        unit: Who appeals.
        reviews: Who has reviewed it so far, and whether for it.
        upheld: What came out; None while it is open.
    """

    unit: str
    reviews: tuple[tuple[By, bool], ...] = ()
    upheld: bool | None = None


@dataclass(frozen=True)
class Hand(Record):
    """That somebody did something which duties are kept apart by.

    Attributes:
        act: ``execute``, ``verify`` …
        body: Which body.
        person: Which account.
    """

    act: str
    body: str
    person: str


@dataclass(frozen=True, kw_only=True)
class Case(Record):
    """One matter from its report until it is archived.

    Attributes:
        id: Unique in the store.
        version: How many events have made it.
        state: Where it stands in the machine.
        before: State it goes back to from waiting, merged or a reopening that is denied.
        procedure: Name of the procedure it runs through; by the newest version of that name.
        procedure_version: The version under which it was opened; 0 if none was written down.
        source: Where it came from.
        by: Who reported it; the person is empty for anonymous reports.
        matter: Code of its matter.
        grade: Its grade; empty if it has none.
        sensitive: Whether it stays out of maps, replays and bulletins.
        location: Where it is.
        sealed: What was said about persons and homes.
        complained_of: Ids of the bodies it complains of; they neither handle nor verify it, nor see who did.
        service: What is asked of a window; None for other cases.
        parent: Id of the case it was split from; empty if from none.
        opened_at: When it was reported.
        at: When its last event took effect.
        owner: Id of the body in charge of it.
        unit: Id of the body that handles it, or that the router found for it; empty if none.
        rule: Id of the rule that found it; empty if a person did.
        limits: Limits the router gave: (``respond`` or ``resolve``, amount, unit).
        participations: Each body's part, in the order they were called; one a body.
        whistle: The last whistle.
        clocks: All its clocks.
        evidence: All evidence.
        stale: How many of the first of it are of an earlier round, before it was sent back or opened again.
        tasks: All tasks.
        hands: Who did what that duties are kept apart by.
        level: Escalation level: 0 grid, 1 community, 2 street, 3 department, 4 leaders of the district.
        bounces: How often the case came back, since it was reported or reopened; an assistant that gives its
            part back does not send the case back.
        returned_by: Ids of the bodies that returned it, or their part, since it was about something else.
        decider: Role that names the next body; empty unless a return waits for that.
        reworks: How often the check failed.
        supervised: Whether it is under supervision (督办).
        urged: How often it was urged.
        extensions: Requests for extension, the last perhaps open.
        waiting: Why it rests; None if it does not.
        on_account: Whether it was on account before: once is all.
        deferred: Whether it was ever deferred, which takes it out of a rate's base.
        alarm: Whether it began with an alarm.
        handled_at: When feedback was given last.
        feedback: How far the matter was dealt with, as the body that did says; None before.
        ended_at: When it ended last; None while it has not.
        closure: How it was closed.
        satisfied: What the reporter said: 1 to 5; None if nothing.
        score: The evaluation, 0 to 100; None if there is none.
        appraisals: What bodies gave each other.
        appeal: The appeal, of which there is one at most.
        reopened: How often it was reopened.
        forwarded_to: Who has it outside of the city's bodies, as a word; empty if nobody.
        merged_into: Id of the case it was merged into; empty if into none.
        duplicates: Ids of the cases merged into it.
        brought: Ids of the duplicates that brought complaints of their own, and the bodies they complain of.
        children: Ids of the cases split from it, and whether they have ended.
    """

    id: str
    version: int
    state: str
    procedure: str
    source: Source
    by: By
    matter: str
    procedure_version: int = 0
    grade: str = ""
    sensitive: bool = False
    location: Location = NOWHERE
    sealed: tuple[Sealed, ...] = ()
    complained_of: tuple[str, ...] = ()
    service: Service | None = None
    parent: str = ""
    opened_at: datetime
    at: datetime
    before: str = ""
    owner: str = ""
    unit: str = ""
    rule: str = ""
    limits: tuple[tuple[str, int, str], ...] = ()
    participations: tuple[Participation, ...] = ()
    whistle: Whistle | None = None
    clocks: tuple[Clock, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    stale: int = 0
    tasks: tuple[Task, ...] = ()
    hands: tuple[Hand, ...] = ()
    level: int = 0
    bounces: int = 0
    returned_by: tuple[str, ...] = ()
    decider: str = ""
    reworks: int = 0
    supervised: bool = False
    urged: int = 0
    extensions: tuple[Extension, ...] = ()
    waiting: Waiting | None = None
    on_account: bool = False
    deferred: bool = False
    alarm: bool = False
    handled_at: datetime | None = None
    feedback: ClosureGrade | None = None
    ended_at: datetime | None = None
    closure: Closure | None = None
    satisfied: int | None = None
    score: int | None = None
    appraisals: tuple[Appraisal, ...] = ()
    appeal: Appeal | None = None
    reopened: int = 0
    forwarded_to: str = ""
    merged_into: str = ""
    duplicates: tuple[str, ...] = ()
    brought: tuple[tuple[str, tuple[str, ...]], ...] = ()
    children: tuple[tuple[str, bool], ...] = ()

    def part_of(self, unit: str) -> Participation | None:
        """The part of a body; None if it has none."""
        for part in self.participations:
            if part.unit == unit:
                return part
        return None

    def active(self) -> Iterator[Participation]:
        """The parts of bodies that still have one."""
        return (part for part in self.participations if part.active)

    def clock(self, kind: str, scope: str = "") -> Clock | None:
        """A clock by its kind and the body it is for; None if there is none."""
        for clock in self.clocks:
            if clock.kind == kind and clock.scope == scope:
                return clock
        return None
