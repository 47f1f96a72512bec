"""All that was ever valid in a city, and how it stood on one day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from gov_core.city._draft import outline_key
from gov_core.fields import validity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gov_core.city._draft import Draft
    from gov_core.places import Place

EVER = date.min
"""First day of a version that has none."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every row of a city with when it is valid.

    Attributes:
        places: All rows of places.
        tables: All rows of every table, by part.
        outlines: By `outline_key`.
        versions: First days of the versions, the earliest first; none twice.
    """

    places: tuple[Place, ...]
    tables: Mapping[str, tuple[Any, ...]]
    outlines: Mapping[str, bytes]
    versions: tuple[date, ...]

    def places_on(self, day: date) -> tuple[Place, ...]:
        """The places of a day."""
        return tuple(place for place in self.places if day in validity_of(place))

    def table_on(self, part: str, day: date) -> tuple[Any, ...]:
        """The rows of a table on a day."""
        return tuple(row for row in self.tables.get(part, ()) if day in validity_of(row))


def versions_of(draft: Draft) -> tuple[date, ...]:
    """First days of the versions: every day something begins or ends while there are places that tile."""
    days = {EVER}
    rows: list[Iterable[Any]] = [draft.places.items, *(rows.items for rows in draft.tables.values())]
    for items in rows:
        for item in items:
            validity = validity_of(item)
            days.update(day for day in (validity.valid_from, validity.valid_to) if day is not None)
    if len(days) == 1:
        return (EVER,)
    tiles = [validity_of(place) for place in draft.places.items if place.level == draft.tiling]
    return tuple(day for day in sorted(days) if any(day in validity for validity in tiles)) or (EVER,)


def draft_on(draft: Draft, day: date) -> Draft:
    """The rows of a draft that are valid on a day, with no faults of its own."""

    def valid(row: object) -> bool:
        return day in validity_of(row)

    places = draft.places.those(valid)
    keys = [(place.id, outline_key(place)) for place in places.items]
    return replace(
        draft,
        places=places,
        outlines={name: draft.outlines[key] for name, key in keys if key in draft.outlines},
        broken_outlines={name for name, key in keys if key in draft.broken_outlines},
        tables={part: rows.those(valid) for part, rows in draft.tables.items()},
        faults=[],
        warnings=[],
    )
