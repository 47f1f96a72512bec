"""Exact lookup in polygons that may overlap."""

from gov_core._core import LayerIndex

__all__ = ["LayerIndex"]
