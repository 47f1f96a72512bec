"""The columns of a table, as they follow from the fields of its record: read, judged and written alike."""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from gov_core.checklists import Limit
from gov_core.city._text import PLACE_SIGNS, UNIT_SIGNS, Flaw
from gov_core.city._values import READ, written
from gov_core.fields import Chain, Least, Refers, Text

if TYPE_CHECKING:
    from gov_core.city._values import Sort

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

    def code(self, what: str) -> str:
        """Code of the fault of a value that is ``empty``, or no ``limit``."""
        return _OWN_CODES.get((self.part, self.field, what), f"value.{what}")

    @property
    def absent(self) -> Any:  # noqa: ANN401  # of the type of the field
        """The value of rows whose table lacks the column."""
        if self.default is not MISSING:
            return self.default
        return None if self.nullable else () if self.joint else ""

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

    def take(self, value: object, code: str = "value.type") -> Reading:
        """The value of a cell that may hold more than text: of a map, a workbook or a Parquet file.

        Args:
            value: A text, number, flag or day, nothing, or the flaw that kept it from being read.
            code: Of the fault of a value of the wrong type.
        """
        if value is None or isinstance(value, str):
            return self.read(value or "")
        if isinstance(value, Flaw):
            return Reading(self.absent, (value._replace(message=f"{self.name} {value.message}"),))
        what, text, fits = _typed(value)
        if self.sort in fits and not self.joint:
            return self.read(text)
        hint = "write it as text: a number loses its leading zeros" if self.sort in _TEXTS else ""
        return Reading(self.absent, (Flaw(code, f"{self.name} is {what}, no {_CALLED[self.sort]}", hint),))

    def _one(self, cell: str) -> Reading:
        found = READ[self.sort](self, cell)
        if not isinstance(found, Flaw):
            return Reading(found)
        if self.default is not MISSING or self.nullable:
            return Reading(self.absent, (found,))
        return Reading("" if self.refers else cell, (found,))

    def _several(self, cell: str) -> Reading:
        values, flaws = [], []
        for piece in cell.split(self.joint):
            value = piece.strip(" ")
            found = self._empty_piece(cell) if not value.removeprefix("@") else READ[self.sort](self, value)
            if isinstance(found, Flaw):
                flaws.append(found)
            elif found in values and (code := _OWN_CODES.get((self.part, self.field, "twice"))):
                flaws.append(Flaw(code, f'{self.name} names "{value}" twice', "name it once"))
            else:
                values.append(found)
        return Reading(tuple(values), tuple(dict.fromkeys(flaws)))

    def _empty_piece(self, cell: str) -> Flaw:
        code = self.code("empty")
        if not cell:
            return Flaw(code, f"{self.name} is empty")
        return Flaw(code, f'{self.name} "{cell}" has an empty place', f'write "A{self.joint}B"')

    def write(self, value: Any) -> str:  # noqa: ANN401  # of the type of the field
        """The cell of a value."""
        if value is None:
            return "*" if self.any_is_star else ""
        if self.joint:
            joint = " > " if self.joint == ">" else self.joint
            return joint.join(written(one) for one in value)
        return written(value)

    def flaws(self, value: Any) -> tuple[Flaw, ...]:  # noqa: ANN401
        """What is wrong with a value: that of its cell, or that its cell would say something else."""
        cell = self.write(value)
        reading = self.read(cell)
        if self.sort == "outline" and value and not cell:
            return (Flaw("geometry.unreadable", f"{self.field} is no WKB", "WKB of a line or an area"),)
        if reading.flaws or reading.value == value or self.sort == "outline":
            return reading.flaws
        return (Flaw("value.reserved", f"{self.name} {value!r} would be read as {reading.value!r}"),)


def _typed(value: object) -> tuple[str, str, tuple[Sort, ...]]:
    """What a value that is no text is called, how it is written, and the columns it fits in."""
    if isinstance(value, float):
        return "a number", written(value), ("whole", "number") if value.is_integer() else ("number",)
    if isinstance(value, bool):
        return "true or false", written(value), ("flag",)
    if isinstance(value, int):
        return "a number", written(value), ("whole", "number")
    if type(value) is date:
        return "a day", written(value), ("date",)
    return f"of type {type(value).__name__}", "", ()


_TEXTS: tuple[Sort, ...] = ("word", "name", "prose")

_CALLED: dict[Sort, str] = {
    "word": "text",
    "name": "text",
    "prose": "text",
    "flag": "true or false",
    "whole": "whole number",
    "number": "number",
    "date": "day",
    "choice": "word",
    "limit": "time limit",
    "outline": "Well-Known Text",
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
