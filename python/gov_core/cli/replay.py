"""``gov-core replay``: recorded events become cases, and a generated office works on them."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from gov_core.cli._app import app
from gov_core.cli.route import Crs  # noqa: TC001 - typer reads the annotations
from gov_core.privacy.small_cells import SMALLEST

STORE = typer.Option("--store", metavar="URL", help="sqlite:///cases.db; it is made if it is not there.")


@app.command()
def replay(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    events: Annotated[Path, typer.Argument(metavar="EVENTS", help="Events: .csv, .ndjson or .parquet.")],
    store: Annotated[str, STORE],
    *,
    cases: Annotated[
        int, typer.Option(min=0, help="Cases the office works on, spread evenly over all.")
    ] = 20_000,
    office: Annotated[
        int, typer.Option(metavar="SEED", help="The same seed does the same to the same cases.")
    ] = 1,
    threads: Annotated[int, typer.Option(min=0, help="0 is one a core. Answers are the same.")] = 0,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="NAME=COLUMN,…", help="Other column names: lon=经度,lat=纬度; repeatable."
        ),
    ] = None,
    crs: Annotated[Crs | None, typer.Option(help="CRS of the events, if it is not the city's.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a CSV: utf-8 or gb18030.")] = "utf-8",
    smallest: Annotated[
        int, typer.Option(min=1, help="Smallest count of cases that is shown; 1 shows all.")
    ] = SMALLEST,
    as_json: Annotated[bool, typer.Option("--json", help="Print the bulletin as JSON on stdout.")] = False,
) -> None:
    """Open a case for every event, let a generated office work on them, and print the bulletin.

    Killed at any moment and run again, it goes on where it was: no case is lost, none is there twice, and the
    digest at the end is the same.
    """
    from rich.console import Console

    from gov_core.casework import Governance
    from gov_core.city import City
    from gov_core.cli._columns import parse_map, with_crs
    from gov_core.cli._compile import compile_history
    from gov_core.cli._replaying import print_cases, progress
    from gov_core.cli._report import tell_problems
    from gov_core.cli._steps import Steps
    from gov_core.events import open_events
    from gov_core.replay import Replay
    from gov_core.storage.opening import open_store

    steps = Steps()
    with open_events(events, rename=parse_map(columns), encoding=encoding) as reader:
        router = compile_history(city, index=None, threads=threads)
        kept = open_store(store)
        run = Replay(kept, Governance.of(City.load(city), router=router), cases=cases, seed=office)
        with steps("open the cases"), progress("events", None) as tell:
            for opened in run.open(router.route_stream(with_crs(reader, crs))):
                tell(opened.rows)
        tell_problems(reader.problems, events.name)
        tell_problems(run.opened.problems, events.name)
    with steps("let the office work"), progress("cases", min(cases, run.opened.cases) or None) as tell:
        for ran in run.work():
            tell(ran.cases)
    bulletin = run.bulletin().published(smallest)
    kept.close()
    if as_json:
        json.dump(bulletin.as_dict(), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        print_cases(Console(), bulletin)
