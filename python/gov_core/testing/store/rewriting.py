"""Rewrites the events of a SQLite file behind the back of its store: carelessly, or so that all else fits."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from gov_core.storage.marks import case_mark
from gov_core.storage.sqlite._rows import EVENTS, command_mark, events_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from gov_core.storage.protocol import Head, RecordedEvent

_OF_CASES = ("due", "lists", "lanes")
"""Tables beside `cases` that name a case by its number."""
_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def rows_of(db: sqlite3.Connection) -> list[RecordedEvent]:
    """All events, by position."""
    return list(events_of(db.execute(f"{EVENTS} ORDER BY e.position")))


def put_carelessly(db: sqlite3.Connection, rows: Sequence[RecordedEvent]) -> None:
    """Put rows in the place of all events, and change the records of commands where a row says otherwise."""
    numbers = dict(db.execute("SELECT case_id, case_no FROM cases"))
    firsts = dict(db.execute("SELECT command_id, first FROM commands"))
    places = dict(db.execute("SELECT position, command FROM events"))
    db.execute("DELETE FROM events")
    for event in rows:
        first = places.get(event.position, firsts.get(event.command_id))
        place = event.position, numbers[event.case_id], event.version, first
        db.execute(_INSERT, (*place, *event.envelope))
    records = {
        first: record
        for first, *record in db.execute("SELECT first, recorded_us, command_id, digest FROM commands")
    }
    for event in rows:
        first, record = places.get(event.position), [event.recorded_us, event.command_id, event.digest]
        if first is not None and record != records[first]:
            change = "UPDATE commands SET recorded_us = ?, command_id = ?, digest = ? WHERE first = ?"
            db.execute(change, (*record, first))


def put_knowingly(db: sqlite3.Connection, rows: Sequence[RecordedEvent], heads: Mapping[str, Head]) -> None:
    """Put rows in the place of all events, with heads, records, checksums and numbers as if they were all."""
    numbers: dict[str, int] = {}
    for event in rows:
        numbers.setdefault(event.case_id, event.position)
    db.execute("DELETE FROM events")
    db.execute("DELETE FROM commands")
    for command_id, group in groupby(rows, key=lambda event: event.command_id):
        events = list(group)
        first, last = events[0], events[-1]
        record = first.position, last.position, first.recorded_us, command_id, first.digest
        mark = command_mark(record, last.envelope.hash)
        values = *record[:2], numbers[first.case_id], *record[2:], mark
        db.execute("INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        for event in events:
            place = event.position, numbers[event.case_id], event.version, first.position
            db.execute(_INSERT, (*place, *event.envelope))
    _renumber(db, numbers)
    for case_id, head in heads.items():
        db.execute("UPDATE cases SET version = ?, hash = ? WHERE case_id = ?", (*head, case_id))
        db.execute(
            "INSERT OR IGNORE INTO cases (case_no, case_id, version, hash, clocks, mark)"
            " VALUES (?, ?, ?, ?, '[]', ?)",
            (numbers[case_id], case_id, *head, case_mark(None, "[]")),
        )
    db.execute("UPDATE store SET listed = min(listed, ?)", (rows[-1].position if rows else 0,))


def _renumber(db: sqlite3.Connection, numbers: Mapping[str, int]) -> None:
    """Give cases their new numbers everywhere; those that have none go."""
    for case_no, case_id in db.execute("SELECT case_no, case_id FROM cases ORDER BY case_no").fetchall():
        new = numbers.get(case_id)
        for table in ("cases", *_OF_CASES):
            if new is None:
                db.execute(f"DELETE FROM {table} WHERE case_no = ?", (case_no,))
            else:  # by way of negative numbers, as the new one may be somebody's old one
                db.execute(f"UPDATE {table} SET case_no = ? WHERE case_no = ?", (-new, case_no))
    for table in ("cases", *_OF_CASES):
        db.execute(f"UPDATE {table} SET case_no = -case_no WHERE case_no < 0")
