"""A mould: something written once by the real encoder, with gaps that other values are cast into.

A million reports differ in a dozen values; all else of their bytes is the same a few hundred times over. So
one of each shape is made and written down the long way, with marks where the values stand, and the others
are cast from it. What the encoder does is never repeated here, only where its values ended up.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_TOKEN: Final = token_hex(16)
"""Made anew in each process, so that no text of an event can pass for a mark."""


def mark(name: str) -> str:
    """The text that stands where a value of that name goes; no encoder writes it otherwise than as it is."""
    return f"~{_TOKEN}-{name}~"


def mark_time(number: int) -> datetime:
    """The same for times: far in the future, and none that anybody would write."""
    return datetime(8000 + number, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(_TOKEN[:11], 16))


class Mould:
    """A text with gaps.

    Args:
        written: By the encoder, with marks.
        marks: A mark as it was written, quotes and all, to the position of its value; what is not named
            stays as it is.
    """

    def __init__(self, written: bytes, marks: Mapping[str, int]) -> None:
        longest_first = sorted(marks, key=len, reverse=True)
        parts = re.split("(" + "|".join(map(re.escape, longest_first)) + ")", written.decode())
        order = [marks[part] for part in parts[1::2]]
        self._text = "%s".join(part.replace("%", "%%") for part in parts[::2])
        self._pick: Any = itemgetter(*order) if len(order) > 1 else lambda values: (values[order[0]],)

    def cast(self, values: Sequence[str]) -> bytes:
        """The text with values in its gaps.

        Args:
            values: As the encoder would have written them, by position.
        """
        text: str = self._text % self._pick(values)
        return text.encode()
