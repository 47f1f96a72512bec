"""``gov-core demo``: a generated city, a million events, routed, counted and drawn; some live on as cases."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch
    from rich.console import Console

    from gov_core.city import City
    from gov_core.replay import CaseBulletin
    from gov_core.report import Bulletin, Tally
    from gov_core.routing import Explanation

_ANSWERS = frozenset(
    ("place", "path", "unit", "rule", "assist", "respond_within", "resolve_within", "status")
)
_ROUTE = "read, route, count and write"
_MOST_RULES = 6


@app.command()
def demo(
    *,
    grids: Annotated[int, typer.Option(min=4, max=200_000, help="Try 265, 10000 or 100000.")] = 265,
    events: Annotated[int, typer.Option(min=1, help="How many, over a year.")] = 1_000_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same city and events.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder for what it leaves.")] = Path("out/demo"),
    threads: Annotated[int, typer.Option(min=0, help="0 is one a core. Answers are the same.")] = 0,
    cases: Annotated[
        int, typer.Option(min=0, help="Events, spread over the year, that live on as cases.")
    ] = 20_000,
) -> None:
    """Generate a city and its events, route them, run some through the office, and show what comes out.

    Leaves under --out: the folder city, events.parquet, routed.parquet, cases.db, bulletin.txt,
    bulletin.json, map.html, and map.png if matplotlib is installed. Killed, it goes on with its cases.
    """
    from gov_core.cli._compile import compile_router
    from gov_core.cli._demo_cases import Thinned, run_cases
    from gov_core.cli._steps import Steps, Stopwatch, with_rows
    from gov_core.events import open_events, write_events
    from gov_core.generate import event_batches, generate_city
    from gov_core.report import Bulletin, Speed, Tally

    started, steps = perf_counter(), Steps()
    with steps("generate the city"):
        city = generate_city(grids, seed)
        city.save(out / "city")
    with steps("generate the events"):
        batches = event_batches(city, events, seed=seed)
        write_events(out / "events.parquet", with_rows(batches, events, "events"))
    with steps("load the city, compile the router"):
        router = compile_router(out / "city", index=None, threads=threads)
    tally, sample, reading, routing = Tally.of(city), _Sample(), Stopwatch(), Stopwatch()
    thinned = Thinned(cases, events)
    with steps(_ROUTE), open_events(out / "events.parquet") as reader:
        answers = routing.over(router.route_stream(reading.over(reader)))
        seen = thinned.over(sample.over(tally.over(answers)))
        write_events(out / "routed.parquet", with_rows(seen, events, "routed"))
    bulletin = Bulletin.of(city, tally).published()
    with steps("draw the maps"):
        _draw(out, city, tally, bulletin)
    made_of = f"grids = {grids}\nevents = {events}\nseed = {seed}\ncases = {cases}\n"
    lived = run_cases(out, made_of, city, router, thinned=thinned, steps=steps) if cases else None
    speeds = [
        Speed("routing alone", tally.rows, routing.seconds - reading.seconds),
        Speed(_ROUTE, tally.rows, steps.seconds[_ROUTE]),
        Speed("the whole demo", tally.rows, perf_counter() - started),
    ]
    if lived is not None:
        speeds[2:2] = lived.speeds
    whole = replace(bulletin, speeds=tuple(speeds))
    _write(out, whole, lived and lived.bulletin, _shortened(router.explain(sample.event)))


class _Sample:
    """Keeps the event of the first batch that the most special rule decided: its id is the longest."""

    def __init__(self) -> None:
        self.event: dict[str, Any] = {}

    def over(self, batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        for batch in batches:
            if not self.event:
                rules = [rule or "" for rule in batch["rule"].to_pylist()]
                at = max(range(len(rules)), key=lambda row: len(rules[row]))
                values = batch.slice(at, 1).to_struct_array().to_pylist()[0]
                self.event = {name: value for name, value in values.items() if name not in _ANSWERS}
            yield batch


def _shortened(explanation: Explanation) -> str:
    """Return an explanation without the many rules that have nothing to do with the event."""
    more = len(explanation.rules) - _MOST_RULES
    if more <= 0:
        return str(explanation)
    told = (*explanation.rules[:_MOST_RULES], "… (gov-core route --explain ID tells of more)")
    return str(replace(explanation, rules=told))


def _draw(out: Path, city: City, tally: Tally, bulletin: Bulletin) -> None:
    from gov_core.cli._report import notes
    from gov_core.report import Outlines, draw_png, roll_up, write_html

    outlines = Outlines.of(city)
    statuses = roll_up(city, tally.places, outlines.areas.level)
    write_html(out / "map.html", city, outlines, statuses, bulletin)
    try:
        draw_png(out / "map.png", outlines, statuses, bulletin)
    except ImportError:
        notes().print("no map.png: matplotlib is not installed (pip install 'gov-core\\[pictures]')")


def _write(out: Path, bulletin: Bulletin, cases: CaseBulletin | None, explanation: str) -> None:
    """Write the bulletin to its files, then print it with the commands to try next."""
    from rich.console import Console

    from gov_core.cli._demo_cases import next_commands

    values = bulletin.as_dict() | {"explanation": explanation}
    if cases is not None:
        values["cases"] = cases.as_dict()
    (out / "bulletin.json").write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", "utf-8")
    with (out / "bulletin.txt").open("w", encoding="utf-8") as file:
        _print(Console(file=file, width=100), bulletin, cases, explanation)
    console = Console()
    _print(console, bulletin, cases, explanation)
    folder = shlex.quote(str(out))
    console.print(
        "[bold]left[/]",
        *(f"  {out / name}" for name in sorted(path.name for path in out.iterdir())),
        sep="\n",
    )
    console.print("\n[bold]next[/]")
    for command in (
        f"gov-core check {folder}/city",
        f"gov-core route {folder}/city {folder}/events.parquet -o {folder}/again.csv --precision",
        f"gov-core generate {folder}/city --events 5000 --days 7 --seed 2 -o {folder}/week.csv",
        *(() if cases is None else next_commands(out, cases)),
        "gov-core demo --grids 10000",
    ):
        console.print(f"  {command}", soft_wrap=True, highlight=False)


def _print(console: Console, bulletin: Bulletin, cases: CaseBulletin | None, explanation: str) -> None:
    from gov_core.cli._replaying import print_cases

    bulletin.print(console)
    if cases is not None:
        print_cases(console, cases)
    console.print("\n[bold]why one event went where it went[/]")
    console.print(explanation, markup=False, highlight=False, soft_wrap=True)
    console.print()
