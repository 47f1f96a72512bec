"""A piece of ground that no grid has, or that several have, and how wide it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_STEPS = 12
"""Halvings of the range in which a width is looked for: to 1/4000 of it."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One piece of ground that no grid has, or that several have.

    Attributes:
        kind: ``gap`` or ``overlap``.
        ids: Grids that border on a gap; those that claim an overlap.
        area_m2: Its area.
        width_m: Diameter of the largest circle inside, to a thousandth.
        lon: Of a point in it, in degrees.
        lat: Likewise.
        to: The grid that has it now; None if it was refused.
        refused: Why it was refused; empty if it was not.
    """

    kind: Literal["gap", "overlap"]
    ids: tuple[str, ...]
    area_m2: float = 0.0
    width_m: float = 0.0
    lon: float = 0.0
    lat: float = 0.0
    to: str | None = None
    refused: str = ""


def within(outline: BaseGeometry, bound_m: float) -> bool:
    """Whether no circle wider than a bound lies inside of an outline in metres."""
    return bool(shapely.buffer(outline, -bound_m / 2).is_empty)


def width_m(outline: BaseGeometry) -> float:
    """Diameter of the largest circle inside of an outline in metres."""
    if not outline.area:
        return 0.0
    # It is at least as wide as the outline is on average, and has no more than its area.
    low, high = 2 * outline.area / outline.length, 2 * math.sqrt(outline.area / math.pi)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if within(outline, middle) else (middle, high)
    return high
