"""Errors of the driver in the words of the contract. None gets out as it is."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from gov_core.errors import CapacityExceededError, StoreUnavailableError
from gov_core.storage.failures import damaged, failed, not_durable, not_ours, outcome_unknown

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.errors import OutcomeUnknownError, SchemaMismatchError, StorageError

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
        return failed(CapacityExceededError, f"the file cannot be written: {said}", path, hint)
    if primary in _BUSY:
        return busy(path, f"another connection has it: {said}")
    if primary == sqlite3.SQLITE_IOERR and committing:
        return outcome_unknown(f"the commit failed half-way: {said}", path)
    hint = "check the path, its folder and its permissions"
    return failed(StoreUnavailableError, f"the file cannot be used: {said}", path, hint)


def is_wait(error: sqlite3.Error) -> bool:
    """Whether it comes of waiting for others, or of being stopped at the end of a deadline."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _BUSY


def busy(path: Path, why: str) -> StoreUnavailableError:
    """Others have the file for too long."""
    return failed(StoreUnavailableError, why, path, "try again; let long writers work in smaller steps")


def log_not_empty(path: Path, why: str) -> OutcomeUnknownError:
    """Data were erased, and the log may still have them."""
    message = f"the data are erased in the file, but its log could not be emptied: {why}"
    return outcome_unknown(message, path, "send the same command again when readers are through")


def not_flushed(path: Path, why: str) -> SchemaMismatchError:
    """The file would lose what it has acknowledged."""
    hint = "put it on a local disk, where SQLite can keep a write-ahead log and flush it with every commit"
    return not_durable(path, why, hint)
