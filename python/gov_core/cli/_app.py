"""The app on which every command hangs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(
    help="Route events of a city to their grid and their responsible unit (社区治理).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the value of the flag
    if wanted:
        from gov_core import __version__

        sys.stdout.write(f"gov-core {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the code an error came up.")] = False,
) -> None:
    del version
    context.obj = debug


def wants_traceback() -> bool:
    """Whether ``--debug`` stands on the command line before the command."""
    return "--debug" in sys.argv[1:]
