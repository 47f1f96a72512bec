"""Norms: how large, how many, with source and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from gov_core.fields import Name, Standing, Word


@dataclass(frozen=True, slots=True)
class Norm:
    """Bounds that each place of a level, or each body of a kind, is held against.

    Attributes:
        id: Unique in the city.
        measure: What is counted: ``households``, ``population``, ``area_m2``, ``children`` (places one level
            down), ``places`` (how many of the level the city has), ``units:KIND`` (bodies of a kind serving
            exactly it), ``posts:ROLE`` (seats of a role at it).
        per: The level; for ``places`` the level that is counted.
        least: Smallest value that fits; None for no lower bound.
        most: Largest value that fits; None for no upper bound.
        severity: What a breach is.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        standing: What the source claims of it; None for a city's own.
        source: Row, law or decision it is from.
    """

    id: Word
    measure: Word
    per: Word
    least: float | None = None
    most: float | None = None
    severity: Literal["error", "warning"] = "warning"
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""
