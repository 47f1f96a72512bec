"""``gov-core check``: everything that is wrong with a city, all at once."""

from __future__ import annotations

import json
import os
import sys
from datetime import date  # noqa: TC003 - typer reads the annotations
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from gov_core.cli._app import app
from gov_core.cli._day import parse_day

if TYPE_CHECKING:
    from gov_core.checker import Finding

SHOWN = 5
"""How many findings of one code are told in full."""


@app.command()
def check(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all findings as JSON on stdout.")] = False,
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=parse_day, metavar="DATE", help="Check the version of this day only: 2020-01-31."
        ),
    ] = None,
    show: Annotated[
        int, typer.Option("--show", min=1, help="How many findings of one code are told in full.")
    ] = SHOWN,
) -> None:
    """Check geometry, hierarchy, ids, bodies, lists and rules of a city; exit with 1 if there is an error."""
    findings, off = _find(city, as_of)
    if as_json:
        json.dump(_as_object(findings), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _tell(city, findings, off, show)
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)


def _find(folder: Path, on: date | None) -> tuple[list[Finding], list[str]]:
    """Return all findings, and the codes that are off; a folder that cannot be read has only errors."""
    from gov_core.checker import Finding, check
    from gov_core.city import City
    from gov_core.errors import CityError

    try:
        city = City.load(folder)
        findings = check(city, on=on, threads=os.cpu_count() or 1)
    except CityError as error:
        return [Finding("error", fault) for fault in error.faults], []
    return findings, [code for code, level in city.severities if level == "off"]


def _as_object(findings: list[Finding]) -> dict[str, object]:
    """Return findings as ``--json`` prints them; what a code means is said once."""
    told = {
        severity: [
            {
                "code": finding.fault.code,
                "place": finding.fault.place,
                "message": finding.fault.message,
                "hint": finding.fault.hint,
                "ids": finding.fault.ids,
                "since": str(finding.since) if finding.since else None,
            }
            for finding in findings
            if finding.severity == severity
        ]
        for severity in ("error", "warning")
    }
    meant = {finding.fault.code: finding.diagnostic for finding in findings}
    diagnostics = {
        code: {name: getattr(entry, name) for name in ("title", "why", "mend", "source")}
        for code, entry in sorted(meant.items())
    }
    return {"errors": told["error"], "warnings": told["warning"], "diagnostics": diagnostics}


def _tell(city: Path, findings: list[Finding], off: list[str], show: int) -> None:
    from gov_core.cli._render import rendered, summary
    from gov_core.cli._report import GREEN, GREY, RED, tell

    for line in rendered(findings, city, show):
        tell(line)
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    counted = ", ".join(
        f"{n:,} {noun}{'s' * (n != 1)}" for n, noun in ((errors, "error"), (warnings, "warning"))
    )
    tell(f"{city}: {counted}", RED if errors else GREEN)
    for line in summary(findings):
        tell(line)
    if off:
        tell(f"off in this city: {', '.join(off)}", GREY)
    if findings:
        tell("gov-core explain CODE tells why it matters", GREY)
    if not errors:
        tell(f"next: gov-core route {city} EVENTS -o routed.parquet", GREY)
