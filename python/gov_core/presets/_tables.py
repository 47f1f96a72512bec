"""The tables of a preset: those of a city folder, with one row where a city has one for each place.

Beside the columns of a city's tables, a row may have

- ``option``: the row is there only if this option is on;
- ``copies``: ``1-38``, a row for each number, which stands for ``{n}`` in the other cells: what a source
  counts and does not name.
- ``each``: ``@level`` (a row for each place of the level), ``@level:kind`` (for those of one kind) or
  ``@group`` (for each group of places). In the other cells ``{id}`` is that of the place, or of the first
  place of the group, ``{name}`` is what it is called, and ``{n}`` counts them.

In units.csv, ``serves`` says the same: one unit a place, or a group; ``*`` is all top places.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gov_core.city._sheets import BY_PART, PLACES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gov_core.city import Place
    from gov_core.city._sheets import Sheet
    from gov_core.presets._ground import Ground

Cells = dict[str, str]

DATA = files("gov_core.presets").joinpath("data")
_OWN = {"option", "copies", "each"}
"""Columns that the tables of a city do not have."""


@cache
def rows_of(folder: str, part: str) -> tuple[Cells, ...]:
    """The rows of a table as they stand; none if the preset has no such table."""
    file = DATA.joinpath(folder, f"{part}.csv")
    if not file.is_file():
        return ()
    text = file.read_text(encoding="utf-8").splitlines()
    return tuple(csv.DictReader((line for line in text if not line.startswith("#")), strict=True))


def records(folder: str, part: str, ground: Ground, options: Collection[str]) -> Iterator[Any]:
    """Yields the records of a table, expanded over the ground.

    Args:
        folder: Name of the preset, in lower case.
        part: Name of the table.
        ground: What ``@level`` and ``@group`` of units stand for.
        options: Those that are on.
    """
    sheet = BY_PART[part]
    for row in rows_of(folder, part):
        if row.get("option") in {None, "", *options}:
            for cells in _expanded(_for_units(row, ground) if part == "units" else row, ground):
                yield _record(sheet, cells)


def places_of(folder: str) -> list[Place]:
    """The places that a preset names, as far as it does, parents first."""
    return [_record(PLACES, row) for row in rows_of(folder, "places")]


def _for_units(row: Cells, ground: Ground) -> Cells:
    if row["serves"] == "*":
        return {**row, "serves": ";".join(place.id for place in ground.places if place.parent is None)}
    return {**row, "each": row["serves"], "serves": "{ids}"} if row["serves"].startswith("@") else row


def _expanded(row: Cells, ground: Ground) -> Iterator[Cells]:
    if row.get("copies"):
        first, _, last = row["copies"].partition("-")
        for number in range(int(first), int(last) + 1):
            yield _filled(row, {"{n}": str(number)})
    elif row.get("each"):
        for number, (name, places) in enumerate(_meant(row["each"][1:], ground), start=1):
            ids = ";".join(place.id for place in places)
            yield _filled(row, {"{id}": places[0].id, "{name}": name, "{ids}": ids, "{n}": str(number)})
    else:
        yield row


def _meant(mark: str, ground: Ground) -> Iterable[tuple[str, tuple[Place, ...]]]:
    if mark in ground.groups:
        return ground.groups[mark].items()
    level, _, kind = mark.partition(":")
    return [(place.name, (place,)) for place in ground.of_level(level, kind)]


def _filled(row: Cells, values: dict[str, str]) -> Cells:
    for mark, value in values.items():
        row = {column: cell.replace(mark, value) for column, cell in row.items()}
    return row


def _record(sheet: Sheet, cells: Cells) -> Any:  # noqa: ANN401  # each table has a record of its own
    columns = {column.name: column for column in sheet.columns}
    read = {name: columns[name].read(cell) for name, cell in cells.items() if name not in _OWN}
    flaws = [flaw.message for reading in read.values() for flaw in reading.flaws]
    if flaws:
        message = f"{sheet.part}.csv: {'; '.join(flaws)}"
        raise ValueError(message)
    absent = {column.field: column.absent for column in sheet.columns}
    return sheet.record(**absent | {columns[name].field: reading.value for name, reading in read.items()})
