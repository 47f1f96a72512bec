"""``gov-core index``: builds the index of a city once, so that every later run starts faster."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from time import perf_counter
from typing import Annotated

import typer

from gov_core.cli._app import app


class Profile(StrEnum):
    """What an index is good at."""

    FAST = "fast"
    COMPACT = "compact"


@app.command()
def index(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to save the index.")],
    *,
    profile: Annotated[Profile, typer.Option(help="compact is smaller and slower.")] = Profile.FAST,
) -> None:
    """Build the index of a city's grids and save it; use it with gov-core route --index."""
    from gov_core.city import City
    from gov_core.cli._report import GREY, tell
    from gov_core.routing import GridIndex

    started = perf_counter()
    found = City.load(city)
    grids = GridIndex.build(found.geometries, profile=profile.value, ids=found.grids, digest=found.digest)
    grids.save(output)
    size = output.stat().st_size / 1e6
    tell(f"{len(grids):,} grids, {size:,.1f} MB in {perf_counter() - started:.2f} s -> {output}")
    tell(f"next: gov-core route {city} EVENTS -o routed.parquet --index {output}", GREY)
