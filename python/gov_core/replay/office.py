"""A generated office: what is done next to a case as it stands, by whom and when.

It looks at the case alone, and its chances are named by case and step. So it needs no memory: whoever loads
the case knows what comes next, and a replay that was killed goes on as if it had not been.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple

from gov_core.cases.actor import Actor
from gov_core.cases.deadlines import deadline_for
from gov_core.cases.machine import MACHINE
from gov_core.errors import CalendarError
from gov_core.replay.dice import Dice
from gov_core.replay.habits import Habit
from gov_core.replay.orders import Orders, open_task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gov_core.cases.case import Case, Task
    from gov_core.cases.commands import Command
    from gov_core.cases.machine import Role
    from gov_core.cases.procedure import Procedure
    from gov_core.casework import Governance
    from gov_core.checklists import LimitUnit
    from gov_core.replay.habits import Habits

_ROUND_THE_CLOCK = frozenset(("urgent_hour", "natural_day"))
_DEFAULT_DAYS = 5
"""Working days that a case without a limit is dealt with in."""
_TASK_LIMIT = 0.04


class Planned(NamedTuple):
    """What comes next to a case.

    Attributes:
        at: When.
        tries: What is tried then, in this order, until the case takes one.
    """

    at: datetime
    tries: tuple[Habit, ...]


class Office:
    """People at work, generated.

    Args:
        governance: Of the city.
        habits: How they work.
        seed: The same seed does the same to the same case.
    """

    def __init__(self, governance: Governance, habits: Habits, seed: int) -> None:
        self.governance = governance
        self._habits = habits
        self.seed = seed
        self._orders = Orders(governance, habits.assist)

    def plan(self, case: Case, step: int, since: datetime) -> Planned | None:
        """What is next; None if the case is left alone.

        Args:
            case: As it stands.
            step: How many steps others than clocks have brought it so far.
            since: When the last of them was.
        """
        procedure = self.governance.procedures[case.procedure]
        dice = self._dice(case, step)
        task = open_task(case)
        if task is not None:
            tries = [Habit(case.state, "finish_task", 1, (_role(task),), limit=_TASK_LIMIT)]
        elif case.extensions and case.extensions[-1].granted is None and case.state == "in_progress":
            turn = procedure.approvals[len(case.extensions[-1].approvals)]
            tries = [
                Habit(case.state, "approve_extension", 1, (turn,), limit=_TASK_LIMIT),
                *self._habits.of(case.state),
            ]
        else:
            habits = (habit for habit in self._habits.of(case.state) if _sensible(habit, case, procedure))
            tries = dice.order(((habit.share, habit) for habit in habits), 4)
        at = self._when(case, procedure, tries[0], since, dice) if tries else None
        return None if at is None else Planned(at, tuple(tries))

    def tries(self, case: Case, planned: Planned, step: int) -> Iterator[tuple[Actor, Command]]:
        """What is tried, and by whom.

        Args:
            case: As it stands then.
            planned: What was planned.
            step: As it was planned with.
        """
        dice = self._dice(case, step)
        for habit in planned.tries:
            actor = self._actor(case, habit)
            if actor is None:
                continue
            command = self._orders.order(case, habit, planned.at, dice)
            if command is not None:
                yield actor, command

    def _dice(self, case: Case, step: int) -> Dice:
        return Dice(f"{self.seed}/{case.id}/{step}")

    def _when(
        self, case: Case, procedure: Procedure, habit: Habit, since: datetime, dice: Dice
    ) -> datetime | None:
        slow = self._habits.lying if dice.throw(15) < self._habits.neglect else 1
        if habit.days:
            seconds = round(dice.around(slow * habit.days * 86_400, self._habits.spread, 0))
            return since + timedelta(seconds=max(seconds, 1))
        calendar = self.governance.calendar
        clock = next((clock for clock in case.clocks if clock.kind in procedure.judged), None)
        if clock is None:
            length, around = _DEFAULT_DAYS * calendar.day_us, False
        else:
            length, around = clock.total_us // (1 + clock.extensions), clock.unit in _ROUND_THE_CLOCK
        median = slow * habit.limit * length / 1_000_000
        seconds = max(round(dice.around(median, self._habits.spread, 0)), 1)
        try:
            unit: LimitUnit = "urgent_hour" if around else "working_hour"
            return deadline_for(since, seconds / 3600, unit, calendar=calendar).due_by.astimezone(UTC)
        except CalendarError:
            return None  # beyond the last year that the calendar knows

    def _actor(self, case: Case, habit: Habit) -> Actor | None:
        """Whoever does it; None if there is nobody."""
        cell = MACHINE.triggers[habit.trigger].who
        asked = self.governance.procedures[case.procedure].steps[habit.trigger].roles
        role = next((role for role in habit.by if role in cell and (not asked or role in asked)), None)
        if role is None:
            return None
        body = _part(case, habit.trigger) if role == "unit" else self._desk(case, role)
        # Accounts are one a body and role, but for the second look at an extension.
        person = f"{body}/{role}" + ("/2" if habit.trigger == "approve_extension" else "")
        return Actor(role, body, person, ("",)) if body else None

    def _desk(self, case: Case, role: Role) -> str:
        body = self._habits.desks.get(role, f"{role}_desk")
        return case.owner if body == "@owner" else body


def _role(task: Task) -> Role:
    return task.to  # type: ignore[return-value]  # procedures give tasks to roles


def _sensible(habit: Habit, case: Case, procedure: Procedure) -> bool:
    """Whether it makes sense to try; whether it is allowed is the case's to decide."""
    if habit.trigger not in procedure.steps:
        return False
    match habit.trigger:
        case "rate":
            return case.satisfied is None
        case "self_handle" | "quick_close":
            return bool(case.location.path)
        case "sign_in":
            return bool(part := _part(case, "sign_in")) and _signed(case, part)
        case "finish_part":
            return bool(_part(case, "finish_part"))
        case "suspend" | "suspend_on_account" | "defer":
            return not (case.on_account or case.deferred)
        case "return_case":
            return not any(part.forced for part in case.active())
        case _:
            return True


def _signed(case: Case, unit: str) -> bool:
    part = case.part_of(unit)
    return part is not None and part.signed_in_at is None


def _part(case: Case, trigger: str) -> str:
    """The body that takes its step as one that was called: the first that has not taken it."""
    for part in case.active():
        if trigger in ("sign_in", "report_in", "claim") and part.state == "called":
            return part.unit
        if trigger == "finish_part" and part.part == "assist" and part.state in ("working", "reported_in"):
            return part.unit
    if trigger in ("sign_in", "report_in", "claim", "finish_part"):
        return ""
    return next((part.unit for part in case.active() if part.part == "lead"), "")
