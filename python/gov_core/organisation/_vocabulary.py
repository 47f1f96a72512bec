"""Words of the field as data of the package, found by any of their spellings."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from typing import Any, Protocol, TypeVar


class Term(Protocol):
    """What has a code and is called by several words."""

    @property
    def code(self) -> str:
        """The word that records use."""

    @property
    def chinese(self) -> str:
        """Its usual word."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other words for the same."""


T_co = TypeVar("T_co", bound=Term, covariant=True)


class Vocabulary(Mapping[str, T_co]):
    """Terms by code, in the order of their file, which is read when the first is asked for."""

    def __init__(self, file: str, record: Callable[..., T_co]) -> None:
        self._file, self._record = file, record

    @cached_property
    def _terms(self) -> dict[str, T_co]:
        tables = tomllib.loads(files(__package__).joinpath(self._file).read_text(encoding="utf-8"))
        return {code: self._record(code=code, **_frozen(table)) for code, table in tables.items()}

    @cached_property
    def _spellings(self) -> dict[str, T_co]:
        return {
            _folded(word): term
            for term in self._terms.values()
            for word in (term.code, term.chinese, *term.aliases)
        }

    def find(self, word: str) -> T_co | None:
        """The term that goes by a word, or None.

        Args:
            word: A code, the Chinese word, or an alias; case, spaces around and full-width letters do not
                count.
        """
        return self._spellings.get(_folded(word))

    def __getitem__(self, code: str) -> T_co:
        return self._terms[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __repr__(self) -> str:
        return f"<{len(self)} terms of {self._file}>"


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()
