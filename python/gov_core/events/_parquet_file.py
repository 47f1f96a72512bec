"""Events from a Parquet file: the file's own types, only the coordinates become float64."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, TypeVar

from arro3.core import DataType, RecordBatch, RecordBatchReader, Schema
from arro3.io import read_parquet

from gov_core.errors import EventError, Fault
from gov_core.events._arrow import fields_of, is_kind, is_text
from gov_core.events._columns import TEXT, resolve
from gov_core.events._reader import EventReader, LineOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from arro3.core import Field

#: Rows of a batch. Reading 1M rows of 27 MB took 36-53 ms at every size from 65,536 to 1,048,576.
_ROWS = 131_072

_MAGIC = b"PAR1"

T = TypeVar("T")


class ParquetEvents(EventReader):
    """Reads events from Parquet; see `open_events`."""

    def __init__(self, path: Path, rename: Mapping[str, str]) -> None:
        super().__init__(path)
        try:
            file = self._open_bytes()
            _check_frame(file, self.bytes_total, path.name)
            self._batches: RecordBatchReader = self._call(lambda: read_parquet(file, batch_size=_ROWS))
            names = resolve(self._batches.schema.names, rename, path.name)
            fields = [
                field.with_name(name)
                for name, field in zip(names, fields_of(self._batches.schema), strict=True)
            ]
            _check_types(fields, path.name)
        except BaseException:
            self.close()
            raise
        self._renamed = Schema(fields)
        self.schema = Schema(
            [
                field.with_type(DataType.float64()) if field.name in {"lon", "lat"} else field
                for field in fields
            ]
        )

    def _read(self) -> Iterator[tuple[RecordBatch, LineOf]]:
        before = 1
        while (batch := self._call(lambda: next(self._batches, None))) is not None:
            yield batch.with_schema(self._renamed), before.__add__
            before += batch.num_rows

    def _call(self, read: Callable[[], T]) -> T:
        """Call the Parquet reader and turn what it raises into an error of ours."""
        try:
            return read()
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # noqa: BLE001 - arro3 panics on a damaged footer
            message = f"the file is no readable Parquet: {error}"
            raise EventError(
                [Fault("event.parquet", message, self.path.name, "write the file again")]
            ) from None


def _check_frame(file: IO[bytes], size: int, where: str) -> None:
    """Refuse what is clearly no whole Parquet file, before the reader sees it."""
    if size == 0:
        raise EventError([Fault("event.empty", "the file is empty", where)])
    head = file.read(4)
    file.seek(max(size - 8, 0))
    tail = file.read(8)
    file.seek(0)
    if size < 12 or head != _MAGIC or tail[4:] != _MAGIC or int.from_bytes(tail[:4], "little") > size - 12:
        hint = "the file is another format, or it was cut short while it was written or copied"
        raise EventError([Fault("event.parquet", "the file is no whole Parquet file", where, hint)])


def _check_types(fields: list[Field], where: str) -> None:
    """Refuse columns whose type cannot be what their name says; all of them at once."""
    faults: list[Fault] = []
    for field in fields:
        kind = field.type
        if field.name in {"lon", "lat"}:
            wanted, fits = "a number", is_kind(kind, "numeric", "decimal") or is_text(kind)
        elif field.name == "reported_at":
            wanted, fits = "a time or text", is_kind(kind, "temporal") or is_text(kind)
        elif field.name in TEXT:
            wanted, fits = "text or whole numbers", is_kind(kind, "integer") or is_text(kind)
        else:
            continue
        if not fits and not is_kind(kind, "null"):
            message = f"column {field.name!r} is {kind}, not {wanted}".replace("arro3.core.DataType", "")
            faults.append(
                Fault("event.column_type", message, where, "convert the column where the file is made")
            )
    if faults:
        raise EventError(faults)
