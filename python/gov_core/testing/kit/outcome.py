"""What becomes of a promise that is put to an adapter."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Excuse: TypeAlias = Literal["capability", "place", "first", "hook"]
"""Why a promise is skipped: the adapter does not claim to do this, or such adapters have no such thing, or
there was no release of it before, or the harness cannot try it. The last leaves open whether the promise is
kept, and nothing is certified so."""


class Skip(Exception):  # noqa: N818 - nothing is wrong
    """A promise is not tried.

    Attributes:
        reason: Why, for people.
        excuse: Why, for the certificate.
    """

    def __init__(self, reason: str, excuse: Excuse) -> None:
        super().__init__(reason, excuse)
        self.reason, self.excuse = reason, excuse

    def __str__(self) -> str:
        """The reason."""
        return self.reason


class Outcome(NamedTuple):
    """What became of one promise.

    Attributes:
        name: Of the promise.
        outcome: ``passed``, ``failed`` or ``skipped``.
        reason: Why it was skipped, or what was wrong; empty if it passed.
        excuse: Of a skip.
        seconds: How long it took.
        figures: What was counted.
    """

    name: str
    outcome: Literal["passed", "failed", "skipped"]
    reason: str
    excuse: Excuse | None
    seconds: float
    figures: dict[str, float]
