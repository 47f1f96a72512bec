"""Events from a CSV file: blocks of lines through the fast reader, a block with a broken row line by line."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import IO, TYPE_CHECKING

from arro3.core import Array, DataType, Field, RecordBatch, Schema
from arro3.io import read_csv

from gov_core.errors import EventError, Fault
from gov_core.events._blocks import read_blocks
from gov_core.events._columns import resolve
from gov_core.events._csv_rows import CsvRows, bad_byte
from gov_core.events._reader import BATCH_ROWS, EventReader, LineOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gov_core.events._blocks import Block

_TEXT = DataType.string()

#: Bytes that a header may have.
_HEADER = 1 << 20


class CsvEvents(EventReader):
    """Reads events from CSV (RFC 4180, comma, header line); see `open_events`."""

    def __init__(self, path: Path, rename: Mapping[str, str], encoding: str) -> None:
        super().__init__(path)
        self._encoding = encoding
        self._file: IO[bytes] = self._open_bytes()
        try:
            header, self._line, self._offset = _read_header(self._file, self.path.name, encoding)
            self._columns = resolve(header, rename, self.path.name)
        except BaseException:
            self.close()
            raise
        self._text_schema = Schema([Field(name, _TEXT, nullable=True) for name in self._columns])
        self.schema = Schema(
            [
                Field(name, DataType.float64() if name in {"lon", "lat"} else _TEXT, nullable=True)
                for name in self._columns
            ]
        )

    def _read(self) -> Iterator[tuple[RecordBatch, LineOf]]:
        for block in read_blocks(self._file, quoted=True, line=self._line, offset=self._offset):
            batches = self._read_fast(block)
            yield from self._read_slow(block) if batches is None else self._with_lines(block, batches)

    def _with_lines(self, block: Block, batches: list[RecordBatch]) -> Iterator[tuple[RecordBatch, LineOf]]:
        lines, before = _Lines(block, len(self._columns), self._encoding), 0
        for batch in batches:
            yield batch, partial(lines.of, before)
            before += batch.num_rows

    def _read_fast(self, block: Block) -> list[RecordBatch] | None:
        """Return the rows of a block without any broken row, else None."""
        data = block.data
        if not block.whole or b"\0" in data:
            return None
        try:
            if self._encoding != "utf-8":
                data = data.decode(self._encoding).encode()
            reader = read_csv(io.BytesIO(data), self._text_schema, has_header=False, batch_size=BATCH_ROWS)
            return list(reader)
        except Exception:  # noqa: BLE001 - arro3 raises bare Exception; the line-by-line reader says what is wrong
            return None

    def _read_slow(self, block: Block) -> Iterator[tuple[RecordBatch, LineOf]]:
        rows: list[list[str | None]] = []
        lines: list[int] = []
        for row in CsvRows(block, len(self._columns), self._encoding):
            rows.append([*row.cells] if row.cells else self._broken(row.first))
            lines.append(row.line)
            if row.cells is None:
                self.problems.add(row.line, row.code, row.message)
            if len(rows) == BATCH_ROWS:
                yield self._batch(rows), lines.__getitem__
                rows, lines = [], []
        if rows:
            yield self._batch(rows), lines.__getitem__

    def _broken(self, first: str | None) -> list[str | None]:
        """Return what stands for a row nobody can read: its id if sure, coordinates that are none."""
        cells: list[str | None] = ["nan" if name in {"lon", "lat"} else None for name in self._columns]
        if self._columns[0] == "id":
            cells[0] = first
        return cells

    def _batch(self, rows: list[list[str | None]]) -> RecordBatch:
        columns = zip(*rows, strict=True)
        arrays = [Array([cell or None for cell in column], _TEXT) for column in columns]
        return RecordBatch.from_arrays(arrays, schema=self._text_schema)


class _Lines:
    """From the number of a row in a block to its line; worked out only when somebody asks."""

    def __init__(self, block: Block, width: int, encoding: str) -> None:
        self._block, self._width, self._encoding = block, width, encoding
        self._found: list[int] | None = None

    def of(self, before: int, row: int) -> int:
        """Return the line of a row, given the rows of the block before its batch."""
        row += before
        data = self._block.data
        if self._found is None:
            if not (b'"' in data or b"\n\n" in data or b"\n\r\n" in data or data[0] in b"\r\n"):
                return self._block.line + row
            self._found = [row.line for row in CsvRows(self._block, self._width, self._encoding)]
        return self._found[row]


def _read_header(file: IO[bytes], where: str, encoding: str) -> tuple[list[str], int, int]:
    """Return the cells of the header, the number of the line after it and the bytes before that line."""
    raw, line, offset = file.readline(_HEADER), 1, 0
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint = "save it as UTF-8 (in a spreadsheet: CSV UTF-8)"
        raise EventError([Fault("event.encoding", "the file is UTF-16", where, hint)])
    raw, offset = raw.removeprefix(b"\xef\xbb\xbf"), 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while raw and not raw.strip():
        raw, line, offset = file.readline(_HEADER), line + 1, offset + len(raw)
    if not raw:
        raise EventError(
            [Fault("event.empty", "the file is empty", where, "the first line names the columns")]
        )
    first = line
    while raw.count(b'"') % 2 and len(raw) < _HEADER and (more := file.readline(_HEADER)):
        raw, line = raw + more, line + 1
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        message = bad_byte(raw, error, offset)
        hint = "an export of a Chinese Windows program is often GB18030: --encoding gb18030"
        raise EventError([Fault("event.encoding", message, f"{where}:{first}", hint)]) from error
    if "\r" in text.rstrip("\r\n"):
        hint = "convert the line ends to LF or CR LF"
        raise EventError([Fault("event.line_ends", "lines end in a lone CR", f"{where}:{first}", hint)])
    return next(csv.reader(io.StringIO(text))), line + 1, offset + len(raw)
