"""Whatever is changed behind the back of a store, at or before the last head kept outside, is located.

Two kinds of hands: one changes something and leaves it there, and must be pointed at exactly; the other
knows this code, and makes every hash, checksum and number of the file fit again. Against that one only what
was kept outside helps: seals give the range, heads the case.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import IntegrityViolationError
from gov_core.storage.chain import link
from gov_core.storage.sqlite import SqliteCaseStore, _listing
from gov_core.storage.sqlite._rows import command_mark
from gov_core.testing.store.harness import Clock
from gov_core.testing.store.writing import Writer, clock, random_row

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.storage.protocol import Head, Seal, StoreFault

ROUNDS = int(os.environ.get("GOV_TAMPERINGS", "150"))


@dataclass
class Original:
    """A store, and what of it was kept outside."""

    path: Path
    seals: tuple[Seal, ...]
    heads: list[tuple[str, Head]]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    path, now = tmp_path_factory.mktemp("tampering") / "cases.db", Clock()
    store = SqliteCaseStore(path, clock=now)
    rng = random.Random(7)
    writers = [Writer(f"case-{number}") for number in range(50)]
    for step in range(330):
        writer = rng.choice(writers)
        given = random_row(rng, f"case-{int(writer.case_id.removeprefix('case-'))}")
        clocks = [clock("handle", step), clock("accept", 2 * step)] if rng.random() < 0.7 else []
        store.append(writer.append(*(["x"] * rng.randint(1, 3)), row=given, clocks=clocks))
        now.now_us += rng.randrange(1_000)
        if step % 60 == 59:
            store.seal()
    with store._connections.writing() as connection:  # as if more had followed, so that lists are judged too
        _listing.follow(connection, store.read_feed(limit=1).head)
    store.seal()
    kept = Original(path, store.seals(), [(writer.case_id, writer.head) for writer in writers])
    assert store.verify(kept=kept.seals, heads=kept.heads).sound
    store.close()
    return kept


@dataclass
class Trace:
    """What was touched: a fault has to name one of these."""

    cases: set[str]
    positions: set[int]
    codes: set[str]

    def shows_in(self, faults: tuple[StoreFault, ...], seals: tuple[Seal, ...]) -> bool:
        return any(
            fault.case_id in self.cases
            or fault.position in self.positions
            or (fault.code in self.codes and fault.code != "integrity.seal_mismatch")
            or (fault.code == "integrity.seal_mismatch" and self._within(fault.position, seals))
            for fault in faults
        )

    def _within(self, first: int, seals: tuple[Seal, ...]) -> bool:
        last = min((seal.position for seal in seals if seal.position >= first), default=0)
        return any(first <= position <= last for position in self.positions)


Hand = Callable[[sqlite3.Connection, random.Random], Trace]


def trace(db: sqlite3.Connection, *positions: int) -> Trace:
    """Events by position, with their cases, as they are before the change."""
    query = "SELECT case_id FROM events JOIN cases USING (case_no) WHERE position = ?"
    cases = {case_id for position in positions for (case_id,) in db.execute(query, (position,))}
    return Trace(cases, set(positions), set())


def pick(db: sqlite3.Connection, rng: random.Random, query: str) -> tuple[object, ...]:
    return rng.choice(db.execute(query).fetchall())


def other(value: object, rng: random.Random) -> object:
    """Another value of the same kind."""
    if isinstance(value, int):
        return value + rng.choice([-1, 1]) * rng.randint(1, 1_000)
    if isinstance(value, bytes):
        at = rng.randrange(len(value))
        return value[:at] + bytes([value[at] ^ (1 << rng.randrange(8))]) + value[at + 1 :]
    return f"{value}x"


def edited_event(db: sqlite3.Connection, rng: random.Random) -> Trace:
    column = rng.choice(
        ["type", "schema", "at_us", "data", "hash", "version", "command", "position", "case_no"]
    )
    position, value = pick(db, rng, f"SELECT position, {column} FROM events")
    found = trace(db, position)
    new = other(value, rng)
    if column in ("position", "case_no", "command"):
        (highest,) = db.execute("SELECT max(position) FROM events").fetchone()
        new = (
            highest + rng.randint(1, 9)
            if column == "position"
            else rng.choice(
                [no for (no,) in db.execute(f"SELECT DISTINCT {column} FROM events") if no != value]
            )
        )
    db.execute(f"UPDATE events SET {column} = ? WHERE position = ?", (new, position))
    return found


def edited_record(db: sqlite3.Connection, rng: random.Random) -> Trace:
    column = rng.choice(["first", "last", "case_no", "recorded_us", "command_id", "digest", "mark"])
    first, last, value = pick(db, rng, f"SELECT first, last, {column} FROM commands")
    found = trace(db, *range(first, last + 1))
    db.execute(f"UPDATE commands SET {column} = ? WHERE first = ?", (other(value, rng), first))
    return found


def edited_case(db: sqlite3.Connection, rng: random.Random) -> Trace:
    texts = ["case_id", "state", "procedure", "matter", "grade", "place", "path", "unit", "clocks"]
    numbers = ["case_no", "version", "open", "opened_us", "yellow_us", "due_us", "sensitive"]
    column = rng.choice([*texts, *numbers, "hash", "mark"])
    case_no, case_id, value = pick(
        db, rng, f"SELECT case_no, case_id, {column} FROM cases WHERE {column} IS NOT NULL"
    )
    new = 1 - value if column in ("open", "sensitive") else other(value, rng)
    db.execute(f"UPDATE cases SET {column} = ? WHERE case_no = ?", (new, case_no))
    return Trace({case_id}, {case_no}, set())


def edited_clock(db: sqlite3.Connection, rng: random.Random) -> Trace:
    fires_us, case_no, name = pick(db, rng, "SELECT fires_us, case_no, clock FROM due")
    where = "WHERE fires_us = ? AND case_no = ? AND clock = ?"
    change = rng.choice(
        [
            f"DELETE FROM due {where}",
            f"UPDATE due SET due_us = due_us + 1 {where}",
            f"UPDATE due SET fires_us = fires_us + 1 {where}",
            f"UPDATE due SET clock = 'other' {where}",
            f"INSERT INTO due SELECT fires_us, case_no, 'second', due_us FROM due {where}",
        ]
    )
    db.execute(change, (fires_us, case_no, name))
    return trace(db, case_no)


def edited_list(db: sqlite3.Connection, rng: random.Random) -> Trace:
    column = rng.choice(["facet", "unit", "matter", "place", "opened_us", "due_us", "yellow_us", None])
    (case_no,) = pick(db, rng, "SELECT case_no FROM lists")
    if column is None:
        db.execute("DELETE FROM lists WHERE case_no = ?", (case_no,))
    else:
        db.execute(f"UPDATE lists SET {column} = {column} - 1 WHERE case_no = ?", (case_no,))
    return trace(db, case_no)


def deleted_event(db: sqlite3.Connection, rng: random.Random) -> Trace:
    (position,) = pick(db, rng, "SELECT position FROM events")
    found = trace(db, position)
    db.execute("DELETE FROM events WHERE position = ?", (position,))
    return found


def deleted_record(db: sqlite3.Connection, rng: random.Random) -> Trace:
    first, last = pick(db, rng, "SELECT first, last FROM commands")
    db.execute("DELETE FROM commands WHERE first = ?", (first,))
    return trace(db, *range(first, last + 1))


def inserted_event(db: sqlite3.Connection, rng: random.Random) -> Trace:
    position, case_no = pick(db, rng, "SELECT position, case_no FROM events")
    (end,) = db.execute("SELECT max(position) FROM events").fetchone()
    db.execute(
        "INSERT INTO events SELECT ?, case_no, (SELECT max(version) + 1 FROM events WHERE case_no = ?),"
        " command, type, schema, at_us, data, hash FROM events WHERE position = ?",
        (end + 1, case_no, position),
    )
    return trace(db, end + 1)


def swapped_events(db: sqlite3.Connection, rng: random.Random) -> Trace:
    one, two = rng.sample(db.execute("SELECT position FROM events").fetchall(), 2)
    found = trace(db, *one, *two)
    columns = "type, schema, at_us, data, hash" if rng.random() < 0.5 else "case_no, version, command"
    rows = [
        db.execute(f"SELECT {columns} FROM events WHERE position = ?", at).fetchone() for at in (one, two)
    ]
    setting = columns.replace(",", " = ?,") + " = ?"
    if "case_no" in columns:
        db.execute("UPDATE events SET version = -1 WHERE position = ?", one)
    for at, values in ((two, rows[0]), (one, rows[1])):
        db.execute(f"UPDATE events SET {setting} WHERE position = ?", (*values, *at))
    return found


def truncated_case(db: sqlite3.Connection, rng: random.Random) -> Trace:
    """The last events of a case, with their records; and the head of the case follows."""
    case_no, version = pick(db, rng, "SELECT case_no, version FROM cases WHERE version > 1")
    keep = rng.randrange(1, version)
    gone = [
        at
        for (at,) in db.execute(
            "SELECT position FROM events WHERE case_no = ? AND version > ?", (case_no, keep)
        )
    ]
    found = trace(db, *gone)
    db.execute("DELETE FROM events WHERE case_no = ? AND version > ?", (case_no, keep))
    db.execute("DELETE FROM commands WHERE first NOT IN (SELECT position FROM events)")
    db.execute(
        "UPDATE cases SET hash = (SELECT hash FROM events WHERE case_no = ?1 AND version = ?2), version = ?2"
        " WHERE case_no = ?1",
        (case_no, keep),
    )
    return found


def truncated_feed(db: sqlite3.Connection, rng: random.Random) -> Trace:
    (end,) = db.execute("SELECT max(position) FROM events").fetchone()
    keep = rng.randrange(end // 2, end)
    found = trace(db, *range(keep + 1, end + 1))
    db.execute("DELETE FROM events WHERE position > ?", (keep,))
    refit(db)
    return found


def dropped_case(db: sqlite3.Connection, rng: random.Random) -> Trace:
    case_no, case_id = pick(db, rng, "SELECT case_no, case_id FROM cases")
    positions = {at for (at,) in db.execute("SELECT position FROM events WHERE case_no = ?", (case_no,))}
    for table in ("events", "commands", "cases", "due", "lists"):
        db.execute(f"DELETE FROM {table} WHERE case_no = ?", (case_no,))
    return Trace({case_id}, positions, set())


def changed_seal(db: sqlite3.Connection, rng: random.Random) -> Trace:
    column = rng.choice(["position", "events", "root", "previous", "sealed_us", "peaks", None])
    number, position, value = pick(db, rng, f"SELECT number, position, {column or 'number'} FROM seals")
    if column is None:
        db.execute("DELETE FROM seals WHERE number = ?", (number,))
    else:
        db.execute(f"UPDATE seals SET {column} = ? WHERE number = ?", (other(value, rng), number))
    return Trace(set(), {position}, {"integrity.edited_seal", "integrity.missing_seal"})


# Hands that make everything fit again


def refit(db: sqlite3.Connection) -> None:
    """Hashes, heads, checksums and commands as if the events that are there had always been all."""
    db.execute("DELETE FROM commands WHERE first NOT IN (SELECT command FROM events)")
    db.execute("UPDATE commands SET last = (SELECT max(position) FROM events WHERE command = first)")
    for case_no, case_id in db.execute("SELECT case_no, case_id FROM cases").fetchall():
        previous, version = bytes(32), 0
        query = "SELECT position, type, schema, at_us, data FROM events WHERE case_no = ? ORDER BY version"
        for position, *event in db.execute(query, (case_no,)).fetchall():
            version += 1
            previous = link(previous, case_id, version, tuple(event))
            values = (version, previous, position)
            db.execute("UPDATE events SET version = ?, hash = ? WHERE position = ?", values)
        if version:
            db.execute(
                "UPDATE cases SET version = ?, hash = ? WHERE case_no = ?", (version, previous, case_no)
            )
        else:
            for table in ("cases", "due", "lists"):
                db.execute(f"DELETE FROM {table} WHERE case_no = ?", (case_no,))
    query = "SELECT first, last, recorded_us, command_id, digest FROM commands"
    for record in db.execute(query).fetchall():
        (hash_,) = db.execute("SELECT hash FROM events WHERE position = ?", (record[1],)).fetchone()
        db.execute("UPDATE commands SET mark = ? WHERE first = ?", (command_mark(record, hash_), record[0]))


def close_gaps(db: sqlite3.Connection) -> None:
    """Give all that comes behind lower numbers, as if nothing had ever been there."""
    old = [at for (at,) in db.execute("SELECT position FROM events ORDER BY position")]
    for new, at in enumerate(old, 1):
        if new != at:
            db.execute("UPDATE events SET position = ? WHERE position = ?", (new, at))
            for table, column in (("events", "command"), ("events", "case_no"), ("commands", "first")):
                db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, at))
            for table in ("commands", "cases", "due", "lists"):
                db.execute(f"UPDATE {table} SET case_no = ? WHERE case_no = ?", (new, at))


def rewritten_event(db: sqlite3.Connection, rng: random.Random) -> Trace:
    (position,) = pick(db, rng, "SELECT position FROM events")
    found = trace(db, position)
    db.execute("UPDATE events SET data = ? WHERE position = ?", (b"{}", position))
    refit(db)
    return found


def rewritten_record(db: sqlite3.Connection, rng: random.Random) -> Trace:
    """When, or by which command, something came: only seals speak of it."""
    first, last = pick(db, rng, "SELECT first, last FROM commands")
    found = Trace(set(), set(range(first, last + 1)), set())
    if rng.random() < 0.5:
        db.execute("UPDATE commands SET command_id = 'forged' WHERE first = ?", (first,))
    else:
        db.execute("UPDATE commands SET digest = ? WHERE first = ?", (bytes(32), first))
    refit(db)
    return found


def case_never_there(db: sqlite3.Connection, rng: random.Random) -> Trace:
    found = dropped_case(db, rng)
    close_gaps(db)
    refit(db)
    return found


def events_never_there(db: sqlite3.Connection, rng: random.Random) -> Trace:
    found = truncated_case(db, rng)
    refit(db)
    close_gaps(db)
    refit(db)
    return found


NAIVE: list[Hand] = [
    edited_event,
    edited_record,
    edited_case,
    edited_clock,
    edited_list,
    deleted_event,
    deleted_record,
    inserted_event,
    swapped_events,
    truncated_case,
    truncated_feed,
    dropped_case,
    changed_seal,
]
KNOWING: list[Hand] = [rewritten_event, rewritten_record, case_never_there, events_never_there]


def tampered(original: Original, path: Path, hand: Hand, rng: random.Random) -> tuple[SqliteCaseStore, Trace]:
    """A copy of the store, changed."""
    while True:
        shutil.copy(original.path, path)
        with closing(sqlite3.connect(path)) as db:
            try:
                found = hand(db, rng)
            except sqlite3.IntegrityError:
                continue  # SQLite itself did not let it happen
            db.commit()
        return SqliteCaseStore(path), found


@pytest.mark.parametrize("hand", [*NAIVE, *KNOWING], ids=lambda hand: hand.__name__)
def test_every_tampering_is_located(hand: Hand, original: Original, fast_folder: Path) -> None:
    rng = random.Random(hand.__name__)
    for _ in range(-(-ROUNDS // (len(NAIVE) + len(KNOWING)))):
        store, found = tampered(original, fast_folder / "cases.db", hand, rng)
        report = store.verify(kept=original.seals, heads=original.heads)
        store.close()
        assert not report.sound, found
        assert found.shows_in(report.faults, original.seals), (found, report.faults[:5])
        assert hand is truncated_feed or len(report.faults) < 100


@pytest.mark.parametrize(
    "hand", [edited_event, edited_record, deleted_event, swapped_events], ids=lambda hand: hand.__name__
)
def test_naive_hands_need_nothing_kept_outside(hand: Hand, original: Original, fast_folder: Path) -> None:
    rng = random.Random(hand.__name__)
    for _ in range(-(-ROUNDS // 30)):
        store, found = tampered(original, fast_folder / "cases.db", hand, rng)
        assert found.shows_in(store.verify().faults, ()), found
        store.close()


def test_a_seal_is_not_made_over_an_edited_one(original: Original, fast_folder: Path) -> None:
    def hand(db: sqlite3.Connection, _: random.Random) -> Trace:
        db.execute("UPDATE seals SET peaks = substr(peaks, 1, 32)")
        return Trace(set(), set(), set())

    store, _ = tampered(original, fast_folder / "cases.db", hand, random.Random(1))
    with pytest.raises(IntegrityViolationError):
        store.seal()
    store.close()
