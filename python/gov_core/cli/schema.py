"""``gov-core schema``: what the parts of a city hold, as JSON Schema."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from gov_core.cli._app import app


@app.command()
def schema(
    part: Annotated[
        str, typer.Argument(metavar="PART", help="places, units, items ...; without it the whole city.")
    ] = "",
) -> None:
    """Print the JSON Schema of the rows of a part of a city, or of all of it."""
    from gov_core.city import json_schema

    try:
        found = json_schema(part)
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="PART") from None
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
