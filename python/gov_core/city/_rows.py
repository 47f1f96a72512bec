"""Strict CSV: a header, a known set of columns, and every row as wide as the header."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gov_core.city._closest import Closest

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city._draft import Draft

MAX_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns a file must have, and those it may have besides."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()


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
class Table:
    """Rows of a file.

    Attributes:
        rows: Line number and cells by column.
        complete: False if a row was lost; then names it may have held are not unknown.
    """

    rows: list[tuple[int, dict[str, str]]]
    complete: bool = True


def read_rows(path: Path, text: str, columns: Columns, draft: Draft) -> Table | None:
    """Reads a file, or gives None, after a fault, if it has no usable header.

    A row that is too short or too long is a fault and left out; empty lines are skipped.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    table = Table([])
    header: list[str] | None = None
    line = 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            if header is None:
                header = cells
                if not _header_fits(header, columns, path.name, draft):
                    return None
            elif len(cells) == len(header):
                table.rows.append((start, dict(zip(header, cells, strict=True))))
            elif cells:
                message = f"the row has {len(cells)} cells, the header has {len(header)}"
                draft.fault("csv.ragged", message, f"{path.name}:{start}")
                table.complete = False
    except csv.Error as error:
        draft.fault("csv.syntax", str(error), f"{path.name}:{line + 1}")
        table.complete = False
    return table if header is not None or _header_fits([], columns, path.name, draft) else None


def _header_fits(header: list[str], columns: Columns, file: str, draft: Draft) -> bool:
    where = f"{file}:1"
    known = (*columns.needed, *columns.optional)
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
    for column in columns.needed:
        if column not in header and column not in meant:
            draft.fault("csv.missing_column", f'column "{column}" is missing', where)
    return len(draft.faults) == before
