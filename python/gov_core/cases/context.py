"""What a decision may look at beyond the case: all of it is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gov_core.cases.actor import Actor
from gov_core.cases.calendar import Calendar
from gov_core.cases.procedure import Procedure


class Authority(Protocol):
    """What the city says about its bodies, at the boundaries in force."""

    def serves(self, unit: str, path: str) -> bool:
        """Whether a body serves a place; `path` is ids from the top level down, joined by ``/``."""
        ...

    def lists(self, unit: str, matter: str) -> bool:
        """Whether a body has a matter, or a wider one, on a list or in a rule."""
        ...

    def may_whistle(self, body: str, over: str) -> bool:
        """Whether a body may call another one."""
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
