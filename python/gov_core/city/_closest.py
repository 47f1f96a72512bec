"""Finds the name that was probably meant, in constant time a question."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


LONGEST = 64
"""Longer words are only looked up as they are, so that the table stays small."""


def _shortened(word: str) -> Iterator[str]:
    """The word, then the word without one of its letters."""
    yield word
    for at in range(len(word) if len(word) <= LONGEST else 0):
        yield word[:at] + word[at + 1 :]


class Closest:
    """Known names, asked for the one nearest to a wrong one.

    Two words are near if they are alike after leaving out at most one letter of each: one letter
    more, less, changed, or two neighbours swapped. Case and full-width forms do not count. A folder
    may hold ten thousand wrong names beside a hundred thousand right ones, hence a table of
    shortened names, made at the first question, and no search.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names
        self._table: dict[str, str] | None = None

    def __call__(self, word: str) -> str:
        """A hint such as ``did you mean "urgent"?``; empty if no name is near."""
        if self._table is None:
            self._table = {}
            for name in self._names:
                for key in _shortened(_folded(name)):
                    self._table.setdefault(key, name)
        for key in _shortened(_folded(word)):
            # One letter is too little to go by: "B" is not nearly "A".
            if key and key in self._table:
                return f'did you mean "{self._table[key]}"?'
        return ""
