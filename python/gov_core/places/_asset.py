"""Things in the grids: components (部件), each of a class, with owner, manager and maintainer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gov_core.fields import AssetCode, Name, PlaceId, UnitId, Word


@dataclass(frozen=True, slots=True)
class AssetClass:
    """A kind of thing an event is about (部件), such as a manhole cover or a lamp.

    Attributes:
        code: Unique in the city.
        name: For people; may be empty.
        parent: Code of the wider class; None at the top.
    """

    code: Word
    name: Name
    parent: AssetCode | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """One component (部件) with an id of its own.

    Attributes:
        id: Unique in the city.
        asset_class: Code of its class.
        name: For people; may be empty.
        manager: Managing unit (主管单位): handles events about it before the area decides.
        owner: Owning unit (权属单位).
        maintainer: Maintaining unit (养护单位).
        lon: Degrees, for a point; None if it is drawn as a line or an area, or placed by `place`.
        lat: Degrees.
        wkb: Line or area in the city's CRS; empty for a point.
        place: The grid, or a place below one, that it lies in; None if its coordinates say it.
        accuracy: ``A`` within 0.5 m, ``B`` within 1.0 m; None if not stated.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
    """

    id: Word
    asset_class: AssetCode
    name: Name = ""
    manager: UnitId | None = None
    owner: UnitId | None = None
    maintainer: UnitId | None = None
    lon: float | None = None
    lat: float | None = None
    wkb: bytes = field(default=b"", repr=False)
    place: PlaceId | None = None
    accuracy: Literal["A", "B"] | None = None
    valid_from: date | None = None
    valid_to: date | None = None
