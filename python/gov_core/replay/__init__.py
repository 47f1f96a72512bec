"""Recorded events become cases at full speed, and a seeded office works on them.

The names here load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.replay.bulletin import CaseBulletin
    from gov_core.replay.habits import Habits, read_habits, shipped_habits
    from gov_core.replay.office import Office
    from gov_core.replay.opening import Opened, Opening, open_cases
    from gov_core.replay.replay import Replay
    from gov_core.replay.running import Ran, run_office
    from gov_core.replay.tally import CaseTally, Rate

__all__ = [
    "CaseBulletin",
    "CaseTally",
    "Habits",
    "Office",
    "Opened",
    "Opening",
    "Ran",
    "Rate",
    "Replay",
    "open_cases",
    "read_habits",
    "run_office",
    "shipped_habits",
]

_HOMES = {
    "CaseBulletin": "gov_core.replay.bulletin",
    "CaseTally": "gov_core.replay.tally",
    "Habits": "gov_core.replay.habits",
    "Office": "gov_core.replay.office",
    "Opened": "gov_core.replay.opening",
    "Opening": "gov_core.replay.opening",
    "Ran": "gov_core.replay.running",
    "Rate": "gov_core.replay.tally",
    "Replay": "gov_core.replay.replay",
    "open_cases": "gov_core.replay.opening",
    "read_habits": "gov_core.replay.habits",
    "run_office": "gov_core.replay.running",
    "shipped_habits": "gov_core.replay.habits",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
