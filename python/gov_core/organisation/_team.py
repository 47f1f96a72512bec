"""Forces laid over the grids, and the teams they form there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from gov_core.fields import Name, Spot, Standing, UnitId, Word

Force = Literal["governance", "party", "urban_management", "police", "safety"]
"""社会治理, 党建, 城管, 警务, 安监."""
FORCES: tuple[str, ...] = get_args(Force)


@dataclass(frozen=True, slots=True)
class Team:
    """A force overlaid on grids (叠加的力量): which roles work there, who leads, who commands.

    Attributes:
        id: Unique in the city.
        name: For people; may be empty.
        force: Which force.
        serves: Places, or ``@level``: one such team for each place of the level.
        unit: The body it belongs to, if it belongs to one.
        lead: Role that leads the others (``enforcement_officer``).
        members: Roles it consists of, each with its number: ``grid_manager:1``.
        commanders: Roles that dispatch it; two for dual commanders (双指挥长).
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    id: Word
    name: Name
    force: Force
    serves: tuple[Spot, ...] = ()
    unit: UnitId | None = None
    lead: Word = ""
    members: tuple[Word, ...] = ()
    commanders: tuple[Word, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""
