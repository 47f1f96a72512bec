"""A line of the speed table: what was asked for, what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compare.trial import Record


@dataclass(frozen=True)
class Goal:
    """One promise and whether it holds.

    Attributes:
        what: What is measured.
        wanted: The goal in words.
        measured: The figure in words.
        holds: None if it is no goal but only good to know.
    """

    what: str
    wanted: str
    measured: str
    holds: bool | None = None


def at_most(what: str, measured: float, limit: float, unit: str) -> Goal:
    """A figure that should be small."""
    return Goal(what, f"<= {limit:,g} {unit}", f"{measured:,.4g} {unit}", measured <= limit)


def at_least(what: str, measured: float, limit: float, unit: str) -> Goal:
    """A figure that should be large."""
    return Goal(what, f">= {limit:,g} {unit}", f"{measured:,.4g} {unit}", measured >= limit)


def only(records: list[Record], **wanted: object) -> Record:
    """The one record with these values."""
    (found,) = (r for r in records if all(r.get(name) == value for name, value in wanted.items()))
    return found
