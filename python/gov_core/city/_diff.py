"""What is different between two cities, or two versions of one: as data, and in words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from gov_core.city._sheets import PLACES, SHEETS, Sheet
from gov_core.places._people import in_public

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gov_core.city._city import City

_METRES_PER_DEGREE = 111_195.0
_NOUNS = {sheet.part: sheet.noun.replace("_", " ") for sheet in SHEETS} | {"places": "place", "voids": "void"}


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is there only before, only after, or otherwise in both.

    Attributes:
        part: ``places``, ``units``, ``rules`` ..., or ``city`` for what is said of the city itself.
        key: Key of the row; name of the setting for ``city``.
        kind: ``added``, ``removed`` or ``changed``.
        name: Name of the row for people; empty if it has none.
        fields: What changed: field to its value before and after. Empty if the row was added or removed.
        moved_m2: Ground that a place won and lost together; 0 if its outline is the same or not known.
    """

    part: str
    key: str
    kind: Literal["added", "removed", "changed"]
    name: str = ""
    fields: tuple[tuple[str, Any, Any], ...] = ()
    moved_m2: float = 0.0

    def __str__(self) -> str:
        noun = _NOUNS.get(self.part, self.part)
        name = f" {self.name}" if self.name else ""
        head = f'{noun} "{self.key}"{name}'
        if self.kind != "changed":
            return f"{head} {self.kind}"
        words = [f"{field} {_words(field, old)} -> {_words(field, new)}" for field, old, new in self.fields]
        if self.moved_m2:
            words.append(f"{self.moved_m2:,.0f} m² of ground")
        return f"{head} changed: {'; '.join(words)}"


def diff(before: City, after: City) -> tuple[Change, ...]:
    """What is different between two cities on the days they are valid.

    Dates do not count, nor the order of rows, nor lines of files. Outlines count by the ground they enclose:
    a vertex more on a border changes nothing.

    Args:
        before: The older one.
        after: The newer one.

    Returns:
        Changes of the city itself, then part by part: removed, changed and added rows, each in the order of
        its city.
    """
    return tuple(_changes(before, after))


def _changes(before: City, after: City) -> Iterator[Change]:
    for setting in (
        "name",
        "crs",
        "levels",
        "partition",
        "grades",
        "hard_rules",
        "severities",
        "preset",
        "procedure_files",
    ):
        old, new = getattr(before, setting), getattr(after, setting)
        if old != new:
            yield Change("city", setting, "changed", fields=((setting, old, new),))
    old_outlines, new_outlines = before.drawn, after.drawn
    old_places = {place.id: place for place in before.places}
    new_places = {place.id: place for place in after.places}
    yield from _rows("places", old_places, new_places, _compared(PLACES), (old_outlines, new_outlines))
    old_voids = {void.name: void for void in before.voids}
    new_voids = {void.name: void for void in after.voids}
    yield from _rows("voids", old_voids, new_voids, (), (_drawn(old_voids), _drawn(new_voids)))
    for sheet in SHEETS:
        old_rows = {sheet.key_of(row): row for row in getattr(before, sheet.part)}
        new_rows = {sheet.key_of(row): row for row in getattr(after, sheet.part)}
        outlines = (_drawn(old_rows), _drawn(new_rows)) if sheet.drawn else ({}, {})
        yield from _rows(sheet.part, old_rows, new_rows, _compared(sheet), outlines)


def _rows(
    part: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    names: tuple[str, ...],
    outlines: tuple[Mapping[str, bytes], Mapping[str, bytes]] = ({}, {}),
) -> Iterator[Change]:
    for key, row in old.items():
        if key not in new:
            yield Change(part, key, "removed", _name(row))
    for key, row in old.items():
        if key not in new:
            continue
        other = new[key]
        changed = tuple(
            (name, getattr(row, name), getattr(other, name))
            for name in names
            if getattr(row, name) != getattr(other, name)
        )
        moved = _moved_m2(outlines[0].get(key), outlines[1].get(key))
        if changed or moved:
            yield Change(part, key, "changed", _name(other), changed, moved)
    for key, row in new.items():
        if key not in old:
            yield Change(part, key, "added", _name(row))


def _compared(sheet: Sheet) -> tuple[str, ...]:
    dates = {"valid_from", "valid_to", "successors", "line"}
    own = {*dates, *sheet.key, *(("wkb",) if sheet.drawn else ())}
    return tuple(field.name for field in fields(sheet.record) if field.name not in own)


def _drawn(rows: Mapping[str, Any]) -> dict[str, bytes]:
    return {key: row.wkb for key, row in rows.items() if row.wkb}


def _name(row: Any) -> str:  # noqa: ANN401  # a row of any part
    return str(getattr(row, "name", "") or getattr(row, "title", ""))


def _words(field: str, value: object) -> str:
    if field in {"households", "population"} and isinstance(value, (int, float)):
        return in_public(value)
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, tuple):
        return ";".join(str(part) for part in value)
    return "..." if isinstance(value, bytes) else str(value)


def _moved_m2(old: bytes | None, new: bytes | None) -> float:
    """Ground in one outline and not in the other, in square metres; less than 1 mm² counts as none."""
    if old == new or old is None or new is None:
        return 0.0
    import math

    import shapely

    first, second = shapely.from_wkb(old), shapely.from_wkb(new)
    moved = shapely.symmetric_difference(first, second)
    if moved.is_empty:
        return 0.0
    _, south, _, north = first.bounds
    area = float(moved.area) * _METRES_PER_DEGREE**2 * math.cos(math.radians((south + north) / 2))
    return area if area > 1e-6 else 0.0
