"""What is the PostgreSQL adapter's own: its server, its sessions, its tables."""

from __future__ import annotations

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING

import psycopg
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
from gov_core.storage.chain import chained
from gov_core.storage.opening import open_store
from gov_core.storage.outbox import Message
from gov_core.storage.personal import Hold, Personal, RetentionPolicy, SubjectKey
from gov_core.storage.postgres import PostgresCaseStore, _listing, _personal
from gov_core.storage.postgres._errors import translated
from gov_core.storage.postgres._watchdog import Watchdog
from gov_core.storage.protocol import (
    NEW,
    START,
    Append,
    AppendResult,
    CaseFilter,
    CaseRow,
    ClockRow,
    Cursor,
    Head,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.testing.store.postgres import PostgresHarness

T0 = 1_760_000_000_000_000


def item(case_id: str, head: Head = NEW, *, command_id: str = "", count: int = 1, size: int = 10) -> Append:
    """An append with some events."""
    raw = [("noted", 1, T0 + number, b"x" * size) for number in range(count)]
    events, _ = chained(case_id, head, raw)
    command_id = command_id or f"{case_id}/{head.version}"
    row = CaseRow(case_id, "open", True, "p", "m", "", "G", "S/G", "u", T0, T0 + 80, T0 + 100, False)
    return Append(case_id, head, events, command_id, sha256(command_id.encode()).digest(), row)


# Opening


def test_several_processes_may_make_one_store(harness: PostgresHarness) -> None:
    schema = harness._new()
    barrier = threading.Barrier(6)

    def make(_: int) -> str:
        barrier.wait()
        with closing(harness._open(schema)) as store:
            return store.describe().store

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(make, range(6)))) == 1


def test_a_schema_of_something_else_is_left_as_it_was(harness: PostgresHarness) -> None:
    schema = harness._new()
    harness.server.run(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.theirs (a integer)")
    with pytest.raises(SchemaMismatchError, match="something else"):
        harness._open(schema)
    harness.execute(f"SELECT a FROM {schema}.theirs")
    harness.server.run(f"CREATE TABLE {schema}.gov_core_schema (version integer)")
    with pytest.raises(SchemaMismatchError, match="states 0 versions"):
        harness._open(schema)


def test_stores_in_one_database_do_not_know_of_each_other(harness: PostgresHarness) -> None:
    other = harness.another()
    harness.store().append(item("c"))
    assert other.append(item("c")) == AppendResult(Head(1, item("c").events[0].hash), 1, 1)
    separator = "&" if "?" in harness.server.url else "?"
    url = f"{harness.server.url}{separator}schema={harness._schema}&connections=2&timeout_s=5&notify=0"
    with closing(open_store(url)) as store:
        assert store.describe() == harness.store().describe()
        assert store.append(item("c")).duplicate


def test_no_server_is_told_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        open_store("postgresql://nobody:secret@127.0.0.1:1/none?schema=x")
    assert time.monotonic() - started < 5
    with pytest.raises(StoreUnavailableError) as caught:
        open_store("postgresql://localhost/x?no_such_option=secret")
    assert (caught.value.code, "secret" in str(caught.value)) == ("storage.address", False)


def test_switches_are_looked_at_with_every_write(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    (role,) = harness.execute("SELECT current_user")[0]
    harness.server.run(f'ALTER ROLE "{role}" SET synchronous_commit = off')
    try:
        store._connections.redirect(harness.server.url)  # new sessions, which have it
        for write in (
            lambda: store.append(item("d")),
            lambda: store.append_many([item("d"), item("e")]),
            lambda: store.hold(Hold("s", "b")),
            store.seal,
        ):
            with pytest.raises(SchemaMismatchError, match="synchronous_commit"):
                write()
        assert len(store.read_feed().events) == 1
    finally:
        harness.server.run(f'ALTER ROLE "{role}" RESET synchronous_commit')
    store._connections.redirect(harness.server.url)
    assert store.append(item("d")).first == 2


def test_another_isolation_by_default_changes_nothing(harness: PostgresHarness) -> None:
    (role,) = harness.execute("SELECT current_user")[0]
    harness.server.run(f"ALTER ROLE \"{role}\" SET default_transaction_isolation = 'serializable'")
    try:
        store = harness.reopen()
        with ThreadPoolExecutor(6) as pool:
            results = list(pool.map(lambda number: store.append(item(f"c{number}")), range(60)))
        assert sorted(result.first for result in results) == list(range(1, 61))
    finally:
        harness.server.run(f'ALTER ROLE "{role}" RESET default_transaction_isolation')


# Tables


def test_events_go_into_tables_by_position(harness: PostgresHarness) -> None:
    store = harness.store()  # 1,000 positions a table
    head = NEW
    for start in range(0, 2_600, 100):
        result = store.append(item("long", head, count=100, command_id=f"x{start}"))
        head = result.head
    assert len(store.append_many([item(f"c{number}") for number in range(1_500)])) == 1_500
    query = (
        "SELECT c.relname::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits"
        " JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'gov.events'::regclass ORDER BY 1"
    )
    tables = [name for name, _ in harness.execute(query)]
    assert tables[:5] == [f"events_{1 + 1000 * number:019}" for number in range(5)]
    feed = [event.position for event in store.read_feed(limit=10_000).events]
    assert feed == list(range(1, 4_101))
    assert len(store.read_case("long")) == 2_600
    seal = store.seal()
    assert store.verify(kept=[seal]).sound
    # The oldest table goes to the archive: what is left is served, what is missing is told.
    harness.execute(f"ALTER TABLE gov.events DETACH PARTITION gov.{tables[0]}")
    assert store.read_feed(Cursor(store.describe().store, 1_000)).events[0].position == 1_001
    assert store.append(item("c0", NEW)).duplicate
    faults = {fault.code for fault in store.verify().faults}
    assert "integrity.missing_position" in faults
    harness.execute(f"ALTER TABLE gov.events ATTACH PARTITION gov.{tables[0]} FOR VALUES FROM (1) TO (1001)")
    assert store.verify(kept=[seal]).sound


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE gov.cases SET state = 'closed' WHERE case_id = 'b'", "edited_row"),
        ("UPDATE gov.cases SET last = 1 WHERE case_id = 'b'", "edited_row"),
        ("UPDATE gov.commands SET digest = hash WHERE command_id = 'b/0'", "edited_record"),
        ("UPDATE gov.commands SET case_no = 1 WHERE command_id = 'b/0'", "edited_record"),
        ("DELETE FROM gov.commands WHERE command_id = 'b/0'", "missing_record"),
        ("UPDATE gov.events SET case_id = 'a' WHERE position = 2", "edited_event"),
        ("UPDATE gov.events SET command_id = 'x' WHERE position = 2", "edited_record"),
        ("UPDATE gov.events SET recorded_us = recorded_us + 1 WHERE position = 2", "edited_record"),
        ("DELETE FROM gov.cases WHERE case_id = 'b'", "missing_case"),
        ("UPDATE gov.store SET position = 2", "head_differs"),
        ("INSERT INTO gov.due VALUES (1, 2, 3, 'x')", "foreign_clock"),
        ("INSERT INTO gov.due VALUES (1, 77, 3, 'x')", "foreign_clock"),
        ("DELETE FROM gov.due", "missing_clock"),
        ("UPDATE gov.seals SET events = 2", "edited_seal"),
        ("UPDATE gov.outbox SET body = 'y'", "edited_message"),
    ],
)
def test_what_was_changed_behind_its_back_is_told(
    harness: PostgresHarness, statement: str, code: str
) -> None:
    store = harness.store()
    clock = ClockRow("handle", T0 + 80, T0 + 100)
    for case_id in "abc":
        message = Message(f"m{case_id}", "e", b"x")
        store.append(item(case_id)._replace(clocks=(clock,), outbox=(message,)))
    store.seal()
    assert store.verify().sound
    harness.execute(statement)
    assert f"integrity.{code}" in {fault.code for fault in store.verify().faults}


# Deadlines and errors


def test_a_writer_that_holds_the_turn_costs_no_more_than_the_deadline(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    with harness.server.connected() as other, other.transaction():
        other.execute(f"SELECT * FROM {harness._schema}.store FOR UPDATE".encode())
        calls: list[Callable[[], object]] = [
            lambda: store.append(item("d"), deadline_s=0.3),
            lambda: store.append_many([item("d"), item("e")], deadline_s=0.3),
            lambda: store.outbox_claim("w", lease_us=1, deadline_s=0.3),
        ]
        for call in calls:
            started = time.monotonic()
            with pytest.raises(DeadlineExceededError):
                call()
            assert time.monotonic() - started < 0.3 + 0.75
        assert store.head("c", deadline_s=1).version == 1  # readers wait for nobody
    assert store.append(item("d")).first == 2
    assert store.verify().sound


def test_a_server_that_stands_still_costs_no_more_than_the_deadline(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    with harness.server.stalled():
        for call in (
            lambda: store.head("c", deadline_s=0.2),
            lambda: store.append_many([item("d"), item("e")], deadline_s=0.2),
            lambda: store.append(item("f"), deadline_s=0.2),
        ):
            started = time.monotonic()
            with pytest.raises((DeadlineExceededError, OutcomeUnknownError)):
                call()
            assert time.monotonic() - started < 0.2 + 0.75
    assert store.append(item("d")).head.version == 1
    assert store.head("c").version == 1
    assert store.verify().sound


def test_what_a_lost_connection_means_depends_on_when(harness: PostgresHarness) -> None:
    store = harness.store()
    single, several = [item("a")], [item("b"), item("c")]
    for items in (single, several):
        with harness.cut("after_commit"), pytest.raises(OutcomeUnknownError):
            store.append(*items) if len(items) == 1 else store.append_many(items)
        assert all(store.command_result(each.command_id) for each in items)
        assert all(
            result.duplicate for result in store.append_many(items) if isinstance(result, AppendResult)
        )
    late = [item("d"), item("e")]
    with harness.cut("before_commit"), pytest.raises((OutcomeUnknownError, StoreUnavailableError)):
        store.append_many(late)
    assert [store.command_result(each.command_id) for each in late] == [None, None]
    assert [result.duplicate for result in store.append_many(late) if isinstance(result, AppendResult)] == [
        False,
        False,
    ]


def test_sessions_that_were_ended_are_made_again(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    for number in range(3):
        harness.server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gov_core'"
        )
        time.sleep(0.05)
        assert store.head("c").version == 1
        assert store.append(item(f"d{number}")).head.version == 1


class Refused(psycopg.Error):
    """What a server says, without a server."""

    def __init__(self, state: str | None, severity: str | None = "ERROR") -> None:
        self._state, self._severity = state, severity
        super().__init__("it said no")

    @property
    def sqlstate(self) -> str | None:  # type: ignore[override]
        return self._state

    @property
    def diag(self) -> object:  # type: ignore[override]
        class Diagnostic:
            message_primary = "no"
            severity_nonlocalized = self._severity

        return Diagnostic()


@pytest.mark.parametrize(
    ("state", "severity", "committing", "kind"),
    [
        ("53100", "ERROR", False, CapacityExceededError),
        ("53100", "ERROR", True, CapacityExceededError),
        ("53200", "ERROR", False, CapacityExceededError),
        ("54000", "ERROR", False, CapacityExceededError),
        ("40P01", "ERROR", False, StoreUnavailableError),
        ("40001", "ERROR", True, StoreUnavailableError),
        ("57014", "ERROR", False, DeadlineExceededError),
        ("55P03", "ERROR", False, DeadlineExceededError),
        ("57P01", "FATAL", False, StoreUnavailableError),
        ("57P01", "FATAL", True, OutcomeUnknownError),
        (None, None, True, OutcomeUnknownError),
        (None, None, False, StoreUnavailableError),
        ("25006", "ERROR", False, StoreUnavailableError),
        ("42501", "ERROR", False, StoreUnavailableError),
        ("42P01", "ERROR", False, SchemaMismatchError),
        ("GV001", "ERROR", True, SchemaMismatchError),
        ("XX001", "ERROR", False, IntegrityViolationError),
    ],
)
def test_states_of_the_server_are_errors_of_the_contract(
    state: str | None,
    severity: str | None,
    committing: bool,  # noqa: FBT001 - pytest passes it by name
    kind: type[StorageError],
) -> None:
    error = translated(Refused(state, severity), "place", committing=committing)
    assert type(error) is kind
    assert error.faults[0].hint


def test_a_database_that_is_damaged_is_written_no_more(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    harness.execute(
        "CREATE FUNCTION gov.broken() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'invalid page' USING ERRCODE = 'XX001'; END $$"
    )
    harness.execute("CREATE TRIGGER broken BEFORE INSERT ON gov.commands EXECUTE FUNCTION gov.broken()")
    with pytest.raises(IntegrityViolationError):
        store.append(item("d"))
    harness.execute("DROP TRIGGER broken ON gov.commands")
    with pytest.raises(IntegrityViolationError):
        store.append(item("d"))
    assert store.head("c").version == 1
    assert harness.reopen().append(item("d")).first == 2


# Sessions


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_parent_and_child_go_on_after_a_fork(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    child = os.fork()
    if child == 0:
        status = 1
        try:
            store.append(item("child"))
            status = 0 if store.head("c").version == 1 else 2
        finally:
            os._exit(status)
    for number in range(20):
        store.append(item(f"parent{number}"))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.head("child").version == 1
    assert store.verify().sound


def test_nothing_relies_on_a_session(harness: PostgresHarness) -> None:
    """As behind a pooler: after each transaction the next one gets another session."""
    store = harness.store()
    head = NEW
    for number in range(10):
        store._connections.redirect(harness.server.url)
        head = store.append(item("c", head, command_id=f"x{number}")).head
        store._connections.redirect(harness.server.url)
        store.append_many([item(f"a{number}"), item(f"b{number}")])
    assert store.head("c") == head
    for session in store._connections._open:
        prepared = session.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
        settings = session.execute(
            "SELECT name FROM pg_settings WHERE source = 'session' AND name LIKE 'enable%'"
        ).fetchone()
        locks = session.execute(
            "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'"
        ).fetchone()
        assert (prepared, settings, locks) == ((0,), None, (0,))


def test_followers_are_woken(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    here = store.read_feed().next
    assert store.wait(START, timeout_s=0)
    assert not store.wait(here, timeout_s=0.05)
    for notify in (True, False):
        with (
            closing(PostgresCaseStore(harness.server.url, schema=harness._schema, notify=notify)) as follower,
            ThreadPoolExecutor(3) as pool,
        ):
            waiting = [pool.submit(follower.wait, here, timeout_s=20) for _ in range(3)]
            time.sleep(0.2)
            started = time.monotonic()
            store.append(item(f"new{notify}"))
            assert all(future.result() for future in waiting)
            assert time.monotonic() - started < 5
            here = store.read_feed().next


def test_a_watchdog_shuts_what_is_late_and_nothing_else() -> None:
    watchdog = Watchdog()
    late, other = socket.socketpair()
    with late, other, watchdog.watching(late.fileno(), time.monotonic() + 0.05) as watch:
        assert late.recv(1) == b""
        assert watch.fired
    early, other = socket.socketpair()
    with early, other:
        with watchdog.watching(early.fileno(), time.monotonic() + 0.05) as watch:
            pass
        time.sleep(0.15)
        assert not watch.fired
        other.send(b"x")
        assert early.recv(1) == b"x"


def test_a_watchdog_leaves_alone_what_got_the_number_of_a_closed_socket() -> None:
    watchdog = Watchdog()
    lost, other = socket.socketpair()
    stranger, far = socket.socketpair()
    with other, stranger, far, watchdog.watching(lost.fileno(), time.monotonic() + 0.05) as watch:
        number = lost.detach()
        os.dup2(stranger.fileno(), number)  # as when it was closed, and somebody opened another
        with socket.socket(fileno=number) as reused:
            time.sleep(0.15)
            assert watch.fired
            far.send(b"x")
            assert reused.recv(1) == b"x"


def test_a_process_without_descriptors_is_told_so(
    harness: PostgresHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> int:
        raise OSError(24, "Too many open files")

    store = harness.store()
    with monkeypatch.context() as patch:
        patch.setattr(os, "dup", full)
        with pytest.raises(StoreUnavailableError, match="Too many open files"):
            store.head("c")
    assert store.head("c") == NEW


def test_a_call_that_goes_on_with_another_socket_is_still_watched() -> None:
    watchdog = Watchdog()
    first, other = socket.socketpair()
    second, far = socket.socketpair()
    with first, other, second, far, watchdog.watching(first.fileno(), time.monotonic() + 0.05) as watch:
        time.sleep(0.15)
        assert watch.fired
        watchdog.move(watch, second.fileno())
        assert second.recv(1) == b""


# Lists


def test_a_page_is_read_from_an_index(harness: PostgresHarness) -> None:
    store = harness.store()
    rows = []
    for number in range(3_000):
        one = item(f"c{number}")
        assert one.row is not None
        grid = f"G-{number % 300}"
        row = one.row._replace(
            unit=f"u{number % 40}", place=grid, path=f"S/{grid}", due_us=T0 + 37 * number % 1_000
        )
        rows.append(one._replace(row=row))
    store.append_many(rows)
    harness.execute("ANALYZE gov.cases")
    for where in (CaseFilter(unit="u7"), CaseFilter(place="G-17"), CaseFilter(light="red", now_us=T0 + 20)):
        query, values = _listing.page(lists.asked(where, "due", None, 20))
        plan = "\n".join(line for (line,) in harness.execute("EXPLAIN " + query, values))
        assert "Seq Scan" not in plan, plan
        expected = [each.row for each in rows if each.row is not None and lists.matches(each.row, where)]
        assert store.count_cases(where) == len(expected)


def test_conflicts_of_a_single_append_are_decided_like_any(harness: PostgresHarness) -> None:
    store = harness.store()
    store.append(item("c"))
    for wrong in (item("c", command_id="again"), item("c", Head(1, bytes(32)), command_id="hash")):
        with pytest.raises(ConcurrencyConflictError):
            store.append(wrong)
    with pytest.raises(ConcurrencyConflictError):
        store.append(item("d", Head(0, b"\1" * 32), command_id="no zeros"))
    assert [event.position for event in store.read_feed().events] == [1]
    assert store.append(item("e")).first == 2


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("code", ["40001", "40P01"])
@pytest.mark.parametrize("count", [0, 1, 40], ids=["single", "statement", "copy"])
def test_who_gives_way_to_another_transaction_tries_once_more(
    harness: PostgresHarness, count: int, code: str, times: int
) -> None:
    store = harness.store()
    harness.execute("CREATE SEQUENCE gov.tries")
    harness.execute(
        "CREATE FUNCTION gov.give_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF nextval('gov.tries') <= {times} THEN"
        f" RAISE EXCEPTION 'another is in the way' USING ERRCODE = '{code}'; END IF;"
        " RETURN NULL; END $$"
    )
    harness.execute("CREATE TRIGGER give_way AFTER INSERT ON gov.commands EXECUTE FUNCTION gov.give_way()")
    items = [item(f"c{number}") for number in range(count or 1)]

    def write() -> list[AppendResult | StorageError]:
        return store.append_many(items) if count else [store.append(items[0])]

    if times == 1:
        assert [result.first for result in write() if isinstance(result, AppendResult)] == [
            *range(1, len(items) + 1)
        ]
        assert store.verify().sound
    else:
        with pytest.raises(StoreUnavailableError, match=code):
            write()
        assert store.read_feed().events == ()
    assert harness.execute("SELECT last_value FROM gov.tries") == [(2,)]


# Personal data


def test_who_reads_beside_an_erasure_sees_what_stays(harness: PostgresHarness) -> None:
    store = harness.store()
    assert isinstance(store, PostgresCaseStore)
    names = [f"s{number:02}" for number in range(40)]
    store.keep_keys([SubjectKey(name, name.encode()) for name in names])
    values = tuple(Personal(sha256(name.encode()).digest(), name, b"sealed") for name in names)
    store.append(item("c")._replace(personal=values))
    query = "SELECT tableoid::text, array_agg(subject) FROM gov.personal GROUP BY 1 ORDER BY count(*) DESC"
    ((_, (gone, other, *_)), *_) = harness.execute(query)
    reads: list[Callable[[], object]] = [
        store.subjects,
        lambda: store.read_key(other),
        lambda: store.personal_of(other),
        lambda: store.read_personal(sha256(other.encode()).digest()),
    ]
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor() as threads:
        with store._turn(None) as (transaction, now_us):
            _personal.erase(transaction, gone, "erase", "basis", now_us)
            found = [threads.submit(read) for read in reads]
            until = time.monotonic() + 10
            while harness.execute(waiting) != [(len(reads),)] and time.monotonic() < until:
                time.sleep(0.01)
        subjects, key, all_of, one = (each.result() for each in found)
    value = Personal(sha256(other.encode()).digest(), other, b"sealed")
    assert subjects == tuple(name for name in names if name != gone)
    assert key == SubjectKey(other, other.encode())
    assert (all_of, one) == ((value,), value)


def test_an_erasure_that_comes_again_lets_the_log_go_on_again(harness: PostgresHarness) -> None:
    """The first may have ended between its commit and the switch of the log."""
    store = harness.store()
    assert isinstance(store, PostgresCaseStore)
    store.keep_keys([SubjectKey("s", b"wrapped")])
    with store._turn(None) as (transaction, now_us):
        receipt = _personal.erase(transaction, "s", "e", "basis", now_us)

    def segment() -> object:
        # So that there is something to switch from.
        store.hold(Hold("other", "basis", None))
        return harness.execute("SELECT pg_walfile_name(pg_current_wal_lsn())")

    before = segment()
    assert store.erase("s", command_id="e", basis="basis") == receipt
    assert segment() != before
    before = segment()
    store.apply_retention(RetentionPolicy("basis", before_us=T0), dry_run=False)
    assert segment() != before


def test_what_follows_an_erasure_is_within_its_deadline(
    harness: PostgresHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = harness.store()
    assert isinstance(store, PostgresCaseStore)
    given: list[float] = []
    bare = store._connections.bare

    def seen(deadline_s: float) -> object:
        given.append(deadline_s)
        return bare(deadline_s)

    monkeypatch.setattr(store._connections, "bare", seen)
    with ThreadPoolExecutor() as threads:
        with store._turn(None):
            erased = threads.submit(store.erase, "s", command_id="e", basis="b", deadline_s=20)
            time.sleep(0.3)
        erased.result()
    first, second = given
    assert second < first < 19.8
