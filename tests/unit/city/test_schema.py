"""The schemas that are printed hold for rows as they are, and for nothing else."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from cities.every_part import parts
from gov_core.city import City, json_schema
from gov_core.city._sheets import PLACES, SHEETS

if TYPE_CHECKING:
    from gov_core.city._sheets import Sheet

ALL = [PLACES, *SHEETS]


def as_json(sheet: Sheet, row: object) -> dict[str, Any]:
    """A row as JSON: what its cells say, with lists, numbers and flags as such."""
    found: dict[str, Any] = {}
    for column in sheet.columns:
        value = getattr(row, column.field)
        text = isinstance(value, (date, bytes)) or column.sort == "limit"
        found[column.name] = column.write(value) if text and value is not None else value
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]  # tuples as lists


@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.part)
def test_rows_of_a_city_are_valid(sheet: Sheet) -> None:
    schema = json_schema(sheet.part)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    rows = City.from_parts(**parts()).rows(sheet.part)

    assert rows
    for row in rows:
        validator.validate(as_json(sheet, row))
    for name in schema["required"]:
        with pytest.raises(ValidationError, match=name):
            validator.validate({key: value for key, value in as_json(sheet, rows[0]).items() if key != name})
    with pytest.raises(ValidationError):
        validator.validate(as_json(sheet, rows[0]) | {"colour": "red"})


@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.part)
def test_every_field_is_described(sheet: Sheet) -> None:
    schema = json_schema(sheet.part)

    assert schema["description"].endswith(".")
    assert [name for name, own in schema["properties"].items() if not own.get("description")] == []


def test_what_a_field_may_hold_is_in_the_schema() -> None:
    unit = json_schema("units")["properties"]
    assert unit["legal_form"]["anyOf"][0]["enum"][0] == "party_organ"
    assert (unit["serves"]["x-refers"], unit["serves"]["x-joint"]) == (["places"], ";")
    assert json_schema("places")["properties"]["households"]["anyOf"][0]["minimum"] == 0
    assert json_schema("rules")["properties"]["unit"]["x-refers"] == ["units", "@kind"]

    limit = Draft202012Validator(json_schema("rules")["properties"]["resolve_within"])
    assert limit.is_valid("3 natural_day")
    assert not limit.is_valid("3 days")


def test_the_whole_city_is_one_schema() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    city = City.from_parts(**parts())
    document = {
        "name": city.name,
        "crs": city.crs,
        "levels": list(city.levels),
        "partition": city.partition,
        "grades": list(city.grades or ()),
        "voids": [void.name for void in city.voids],
        "preset": city.preset,
        "hard_rules": list(city.hard_rules),
        "severities": dict(city.severities),
    } | {sheet.part: [as_json(sheet, row) for row in city.rows(sheet.part)] for sheet in ALL}

    Draft202012Validator(schema).validate(document)
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate(document | {"units": [{}]})


def test_a_part_that_is_none_is_told_apart() -> None:
    with pytest.raises(KeyError, match='did you mean "units"'):
        json_schema("unit")
