"""What a store costs, beside the bare driver doing the same to the same tables.

`GOV_STORE_CASES` sets how many cases the store has that lists and clocks are asked of (1,000 without it; the
figures in docs/reference/storage.md are of 1,000,000).
"""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.storage.chain import chained
from gov_core.storage.protocol import NEW, Append, CaseFilter, CaseRow, ClockRow
from gov_core.storage.sqlite import SqliteCaseStore, _listing, _schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

CASES = int(os.environ.get("GOV_STORE_CASES", "1000"))
BATCH = 10_000 if CASES >= 100_000 else 500
ROUNDS = 3
SINGLE = 1500
"""Single appends that are measured, after as many others: a write-ahead log that still grows to its length is
flushed twice as slowly, in any file."""
T0 = 1_760_000_000_000_000
DAY = 86_400_000_000
DATA = b'{"note":"' + b"x" * 280 + b'"}'
ORDERS = ("due", "opened", "arrival")


def opening(number: int) -> Append:
    """A case as it is opened: one event, one command, its row and two clocks."""
    rng = random.Random(number)
    case_id, command_id = f"case-{number:09}", f"command-{number:09}"
    events, _ = chained(case_id, NEW, [("case_reported", 1, T0 + number, DATA)])
    grid = rng.randrange(10_000)
    place = f"G-{grid:05}"
    opened = T0 + number * 1_000 + rng.randrange(10**9)
    closed = rng.random() < 0.7
    due = None if closed else opened + rng.choice((1, 2, 5, 10, 30)) * DAY
    row = CaseRow(
        case_id,
        state=rng.choice(
            ("closed", "evaluated") if closed else ("accepted", "in_progress", "returned", "overdue")
        ),
        open=not closed,
        procedure=rng.choice(("whistle", "service", "linkage", "emergency")),
        matter=f"M-{int(rng.expovariate(1 / 40)):03}",
        grade="",
        place=place,
        path=f"S-{grid // 400:02}/C-{grid // 20:03}/{place}",
        unit=f"U-{int(rng.expovariate(1 / 80)):03}",
        opened_us=opened,
        yellow_us=None if due is None else opened + (due - opened) * 4 // 5,
        due_us=due,
        sensitive=rng.random() < 0.01,
    )
    clocks = (
        ClockRow("accept", opened + rng.randrange(DAY), opened + DAY),
        ClockRow("handle", opened + rng.randrange(30 * DAY), opened + 30 * DAY),
    )
    return Append(case_id, NEW, events, command_id, sha256(command_id.encode()).digest(), row, clocks)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """On a disk: what is measured is the flush."""
    return tmp_path


# One by one


def test_append_one(benchmark: BenchmarkFixture, folder: Path) -> None:
    """One event on a case that is there, with its row and clocks: durable when it returns."""
    store = SqliteCaseStore(folder / "cases.db")
    first = opening(0)
    store.append(first)
    numbers = count(1)

    def made() -> tuple[tuple[Append], dict[str, Any]]:
        number, head = next(numbers), store.head(first.case_id)
        events, _ = chained(first.case_id, head, [("noted", 1, T0 + number, DATA)])
        row = first.row._replace(due_us=T0 + number) if first.row else None
        command_id = f"command-{number:09}"
        item = first._replace(expected=head, events=events, command_id=command_id, row=row)
        return (item,), {}

    last = benchmark.pedantic(store.append, setup=made, rounds=SINGLE, warmup_rounds=SINGLE)
    assert last.head.version == next(numbers)
    assert store.verify().sound
    store.close()


def test_append_one_case(benchmark: BenchmarkFixture, folder: Path) -> None:
    """A new case each time."""
    store = SqliteCaseStore(folder / "cases.db")
    numbers = count(1)
    last = benchmark.pedantic(
        store.append, setup=lambda: ((opening(next(numbers)),), {}), rounds=SINGLE, warmup_rounds=SINGLE
    )
    assert last.head.version == 1
    assert store.count_cases() == next(numbers) - 1
    store.close()


def test_append_one_raw(benchmark: BenchmarkFixture, folder: Path) -> None:
    """One row with the same payload, by sqlite3 alone, as durable."""
    with closing(sqlite3.connect(folder / "raw.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, data BLOB) STRICT")

        def insert() -> None:
            connection.execute("INSERT INTO events (data) VALUES (?)", (DATA,))

        benchmark.pedantic(insert, rounds=SINGLE, warmup_rounds=SINGLE)
        (rows,) = connection.execute("SELECT count(*) FROM events").fetchone()
        (highest,) = connection.execute("SELECT max(position) FROM events").fetchone()
        assert rows == highest > 0


# In bulk


def test_append_many(benchmark: BenchmarkFixture, folder: Path) -> None:
    """Cases opened in batches, and lists brought up to date at the end, wherever the last batch left them."""
    items = [opening(number) for number in range(CASES)]
    names = count()

    def load() -> SqliteCaseStore:
        store = SqliteCaseStore(folder / f"{next(names)}.db")
        fill(store, items)
        return store

    store = benchmark.pedantic(load, rounds=ROUNDS)
    assert store.count_cases() == CASES
    assert store.head(items[-1].case_id).version == 1
    store.close()
    with closing(sqlite3.connect(folder / "0.db")) as connection:
        assert connection.execute("SELECT count(*) FROM lists").fetchone() == (CASES,)


def fill(store: SqliteCaseStore, items: list[Append]) -> None:
    """Appends in batches, until the file has all that the bare driver writes: the lists too."""
    for start in range(0, len(items), BATCH):
        store.append_many(items[start : start + BATCH])
    with store._connections.writing() as connection:  # noqa: SLF001 - a page would do, where many are behind
        _listing.follow(connection, len(items))


@dataclass
class Tables:
    """Rows as the store would write them."""

    rows: dict[str, list[tuple[Any, ...]]]

    @classmethod
    def of(cls, items: list[Append], folder: Path) -> Tables:
        """What a store makes of items, read back from its tables."""
        path = folder / "model.db"
        store = SqliteCaseStore(path)
        fill(store, items)
        store.close()
        with closing(sqlite3.connect(path)) as connection:
            names = ("events", "commands", "cases", "due", "names", "places", "facets", "lists")
            keys = {"due": "case_no"}
            queries = {name: f"SELECT * FROM {name} ORDER BY {keys.get(name, 1)}" for name in names}  # noqa: S608
            return cls({name: connection.execute(query).fetchall() for name, query in queries.items()})


@pytest.mark.parametrize("indexes", ["at_once", "after"])
def test_append_many_raw(benchmark: BenchmarkFixture, folder: Path, indexes: str) -> None:
    """The same rows into the same tables and indexes by executemany alone, in the same batches.

    Indexes of lists are kept with every row, or made when all rows are there.
    """
    tables = Tables.of([opening(number) for number in range(CASES)], folder)
    script = _schema.migrations()[0][1]
    names = count()

    def load() -> sqlite3.Connection:
        connection = sqlite3.connect(folder / f"raw{next(names)}.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        statements = _schema.statements(script)
        later = [each for each in statements if indexes == "after" and "INDEX lists_" in each]
        for statement in statements:
            if statement not in later:
                connection.execute(statement)
        batches = -(-CASES // BATCH)
        for batch in range(batches):
            connection.execute("BEGIN IMMEDIATE")
            for name, rows in tables.rows.items():
                start, end = len(rows) * batch // batches, len(rows) * (batch + 1) // batches
                marks = ", ".join("?" * len(rows[0])) if rows else "NULL"
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows[start:end])  # noqa: S608
            connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        for statement in later:
            connection.execute(statement)
        connection.execute("COMMIT")
        return connection

    connection = benchmark.pedantic(load, rounds=ROUNDS)
    for name, rows in tables.rows.items():
        found = connection.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608
        assert found == (len(rows),)
    connection.close()


# Lists and clocks


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteCaseStore]:
    now_us = T0 + 4 * DAY
    store = SqliteCaseStore(tmp_path_factory.mktemp("stores") / "cases.db", clock=lambda: now_us)
    for start in range(0, CASES, BATCH):
        store.append_many([opening(number) for number in range(start, min(start + BATCH, CASES))])
    store.count_cases(CaseFilter(light="red", now_us=now_us))
    yield store
    store.close()


NOW = T0 + 4 * DAY
FILTERS = {
    "all": CaseFilter(),
    "unit": CaseFilter(unit="U-003"),
    "unit, rare": CaseFilter(unit="U-400"),
    "matter": CaseFilter(matter="M-005"),
    "state": CaseFilter(state="overdue"),
    "open": CaseFilter(open=True),
    "procedure": CaseFilter(procedure="service"),
    "sensitive": CaseFilter(sensitive=True),
    "place, 400 grids": CaseFilter(place="S-03"),
    "place, 20 grids": CaseFilter(place="C-103"),
    "place, 1 grid": CaseFilter(place="G-00077"),
    "red": CaseFilter(light="red", now_us=NOW),
    "yellow": CaseFilter(light="yellow", now_us=NOW),
    "green": CaseFilter(light="green", now_us=NOW),
    "unit and red": CaseFilter(unit="U-003", light="red", now_us=NOW),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", FILTERS)
def test_page(benchmark: BenchmarkFixture, full: SqliteCaseStore, name: str, order: str) -> None:
    """A page of a hundred, the third one if there are so many."""
    where = FILTERS[name]
    after = None
    for _ in range(2):
        after = full.query_cases(where, order=order, after=after).next or after  # type: ignore[arg-type]
    page = benchmark(lambda: full.query_cases(where, order=order, after=after))  # type: ignore[arg-type]
    assert len(page.rows) == 100 or page.next is None
    assert all(where.unit in (None, row.unit) and where.open in (None, row.open) for row in page.rows)


@pytest.mark.parametrize("limit", [1, 100, 1000])
def test_due(benchmark: BenchmarkFixture, full: SqliteCaseStore, limit: int) -> None:
    """A step of the clocks: those that fire first, of two for each case."""
    due = benchmark(lambda: full.due(NOW, limit=limit))
    assert len(due) == limit
    assert [clock.fires_us for clock in due] == sorted(clock.fires_us for clock in due)


def test_due_nothing(benchmark: BenchmarkFixture, full: SqliteCaseStore) -> None:
    assert benchmark(lambda: full.due(T0 - 1)) == ()


def test_seal_and_verify(benchmark: BenchmarkFixture, full: SqliteCaseStore) -> None:
    seal = full.seal()
    report = benchmark.pedantic(lambda: full.verify(kept=[seal]), rounds=1)
    assert (report.faults, report.events) == ((), CASES)
