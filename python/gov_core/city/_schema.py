"""JSON Schema of the records of a city, as it follows from their fields and what their docstrings say."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from gov_core.checklists import LIMIT_UNITS
from gov_core.city._closest import Closest
from gov_core.city._sheets import PLACES, SHEETS

if TYPE_CHECKING:
    from gov_core.city._column import Column
    from gov_core.city._sheets import Sheet
    from gov_core.city._values import Sort

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES: dict[Sort, dict[str, Any]] = {
    "word": {"type": "string", "minLength": 1},
    "name": {"type": "string"},
    "prose": {"type": "string"},
    "flag": {"type": "boolean"},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "limit": {"type": "string", "pattern": f"^[1-9][0-9]{{0,5}} ({'|'.join(LIMIT_UNITS)})$"},
    "outline": {"type": "string"},
}

_WORDS = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True}
_SETTINGS: dict[str, Any] = {
    "name": {"description": "What the city is called, for people.", "type": "string"},
    "crs": {"description": "What coordinates are in.", "type": "string"},
    "levels": {"description": "Names of the levels of places, top to bottom.", **_WORDS, "minItems": 1},
    "partition": {
        "description": "The level whose places tile the city; the last if not said.",
        "type": "string",
    },
    "grades": {"description": "Grades an event may have.", **_WORDS, "minItems": 1},
    "voids": {"description": "Ids of the features that are holes on purpose.", **_WORDS},
    "preset": {"description": "Name of the preset the city was made from.", "type": "string"},
    "hard_rules": {"description": "Names of the hard rules that the check holds the city to.", **_WORDS},
    "severities": {
        "description": "What codes of the check count as here.",
        "type": "object",
        "additionalProperties": {"enum": ["error", "warning", "off"]},
    },
}
"""JSON Schema of what city.toml says."""


def json_schema(part: str = "") -> dict[str, Any]:
    """JSON Schema (2020-12) of the rows of a part, or of a whole city.

    A row as JSON has one property a field: texts, numbers, true and false as such, days as ``2010-06-01``,
    time limits as ``2 urgent_hour``, several values as a list, drawings as Well-Known Text. What may name
    what stands under ``x-refers``, how a cell of the file joins several under ``x-joint``, and which columns
    of the required ones a file may leave out under ``x-silent``.

    Args:
        part: ``places`` or a table, such as ``units``; empty for all of them with the settings of city.toml.

    Raises:
        KeyError: There is no such part.
    """
    sheets = {sheet.part: sheet for sheet in (PLACES, *SHEETS)}
    if part and part not in sheets:
        hint = Closest(sheets)(part) or f"known: {', '.join(sheets)}"
        raise KeyError(f'no part of a city is called "{part}"; {hint}')
    if part:
        return {"$schema": DIALECT, **_record(sheets[part])}
    tables = {
        name: {"type": "array", "items": {"$ref": f"#/$defs/{sheet.record.__name__}"}}
        for name, sheet in sheets.items()
    }
    return {
        "$schema": DIALECT,
        "title": "City",
        "description": "A city as one document: what city.toml says, and the rows of every part.",
        "type": "object",
        "properties": _SETTINGS | tables,
        "required": ["name", "crs", "levels", "places"],
        "additionalProperties": False,
        "$defs": {sheet.record.__name__: _record(sheet) for sheet in sheets.values()},
    }


def _record(sheet: Sheet) -> dict[str, Any]:
    summary, said = _docstring(sheet.record)
    columns = sheet.columns
    return {
        "title": sheet.record.__name__,
        "description": summary,
        "type": "object",
        "properties": {column.name: _property(column, said.get(column.field, "")) for column in columns},
        "required": [column.name for column in columns if column.default is MISSING],
        "additionalProperties": False,
        # Of these a file may say nothing all the same: the column may be missing.
        "x-silent": [column.name for column in columns if column.default is MISSING and not column.needed],
    }


def _property(column: Column, description: str) -> dict[str, Any]:
    one: dict[str, Any] = {"enum": list(column.choices)} if column.choices else dict(_TYPES[column.sort])
    if column.least is not None:
        one["minimum"] = column.least
    if column.default == "":
        one.pop("minLength", None)
    found: dict[str, Any] = {"description": description} if description else {}
    if column.joint:
        found |= {"type": "array", "items": one, "x-joint": column.joint}
    elif column.nullable:
        found["anyOf"] = [one, {"type": "null"}]
    else:
        found |= one
    if column.default is not MISSING:
        found["default"] = _plain(column.default)
    if column.refers is not None:
        marked = [
            mark for mark, may in (("@kind", column.refers.kinds), ("@level", column.refers.levels)) if may
        ]
        found["x-refers"] = [*column.refers.parts, *marked]
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401
    return list(value) if isinstance(value, tuple) else "" if value == b"" else value


def _docstring(record: type[Any]) -> tuple[str, dict[str, str]]:
    """The summary of a class and what it says of its attributes, each on one line."""
    summary, _, attributes = inspect.cleandoc(record.__doc__ or "").partition("Attributes:\n")
    said: dict[str, str] = {}
    name = ""
    for line in attributes.splitlines():
        if start := re.fullmatch(r"    (\w+): (.*)", line):
            name = start[1]
            said[name] = start[2]
        elif name and line.strip():
            said[name] += f" {line.strip()}"
    return _on_one_line(summary), {field: _on_one_line(text) for field, text in said.items()}


def _on_one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
