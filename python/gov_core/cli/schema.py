"""``gov-core schema``: what the parts of a city hold, as JSON Schema or as a page."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@app.command()
def schema(
    part: Annotated[
        str, typer.Argument(metavar="PART", help="places, units, items ...; without it the whole city.")
    ] = "",
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print all as a page of Markdown.")] = False,
) -> None:
    """Print the JSON Schema of the rows of a part of a city, or of all of it."""
    from gov_core.city import json_schema

    try:
        found = json_schema("" if markdown else part)
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="PART") from None
    if markdown:
        sys.stdout.writelines(_page(found))
    else:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")


_HEAD = """# Tables

Every part of a [city folder](city-folder.md) and the columns of its file. A column marked * has to be there,
all others may be left out. What the text calls None is an empty cell; days and time limits are written as
that page says. `gov-core schema` prints the same for programs.
"""


def _page(city: Mapping[str, Any]) -> Iterator[str]:
    yield _HEAD
    for part, rows in city["properties"].items():
        if "$ref" not in rows.get("items", {}):
            continue
        record = city["$defs"][rows["items"]["$ref"].rpartition("/")[2]]
        yield f"\n## {part}\n\n{record['description']}\n\n| column | holds | meaning |\n| --- | --- | --- |\n"
        for name, column in record["properties"].items():
            silent = name not in record["required"] or name in record["x-silent"]
            meaning = column["description"].replace("|", "\\|")
            yield f"| `{name}`{'' if silent else '*'} | {_holds(column)} | {meaning} |\n"


def _holds(column: Mapping[str, Any]) -> str:
    refers = column.get("x-refers", ())
    if joint := column.get("x-joint"):
        return f"{_one(column['items'], refers, plural='s')}, joined by `{joint}`"
    words = _one(next(iter(column.get("anyOf", ())), column), refers)
    if "anyOf" in column and "default" not in column:
        return f"{words}; `*` for any"
    default = column.get("default")
    return words if default in (None, "") else f"{words}; `{json.dumps(default)}` if empty"


def _one(one: Mapping[str, Any], refers: list[str], plural: str = "") -> str:
    if refers:
        names = [f"`{name}`" if name.startswith("@") else f"id{plural} of {name}" for name in refers]
        return ", or ".join(names)
    if "enum" in one:
        return ", ".join(f"`{choice}`" for choice in one["enum"])
    if one.get("format") == "date":
        return "day"
    if "pattern" in one:
        return "time limit"
    kinds = {"string": "text", "boolean": "`true`, `false`", "integer": "whole number", "number": "number"}
    return kinds[one["type"]] + plural
