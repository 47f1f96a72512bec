"""A table before anyone knows what its cells mean: a header, columns of texts, and where each row stands."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gov_core.city._closest import Closest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.city._column import Column
    from gov_core.city._draft import Draft

MAX_COLUMNS = 256


@dataclass(slots=True)
class Cells:
    """The cells of one file.

    Attributes:
        file: Its name.
        header: Names of the columns.
        columns: Texts by column, aligned with `header`.
        lines: Line of each row in the file, from 1.
        complete: False if a row was lost; then names it may have held are not unknown.
    """

    file: str
    header: list[str]
    columns: Sequence[Sequence[str]]
    lines: Sequence[int]
    complete: bool = True

    def where(self, row: int, column: str = "") -> str:
        """A row, or a cell of it, in words of a fault."""
        del column
        return f"{self.file}:{self.lines[row]}"


def decode(data: bytes, file: str, encoding: str, draft: Draft) -> str | None:
    """Text of a file, or None after a fault that says at which byte it stops being text."""
    try:
        # A byte order mark is what Excel puts first when asked for UTF-8.
        return data.decode("utf-8-sig" if encoding == "UTF-8" else encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = (
            'if the file is GB18030, state encoding = "GB18030" in city.toml' if encoding == "UTF-8" else ""
        )
        draft.fault("text.encoding", f"byte {error.start} is not {encoding}", f"{file}:{line}", hint)
        return None


@dataclass(slots=True)
class _Rows:
    """Rows of a CSV file as they come."""

    header: list[str] | None = None
    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    complete: bool = True


def read_csv(file: str, text: str, columns: tuple[Column, ...], draft: Draft) -> Cells | None:
    """Reads a CSV file strictly, or gives None, after a fault, if it has no usable header.

    A row that is too short or too long is a fault and left out; empty lines are skipped.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found = _Rows()
    line = 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            if found.header is None:
                found.header = cells
                if not header_fits(cells, columns, f"{file}:1", draft):
                    return None
            elif len(cells) == len(found.header):
                found.cells.append(cells)
                found.lines.append(start)
            elif cells:
                message = f"the row has {len(cells)} cells, the header has {len(found.header)}"
                draft.fault("csv.ragged", message, f"{file}:{start}")
                found.complete = False
    except csv.Error as error:
        draft.fault("csv.syntax", str(error), f"{file}:{line + 1}")
        found.complete = False
    if found.header is None:
        header_fits([], columns, f"{file}:1", draft)
        return None
    # Without rows there are no columns to turn rows into.
    turned = list(zip(*found.cells, strict=True)) or [()] * len(found.header)
    return Cells(file, found.header, turned, found.lines, found.complete)


def header_fits(header: list[str], columns: tuple[Column, ...], where: str, draft: Draft) -> bool:
    """Whether a header names known columns, each once, and all that are needed; faults say what not."""
    known = [column.name for column in columns]
    before = len(draft.faults)
    if len(header) > MAX_COLUMNS:
        draft.fault("csv.header", f"the header has {len(header)} columns", where, f"at most {MAX_COLUMNS}")
        return False
    if not header:
        draft.fault("csv.empty", "the file has no header", where, f"first line: {','.join(known)}")
        return False
    closest = Closest(known)
    meant: set[str] = set()
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            draft.fault("csv.header", f'column "{column}" stands {header.count(column)} times', where)
        if column not in known:
            hint = closest(column)
            meant.update(name for name in known if f'"{name}"' in hint)
            draft.fault(
                "csv.unknown_column",
                f'no column "{column}" is known here',
                where,
                hint or f"known: {', '.join(known)}",
            )
    for needed in columns:
        if needed.needed and needed.name not in header and needed.name not in meant:
            draft.flaw(needed.missing(), where)
    return len(draft.faults) == before
