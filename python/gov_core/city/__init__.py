"""One city as data: read from a folder, checked as a whole, written back."""

from gov_core.city._city import City
from gov_core.city._entities import AssetClass, Limit, Matter, Place, Rule, Unit, Void

__all__ = ["AssetClass", "City", "Limit", "Matter", "Place", "Rule", "Unit", "Void"]
