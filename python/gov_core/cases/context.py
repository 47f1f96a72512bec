"""What a decision may look at beyond the case: all of it is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from gov_core.cases.actor import Actor
from gov_core.cases.calendar import Calendar
from gov_core.cases.procedure import Procedure

if TYPE_CHECKING:
    from gov_core.organisation import Power


class Authority(Protocol):
    """What the city says about its bodies, at the boundaries in force."""

    def serves(self, unit: str, path: str) -> bool:
        """Whether a body serves a place; `path` is ids from the top level down, joined by ``/``."""
        ...

    def lists(self, unit: str, matter: str) -> bool:
        """Whether a body has a matter, or a wider one, on a list or in a rule."""
        ...

    def holds(self, body: str, power: Power, over: str = "") -> bool:
        """Whether a body holds a power, over another if one is named; where nobody does, roles decide."""
        ...

    def may_handle(self, body: str, matter: str) -> bool:
        """Whether a body there is may carry a matter out: it leads it, or nothing bars it from execution."""
        ...

    def in_catalogue(self, item: str, matter: str) -> bool:
        """Whether an item is one of the whistle catalogue and covers the matter."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """When, who and by which rules.

    Attributes:
        now: When the command is decided, with a time zone.
        actor: Who gives it.
        procedure: The procedure of the case.
        calendar: Which hours count.
        authority: What bodies may do.
    """

    now: datetime
    actor: Actor
    procedure: Procedure
    calendar: Calendar
    authority: Authority
