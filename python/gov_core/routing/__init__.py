"""Point to grid to unit: the exact index, the decision table and the router over both.

The names here load on first use: `ReferenceRouter` works where the Rust extension does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.routing.address_grids import AddressCoverage, Misplaced, address_coverage
    from gov_core.routing.comparison import Comparison
    from gov_core.routing.crs import convert
    from gov_core.routing.explanation import Explanation
    from gov_core.routing.handover import Handover, hand_over
    from gov_core.routing.history import RouterHistory
    from gov_core.routing.index import UNCOVERED, GridIndex, Nearest, NearestBatch
    from gov_core.routing.layer import LayerIndex
    from gov_core.routing.layers import Layers, layers_of
    from gov_core.routing.live import Answered, AnyRouter, LiveRouter
    from gov_core.routing.reference import ReferenceRouter
    from gov_core.routing.register import Coverage, Entry, Register, register_of
    from gov_core.routing.route import STATUSES, Route, Status
    from gov_core.routing.router import Router
    from gov_core.routing.things import Site, Things, locate_things

__all__ = [
    "STATUSES",
    "UNCOVERED",
    "AddressCoverage",
    "Answered",
    "AnyRouter",
    "Comparison",
    "Coverage",
    "Entry",
    "Explanation",
    "GridIndex",
    "Handover",
    "LayerIndex",
    "Layers",
    "LiveRouter",
    "Misplaced",
    "Nearest",
    "NearestBatch",
    "ReferenceRouter",
    "Register",
    "Route",
    "Router",
    "RouterHistory",
    "Site",
    "Status",
    "Things",
    "address_coverage",
    "convert",
    "hand_over",
    "layers_of",
    "locate_things",
    "register_of",
]

_HOMES = {
    "STATUSES": "gov_core.routing.route",
    "UNCOVERED": "gov_core.routing.index",
    "AddressCoverage": "gov_core.routing.address_grids",
    "Answered": "gov_core.routing.live",
    "AnyRouter": "gov_core.routing.live",
    "Comparison": "gov_core.routing.comparison",
    "Coverage": "gov_core.routing.register",
    "Entry": "gov_core.routing.register",
    "Explanation": "gov_core.routing.explanation",
    "GridIndex": "gov_core.routing.index",
    "Handover": "gov_core.routing.handover",
    "LayerIndex": "gov_core.routing.layer",
    "Layers": "gov_core.routing.layers",
    "LiveRouter": "gov_core.routing.live",
    "Misplaced": "gov_core.routing.address_grids",
    "Nearest": "gov_core.routing.index",
    "NearestBatch": "gov_core.routing.index",
    "ReferenceRouter": "gov_core.routing.reference",
    "Register": "gov_core.routing.register",
    "Route": "gov_core.routing.route",
    "Router": "gov_core.routing.router",
    "RouterHistory": "gov_core.routing.history",
    "Site": "gov_core.routing.things",
    "Status": "gov_core.routing.route",
    "Things": "gov_core.routing.things",
    "address_coverage": "gov_core.routing.address_grids",
    "convert": "gov_core.routing.crs",
    "hand_over": "gov_core.routing.handover",
    "layers_of": "gov_core.routing.layers",
    "locate_things": "gov_core.routing.things",
    "register_of": "gov_core.routing.register",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
