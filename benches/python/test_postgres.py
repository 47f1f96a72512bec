"""What a store in PostgreSQL costs, beside the bare driver doing the same to the same tables, and beside the
recorders of the `eventsourcing` library. Files of the server lie on the disk of the test folder.
"""

from __future__ import annotations

import os
from contextlib import closing
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from gov_core.storage.chain import chained
from gov_core.storage.postgres import PostgresCaseStore
from gov_core.storage.postgres._rows import EVENT
from gov_core.storage.protocol import NEW, START, Append, CaseRow, ClockRow
from gov_core.testing.store._postgres_server import Server
from gov_core.testing.store.harness import HookMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_benchmark.fixture import BenchmarkFixture

BATCH = int(os.environ.get("GOV_POSTGRES_BATCH", "1000"))
ROUNDS = int(os.environ.get("GOV_POSTGRES_ROUNDS", "20"))
T0 = 1_760_000_000_000_000
DATA = b'{"note":"' + b"x" * 280 + b'"}'


def opening(number: int) -> Append:
    """A case as it is opened: one event, one command, its row and two clocks."""
    case_id, command_id = f"case-{number:09}", f"command-{number:09}"
    events, _ = chained(case_id, NEW, [("case_reported", 1, T0 + number, DATA)])
    place = f"G-{number * 7919 % 10_000:05}"
    opened = T0 + number * 1_000
    row = CaseRow(
        case_id,
        state="accepted",
        open=True,
        procedure="whistle",
        matter=f"M-{number * 31 % 40:03}",
        grade="",
        place=place,
        path=f"S-{place[2:4]}/C-{place[2:5]}/{place}",
        unit=f"U-{number * 17 % 80:03}",
        opened_us=opened,
        yellow_us=opened + 80,
        due_us=opened + 100,
        sensitive=False,
    )
    clocks = (ClockRow("accept", opened + 80, opened + 100), ClockRow("handle", opened + 800, opened + 1_000))
    return Append(case_id, NEW, events, command_id, sha256(command_id.encode()).digest(), row, clocks)


def batches(rounds: int) -> list[list[Append]]:
    return [[opening(start * BATCH + number) for number in range(BATCH)] for start in range(rounds)]


def taken(waiting: Iterator[Any]) -> int:
    """How many of `ROUNDS + 1` batches are no longer waiting: two where nothing is timed, else all."""
    return ROUNDS + 1 - sum(1 for _ in waiting)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        made = Server(fast=False)
    except HookMissingError as error:
        pytest.skip(str(error))
    yield made
    made.stop()


@pytest.fixture
def store(server: Server) -> Iterator[PostgresCaseStore]:
    with closing(PostgresCaseStore(server.url, schema=f"bench_{uuid4().hex[:8]}")) as made:
        yield made


# One by one


def test_append_one(benchmark: BenchmarkFixture, store: PostgresCaseStore) -> None:
    """A new case each time: durable when it returns."""
    items = map(opening, count())
    assert benchmark(lambda: store.append(next(items))).head.version == 1
    assert store.count_cases() == next(items).row.opened_us // 1_000 - T0 // 1_000  # type: ignore[union-attr]


def test_append_one_raw(benchmark: BenchmarkFixture, server: Server) -> None:
    """One row with the same payload, by psycopg alone, as durable."""
    with server.connected() as connection:
        connection.prepare_threshold = None
        connection.execute(
            "CREATE TABLE raw (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data bytea)"
        )
        benchmark(lambda: connection.execute("INSERT INTO raw (data) VALUES (%s)", (DATA,)))
        (rows,) = connection.execute("SELECT count(*) FROM raw").fetchone() or (0,)
        connection.execute("DROP TABLE raw")
    assert rows > 0


# In batches


def test_append_batch(benchmark: BenchmarkFixture, store: PostgresCaseStore) -> None:
    """Cases opened together, one event each, in one transaction."""
    waiting = iter(batches(ROUNDS + 1))
    store.append_many(next(waiting))
    benchmark.pedantic(lambda: store.append_many(next(waiting)), rounds=ROUNDS)
    assert store.read_feed(limit=1).head == taken(waiting) * BATCH


def test_append_batch_raw(benchmark: BenchmarkFixture, server: Server, store: PostgresCaseStore) -> None:
    """The same rows into the same tables and indexes by COPY alone, in the same transactions."""
    for batch in batches(ROUNDS + 1):
        store.append_many(batch)
    model = store._connections.schema  # noqa: SLF001 - of this very store
    tables = {
        "events": ("position", "int8 int8 int8 int8 int4 int4 text text bytea text bytea bytea"),
        "commands": ("first", "text int8 int8 int8 int8 int4 bytea bytea"),
        "cases": (
            "case_no",
            "int8 int8 int4 text bytea text bool" + 6 * " text" + " int8 int8 int8 bool text bytea",
        ),
        "due": ("case_no", "int8 int8 int8 text"),
    }
    empty = f"bench_{uuid4().hex[:8]}"
    PostgresCaseStore(server.url, schema=empty).close()
    with server.connected() as connection:
        rows: dict[str, Sequence[tuple[Any, ...]]] = {
            name: connection.execute(f"SELECT * FROM {model}{name} ORDER BY {order}".encode()).fetchall()  # noqa: S608
            for name, (order, _) in tables.items()
        }
        turns = count()

        def load() -> None:
            turn = next(turns)
            with connection.transaction():
                for name, (_, types) in tables.items():
                    each = len(rows[name]) // (ROUNDS + 1)
                    statement = f"COPY {empty}.{name} FROM STDIN (FORMAT BINARY)".encode()
                    with connection.cursor().copy(statement) as copy:
                        copy.set_types(types.split())
                        for row in rows[name][turn * each : (turn + 1) * each]:
                            copy.write_row(row)

        load()
        benchmark.pedantic(load, rounds=ROUNDS)
        (found,) = connection.execute(f"SELECT count(*) FROM {empty}.events".encode()).fetchone() or (0,)  # noqa: S608
    assert found == next(turns) * BATCH


def test_append_batch_without_lists(benchmark: BenchmarkFixture, store: PostgresCaseStore) -> None:
    """As many events with chain and command record, each of a case of its own, and no more than that."""
    waiting = iter([[item._replace(row=None, clocks=()) for item in batch] for batch in batches(ROUNDS + 1)])
    store.append_many(next(waiting))
    benchmark.pedantic(lambda: store.append_many(next(waiting)), rounds=ROUNDS)
    assert store.read_feed(limit=1).head == taken(waiting) * BATCH


def recorder(server: Server) -> Any:
    from eventsourcing import postgres

    known = psycopg.conninfo.conninfo_to_dict(server.url)
    datastore = postgres.PostgresDatastore(
        known.get("dbname") or "postgres",
        known.get("host") or "localhost",
        known.get("port") or 5432,
        known.get("user") or "postgres",
        known.get("password") or "",
    )
    made = postgres.PostgresApplicationRecorder(datastore, events_table_name=f"es_{uuid4().hex[:8]}")
    made.create_table()
    return made


def stored(number: int) -> Any:
    from eventsourcing.persistence import StoredEvent

    return StoredEvent(uuid4(), 1, f"case_reported-{number}", DATA)


def test_append_batch_eventsourcing(benchmark: BenchmarkFixture, server: Server) -> None:
    """As many events by that library: no chain, no command record, no lists."""
    other = recorder(server)
    waiting = iter([[stored(number) for number in range(BATCH)] for _ in range(ROUNDS + 1)])
    other.insert_events(next(waiting))
    benchmark.pedantic(lambda: other.insert_events(next(waiting)), rounds=ROUNDS)
    assert other.max_notification_id() == taken(waiting) * BATCH
    other.datastore.close()


# The feed


def filled(store: PostgresCaseStore) -> int:
    for batch in batches(ROUNDS):
        store.append_many(batch)
    return ROUNDS * BATCH


def test_feed(benchmark: BenchmarkFixture, store: PostgresCaseStore) -> None:
    """All events from the first to the last, in pages of 5,000."""
    events = filled(store)

    def read() -> int:
        cursor, found = START, 0
        while (page := store.read_feed(cursor, limit=5_000)).events:
            cursor, found = page.next, found + len(page.events)
        return found

    assert benchmark.pedantic(read, rounds=5, warmup_rounds=1) == events


def test_feed_raw(benchmark: BenchmarkFixture, server: Server, store: PostgresCaseStore) -> None:
    """The same rows by a cursor of psycopg, 5,000 at a time."""
    events = filled(store)
    query = f"SELECT {EVENT} FROM {store._connections.schema}events ORDER BY position".encode()  # noqa: S608, SLF001

    def read() -> int:
        found = 0
        with (
            server.connected() as connection,
            connection.transaction(),
            connection.cursor("raw", binary=True) as cursor,
        ):
            cursor.execute(query)
            while rows := cursor.fetchmany(5_000):
                found += len(rows)
        return found

    assert benchmark.pedantic(read, rounds=5, warmup_rounds=1) == events


def test_feed_eventsourcing(benchmark: BenchmarkFixture, server: Server) -> None:
    """As many notifications by that library."""
    other = recorder(server)
    for _ in range(ROUNDS):
        other.insert_events([stored(number) for number in range(BATCH)])

    def read() -> int:
        start, found = 1, 0
        while page := other.select_notifications(start, 5_000):
            start, found = page[-1].id + 1, found + len(page)
        return found

    assert benchmark.pedantic(read, rounds=5, warmup_rounds=1) == ROUNDS * BATCH
    other.datastore.close()
