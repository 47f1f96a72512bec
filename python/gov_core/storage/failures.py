"""What a file or a server that keeps cases fails with, in the same words whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gov_core.errors import (
    Fault,
    FaultsError,
    IntegrityViolationError,
    OutcomeUnknownError,
    SchemaMismatchError,
)

if TYPE_CHECKING:
    from pathlib import Path

_E = TypeVar("_E", bound=FaultsError)


def failed(kind: type[_E], message: str, place: str | Path, hint: str) -> _E:
    """An error with one fault, which has its code."""
    return kind((Fault(kind.code, message, str(place), hint),))


def outcome_unknown(
    message: str, place: str | Path, hint: str = "send the same command again"
) -> OutcomeUnknownError:
    """Nobody knows whether it was written."""
    return failed(OutcomeUnknownError, message, place, hint)


def damaged(place: str | Path, why: str) -> IntegrityViolationError:
    """What is kept is not what was written."""
    hint = "keep it as it is, restore a copy, and compare that with the kept seals: gov-core store verify"
    return failed(IntegrityViolationError, f"the store is damaged: {why}", place, hint)


def not_ours(place: str | Path, why: str) -> SchemaMismatchError:
    """What is there is no store of cases; it has been left as it was."""
    hint = "give the address of a store of cases, or of one that is not there yet"
    return failed(SchemaMismatchError, f"this is no store of cases: {why}", place, hint)


def not_durable(place: str | Path, why: str, hint: str) -> SchemaMismatchError:
    """What is acknowledged there would be lost."""
    return failed(SchemaMismatchError, f"writes would not survive the loss of power: {why}", place, hint)


def too_new(place: str | Path, schema: int, known: int) -> SchemaMismatchError:
    """The store was made by a newer release; it has been left as it was."""
    message = f"the store has schema {schema}, and this release knows {known}"
    return failed(SchemaMismatchError, message, place, "use a newer release of gov-core")
