"""Rows of the tables as what the contract speaks of, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.lists import NEVER
from gov_core.storage.protocol import CaseRow, Envelope, RecordedEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EVENT: Final = "position, case_id, version, recorded_us, command_id, digest, type, schema, at_us, data, hash"
ROW: Final = (
    "case_id, state, open, procedure, matter, grade, place, path, unit,"
    " opened_us, yellow_us, due_us, sensitive"
)

_STATE: Final = 1
_new: Final = tuple.__new__


def event_of(row: Sequence[Any]) -> RecordedEvent:
    """A row of `EVENT`."""
    position, case_id, version, recorded_us, command_id, digest, type_, schema, at_us, data, hash_ = row
    # A named tuple made by name takes twice as long, and a feed is nothing but these.
    envelope = _new(Envelope, (type_, schema, at_us, data, hash_))
    return _new(RecordedEvent, (position, case_id, version, recorded_us, command_id, digest, envelope))


def as_events(_: object) -> Callable[[Sequence[Any]], RecordedEvent]:
    """What a cursor is told to make of rows of `EVENT` (its row factory).

    A list of rows to be made into events afterwards would keep half as many objects again alive, and Python
    look through all there are the more often.
    """
    return event_of


def case_row_of(row: Sequence[Any]) -> CaseRow | None:
    """A row of `ROW`; None if no append has given one."""
    if row[_STATE] is None:
        return None
    case_row = CaseRow(*row)
    yellow_us, due_us = case_row.yellow_us, case_row.due_us
    if NEVER in (yellow_us, due_us):
        case_row = case_row._replace(
            yellow_us=None if yellow_us == NEVER else yellow_us, due_us=None if due_us == NEVER else due_us
        )
    return case_row


def key(text: str) -> str | None:
    """A text to look for; None, which nothing equals, for one that no database can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return None if "\0" in text else text


def number(value: int) -> int:
    """A number to compare with, brought into the range of the database."""
    return max(-(2**63), min(value, 2**63 - 1))
