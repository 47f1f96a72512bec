"""The formats of events files, by the end of the name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.errors import EventError, Fault

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def format_of(path: Path) -> str:
    """Return ``parquet``, ``csv`` or ``ndjson``, as the end of the name says.

    Raises:
        EventError: It says none of these.
    """
    name = path.name.lower().removesuffix(".gz")
    for suffix, kind in _SUFFIXES.items():
        if name.endswith(suffix) and not (kind == "parquet" and path.suffix == ".gz"):
            return kind
    hint = "events are .csv, .ndjson (.jsonl) or .parquet; .csv.gz and .ndjson.gz are read too"
    raise EventError(
        [Fault("event.format", f"the name {path.name!r} tells no format of events", str(path), hint)]
    )
