"""``gov-core check``: everything that is wrong with a city, all at once."""

from __future__ import annotations

import json
import os
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


def _find(folder: Path) -> tuple[list[Fault], list[Fault]]:
    """Return the errors and the warnings of a city; a folder that cannot be read has only errors."""
    from gov_core.checker import check
    from gov_core.city import City
    from gov_core.cli._report import faults_of
    from gov_core.errors import CityError

    try:
        city = City.load(folder)
    except CityError as error:
        return list(faults_of(error)), []
    findings = check(city, threads=os.cpu_count() or 1)
    errors = [finding.fault for finding in findings if finding.severity == "error"]
    warnings = [finding.fault for finding in findings if finding.severity == "warning"]
    return errors, warnings


def _tell(city: Path, errors: list[Fault], warnings: list[Fault]) -> None:
    from gov_core.cli._report import GREEN, GREY, RED, YELLOW, print_faults, tell

    print_faults(errors, colour=RED)
    print_faults(warnings, colour=YELLOW)
    tell(f"{city}: {len(errors)} errors, {len(warnings)} warnings", RED if errors else GREEN)
    if not errors:
        tell(f"next: gov-core route {city} EVENTS -o routed.parquet", GREY)
