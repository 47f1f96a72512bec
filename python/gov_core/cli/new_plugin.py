"""``gov-core new-plugin``: the package of a plugin to start from."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gov_core.cli._app import app


class Kind(StrEnum):
    """What a plugin is for."""

    STORE = "store"
    NOTIFIER = "notifier"


@app.command("new-plugin")
def new_plugin(
    kind: Annotated[Kind, typer.Argument(help="store or notifier.", show_default=False)],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of what it works with: redis.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where to; named as the package if not given."),
    ] = None,
) -> None:
    """Write the package of a new plugin; it works at once, and the kit that judges it is wired in."""
    from gov_core.cli._report import GREY, tell
    from gov_core.testing.new_plugin import write_plugin

    folder = output or Path(f"gov-core-{'store' if kind is Kind.STORE else 'notify'}-{name}")
    for path in write_plugin(kind.value, name, folder):
        tell(str(path))
    tell(f"next: cd {shlex.quote(str(folder))}, and follow README.md", GREY)
