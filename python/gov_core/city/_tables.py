"""From the cells of a table to its records, and back."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

from gov_core.city._draft import Rows
from gov_core.city._personal import identity_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gov_core.city._cells import Cells
    from gov_core.city._column import Column, Reading
    from gov_core.city._draft import Draft
    from gov_core.city._sheets import Sheet
    from gov_core.city._text import Flaw

T = TypeVar("T")


def records_of(sheet: Sheet, cells: Cells, draft: Draft) -> Rows[Any]:
    """Records of a table; a row with a flaw stays in, so that other tables may refer to it."""
    if _refuse_persons(cells, draft):
        return Rows(known=False)
    values: dict[str, Iterable[Any]] = {}
    flaws: list[tuple[int, int, Column, Flaw]] = []
    by_name = dict(zip(cells.header, cells.columns, strict=True))
    for at, column in enumerate(sheet.columns):
        if column.name in by_name:
            read = read_all(column, by_name[column.name])
            values[column.field] = [reading.value for reading in read]
            flaws += [(row, at, column, flaw) for row, one in enumerate(read) for flaw in one.flaws]
        else:
            values[column.field] = repeat(column.absent, len(cells.lines))
    for row, _, column, flaw in sorted(flaws, key=lambda flaw: flaw[:2]):
        draft.flaw(flaw, cells.where(row, column.name))
    values["line"] = cells.lines
    given = (values.get(own.name, repeat(own.default)) for own in fields(sheet.record))
    items = list(map(sheet.record, *given)) if cells.lines else []
    found = Rows(items, [cells.where(row, sheet.key[0]) for row in range(len(items))], known=cells.complete)
    return without_days(found, {row for row, _, column, _ in flaws if column.sort == "date"})


def without_days(rows: Rows[T], flawed: set[int]) -> Rows[T]:
    """Leaves out rows whose days cannot be read: nobody knows what they would be held against.

    Args:
        rows: In the order of the file.
        flawed: Positions of rows with a flaw in one of their days.
    """
    if not flawed:
        return rows
    kept = [at for at in range(len(rows.items)) if at not in flawed]
    return Rows([rows.items[at] for at in kept], [rows.where[at] for at in kept], known=False)


def _refuse_persons(cells: Cells, draft: Draft) -> bool:
    """Refuses a table that lists people, and says whether it did."""
    before = len(draft.faults)
    for name, column in zip(cells.header, cells.columns, strict=True):
        draft.flaw(identity_numbers(name, column), cells.head(name))
    return len(draft.faults) > before


def read_all(column: Column, cells: Sequence[object], code: str = "value.type") -> list[Reading]:
    """Each different value is read once: most columns repeat themselves."""
    known: dict[tuple[type, object], Reading] = {}
    found = []
    for cell in cells:
        # 1, 1.0 and True are equal and not the same.
        key = (cell.__class__, cell)
        if (reading := known.get(key)) is None:
            reading = known[key] = column.take(cell, code)
        found.append(reading)
    return found


def text_of(columns: tuple[Column, ...], rows: Sequence[Any]) -> str:
    """A table as CSV, with the columns that some row says something in."""
    said = [column for column in columns if column.needed or _says(column, rows)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in said])
    writer.writerows([column.write(getattr(row, column.field)) for column in said] for row in rows)
    return text.getvalue()


def _says(column: Column, rows: Sequence[Any]) -> bool:
    absent = column.absent
    return any(getattr(row, column.field) != absent for row in rows)
