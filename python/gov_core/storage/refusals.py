"""What every store refuses in the same words."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from gov_core.errors import (
    CommandReusedError,
    ConcurrencyConflictError,
    CursorInvalidError,
    DeadlineExceededError,
    ErasedError,
    Fault,
    HeldError,
    IntegrityViolationError,
    LeaseLostError,
    PayloadRejectedError,
    StoreClosedError,
)
from gov_core.storage.protocol import START, Cursor, Head, StoreFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

UNREADABLE: Final = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    struct.error,
)
"""What comes of reading something that was written by nobody knows whom."""


def closed() -> StoreClosedError:
    """What every call after `close` raises."""
    return StoreClosedError((Fault("storage.closed", "the store has been closed", "", "open it again"),))


def late(place: str | Path = "") -> DeadlineExceededError:
    """What a call raises whose time is over, if nothing was written."""
    message = "the call was not through in the time it was given"
    hint = "give it more time, or ask for less at once"
    return DeadlineExceededError((Fault("storage.deadline_exceeded", message, str(place), hint),))


def conflict(case_id: str, expected: tuple[int, bytes], actual: Head) -> ConcurrencyConflictError:
    """What an append behind another head than that of the case raises."""
    return ConcurrencyConflictError(case_id, expected[0], actual.version)


def command_reused(command_id: str) -> CommandReusedError:
    """What a known command id with another digest raises."""
    fault = Fault(
        "storage.command_reused",
        "the command id was used before, for another command",
        command_id,
        "make a new id for each command, and keep it for retries of the same one",
        (command_id,),
    )
    return CommandReusedError((fault,))


def message_reused(id_: str) -> PayloadRejectedError:
    """What an append with a message whose id is known raises."""
    fault = Fault(
        "storage.message_reused",
        "the store has another message with this id",
        "outbox",
        "make a new id for each message",
        (id_,),
    )
    return PayloadRejectedError((fault,))


def lease_lost(id_: str) -> LeaseLostError:
    """What becomes of a settlement by somebody who has the message no more."""
    fault = Fault(
        "storage.lease_lost",
        "the message is settled, or another worker has claimed it since",
        id_,
        "let it go; claim with a longer lease if this happens often",
        (id_,),
    )
    return LeaseLostError((fault,))


def erased(subject: str) -> ErasedError:
    """What is refused for a subject whose data were erased."""
    fault = Fault(
        "storage.erased",
        "the data of this subject were erased, and nothing new is taken for it",
        subject,
        "make a new subject",
        (subject,),
    )
    return ErasedError((fault,))


def held(subject: str, bases: Sequence[str]) -> HeldError:
    """Why a subject cannot be erased now."""
    message = f"the subject is held: {', '.join(bases)}"
    return HeldError(
        (Fault("storage.held", message, subject, "release the holds first, if that is right", (subject,)),)
    )


def within(cursor: Cursor, store: str, head: int) -> int:
    """The position of a cursor of this store.

    Raises:
        CursorInvalidError: It is of another store, or beyond the head.
    """
    if cursor == START:
        return 0
    if cursor.store != store:
        message = f"the cursor is of store {cursor.store or 'nowhere'}, and this is {store}"
    elif not 0 <= cursor.position <= head:
        message = f"the cursor is at {cursor.position}, and the store ends at {head}"
    else:
        return cursor.position
    hint = "read this store from the start, or open the store the cursor is of"
    raise CursorInvalidError((Fault("storage.cursor_invalid", message, "cursor", hint),))


def no_entry(error: Exception) -> IntegrityViolationError:
    """What was to be restored is not what a store gives."""
    message = f"this is no entry of a store: {error}"
    return IntegrityViolationError((Fault("integrity.no_entry", message, "", "take another copy"),))


def unsound(faults: tuple[StoreFault, ...]) -> IntegrityViolationError:
    """What was to be restored does not hold together."""
    return IntegrityViolationError(
        [
            Fault(fault.code, fault.message, fault.case_id, "take another copy", (fault.case_id,))
            for fault in faults
        ]
    )
