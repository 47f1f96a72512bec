"""What has happened to a case: past tense, frozen, and never changed once stored.

An event says the state it led to, so that old events give the same case under a newer machine, and holds
the clocks it changed as they were afterwards, so that no calendar is needed to read it. How it is written
down, and how events of older schemas are read, is in `gov_core.cases.codec`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from gov_core.cases._record import Record
from gov_core.cases.actor import By
from gov_core.cases.case import (
    NOWHERE,
    ClosureGrade,
    Evidence,
    Hand,
    JoinPolicy,
    Location,
    Sealed,
    Service,
    Source,
    Task,
)
from gov_core.cases.clock import Clock


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Record):
    """What every event says.

    Attributes:
        at: When it took effect, UTC; what clocks count by.
        by: Who did it.
        occurred_at: When it happened, if a device said so afterwards; None if at `at`.
        to: State it led to; empty if the state stayed.
        reason: Why, as a code.
        note: Commitment of what was said in words.
        evidence: What came with it.
        clocks: Clocks that it changed, as they are after it.
        tasks: Tasks that it began, gave to another or ended, as they are after it.
    """

    type: ClassVar[str]
    trigger: ClassVar[str]
    schema: ClassVar[int] = 1
    at: datetime
    by: By
    occurred_at: datetime | None = None
    to: str = ""
    reason: str = ""
    note: str = ""
    evidence: tuple[Evidence, ...] = ()
    clocks: tuple[Clock, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseOpened(CaseEvent):
    """The first event of a case; one of its three kinds.

    Attributes:
        case_id: Id of the new case.
        procedure: Name of the procedure it runs through.
        source: Where it comes from.
        matter: Code of its matter.
        grade: Its grade; empty if it has none.
        sensitive: Whether the matter is.
        location: Where it is.
        sealed: What it says about persons and homes.
        complained_of: Ids of the bodies it complains of.
        service: What is asked of a window.
        parent: Id of the case it is split from.
        owner: Id of the body in charge.
        unit: Id of the body the router found; empty if none.
        rule: Id of the rule that found it.
        limits: Limits of that rule: (``respond`` or ``resolve``, amount, unit).
        procedure_version: Version of the procedure then; 0 if it was written before versions were.
        handled: Who had handled the case it is split from; they verify no part of it.
    """

    case_id: str
    procedure: str
    source: Source
    matter: str
    grade: str = ""
    sensitive: bool = False
    location: Location = NOWHERE
    sealed: tuple[Sealed, ...] = ()
    complained_of: tuple[str, ...] = ()
    service: Service | None = None
    parent: str = ""
    owner: str = ""
    unit: str = ""
    rule: str = ""
    limits: tuple[tuple[str, int, str], ...] = ()
    procedure_version: int = 0
    handled: tuple[Hand, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseDrafted(CaseOpened):
    """A report was begun (起草)."""

    type: ClassVar[str] = "case_drafted"
    trigger: ClassVar[str] = "draft"


@dataclass(frozen=True, kw_only=True)
class CaseReported(CaseOpened):
    """A matter was reported (上报)."""

    type: ClassVar[str] = "case_reported"
    trigger: ClassVar[str] = "report"


@dataclass(frozen=True, kw_only=True)
class CaseSubmitted(CaseEvent):
    """A draft was handed in (提交)."""

    type: ClassVar[str] = "case_submitted"
    trigger: ClassVar[str] = "submit"


@dataclass(frozen=True, kw_only=True)
class AlarmRaised(CaseOpened):
    """An alarm was raised with one button (一键报警).

    Attributes:
        units: Ids of the bodies that are alarmed; the first leads.
    """

    type: ClassVar[str] = "alarm_raised"
    trigger: ClassVar[str] = "alarm"
    units: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseTriaged(CaseEvent):
    """It was said what a case is about and how grave; it is filed (分析研判, 立案).

    Attributes:
        matter: Code of the matter, if it is another one; empty leaves it.
        grade: The grade; empty leaves it.
        location: Where it is, if that is known better now; None leaves it.
        unit: Id of the body the router finds for it now; empty leaves it.
        rule: Id of the rule that found it.
        limits: Limits of that rule.
    """

    type: ClassVar[str] = "case_triaged"
    trigger: ClassVar[str] = "triage"
    matter: str = ""
    grade: str = ""
    location: Location | None = None
    unit: str = ""
    rule: str = ""
    limits: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseRejected(CaseEvent):
    """A matter was not taken on (不予受理)."""

    type: ClassVar[str] = "case_rejected"
    trigger: ClassVar[str] = "reject"


@dataclass(frozen=True, kw_only=True)
class CaseCancelled(CaseEvent):
    """A case was declared void (作废)."""

    type: ClassVar[str] = "case_cancelled"
    trigger: ClassVar[str] = "cancel"


@dataclass(frozen=True, kw_only=True)
class CaseWithdrawn(CaseEvent):
    """The reporter took the report back (撤回诉求)."""

    type: ClassVar[str] = "case_withdrawn"
    trigger: ClassVar[str] = "withdraw"


@dataclass(frozen=True, kw_only=True)
class CaseSelfHandled(CaseEvent):
    """The finder deals with it (自处理)."""

    type: ClassVar[str] = "case_self_handled"
    trigger: ClassVar[str] = "self_handle"


@dataclass(frozen=True, kw_only=True)
class CaseQuicklyClosed(CaseEvent):
    """It was closed on the spot (简易结案).

    Attributes:
        grade: How it ended.
    """

    type: ClassVar[str] = "case_quickly_closed"
    trigger: ClassVar[str] = "quick_close"
    grade: ClosureGrade = "solved"


@dataclass(frozen=True, kw_only=True)
class CaseDispatched(CaseEvent):
    """A case was given to a body (派遣).

    Attributes:
        unit: Id of the body that handles it.
        assist: Ids of bodies that assist.
    """

    type: ClassVar[str] = "case_dispatched"
    trigger: ClassVar[str] = "dispatch"
    unit: str
    assist: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseForciblyAssigned(CaseEvent):
    """A body was named after returns (指定办理).

    Attributes:
        unit: Id of the body.
    """

    type: ClassVar[str] = "case_forcibly_assigned"
    trigger: ClassVar[str] = "force_assign"
    unit: str


@dataclass(frozen=True, kw_only=True)
class CaseClaimed(CaseEvent):
    """A case that was dispatched was taken on (签收)."""

    type: ClassVar[str] = "case_claimed"
    trigger: ClassVar[str] = "claim"


@dataclass(frozen=True, kw_only=True)
class CaseRecalled(CaseEvent):
    """A case was taken back before its handling began (撤回派遣)."""

    type: ClassVar[str] = "case_recalled"
    trigger: ClassVar[str] = "recall"


@dataclass(frozen=True, kw_only=True)
class WhistleBlown(CaseEvent):
    """Bodies were called to a case (吹哨).

    Attributes:
        level: ``street`` or ``community``.
        kind: ``emergency``, ``ordinary`` or ``hard``; which clocks run.
        item: Id of the item of the whistle catalogue.
        units: Ids of the bodies that are called; the first leads.
        policy: Who has to report in before work begins.
        k: How many, with ``k_of_n``.
    """

    type: ClassVar[str] = "whistle_blown"
    trigger: ClassVar[str] = "whistle"
    level: str
    kind: str = "ordinary"
    item: str = ""
    units: tuple[str, ...]
    policy: JoinPolicy
    k: int = 0


@dataclass(frozen=True, kw_only=True)
class SignedIn(CaseEvent):
    """A body said that it received the call (签到)."""

    type: ClassVar[str] = "signed_in"
    trigger: ClassVar[str] = "sign_in"


@dataclass(frozen=True, kw_only=True)
class ContactMade(CaseEvent):
    """A body got in touch with the one that called (联系)."""

    type: ClassVar[str] = "contact_made"
    trigger: ClassVar[str] = "contact"


@dataclass(frozen=True, kw_only=True)
class ReportedIn(CaseEvent):
    """A body arrived for work (报到)."""

    type: ClassVar[str] = "reported_in"
    trigger: ClassVar[str] = "report_in"


@dataclass(frozen=True, kw_only=True)
class CaseReturned(CaseEvent):
    """A body gave a case back (退回).

    Attributes:
        suggest: Id of the body that is thought to be the right one; empty if none is known.
        decider: Role that names the next body; empty if the case itself did not go back.
    """

    type: ClassVar[str] = "case_returned"
    trigger: ClassVar[str] = "return_case"
    suggest: str = ""
    decider: str = ""


@dataclass(frozen=True, kw_only=True)
class ConferenceCalled(CaseEvent):
    """A joint meeting was called (会商).

    Attributes:
        level: Escalation level of the meeting.
    """

    type: ClassVar[str] = "conference_called"
    trigger: ClassVar[str] = "confer"
    level: int = 2


@dataclass(frozen=True, kw_only=True)
class ConferenceResolved(CaseEvent):
    """A joint meeting resolved who does it (会商决议).

    Attributes:
        unit: Id of the body that leads.
        assist: Ids of the bodies that assist.
    """

    type: ClassVar[str] = "conference_resolved"
    trigger: ClassVar[str] = "resolve_conference"
    unit: str
    assist: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseForwarded(CaseEvent):
    """A case was handed to somebody outside (转办).

    Attributes:
        recipient: Who, as a code.
    """

    type: ClassVar[str] = "case_forwarded"
    trigger: ClassVar[str] = "forward"
    recipient: str


@dataclass(frozen=True, kw_only=True)
class WorkStarted(CaseEvent):
    """Work began (开始办理)."""

    type: ClassVar[str] = "work_started"
    trigger: ClassVar[str] = "start"


@dataclass(frozen=True, kw_only=True)
class UnitJoined(CaseEvent):
    """One more body was called in (增派协办).

    Attributes:
        unit: Id of the body.
    """

    type: ClassVar[str] = "unit_joined"
    trigger: ClassVar[str] = "join_unit"
    unit: str


@dataclass(frozen=True, kw_only=True)
class UnitReleased(CaseEvent):
    """A body was let go (解除协办).

    Attributes:
        unit: Id of the body.
    """

    type: ClassVar[str] = "unit_released"
    trigger: ClassVar[str] = "release_unit"
    unit: str


@dataclass(frozen=True, kw_only=True)
class PartFinished(CaseEvent):
    """A body did its part (完成协办)."""

    type: ClassVar[str] = "part_finished"
    trigger: ClassVar[str] = "finish_part"


@dataclass(frozen=True, kw_only=True)
class FeedbackGiven(CaseEvent):
    """It was said that the matter has been dealt with (处理反馈).

    Attributes:
        grade: How far.
    """

    type: ClassVar[str] = "feedback_given"
    trigger: ClassVar[str] = "give_feedback"
    grade: ClosureGrade = "solved"


@dataclass(frozen=True, kw_only=True)
class EvidenceAttached(CaseEvent):
    """Evidence was added (补充材料)."""

    type: ClassVar[str] = "evidence_attached"
    trigger: ClassVar[str] = "attach"


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(CaseEvent):
    """Something is to be done beside the main line (布置任务): the task that it began."""

    type: ClassVar[str] = "task_assigned"
    trigger: ClassVar[str] = "assign_task"


@dataclass(frozen=True, kw_only=True)
class TaskFinished(CaseEvent):
    """It was said what came out of a task (完成任务).

    Attributes:
        id: Of the task.
        passed: Whether it held, was in order, was satisfied.
    """

    type: ClassVar[str] = "task_finished"
    trigger: ClassVar[str] = "finish_task"
    id: str
    passed: bool


@dataclass(frozen=True, kw_only=True)
class CaseSuspended(CaseEvent):
    """A case rests (挂起).

    Attributes:
        until: When it goes on by itself.
    """

    type: ClassVar[str] = "case_suspended"
    trigger: ClassVar[str] = "suspend"
    until: datetime


@dataclass(frozen=True, kw_only=True)
class CasePutOnAccount(CaseEvent):
    """A case was put on account (挂账).

    Attributes:
        until: When it goes on by itself; at most 365 days from now.
    """

    type: ClassVar[str] = "case_put_on_account"
    trigger: ClassVar[str] = "suspend_on_account"
    until: datetime


@dataclass(frozen=True, kw_only=True)
class CaseDeferred(CaseEvent):
    """A case was deferred (缓办).

    Attributes:
        until: When it goes on by itself.
    """

    type: ClassVar[str] = "case_deferred"
    trigger: ClassVar[str] = "defer"
    until: datetime


@dataclass(frozen=True, kw_only=True)
class CaseResumed(CaseEvent):
    """A case that rested goes on (恢复)."""

    type: ClassVar[str] = "case_resumed"
    trigger: ClassVar[str] = "resume"


@dataclass(frozen=True, kw_only=True)
class ExtensionRequested(CaseEvent):
    """More time was asked for (申请延期).

    Attributes:
        clock: Which clock.
    """

    type: ClassVar[str] = "extension_requested"
    trigger: ClassVar[str] = "request_extension"
    clock: str = "handling"


@dataclass(frozen=True, kw_only=True)
class ExtensionApproved(CaseEvent):
    """One of two approved more time (批准延期).

    Attributes:
        granted: Whether this was the last approval that it took.
    """

    type: ClassVar[str] = "extension_approved"
    trigger: ClassVar[str] = "approve_extension"
    granted: bool = False


@dataclass(frozen=True, kw_only=True)
class ExtensionRefused(CaseEvent):
    """More time was refused (不批准延期)."""

    type: ClassVar[str] = "extension_refused"
    trigger: ClassVar[str] = "refuse_extension"


@dataclass(frozen=True, kw_only=True)
class ClockFired(CaseEvent):
    """A clock told that 80 % of its limit are gone, or all of it (到时).

    Attributes:
        clock: Which clock.
        scope: Id of the body it is for; empty for the whole case.
        ended: Whether its time is over; else 80 % of it are.
        level: Escalation level it took the case to; None if it took it to none.
        supervise: Whether it put the case under supervision.
    """

    type: ClassVar[str] = "clock_fired"
    trigger: ClassVar[str] = "fire"
    clock: str
    scope: str = ""
    ended: bool
    level: int | None = None
    supervise: bool = False


@dataclass(frozen=True, kw_only=True)
class SupervisionBegun(CaseEvent):
    """A case was put under supervision (督办)."""

    type: ClassVar[str] = "supervision_begun"
    trigger: ClassVar[str] = "supervise"


@dataclass(frozen=True, kw_only=True)
class CaseUrged(CaseEvent):
    """Haste was asked for (催办)."""

    type: ClassVar[str] = "case_urged"
    trigger: ClassVar[str] = "urge"


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(CaseEvent):
    """A case was taken to a higher level (升级).

    Attributes:
        level: 0 grid, 1 community, 2 street, 3 department of the district, 4 its leaders.
        owner: Id of the body in charge from now on; empty leaves it.
    """

    type: ClassVar[str] = "case_escalated"
    trigger: ClassVar[str] = "escalate"
    level: int
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseEvent):
    """It was found to be done, and closed (核实结项).

    Attributes:
        grade: How it ended.
    """

    type: ClassVar[str] = "case_closed"
    trigger: ClassVar[str] = "verify_close"
    grade: ClosureGrade


@dataclass(frozen=True, kw_only=True)
class CheckFailed(CaseEvent):
    """It was found not to be done (返工)."""

    type: ClassVar[str] = "check_failed"
    trigger: ClassVar[str] = "verify_fail"


@dataclass(frozen=True, kw_only=True)
class CaseForciblyClosed(CaseEvent):
    """It was closed without its handling being done (强制结案).

    Attributes:
        grade: How it ended.
    """

    type: ClassVar[str] = "case_forcibly_closed"
    trigger: ClassVar[str] = "force_close"
    grade: ClosureGrade = "unable"


@dataclass(frozen=True, kw_only=True)
class CaseEvaluated(CaseEvent):
    """The whole was evaluated (综合评价).

    Attributes:
        score: 0 to 100.
    """

    type: ClassVar[str] = "case_evaluated"
    trigger: ClassVar[str] = "evaluate"
    score: int


@dataclass(frozen=True, kw_only=True)
class UnitAppraised(CaseEvent):
    """A body was scored by another (双向考核).

    Attributes:
        unit: Id of the body.
        score: 0 to 100.
    """

    type: ClassVar[str] = "unit_appraised"
    trigger: ClassVar[str] = "appraise"
    unit: str
    score: int


@dataclass(frozen=True, kw_only=True)
class SatisfactionRated(CaseEvent):
    """The reporter said how satisfied they are (满意度评价).

    Attributes:
        satisfied: 1 to 5.
    """

    type: ClassVar[str] = "satisfaction_rated"
    trigger: ClassVar[str] = "rate"
    satisfied: int


@dataclass(frozen=True, kw_only=True)
class AppealFiled(CaseEvent):
    """A body appealed against having been late (申诉)."""

    type: ClassVar[str] = "appeal_filed"
    trigger: ClassVar[str] = "appeal"


@dataclass(frozen=True, kw_only=True)
class AppealReviewed(CaseEvent):
    """One of two reviewed an appeal (申诉审核).

    Attributes:
        upholds: Whether the reviewer is for it.
        upheld: What came out, with the last review; None before.
    """

    type: ClassVar[str] = "appeal_reviewed"
    trigger: ClassVar[str] = "review_appeal"
    upholds: bool
    upheld: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ReopeningRequested(CaseEvent):
    """It was asked to open a case again (申请重开)."""

    type: ClassVar[str] = "reopening_requested"
    trigger: ClassVar[str] = "request_reopen"


@dataclass(frozen=True, kw_only=True)
class CaseReopened(CaseEvent):
    """It was opened again (同意重开)."""

    type: ClassVar[str] = "case_reopened"
    trigger: ClassVar[str] = "grant_reopen"


@dataclass(frozen=True, kw_only=True)
class ReopeningDenied(CaseEvent):
    """It was left as it is (不同意重开)."""

    type: ClassVar[str] = "reopening_denied"
    trigger: ClassVar[str] = "deny_reopen"


@dataclass(frozen=True, kw_only=True)
class CaseArchived(CaseEvent):
    """It was put into the archive (归档)."""

    type: ClassVar[str] = "case_archived"
    trigger: ClassVar[str] = "archive"


@dataclass(frozen=True, kw_only=True)
class CaseMerged(CaseEvent):
    """A case was joined to another one (并案).

    Attributes:
        into: Id of the other case.
    """

    type: ClassVar[str] = "case_merged"
    trigger: ClassVar[str] = "merge"
    into: str


@dataclass(frozen=True, kw_only=True)
class CaseUnmerged(CaseEvent):
    """It was parted from the other again (拆并)."""

    type: ClassVar[str] = "case_unmerged"
    trigger: ClassVar[str] = "unmerge"


@dataclass(frozen=True, kw_only=True)
class DuplicateAbsorbed(CaseEvent):
    """A duplicate was taken in (并入).

    Attributes:
        case: Id of the duplicate.
        complained_of: Ids of the bodies that the duplicate complains of; from now on this case does too.
    """

    type: ClassVar[str] = "duplicate_absorbed"
    trigger: ClassVar[str] = "absorb"
    case: str
    complained_of: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DuplicateLetGo(CaseEvent):
    """A duplicate was let go (移出并案).

    Attributes:
        case: Id of the duplicate.
    """

    type: ClassVar[str] = "duplicate_let_go"
    trigger: ClassVar[str] = "let_go"
    case: str


@dataclass(frozen=True, kw_only=True)
class CaseSplit(CaseEvent):
    """A case was parted into several (拆分).

    Attributes:
        children: Ids of the new cases.
    """

    type: ClassVar[str] = "case_split"
    trigger: ClassVar[str] = "split"
    children: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChildEnded(CaseEvent):
    """A child ended (子件办结).

    Attributes:
        child: Its id.
        handled: Who has handled it; they do not verify the whole.
    """

    type: ClassVar[str] = "child_ended"
    trigger: ClassVar[str] = "end_child"
    child: str
    handled: tuple[Hand, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChildReopened(CaseEvent):
    """A child that had ended goes on (子件重开).

    Attributes:
        child: Its id.
    """

    type: ClassVar[str] = "child_reopened"
    trigger: ClassVar[str] = "reopen_child"
    child: str


@dataclass(frozen=True, kw_only=True)
class CaseRerouted(CaseEvent):
    """A case is elsewhere, or about something else (改派).

    Attributes:
        location: Where it is.
        matter: Code of its matter; empty leaves it.
        grade: Its grade; empty leaves it.
        owner: Id of the body in charge there; empty leaves it.
        unit: Id of the body the router finds; empty if none.
        rule: Id of the rule that found it.
        limits: Limits of that rule.
    """

    type: ClassVar[str] = "case_rerouted"
    trigger: ClassVar[str] = "reroute"
    location: Location
    matter: str = ""
    grade: str = ""
    owner: str = ""
    unit: str = ""
    rule: str = ""
    limits: tuple[tuple[str, int, str], ...] = ()
