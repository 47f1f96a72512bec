"""``gov-core check``: everything that is wrong with a city, all at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from gov_core.errors import Fault


@app.command()
def check(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all findings as JSON on stdout.")] = False,
) -> None:
    """Check geometry, hierarchy, ids and rules of a city; exit with 1 if there is an error."""
    errors, warnings = _find(city)
    if as_json:
        from gov_core.cli._report import as_object

        kinds = {"errors": errors, "warnings": warnings}
        found = {kind: [as_object(fault) for fault in faults] for kind, faults in kinds.items()}
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _tell(city, errors, warnings)
    if errors:
        raise typer.Exit(1)


def _find(folder: Path) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Return the errors and the warnings of a city; what cannot be read hides what comes after it."""
    from gov_core.city import City
    from gov_core.cli._report import faults_of
    from gov_core.errors import GovCoreError
    from gov_core.routing import Router

    warnings: tuple[Fault, ...] = ()
    try:
        city = City.load(folder)
        warnings = city.warnings
        Router.compile(city)
    except GovCoreError as error:
        return faults_of(error), warnings
    return (), warnings


def _tell(city: Path, errors: tuple[Fault, ...], warnings: tuple[Fault, ...]) -> None:
    from rich.text import Text

    from gov_core.cli._report import notes, print_faults

    print_faults(errors, style="bold red")
    print_faults(warnings, style="yellow")
    verdict = f"{city}: {len(errors)} errors, {len(warnings)} warnings"
    notes().print(Text(verdict, style="bold red" if errors else "bold green"))
    if not errors:
        notes().print(Text(f"next: gov-core route {city} EVENTS -o routed.parquet", style="dim"))
