"""What is particular to the store in a file: whose file it is, what happens to it, and who else uses it."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import (
    CapacityExceededError,
    ConcurrencyConflictError,
    DeadlineExceededError,
    IntegrityViolationError,
    OutcomeUnknownError,
    SchemaMismatchError,
    StorageError,
    StoreUnavailableError,
)
from gov_core.storage import lists
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import NEW, CaseFilter
from gov_core.storage.sqlite import SqliteCaseStore, _connections, _listing, _schema
from gov_core.storage.sqlite._errors import translated
from gov_core.testing.store.harness import SECOND, T0, Clock
from gov_core.testing.store.index import filters, pages
from gov_core.testing.store.writing import Writer, append, clock, everything, random_row, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture
def path(fast_folder: Path) -> Path:
    return fast_folder / "cases.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteCaseStore]:
    made = SqliteCaseStore(path)
    yield made
    made.close()


def raw(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, isolation_level=None))


# Whose file it is


def test_file_says_whose_it_is(store: SqliteCaseStore, path: Path) -> None:
    with raw(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (_schema.APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (_schema.latest(),)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        tables = connection.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"
        ).fetchall()
    assert {name for name, strict in tables if not strict} == {"sqlite_schema"}
    assert store.describe().schema_version == _schema.latest()
    assert store.describe().durability == "power"


def test_migrations_are_numbered_without_gaps() -> None:
    assert [number for number, _ in _schema.migrations()] == list(range(1, _schema.latest() + 1))


@pytest.mark.parametrize("kind", ["text", "other_database", "newer_schema", "unknown_schema"])
def test_file_of_something_else_is_left_as_it_was(kind: str, path: Path) -> None:
    if kind == "text":
        path.write_text("case_id,state\n" * 1_000)
    elif kind == "other_database":
        with raw(path) as connection:
            connection.execute("CREATE TABLE contacts (name)")
    else:
        SqliteCaseStore(path).close()
        with raw(path) as connection:
            connection.execute(
                f"PRAGMA user_version = {_schema.latest() + 1 if kind == 'newer_schema' else 0}"
            )
    before = path.read_bytes()
    with pytest.raises(SchemaMismatchError) as caught:
        SqliteCaseStore(path)
    assert caught.value.faults[0].hint
    assert caught.value.faults[0].place == str(path)
    assert path.read_bytes() == before


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError) as caught:
        SqliteCaseStore(tmp_path / "nowhere" / "cases.db")
    assert "folder" in caught.value.faults[0].hint
    with pytest.raises(StoreUnavailableError):
        SqliteCaseStore(tmp_path)


def test_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with closing(SqliteCaseStore(path)) as store:
        store.append(Writer("c").append("a"))


def test_made_by_many_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: SqliteCaseStore(path), range(8)))
    assert len({store.describe().store for store in stores}) == 1
    for number, store in enumerate(stores):
        store.append(Writer(f"c{number}").append("a"))
    assert stores[0].verify().cases == 8
    for store in stores:
        store.close()


class Careless(sqlite3.Connection):
    """As a build of SQLite, or a file system, that does not do what it is told."""

    ignored = ""

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        if sql.startswith(f"PRAGMA {self.ignored} ="):
            sql = f"PRAGMA {self.ignored}"
        return super().execute(sql, parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize("ignored", ["journal_mode", "synchronous"])
def test_file_that_would_lose_what_it_acknowledged_is_refused(
    ignored: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def careless(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options, factory=Careless)  # type: ignore[call-overload]
        if ignored == "synchronous":
            connection.execute("PRAGMA synchronous = NORMAL")
        connection.ignored = ignored
        return connection  # type: ignore[no-any-return]

    monkeypatch.setattr(sqlite3, "connect", careless)
    with pytest.raises(SchemaMismatchError, match="loss of power"):
        SqliteCaseStore(path)


# What happens to it


def filled(path: Path) -> None:
    with closing(SqliteCaseStore(path)) as store:
        for number in range(60):
            writer = Writer(f"c{number}")
            store.append(writer.append("x" * 300, "y", row=row(writer.case_id), clocks=[clock("a", number)]))
        store.seal()


def use(store: SqliteCaseStore) -> None:
    """One of everything that reads and writes."""
    store.verify()
    everything(store)
    store.query_cases()
    store.due(2**60)
    store.read_case("c3")
    list(store.dump())
    store.append(Writer("new").append("a"))
    store.seal()


def test_half_written_file_is_told_and_nothing_else(path: Path, tmp_path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    rng = random.Random(4)
    sizes = [1, 15, 16, 99, 100, 511, 512, 4_095, *(rng.randrange(len(whole) - 4_096) for _ in range(40))]
    for number, size in enumerate(sizes):
        cut = tmp_path / f"cut{number}.db"
        cut.write_bytes(whole[:size])
        with pytest.raises((SchemaMismatchError, IntegrityViolationError)):
            use(SqliteCaseStore(cut))
        assert cut.read_bytes() == whole[:size]


def test_damaged_pages_are_told_and_no_error_of_the_driver_gets_out(path: Path, tmp_path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    rng = random.Random(5)
    told = 0
    for number in range(60):
        damaged = bytearray(whole)
        at = rng.randrange(4_096, len(whole))
        damaged[at : at + rng.choice([1, 8, 600])] = rng.randbytes(1)
        other = tmp_path / f"{number}.db"
        other.write_bytes(damaged)
        try:
            with closing(SqliteCaseStore(other)) as store:
                told += not store.verify().sound
                use(store)
        except (StorageError, StoreUnavailableError):
            told += 1
    assert told > 20  # much of a file is free space


def test_damaged_store_only_reads_from_then_on(store: SqliteCaseStore) -> None:
    store.append(Writer("c").append("a"))
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT_VTAB  # type: ignore[misc]
    with pytest.raises(IntegrityViolationError), store._connections.reading():
        raise error
    with pytest.raises(IntegrityViolationError):
        store.append(Writer("d").append("a"))
    assert store.head("c").version == 1


@pytest.mark.parametrize(
    ("code", "committing", "expected"),
    [
        (sqlite3.SQLITE_FULL, True, CapacityExceededError),
        (sqlite3.SQLITE_IOERR_WRITE, True, CapacityExceededError),
        (sqlite3.SQLITE_IOERR_FSYNC, True, OutcomeUnknownError),
        (sqlite3.SQLITE_IOERR_READ, True, OutcomeUnknownError),
        (sqlite3.SQLITE_IOERR_READ, False, StoreUnavailableError),
        (sqlite3.SQLITE_BUSY, True, StoreUnavailableError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, False, StoreUnavailableError),
        (sqlite3.SQLITE_LOCKED, False, StoreUnavailableError),
        (sqlite3.SQLITE_CANTOPEN, False, StoreUnavailableError),
        (sqlite3.SQLITE_READONLY, False, StoreUnavailableError),
        (sqlite3.SQLITE_CORRUPT, False, IntegrityViolationError),
        (sqlite3.SQLITE_CORRUPT_VTAB, True, IntegrityViolationError),
        (sqlite3.SQLITE_NOTADB, False, SchemaMismatchError),
    ],
)
def test_errors_of_the_driver(
    code: int,
    committing: bool,  # noqa: FBT001 - a parameter of the test
    expected: type[StorageError],
    path: Path,
) -> None:
    error = sqlite3.OperationalError("said")
    error.sqlite_errorcode = code  # type: ignore[misc]
    ours = translated(error, path, committing=committing)
    assert type(ours) is expected
    assert ours.code == expected.code
    assert ours.faults[0].hint


def test_error_without_a_code(path: Path) -> None:
    assert type(translated(sqlite3.ProgrammingError("said"), path)) is StoreUnavailableError


@needs_fork
def test_full_disk_writes_nothing_and_the_next_call_works(path: Path) -> None:
    """The limit on the size of files stands for a disk; in a child, as it cannot be raised again."""
    import resource

    child = os.fork()
    if child == 0:
        status = 1
        try:
            store = SqliteCaseStore(path)
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
            writer, done = Writer("c"), 0
            while True:
                head = writer.head
                item = writer.append("x" * 50_000)
                try:
                    store.append(item)
                    done += 1
                except CapacityExceededError:
                    break
            assert 3 < done < 30
            assert store.head("c") == head
            assert store.command_result(item.command_id) is None
            assert store.verify().sound
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            assert not store.append(item).duplicate
            assert store.verify().events == done + 1
            store.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    with closing(SqliteCaseStore(path)) as store:
        assert store.verify().sound


def test_failed_flush_leaves_the_outcome_open(
    store: SqliteCaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit fails; the same command again settles it, once."""
    item = Writer("c").append("a")
    store.append(Writer("before").append("a"))
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC  # type: ignore[misc]

    class Failing:
        """The writing connection, whose commit fails after it has been done."""

        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def __getattr__(self, name: str) -> object:
            return getattr(self._connection, name)

        def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
            found = self._connection.execute(sql, *parameters)  # type: ignore[arg-type]
            if sql == "COMMIT":
                raise error
            return found

    connection = store._connections._writer
    monkeypatch.setattr(store._connections, "_writer", Failing(connection))  # type: ignore[arg-type]
    with pytest.raises(OutcomeUnknownError) as caught:
        store.append(item)
    assert "same command" in caught.value.faults[0].hint
    monkeypatch.setattr(store._connections, "_writer", connection)
    assert store.append(item).duplicate
    assert store.verify().events == 2


# Who else uses it


def test_waits_no_longer_than_it_is_told(path: Path) -> None:
    with closing(SqliteCaseStore(path, timeout_s=0.2)) as store, raw(path) as other:
        writer = Writer("c")
        item = writer.append("a")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError):
            store.append(item)
        for deadline_s in (0.0, 0.05):
            started = time.monotonic()
            with pytest.raises(DeadlineExceededError):
                store.append(item, deadline_s=deadline_s)
            assert time.monotonic() - started < deadline_s + 0.25
        assert store.head("c") == NEW  # reading goes on
        other.execute("COMMIT")
        assert store.append(item, deadline_s=0.05).head == writer.head


def test_waits_for_another_thread_no_longer_than_it_is_told(store: SqliteCaseStore) -> None:
    begun, finish = threading.Event(), threading.Event()

    def hold() -> None:
        with store._connections.writing():
            begun.set()
            finish.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait(10)
    with pytest.raises(DeadlineExceededError):
        store.append(Writer("c").append("a"), deadline_s=0.05)
    assert store.query_cases().rows == ()
    finish.set()
    thread.join()
    store.append(Writer("c").append("a"), deadline_s=1)


def test_maker_of_items_may_read_the_store(store: SqliteCaseStore) -> None:
    def items() -> Iterator[object]:
        for number in range(3):
            assert store.head(f"c{number}") == NEW
            yield Writer(f"c{number}").append("a")

    assert len(store.append_many(items())) == 3  # type: ignore[arg-type]


def contend(path: Path, number: int, steps: int) -> int:
    """In a process of its own: write to a case that all share, and to one of its own."""
    store = SqliteCaseStore(path, timeout_s=60)
    own, conflicts = Writer(f"own-{number}"), 0
    for step in range(steps):
        store.append(own.append("a", row=row(own.case_id), clocks=[clock("handle", step)]))
        while True:
            item = append("shared", store.head("shared"), "a", command_id=f"shared/{number}/{step}")
            try:
                store.append(item)
                break
            except ConcurrencyConflictError:
                conflicts += 1
    store.close()
    return conflicts


def test_several_processes_on_one_file(path: Path) -> None:
    processes, steps = 3, 40
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = [pool.submit(contend, path, number, steps) for number in range(processes)]
        for future in done:
            future.result()
    with closing(SqliteCaseStore(path)) as store:
        assert store.head("shared").version == processes * steps
        assert [store.head(f"own-{number}").version for number in range(processes)] == [steps] * processes
        assert store.verify().sound
        assert len(store.due(2**60)) == processes
        assert store.count_cases() == processes


@needs_fork
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_store_lives_through_forks(path: Path) -> None:
    """Parent and children go on with the same store, while a thread of the parent writes all the time."""
    store = SqliteCaseStore(path, timeout_s=60)
    stop = threading.Event()
    busy = Writer("busy")

    def write() -> None:
        while not stop.is_set():
            store.append(busy.append("a"))

    thread = threading.Thread(target=write)
    thread.start()
    children = []
    for number in range(6):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                writer = Writer(f"child-{number}")
                for _ in range(10):
                    store.append(writer.append("a"))
                assert store.head(writer.case_id) == writer.head
                store.close()
                status = 0
            finally:
                os._exit(status)
        children.append(child)
        store.append(Writer(f"parent-{number}").append("a"))
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    stop.set()
    thread.join()
    assert [store.head(f"child-{number}").version for number in range(6)] == [10] * 6
    assert [store.head(f"parent-{number}").version for number in range(6)] == [1] * 6
    assert store.head("busy") == busy.head
    assert store.verify().sound
    store.close()


def test_log_does_not_grow_without_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_connections, "_CHECKPOINT_PAGES", 100)
    with closing(SqliteCaseStore(path)) as store:
        writer = Writer("c")
        for _ in range(300):
            store.append(writer.append("x" * 3_000))
            store.read_feed(limit=1)
        assert path.with_name("cases.db-wal").stat().st_size < 2 * 100 * 4_200
        assert path.stat().st_size > 300 * 3_000


# Lists in strides


@pytest.mark.parametrize("longest", [8, 40, 2_000])
def test_lists_are_the_same_however_far_they_are_behind(
    longest: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_listing, "LONGEST", longest)
    monkeypatch.setattr(_listing, "STRIDE", longest // 2)
    monkeypatch.setattr(_listing, "SLICE", longest * 2)
    monkeypatch.setattr(_listing, "_ENOUGH", longest)
    rng, now = random.Random(longest), Clock()
    plain = MemoryCaseStore(clock=now)
    with closing(SqliteCaseStore(path, clock=now)) as store:
        writers = [Writer(f"case-{number}") for number in range(80)]
        for step in range(60):
            items = []
            for number in rng.sample(range(80), rng.choice([1, 3, 60])):
                given = random_row(rng, f"case-{number}") if rng.random() < 0.9 else None
                items.append(writers[number].append("x", row=given))
            assert store.append_many(items) == plain.append_many(items)
            now.now_us += SECOND
            if step % 6:
                continue
            for now_us in (now.now_us, T0 - SECOND, T0 + 10**6 * SECOND):
                for where in filters(now_us):
                    for order in ("due", "opened", "arrival"):
                        mine = pages(store, where, order, 17)  # type: ignore[arg-type]
                        assert mine == pages(plain, where, order, 17), (where, order)  # type: ignore[arg-type]
                    assert store.count_cases(where) == plain.count_cases(where)
        assert store.verify().sound
        with raw(path) as connection:
            (listed,) = connection.execute("SELECT listed FROM store").fetchone()
        assert listed


def test_subtree_of_very_many_places(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_listing, "_MANY_RUNS", 5)
    rng = random.Random(2)
    plain = MemoryCaseStore()
    with closing(SqliteCaseStore(path)) as store:
        items = []
        for number in range(300):
            grid = f"G-{rng.randrange(60)}"
            given = random_row(rng, f"case-{number}")._replace(place=grid, path=f"S-{number % 2}/{grid}")
            items.append(Writer(given.case_id).append("x", row=given))
        store.append_many(items)
        plain.append_many(items)
        for where in (
            CaseFilter(place="S-1"),
            CaseFilter(place="S-0", open=True),
            CaseFilter(place="S-1", unit="U-1"),
        ):
            for order, limit in (("due", 3), ("opened", 50), ("arrival", 200)):
                mine = pages(store, where, order, limit)  # type: ignore[arg-type]
                assert mine == pages(plain, where, order, limit)  # type: ignore[arg-type]
            assert store.count_cases(where) == plain.count_cases(where)


def test_light_of_a_list_is_the_light(path: Path) -> None:
    most = 2**63 - 2  # the largest number in a row
    times = (-most, 1, 2, 3, most, None)
    given = [row(f"{due} {yellow}", due_us=due, yellow_us=yellow) for due in times for yellow in times]
    with closing(SqliteCaseStore(path)) as store:
        store.append_many([Writer(each.case_id).append("x", row=each) for each in given])
        for now in (-most - 1, -most, 0, 1, 2, 3, 4, most, most + 1, most + 2):
            for light in ("green", "yellow", "red"):
                where = CaseFilter(light=light, now_us=now)  # type: ignore[arg-type]
                expected = {each for each in given if lists.matches(each, where)}
                before = set(store.query_cases(where).rows), store.count_cases(where)
                with store._connections.writing() as connection:
                    _listing.follow(connection, len(given))
                after = set(store.query_cases(where).rows), store.count_cases(where)
                assert before == after == (expected, len(expected))


def test_copy_while_open_is_whole(store: SqliteCaseStore, path: Path, tmp_path: Path) -> None:
    """The documented way to copy a store in use: VACUUM INTO, not cp."""
    store.append(Writer("c").append("a"))
    seal = store.seal()
    copy = tmp_path / "copy.db"
    with raw(path) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    with closing(SqliteCaseStore(copy)) as other:
        assert other.describe().store == store.describe().store
        assert other.head("c") == store.head("c")
        assert other.verify(kept=[seal]).sound
