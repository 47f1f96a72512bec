"""The columns of a table, as they follow from the fields of its record: read, judged and written alike."""

from __future__ import annotations

import re
import types
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from gov_core.checklists import Limit
from gov_core.city._closest import Closest
from gov_core.city._grammar import parse_limit
from gov_core.city._text import PLACE_SIGNS, UNIT_SIGNS, Flaw, name_flaw, normal, prose_flaw, word_flaw
from gov_core.city._wkt import from_wkt, to_wkt
from gov_core.fields import Chain, Least, Refers, Text

if TYPE_CHECKING:
    from collections.abc import Callable

Sort = Literal["word", "name", "prose", "flag", "whole", "number", "date", "choice", "limit", "outline"]
"""What one value of a column is."""

NOT_COLUMNS = ("line", "wkb")
"""Fields of records that are no columns: where a row was found, and what a map draws."""

_DRAWN = {"assets": "wkt"}
"""Tables that may draw a row in a column of its own, as Well-Known Text."""

_SIGNS = {("units", "id"): UNIT_SIGNS, ("units", "kind"): UNIT_SIGNS, ("places", "id"): PLACE_SIGNS}
"""Characters that an id cannot hold because they join ids; elsewhere only ``;`` does."""

_OWN_CODES = {
    ("units", "serves", "twice"): "unit.serves_twice",
    ("rules", "unit", "twice"): "rule.unit",
    ("rules", "unit", "empty"): "rule.unit",
    ("rules", "assist", "twice"): "rule.unit",
    ("rules", "assist", "empty"): "rule.unit",
    ("rules", "respond_within", "limit"): "rule.limit",
    ("rules", "resolve_within", "limit"): "rule.limit",
}
"""Codes of format 1 that say more than `value.empty` and `value.limit`, or forbid what others may do."""

_TRUE = {"true", "TRUE", "是"}
_FALSE = {"false", "FALSE", "否"}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_EXACT = 1e15
"""Whole numbers below it are written without a point: they keep all their digits."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOOSE_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


class Reading(NamedTuple):
    """A value as a cell has it, and what is wrong with it."""

    value: Any
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a record as a column of its table.

    Attributes:
        part: The table.
        noun: What a row of it is called in codes of faults.
        field: Name of the field.
        name: Name of the column.
        sort: What one value is.
        default: What an empty cell means; MISSING if it means nothing.
        joint: What joins several values in one cell: ``;`` or ``>``; empty for a column of single values.
        choices: The only words a column of choices may hold.
        refers: What the values name; None if they name nothing.
        nullable: None is a value.
        signs: Characters that a word cannot hold here.
        least: Smallest number that may stand here; None for any.
    """

    part: str
    noun: str
    field: str
    name: str
    sort: Sort
    default: Any
    joint: str = ""
    choices: tuple[str, ...] = ()
    refers: Refers | None = None
    nullable: bool = False
    signs: str = ";"
    least: int | None = None

    @property
    def needed(self) -> bool:
        """Whether every table has the column; names for people and ``*`` need not be said."""
        return self.default is MISSING and not self.nullable and self.sort not in {"name", "prose"}

    @property
    def any_is_star(self) -> bool:
        """Whether None is written ``*``: an axis of a rule has to say that it means any."""
        return self.nullable and self.default is MISSING

    @property
    def absent(self) -> Any:  # noqa: ANN401  # of the type of the field
        """The value of rows whose table lacks the column."""
        return self.default if self.default is not MISSING else None if self.nullable else ""

    def read(self, cell: str) -> Reading:
        """The value of a cell; what is flawed is left out where that can be, so that it is told once."""
        if cell == "" and (self.default is not MISSING or self.sort in {"name", "prose"}):
            return Reading(self.absent)
        if self.any_is_star:
            if cell == "*":
                return Reading(None)
            if cell == "":
                return Reading(None, (Flaw("value.empty", f"{self.name} is empty", "write * for any"),))
        return self._several(cell) if self.joint else self._one(cell)

    def take(self, value: object, code: str) -> Reading:
        """The value of a cell that may hold more than text: of a map or a workbook.

        Args:
            value: A text, number, flag or day, or nothing.
            code: Of the fault of a value of the wrong type.
        """
        if value is None or isinstance(value, str):
            return self.read(value or "")
        if isinstance(value, bool):
            fits, text = self.sort == "flag", str(value).lower()
        elif isinstance(value, (int, float)):
            whole = int(value) if self.sort == "whole" and value == int(value) else value
            fits, text = self.sort in {"whole", "number"}, _written(whole)
        else:
            fits, text = self.sort == "date" and type(value) is date, str(value)
        if fits and not self.joint:
            return self.read(text)
        flaw = Flaw(code, f"{self.name} is no text", "write it as text: numbers lose leading zeros")
        return Reading(self.absent if self.sort in {"word", "name", "prose"} else None, (flaw,))

    def _one(self, cell: str) -> Reading:
        found = _READ[self.sort](self, cell)
        if not isinstance(found, Flaw):
            return Reading(found)
        if self.default is not MISSING or self.nullable:
            return Reading(self.absent, (found,))
        return Reading("" if self.refers else cell, (found,))

    def _several(self, cell: str) -> Reading:
        values, flaws = [], []
        for piece in cell.split(self.joint):
            value = piece.strip(" ")
            found = self._empty_piece(cell) if not value.removeprefix("@") else _READ[self.sort](self, value)
            if isinstance(found, Flaw):
                flaws.append(found)
            elif found in values and (code := _OWN_CODES.get((self.part, self.field, "twice"))):
                flaws.append(Flaw(code, f'{self.name} names "{value}" twice', "name it once"))
            else:
                values.append(found)
        return Reading(tuple(values), tuple(flaws))

    def _empty_piece(self, cell: str) -> Flaw:
        code = _OWN_CODES.get((self.part, self.field, "empty"), "value.empty")
        if not cell:
            return Flaw(code, f"{self.name} is empty")
        return Flaw(code, f'{self.name} "{cell}" has an empty place', f'write "A{self.joint}B"')

    def write(self, value: Any) -> str:  # noqa: ANN401  # of the type of the field
        """The cell of a value."""
        if value is None:
            return "*" if self.any_is_star else ""
        if self.joint:
            joint = " > " if self.joint == ">" else self.joint
            return joint.join(_written(one) for one in value)
        return _written(value)

    def flaws(self, value: Any) -> tuple[Flaw, ...]:  # noqa: ANN401
        """What is wrong with a value: that of its cell, or that its cell would say something else."""
        cell = self.write(value)
        reading = self.read(cell)
        if self.sort == "outline" and value and not cell:
            return (Flaw("geometry.unreadable", f"{self.field} is no WKB", "WKB of a line or an area"),)
        if reading.flaws or reading.value == value or self.sort == "outline":
            return reading.flaws
        return (Flaw("value.reserved", f"{self.name} {value!r} would be read as {reading.value!r}"),)

    def missing(self) -> Flaw:
        """The fault of a table that lacks the column."""
        return Flaw("csv.missing_column", f'column "{self.name}" is missing')


def _written(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return to_wkt(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    return str(value)


def _word(column: Column, text: str) -> str | Flaw:
    marked = column.refers is not None and (column.refers.kinds or column.refers.levels)
    word = text.removeprefix("@") if marked else text
    return word_flaw(word, column.name, column.signs) or text


def _name(column: Column, text: str) -> str | Flaw:
    return name_flaw(text, column.name) or text


def _prose(column: Column, text: str) -> str | Flaw:
    return prose_flaw(text, column.name) or text


def _flag(column: Column, text: str) -> bool | Flaw:
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    return Flaw("value.flag", f'{column.name} "{text}" is neither true nor false', 'write "true" or "false"')


def _whole(column: Column, text: str) -> int | Flaw:
    if not _WHOLE.fullmatch(text):
        hint = _better(_WHOLE, text, "12")
        return Flaw("value.number", f'{column.name} "{text}" is no whole number', hint)
    if column.least is not None and int(text) < column.least:
        return Flaw("value.number", f'{column.name} "{text}" is less than {column.least}')
    return int(text)


def _number(column: Column, text: str) -> float | Flaw:
    if _NUMBER.fullmatch(text) and isfinite(float(text)):
        return float(text)
    return Flaw("value.number", f'{column.name} "{text}" is no number', _better(_NUMBER, text, "12.5"))


def _better(pattern: re.Pattern[str], text: str, example: str) -> str:
    meant = normal(text).replace(",", "")
    return f'write "{meant}"' if pattern.fullmatch(meant) else f'such as "{example}"'


def _date(column: Column, text: str) -> date | Flaw:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        return Flaw("value.date", f'{column.name} "{text}" is no day of the calendar')
    loose = _LOOSE_DATE.fullmatch(normal(text))
    hint = f'write "{loose[1]}-{loose[2]:0>2}-{loose[3]:0>2}"' if loose else 'such as "2026-01-31"'
    return Flaw("value.date", f'{column.name} "{text}" is no date', hint)


def _choice(column: Column, text: str) -> str | Flaw:
    if text in column.choices:
        return text
    hint = Closest(column.choices)(text) or f"one of {', '.join(column.choices)}"
    return Flaw("value.choice", f'{column.name} "{text}" is not known', hint)


def _limit(column: Column, text: str) -> Limit | Flaw | None:
    limit = parse_limit(text, _OWN_CODES.get((column.part, column.field, "limit"), "value.limit"))
    return limit._replace(message=f"{column.name}: {limit.message}") if isinstance(limit, Flaw) else limit


def _outline(column: Column, text: str) -> bytes | Flaw:
    return from_wkt(text) or Flaw(
        "geometry.unreadable",
        f"{column.name} is no line or area in Well-Known Text",
        "such as LINESTRING (118.1 32.1, 118.2 32.1), without heights",
    )


_READ: dict[Sort, Callable[[Column, str], Any]] = {
    "word": _word,
    "name": _name,
    "prose": _prose,
    "flag": _flag,
    "whole": _whole,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "limit": _limit,
    "outline": _outline,
}

_SORTS: dict[object, Sort] = {
    bool: "flag",
    int: "whole",
    float: "number",
    date: "date",
    Limit: "limit",
    bytes: "outline",
}


@cache
def columns_of(part: str, record: Any, noun: str) -> tuple[Column, ...]:  # noqa: ANN401  # a class
    """The columns of a table, in the order of the fields of its record."""
    hints = get_type_hints(record, include_extras=True)
    found = []
    for field in fields(record):
        if field.name in NOT_COLUMNS and not (field.name == "wkb" and part in _DRAWN):
            continue
        inner, nullable, joint = _unwrapped(hints[field.name])
        sort, choices = _sort_of(inner)
        marks = getattr(inner, "__metadata__", ())
        found.append(
            Column(
                part=part,
                noun=noun,
                field=field.name,
                name=_DRAWN[part] if field.name == "wkb" else field.name,
                sort=sort,
                joint=joint,
                choices=choices,
                refers=next((mark for mark in marks if isinstance(mark, Refers)), None),
                default=field.default,
                nullable=nullable,
                signs=_SIGNS.get((part, field.name), ";>" if joint == ">" else ";"),
                least=next((mark.value for mark in marks if isinstance(mark, Least)), None),
            )
        )
    return tuple(found)


def _unwrapped(hint: Any) -> tuple[Any, bool, str]:  # noqa: ANN401  # any annotation
    """What one value is, whether None is one, and what joins several."""
    if get_origin(hint) in {Union, types.UnionType}:
        (inner,) = (arm for arm in get_args(hint) if arm is not type(None))
        return inner, True, ""
    marks = getattr(hint, "__metadata__", ())
    bare = hint.__origin__ if marks else hint
    if get_origin(bare) is tuple:
        chained = any(isinstance(mark, Chain) for mark in marks)
        return get_args(bare)[0], False, ">" if chained else ";"
    return hint, False, ""


def _sort_of(hint: Any) -> tuple[Sort, tuple[str, ...]]:  # noqa: ANN401
    """What a value of a type is, and the only ones there are."""
    for mark in getattr(hint, "__metadata__", ()):
        if isinstance(mark, Text):
            return mark.role, ()
    if get_origin(hint) is Literal:
        return "choice", get_args(hint)
    return _SORTS[getattr(hint, "__origin__", hint)], ()
