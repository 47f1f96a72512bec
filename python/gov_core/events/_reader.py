"""What every events file gives, whatever its format: record batches, problems, progress."""

from __future__ import annotations

import gzip
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Self, cast

from arro3.core import DataType, RecordBatch

from gov_core._core import SeenIds
from gov_core.events._arrow import is_text
from gov_core.events._coordinates import parse_coordinates
from gov_core.events._problem import Problems
from gov_core.events._times import unreadable_times

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from arro3.core import Array, Schema

#: Rows of a batch from a text file.
BATCH_ROWS = 65_536

#: Ids that are remembered to notice one that comes twice, in at most 600 MB; later ones only compare.
_REMEMBERED = 50_000_000

#: From a row of a batch to its line (text) or row (Parquet) in the file, both from 1.
LineOf = Callable[[int], int]


class EventReader(ABC):
    """The events of one file as a stream of record batches, in constant memory.

    A context manager and an iterator that is consumed once. It yields at least one batch, which has no
    rows if the file has none, so that whoever comes after knows the columns.

    Attributes:
        path: The file.
        schema: The columns of every batch. `lon` and `lat` are float64, null where the event has none and NaN
            where the file holds something that is no number.
        problems: Rows that are not as they should be; complete when the stream has ended.
        rows: Rows read so far.
        bytes_total: Size of the file.
    """

    schema: Schema

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems = Problems()
        self.rows = 0
        self.bytes_total = path.stat().st_size
        self._raw: IO[bytes] | None = None

    @property
    def bytes_read(self) -> int:
        """Bytes of the file that have been read so far; for progress."""
        return self._raw.tell() if self._raw and not self._raw.closed else self.bytes_total

    def __iter__(self) -> Iterator[RecordBatch]:
        seen = SeenIds(_REMEMBERED)
        for batch, line_of in self._read():
            ids = batch["id"]
            self._report(seen.again(ids), line_of, ids, "event.duplicate_id", "the id has come before")
            self.rows += batch.num_rows
            yield self._checked(batch, line_of)
        if not self.rows:
            yield self.schema.empty_table().combine_chunks().to_batches()[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the reader yields nothing more."""
        if self._raw:
            self._raw.close()

    @abstractmethod
    def _read(self) -> Iterator[tuple[RecordBatch, LineOf]]:
        """Yield the rows as the file has them, each batch with the way from its rows to their lines."""

    def _open_bytes(self) -> IO[bytes]:
        """Open the file, unpacked if its name ends in ``.gz``."""
        self._raw = self.path.open("rb")
        return cast("IO[bytes]", gzip.open(self._raw)) if self.path.suffix == ".gz" else self._raw

    def _checked(self, batch: RecordBatch, line_of: LineOf) -> RecordBatch:
        """Return the batch with coordinates as numbers; report cells that are not what their column says."""
        columns = batch.columns
        for at, name in enumerate(self.schema.names):
            cells = columns[at]
            if name in {"lon", "lat"} and is_text(cells.type):
                columns[at], bad = parse_coordinates(cells.cast(DataType.string()))
                self._report(bad, line_of, cells, "event.number", f"{name} is no number")
            elif name in {"lon", "lat"}:
                columns[at] = cells.cast(DataType.float64())
            elif name == "reported_at" and is_text(cells.type):
                bad = unreadable_times(cells.cast(DataType.string()))
                self._report(bad, line_of, cells, "event.time", "reported_at is no ISO 8601 time")
        return RecordBatch.from_arrays(columns, schema=self.schema)

    def _report(self, rows: list[int], line_of: LineOf, cells: Array, code: str, message: str) -> None:
        for done, row in enumerate(rows):
            if self.problems.full(code):
                self.problems.count(code, len(rows) - done)
                return
            self.problems.add(line_of(row), code, f"{message}: {str(cells[row].as_py())[:60]!r}")
