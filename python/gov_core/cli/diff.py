"""``gov-core diff``: what is different between two cities, or two versions of one."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date  # noqa: TC003 - typer reads the annotations
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated, Any

import typer

from gov_core.cli._app import app
from gov_core.cli._day import parse_day


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Folder of the older city.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Folder of the newer city; may be the same.")],
    *,
    old_as_of: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DATE", help="The older city as it was on this day."),
    ] = None,
    new_as_of: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="DATE", help="The newer city as it was on this day."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all changes as JSON.")] = False,
) -> None:
    """Print what is different between two cities, row by row; nothing if they are alike."""
    from gov_core.city import City
    from gov_core.city import diff as changes_between
    from gov_core.cli._report import GREY, tell

    before, after = City.load(old), City.load(new)
    if old_as_of is not None:
        before = before.as_of(old_as_of)
    if new_as_of is not None:
        after = after.as_of(new_as_of)
    changes = changes_between(before, after)
    if as_json:
        found = [
            {
                "part": change.part,
                "key": change.key,
                "kind": change.kind,
                "fields": {field: {"before": old, "after": new} for field, old, new in change.fields},
                "moved_m2": change.moved_m2,
            }
            for change in changes
        ]
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
        sys.stdout.write("\n")
        return
    for change in changes:
        sys.stdout.write(f"{change}\n")
    counts = Counter(change.kind for change in changes)
    tell(", ".join(f"{counts[kind]} {kind}" for kind in ("removed", "changed", "added")), GREY)


def _plain(value: Any) -> object:  # noqa: ANN401  # whatever a field holds
    return list(value) if isinstance(value, (tuple, set)) else str(value)
