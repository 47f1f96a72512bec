"""What a promise of any kit is: a number, a check, and what its docstring says."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getdoc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Numbered:
    """One numbered promise.

    Attributes:
        number: As the contract numbers it: ``S01``, ``N01``.
        check: Raises AssertionError if it is not kept. The first line of its docstring says what is promised;
            what follows is a hint for who has to mend it.
    """

    number: str
    check: Callable[[Any], None]

    @property
    def name(self) -> str:
        """``S01_first_version_is_one``."""
        return f"{self.number}_{self.check.__name__}"

    @property
    def subject(self) -> str:
        """The module that makes it: ``append``."""
        return self.check.__module__.rpartition(".")[2]

    @property
    def sentence(self) -> str:
        """What is promised."""
        return (getdoc(self.check) or "").split("\n", 1)[0]

    @property
    def hint(self) -> str:
        """Where to look if it is broken; empty if the promise says it all."""
        return " ".join((getdoc(self.check) or "").split("\n")[1:]).strip()

    @property
    def marks(self) -> tuple[str, ...]:
        """Markers of pytest that the promise goes by."""
        return ()
