"""Errors of the driver in the words of the contract. None gets out as it is."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final, TypeVar

from gov_core.errors import (
    CapacityExceededError,
    DeadlineExceededError,
    Fault,
    IntegrityViolationError,
    OutcomeUnknownError,
    SchemaMismatchError,
    StorageError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from pathlib import Path

_E = TypeVar("_E", bound=StorageError)

_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT}
_FULL: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM}


def translated(error: sqlite3.Error, path: Path, *, committing: bool = False) -> StorageError:
    """The error of the contract for one of the driver.

    A write that the system refuses leaves the end of the log unfinished, which counts for nothing. If what
    fails is the flush, or the log is read back wrongly, nobody knows what would be there after a crash.

    Args:
        error: Of the driver.
        path: The file.
        committing: Whether it came out of a commit.
    """
    extended: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    primary = extended & 0xFF
    name: str = getattr(error, "sqlite_errorname", "") or type(error).__name__
    said = f"{error} [{name}]"
    if primary == sqlite3.SQLITE_NOTADB:
        return not_ours(path, said)
    if primary == sqlite3.SQLITE_CORRUPT:
        return damaged(path, said)
    if primary in _FULL or extended == sqlite3.SQLITE_IOERR_WRITE:
        hint = "make room on the disk, or raise the limit"
        return _one(CapacityExceededError, f"the file cannot be written: {said}", path, hint)
    if primary in _BUSY:
        return busy(path, f"another connection has it: {said}")
    if primary == sqlite3.SQLITE_IOERR and committing:
        hint = "send the same command again"
        return _one(OutcomeUnknownError, f"the commit failed half-way: {said}", path, hint)
    hint = "check the path, its folder and its permissions"
    return _one(StoreUnavailableError, f"the file cannot be used: {said}", path, hint)


def is_wait(error: sqlite3.Error) -> bool:
    """Whether it comes of waiting for others, or of being stopped at the end of a deadline."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _BUSY


def busy(path: Path, why: str) -> StoreUnavailableError:
    """Others have the file for too long."""
    return _one(StoreUnavailableError, why, path, "try again; let long writers work in smaller steps")


def late(path: Path) -> DeadlineExceededError:
    """The time of a call is over, and nothing was written."""
    hint = "give it more time, or ask for less at once"
    return _one(DeadlineExceededError, "the call was not through in the time it was given", path, hint)


def log_not_empty(path: Path, why: str) -> OutcomeUnknownError:
    """Data were erased, and the log may still have them."""
    message = f"the data are erased in the file, but its log could not be emptied: {why}"
    return _one(OutcomeUnknownError, message, path, "send the same command again when readers are through")


def damaged(path: Path, why: str) -> IntegrityViolationError:
    """The file is not what was written."""
    hint = "keep the file, restore a copy, and compare it with the kept seals: gov-core store verify"
    return _one(IntegrityViolationError, f"the file is damaged: {why}", path, hint)


def not_ours(path: Path, why: str) -> SchemaMismatchError:
    """The file is no store of cases; it has been left as it was."""
    hint = "give the path of a store of cases, or of a file that is not there yet"
    return _one(SchemaMismatchError, f"the file is no store of cases: {why}", path, hint)


def not_durable(path: Path, why: str) -> SchemaMismatchError:
    """The file would lose what it has acknowledged."""
    hint = "put it on a local disk, where SQLite can keep a write-ahead log and flush it with every commit"
    return _one(SchemaMismatchError, f"writes would not survive the loss of power: {why}", path, hint)


def too_new(path: Path, schema: int, known: int) -> SchemaMismatchError:
    """The file was made by a newer release; it has been left as it was."""
    message = f"the store has schema {schema}, and this release knows {known}"
    return _one(SchemaMismatchError, message, path, "use a newer release of gov-core")


def _one(kind: type[_E], message: str, path: Path, hint: str) -> _E:
    return kind((Fault(kind.code, message, str(path), hint),))
