"""Point to grid to unit: the exact index, the decision table and the router over both."""

from gov_core.routing.crs import convert
from gov_core.routing.index import UNCOVERED, GridIndex

__all__ = ["UNCOVERED", "GridIndex", "convert"]
