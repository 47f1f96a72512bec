"""Writes a stream of record batches as Parquet."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from arro3.core import RecordBatchReader
from arro3.io import write_parquet

from gov_core.events._arrow import fields_of, is_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch, Schema

#: 1M routed rows, CPU time: uncompressed 0.30 s / 45 MB, snappy 0.31 s / 33 MB, zstd(1) 0.36 s / 22 MB.
_COMPRESSION = "snappy"


def write_parquet_file(file: IO[bytes], schema: Schema, batches: Iterable[RecordBatch]) -> None:
    """Write batches to a file that is open for writing.

    Raises:
        OSError: The disk takes no more.
        BaseException: What the stream of batches raised, as it was.
    """
    # A Parquet dictionary of values that hardly repeat is built in vain (a tenth of the time).
    distinct = [
        field.name
        for field in fields_of(schema)
        if field.name == "id" or is_kind(field.type, "floating", "temporal")
    ]
    source, target = _Source(batches), _Target(file)
    try:
        write_parquet(
            RecordBatchReader.from_batches(schema, source),
            target,  # type: ignore[arg-type]
            compression=_COMPRESSION,
            column_dictionary_enabled=dict.fromkeys(distinct, False),
        )
    except Exception:
        if source.error is not None:
            raise source.error from None  # arro3 wraps it in a bare Exception
        raise
    if target.error is not None:
        raise target.error


class _Source:
    """Hands on batches and remembers the error that ended them."""

    def __init__(self, batches: Iterable[RecordBatch]) -> None:
        self._batches = batches
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[RecordBatch]:
        try:
            yield from self._batches
        except BaseException as error:
            self.error = error
            raise


class _Target:
    """Takes bytes for a file; after an error of the disk, which it remembers, it takes them for nothing.

    arro3 panics when a write fails.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        if self.error is None:
            try:
                self._file.write(data)
            except OSError as error:
                self.error = error
        return len(data)

    def flush(self) -> None:
        if self.error is None:
            try:
                self._file.flush()
            except OSError as error:
                self.error = error

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)
