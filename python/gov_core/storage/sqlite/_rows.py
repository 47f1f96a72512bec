"""Rows of the tables as what the contract speaks of, and back; and the checksums that stand beside them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.marks import MARK_BYTES, case_mark, clocks_of, clocks_text, row_mark
from gov_core.storage.protocol import CaseRow, Envelope, RecordedEvent

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "EVENTS",
    "ROW",
    "case_mark",
    "case_row_of",
    "clocks_of",
    "clocks_text",
    "command_mark",
    "events_of",
    "head_of",
    "key",
    "number",
    "row_mark",
]

EVENTS: Final = (
    "SELECT e.position, c.case_id, e.version, m.recorded_us, m.command_id, m.digest,"
    " e.type, e.schema, e.at_us, e.data, e.hash"
    " FROM events e JOIN commands m ON m.first = e.command JOIN cases c ON c.case_no = e.case_no"
)
ROW: Final = (
    "case_id, state, open, procedure, matter, grade, place, path, unit,"
    " opened_us, yellow_us, due_us, sensitive"
)
LATEST_US: Final = (
    "max((SELECT clock_us FROM store),"
    " ifnull((SELECT recorded_us FROM commands ORDER BY first DESC LIMIT 1), 0),"
    " ifnull((SELECT sealed_us FROM seals ORDER BY number DESC LIMIT 1), 0))"
)
"""The latest time the store has given; its clock never goes back behind it."""
_STATE: Final = 1


def head_of(connection: sqlite3.Connection) -> int:
    """Position of the newest event."""
    (position,) = connection.execute("SELECT max(position) FROM events").fetchone()
    return position or 0


def time_of(connection: sqlite3.Connection, now_us: int) -> int:
    """The time by the clock of the store, which says `now_us`."""
    (latest_us,) = connection.execute(f"SELECT {LATEST_US}").fetchone()
    return max(now_us, int(latest_us))


def tick(connection: sqlite3.Connection, now_us: int) -> int:
    """The same, in a transaction that writes; nothing later is earlier."""
    now_us = time_of(connection, now_us)
    connection.execute("UPDATE store SET clock_us = ?", (now_us,))
    return now_us


def events_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[RecordedEvent]:
    """Rows of `EVENTS`, one by one."""
    # A named tuple made by name takes twice as long, a call for each row half as long again: a feed is
    # nothing but these.
    new = tuple.__new__
    for position, case, version, recorded_us, command, digest, type_, schema, at_us, data, hash_ in rows:
        envelope = new(Envelope, (type_, schema, at_us, data, hash_))
        yield new(RecordedEvent, (position, case, version, recorded_us, command, digest, envelope))


def case_row_of(row: Sequence[Any]) -> CaseRow | None:
    """A row of `ROW`; None if no append has given one."""
    if row[_STATE] is None:
        return None
    case_row = CaseRow(*row)
    return case_row._replace(open=bool(case_row.open), sensitive=bool(case_row.sensitive))


def command_mark(record: tuple[int, int, int, str, bytes], hash_: bytes) -> bytes:
    """Checksum of a command's first and last position, time of record, id and digest.

    `hash_`, that of its last event, is in it too, so that a record cannot be moved to another command.
    """
    first, last, recorded_us, command_id, digest = record
    text = b"%d %d %d %b %b%b" % (first, last, recorded_us, command_id.encode(), digest, hash_)
    return sha256(text).digest()[:MARK_BYTES]


def key(text: str) -> str | None:
    """A text to look for; None, which nothing equals, for what cannot be one in the file."""
    try:
        text.encode()
    except (UnicodeEncodeError, AttributeError):
        return None
    return text


def number(value: int) -> int:
    """A number to compare with, brought into the range of the file."""
    return max(-(2**63), min(value, 2**63 - 1))
