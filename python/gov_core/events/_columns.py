"""The columns of an events file: their names, which must be there, and how a file's own names map to them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from gov_core.errors import EventError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The columns that routing reads; every other column passes through untouched.
COLUMNS = ("id", "lon", "lat", "matter", "grade", "reported_at", "crs", "asset", "place", "address")

#: Event columns that are text in a text file, whatever their cells look like ("007" stays "007").
TEXT = tuple(name for name in COLUMNS if name not in {"lon", "lat"})


def resolve(names: Sequence[str], rename: Mapping[str, str], where: str) -> list[str]:
    """Return the column names under which a file's columns come out.

    Args:
        names: The names in the file, in file order.
        rename: New name to the name in the file: ``{"lon": "经度"}``.
        where: The file, for the report.

    Returns:
        One name a column, in file order. A column without a name becomes ``column_3`` (counted from 1).

    Raises:
        EventError: A renamed column is not there, two columns would share a name, or a column that routing
            cannot do without is missing; all of it at once. Needed are ``id``, ``matter``, and either
            ``lon`` with ``lat`` or ``place`` or ``address``.
    """
    found = [name.strip() or f"column_{at}" for at, name in enumerate(names, 1)]
    listing = "columns of the file: " + (", ".join(found) or "none")
    faults = [
        Fault(
            "event.map",
            f"--map {new}={old}: the file has no column {old!r}",
            where,
            _near(old, found) or listing,
        )
        for new, old in rename.items()
        if old not in found
    ]
    new_name = {old: new for new, old in rename.items()}
    columns = [new_name.get(name, name) for name in found]
    faults += [
        Fault(
            "event.duplicate_column",
            f"{columns.count(name)} columns are called {name!r}",
            where,
            "rename one of them",
        )
        for name in dict.fromkeys(columns)
        if columns.count(name) > 1
    ]
    faults += [
        Fault("event.missing_column", f"column {name!r} is missing", where, _near(name, columns) or listing)
        for name in _missing(columns)
    ]
    if faults:
        raise EventError(faults)
    return columns


def _missing(columns: Sequence[str]) -> list[str]:
    missing = [name for name in ("id", "matter") if name not in columns]
    if "place" not in columns and "address" not in columns:
        missing += [name for name in ("lon", "lat") if name not in columns]
    return missing


def _near(name: str, columns: Sequence[str]) -> str:
    near = get_close_matches(name.lower(), [column.lower() for column in columns], n=1)
    if not near:
        return ""
    column = next(column for column in columns if column.lower() == near[0])
    return f"did you mean {column!r}? --map {name}={column}"
