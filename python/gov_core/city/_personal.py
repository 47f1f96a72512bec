"""Columns about persons, which no file of a city may have: bodies and posts, never people."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

from gov_core.city._text import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterable

_JOINTS = re.compile(r"[\s_\-./:：()（）]+")
_NUMBER = re.compile(r"[1-9]\d{16}[\dXx]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LENGTH = 18
_HINT = "leave the column out: a city holds bodies, posts and counts, never persons"


def personal_name(name: str) -> Flaw | None:
    """The flaw of a column whose name says that it holds people, or None."""
    if _JOINTS.sub("", unicodedata.normalize("NFKC", name).casefold()) not in _names():
        return None
    return Flaw("privacy.personal_column", f'column "{name}" is about persons', _HINT)


@cache
def _names() -> frozenset[str]:
    text = (files("gov_core.city") / "personal_columns.toml").read_text(encoding="utf-8")
    return frozenset(chain.from_iterable(tomllib.loads(text).values()))


def identity_numbers(name: str, values: Iterable[object]) -> Flaw | None:
    """The flaw of a column most of whose texts are identity numbers of persons, or None.

    The values are not repeated in the message.
    """
    said = [value for value in values if value is not None and value != ""]
    # A file of columns with types may hold them as numbers.
    texts = [
        value if isinstance(value, str) else str(value) for value in said if isinstance(value, (str, int))
    ]
    numbers = sum(is_identity_number(text) for text in texts if len(text) == _LENGTH)
    if 2 * numbers <= len(said):
        return None
    message = f'{numbers} of the {len(said)} values of column "{name}" are identity numbers of persons'
    return Flaw("privacy.identity_number", message, _HINT)


def is_identity_number(text: str) -> bool:
    """Whether a text is a citizen's number (公民身份号码): 18 digits with a day of birth and a check digit.

    The check digit is that of ISO 7064, MOD 11-2 (GB 11643).
    """
    if not _NUMBER.fullmatch(text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECKS[total % 11] == text[-1].upper() and _is_day(text[6:14])


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year >= 1850
    except ValueError:
        return False
