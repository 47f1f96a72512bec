"""The habits of a generated office: how often, how fast and by whom each step is taken. Data, in one file."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # pydantic reads the annotations
from dataclasses import dataclass, field
from functools import cache

from gov_core.cases.machine import MACHINE, Role


@dataclass(frozen=True, slots=True)
class Habit:
    """One step that the office may take.

    Attributes:
        state: Of the case.
        trigger: What is done.
        share: How often, compared with the other habits of the state.
        by: Roles that do it; the first that the procedure allows it to.
        limit: Median time until it is done, as a part of the limit of the case.
        days: The same in days round the clock; 0 where `limit` holds.
        reason: Code that is given.
    """

    state: str
    trigger: str
    share: float
    by: tuple[Role, ...]
    limit: float = 0.0
    days: float = 0.0
    reason: str = ""

    def __post_init__(self) -> None:
        trigger = MACHINE.triggers.get(self.trigger)
        if trigger is None or self.state not in trigger.sources:
            raise ValueError(f"no case that is {self.state} takes the step {self.trigger}")
        if self.share <= 0 or (self.limit > 0) == (self.days > 0) or not self.by:
            raise ValueError(f"{self.state}, {self.trigger}: a share, a role, and either limit or days")


@dataclass(frozen=True, slots=True)
class Habits:
    """All habits of an office.

    Attributes:
        spread: Standard deviation of the logarithm of times.
        neglect: Share of steps that lie about.
        lying: How many times as long these take.
        assist: Share of whistles that call a second body.
        desks: Role to the body it acts for: an id, or ``@owner`` for the body in charge of the case.
        steps: What it does.
    """

    spread: float
    neglect: float
    lying: float
    assist: float
    desks: Mapping[Role, str]
    steps: tuple[Habit, ...]
    _of: dict[str, tuple[Habit, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for habit in self.steps:
            self._of[habit.state] = (*self._of.get(habit.state, ()), habit)

    def of(self, state: str) -> tuple[Habit, ...]:
        """What may be done to a case that is in a state; nothing where its course ends."""
        return self._of.get(state, ())


def read_habits(text: str) -> Habits:
    """Read the habits of an office.

    Args:
        text: TOML, as in ``habits.toml``.

    Raises:
        ValueError: It is no TOML, or a field is missing, unknown or out of bounds.
    """
    import tomllib

    from pydantic import TypeAdapter

    return TypeAdapter(Habits).validate_python(tomllib.loads(text))


@cache
def shipped_habits() -> Habits:
    """The habits that come with gov_core."""
    from importlib.resources import files

    return read_habits((files(__package__) / "habits.toml").read_text("utf-8"))
