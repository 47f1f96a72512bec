"""How errors and notes look on stderr: a code, a place, what is wrong, how to mend it; never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.errors import Fault, FaultsError, GovCoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

#: Faults shown in full; `--json` shows all.
SHOWN = 50


def notes() -> Console:
    """Return the console for notes: stderr, colours only on a terminal and without NO_COLOR."""
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
    print_faults(faults_of(error), style="bold red")


def print_faults(faults: Iterable[Fault], *, style: str) -> None:
    """Print faults to stderr, the code in a colour, the hint on a line of its own."""
    from rich.text import Text

    console = notes()
    faults = list(faults)
    for fault in faults[:SHOWN]:
        line = Text(fault.code, style=style)
        if fault.place:
            line.append(f"  {fault.place}", style="bold not red")
        line.append(f"  {fault.message}", style="default not bold")
        console.print(line)
        if fault.hint:
            console.print(Text(f"    {fault.hint}", style="dim"))
    if len(faults) > SHOWN:
        console.print(Text(f"… and {len(faults) - SHOWN:,} more", style="dim"))


def as_object(fault: Fault) -> dict[str, str]:
    """Return a fault as the object that ``--json`` prints."""
    return {"code": fault.code, "place": fault.place, "message": fault.message, "hint": fault.hint}
