"""One SQLite file under several hands: processes that make it at once, forks, interrupts, other folders."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from enum import StrEnum
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import CursorInvalidError, IntegrityViolationError
from gov_core.storage.personal import Personal
from gov_core.storage.protocol import START, CaseFilter, Snapshot
from gov_core.storage.sqlite import SqliteCaseStore, _listing
from gov_core.testing.store.harness import SECOND, T0, Clock
from gov_core.testing.store.writing import Writer, clock, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.storage.protocol import Entry


def test_who_asks_for_lists_lets_others_write_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_listing, "SLICE", 1_000)
    store, other = SqliteCaseStore(tmp_path / "cases.db"), SqliteCaseStore(tmp_path / "cases.db", timeout_s=0)
    writers = [Writer(f"c{number}") for number in range(6_100)]
    items = [writer.append("x", row=row(writer.case_id)) for writer in writers]
    store.append_many(items[:1_100])
    assert store.count_cases() == 1_100
    store.append_many(items[1_100:])
    followed: list[int] = []
    follow, behind = _listing.follow, store._behind

    def counted(connection: sqlite3.Connection, upto: int) -> None:
        followed.append(upto)
        follow(connection, upto)

    def meanwhile(deadline_s: float | None) -> bool:
        other.append(writers[len(followed)].append("y"))  # which does not wait, so nobody holds the turn
        return behind(deadline_s)

    monkeypatch.setattr(_listing, "follow", counted)
    monkeypatch.setattr(store, "_behind", meanwhile)
    assert store.count_cases() == 6_100
    assert followed[:4] == [2_100, 3_100, 4_100, 5_100]
    assert followed[4:] == [6_100 + 5]  # with what was appended meanwhile
    assert store.verify().sound
    store.close()
    other.close()


def test_a_file_that_another_one_is_making_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cases.db"
    made: list[SqliteCaseStore] = []

    class Slow(sqlite3.Connection):
        def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
            found = super().execute(sql, *parameters)  # type: ignore[arg-type]
            if "application_id" in sql and not made and not self.in_transaction:
                monkeypatch.undo()
                made.append(SqliteCaseStore(path))
            return found

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, factory=Slow, **options))
    store = SqliteCaseStore(path)
    monkeypatch.undo()
    made.append(SqliteCaseStore(path))
    assert {each.describe().store for each in made} == {store.describe().store}
    for each in (store, *made):
        each.close()


def test_a_store_stays_with_its_file_when_the_process_goes_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store, writer = SqliteCaseStore("cases.db"), Writer("c")
    store.append(writer.append("x"))
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    SqliteCaseStore("cases.db").close()
    assert store.head("c") == writer.head
    store.close()


def test_an_interrupt_after_a_transaction_has_begun_leaves_none_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = SqliteCaseStore(tmp_path / "cases.db"), SqliteCaseStore(tmp_path / "cases.db", timeout_s=0)
    begin = store._connections._begin

    def interrupted(*args: object) -> None:
        begin(*args)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(store._connections, "_begin", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.append(Writer("c").append("x"))
    monkeypatch.undo()
    other.append(Writer("d").append("x"))
    store.append(Writer("c").append("x"))
    store.close()
    other.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("first", ["source", "target"])
def test_a_fork_waits_for_a_thread_that_writes_what_it_reads_from_another_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    source, target = SqliteCaseStore(tmp_path / "a.db"), SqliteCaseStore(tmp_path / "b.db")
    source.append(Writer("c").append("x"))
    copying, forking = threading.Event(), threading.Event()

    def entries() -> Iterator[Entry]:
        copying.set()
        forking.wait(10)
        yield from source.dump()

    order = [each._connections for each in (source, target)]
    monkeypatch.setattr(
        "gov_core.storage.sqlite._connections._ALL", order if first == "source" else order[::-1]
    )
    copier = threading.Thread(target=lambda: target.restore("copied", entries()), daemon=True)
    copier.start()
    assert copying.wait(10)
    threading.Timer(0.2, forking.set).start()
    pid = os.fork()
    if not pid:
        os._exit(target.head("c").version)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    copier.join(10)
    assert not copier.is_alive()
    source.close()
    target.close()


def test_what_was_read_while_cases_went_on_is_restored(tmp_path: Path) -> None:
    store, copy = SqliteCaseStore(tmp_path / "a.db", clock=Clock()), SqliteCaseStore(tmp_path / "b.db")
    writers = [Writer(f"c{number}") for number in range(1_200)]
    store.append_many(
        [writer.append("x", row=row(writer.case_id), clocks=[clock("handle", 5)]) for writer in writers]
    )
    entries = store.dump()
    read = [next(entries)]
    for second, writer in ((5, writers[0]), (6, writers[1])):
        store.append(writer.append("y", row=row(writer.case_id), clocks=[clock("handle", second)]))
    copy.restore(store.describe().store, [*read, *entries])
    assert copy.verify(heads=[(writer.case_id, writer.head) for writer in writers]).sound
    assert copy.due(T0 + 9 * SECOND, limit=9_999) == store.due(T0 + 9 * SECOND, limit=9_999)
    store.close()
    copy.close()


class _State(StrEnum):
    WORK = "in_progress"


def test_members_of_enums_are_the_texts_they_stand_for(tmp_path: Path) -> None:
    store = SqliteCaseStore(tmp_path / "cases.db")
    store.append(Writer("c").append("x", row=row("c", state=_State.WORK), command_id=_State.WORK))
    assert store.query_cases(CaseFilter(state="in_progress")).rows == (row("c"),)
    assert store.verify().sound
    store.close()


def test_lists_are_read_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteCaseStore(tmp_path / "cases.db")
    store.append_many([Writer(f"c{number}").append("x", row=row(f"c{number}")) for number in range(1_500)])

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("gov_core.storage.sqlite._listing.follow", full)
    assert store.count_cases() == 1_500
    store.close()


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ("UPDATE snapshots SET data = x'00'", "edited_snapshot"),
        ("UPDATE snapshots SET version = 1", "edited_snapshot"),
        ("UPDATE personal SET sealed = x'00'", "edited_personal"),
        ("UPDATE personal SET subject = 'another'", "edited_personal"),
        ("UPDATE checkpoints SET position = 2", "edited_checkpoint"),
        ("UPDATE checkpoints SET name = 'another'", "edited_checkpoint"),
        ("UPDATE store SET listed = 9", "wrong_list"),
    ],
)
def test_what_no_event_vouches_for_is_located_too(tmp_path: Path, edit: str, code: str) -> None:
    path, writer = tmp_path / "cases.db", Writer("c")
    store = SqliteCaseStore(path)
    store.append(writer.append("x", "y", personal=[Personal(bytes(32), "subject", b"sealed")]))
    store.save_snapshot("c", Snapshot(2, 1, b"as it was"))
    store.checkpoint_set("reader", store.read_feed(limit=1).next, expected=START)
    assert store.verify().sound
    assert store.load_snapshot("c", schema=1) == Snapshot(2, 1, b"as it was")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(edit)
    assert [fault.code for fault in store.verify().faults] == [f"integrity.{code}"]
    if code == "edited_snapshot":
        assert store.load_snapshot("c", schema=1) is None
    store.close()


def test_a_file_that_another_one_fills_becomes_that_store(tmp_path: Path) -> None:
    source, early = SqliteCaseStore(tmp_path / "a.db"), SqliteCaseStore(tmp_path / "b.db")
    source.append(Writer("c").append("x", row=row("c")))
    seal, kept = source.seal(), early.read_feed().next
    with closing(SqliteCaseStore(tmp_path / "b.db")) as late:
        late.restore(source.describe().store, source.dump())
    assert early.describe().store == source.describe().store
    with pytest.raises(CursorInvalidError):
        early.read_feed(kept)
    page = early.read_feed()
    assert page == source.read_feed()
    early.checkpoint_set("reader", page.next, expected=START)
    early.append(Writer("d").append("x", row=row("d")))
    assert early.seal().store == early.seals()[0].store == seal.store
    assert early.verify(kept=[seal]).sound
    source.close()
    early.close()


def test_a_store_that_does_not_say_which_it_is_is_damaged(tmp_path: Path) -> None:
    SqliteCaseStore(tmp_path / "cases.db").close()
    with closing(sqlite3.connect(tmp_path / "cases.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM store")
    with pytest.raises(IntegrityViolationError):
        SqliteCaseStore(tmp_path / "cases.db")


@pytest.mark.parametrize("share", [0, 0.001, 0.4, 0.99])
def test_of_a_log_that_was_cut_off_what_is_whole_is_read_and_a_kept_seal_tells_the_rest(
    tmp_path: Path, share: float
) -> None:
    """As after a loss of power SQLite reads a log up to its last whole commit, and cannot know of more."""
    path, copy, writer = tmp_path / "cases.db", tmp_path / "copy.db", Writer("c")
    log, copied = path.with_name("cases.db-wal"), copy.with_name("copy.db-wal")
    with closing(SqliteCaseStore(path)) as store:
        for _ in range(100):
            store.append(writer.append("x", row=row("c")))
        seal = store.seal()
        copy.write_bytes(path.read_bytes())
        copied.write_bytes(log.read_bytes()[: round(log.stat().st_size * share)])
    with closing(SqliteCaseStore(copy)) as store:
        report = store.verify()
        assert report.sound
        assert report.events == len(store.read_case("c")) < 100
        assert "integrity.truncated_feed" in {fault.code for fault in store.verify(kept=[seal]).faults}
        if report.events:
            head = store.head("c")
            assert (
                store.append(Writer("c", head).append("on", command_id="on")).head.version == head.version + 1
            )


def test_an_append_behind_a_bulk_does_not_wait_for_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteCaseStore(tmp_path / "cases.db")
    store.append_many([Writer(f"c{number}").append("x", row=row(f"c{number}")) for number in range(1_500)])
    followed: list[int] = []
    follow = _listing.follow

    def counted(connection: sqlite3.Connection, upto: int) -> None:
        followed.append(upto)
        follow(connection, upto)

    monkeypatch.setattr(_listing, "follow", counted)
    store.append(Writer("d").append("x", row=row("d")))
    assert followed == []
    assert store.count_cases() == 1_501
    for number in range(300):
        store.append(Writer(f"e{number}").append("x", row=row(f"e{number}")))
    assert followed == [1_501, 1_501 + _listing.STRIDE]
    assert store.count_cases() == 1_801
    store.close()
