"""Standard addresses (标准地址): each in exactly one grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gov_core.fields import Name, PlaceId, Word


@dataclass(frozen=True, slots=True)
class Address:
    """One standard address, down to what the city distinguishes.

    A row may stop at a number, a building or a room; a reported address is matched to the longest row that it
    begins with (`AddressBook`). Numbers may stand with their word or without it: ``12号`` or ``12``.

    Attributes:
        id: Unique in the city.
        place: The grid, or a place below one, that it lies in.
        division: District, street or community it is in, as written in addresses.
        road: Road or lane.
        number: Number on the road, or in a lane: ``200弄12号``.
        estate: Estate (小区); aliases joined by ``;``.
        building: Building (幢, 栋, 号楼).
        unit: Unit of a building (单元), not a body.
        floor: Floor.
        room: Room.
        lon: Degrees in the city's CRS, if it was measured; only to check the table by.
        lat: Degrees.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
    """

    id: Word
    place: PlaceId
    division: Name = ""
    road: Name = ""
    number: Name = ""
    estate: tuple[Name, ...] = ()
    building: Name = ""
    unit: Name = ""
    floor: Name = ""
    room: Name = ""
    lon: float | None = None
    lat: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
