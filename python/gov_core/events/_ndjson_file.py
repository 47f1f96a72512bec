"""Events from an NDJSON file: blocks through the fast reader, a block with a broken line line by line."""

from __future__ import annotations

import io
import json
import re
from typing import IO, TYPE_CHECKING, NoReturn

from arro3.core import Array, DataType, Field, RecordBatch, Schema
from arro3.io import read_json

from gov_core._core import JsonKeys
from gov_core.errors import EventError, Fault
from gov_core.events._arrow import fields_of, is_kind
from gov_core.events._blocks import read_blocks
from gov_core.events._columns import TEXT, resolve
from gov_core.events._json_rows import LineError, read_object
from gov_core.events._reader import BATCH_ROWS, EventReader, LineOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gov_core.events._blocks import Block

_MARK = b"\xef\xbb\xbf"

#: Column types of the kinds of values that `JsonKeys` tells apart; mixtures, lists and objects are text.
_TYPES = {
    "null": DataType.string(),
    "bool": DataType.bool(),
    "int": DataType.int64(),
    "float": DataType.float64(),
    "text": DataType.string(),
}


class NdjsonEvents(EventReader):
    """Reads events from NDJSON; see `open_events`. The file is read twice: for columns, then for rows."""

    def __init__(self, path: Path, rename: Mapping[str, str]) -> None:
        super().__init__(path)
        try:
            file, offset = self._rewind()
            kinds = self._find_kinds(file, offset)
            names = resolve(list(kinds), rename, path.name) if kinds else _no_event(path.name)
        except BaseException:
            self.close()
            raise
        self._keys = list(kinds)
        self._names = names
        # What the fast reader is asked for; a value of another kind sends the block to the slow one.
        self._read_types = [
            DataType.float64() if name in {"lon", "lat"} else _TYPES[kind]
            for name, kind in zip(names, kinds.values(), strict=True)
        ]
        self.schema = Schema(
            [
                Field(name, DataType.string() if name in TEXT else kind, nullable=True)
                for name, kind in zip(names, self._read_types, strict=True)
            ]
        )

    def _find_kinds(self, file: IO[bytes], offset: int) -> dict[str, str]:
        """Return the keys of the file and the kinds of their values; note the blocks with a broken line."""
        keys = JsonKeys()
        self._doubtful = {
            block.offset
            for block in read_blocks(file, quoted=False, offset=offset)
            if not keys.scan(block.data) or block.cut_short
        }
        return dict(keys.columns())

    def _rewind(self) -> tuple[IO[bytes], int]:
        self.close()
        file = self._open_bytes()
        if file.read(3) == _MARK:
            return file, 3
        file.seek(0)
        return file, 0

    def _read(self) -> Iterator[tuple[RecordBatch, LineOf]]:
        file, offset = self._rewind()
        for block in read_blocks(file, quoted=False, offset=offset):
            batches = self._read_fast(block)
            yield from self._read_slow(block) if batches is None else _with_lines(block, batches)

    def _read_fast(self, block: Block) -> list[RecordBatch] | None:
        """Return the rows of a block in which every line is fine, else None."""
        fields = [
            Field(key, kind, nullable=True) for key, kind in zip(self._keys, self._read_types, strict=True)
        ]
        if block.offset in self._doubtful:
            return None
        try:
            batches = list(read_json(io.BytesIO(block.data), Schema(fields), batch_size=BATCH_ROWS))
        except Exception:  # noqa: BLE001 - arro3 raises bare Exception; the slow reader says what is wrong
            return None
        kinds = self.schema.types
        return [
            RecordBatch.from_arrays(
                [cells.cast(kind) for cells, kind in zip(batch.columns, kinds, strict=True)],
                schema=self.schema,
            )
            for batch in batches
        ]

    def _read_slow(self, block: Block) -> Iterator[tuple[RecordBatch, LineOf]]:
        rows: list[dict[str, object]] = []
        lines: list[int] = []
        offset = block.offset
        for number, raw in enumerate(block.data.split(b"\n"), block.line):
            if raw.strip():
                rows.append(self._row(raw, number, offset, cut_short=block.cut_short))
                lines.append(number)
            offset += len(raw) + 1
            if len(rows) == BATCH_ROWS:
                yield self._batch(rows), lines.__getitem__
                rows, lines = [], []
        if rows:
            yield self._batch(rows), lines.__getitem__

    def _row(self, raw: bytes, line: int, offset: int, *, cut_short: bool) -> dict[str, object]:
        """Return the object of a line; of one that cannot be read, what stands for it."""
        if cut_short:
            self.problems.add(line, "event.too_long", "the line is longer than 4 MiB")
        else:
            try:
                return read_object(raw, offset)
            except LineError as error:
                self.problems.add(line, error.code, error.message)
        key_of = dict(zip(self._names, self._keys, strict=True))
        row: dict[str, object] = {key_of[name]: "nan" for name in ("lon", "lat") if name in key_of}
        return row | {key_of["id"]: _plain_text(raw, key_of["id"])}

    def _batch(self, rows: list[dict[str, object]]) -> RecordBatch:
        """Return rows as columns; coordinates stay text, to be read like those of any text file."""
        arrays, fields = [], []
        for key, field in zip(self._keys, fields_of(self.schema), strict=True):
            kind = DataType.string() if field.name in {"lon", "lat"} else field.type
            values = [row.get(key) for row in rows]
            if is_kind(kind, "string"):
                values = [
                    value if value is None or isinstance(value, str) else _text(value) for value in values
                ]
            elif is_kind(kind, "floating"):
                values = [float(value) if isinstance(value, int) else value for value in values]
            arrays.append(Array(values, kind))
            fields.append(field.with_type(kind))
        return RecordBatch.from_arrays(arrays, schema=Schema(fields))


def _no_event(where: str) -> NoReturn:
    hint = 'every line is one JSON object: {"id": "E1", "lon": 118.9, …}'
    raise EventError([Fault("event.empty", "the file holds no event", where, hint)])


def _plain_text(raw: bytes, key: str) -> str | None:
    """Return the text under a key of a line that cannot be read, if it is there once and plain to see."""
    found = re.findall(re.escape(json.dumps(key, ensure_ascii=False).encode()) + rb'\s*:\s*"([^"\\]*)"', raw)
    try:
        return str(found[0], "utf-8") if len(found) == 1 else None
    except UnicodeDecodeError:
        return None


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _with_lines(block: Block, batches: list[RecordBatch]) -> Iterator[tuple[RecordBatch, LineOf]]:
    before = 0
    for batch in batches:
        yield batch, _Lines(block, before).of
        before += batch.num_rows


class _Lines:
    """From the number of a row in a block to its line; worked out only when somebody asks."""

    def __init__(self, block: Block, before: int) -> None:
        self._block, self._before = block, before
        self._found: list[int] | None = None

    def of(self, row: int) -> int:
        """Return the line of a row of the batch."""
        if self._found is None:
            lines = self._block.data.split(b"\n")
            self._found = [number for number, raw in enumerate(lines, self._block.line) if raw.strip()]
        return self._found[self._before + row]
