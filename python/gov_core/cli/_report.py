"""How errors and notes look on stderr: a code, a place, what is wrong, how to mend it; never a traceback."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from gov_core.errors import Fault, FaultsError, GovCoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from gov_core.events import Problems

#: Colours of a terminal (SGR). Notes do without rich: its import takes longer than routing a million events.
BOLD, RED, GREEN, YELLOW, BLUE, GREY = 1, 31, 32, 33, 34, 90

#: Faults shown in full; `--json` shows all.
SHOWN = 50

#: Rows with a problem told on a terminal.
_ROWS_TOLD = 10


def notes() -> Console:
    """Return the console for progress: stderr, colours only on a terminal and without NO_COLOR."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def faults_of(error: BaseException) -> tuple[Fault, ...]:
    """Return what an error says as faults."""
    if isinstance(error, FaultsError):
        return error.faults
    if isinstance(error, GovCoreError):
        return (Fault(error.code, error.message, error.place, error.hint),)
    if isinstance(error, OSError):
        return (Fault("io.error", error.strerror or str(error), str(error.filename or "")),)
    return (Fault("gov_core.error", str(error)),)


def print_error(error: BaseException) -> None:
    """Print every fault of an error to stderr."""
    print_faults(faults_of(error), colour=RED)


def print_faults(faults: Iterable[Fault], *, colour: int) -> None:
    """Print faults to stderr: code, place, what is wrong; the hint on a line of its own."""
    faults = list(faults)
    for fault in faults[:SHOWN]:
        place = f"  {fault.place}" if fault.place else ""
        tell(f"{painted(fault.code, colour)}{place}  {fault.message}")
        if fault.hint:
            tell(f"    {fault.hint}", GREY)
    if len(faults) > SHOWN:
        tell(f"… and {len(faults) - SHOWN:,} more", GREY)


def tell(text: str, colour: int | None = None) -> None:
    """Print a note to stderr."""
    sys.stderr.write(f"{painted(text, colour)}\n")


def tell_problems(problems: Problems, name: str, *, where: str = "") -> None:
    """Tell which rows of a file have problems: the first of each kind, and how many there are.

    Args:
        problems: Nothing is told if there are none.
        name: Of the file.
        where: Where the others are to be had; empty if nowhere.
    """
    if not len(problems):
        return
    tell(f"{len(problems):,} problems in {name}", YELLOW)
    shown = list(problems)[:_ROWS_TOLD]
    for problem in shown:
        tell(f"  {name}:{problem}")
    if len(problems) > len(shown):
        tell(f"  … and {len(problems) - len(shown):,} more{where}", GREY)


def painted(text: str, colour: int | None) -> str:
    """Return a text in a colour; as it is without one, off a terminal, or under NO_COLOR."""
    if colour is None or os.environ.get("NO_COLOR") or not sys.stderr.isatty():
        return text
    return f"\x1b[{colour}m{text}\x1b[0m"


def as_object(fault: Fault) -> dict[str, str]:
    """Return a fault as the object that ``--json`` prints."""
    return {"code": fault.code, "place": fault.place, "message": fault.message, "hint": fault.hint}
