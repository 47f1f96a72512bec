"""``gov-core generate``: made-up events for any city folder."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from gov_core.cli._app import app


@app.command()
def generate(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="A .parquet, .csv or .ndjson.")
    ],
    *,
    events: Annotated[int, typer.Option(min=0, help="How many.")] = 1_000_000,
    days: Annotated[int, typer.Option(min=1, help="Over how many days they are spread.")] = 365,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same events.")] = 7,
) -> None:
    """Generate events: office hours, hot spots, and one in a hundred a stray."""
    from gov_core.city import City
    from gov_core.cli._report import notes
    from gov_core.cli._steps import with_rows
    from gov_core.events import check_output, write_events
    from gov_core.generate import event_batches

    check_output(output)
    batches = event_batches(City.load(city), events, days=days, seed=seed)
    write_events(output, with_rows(batches, events, "generating"))
    notes().print(f"{events:,} events -> {output}")
    notes().print(f"next: gov-core route {city} {output} -o routed.parquet", style="dim")
