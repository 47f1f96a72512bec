"""Cases of community governance and the time they may take: no I/O, no clock of the machine.

The names here load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.cases._derivation import Derivation, Stretch
    from gov_core.cases.actor import Actor, By
    from gov_core.cases.calendar import Calendar, Day, DayOverride, china
    from gov_core.cases.case import Case, Evidence, Location, Sealed, Service, Source
    from gov_core.cases.clock import Clock, explain
    from gov_core.cases.commands import Command
    from gov_core.cases.context import Authority, Context
    from gov_core.cases.deadlines import (
        Deadline,
        deadline_for,
        deadlines_for,
        worked_between,
        worked_between_batch,
    )
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.machine import MACHINE
    from gov_core.cases.procedure import Procedure, read_procedure, shipped_procedures

__all__ = [
    "MACHINE",
    "Actor",
    "Authority",
    "By",
    "Calendar",
    "Case",
    "CaseEvent",
    "Clock",
    "Command",
    "Context",
    "Day",
    "DayOverride",
    "Deadline",
    "Derivation",
    "Evidence",
    "Location",
    "Procedure",
    "Sealed",
    "Service",
    "Source",
    "Stretch",
    "china",
    "deadline_for",
    "deadlines_for",
    "explain",
    "read_procedure",
    "shipped_procedures",
    "worked_between",
    "worked_between_batch",
]

_HOMES = {
    "MACHINE": "gov_core.cases.machine",
    "Actor": "gov_core.cases.actor",
    "Authority": "gov_core.cases.context",
    "By": "gov_core.cases.actor",
    "Calendar": "gov_core.cases.calendar",
    "Case": "gov_core.cases.case",
    "CaseEvent": "gov_core.cases.events",
    "Clock": "gov_core.cases.clock",
    "Command": "gov_core.cases.commands",
    "Context": "gov_core.cases.context",
    "Day": "gov_core.cases.calendar",
    "DayOverride": "gov_core.cases.calendar",
    "Deadline": "gov_core.cases.deadlines",
    "Derivation": "gov_core.cases._derivation",
    "Evidence": "gov_core.cases.case",
    "Location": "gov_core.cases.case",
    "Procedure": "gov_core.cases.procedure",
    "Sealed": "gov_core.cases.case",
    "Service": "gov_core.cases.case",
    "Source": "gov_core.cases.case",
    "Stretch": "gov_core.cases._derivation",
    "china": "gov_core.cases.calendar",
    "deadline_for": "gov_core.cases.deadlines",
    "deadlines_for": "gov_core.cases.deadlines",
    "explain": "gov_core.cases.clock",
    "read_procedure": "gov_core.cases.procedure",
    "shipped_procedures": "gov_core.cases.procedure",
    "worked_between": "gov_core.cases.deadlines",
    "worked_between_batch": "gov_core.cases.deadlines",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
