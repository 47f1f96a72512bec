"""What the fields of records mean beyond their type.

A record (a unit, a place, an item ...) is a plain frozen dataclass. How its table is read, checked against
the other tables, written, and described in a schema follows from the annotations of its fields: nothing about
a column is said twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, get_args

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Text:
    """How a text is judged.

    Attributes:
        role: ``word`` for ids and codes (no spaces around, no look-alikes, not empty unless it is the
            default), ``name`` for what people read on one line, ``prose`` for what may have several.
    """

    role: Literal["word", "name", "prose"]


@dataclass(frozen=True, slots=True)
class Refers:
    """The field names records of another part of the city.

    Attributes:
        parts: Parts of the city, any of which may hold the name: ``units``, ``places``.
        kinds: ``@kind`` of a unit may stand instead.
        levels: ``@level`` of places may stand instead.
        words: Words that may stand instead, and mean something of their own.
    """

    parts: tuple[str, ...]
    kinds: bool = False
    levels: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """The field holds several in order of preference, the first that there is counts; ``>`` joins them."""


@dataclass(frozen=True, slots=True)
class Least:
    """The number is not smaller.

    Attributes:
        value: Smallest number that may stand there.
    """

    value: int


Word = Annotated[str, Text("word")]
Name = Annotated[str, Text("name")]
Prose = Annotated[str, Text("prose")]
Count = Annotated[int, Least(0)]
"""How many there are."""

UnitId = Annotated[str, Text("word"), Refers(("units",))]
Holder = Annotated[str, Text("word"), Refers(("units",), kinds=True)]
"""A unit id, or ``@kind``: each unit of that kind."""
PlaceId = Annotated[str, Text("word"), Refers(("places",))]
Holders = Annotated[tuple[Holder, ...], Chain()]
"""Who holds something: the first of them that there is."""
Spot = Annotated[str, Text("word"), Refers(("places",), levels=True)]
"""A place id, or ``@level``: each place of that level."""
MatterCode = Annotated[str, Text("word"), Refers(("matters",))]
AssetCode = Annotated[str, Text("word"), Refers(("asset_classes",))]
Grade = Annotated[str, Text("word"), Refers(("grades",))]

Standing = Literal["practised", "recommended", "background"]
"""What the source of a value claims: done there, the author's advice, or general talk."""
STANDINGS: tuple[str, ...] = get_args(Standing)


@dataclass(frozen=True, slots=True)
class Validity:
    """When something is valid: from the first day on, until the day before `valid_to`.

    Attributes:
        valid_from: First day; None is always.
        valid_to: First day it is valid no more; None is never.
    """

    valid_from: date | None = None
    valid_to: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )

    @property
    def empty(self) -> bool:
        """Whether no day is in it."""
        return self.valid_from is not None and self.valid_to is not None and self.valid_to <= self.valid_from

    def overlaps(self, other: Validity) -> bool:
        """Whether some day is in both."""
        starts = [day for day in (self.valid_from, other.valid_from) if day is not None]
        ends = [day for day in (self.valid_to, other.valid_to) if day is not None]
        return not self.empty and not other.empty and (not starts or not ends or max(starts) < min(ends))


_ALWAYS = Validity()


def validity_of(record: object) -> Validity:
    """The validity of a record; always, if it has none."""
    first, end = getattr(record, "valid_from", None), getattr(record, "valid_to", None)
    return _ALWAYS if first is None and end is None else Validity(first, end)
