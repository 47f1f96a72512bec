"""``gov-core show``: a city as a tree, a page or a picture."""

from __future__ import annotations

import sys
from datetime import date  # noqa: TC003 - typer reads the annotations
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from gov_core.cli._app import app
from gov_core.cli._day import parse_day


@app.command()
def show(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A .html page or a .png picture; else a tree on stdout."
        ),
    ] = None,
    as_of: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DATE", help="The city as it was on this day."),
    ] = None,
    depth: Annotated[int, typer.Option(min=1, help="Levels of places that the tree shows one by one.")] = 2,
) -> None:
    """Draw a city: a tree in the terminal, a self-contained page, or a picture."""
    from gov_core.city import City
    from gov_core.cli._report import tell

    found = City.load(city)
    if as_of is not None:
        found = found.as_of(as_of)
    if output is None:
        from gov_core.report.city_tree import city_tree

        for line in city_tree(found, depth=depth):
            sys.stdout.write(f"{line}\n")
        return
    match output.suffix:
        case ".html":
            from gov_core.report.city_page import write_city_page

            write_city_page(output, found)
        case ".png":
            from gov_core.report.city_png import draw_city_png

            draw_city_png(output, found)
        case other:
            message = f"{other or 'a file without a suffix'} is neither .html nor .png"
            raise typer.BadParameter(message, param_hint="--output")
    tell(f"{output} ({output.stat().st_size / 1e6:,.1f} MB)")
