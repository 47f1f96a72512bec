"""All that was ever valid in a city, and how it stood on one day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress
from typing import TYPE_CHECKING, Any

from gov_core.city._draft import outline_key
from gov_core.fields import Validity, validity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gov_core.city._draft import Draft
    from gov_core.places import Place

EVER = date.min
"""First day of a version that has none."""
_NEVER = date.max.toordinal() + 1


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
    tables: Mapping[str, tuple[Any, ...]] = field(hash=False)
    outlines: Mapping[str, bytes] = field(hash=False)
    versions: tuple[date, ...]
    _dated: dict[str, _Dated] = field(default_factory=dict, init=False, repr=False, compare=False)

    def places_on(self, day: date) -> tuple[tuple[Place, bytes | None], ...]:
        """The places of a day, each with its outline, if it has one."""
        if "places" not in self._dated:
            drawn = tuple((place, self.outlines.get(outline_key(place))) for place in self.places)
            self._dated["places"] = _Dated.of(drawn, self.places)
        return self._dated["places"].on(day)

    def table_on(self, part: str, day: date) -> tuple[Any, ...]:
        """The rows of a table on a day."""
        if part not in self._dated:
            rows = self.tables.get(part, ())
            self._dated[part] = _Dated.of(rows, rows)
        return self._dated[part].on(day)


@dataclass(frozen=True, slots=True)
class _Dated:
    """Rows with when they are valid, looked up once and compared all together.

    Attributes:
        rows: The rows.
        first: First day of each, counted from the year 1.
        end: First day each is valid no more.
    """

    rows: tuple[Any, ...]
    first: tuple[int, ...]
    end: tuple[int, ...]

    @classmethod
    def of(cls, rows: tuple[Any, ...], records: tuple[Any, ...]) -> _Dated:
        """Rows that are valid when the records beside them are."""
        spans = [validity_of(record) for record in records]
        first = tuple(0 if span.valid_from is None else span.valid_from.toordinal() for span in spans)
        end = tuple(_NEVER if span.valid_to is None else span.valid_to.toordinal() for span in spans)
        return cls(rows, first, end)

    def on(self, day: date) -> tuple[Any, ...]:
        """The rows of a day, in their order."""
        # Days as numbers: a tenth of the time of asking each validity, and no numpy before it is needed.
        at = day.toordinal()
        here = [first <= at < end for first, end in zip(self.first, self.end, strict=True)]
        return self.rows if all(here) else tuple(compress(self.rows, here))


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


def undated(row: Any) -> Any:  # noqa: ANN401  # a row of any part
    """A row as one version has it: when it began, when it ended and what followed are of no matter there."""
    span = validity_of(row)
    if not hasattr(row, "valid_from") or (span == _ALWAYS and not getattr(row, "successors", ())):
        return row
    row = replace(row, valid_from=None, valid_to=None)
    return replace(row, successors=()) if getattr(row, "successors", ()) else row


_ALWAYS = Validity()
