"""What a city is made of: places, units, matters, asset classes, rules, limits and voids.

Plain frozen values. Whether they fit together is looked at where a `City` is made, never here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

LimitUnit = Literal["urgent_hour", "working_hour", "working_day", "natural_day"]
LIMIT_UNITS: tuple[str, ...] = get_args(LimitUnit)


@dataclass(frozen=True, slots=True)
class Place:
    """An area that is governed: a street (街道), a community (社区), a grid (网格).

    Attributes:
        id: Unique in the city.
        name: For people; may be empty.
        level: One of the city's levels.
        parent: Id of the place one level up; None at the top level.
    """

    id: str
    name: str
    level: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that handles events: a station (站), a department (部门), a property company (物业).

    Attributes:
        id: Unique in the city.
        name: For people; may be empty.
        kind: What rules call it by: ``@kind``.
        serves: Ids of the places it serves; each covers all that lies below it.
    """

    id: str
    name: str
    kind: str
    serves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of event (事项) in the city's tree of matters.

    Attributes:
        code: Unique in the city.
        name: For people; may be empty.
        parent: Code of the wider matter; None at the top.
    """

    code: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class AssetClass:
    """A kind of thing an event is about (部件), such as a manhole cover or a lamp.

    Attributes:
        code: Unique in the city.
        name: For people; may be empty.
        parent: Code of the wider class; None at the top.
    """

    code: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit, such as ``2 urgent_hour``; which hours count is the calendar's business.

    Attributes:
        amount: How many; at least 1.
        unit: Of what.
    """

    amount: int
    unit: LimitUnit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who handles which events, and how soon. None on an axis means any (``*``).

    Attributes:
        id: Unique in the city; part of every answer.
        matter: Code of a matter; the matters below it are meant too.
        area: Id of a place; the places below it are meant too.
        asset: Code of an asset class; the classes below it are meant too.
        grade: One of the city's grades.
        unit: Who leads: unit ids and ``@kind``, the first that exists for the grid takes it.
        assist: Who assists the lead, each a unit id or ``@kind``.
        respond_within: How soon the first answer is due.
        resolve_within: How soon the matter is to be resolved.
        line: Line in rules.csv; 0 if the rule comes from no file.
    """

    id: str
    matter: str | None
    area: str | None
    asset: str | None
    grade: str | None
    unit: tuple[str, ...]
    assist: tuple[str, ...] = ()
    respond_within: Limit | None = None
    resolve_within: Limit | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Void:
    """A hole in the city that is meant: a lake, an area of another authority.

    Attributes:
        name: As listed under ``voids`` in city.toml; the id of its feature.
        wkb: Polygon or multipolygon in the city's CRS.
    """

    name: str
    wkb: bytes
