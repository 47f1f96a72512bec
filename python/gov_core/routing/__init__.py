"""Point to grid to unit: the exact index, the decision table and the router over both."""

from gov_core.routing.crs import convert
from gov_core.routing.index import UNCOVERED, GridIndex, Nearest, NearestBatch
from gov_core.routing.layer import LayerIndex

__all__ = ["UNCOVERED", "GridIndex", "LayerIndex", "Nearest", "NearestBatch", "convert"]
