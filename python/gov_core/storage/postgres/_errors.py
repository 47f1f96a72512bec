"""Errors of the driver and of the server in the words of the contract. None gets out as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg

from gov_core.errors import CapacityExceededError, DeadlineExceededError, Fault, StoreUnavailableError
from gov_core.storage.failures import damaged, failed, not_durable, not_ours, outcome_unknown
from gov_core.storage.refusals import late

if TYPE_CHECKING:
    from gov_core.errors import OutcomeUnknownError, SchemaMismatchError, StorageError

NOT_DURABLE: Final = "GV001"
_LATE: Final = {"57014", "55P03"}  # query_canceled by statement_timeout, lock_not_available by lock_timeout
_FULL: Final = {"53100", "53200", "53400"}  # disk, memory, a configured limit
_IN_THE_WAY: Final = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_DAMAGED: Final = {"XX001", "XX002"}  # data, index
_STRANGE: Final = {
    "42P01",
    "42703",
    "42883",
    "3F000",
    "42704",
}  # a table, column, function or schema is not there

_AGAIN: Final = "try again; if it stays so, look at the server and at the way to it"
_HINTS: Final = {
    "25006": "this is a standby, which only reads: give the address of the primary",
    "28": "check user, password and pg_hba.conf",
    "3D000": "make the database first: createdb",
    "42501": "the role has to own the schema of the store, or may be given its tables and functions",
    "53300": "let the store have fewer connections, or the server more",
    "40": "try again: another transaction was in the way",
}


def answered(error: psycopg.Error) -> bool:
    """Whether the server said so itself and keeps the session: then it is certain what it did."""
    severity = error.diag.severity_nonlocalized
    return error.sqlstate is not None and severity not in (None, "FATAL", "PANIC")


def gave_way(error: StorageError) -> bool:
    """Whether the server took a transaction back because another was in its way (40001, 40P01)."""
    cause = error.__cause__
    return isinstance(cause, psycopg.Error) and cause.sqlstate in _IN_THE_WAY and answered(cause)


def translated(
    error: psycopg.Error, place: str, *, committing: bool = False, overdue: bool = False
) -> StorageError:
    """The error of the contract for one of the driver.

    Args:
        error: Of the driver.
        place: Which store.
        committing: Whether the server may have committed by now, and could not say so.
        overdue: Whether the connection was cut because time was over.
    """
    state = error.sqlstate or ""
    said = f"{error.diag.message_primary or str(error).strip() or type(error).__name__}"
    if state:
        said += f" [{state}]"
    if committing and not answered(error):
        return unknown(place, said)
    if overdue or state in _LATE:
        return late(place)
    if state == NOT_DURABLE:
        return not_flushed(place, said)
    if state in _DAMAGED:
        return damaged(place, said)
    if state in _STRANGE:
        return not_ours(place, said)
    if state in _FULL or state.startswith("54"):
        hint = "make room on the server, or raise its limit"
        return failed(CapacityExceededError, f"the server has no room for it: {said}", place, hint)
    hint = _HINTS.get(state) or _HINTS.get(state[:2]) or _AGAIN
    return failed(StoreUnavailableError, f"the server cannot be used: {said}", place, hint)


def unknown(place: str, said: str) -> OutcomeUnknownError:
    """The connection was lost between a commit and its answer."""
    return outcome_unknown(f"the commit was sent, and its answer did not come: {said}", place)


def busy(place: str, most: int, *, asked: bool) -> StorageError:
    """All connections are in use, and stayed so."""
    kind = DeadlineExceededError if asked else StoreUnavailableError
    message = f"all {most} connections of this store are in use"
    return failed(kind, message, place, "let the store have more connections, or call it from fewer threads")


def unreachable(place: str, why: str) -> StoreUnavailableError:
    """There is no connection to be had."""
    return failed(StoreUnavailableError, f"the server cannot be reached: {why}", place, _AGAIN)


def no_address() -> StoreUnavailableError:
    """What was given cannot be read as an address; nothing of it is repeated, as any part may be secret."""
    hint = (
        "postgresql://user@host/database?schema=cases; a % is written %25, and libpq has a list of what may"
        " stand behind the ?"
    )
    return StoreUnavailableError(
        (Fault("storage.address", "libpq cannot read the address of the store", "", hint),)
    )


def not_flushed(place: str, why: str) -> SchemaMismatchError:
    """The server would lose what it has acknowledged."""
    hint = "switch them on for the server, the database and the role, and connect again"
    return not_durable(place, why, hint)
