"""What a store promises to those who write at once: one wins, nobody's work is lost, all get on."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from random import Random
from threading import Barrier
from typing import TYPE_CHECKING, NamedTuple

from gov_core.errors import ConcurrencyConflictError, StorageError, StoreUnavailableError
from gov_core.storage.protocol import NEW, AppendResult, CaseFilter
from gov_core.testing.store.harness import T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, clock, everything, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.store.promises import Trial

WRITERS = 8


@contextmanager
def restless() -> Iterator[None]:
    """Let threads take turns a hundred times as often, so that what lies between two steps is met."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 100)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """Begin all at the same moment; what each gave, or the StorageError it raised."""
    barrier = Barrier(len(works))

    def begin(work: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return work()
        except StorageError as error:
            return error

    with restless(), ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


def again_and_again(store: CaseStore, case_id: str, command_id: str) -> AppendResult:
    """Append to a case, behind what is there then, until it is taken."""
    while True:
        try:
            return store.append(append(case_id, store.head(case_id), command_id, command_id=command_id))
        except ConcurrencyConflictError:
            continue


@promise("S49", "silver")
def of_many_writers_one_wins(trial: Trial) -> None:
    """Of many appends behind one head one is taken; the others learn what is there now, and leave nothing.

    Let the database refuse a second event with the same case and version; that nothing is there when you
    look does not mean that nothing is there when you write.
    """
    handles = trial.handles(WRITERS)
    head = NEW
    for turn in range(trial.times(12)):
        ids = [f"{turn}/{number}" for number in range(WRITERS)]
        items = [append("c", head, each, command_id=each) for each in ids]
        results = at_once([partial(store.append, item) for store, item in zip(handles, items, strict=True)])
        won = [result for result in results if isinstance(result, AppendResult)]
        lost = [result for result in results if isinstance(result, ConcurrencyConflictError)]
        assert (len(won), len(lost)) == (1, WRITERS - 1), results
        assert {(error.expected, error.actual) for error in lost} == {(turn, turn + 1)}
        applied = [item.command_id for item in items if handles[0].command_result(item.command_id)]
        assert len(applied) == 1
        head = won[0].head
        assert handles[0].read_case("c")[-1].command_id == applied[0]
    assert trial.store().head("c") == head
    assert len(everything(trial.store())) == head.version


class Call(NamedTuple):
    """One call on a case: which version it wrote, or saw, and when it began and ended."""

    writes: bool
    version: int
    began: float
    ended: float


def _history(store: CaseStore, number: int, seed: int, turns: int, until_s: float) -> list[tuple[str, Call]]:
    """Read and write three cases in turn; a conflict tells what is there, and so is a read as well.

    Args:
        store: The store, as this writer has it.
        number: Of the writer.
        seed: Of all writers.
        turns: At least so many.
        until_s: And more, by `time.perf_counter`, where a store is so fast that writers hardly meet.
    """
    rng, history = Random(f"{seed}/{number}"), []
    for step in count():
        if step >= turns and time.perf_counter() >= until_s:
            break
        case_id = f"c{rng.randrange(3)}"
        began = time.perf_counter()
        head = store.head(case_id)
        history.append((case_id, Call(False, head.version, began, time.perf_counter())))
        time.sleep(0)  # others come in between, also on a machine that is busy elsewhere
        began = time.perf_counter()
        if rng.random() < 0.3:
            after = max(head.version - 1, 0)
            seen = after + len(store.read_case(case_id, after=after))
            history.append((case_id, Call(False, seen, began, time.perf_counter())))
            continue
        expected = head if rng.random() < 0.9 else NEW
        try:
            result = store.append(append(case_id, expected, f"{number}", command_id=f"{number}/{step}"))
            call = Call(True, result.head.version, began, time.perf_counter())
        except ConcurrencyConflictError as error:
            call = Call(False, error.actual, began, time.perf_counter())
        history.append((case_id, call))
    return history


@promise("S50", "silver")
def histories_are_linearizable(trial: Trial) -> None:
    """What writers and readers of a case saw fits one order of events, in which each call has its moment.

    A call that began after another had ended never sees an earlier version than that one wrote or saw: read
    from what was committed, not from a copy.
    """
    turns, seed = trial.times(300), trial.rng.randrange(2**32)
    until_s = time.perf_counter() + trial.scale
    works = [
        partial(_history, store, number, seed, turns, until_s)
        for number, store in enumerate(trial.handles(WRITERS))
    ]
    by_case: dict[str, list[Call]] = {}
    for history in at_once(works):
        assert isinstance(history, list), history
        for case_id, call in history:
            by_case.setdefault(case_id, []).append(call)
    total = written = 0
    for case_id, history in by_case.items():
        versions = sorted(call.version for call in history if call.writes)
        assert versions == list(range(1, trial.store().head(case_id).version + 1))
        ended = sorted(history, key=lambda call: call.ended)
        at, newest = 0, 0
        for call in sorted(history, key=lambda call: call.began):
            while ended[at].ended < call.began:
                newest = max(newest, ended[at].version)
                at += 1
            assert call.version >= newest + call.writes, (case_id, call, newest)
        total, written = total + len(history), written + len(versions)
    trial.figures |= {"calls": total, "writes": written}


@promise("S51", "silver")
def no_update_is_lost(trial: Trial) -> None:
    """When many add to one case, each retrying after a conflict, every addition is there, once."""
    each = trial.times(10)

    def add(store: CaseStore, number: int) -> None:
        for step in range(each):
            again_and_again(store, "shared", f"{number}/{step}")

    handles = trial.handles(WRITERS)
    assert at_once([partial(add, store, number) for number, store in enumerate(handles)]) == [None] * WRITERS
    store = trial.store()
    assert store.head("shared").version == WRITERS * each
    commands = {event.command_id for event in store.read_case("shared")}
    assert commands == {f"{number}/{step}" for number in range(WRITERS) for step in range(each)}
    assert store.verify().sound


@promise("S52", "silver")
def writers_of_different_cases_get_on(trial: Trial) -> None:
    """Writers of different cases never conflict with each other, however many there are."""
    each = trial.times(15)

    def write(store: CaseStore, number: int) -> None:
        writer = Writer(f"c{number}")
        for step in range(each):
            items = [
                writer.append("x", row=row(writer.case_id, state=f"s{step}")) for _ in range(step % 3 + 1)
            ]
            results = store.append_many(items) if step % 2 else [store.append(item) for item in items]
            assert [result.head.version for result in results if isinstance(result, AppendResult)] == [
                item.expected.version + 1 for item in items
            ]

    works = [partial(write, store, number) for number, store in enumerate(trial.handles(WRITERS))]
    assert at_once(works) == [None] * WRITERS
    store = trial.store()
    for number in range(WRITERS):
        last = store.case_row(f"c{number}")
        assert last is not None
        assert last.state == f"s{each - 1}"
    assert store.verify().sound


@promise("S53", "silver")
def writers_that_cross_each_other_get_through(trial: Trial) -> None:
    """Bulk appends over the same cases in opposite orders end, each taken or refused by name, none hanging.

    Take locks in one order, or let the database pick a victim and say StoreUnavailableError: nothing was
    written, and the caller tries again.
    """
    names = [f"c{number}" for number in range(6)]

    def write(store: CaseStore, number: int) -> list[str]:
        order = names if number % 2 else names[::-1]
        taken = []
        for step in range(trial.times(6)):
            for _ in range(50):
                items = [
                    append(name, store.head(name), f"{number}", command_id=f"{number}/{step}/{name}")
                    for name in order
                ]
                try:
                    store.append_many(items, together=True)
                except (ConcurrencyConflictError, StoreUnavailableError):
                    continue
                taken += [item.command_id for item in items]
                break
        return taken

    works = [partial(write, store, number) for number, store in enumerate(trial.handles(4))]
    taken: list[str] = []
    for result in at_once(works):
        assert isinstance(result, list), result
        taken += result
    feed = [event.command_id for event in everything(trial.store())]
    assert sorted(feed) == sorted(taken)
    assert taken
    assert trial.store().verify().sound


@promise("S54", "silver")
def who_has_written_reads_it(trial: Trial) -> None:
    """What an append has returned for is seen at once, by whoever has the store open."""
    handles = trial.handles(3)
    writers = [Writer(f"c{number}") for number in range(4)]
    for step in range(trial.times(25)):
        writer, store = trial.rng.choice(writers), trial.rng.choice(handles)
        given = row(writer.case_id, state=f"s{step}")
        item = writer.append("x", row=given, clocks=[clock("handle", step)])
        result = store.append(item)
        for each in handles:
            assert each.head(writer.case_id) == writer.head
            assert each.read_case(writer.case_id)[-1].envelope == item.events[-1]
            assert each.read_feed(limit=10_000).events[-1].position == result.last
            assert each.case_row(writer.case_id) == given
            assert each.query_cases(CaseFilter(state=f"s{step}")).rows == (given,)
            assert each.command_result(item.command_id) == result._replace(duplicate=True)
            own = [due for due in each.due(10**18) if due.case_id == writer.case_id]
            assert [due.fires_us for due in own] == [T0 + step * 1_000_000]


@promise("S55", "silver", limit_s=120)
def eight_writers_on_one_case_all_end(trial: Trial) -> None:
    """Eight writers that fight over one case all come to their end, with some of their appends refused."""
    each = trial.times(12)
    refused = []

    def write(store: CaseStore, number: int) -> int:
        writer = Writer(f"own{number}")
        for step in range(each):
            own = writer.append("x")
            while True:
                head = store.head("shared")
                shared = append("shared", head, f"{number}", command_id=f"{number}/{step}")
                try:
                    store.append_many([own, shared], together=True)
                    break
                except ConcurrencyConflictError as error:
                    refused.append(error)
        return number

    works = [partial(write, store, number) for number, store in enumerate(trial.handles(WRITERS))]
    assert at_once(works) == list(range(WRITERS))
    store = trial.store()
    assert store.head("shared").version == WRITERS * each
    assert [store.head(f"own{number}").version for number in range(WRITERS)] == [each] * WRITERS
    assert len(everything(store)) == 2 * WRITERS * each
    assert store.verify().sound
    trial.figures["refused"] = len(refused)
