"""The usual steps of a case by their names: each makes its command and hands it on, and decides nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypedDict, Unpack

from gov_core.cases import commands as c

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import ClosureGrade, Evidence, JoinPolicy
    from gov_core.cases.machine import TaskKind
    from gov_core.casework.handling import Outcome


class Said(TypedDict, total=False):
    """What may be said with every step.

    Attributes:
        occurred_at: When it happened, as a device says that was offline.
        reason: Why, as a code.
        note: Commitment of what was said in words.
        evidence: What it brings.
    """

    occurred_at: datetime | None
    reason: str
    note: str
    evidence: tuple[Evidence, ...]


class Steps(ABC):
    """The steps that every app has; all others are commands for `handle`.

    Each takes the case, who acts, what the step asks for, a `command_id` that is unique for ever (made anew
    if empty, for callers that never retry), and what may be `Said` with every step. Each raises what `handle`
    raises.
    """

    @abstractmethod
    def handle(self, case_id: str, command: c.Command, actor: Actor, *, command_id: str = "") -> Outcome:
        """Apply a command to a case."""

    def dispatch(
        self,
        case_id: str,
        actor: Actor,
        unit: str = "",
        *,
        assist: Sequence[str] = (),
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Give a case to a body (派遣): to the one the router found, unless another is named."""
        command = c.Dispatch(unit=unit, assist=tuple(assist), **said)
        return self.handle(case_id, command, actor, command_id=command_id)

    def claim(self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]) -> Outcome:
        """Take on a case that was dispatched (签收)."""
        return self.handle(case_id, c.Claim(**said), actor, command_id=command_id)

    def whistle(
        self,
        case_id: str,
        actor: Actor,
        units: Sequence[str],
        *,
        level: str = "street",
        kind: str = "ordinary",
        item: str = "",
        policy: JoinPolicy | None = None,
        k: int = 0,
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Call bodies to a case (吹哨); the first leads."""
        command = c.BlowWhistle(
            level=level, kind=kind, item=item, units=tuple(units), policy=policy, k=k, **said
        )
        return self.handle(case_id, command, actor, command_id=command_id)

    def sign_in(self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]) -> Outcome:
        """Say that the call was received (签到)."""
        return self.handle(case_id, c.SignIn(**said), actor, command_id=command_id)

    def report_in(self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]) -> Outcome:
        """Arrive for work (报到)."""
        return self.handle(case_id, c.ReportIn(**said), actor, command_id=command_id)

    def return_case(
        self, case_id: str, actor: Actor, *, suggest: str = "", command_id: str = "", **said: Unpack[Said]
    ) -> Outcome:
        """Give a case back, for it is not one's duty (退回); with a reason."""
        return self.handle(case_id, c.ReturnCase(suggest=suggest, **said), actor, command_id=command_id)

    def start(self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]) -> Outcome:
        """Begin to work on it (开始办理)."""
        return self.handle(case_id, c.Start(**said), actor, command_id=command_id)

    def suspend(
        self, case_id: str, actor: Actor, until: datetime, *, command_id: str = "", **said: Unpack[Said]
    ) -> Outcome:
        """Let a case rest until then (挂起); with a reason."""
        return self.handle(case_id, c.Suspend(until=until, **said), actor, command_id=command_id)

    def resume(self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]) -> Outcome:
        """Go on with a case that rests (恢复)."""
        return self.handle(case_id, c.Resume(**said), actor, command_id=command_id)

    def attach(self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]) -> Outcome:
        """Add evidence (补充材料)."""
        return self.handle(case_id, c.Attach(**said), actor, command_id=command_id)

    def assign_task(
        self,
        case_id: str,
        actor: Actor,
        id: str,  # noqa: A002  # of the task, as in the command
        kind: TaskKind,
        to: str,
        *,
        required: bool = True,
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Have something done beside the main line (布置任务)."""
        command = c.AssignTask(id=id, kind=kind, to=to, required=required, **said)
        return self.handle(case_id, command, actor, command_id=command_id)

    def finish_task(
        self,
        case_id: str,
        actor: Actor,
        id: str,  # noqa: A002  # of the task, as in the command
        *,
        passed: bool,
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Say what came out of a task (完成任务)."""
        command = c.FinishTask(id=id, passed=passed, **said)
        return self.handle(case_id, command, actor, command_id=command_id)

    def give_feedback(
        self,
        case_id: str,
        actor: Actor,
        grade: ClosureGrade = "solved",
        *,
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Say that the matter has been dealt with, and how far (处理反馈)."""
        return self.handle(case_id, c.GiveFeedback(grade=grade, **said), actor, command_id=command_id)

    def verify(
        self,
        case_id: str,
        actor: Actor,
        *,
        passed: bool = True,
        grade: ClosureGrade | None = None,
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Check the result: close the case (核实结项), or have it done again, with a reason (返工)."""
        command = c.VerifyClose(grade=grade, **said) if passed else c.VerifyFail(**said)
        return self.handle(case_id, command, actor, command_id=command_id)

    def evaluate(
        self, case_id: str, actor: Actor, score: int, *, command_id: str = "", **said: Unpack[Said]
    ) -> Outcome:
        """Evaluate the whole (综合评价), 0 to 100."""
        return self.handle(case_id, c.Evaluate(score=score, **said), actor, command_id=command_id)

    def rate(
        self, case_id: str, actor: Actor, satisfied: int, *, command_id: str = "", **said: Unpack[Said]
    ) -> Outcome:
        """Say how satisfied one is (满意度评价), 1 to 5."""
        return self.handle(case_id, c.Rate(satisfied=satisfied, **said), actor, command_id=command_id)

    def urge(self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]) -> Outcome:
        """Ask for haste (催办)."""
        return self.handle(case_id, c.Urge(**said), actor, command_id=command_id)

    def escalate(
        self,
        case_id: str,
        actor: Actor,
        level: int,
        *,
        owner: str = "",
        command_id: str = "",
        **said: Unpack[Said],
    ) -> Outcome:
        """Take a case to a higher level (升级); with a reason."""
        return self.handle(
            case_id, c.Escalate(level=level, owner=owner, **said), actor, command_id=command_id
        )

    def request_reopening(
        self, case_id: str, actor: Actor, *, command_id: str = "", **said: Unpack[Said]
    ) -> Outcome:
        """Ask that a case be opened again (申请重开); with a reason."""
        return self.handle(case_id, c.RequestReopen(**said), actor, command_id=command_id)

    def decide_reopening(
        self, case_id: str, actor: Actor, *, granted: bool, command_id: str = "", **said: Unpack[Said]
    ) -> Outcome:
        """Open it again (同意重开), or leave it as it is (不同意重开), with a reason."""
        command = c.GrantReopen(**said) if granted else c.DenyReopen(**said)
        return self.handle(case_id, command, actor, command_id=command_id)
