"""Who is told what at which event: a row of a city's ``subscriptions.csv``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from gov_core.cases.machine import PROGRAMS, ROLES
from gov_core.fields import MatterCode, Name, Refers, Standing, Text, Word

ToldLanguage = Literal["zh", "en"]
"""In which somebody is told."""

RELATED: Final = ("reporter", "unit", "owner", "called")
"""Recipients by what they are to the case: all who reported its matter; the body that handles it; the body in
charge of it; the bodies that have a part in it."""

DESKS: Final = tuple(role for role in ROLES if role not in PROGRAMS and role not in RELATED)
"""Recipients by their role: the desk of the dispatchers, of the supervisors …"""

Recipient = Annotated[str, Text("word"), Refers(("units",), kinds=True, words=(*RELATED, *DESKS))]


@dataclass(frozen=True, slots=True)
class Subscription:
    """That somebody is told of events of cases, by a channel and in a language.

    Attributes:
        event: Kind of the event: ``case_closed``; None for all.
        matter: Code of a matter; the matters below it are meant too; None for all.
        to: Whom: ``reporter``, ``unit`` (the body that handles the case), ``owner`` (the body in charge),
            ``called`` (each body with a part in it), a role, whose desk is told (``dispatcher``), ``@kind``
            (the bodies of that kind that serve the place), or the id of a body.
        channel: Name of a channel, as the notices of the city have it.
        language: ``zh`` or ``en``.
        template: Name of a template; empty for the one of the event.
        valid_from: First day; None is always.
        valid_to: First day it is valid no more.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    event: Word | None
    matter: MatterCode | None
    to: Recipient
    channel: Word
    language: ToldLanguage = "zh"
    template: Word = ""
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""
