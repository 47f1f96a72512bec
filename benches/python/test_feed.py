"""What the feed of a store in SQLite costs, and events without lists, beside the bare driver and the recorder
of the `eventsourcing` library. Both write to the disk of the test folder, with the same flushes.

`GOV_FEED_EVENTS` sets how many events are written and read (4,000 without it).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from gov_core.storage.chain import chained
from gov_core.storage.protocol import NEW, START, Append
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.store.writing import digest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

EVENTS = int(os.environ.get("GOV_FEED_EVENTS", "4000"))
BATCH, PAGE, ROUNDS = 1_000, 5_000, 5
T0 = 1_760_000_000_000_000
DATA = b'{"note":"' + b"x" * 280 + b'"}'


def opening(number: int, events: int = 1) -> Append:
    """A case of its own with so many events, with chain and command record, and no more than that."""
    case_id = f"case-{number:09}"
    said = [("case_reported", 1, T0 + number, DATA)] * events
    return Append(case_id, NEW, chained(case_id, NEW, said)[0], case_id, digest(case_id))


def fill(store: SqliteCaseStore) -> None:
    for start in range(0, EVENTS, BATCH):
        store.append_many([opening(number) for number in range(start, min(start + BATCH, EVENTS))])


def recorder(path: Path) -> Any:
    """The recorder of that library; it leaves the flush of each commit to SQLite, which is a full one."""
    from eventsourcing import sqlite as theirs

    made = theirs.SQLiteApplicationRecorder(theirs.SQLiteDatastore(str(path)))
    made.create_table()
    return made


def stored(number: int) -> Any:
    from eventsourcing.persistence import StoredEvent

    return StoredEvent(uuid4(), 1, f"case_reported-{number}", DATA)


def test_feed(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """All envelopes from the first to the last, in pages."""
    with closing(SqliteCaseStore(tmp_path / "cases.db")) as store:
        fill(store)

        def read() -> tuple[int, int]:
            cursor, found, size = START, 0, 0
            while (page := store.read_feed(cursor, limit=PAGE)).events:
                cursor, found = page.next, found + len(page.events)
                size += len(page.events[-1].envelope.data)
            return found, size

        found, size = benchmark.pedantic(read, rounds=ROUNDS, warmup_rounds=1)
    assert (found, size) == (EVENTS, -(-EVENTS // PAGE) * len(DATA))


def test_feed_raw(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """The same columns by sqlite3 alone."""
    with closing(SqliteCaseStore(tmp_path / "cases.db")) as store:
        fill(store)
    query = (
        "SELECT position, case_id, e.version, recorded_us, command_id, digest, type, schema, at_us, data,"
        " e.hash FROM events e JOIN commands ON first = command JOIN cases c ON c.case_no = e.case_no"
        " WHERE position > ? ORDER BY position LIMIT ?"
    )
    with closing(sqlite3.connect(tmp_path / "cases.db")) as connection:

        def read() -> int:
            position = found = 0
            while rows := connection.execute(query, (position, PAGE)).fetchall():
                position, found = rows[-1][0], found + len(rows)
            return found

        assert benchmark.pedantic(read, rounds=ROUNDS, warmup_rounds=1) == EVENTS


def test_feed_eventsourcing(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """As many notifications by that library."""
    other = recorder(tmp_path / "events.db")
    for start in range(0, EVENTS, BATCH):
        other.insert_events([stored(number) for number in range(start, min(start + BATCH, EVENTS))])

    def read() -> int:
        start, found = 1, 0
        while page := other.select_notifications(start, PAGE):
            start, found = page[-1].id + 1, found + len(page)
        return found

    assert benchmark.pedantic(read, rounds=ROUNDS, warmup_rounds=1) == EVENTS
    other.datastore.close()


@pytest.mark.parametrize("cases", [1, 100, 1_000])
def test_append_batch_without_lists(benchmark: BenchmarkFixture, tmp_path: Path, cases: int) -> None:
    """A thousand events with chain and command records, of so many cases."""

    def batch(turn: int) -> list[Append]:
        return [opening(turn * cases + number, BATCH // cases) for number in range(cases)]

    turns = map(batch, count())
    with closing(SqliteCaseStore(tmp_path / "cases.db")) as store:
        last = benchmark.pedantic(
            store.append_many, setup=lambda: ((next(turns),), {}), rounds=20, warmup_rounds=1
        )
        assert [result.head.version for result in last] == [BATCH // cases] * cases
        assert store.verify().sound


def test_append_batch_eventsourcing(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """As many events by that library: no chain, no command record."""
    other = recorder(tmp_path / "events.db")
    batches = ([stored(number) for number in range(BATCH)] for _ in count())
    written: list[int] = []

    def setup() -> tuple[tuple[Any], dict[str, Any]]:
        written.append(BATCH)
        return (next(batches),), {}

    benchmark.pedantic(other.insert_events, setup=setup, rounds=20, warmup_rounds=1)
    assert other.max_notification_id() == sum(written)
    other.datastore.close()
