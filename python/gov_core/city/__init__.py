"""One city as data: read from a folder, checked as a whole, written back, as it was on any day."""

from gov_core.checklists import Limit, Matter
from gov_core.city._city import City
from gov_core.city._diff import Change, diff
from gov_core.city._figure import Figure, Term
from gov_core.city._norms import MEASURES, Balance, Measures, Reading, balance, norm_flaw, readings
from gov_core.city._reorganisation import Outcome, Reorganisation
from gov_core.city._rule import Rule
from gov_core.city._schema import json_schema
from gov_core.city._step import (
    Abolish,
    AbolishLevel,
    Establish,
    Merge,
    Move,
    Redraw,
    Split,
    TransferDuty,
    VillageToCommunity,
)
from gov_core.organisation import Unit
from gov_core.places import AssetClass, Place, Void

__all__ = [
    "MEASURES",
    "Abolish",
    "AbolishLevel",
    "AssetClass",
    "Balance",
    "Change",
    "City",
    "Establish",
    "Figure",
    "Limit",
    "Matter",
    "Measures",
    "Merge",
    "Move",
    "Outcome",
    "Place",
    "Reading",
    "Redraw",
    "Reorganisation",
    "Rule",
    "Split",
    "Term",
    "TransferDuty",
    "Unit",
    "VillageToCommunity",
    "Void",
    "balance",
    "diff",
    "json_schema",
    "norm_flaw",
    "readings",
]
