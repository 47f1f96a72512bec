"""``gov-core index``: builds the index of a city once, so that every later run starts faster."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from time import perf_counter
from typing import Annotated

import typer

from gov_core.cli._app import app


@app.command()
def index(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to save the index.")],
    *,
    profile: Annotated[str, typer.Option(help="fast, or compact (smaller and slower).")] = "fast",
) -> None:
    """Build the index of a city's grids and save it; use it with gov-core route --index."""
    from rich.text import Text

    from gov_core.city import City
    from gov_core.cli._report import notes
    from gov_core.routing import GridIndex

    started = perf_counter()
    grids = GridIndex.build(City.load(city).geometries, profile=profile)
    grids.save(output)
    size = output.stat().st_size / 1e6
    notes().print(
        Text(f"{len(grids):,} grids, {size:,.1f} MB in {perf_counter() - started:.2f} s -> {output}")
    )
    notes().print(Text(f"next: gov-core route {city} EVENTS -o routed.parquet --index {output}", style="dim"))
