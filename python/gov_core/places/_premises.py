"""Premises: buildings, estates, venues and units in the grids (房)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gov_core.fields import Count, Name, PlaceId, UnitId, Word


@dataclass(frozen=True, slots=True)
class Premises:
    """One building, estate or venue, with counts and never with names of people.

    Attributes:
        id: Unique in the city.
        name: For people; may be empty.
        kind: ``estate`` (小区), ``compound`` (大院), ``building`` (楼栋), ``shop``, ``school``,
            ``party_venue`` (党建阵地), ``key_place`` (重点场所), ``in_area_unit`` (驻区单位) ..., or a city's
            own.
        place: The grid, or a place below one, that it lies in; None if its coordinates say it.
        lon: Degrees; None if `place` says where it is.
        lat: Degrees.
        unit: Unit that runs it, such as a property company.
        estate_kind: ``old`` (老旧), ``resettlement`` (安置房), ``relocation`` (回迁房), ``closed``,
            ``commercial``; empty if it is no estate.
        households: A count; None if not known.
        population: A count; None if not known.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        source: Where it is from.
    """

    id: Word
    name: Name
    kind: Word
    place: PlaceId | None = None
    lon: float | None = None
    lat: float | None = None
    unit: UnitId | None = None
    estate_kind: Word = ""
    households: Count | None = None
    population: Count | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: Name = ""
