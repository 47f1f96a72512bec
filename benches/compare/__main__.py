"""Measure rows of the speed table, write benches/results/latest.json, print what holds."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from compare import machine
from compare.trial import BENCHES, tell

if TYPE_CHECKING:
    from compare.goal import Goal

ROWS = (
    "locate",
    "field",
    "edges",
    "match",
    "route",
    "files",
    "single",
    "build",
    "layer",
    "check",
    "deadlines",
)
RESULTS = BENCHES / "results" / "latest.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench", description="gov_core beside its rivals.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"{' '.join(ROWS)}; all if none is given")
    parser.add_argument("--show", action="store_true", help="measure nothing, print the last results")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"rows": {}}
    for row in () if given.show else given.rows or ROWS:
        tell(f"{row} (load {machine.load()})")
        results["rows"][row] = _measure(row)
        results["machine"] = machine.describe()
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    _show(results)


def _measure(row: str) -> dict[str, Any]:
    measured = {"at": datetime.now(UTC).isoformat(timespec="minutes"), "load_before": machine.load()}
    records = importlib.import_module(f"compare.rows.{row}").run()
    return measured | {"load_after": machine.load(), "records": records}


def _show(results: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 140)
    told = results.get("machine", {})
    console.print(", ".join(f"{name} {value}" for name, value in told.items()), highlight=False)
    for row in ROWS:
        if row not in results["rows"]:
            continue
        measured = results["rows"][row]
        title = f"{row}: {measured['at']}, load {measured['load_before']} to {measured['load_after']}"
        table = Table("what", "measured", "goal", "holds", title=title, title_justify="left")
        for goal in goals_of(row, measured["records"]):
            table.add_row(goal.what, goal.measured, goal.wanted, _verdict(goal))
        console.print(table)


def goals_of(row: str, records: list[dict[str, Any]]) -> list[Goal]:
    """The lines that a row's records make."""
    found: list[Goal] = importlib.import_module(f"compare.rows.{row}").goals(records)
    return found


def _verdict(goal: Goal) -> str:
    return {None: "", True: "[green]yes[/]", False: "[red]NO[/]"}[goal.holds]


if __name__ == "__main__":
    main()
