"""Messages and personal data in a file: what a claim costs, and what is left of what was erased."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.errors import (
    CursorInvalidError,
    DeadlineExceededError,
    OutcomeUnknownError,
    PayloadRejectedError,
    StoreClosedError,
)
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.outbox import Buried, Message, OutboxFilter, Sent
from gov_core.storage.personal import Access, Hold, RetentionPolicy, SubjectKey
from gov_core.storage.protocol import START, CaseFilter, Cursor, Snapshot
from gov_core.storage.sqlite import SqliteCaseStore, _outbox, _schema
from gov_core.testing.store.erasure import about, key, personal
from gov_core.testing.store.harness import SECOND, Clock
from gov_core.testing.store.outbox import claim, ids, tell
from gov_core.testing.store.writing import Writer, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(fast_folder: Path) -> Path:
    return fast_folder / "cases.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[SqliteCaseStore]:
    made = SqliteCaseStore(path, clock=clock, timeout_s=0.2)
    yield made
    made.close()


def raw(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, isolation_level=None))


def hits(path: Path, strings: list[bytes]) -> int:
    """How many of some strings any file beside the database has, or their first or last half."""
    files = [each.read_bytes() for each in sorted(path.parent.iterdir()) if each.is_file()]
    return sum(
        any(part in content for content in files for part in (string[: len(string) // 2], string[-20:]))
        for string in strings
    )


# The outbox


def test_a_claim_reads_what_it_gives(store: SqliteCaseStore, path: Path) -> None:
    for number in range(30):
        writer = Writer(f"c{number}")
        store.append(tell(writer, *((f"{number}/{each}", f"e{number % 5}") for each in range(20))))
    plans = []
    with raw(path) as connection:
        for query in (
            f"{_outbox._READY} ORDER BY ready_us, head LIMIT 5",
            f"{_outbox._READY} AND endpoint = 'e1' ORDER BY ready_us, head LIMIT 5",
            f"{_outbox._ENTRIES} WHERE d.number IN (SELECT value FROM json_each('[1]'))",
            _outbox.FIRST.replace("lanes.claimed", "1").replace("lanes.lane", "1"),
        ):
            plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", (1,) * query.count("?"))
            plans += [step for *_, step in plan]
    assert not [step for step in plans if step.startswith("SCAN") and "json_each" not in step], plans
    assert not [step for step in plans if "TEMP B-TREE" in step], plans


def test_endpoints_that_are_left_alone_cost_others_nothing(
    store: SqliteCaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_outbox, "_PASSED_OVER", 3)
    for number in range(20):
        store.append(tell(Writer(f"c{number}"), (f"m{number}", "dead" if number < 15 else f"e{number % 2}")))
    found = store.outbox_claim("w", lease_us=SECOND, without={"dead"}, limit=4)
    assert ids(found) == ["m15", "m16", "m17", "m18"]
    found = store.outbox_claim("w", lease_us=SECOND, without={"dead"}, limit=4)
    assert ids(found) == ["m19"]
    assert store.outbox_claim("w", lease_us=SECOND, without={"dead", "e0", "e1"}) == ()
    assert len(claim(store)) == 15


def test_lanes_go_with_their_messages(store: SqliteCaseStore, path: Path) -> None:
    writer = Writer("c")
    store.append(tell(writer, ("1", "a"), ("2", "a"), ("3", "b")))
    first, other = claim(store)
    store.outbox_settle([Sent("1", first.token), Sent("3", other.token)])
    assert store.outbox_prune(2**62) == 2
    with raw(path) as connection:
        lanes = connection.execute("SELECT endpoint, head FROM lanes").fetchall()
    assert lanes == [("a", 2)]


def test_nothing_is_written_where_nothing_is_ready(store: SqliteCaseStore, path: Path) -> None:
    store.append(tell(Writer("c"), Message("m", "a", b"", 9 * SECOND)))
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        assert claim(store) == ()
        other.execute("ROLLBACK")


def deliver(path: Path, worker: int) -> list[tuple[str, int]]:
    """In another process: claim and settle until nothing is left; what was delivered, with its number."""
    taken = []
    with closing(SqliteCaseStore(path)) as store:
        while claims := store.outbox_claim(f"w{worker}", lease_us=60 * SECOND, limit=7):
            settled = store.outbox_settle([Sent(each.message.id, each.token) for each in claims])
            assert settled == [None] * len(claims)
            taken += [(each.message.id, each.number) for each in claims]
    return taken


def test_workers_of_several_processes_share_the_work(path: Path) -> None:
    with closing(SqliteCaseStore(path)) as store:
        for case in range(30):
            messages = [Message(f"{case}/{number}", f"e{number % 2}", b"") for number in range(10)]
            store.append(Writer(f"c{case}").append("x")._replace(outbox=messages))
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = [pool.submit(deliver, path, worker) for worker in range(3)]
        taken = [each for future in found for each in future.result(60)]
    taken += deliver(path, 3)
    assert sorted(id_ for id_, _ in taken) == sorted(f"{case}/{n}" for case in range(30) for n in range(10))


# What is left of what was erased


def planted(store: SqliteCaseStore, subjects: int) -> dict[str, list[bytes]]:
    """Subjects in random order with values of many sizes, keys, keys wrapped anew, snapshots."""
    rng = random.Random(92)
    secrets: dict[str, list[bytes]] = {f"s{number}": [] for number in range(subjects)}
    writers = [Writer(f"c{number}") for number in range(subjects // 2)]
    for step in range(4 * subjects):
        subject = f"s{rng.randrange(subjects)}"
        value = personal(subject, step, size=rng.choice([60, 90, 300, 3_000, 9_000]))
        (kept,) = store.keep_keys([key(subject)])
        fresh = key(subject, step, size=rng.choice([48, 48, 60, 400]))
        if step % 3 == 0 and store.rewrap_keys([(kept, fresh)]):
            secrets[subject].append(fresh.wrapped)
        secrets[subject] += [value.sealed, kept.wrapped]
        writer = rng.choice(writers)
        store.append(about(writer, value))
        store.save_snapshot(writer.case_id, Snapshot(writer.head.version, 1, value.sealed))
    return secrets


@pytest.mark.parametrize("by", ["erase", "retention"])
def test_no_file_has_what_was_erased(by: str, store: SqliteCaseStore, path: Path, clock: Clock) -> None:
    secrets = planted(store, 60)
    everything = [each for found in secrets.values() for each in found]
    assert hits(path, everything) > len(everything) * 0.9
    order = sorted(secrets, key=lambda subject: random.Random(subject).random())
    if by == "erase":
        for number, subject in enumerate(order[:40]):
            store.erase(subject, command_id=f"e{number}", basis="request")
            assert hits(path, secrets[subject]) == 0
    else:
        for case_id in {case_id for subject in order for case_id in store.cases_of(subject)}:
            writer = Writer(case_id, store.head(case_id), commands=10_000)
            store.append(writer.append("done", row=row(case_id, open=False)))
        for subject in order[40:]:
            store.hold(Hold(subject, "suit"))
        clock.now_us += SECOND
        report = store.apply_retention(RetentionPolicy("retention", clock.now_us), dry_run=False)
        assert set(report.held) <= set(order[40:])
        assert report.erased
    gone = {receipt.subject for receipt in store.erasures()}
    assert hits(path, [each for subject in gone for each in secrets[subject]]) == 0
    kept = [
        value.sealed for subject in secrets if subject not in gone for value in store.personal_of(subject)
    ]
    assert kept
    assert hits(path, kept) == len(kept)
    assert store.verify().sound
    store.close()
    assert hits(path, [each for subject in gone for each in secrets[subject]]) == 0


def test_no_row_that_was_moved_leaves_a_copy(store: SqliteCaseStore, path: Path) -> None:
    """Were rows deleted, others would move together, and leave what they were in their old pages."""
    rng = random.Random(0)
    sizes = [60, 90, 120, 300, 900]
    values = [personal(f"s{rng.randrange(300)}", n, size=rng.choice(sizes)) for n in range(1_500)]
    store.append_many([about(Writer(f"c{number}"), value) for number, value in enumerate(values)])
    order = sorted({value.subject for value in values}, key=lambda _: rng.random())
    for number, subject in enumerate(order):
        store.erase(subject, command_id=subject, basis="request")
        if number >= 210 and number % 15 == 0:
            gone = {*order[: number + 1]}
            content = path.read_bytes()
            for value in values:
                if value.subject in gone:
                    assert value.sealed[:24] not in content
                    assert value.sealed[-24:] not in content


def test_what_the_first_schema_kept_can_be_erased_too(path: Path) -> None:
    values = [personal(f"s{number % 50}", number, size=200) for number in range(400)]
    with raw(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for statement in _schema.statements(_schema.migrations()[0][1]):
            connection.execute(statement)
        connection.execute("INSERT INTO store (one, id, listed) VALUES (1, 'old', 0)")
        connection.executemany("INSERT INTO personal VALUES (?, ?, ?, x'')", values)
        connection.execute(f"PRAGMA application_id = {_schema.APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    with closing(SqliteCaseStore(path)) as store:
        assert store.describe().schema_version == _schema.latest()
        for number in range(30):
            assert store.erase(f"s{number}", command_id=f"e{number}", basis="request").values == 8
        assert len(store.personal_of("s40")) == 8
        assert hits(path, [value.sealed for value in values if int(value.subject[1:]) < 30]) == 0
        assert hits(path, [value.sealed for value in values if int(value.subject[1:]) >= 30]) == 160


def test_a_reader_that_holds_the_log_is_told_of(store: SqliteCaseStore, path: Path) -> None:
    store.keep_keys([key("a")])
    store.append(about(Writer("c"), personal("a")))
    secrets = [personal("a").sealed, key("a").wrapped]
    with raw(path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM events").fetchall()
        for deadline_s in (None, 0.05):
            with pytest.raises(OutcomeUnknownError, match="log could not be emptied"):
                store.erase("a", command_id="e", basis="request", deadline_s=deadline_s)
        # It is erased, as far as anybody can read; but a raw look would still find it.
        assert store.personal_of("a") == ()
        assert hits(path, secrets) == 2
        with pytest.raises(OutcomeUnknownError):
            store.apply_retention(RetentionPolicy("r", 0), dry_run=False)
        reader.execute("ROLLBACK")
    assert store.erase("a", command_id="e", basis="request").values == 1
    assert hits(path, secrets) == 0


def test_an_empty_log_is_flushed_before_the_receipt(
    store: SqliteCaseStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the old log could be back after a loss of power, with all that was in it."""
    store.append(about(Writer("c"), personal("a")))
    log = path.with_name("cases.db-wal")
    flushed: list[tuple[int, int]] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        flushed.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    store.erase("a", command_id="e", basis="request")
    assert flushed == [(log.stat().st_ino, 0)]

    def failing(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OutcomeUnknownError, match="Input/output error"):
        store.erase("a", command_id="e", basis="request")
    monkeypatch.undo()
    assert store.erase("a", command_id="e", basis="request").values == 1


def test_a_long_read_of_this_process_holds_the_log_too(store: SqliteCaseStore, path: Path) -> None:
    store.append(about(Writer("c"), personal("a")))
    with store._connections.reading() as connection:
        connection.execute("SELECT * FROM events").fetchall()
        with pytest.raises(OutcomeUnknownError):
            store.erase("a", command_id="e", basis="request")
    store.erase("a", command_id="e", basis="request")
    assert hits(path, [personal("a").sealed]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_what_was_erased_before_a_kill_is_in_no_file(fast_folder: Path) -> None:
    """A receipt holds at the moment of the kill; the erasure in flight ends when it is asked for again."""
    rng = random.Random(82)
    path = fast_folder / "cases.db"
    subjects = [f"s{number}" for number in range(400)]
    secrets: dict[str, list[bytes]] = {}
    with closing(SqliteCaseStore(path)) as store:
        for subject in subjects:
            value = personal(subject, size=rng.choice([60, 200, 5_000]))
            secrets[subject] = [value.sealed, key(subject).wrapped]
            store.keep_keys([key(subject)])
            store.append(about(Writer(subject), value))
    left = list(subjects)
    for _ in range(12):
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(read_end)
                with closing(SqliteCaseStore(path)) as store:
                    for subject in left:
                        store.erase(subject, command_id=subject, basis="request")
                        os.write(write_end, b".")
            finally:
                os._exit(0)
        os.close(write_end)
        said = os.read(read_end, 1)
        time.sleep(rng.random() * 0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(read_end, 4_096):
            said += more
        os.close(read_end)
        done, left = left[: len(said)], left[len(said) :]
        assert hits(path, [each for subject in done for each in secrets[subject]]) == 0
        if not left:
            break
        with closing(SqliteCaseStore(path)) as store:
            in_flight = left.pop(0)
            assert store.erase(in_flight, command_id=in_flight, basis="request").values == 1
            assert hits(path, secrets[in_flight]) == 0
            assert store.verify().sound
    assert len(left) < 380


# Verification


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ("UPDATE messages SET body = x'00' WHERE number = 1", "edited_message"),
        ("UPDATE messages SET lane = 2 WHERE number = 1", "edited_message"),
        ("UPDATE lanes SET endpoint = 'elsewhere' WHERE lane = 1", "edited_message"),
        ("UPDATE deliveries SET token = 9 WHERE number = 1", "edited_delivery"),
        ("UPDATE deliveries SET state = 'sent' WHERE number = 1", "edited_delivery"),
        ("DELETE FROM deliveries WHERE number = 1", "missing_message"),
        ("DELETE FROM messages WHERE number = 1", "missing_message"),
        ("DELETE FROM lanes WHERE lane = 1", "missing_message"),
        ("UPDATE lanes SET head = NULL WHERE lane = 1", "wrong_lane"),
        ("UPDATE lanes SET ready_us = 0 WHERE lane = 1", "wrong_lane"),
        ("UPDATE store SET numbered = 1", "wrong_lane"),
        ("UPDATE personal SET sealed = x'00' WHERE live", "edited_personal"),
        ("UPDATE keys SET subject = 'c' WHERE live", "edited_key"),
        ("UPDATE subject_cases SET subject = 'c' WHERE subject = 'b'", "edited_subject"),
        ("UPDATE subject_cases SET case_no = 99 WHERE subject = 'b'", "edited_subject"),
        ("UPDATE holds SET until_us = 5", "edited_hold"),
        ("UPDATE erasures SET values_gone = 0", "edited_erasure"),
        ("UPDATE accesses SET reader = 'somebody else'", "edited_access"),
        ("UPDATE personal SET live = 1 WHERE NOT live", "erasure_undone"),
        ("UPDATE keys SET wrapped = x'01' WHERE NOT live", "erasure_undone"),
    ],
)
def test_what_stands_beside_is_told_when_it_was_changed(
    edit: str, code: str, store: SqliteCaseStore, path: Path
) -> None:
    store.keep_keys([key("a"), key("b")])
    writer = Writer("c")
    store.append(about(writer, personal("a"), personal("b")))
    store.append(tell(writer, ("1", "x"), ("2", "y"), ("3", "x")))
    store.hold(Hold("b", "suit"))
    store.note_accesses([Access("b", bytes(32), "c", "clerk", "visit")])
    store.erase("a", command_id="e", basis="request")
    first, second = claim(store)
    store.outbox_settle([Buried("1", first.token, "x"), Sent("2", second.token)])
    assert store.verify().sound
    with raw(path) as connection:
        assert connection.execute(edit).rowcount > 0
    assert f"integrity.{code}" in {fault.code for fault in store.verify().faults}


# Deadlines and waiting


def test_a_long_read_ends_in_time(store: SqliteCaseStore) -> None:
    store.append_many([Writer(f"c{number}").append("x", row=row(f"c{number}")) for number in range(3_000)])
    query = "SELECT count(*) FROM events a, events b, events c WHERE a.at_us + b.at_us + c.at_us = 1"
    for call in (store._connections.reading, store._connections.writing):
        started = time.monotonic()
        with pytest.raises(DeadlineExceededError), call(0.05) as connection:
            connection.execute(query).fetchone()
        assert time.monotonic() - started < 0.05 + 0.25
    with pytest.raises(DeadlineExceededError):
        store.query_cases(CaseFilter(unit="U-1"), deadline_s=-1)
    assert store.count_cases(deadline_s=5) == 3_000
    assert len(store.read_case("c7", deadline_s=5)) == 1


def test_a_deadline_that_is_over_at_the_end_writes_nothing(store: SqliteCaseStore) -> None:
    item = Writer("c").append("x")
    with pytest.raises(DeadlineExceededError):
        store.append(item, deadline_s=0)
    assert store.head("c").version == 0
    assert store.append(item, deadline_s=5).first == 1


def test_readers_wait_for_their_turn_no_longer_than_told(path: Path) -> None:
    with (
        closing(SqliteCaseStore(path, readers=1)) as store,
        store._connections.reading(),
        pytest.raises(DeadlineExceededError),
    ):
        store.head("c", deadline_s=0.02)


@pytest.mark.parametrize("own", [True, False], ids=["this_store", "another_process"])
def test_who_waits_for_news_is_told(own: bool, store: SqliteCaseStore, path: Path) -> None:  # noqa: FBT001
    with pytest.raises(CursorInvalidError):
        store.wait(Cursor("elsewhere", 1), timeout_s=0)
    assert store.wait(START, timeout_s=0) is False
    assert store.wait(START, timeout_s=0.02) is False
    other = store if own else SqliteCaseStore(path)
    timer = threading.Timer(0.05, lambda: other.append(Writer("c").append("x")))
    timer.start()
    started = time.monotonic()
    assert store.wait(START, timeout_s=20) is True
    assert time.monotonic() - started < 10
    assert store.wait(START, timeout_s=0) is True
    timer.join()
    page = store.read_feed()
    assert store.wait(page.next, timeout_s=0) is False
    if not own:
        other.close()


def test_closing_ends_the_wait(store: SqliteCaseStore) -> None:
    timer = threading.Timer(0.05, store.close)
    timer.start()
    started = time.monotonic()
    with pytest.raises(StoreClosedError):
        store.wait(START, timeout_s=20)
    assert time.monotonic() - started < 10
    timer.join()


@pytest.mark.parametrize("odd", [None, True, 2**70, 1.5, "", "\ud800", "\0", b"x"], ids=repr)
def test_what_is_no_id_finds_nothing_and_settles_nothing(odd: Any, store: SqliteCaseStore) -> None:
    memory = MemoryCaseStore()
    for each in (store, memory):
        each.append(tell(Writer("c"), ("m", "a")))
        (taken,) = claim(each)
        refused, settled = each.outbox_settle([Sent(odd, taken.token), Sent("m", taken.token)])
        assert isinstance(refused, PayloadRejectedError)
        assert settled is None
        assert each.read_personal(odd) is each.read_key(odd) is None
        assert each.personal_of(odd) == each.cases_of(odd) == ()
        assert each.release(odd, odd) is False
        if odd is not None:
            assert each.outbox_entries(OutboxFilter(endpoint=odd)).entries == ()
            assert each.accesses(odd).accesses == ()
        with pytest.raises(PayloadRejectedError):
            each.rewrap_keys([(SubjectKey("s", odd), SubjectKey("s", odd if odd != b"x" else "y"))])
