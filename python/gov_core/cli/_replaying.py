"""Replays on the command line: progress on stderr while they run, their bulletin as tables."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from gov_core.replay import CaseBulletin

_TOP_UNITS = 12
_WORDS = {
    "on_time": "in time",
    "closed_of_due": "closed of those due",
    "in_grid": "solved in the grid",
    "rework": "sent back by the check",
    "satisfied": "satisfied",
}
_ON_THE_WAY = {
    "whistled": "whistled", "returned": "returned", "forced": "assigned by name", "reworked": "reworked",
    "extended": "extended", "rested": "rested", "escalated": "escalated", "reopened": "reopened",
}  # fmt: skip


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far something is; the block is given what tells it.

    Args:
        what: What is counted.
        total: Of how many; None if that is not known.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from gov_core.cli._report import notes

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes(), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def print_cases(console: Console, bulletin: CaseBulletin) -> None:
    """Print the bulletin of a replay as tables."""
    from gov_core.privacy.small_cells import shown
    from gov_core.report.bulletin import frame

    console.print(
        f"[bold]cases[/]  {shown(bulletin.opened)} opened from {shown(bulletin.events)} events "
        f"({bulletin.known:,} told before); the office worked on {shown(bulletin.cases)}",
        highlight=False,
    )
    console.print(
        f"[dim]digest {bulletin.digest[:16]}; as of {bulletin.until}; a generated office: its habits are "
        "assumptions[/]\n",
        highlight=False,
    )
    states = frame("cases by state", 0)
    for title in ("state", "stage"):
        states.add_column(title)
    states.add_column("cases", justify="right")
    for state in bulletin.states:
        states.add_row(state.state, state.chinese, shown(state.cases))
    console.print(states)
    left_out = len(bulletin.units) - _TOP_UNITS
    units = frame("cases by unit", left_out)
    for title in ("unit", "name"):
        units.add_column(title)
    for title in ("cases", "closed", "in time", "late", "open overdue"):
        units.add_column(title, justify="right")
    for unit in bulletin.units[:_TOP_UNITS]:
        counts = (unit.cases, unit.closed, unit.on_time, unit.late, unit.overdue)
        units.add_row(unit.id or "(none)", unit.name, *map(shown, counts))
    console.print(units)
    rates = frame("rates", 0)
    rates.add_column("rate")
    for title in ("share", "of"):
        rates.add_column(title, justify="right")
    rates.add_column("formula")
    for rate in bulletin.rates:
        share = "–" if rate.value is None else f"{rate.value:.1%}"
        of = f"{shown(rate.numerator)} / {shown(rate.denominator)}"
        rates.add_row(_WORDS[rate.name], share, of, rate.formula)
        for claim in bulletin.claims:
            if claim.rate == rate.name:
                rates.add_row(
                    "  [dim]claimed[/]", f"[dim]{claim.value:.0%}[/]", "", f"[dim]{claim.source}[/]"
                )
    console.print(rates)
    lights = ", ".join(f"{shown(count)} {light}" for light, count in bulletin.lights.items())
    console.print(f"lights of open cases: {lights}", highlight=False)
    ways = ", ".join(f"{shown(bulletin.counts.get(name, 0))} {word}" for name, word in _ON_THE_WAY.items())
    console.print(f"on the way: {ways}", highlight=False, soft_wrap=True)
    console.print(f"[dim]{_left_out(bulletin)}[/]\n", highlight=False, soft_wrap=True)


def _left_out(bulletin: CaseBulletin) -> str:
    """What the bulletin does not tell."""
    sensitive = "sensitive matters are in no count"
    if not bulletin.left_out:
        return sensitive
    counts = "1 count is" if bulletin.left_out == 1 else f"{bulletin.left_out:,} counts are"
    why = f"fewer than {bulletin.smallest} cases, or what would give such a count away"
    return f"– left out: {counts} not told, being {why}; {sensitive}"
