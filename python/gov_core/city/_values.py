"""One value of a cell: from text, and back to it."""

from __future__ import annotations

import re
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from gov_core.city._closest import Closest
from gov_core.city._grammar import parse_limit
from gov_core.city._text import Flaw, name_flaw, normal, prose_flaw, word_flaw
from gov_core.city._wkt import from_wkt, to_wkt

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.checklists import Limit
    from gov_core.city._column import Column

Sort = Literal["word", "name", "prose", "flag", "whole", "number", "date", "choice", "limit", "outline"]
"""What one value of a column is."""

_TRUE = {"true", "TRUE", "是"}
_FALSE = {"false", "FALSE", "否"}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_EXACT = 1e15
"""Whole numbers below it are written without a point: they keep all their digits."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOOSE_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


def written(value: Any) -> str:  # noqa: ANN401  # of the type of a field
    """The text of a value that is not None."""
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
        no_number = Flaw("value.number", f'{column.name} "{text}" is no whole number', 'such as "12"')
        return _spelling(column, text, _WHOLE) or no_number
    if column.least is not None and int(text) < column.least:
        return Flaw("value.number", f'{column.name} "{text}" is less than {column.least}')
    return int(text)


def _number(column: Column, text: str) -> float | Flaw:
    if _NUMBER.fullmatch(text) and isfinite(float(text)):
        return float(text)
    no_number = Flaw("value.number", f'{column.name} "{text}" is no number', 'such as "12.5"')
    return _spelling(column, text, _NUMBER) or no_number


def _date(column: Column, text: str) -> date | Flaw:
    if not _DATE.fullmatch(text):
        loose = _LOOSE_DATE.fullmatch(text)
        hint = f'write "{loose[1]}-{loose[2]:0>2}-{loose[3]:0>2}"' if loose else 'such as "2026-01-31"'
        no_date = Flaw("value.date", f'{column.name} "{text}" is no date', hint)
        return _spelling(column, text, _DATE) or no_date
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Flaw("value.date", f'{column.name} "{text}" is no day of the calendar')


def _spelling(column: Column, text: str, pattern: re.Pattern[str]) -> Flaw | None:
    """The flaw of a text that is what it should be but for its spelling."""
    meant = normal(text)
    if meant == text or not pattern.fullmatch(meant):
        return None
    if text.strip() == meant:
        return Flaw("value.space", f"{column.name} {text!r} has a space at its start or end", "remove it")
    return Flaw("value.width", f'{column.name} "{text}" holds full-width digits', f'write "{meant}"')


def _choice(column: Column, text: str) -> str | Flaw:
    if text in column.choices:
        return text
    hint = Closest(column.choices)(text) or f"one of {', '.join(column.choices)}"
    return Flaw("value.choice", f'{column.name} "{text}" is not known', hint)


def _limit(column: Column, text: str) -> Limit | Flaw | None:
    limit = parse_limit(text, column.code("limit"))
    return limit._replace(message=f"{column.name}: {limit.message}") if isinstance(limit, Flaw) else limit


def _outline(column: Column, text: str) -> bytes | Flaw:
    return from_wkt(text) or Flaw(
        "geometry.unreadable",
        f"{column.name} is no line or area in Well-Known Text",
        "such as LINESTRING (118.1 32.1, 118.2 32.1), without heights",
    )


READ: dict[Sort, Callable[[Column, str], Any]] = {
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
