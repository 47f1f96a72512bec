"""Exact point-in-partition lookup."""

from gov_core._core import UNCOVERED, GridIndex, Nearest, NearestBatch

__all__ = ["UNCOVERED", "GridIndex", "Nearest", "NearestBatch"]
