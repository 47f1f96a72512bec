"""Exact point-in-partition lookup."""

from gov_core._core import UNCOVERED, GridIndex

__all__ = ["UNCOVERED", "GridIndex"]
