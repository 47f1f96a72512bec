"""What the command line says about the columns of an events file: other names, and a CRS for all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from gov_core.errors import EventError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch


def parse_map(values: Iterable[str] | None) -> dict[str, str]:
    """Return new name to name in the file, as ``--map lon=经度,lat=纬度`` or several ``--map`` say.

    Raises:
        typer.BadParameter: A part has no ``=``, an empty side, or a name that comes twice.
    """
    found: dict[str, str] = {}
    for part in filter(str.strip, ",".join(values or ()).split(",")):
        new, _, old = (text.strip() for text in part.partition("="))
        if not new or not old:
            raise typer.BadParameter(
                f"{part!r} is not NAME=COLUMN, as in lon=经度,lat=纬度", param_hint="--map"
            )
        if new in found or old in found.values():
            raise typer.BadParameter(f"{part!r} uses a name that came before", param_hint="--map")
        found[new] = old
    return found


def with_crs(batches: Iterable[RecordBatch], crs: str | None) -> Iterator[RecordBatch]:
    """Yield the batches with a column `crs` that says the same for every row; without one if it is None.

    Raises:
        EventError: The events say their CRS themselves.
    """
    from arro3.core import Array, DataType, Field

    for batch in batches:
        if crs is None:
            yield batch
            continue
        if "crs" in batch.schema.names:
            hint = "leave out --crs, or leave the column out with --map crs_of_file=crs"
            message = "the events have a column crs, and --crs is given too"
            raise EventError([Fault("event.crs", message, "--crs", hint)])
        column = Array([crs] * batch.num_rows, DataType.string())
        yield batch.append_column(Field("crs", DataType.string(), nullable=True), column)
