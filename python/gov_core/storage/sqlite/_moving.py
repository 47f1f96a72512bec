"""All that is in the file, to be moved, and back into an empty one."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

from gov_core.storage.accepting import check_entry
from gov_core.storage.clock import latest_of
from gov_core.storage.delivery import unclaimed
from gov_core.storage.merkle import MerkleTree, leaf
from gov_core.storage.outbox import OutboxEntry
from gov_core.storage.protocol import CaseEntry, Checkpoint, Cursor, RecordedEvent, Seal
from gov_core.storage.sqlite import _outbox, _subjects
from gov_core.storage.sqlite._auditing import seals_of
from gov_core.storage.sqlite._rows import (
    EVENTS,
    ROW,
    case_mark,
    case_row_of,
    clocks_of,
    clocks_text,
    command_mark,
    events_of,
    row_mark,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from gov_core.storage.protocol import Entry

_PAGE: Final = 1000


def page(connection: sqlite3.Connection, after: int) -> tuple[list[Entry], int]:
    """Events behind a position, with the cases of which they are the last, and the last position."""
    query = f"{EVENTS} WHERE e.position > ? ORDER BY e.position LIMIT ?"
    events = list(events_of(connection.execute(query, (after, _PAGE))))
    last = events[-1].position if events else after
    query = (
        f"SELECT {ROW}, clocks FROM cases WHERE case_no IN (SELECT e.case_no FROM events e JOIN cases c"
        " ON c.case_no = e.case_no AND c.version = e.version WHERE e.position > ? AND e.position <= ?)"
    )
    cases = [
        CaseEntry(row[0], case_row_of(row), clocks_of(clocks))
        for *row, clocks in connection.execute(query, (after, last))
    ]
    return [*events, *cases], last


def rest(connection: sqlite3.Connection, store: str) -> list[Entry]:
    """What is not of a single case."""
    query = "SELECT name, store, position FROM checkpoints ORDER BY name"
    return [
        *_subjects.entries(connection),
        *(unclaimed(entry) for entry in _outbox.entries(connection)),
        *(seal for seal, _ in seals_of(connection, store)),
        *(Checkpoint(name, Cursor(*cursor)) for name, *cursor in connection.execute(query)),
    ]


def restore(connection: sqlite3.Connection, store: str, entries: Iterable[Entry]) -> None:
    """Put entries into an empty file, in its transaction."""
    connection.execute("UPDATE store SET id = ?", (store,))
    entries = iter(entries)
    while chunk := list(islice(entries, _PAGE)):
        _events(connection, [entry for entry in chunk if isinstance(entry, RecordedEvent)])
        for entry in chunk:
            check_entry(entry)
        latest_us = max(map(latest_of, chunk))
        connection.execute("UPDATE store SET clock_us = max(clock_us, ?)", (latest_us,))
        _outbox.restore(connection, [entry for entry in chunk if isinstance(entry, OutboxEntry)])
        for entry in chunk:
            match entry:
                case CaseEntry(case_id, row, clocks):
                    text = clocks_text(clocks)
                    values = (*(row or (case_id, *[None] * 12)), text, case_mark(row, text), case_id)
                    columns = ROW.replace(",", " = ?,")
                    query = f"UPDATE cases SET {columns} = ?, clocks = ?, mark = ? WHERE case_id = ?"
                    connection.execute(query, values)
                    # A case comes again if it was appended to while the store was read.
                    query = "DELETE FROM due WHERE case_no = (SELECT case_no FROM cases WHERE case_id = ?)"
                    connection.execute(query, (case_id,))
                    query = "INSERT INTO due SELECT ?, case_no, ?, ? FROM cases WHERE case_id = ?"
                    for clock in clocks:
                        values = (clock.fires_us, clock.clock, clock.due_us, case_id)
                        connection.execute(query, values)
                case Seal():
                    connection.execute("INSERT INTO seals VALUES (?, ?, ?, ?, ?, ?, x'')", entry[1:])
                case Checkpoint(name, cursor):
                    connection.execute(
                        "INSERT INTO checkpoints VALUES (?, ?, ?, ?)",
                        (name, *cursor, row_mark(name, *cursor)),
                    )
                case RecordedEvent() | OutboxEntry():
                    pass  # all of a page at once, above
                case _ if not _subjects.restore(connection, entry):
                    raise TypeError(f"{entry!r:.60}")
    _peaks(connection)


def _events(connection: sqlite3.Connection, events: list[RecordedEvent]) -> None:
    for (case_id, command_id), group in groupby(events, key=lambda event: (event.case_id, event.command_id)):
        batch = list(group)
        last = batch[-1]
        query = (
            "INSERT INTO cases (case_no, case_id, version, hash, clocks, mark) VALUES (?, ?, ?, ?, '[]', ?)"
            " ON CONFLICT DO UPDATE SET version = excluded.version, hash = excluded.hash"
        )
        first = batch[0].position
        values = (first, case_id, last.version, last.envelope.hash, case_mark(None, "[]"))
        connection.execute(query, values)
        (case_no,) = connection.execute("SELECT case_no FROM cases WHERE case_id = ?", (case_id,)).fetchone()
        # A command may have begun on the page before.
        query = "SELECT first FROM commands WHERE command_id = ?"
        (first,) = connection.execute(query, (command_id,)).fetchone() or (first,)
        record = (first, last.position, last.recorded_us, command_id, last.digest)
        mark = command_mark(record, last.envelope.hash)
        query = "INSERT OR REPLACE INTO commands VALUES (?, ?, ?, ?, ?, ?, ?)"
        connection.execute(query, (*record[:2], case_no, *record[2:], mark))
        rows = ((event.position, case_no, event.version, first, *event.envelope) for event in batch)
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _peaks(connection: sqlite3.Connection) -> None:
    """Grow the tree again to where each seal was made, so that the next seal can go on from the last."""
    tree = MerkleTree()
    position = 0
    for until, number in connection.execute("SELECT position, number FROM seals ORDER BY number").fetchall():
        query = f"{EVENTS} WHERE e.position > ? AND e.position <= ? ORDER BY e.position"
        for event in events_of(connection.execute(query, (position, until))):
            tree.add(leaf(event))
        position = max(position, until)
        connection.execute("UPDATE seals SET peaks = ? WHERE number = ?", (tree.peaks, number))
