"""``gov-core route``: a city and a file of events in, the same events with their grid and unit out."""

from __future__ import annotations

import sys
from datetime import date  # noqa: TC003 - typer reads the annotations
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from gov_core.cli._app import app
from gov_core.cli._day import parse_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch

    from gov_core.events import EventReader
    from gov_core.routing import AnyRouter


class Crs(StrEnum):
    """What coordinates may be in."""

    WGS_84 = "EPSG:4326"
    CGCS2000 = "EPSG:4490"
    GCJ_02 = "GCJ-02"
    BD_09 = "BD-09"


@app.command()
def route(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    events: Annotated[Path, typer.Argument(metavar="EVENTS", help="Events: .csv, .ndjson or .parquet.")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="A .parquet, .csv or .ndjson; - is NDJSON on stdout."
        ),
    ] = None,
    *,
    threads: Annotated[int, typer.Option(min=0, help="0 is one a core. Answers are the same.")] = 0,
    index: Annotated[Path | None, typer.Option(help="Index saved by gov-core index: starts faster.")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="NAME=COLUMN,…", help="Other column names: lon=经度,lat=纬度; repeatable."
        ),
    ] = None,
    crs: Annotated[Crs | None, typer.Option(help="CRS of the events, if it is not the city's.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a CSV: utf-8 or gb18030.")] = "utf-8",
    precision: Annotated[
        bool, typer.Option("--precision", help="Add border_m, nearest_place, nearest_m.")
    ] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Say why this event went where it went.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on stdout.")] = False,
    formulas: Annotated[
        bool, typer.Option("--formulas", help="Leave CSV cells that a spreadsheet would run as they are.")
    ] = False,
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=parse_day, metavar="DATE", help="Route all events by the city as it is on this day."
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="OLD", help="Say which events change hands since this older city."),
    ] = None,
    compare_as_of: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DATE", help="The older city as it was on this day."),
    ] = None,
) -> None:
    """Route every event to its grid, its responsible unit and its time limits.

    Rows out are rows in, in the same order; the output appears whole or not at all. A city with several
    versions routes each event by the one that was valid when it was reported.
    """
    from gov_core.cli._columns import parse_map, with_crs
    from gov_core.events import open_events

    started = perf_counter()
    compares = compare is not None
    _check_output(output, events, needs_stdout=as_json or explain is not None or compares)
    if compares and (explain is not None or precision or index is not None):
        raise typer.BadParameter(
            "it takes neither --explain, --precision nor --index", param_hint="--compare"
        )
    if compare_as_of is not None and not compares:
        raise typer.BadParameter("it is for --compare", param_hint="--compare-as-of")
    with open_events(events, rename=parse_map(columns), encoding=encoding) as reader:
        from gov_core.cli._compile import compile_history, compile_router
        from gov_core.cli._progress import with_progress
        from gov_core.cli._summary import Summary

        batches = with_crs(with_progress(reader), crs)
        if compare is not None:
            old = compile_router(compare, index=None, threads=threads, as_of=compare_as_of)
            new = compile_router(city, index=None, threads=threads, as_of=as_of)
            _compare(batches, old, new, output, as_json=as_json, formulas=formulas)
            return
        if as_of is not None:
            router: AnyRouter = compile_router(city, index=index, threads=threads, as_of=as_of)
        else:
            router = compile_history(city, index=index, threads=threads)
            _need_times(router, reader)
        if explain is not None:
            batches = _explain(batches, router, explain, stop=output is None)
        if output is None:
            for _ in batches:
                pass
            return
        summary = Summary(reader, router, city, output)
        _write(output, summary.over(router.route_stream(batches, precision=precision)), formulas=formulas)
    summary.print(perf_counter() - started, as_json=as_json)


def _check_output(output: str | None, events: Path, *, needs_stdout: bool) -> None:
    """Refuse an output that could not be written, before any work is done."""
    from gov_core.events import check_output

    if output is None and not needs_stdout:
        raise typer.BadParameter("where to? give -o OUT, or --explain ID", param_hint="--output")
    if output == "-" and needs_stdout:
        raise typer.BadParameter("stdout takes the events or the rest, not both", param_hint="--output")
    if output is not None and output != "-":
        check_output(output)
        if events.exists() and Path(output).resolve() == events.resolve():
            raise typer.BadParameter("that is the file of the events", param_hint="--output")


def _need_times(router: AnyRouter, reader: EventReader) -> None:
    """Refuse events without times for a city with several versions: which of them they are of is not said."""
    from gov_core.errors import EventError, Fault
    from gov_core.routing import RouterHistory

    if isinstance(router, RouterHistory) and "reported_at" not in reader.schema.names:
        message = f"column 'reported_at' is missing, and the city has {len(router.versions)} versions"
        hint = "name it by --map, or route all events by one day with --as-of"
        raise EventError([Fault("event.missing_column", message, reader.path.name, hint)])


def _compare(
    batches: Iterable[RecordBatch],
    old: AnyRouter,
    new: AnyRouter,
    output: str | None,
    *,
    as_json: bool,
    formulas: bool,
) -> None:
    """Write the events that change hands, if there is an output, and print which do."""
    from gov_core.cli._hands import print_comparison
    from gov_core.routing import Comparison

    comparison = Comparison(old, new)
    changed = comparison.over(batches)
    if output is None:
        for _ in changed:
            pass
    else:
        _write(output, changed, formulas=formulas)
    print_comparison(comparison, as_json=as_json)


def _write(output: str, batches: Iterable[RecordBatch], *, formulas: bool) -> None:
    from gov_core.events import write_events, write_text

    if output == "-":
        # Not sys.stdout.buffer: under PYTHONUNBUFFERED that writes a part and says nothing.
        with open(sys.stdout.fileno(), "wb", closefd=False) as file:
            write_text(file, batches, "ndjson")
    else:
        write_events(output, batches, formulas=formulas)


def _explain(
    batches: Iterable[RecordBatch], router: AnyRouter, wanted: str, *, stop: bool
) -> Iterator[RecordBatch]:
    """Yield the batches; print to stdout why the event of an id goes where it goes."""
    from gov_core.errors import EventError, Fault

    found = False
    for batch in batches:
        ids = [] if found else [str(value) for value in batch["id"].to_pylist()]
        if wanted in ids:
            found = True
            event = batch.slice(ids.index(wanted), 1).to_struct_array().to_pylist()[0]
            sys.stdout.write(f"{router.explain(event)}\n")
            if stop:
                return
        yield batch
    if not found:
        raise EventError([Fault("event.unknown_id", f"no event has the id {wanted!r}", "--explain")])
