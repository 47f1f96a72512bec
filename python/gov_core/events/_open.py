"""Opens an events file of any format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gov_core.errors import EventError, Fault
from gov_core.events._formats import format_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.events._reader import EventReader

_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}


def open_events(
    path: str | Path, *, rename: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> EventReader:
    """Open a file of events for reading, in constant memory whatever its size.

    Rows come out in file order and none is dropped. Only a file that cannot be read at all raises:

    * A cell of `lon` or `lat` that is no number becomes NaN; a row that cannot be read at all (wrong number
      of cells, a quote that is never closed, bytes that are not of the encoding, NUL, broken JSON, a key
      that comes twice) comes out with NaN coordinates, its id where the id is sure, and nulls. Routing
      answers both with ``bad_coordinate``. Each is listed in `EventReader.problems` with its line.
    * An id that has come before and a `reported_at` that is no time are listed too; they pass through.
    * Text files: `lon` and `lat` become float64, the other event columns stay the text they are. A CSV's
      further columns are text, and an empty cell is null; an NDJSON's further columns are bool, int64,
      float64 or text if all their values are, else their JSON text.
    * Parquet: types are the file's own; a `lon` or `lat` that is no float64 becomes one.

    Args:
        path: ``.csv``, ``.ndjson``, ``.jsonl`` (each also with ``.gz``) or ``.parquet``.
        rename: New column name to the name in the file: ``{"lon": "经度", "lat": "纬度"}``.
        encoding: Of a CSV: ``utf-8`` (with or without byte order mark) or ``gb18030`` (also for GBK, GB2312).

    Returns:
        The reader, a context manager that iterates over `arro3.core.RecordBatch`.

    Raises:
        EventError: The file is not there, empty, of no known format or encoding, damaged (Parquet), or its
            columns are not what routing needs; all faults of the columns at once.
    """
    path = Path(path)
    if not path.is_file():
        raise EventError([Fault("event.not_found", "there is no such file", str(path))])
    kind = format_of(path)
    codec = _ENCODINGS.get(encoding.lower())
    if codec is None:
        hint = "utf-8 or gb18030"
        raise EventError([Fault("event.encoding", f"encoding {encoding!r} is not known", str(path), hint)])
    if kind == "parquet":
        from gov_core.events._parquet_file import ParquetEvents

        return ParquetEvents(path, rename or {})
    if kind == "csv":
        from gov_core.events._csv_file import CsvEvents

        return CsvEvents(path, rename or {}, codec)
    from gov_core.events._ndjson_file import NdjsonEvents

    return NdjsonEvents(path, rename or {})
