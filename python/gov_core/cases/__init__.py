"""Cases of community governance and the time they may take: no I/O, no clock of the machine.

The names here load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gov_core.cases.calendar import Calendar, Day, DayOverride, china
    from gov_core.cases.clock import Clock, explain
    from gov_core.cases.deadlines import Deadline, deadline_for, deadlines_for, worked_between

__all__ = [
    "Calendar",
    "Clock",
    "Day",
    "DayOverride",
    "Deadline",
    "china",
    "deadline_for",
    "deadlines_for",
    "explain",
    "worked_between",
]

_HOMES = {
    "Calendar": "gov_core.cases.calendar",
    "Clock": "gov_core.cases.clock",
    "Day": "gov_core.cases.calendar",
    "DayOverride": "gov_core.cases.calendar",
    "Deadline": "gov_core.cases.deadlines",
    "china": "gov_core.cases.calendar",
    "deadline_for": "gov_core.cases.deadlines",
    "deadlines_for": "gov_core.cases.deadlines",
    "explain": "gov_core.cases.clock",
    "worked_between": "gov_core.cases.deadlines",
}


def __getattr__(name: str) -> object:
    """Load a public name from its home and keep it (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
