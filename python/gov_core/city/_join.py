"""Two versions of a city as one city with dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gov_core.city._draft import outline_key
from gov_core.city._sheets import BY_PART, SHEETS
from gov_core.city._timeline import undated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from gov_core.city._city import City
    from gov_core.city._successions import Successions
    from gov_core.places import Place


def join(before: City, after: City, on: date, successions: Successions) -> City:
    """One city that is `before` until a day and `after` from it on; what had ended earlier stays in it."""
    old_outlines, new_outlines = before.drawn, after.drawn

    def same_outline(place: Place) -> bool:
        return old_outlines.get(place.id) == new_outlines.get(place.id)

    seam = _Seam(on, successions)
    places: list[Place] = [place for place in before.rows("places") if _ended(place, on)]
    drawn_ever = before.outlines_ever()
    keys = [outline_key(place) for place in places]
    outlines = {key: drawn_ever[key] for key in keys if key in drawn_ever}
    rows = seam.rows("places", before.places, after.places, same_outline)
    for place, is_old in rows:
        places.append(place)
        drawn = (old_outlines if is_old else new_outlines).get(place.id)
        if drawn is not None:
            outlines[outline_key(place)] = drawn
    tables: Any = {}
    for sheet in SHEETS:
        old, new = getattr(before, sheet.part), getattr(after, sheet.part)
        if hasattr(sheet.record, "valid_from"):
            rows = seam.rows(sheet.part, old, new)
            past = [row for row in before.rows(sheet.part) if _ended(row, on)]
            tables[sheet.part] = [*past, *(row for row, _ in rows)]
        else:
            # Without dates the newer of two rows with one key is the one that is kept.
            ever = before.rows(sheet.part)
            tables[sheet.part] = list({sheet.key_of(row): row for row in (*ever, *new)}.values())
    return type(after).from_parts(
        name=after.name,
        crs=after.crs,
        levels=after.levels,
        partition=after.partition,
        grades=after.grades,
        places=places,
        geometries=outlines,
        voids=after.voids,
        hard_rules=after.hard_rules,
        severities=dict(after.severities),
        preset=after.preset,
        procedure_files=after.procedure_files,
        **tables,
    )


def _ended(row: Any, on: date) -> bool:  # noqa: ANN401  # a row of any part
    """Whether a row had ended before the last day of the old version."""
    return row.valid_to is not None and row.valid_to < on


def _place_id(place: Place) -> str:
    return place.id


@dataclass(frozen=True, slots=True)
class _Seam:
    """The day on which rows of the old version end and rows of the new one begin."""

    on: date
    successions: Successions

    def rows(
        self,
        part: str,
        old: tuple[Any, ...],
        new: tuple[Any, ...],
        same: Callable[[Any], bool] = lambda _: True,
    ) -> Iterator[tuple[Any, bool]]:
        """Rows that ended, stayed and began, each with whether it is of the old version."""
        key = _place_id if part == "places" else BY_PART[part].key_of
        coming = {key(row): row for row in new}
        stayed = set()
        for row in old:
            name = key(row)
            if coming.get(name) == undated(row) and same(row):
                stayed.add(name)
                yield row, True
                continue
            ended = replace(row, valid_to=self.on)
            if hasattr(row, "successors") and self.successions.of(part, name) != (name,):
                ended = replace(ended, successors=self.successions.of(part, name))
            yield ended, True
        for row in new:
            if key(row) not in stayed:
                yield replace(row, valid_from=self.on), False
