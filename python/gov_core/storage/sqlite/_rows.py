"""Rows of the tables as what the contract speaks of, and back; and the checksums that stand beside them."""

from __future__ import annotations

import json
from hashlib import sha256
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.protocol import CaseRow, ClockRow, Envelope, RecordedEvent

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

EVENTS: Final = (
    "SELECT e.position, c.case_id, e.version, m.recorded_us, m.command_id, m.digest,"
    " e.type, e.schema, e.at_us, e.data, e.hash"
    " FROM events e JOIN commands m ON m.first = e.command JOIN cases c ON c.case_no = e.case_no"
)
ROW: Final = (
    "case_id, state, open, procedure, matter, grade, place, path, unit,"
    " opened_us, yellow_us, due_us, sensitive"
)
_STATE: Final = 1
_MARK_BYTES: Final = 8


def head_of(connection: sqlite3.Connection) -> int:
    """Position of the newest event."""
    (position,) = connection.execute("SELECT max(position) FROM events").fetchone()
    return position or 0


def event_of(row: Sequence[Any]) -> RecordedEvent:
    """A row of `EVENTS`."""
    position, case_id, version, recorded_us, command_id, digest, *envelope = row
    return RecordedEvent(position, case_id, version, recorded_us, command_id, digest, Envelope(*envelope))


def case_row_of(row: Sequence[Any]) -> CaseRow | None:
    """A row of `ROW`; None if no append has given one."""
    if row[_STATE] is None:
        return None
    case_row = CaseRow(*row)
    return case_row._replace(open=bool(case_row.open), sensitive=bool(case_row.sensitive))


def clocks_of(text: str) -> tuple[ClockRow, ...]:
    """The clocks of a case as they stand in its row."""
    return () if text == "[]" else tuple(ClockRow(*clock) for clock in json.loads(text))


def clocks_text(clocks: Sequence[ClockRow]) -> str:
    """Clocks as they are put into the row of a case."""
    # As json has it, in some 60 % of the time: it makes an encoder anew for each case.
    return f"[{','.join([f'[{encode_basestring(name)},{fires:d},{due:d}]' for name, fires, due in clocks])}]"


def case_mark(row: CaseRow | None, clocks: str) -> bytes:
    """Checksum of what the index has of a case; the same for a text that is a member of an enum."""
    texts: tuple[str, ...] = (clocks,)
    if row is not None:
        case_id, state, open_, procedure, matter, grade, place, path, unit, opened, yellow, due, sensitive = (
            row
        )
        numbers = f"{open_:d} {opened:d} {yellow} {due} {sensitive:d}"
        texts = (clocks, case_id, state, procedure, matter, grade, place, path, unit, numbers)
    return sha256("\0".join(texts).encode()).digest()[:_MARK_BYTES]


def command_mark(record: tuple[int, int, int, str, bytes], hash_: bytes) -> bytes:
    """Checksum of a command's first and last position, time of record, id and digest.

    `hash_`, that of its last event, is in it too, so that a record cannot be moved to another command.
    """
    first, last, recorded_us, command_id, digest = record
    text = b"%d %d %d %b %b%b" % (first, last, recorded_us, command_id.encode(), digest, hash_)
    return sha256(text).digest()[:_MARK_BYTES]


def row_mark(*values: str | int | bytes) -> bytes:
    """Checksum of a row that nothing else vouches for."""
    checksum = sha256()
    for value in values:
        part = (
            value.encode() if isinstance(value, str) else b"%d" % value if isinstance(value, int) else value
        )
        checksum.update(b"%d " % len(part) + part)
    return checksum.digest()[:_MARK_BYTES]


def key(text: str) -> str | None:
    """A text to look for; None, which nothing equals, for one that cannot be in the file."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return text


def number(value: int) -> int:
    """A number to compare with, brought into the range of the file."""
    return max(-(2**63), min(value, 2**63 - 1))
