"""Places: what is governed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gov_core.fields import Count, Name, PlaceId, Word


@dataclass(frozen=True, slots=True)
class Place:
    """An area that is governed: a street (街道), a community (社区), a grid (网格), a building (楼栋).

    Attributes:
        id: Unique in the city.
        name: For people; may be empty.
        level: One of the city's levels.
        parent: Id of the place one level up; None at the top level.
        code: Official code: a division of 6, 9 or 12 digits, a grid of 15 or 20; empty if it has none.
        kind: What sort of place it is, such as ``closed``, ``old``, ``high_end`` or ``village_to_community``
            for a community, ``general`` or ``dedicated`` for a grid; empty if not stated.
        households: How many households live there: a count; None if not known.
        population: How many people live there: a count; None if not known.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        successors: Ids of the places its ground went to.
        source: Where it is from; ``generated`` for one that was made up.
    """

    id: Word
    name: Name
    level: Word
    parent: PlaceId | None = None
    code: Word = ""
    kind: Word = ""
    households: Count | None = None
    population: Count | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[PlaceId, ...] = ()
    source: Name = ""


@dataclass(frozen=True, slots=True)
class Void:
    """A hole in the city that is meant: a lake, an area of another authority.

    Attributes:
        name: As listed under ``voids`` in city.toml; the id of its feature.
        wkb: Polygon or multipolygon in the city's CRS.
    """

    name: str
    wkb: bytes
