"""What is wrong with single rows of an events file: told with the line, never a reason to stop.

A file of ten million rows may hold ten million bad ones, so only the first of each kind are kept in full and
the rest are counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Problems of one code that are kept in full; the others of that code are only counted.
KEPT = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that is not as it should be.

    Attributes:
        line: Line of the text file on which the row starts, from 1; in a Parquet file the row, from 1.
        code: Stable, dotted, lower case: ``event.fields``.
        message: What is wrong, in one sentence.
    """

    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}: {self.code}: {self.message}"


class Problems:
    """The problems of one file: the first of each code in full, the number of all of them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._kept: list[Problem] = []

    def add(self, line: int, code: str, message: str) -> None:
        """Count a problem and keep it while it is among the first of its code."""
        self.counts[code] += 1
        if self.counts[code] <= KEPT:
            self._kept.append(Problem(line, code, message))

    def count(self, code: str, number: int) -> None:
        """Count problems that need no line of their own."""
        self.counts[code] += number

    def full(self, code: str) -> bool:
        """Whether further problems of this code are only counted."""
        return self.counts[code] >= KEPT

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._kept, key=lambda problem: problem.line))

    def __len__(self) -> int:
        return self.counts.total()
