"""One city as data: read from a folder, checked as a whole, written back, as it was on any day."""

from gov_core.checklists import Limit, Matter
from gov_core.city._city import City
from gov_core.city._figure import Figure, Term
from gov_core.city._rule import Rule
from gov_core.organisation import Unit
from gov_core.places import AssetClass, Place, Void

__all__ = [
    "AssetClass",
    "City",
    "Figure",
    "Limit",
    "Matter",
    "Place",
    "Rule",
    "Term",
    "Unit",
    "Void",
]
