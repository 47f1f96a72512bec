"""Reads a block of CSV row by row: slow, but no broken row takes its neighbours with it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.events._blocks import Block

#: Bytes that a cell with line feeds in it may span before its opening quote counts as a mistake.
_SPAN = 64 << 10


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record of a CSV file.

    Attributes:
        line: Line on which it starts, from 1.
        cells: As many as the header has; None if the record cannot be read.
        first: The first cell of a record that cannot be read, where that much is sure.
        code: What is wrong with such a record.
        message: The same in a sentence.
    """

    line: int
    cells: list[str] | None
    first: str | None = None
    code: str = ""
    message: str = ""


class CsvRows:
    """The records of one block, broken ones included; empty lines are none.

    Args:
        block: Whole lines.
        width: Cells that a record must have.
        encoding: ``utf-8`` or ``gb18030``.
    """

    def __init__(self, block: Block, width: int, encoding: str) -> None:
        self._block, self._width, self._encoding = block, width, encoding
        self._lines = block.data.split(b"\n")
        if not self._lines[-1]:
            self._lines.pop()

    def __iter__(self) -> Iterator[CsvRow]:
        at, offset = 0, self._block.offset
        while at < len(self._lines):
            used = 1
            if self._lines[at].removesuffix(b"\r"):
                row, used = self._read(at, offset)
                yield row
            offset += sum(len(line) + 1 for line in self._lines[at : at + used])
            at += used

    def _read(self, at: int, offset: int) -> tuple[CsvRow, int]:
        """Return the record that starts at a line, and how many lines it takes."""
        raw = self._lines[at].removesuffix(b"\r")
        if self._block.cut_short:
            return self._broken(at, "event.too_long", "the row is longer than 4 MiB"), 1
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            return self._broken(at, "event.encoding", bad_byte(raw, error, offset)), 1
        if "\0" in text:
            return self._broken(at, "event.nul", "the row holds a NUL byte"), 1
        try:
            cells = _cells(text, strict=True)
        except csv.Error as error:
            if raw.count(b'"') % 2:
                joined = self._join(at)
                return joined or (self._broken(at, "event.quote", "a quote is opened and never closed"), 1)
            try:
                cells = _cells(text, strict=False)  # text after a closing quote: read as most readers do
            except csv.Error:
                return self._broken(at, "event.cells", f"the row is no CSV: {error}"), 1
        if len(cells) != self._width:
            message = f"the row has {len(cells)} cells, the header has {self._width}"
            return self._broken(at, "event.cells", message), 1
        return CsvRow(self._block.line + at, cells), 1

    def _join(self, at: int) -> tuple[CsvRow, int] | None:
        """Return the record whose quoted cell runs on over the next lines, and how many lines it takes."""
        size, quotes = 0, 0
        for end in range(at, len(self._lines)):
            size += len(self._lines[end]) + 1
            quotes += self._lines[end].count(b'"')
            if size > _SPAN:
                return None
            if quotes % 2 == 0:
                raw = b"\n".join(self._lines[at : end + 1]).removesuffix(b"\r")
                try:
                    cells = _cells(raw.decode(self._encoding), strict=True)
                except (UnicodeDecodeError, csv.Error):
                    return None
                if len(cells) != self._width or b"\0" in raw:
                    return None
                return CsvRow(self._block.line + at, cells), end + 1 - at
        return None

    def _broken(self, at: int, code: str, message: str) -> CsvRow:
        return CsvRow(self._block.line + at, None, self._first(self._lines[at]), code, message)

    def _first(self, raw: bytes) -> str | None:
        """Return the first cell of a record that cannot be read, if it is plain to see."""
        cell, comma, _ = raw.partition(b",")
        if not comma or b'"' in cell or b"\0" in cell:
            return None
        try:
            return cell.decode(self._encoding) or None
        except UnicodeDecodeError:
            return None


def bad_byte(raw: bytes, error: UnicodeDecodeError, offset: int) -> str:
    """Return in words which byte of a file is not of its encoding.

    Args:
        raw: What could not be decoded.
        error: What the decoder said.
        offset: Bytes of the file before `raw`.
    """
    at = offset + error.start
    return f"byte 0x{raw[error.start]:02X} at byte {at} of the file is not {error.encoding.upper()}"


def _cells(text: str, *, strict: bool) -> list[str]:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=strict))
    if len(rows) != 1:
        raise csv.Error("a lone CR ends a line in the middle of the row")
    return rows[0]
