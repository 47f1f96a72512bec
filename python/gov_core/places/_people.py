"""How counts of households and people are told: small ones would point at somebody."""

from __future__ import annotations

from gov_core.places.small_counts import too_small

SMALL = 10
"""Counts below are not told; practice of statistics, no paper names a number."""


def in_public(count: float) -> str:
    """A count of households or people as it may be shown: ``1,200``, ``fewer than 10``."""
    return f"fewer than {SMALL}" if too_small(count, SMALL) else f"{count:,.0f}"
