"""Longitudes and latitudes written as text, turned into numbers without ever losing a row."""

from __future__ import annotations

import math
import re

from arro3.core import Array, DataType

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def parse_coordinates(cells: Array) -> tuple[Array, list[int]]:
    """Return the numbers that a column of text spells, and the rows that spell none.

    Args:
        cells: Text; null where the event has no coordinate.

    Returns:
        A float64 column and the numbers of the bad rows. Spaces around a number are ignored, an empty cell
        is null, and a cell that is no number (``118,5``, ``１１８``, ``118°30'``) is NaN, which routing
        answers with ``bad_coordinate``: a guess would route the event to the wrong place.
    """
    numbers = cells.cast(DataType.float64())
    if numbers.null_count == cells.null_count:
        return numbers, []
    values: list[float | None] = list(numbers.to_pylist())
    bad = []
    for row, text in enumerate(cells.to_pylist()):
        if text is None or values[row] is not None or not (text := text.strip()):
            continue
        if _NUMBER.fullmatch(text):
            values[row] = float(text)
        else:
            values[row] = math.nan
            bad.append(row)
    return Array(values, DataType.float64()), bad
