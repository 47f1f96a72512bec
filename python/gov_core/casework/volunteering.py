"""Volunteers (志愿服务): tasks that need hands, and the hours that teams gave.

Hours are kept by team and task, as how many came and how long each stayed; nobody is named or ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.errors import Fault, StepError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

_LONGEST_H: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerTask:
    """Something that volunteers may help with.

    Attributes:
        id: Unique among the tasks.
        what: A code: ``visit_the_elderly``, ``sort_rubbish`` …
        place: Id of the place.
        day: When.
        needs: How many are needed.
        case: Id of the case it helps with; empty for none.
    """

    id: str
    what: str
    place: str
    day: date
    needs: int = 1
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What a team gave to a task; the same id again is the same help.

    Attributes:
        id: Unique among what was given.
        task: Id of the task.
        team: Id of the team or body.
        people: How many came.
        hours: How long each stayed.
    """

    id: str
    task: str
    team: str
    people: int
    hours: Decimal


class TeamHours(NamedTuple):
    """What a team gave in all.

    Attributes:
        team: Id of it.
        tasks: To how many tasks.
        attendances: How often somebody came.
        hours: How long, all together.
    """

    team: str
    tasks: int
    attendances: int
    hours: Decimal


def team_hours(tasks: Iterable[VolunteerTask], given: Iterable[Help]) -> tuple[TeamHours, ...]:
    """The hours that teams gave, by the id of the team.

    Args:
        tasks: All tasks.
        given: What was given to them. The same help told twice counts once.

    Raises:
        StepError: Every fault: ``volunteering.unknown_task``, ``volunteering.told_otherwise`` (an id came
            back with something else), ``volunteering.people``, ``volunteering.hours``.
    """
    known: dict[str, Help] = {}
    faults: list[Fault] = []
    ids = {task.id for task in tasks}
    for help_ in given:
        faults += _faults(help_, ids, known.setdefault(help_.id, help_))
    if faults:
        raise StepError(faults)
    teams: dict[str, list[Help]] = {}
    for help_ in known.values():
        teams.setdefault(help_.team, []).append(help_)
    return tuple(
        TeamHours(
            team,
            len({help_.task for help_ in helped}),
            sum(help_.people for help_ in helped),
            sum((help_.people * help_.hours for help_ in helped), Decimal(0)),
        )
        for team, helped in sorted(teams.items())
    )


def open_places(task: VolunteerTask, given: Iterable[Help]) -> int:
    """How many more a task needs; 0 if enough came."""
    came = {help_.id: help_.people for help_ in given if help_.task == task.id}
    return max(0, task.needs - sum(came.values()))


def _faults(help_: Help, tasks: set[str], before: Help) -> Iterator[Fault]:
    if help_.task not in tasks:
        yield Fault(
            "volunteering.unknown_task", f'there is no task "{help_.task}"', help_.id, "look at the id"
        )
    if help_ != before:
        yield Fault(
            "volunteering.told_otherwise", f'"{help_.id}" came before with something else', help_.id, "new id"
        )
    if help_.people < 1:
        yield Fault("volunteering.people", f"{help_.people} people are none", help_.id, "at least one")
    if not (help_.hours.is_finite() and 0 < help_.hours <= _LONGEST_H):
        message = f"{help_.hours} hours are none that somebody stays in a day"
        yield Fault("volunteering.hours", message, help_.id, f"more than 0, at most {_LONGEST_H}")
