"""Reads one line of NDJSON strictly: what two readers could understand differently is refused."""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from gov_core.events._csv_rows import bad_byte

#: Deepest nesting of lists and objects; deeper lines are attacks or accidents.
DEPTH = 32

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class LineError(Exception):
    """A line that cannot be read; `code` and the message say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


def read_object(raw: bytes, offset: int) -> dict[str, object]:
    """Return the object that a line holds.

    Args:
        raw: The line.
        offset: Bytes of the file before it.

    Raises:
        LineError: Not UTF-8, no JSON object, NaN, a number beyond float64, a key that comes twice, nested
            deeper than `DEPTH`.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise LineError("event.encoding", bad_byte(raw, error, offset)) from None
    if text.count("[") + text.count("{") > DEPTH and _depth(text) > DEPTH:
        raise LineError("event.json", f"nested deeper than {DEPTH}")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant)
    except ValueError as error:
        raise LineError("event.json", f"no JSON: {error}") from None
    if not isinstance(value, dict):
        raise LineError("event.json", "the line holds no JSON object")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise LineError("event.encoding", "half of a surrogate pair (\\ud800-\\udfff)") from None
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise LineError("event.json_key", f"the key {twice!r} comes twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise LineError("event.json", f"{text[:40]} is beyond any number")
    return number


def _no_constant(name: str) -> NoReturn:
    raise LineError("event.json", f"{name} is no JSON")


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
