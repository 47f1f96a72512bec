"""What the office says: the command for a step, with whom it calls and what it brings."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from gov_core.cases import commands as c
from gov_core.cases.case import Evidence
from gov_core.cases.deciding.handling import REVIEW

if TYPE_CHECKING:
    from datetime import datetime

    from gov_core.cases.case import Case, ClosureGrade, Task
    from gov_core.casework import Governance
    from gov_core.replay.dice import Dice
    from gov_core.replay.habits import Habit

_RATINGS = (1, 2, 3, 4, 4, 5, 5, 5, 5, 5)
_SCORES = (60, 70, 75, 80, 85, 85, 90, 90, 95, 100)
_GRADES: tuple[ClosureGrade, ...] = (*("solved",) * 17, "partly", "unable", "self_resolved")
_PASSED = 0.98
_REST_DAYS = {"suspend": 7, "suspend_on_account": 90, "defer": 60}
"""What a rest lasts, more or less."""

_PLAIN: dict[str, type[c.Command]] = {
    kind.trigger: kind
    for kind in (
        c.Triage, c.SelfHandle, c.Reject, c.Claim, c.SignIn, c.ReportIn, c.ReturnCase, c.Confer, c.Start,
        c.FinishPart, c.ApproveExtension, c.VerifyClose, c.VerifyFail, c.RequestReopen, c.GrantReopen,
        c.DenyReopen,
    )
}  # fmt: skip
"""Commands that say no more than a reason."""


class Orders:
    """Makes the commands of an office.

    Args:
        governance: Of the city.
        assist: Share of whistles that call a second body.
    """

    def __init__(self, governance: Governance, assist: float) -> None:
        self._governance = governance
        self._assist = assist
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def order(self, case: Case, habit: Habit, at: datetime, dice: Dice) -> c.Command | None:
        """The command for a step; None if there is nobody to be called, or nothing to be done.

        Args:
            case: As it stands.
            habit: The step.
            at: When it is given.
            dice: Of the step.
        """
        reason = habit.reason
        match habit.trigger:
            case "whistle" | "dispatch" | "force_assign" | "resolve_conference":
                return self._assign(case, habit, dice)
            case "suspend" | "suspend_on_account" | "defer":
                kind = {"suspend": c.Suspend, "defer": c.Defer}.get(habit.trigger, c.SuspendOnAccount)
                hours = round(24 * _REST_DAYS[habit.trigger] * (0.2 + dice.throw(1)))
                return kind(until=at + timedelta(hours=hours), reason=reason)
            case "request_extension":
                judged = self._governance.procedures[case.procedure].judged
                return c.RequestExtension(clock=judged[0], reason=reason) if judged else None
            case "finish_task":
                task = open_task(case)
                return None if task is None else c.FinishTask(id=task.id, passed=dice.throw(1) < _PASSED)
            case "quick_close":
                return c.QuickClose(evidence=_after(case, dice))
            case "give_feedback":
                return c.GiveFeedback(grade=dice.one_of(_GRADES, 2), evidence=_after(case, dice))
            case "rate":
                return c.Rate(satisfied=dice.one_of(_RATINGS, 1))
            case "evaluate":
                return c.Evaluate(score=dice.one_of(_SCORES, 1))
            case plain:
                return _PLAIN[plain](reason=reason)

    def _assign(self, case: Case, habit: Habit, dice: Dice) -> c.Command | None:
        """A step that gives the case to somebody; None if there is nobody."""
        if habit.trigger in ("force_assign", "resolve_conference"):
            unit = self._named(case, dice)
            if not unit:
                return None
            forced = habit.trigger == "force_assign"
            return c.ForceAssign(unit=unit, reason=habit.reason) if forced else c.ResolveConference(unit=unit)
        if habit.trigger == "dispatch":
            units = self._called(case, dice)
            return c.Dispatch(unit=units[0]) if units else None
        city = self._governance.on(None)
        units = tuple(unit for unit in self._called(case, dice) if city.holds(case.owner, "whistle", unit))
        level = next(iter(self._governance.procedures[case.procedure].whistles), None)
        if level is None or not units:
            return None
        item = city.item_for(case.matter) if level.catalogue else ""
        return c.BlowWhistle(level=level.name, item=item, units=units)

    def _called(self, case: Case, dice: Dice) -> tuple[str, ...]:
        """Whom a whistle or a dispatch calls: the router's body, another one after a return."""
        first = case.unit
        if not first or first in case.returned_by:
            others = self._others(case)
            if not others:
                return ()
            first = dice.one_of(others, 1)
        if dice.throw(2) >= self._assist:
            return (first,)
        more = [unit for unit in self._others(case) if unit != first]
        return (first, dice.one_of(more, 3)) if more else (first,)

    def _named(self, case: Case, dice: Dice) -> str:
        """The body that is named for good: the first that was asked, for it was the router's."""
        return case.returned_by[0] if case.returned_by else next(iter(self._called(case, dice)), "")

    def _others(self, case: Case) -> list[str]:
        """Bodies that serve the place and have the matter on a list, but for the one in charge."""
        path = case.location.path
        able = self._known.get((case.matter, path))
        if able is None:
            city = self._governance.on(None)
            able = self._known[case.matter, path] = tuple(
                unit.id
                for unit in city.city.units
                if city.lists(unit.id, case.matter) and (not path or city.serves(unit.id, path))
            )
        without = {case.owner, *case.returned_by, *case.complained_of}
        return [unit for unit in able if unit not in without]


def open_task(case: Case) -> Task | None:
    """The first task that a case waits for, None if for none; a review waits for the end of the case."""
    over = case.ended_at is not None
    waits = (task for task in case.tasks if task.required and not task.done and (over or task.kind != REVIEW))
    return next(waits, None)


def _after(case: Case, dice: Dice) -> tuple[Evidence, ...]:
    """A photograph that nobody took."""
    digest = sha256(f"generated/{case.id}/{case.reworks}".encode()).hexdigest()
    return (Evidence(digest, "photo", "after", 50_000 + int(dice.throw(1) * 4_000_000)),)
