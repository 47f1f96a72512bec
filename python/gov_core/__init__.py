"""Community governance (社区治理): places, bodies, checklists, cases and an exact routing core.

The names here load on first use, so that ``import gov_core`` is quick and loads no driver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core._versions import __version__, show_versions
    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.cases.events import CaseEvent
    from gov_core.casework import Casework, Governance, Intake
    from gov_core.city import City, Place
    from gov_core.errors import GovCoreError
    from gov_core.routing import UNCOVERED, GridIndex, Route, Router, RouterHistory
    from gov_core.storage.opening import open_store

__all__ = [
    "UNCOVERED",
    "Actor",
    "Case",
    "CaseEvent",
    "Casework",
    "City",
    "GovCoreError",
    "Governance",
    "GridIndex",
    "Intake",
    "Place",
    "Route",
    "Router",
    "RouterHistory",
    "__version__",
    "open_store",
    "show_versions",
]

# Where each public name lives; a test compares this with __all__ and with what the modules hold.
_HOMES = {
    "UNCOVERED": "gov_core.routing",
    "Actor": "gov_core.cases.actor",
    "Case": "gov_core.cases.case",
    "CaseEvent": "gov_core.cases.events",
    "Casework": "gov_core.casework",
    "City": "gov_core.city",
    "GovCoreError": "gov_core.errors",
    "Governance": "gov_core.casework",
    "GridIndex": "gov_core.routing",
    "Intake": "gov_core.casework",
    "Place": "gov_core.city",
    "Route": "gov_core.routing",
    "Router": "gov_core.routing",
    "RouterHistory": "gov_core.routing",
    "__version__": "gov_core._versions",
    "open_store": "gov_core.storage.opening",
    "show_versions": "gov_core._versions",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
