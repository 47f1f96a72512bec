"""The use cases over cases: what an app calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.casework.actors import ActorProvider, CityActors, Seat
    from gov_core.casework.casework import Casework
    from gov_core.casework.deadlines import ExplainedDeadline
    from gov_core.casework.governance import Governance
    from gov_core.casework.handling import Announce, Outcome
    from gov_core.casework.intake import Intake
    from gov_core.casework.locating import Where
    from gov_core.casework.merging import Candidate, Told
    from gov_core.casework.ticking import Tick
    from gov_core.casework.timeline import Entry
    from gov_core.casework.whos_turn import Answer, Turn

__all__ = [
    "ActorProvider",
    "Announce",
    "Answer",
    "Candidate",
    "Casework",
    "CityActors",
    "Entry",
    "ExplainedDeadline",
    "Governance",
    "Intake",
    "Outcome",
    "Seat",
    "Tick",
    "Told",
    "Turn",
    "Where",
]

_HOMES = {
    "ActorProvider": "gov_core.casework.actors",
    "Announce": "gov_core.casework.handling",
    "Answer": "gov_core.casework.whos_turn",
    "Candidate": "gov_core.casework.merging",
    "Casework": "gov_core.casework.casework",
    "CityActors": "gov_core.casework.actors",
    "Entry": "gov_core.casework.timeline",
    "ExplainedDeadline": "gov_core.casework.deadlines",
    "Governance": "gov_core.casework.governance",
    "Intake": "gov_core.casework.intake",
    "Outcome": "gov_core.casework.handling",
    "Seat": "gov_core.casework.actors",
    "Tick": "gov_core.casework.ticking",
    "Told": "gov_core.casework.merging",
    "Turn": "gov_core.casework.whos_turn",
    "Where": "gov_core.casework.locating",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
