"""What may be asked of a case: imperative, frozen, and nothing in them is decided yet.

Each command names its trigger. `reason` is a code (``not_our_duty``), for reasons are counted and compared;
what somebody has to say in words is sealed beforehand and stands as a commitment in `note`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from gov_core.cases._record import STRICT
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
)
from gov_core.cases.machine import TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command may carry.

    Attributes:
        occurred_at: When it happened, as a device says that was offline; None for now.
        reason: Why, as a code; empty if none is given.
        note: Commitment of what was said in words; empty if nothing was.
        evidence: What it brings.
    """

    __pydantic_config__: ClassVar = STRICT
    trigger: ClassVar[str]
    occurred_at: datetime | None = None
    reason: str = ""
    note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening(Command):
    """What the first word on a matter says, and what the router made of it.

    Attributes:
        case_id: Id of the new case.
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
        handled: Who has handled the case it is split from, so far; they verify no part of it.
    """

    case_id: str
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
    handled: tuple[Hand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(_Opening):
    """Begin a report that is not handed in yet (起草)."""

    trigger: ClassVar[str] = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(_Opening):
    """Report a matter (上报)."""

    trigger: ClassVar[str] = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Command):
    """Hand in a draft (提交)."""

    trigger: ClassVar[str] = "submit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(_Opening):
    """Raise an alarm with one button (一键报警): handling begins at once, a review follows.

    Attributes:
        units: Ids of the bodies that are alarmed; the first leads.
    """

    trigger: ClassVar[str] = "alarm"
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage(Command):
    """Say what a case is about and how grave (分析研判); it is filed (立案) with this.

    Attributes:
        matter: Code of the matter, if it is another one; empty leaves it.
        grade: The grade; empty leaves it.
        location: Where it is, if that is known better now; None leaves it.
        unit: Id of the body the router finds for it now; empty leaves it.
        rule: Id of the rule that found it.
        limits: Limits of that rule.
    """

    trigger: ClassVar[str] = "triage"
    matter: str = ""
    grade: str = ""
    location: Location | None = None
    unit: str = ""
    rule: str = ""
    limits: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(Command):
    """Do not take a matter on (不予受理)."""

    trigger: ClassVar[str] = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Command):
    """Declare a case void (作废)."""

    trigger: ClassVar[str] = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(Command):
    """The reporter takes the report back (撤回诉求)."""

    trigger: ClassVar[str] = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfHandle(Command):
    """The finder deals with it (自处理); it is checked like any other."""

    trigger: ClassVar[str] = "self_handle"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickClose(Command):
    """Close on the spot, with evidence (简易结案).

    Attributes:
        grade: How it ended.
    """

    trigger: ClassVar[str] = "quick_close"
    grade: ClosureGrade = "solved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch(Command):
    """Give a case to a body (派遣).

    Attributes:
        unit: Id of the body that handles it; empty for the one the router found, or for all offices of the
            service that is asked for, which work on it at the same time.
        assist: Ids of bodies that assist.
    """

    trigger: ClassVar[str] = "dispatch"
    unit: str = ""
    assist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceAssign(Command):
    """Name the body that handles it after returns; it may not return it again (指定办理).

    Attributes:
        unit: Id of the body.
    """

    trigger: ClassVar[str] = "force_assign"
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Command):
    """Take on a case that was dispatched (签收)."""

    trigger: ClassVar[str] = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Command):
    """Take a case back before its handling begins (撤回派遣)."""

    trigger: ClassVar[str] = "recall"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlowWhistle(Command):
    """Call bodies to a case (吹哨).

    Attributes:
        level: ``street`` or ``community``.
        kind: ``emergency``, ``ordinary`` or ``hard``; which clocks run.
        item: Id of the item of the whistle catalogue.
        units: Ids of the bodies that are called; the first leads.
        policy: Who has to report in before work begins; None for the procedure's.
        k: How many, with ``k_of_n``.
    """

    trigger: ClassVar[str] = "whistle"
    level: str
    kind: str = "ordinary"
    item: str = ""
    units: tuple[str, ...]
    policy: JoinPolicy | None = None
    k: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Command):
    """Say that the call was received (签到)."""

    trigger: ClassVar[str] = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeContact(Command):
    """Get in touch with the body that called (联系)."""

    trigger: ClassVar[str] = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIn(Command):
    """Arrive for work (报到)."""

    trigger: ClassVar[str] = "report_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCase(Command):
    """Give a case back: it is not one's duty (退回).

    Attributes:
        suggest: Id of the body that is thought to be the right one; empty if none is known.
    """

    trigger: ClassVar[str] = "return_case"
    suggest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confer(Command):
    """Call a joint meeting on a case (会商).

    Attributes:
        level: Escalation level of the meeting.
    """

    trigger: ClassVar[str] = "confer"
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveConference(Command):
    """Adopt what a joint meeting resolved: who does it (会商决议).

    Attributes:
        unit: Id of the body that leads.
        assist: Ids of the bodies that assist.
    """

    trigger: ClassVar[str] = "resolve_conference"
    unit: str
    assist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward(Command):
    """Hand a case to somebody outside of the city's bodies (转办).

    Attributes:
        recipient: Who, as a code.
    """

    trigger: ClassVar[str] = "forward"
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Command):
    """Begin to work on it (开始办理)."""

    trigger: ClassVar[str] = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinUnit(Command):
    """Call in one more body that assists (增派协办).

    Attributes:
        unit: Id of the body.
    """

    trigger: ClassVar[str] = "join_unit"
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseUnit(Command):
    """Let a body go that assisted or never came (解除协办).

    Attributes:
        unit: Id of the body.
    """

    trigger: ClassVar[str] = "release_unit"
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishPart(Command):
    """Say that one's own part is done (完成协办)."""

    trigger: ClassVar[str] = "finish_part"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFeedback(Command):
    """Say that the matter has been dealt with, and how far (处理反馈).

    Attributes:
        grade: How far.
    """

    trigger: ClassVar[str] = "give_feedback"
    grade: ClosureGrade = "solved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Command):
    """Add evidence (补充材料)."""

    trigger: ClassVar[str] = "attach"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTask(Command):
    """Have something done beside the main line (布置任务), or give an open task to another, with a reason.

    Attributes:
        id: Unique in the case; that of an open task gives that one to another.
        kind: What.
        to: Role or id of the body that is to do it.
        required: Whether the case may not go on without it; what is required stays so.
    """

    trigger: ClassVar[str] = "assign_task"
    id: str
    kind: TaskKind
    to: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishTask(Command):
    """Say what came out of a task (完成任务).

    Attributes:
        id: Of the task.
        passed: Whether it held, was in order, was satisfied.
    """

    trigger: ClassVar[str] = "finish_task"
    id: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(Command):
    """Let a case rest (挂起).

    Attributes:
        until: When it goes on by itself.
    """

    trigger: ClassVar[str] = "suspend"
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendOnAccount(Command):
    """Put a case on account, for it cannot be done now (挂账).

    Attributes:
        until: When it goes on by itself; at most 365 days from now.
    """

    trigger: ClassVar[str] = "suspend_on_account"
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Defer(Command):
    """Defer a case, which takes it out of the base of the on-time rate (缓办).

    Attributes:
        until: When it goes on by itself.
    """

    trigger: ClassVar[str] = "defer"
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Command):
    """Go on with a case that rests (恢复)."""

    trigger: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(Command):
    """Ask for as much time again as a clock had at first (申请延期).

    Attributes:
        clock: Which clock.
    """

    trigger: ClassVar[str] = "request_extension"
    clock: str = "handling"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveExtension(Command):
    """Approve it; it takes two (批准延期)."""

    trigger: ClassVar[str] = "approve_extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseExtension(Command):
    """Refuse it (不批准延期); refused ones do not count."""

    trigger: ClassVar[str] = "refuse_extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire(Command):
    """A clock has something to tell (到时). Telling it twice changes nothing.

    Attributes:
        clock: Which clock.
        scope: Id of the body it is for; empty for the whole case.
    """

    trigger: ClassVar[str] = "fire"
    clock: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervise(Command):
    """Put a case under supervision (督办)."""

    trigger: ClassVar[str] = "supervise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge(Command):
    """Ask for haste (催办)."""

    trigger: ClassVar[str] = "urge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Command):
    """Take a case to a higher level (升级).

    Attributes:
        level: 0 grid, 1 community, 2 street, 3 department of the district, 4 its leaders.
        owner: Id of the body in charge from now on; empty leaves it.
    """

    trigger: ClassVar[str] = "escalate"
    level: int
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyClose(Command):
    """Find that it is done, and close (核实结项).

    Attributes:
        grade: How it ended; None for what the feedback said.
    """

    trigger: ClassVar[str] = "verify_close"
    grade: ClosureGrade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyFail(Command):
    """Find that it is not done: the same body does it again (返工)."""

    trigger: ClassVar[str] = "verify_fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceClose(Command):
    """Close without its handling being done (强制结案).

    Attributes:
        grade: How it ended.
    """

    trigger: ClassVar[str] = "force_close"
    grade: ClosureGrade = "unable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluate(Command):
    """Evaluate the whole (综合评价).

    Attributes:
        score: 0 to 100.
    """

    trigger: ClassVar[str] = "evaluate"
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraise(Command):
    """Score another body for its part (双向考核).

    Attributes:
        unit: Id of the body.
        score: 0 to 100.
    """

    trigger: ClassVar[str] = "appraise"
    unit: str
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Command):
    """Say how satisfied one is (满意度评价).

    Attributes:
        satisfied: 1 to 5.
    """

    trigger: ClassVar[str] = "rate"
    satisfied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAppeal(Command):
    """Appeal against having been late (申诉)."""

    trigger: ClassVar[str] = "appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAppeal(Command):
    """Review an appeal; it takes two (申诉审核).

    Attributes:
        upholds: Whether the reviewer is for it.
    """

    trigger: ClassVar[str] = "review_appeal"
    upholds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReopen(Command):
    """Ask that a case be opened again (申请重开)."""

    trigger: ClassVar[str] = "request_reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantReopen(Command):
    """Open it again (同意重开)."""

    trigger: ClassVar[str] = "grant_reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyReopen(Command):
    """Leave it as it is (不同意重开)."""

    trigger: ClassVar[str] = "deny_reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive(Command):
    """Put an ended case into the archive (归档)."""

    trigger: ClassVar[str] = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Command):
    """Join a case to another one on the same matter (并案). The other one absorbs it.

    Attributes:
        into: Id of the other case.
    """

    trigger: ClassVar[str] = "merge"
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge(Command):
    """Part it from the other again (拆并). The other one lets it go."""

    trigger: ClassVar[str] = "unmerge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb(Command):
    """Take a duplicate in (并入).

    Attributes:
        case: Id of the duplicate.
        complained_of: Ids of the bodies that the duplicate complains of; from now on this case does too.
    """

    trigger: ClassVar[str] = "absorb"
    case: str
    complained_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo(Command):
    """Let a duplicate go again (移出并案).

    Attributes:
        case: Id of the duplicate.
    """

    trigger: ClassVar[str] = "let_go"
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Command):
    """Part a case into several (拆分); the children are reported beside it.

    Attributes:
        children: Ids of the new cases.
    """

    trigger: ClassVar[str] = "split"
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndChild(Command):
    """A child has ended (子件办结).

    Attributes:
        child: Its id.
        handled: Who has handled it; they do not verify the whole.
    """

    trigger: ClassVar[str] = "end_child"
    child: str
    handled: tuple[Hand, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenChild(Command):
    """A child that had ended goes on (子件重开).

    Attributes:
        child: Its id.
    """

    trigger: ClassVar[str] = "reopen_child"
    child: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroute(Command):
    """Say that a case is elsewhere, or about something else; the router has decided anew (改派).

    Attributes:
        location: Where it is.
        matter: Code of its matter; empty leaves it.
        grade: Its grade; empty leaves it.
        owner: Id of the body in charge there; empty leaves it.
        unit: Id of the body the router finds; empty if none.
        rule: Id of the rule that found it.
        limits: Limits of that rule.
    """

    trigger: ClassVar[str] = "reroute"
    location: Location
    matter: str = ""
    grade: str = ""
    owner: str = ""
    unit: str = ""
    rule: str = ""
    limits: tuple[tuple[str, int, str], ...] = ()


Opening: TypeAlias = Draft | Report | Alarm
"""Commands that open a case."""
