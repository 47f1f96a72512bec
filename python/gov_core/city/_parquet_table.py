"""Reads one table from a Parquet file."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from gov_core.city._cells import Cells, header_fits
from gov_core.city._sources import open_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city._column import Column
    from gov_core.city._draft import Draft


def read_parquet_table(path: Path, columns: tuple[Column, ...], draft: Draft) -> Cells | None:
    """Reads a table, or gives None after a fault. Its lines are its rows, from 1."""
    table = open_parquet(path, draft)
    if table is None:
        return None
    header = list(table.column_names)
    if not header_fits(header, columns, [path.name] * max(1, len(header)), draft):
        return None
    cells = [[_plain(value) for value in table.column(name).to_pylist()] for name in header]
    return Cells(path.name, header, cells, range(1, table.num_rows + 1))


def _plain(value: object) -> object:
    """A day where a file has a moment at midnight; nothing where it has no number."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    return None if value != value else value  # noqa: PLR0124
