"""A table before anyone knows what its cells mean: a header, columns of texts, and where each row stands."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gov_core.city._closest import Closest
from gov_core.city._personal import personal_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.city._column import Column
    from gov_core.city._draft import Draft

MAX_COLUMNS = 256


@dataclass(slots=True)
class Cells:
    """The cells of one file.

    Attributes:
        file: Its name.
        header: Names of the columns.
        columns: Cells by column, aligned with `header`: texts, or what else a file may hold (see
            `Column.take`).
        lines: Line of each row in the file, from 1.
        complete: False if a row was lost; then names it may have held are not unknown.
        letters: What a workbook calls the columns, by name; none for other files.
    """

    file: str
    header: list[str]
    columns: Sequence[Sequence[object]]
    lines: Sequence[int]
    complete: bool = True
    letters: Mapping[str, str] = field(default_factory=dict)

    def where(self, row: int, column: str) -> str:
        """A cell in words of a fault: ``units.xlsx!B7``, and its line where cells have no names."""
        if self.letters:
            return f"{self.file}!{self.letters.get(column, 'A')}{self.lines[row]}"
        return f"{self.file}:{self.lines[row]}"

    def head(self, column: str) -> str:
        """The name of a column in words of a fault."""
        return f"{self.file}!{self.letters[column]}1" if self.letters else f"{self.file}:1"


def decode(data: bytes, file: str, encoding: str, draft: Draft) -> str | None:
    """Text of a file, or None after a fault that says at which byte it stops being text.

    A file that is UTF-8 where GB18030 is stated is a fault, too: some of its letters make others in GB18030.
    """
    mixed = "save all tables in one encoding"
    if encoding == "GB18030" and not data.isascii() and _is_utf8(data):
        draft.fault("text.encoding", "the file is UTF-8, city.toml states GB18030", file, mixed)
        return None
    try:
        # A byte order mark is what Excel puts first when asked for UTF-8.
        return data.decode("utf-8-sig" if encoding == "UTF-8" else encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        stated = 'encoding = "GB18030" at the top of city.toml'
        hint = f"if all tables are GB18030, state {stated}; else {mixed}" if encoding == "UTF-8" else mixed
        draft.fault("text.encoding", f"byte {error.start} is not {encoding}", f"{file}:{line}", hint)
        return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


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
                if not header_fits(cells, columns, [f"{file}:1"] * max(1, len(cells)), draft):
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
        header_fits([], columns, [f"{file}:1"], draft)
        return None
    # Without rows there are no columns to turn rows into.
    turned = list(zip(*found.cells, strict=True)) or [()] * len(found.header)
    return Cells(file, found.header, turned, found.lines, found.complete)


def header_fits(header: list[str], columns: tuple[Column, ...], where: Sequence[str], draft: Draft) -> bool:
    """Whether a header names known columns, each once, and all that are needed; faults say what not.

    Args:
        header: Names as they stand.
        columns: What the table may have.
        where: Place of each name in words of a fault; of an empty header, its own.
        draft: Takes the faults.
    """
    known = [column.name for column in columns]
    before = len(draft.faults)
    if len(header) > MAX_COLUMNS:
        message = f"the header has {len(header)} columns"
        draft.fault("csv.header", message, where[0], f"at most {MAX_COLUMNS}")
        return False
    if not header:
        draft.fault("csv.empty", "the file has no header", where[0], f"first line: {','.join(known)}")
        return False
    closest = Closest(known)
    meant: set[str] = set()
    for name, spot in dict(zip(reversed(header), reversed(where), strict=True)).items():
        if header.count(name) > 1:
            draft.fault("csv.header", f'column "{name}" stands {header.count(name)} times', spot)
        if name not in known:
            hint = closest(name)
            meant.update(column for column in known if f'"{column}"' in hint)
            message = f'no column "{name}" is known here'
            if not draft.flaw(personal_name(name), spot):
                draft.fault("csv.unknown_column", message, spot, hint or f"known: {', '.join(known)}")
    for needed in columns:
        if needed.needed and needed.name not in header and needed.name not in meant:
            draft.fault("csv.missing_column", f'column "{needed.name}" is missing', where[0])
    return len(draft.faults) == before
