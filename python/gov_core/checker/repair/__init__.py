"""Mends slivers: small gaps and overlaps between grids, within stated bounds, each listed with its size."""

from gov_core.checker._map import in_words
from gov_core.checker.repair._patch import Patch
from gov_core.checker.repair._repair import Repair, repair

__all__ = ["Patch", "Repair", "in_words", "repair"]
