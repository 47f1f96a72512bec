"""Writes a stream of record batches to a file that appears whole or not at all."""

from __future__ import annotations

import io
import secrets
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from arro3.io import write_csv, write_ndjson

from gov_core.errors import EventError, Fault
from gov_core.events._formats import format_of
from gov_core.events._formulas import without_formulas
from gov_core.events._parquet_out import write_parquet_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch


def write_events(path: str | Path, batches: Iterable[RecordBatch], *, formulas: bool = False) -> int:
    """Write batches to a file; it appears when all of it is written, else there is no trace of it.

    The rows go to a hidden temporary file beside `path`, which is renamed at the end; whatever fails in
    between (an error of the stream, a full disk, Ctrl-C) removes it and leaves an older `path` untouched.

    Args:
        path: ``.parquet`` (Snappy), ``.csv`` (UTF-8, LF, header) or ``.ndjson`` / ``.jsonl``.
        batches: At least one, all with the same columns.
        formulas: Leave cells of a CSV that a spreadsheet would run as a formula as they are. By default a
            text cell that starts with ``= + - @``, tab or CR gets a ``'`` before it; numbers never do.

    Returns:
        The number of rows.

    Raises:
        EventError: The name tells no format, or the folder is not there.
        OSError: The disk takes no more.
    """
    path = Path(path)
    kind = check_output(path)
    stream = iter(batches)
    first = next(stream, None)
    if first is None:
        raise EventError(
            [Fault("event.no_batch", "there is no batch to write, not even an empty one", str(path))]
        )
    rows = 0

    def counted() -> Iterator[RecordBatch]:
        nonlocal rows
        for batch in chain([first], stream):
            rows += batch.num_rows
            yield batch

    with _replacing(path) as temporary, temporary.open("wb") as file:
        if kind == "parquet":
            write_parquet_file(file, first.schema, counted())
        else:
            write_text(file, counted(), kind, formulas=formulas)
    return rows


def check_output(path: str | Path) -> str:
    """Return the format of a file to write: ``parquet``, ``csv`` or ``ndjson``.

    Raises:
        EventError: The name tells no format that is written, or the folder is not there.
    """
    path = Path(path)
    kind = format_of(path)
    if path.suffix == ".gz":
        raise EventError(
            [Fault("event.format", "compressed text is not written", str(path), "leave out .gz")]
        )
    if not path.parent.is_dir():
        raise EventError(
            [Fault("event.not_found", f"there is no folder {path.parent}", str(path), "make it first")]
        )
    return kind


def write_text(file: IO[bytes], batches: Iterable[RecordBatch], kind: str, *, formulas: bool = False) -> None:
    """Write batches as ``csv`` or ``ndjson`` to an open file; see `write_events`."""
    header = True
    for batch in batches:
        part = io.BytesIO()
        if kind == "csv":
            write_csv(batch if formulas else without_formulas(batch), part, header=header)
        else:
            write_ndjson(batch, part, explicit_nulls=True)
        file.write(part.getbuffer())
        header = False


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
