"""What a store promises when the world fails it: typed errors, nothing half done, and it goes on later."""

from __future__ import annotations

import math
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

from gov_core.errors import (
    CapacityExceededError,
    DeadlineExceededError,
    OutcomeUnknownError,
    StorageError,
    StoreUnavailableError,
)
from gov_core.storage.protocol import (
    NEW,
    START,
    AppendResult,
    CaseFilter,
    Cursor,
    Position,
    RecordedAt,
)
from gov_core.testing.store.calls import MADE, TIMED, needs
from gov_core.testing.store.harness import (
    BreaksDisk,
    CutsConnection,
    FillsDisk,
    HookMissingError,
    Opens,
    Stalls,
)
from gov_core.testing.store.processes import child
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, everything, row

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection

    from gov_core.storage.protocol import Append, CaseStore
    from gov_core.testing.store.promises import Trial

GRACE_S = 0.25
"""How much longer than its deadline a call may take, by the contract."""
_TICK_S = 0.01


def _until_refused(
    trial: Trial, trouble: AbstractContextManager[None], kinds: tuple[type[StorageError], ...]
) -> list[StorageError]:
    """Write through trouble and after it: what was refused by name is not there, and all goes on."""
    store = trial.store()
    sent: list[tuple[Append, AppendResult | StorageError]] = []

    def send(number: int) -> None:
        item = append(f"c{number}", NEW, "x" * 200_000, command_id=f"x{number}", row=row(f"c{number}"))
        try:
            sent.append((item, store.append(item)))
        except kinds as error:
            sent.append((item, error))

    for number in range(5):
        send(number)
    with trouble:
        for number in range(5, 400):
            send(number)
            if sum(isinstance(result, StorageError) for _, result in sent) >= 3:
                break
        assert store.head("c0").version == 1  # what is there can still be read
    refused = [result for _, result in sent if isinstance(result, StorageError)]
    for number in range(500, 505):
        send(number)
    assert all(isinstance(result, AppendResult) for _, result in sent[-5:])
    for each in trial.twice():
        for item, result in sent:
            known = each.command_result(item.command_id, item.digest)
            if isinstance(result, AppendResult):
                assert known == result._replace(duplicate=True)
            elif not isinstance(result, OutcomeUnknownError):
                assert known is None, f"{type(result).__name__} says that nothing was written"
            assert each.head(item.case_id).version == (known is not None)
            assert (each.case_row(item.case_id) is not None) == (known is not None)
        assert each.verify().sound
        store = each
    for item, result in sent:
        known = store.command_result(item.command_id)
        assert store.append(item).duplicate == (known is not None), result
    assert {event.command_id for event in everything(store)} == {item.command_id for item, _ in sent}
    return refused


@promise("S76", "silver", hook=FillsDisk, places=("file", "server"), limit_s=120)
def a_full_disk_is_told_and_survived(trial: Trial) -> None:
    """On a full disk an append raises CapacityExceededError, half writes nothing, and goes on later."""
    trouble = trial.hook(FillsDisk).full_disk()
    refused = _until_refused(trial, trouble, (CapacityExceededError, OutcomeUnknownError))
    assert any(isinstance(error, CapacityExceededError) for error in refused), refused
    trial.figures["refused"] = len(refused)


@promise("S77", "silver", hook=BreaksDisk, places=("file", "server"), limit_s=120)
def a_broken_disk_is_told_and_survived(trial: Trial) -> None:
    """When writes fail, an append raises an error that says whether it was written; it goes on later."""
    trouble = trial.hook(BreaksDisk).broken_disk()
    kinds = (CapacityExceededError, StoreUnavailableError, OutcomeUnknownError)
    refused = _until_refused(trial, trouble, kinds)
    assert refused
    trial.figures["refused"] = len(refused)


@promise("S78", "silver", hook=CutsConnection, places=("server",), limit_s=120)
def a_cut_connection_leaves_no_doubt(trial: Trial) -> None:
    """When the connection is cut, the error says what is known, and the same command again settles it.

    Before the commit nothing was written. After it nobody knows without asking: say OutcomeUnknownError, or
    ask yourself and answer.
    """
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("before"))
    moments: tuple[Literal["before_commit", "after_commit"], ...] = ("before_commit", "after_commit")
    for turn in range(trial.times(3)):
        for moment in moments:
            item = writer.append("x", "y", row=row("c", state=f"{turn}/{moment}"))
            told: AppendResult | StorageError
            with trial.hook(CutsConnection).cut(moment):
                try:
                    told = store.append(item)
                except (StoreUnavailableError, OutcomeUnknownError) as error:
                    told = error
            known = store.command_result(item.command_id, item.digest)
            if isinstance(told, StoreUnavailableError):
                assert known is None, "StoreUnavailableError says that nothing was written"
            if moment == "after_commit":
                assert known is not None
            again = store.append(item)
            assert again.duplicate == (known is not None)
            assert store.append(item).duplicate
            assert store.head("c") == writer.head
    assert len(everything(store)) == writer.head.version
    assert store.verify().sound


class _PlainTimer(threading.Thread):
    """Sleeps again and again, and notes how late it was woken: so busy the machine is, whatever a store does.

    Attributes:
        latest_s: The worst so far.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.latest_s = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `end`."""
        while True:
            began = time.monotonic()
            if self._ended.wait(_TICK_S):
                return
            self.latest_s = max(self.latest_s, time.monotonic() - began - _TICK_S)

    def end(self) -> None:
        """Stop, and wait for it."""
        self._ended.set()
        self.join()


@promise("S79", "silver", capability="deadlines", hook=Stalls, places=("server",), limit_s=120)
def a_silent_server_does_not_outlast_a_deadline(trial: Trial) -> None:
    """Every call that takes a deadline returns within it and 250 ms, though the server answers nothing.

    What a plain timer was late in the same run is added: so much the machine was busy.
    """
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("before", row=row("c")))
    item = writer.append("x")
    names = [name for name in TIMED if (need := needs(name)) is None or trial.claims(need)]
    over: dict[str, float] = {}
    timer = _PlainTimer()
    timer.start()
    with trial.hook(Stalls).stalled():
        for number, name in enumerate(names):
            limit_s = (0.05, 0.25)[number % 2]
            began = time.monotonic()
            try:
                MADE[name](store, deadline_s=limit_s)
            except (DeadlineExceededError, OutcomeUnknownError):
                over[name] = time.monotonic() - began - limit_s
            else:
                raise AssertionError(f"{name} was answered by a server that is stopped")
    timer.end()
    slow = {name: round(each, 3) for name, each in over.items() if each >= GRACE_S + timer.latest_s}
    assert not slow, f"so many seconds longer than they were given: {slow}"
    trial.figures |= {
        "calls": len(names),
        "longest_over_s": round(max(over.values()), 3),
        "plain_timer_over_s": round(timer.latest_s, 3),
    }
    store.append(item)
    assert store.append(item).duplicate
    assert store.head("c") == writer.head


@promise("X48", "silver")
def what_came_too_late_was_not_written(trial: Trial) -> None:
    """An append that raises DeadlineExceededError has written nothing, however short the time it was given.

    Ask whether the time is over before you commit, not after.
    """
    store, late = trial.store(), 0
    for number, limit_s in enumerate([0.0, 1e-9, 1e-6, 1e-5, 1e-4, 1e-3] * trial.times(5)):
        item = append(f"c{number}", NEW, *("x" * 50), command_id=f"c{number}", row=row(f"c{number}"))
        try:
            result = store.append(item, deadline_s=limit_s)
            assert store.command_result(item.command_id) == result._replace(duplicate=True)
        except DeadlineExceededError:
            late += 1
            assert store.command_result(item.command_id) is None, "it was written, and said that it was not"
            assert store.case_row(item.case_id) is None
            assert not store.append(item).duplicate
        except OutcomeUnknownError:
            known = store.command_result(item.command_id)
            again = store.append(item)
            assert again.duplicate or known is None
            # A server may still be at work on what it was sent, and be done with it after it was asked.
            assert not again.duplicate or known is not None or trial.harness.place == "server"
        assert store.head(item.case_id) == (50, item.events[-1].hash)
    assert store.verify().sound
    trial.figures["late"] = late


@promise("S80", "silver", limit_s=120)
def more_callers_than_connections_are_served(trial: Trial) -> None:
    """Sixty-four callers at once are all answered, or refused by name; afterwards all is as before."""
    store = trial.store()
    store.append(Writer("c").append("x", row=row("c")))

    def call(number: int) -> list[object]:
        got: list[object] = []
        works: list[Callable[[], object]] = [
            lambda: store.append(append(f"n{number}", NEW, "x", command_id=f"n{number}")),
            lambda: len(store.read_case("c")),
            lambda: store.query_cases(CaseFilter(unit="U-1")).rows,
            lambda: store.head("c").version,
        ]
        for work in works:
            try:
                got.append(work())
            except (StoreUnavailableError, DeadlineExceededError) as error:
                got.append(error)
        return got

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(call, range(64)))
    written = {
        f"n{number}" for number, (result, *_) in enumerate(answers) if isinstance(result, AppendResult)
    }
    assert {event.case_id for event in everything(store)} == written | {"c"}
    assert len(written) > 32, "most are served"
    for _, events, rows, version in answers:
        assert isinstance(events, StorageError) or events == 1
        assert isinstance(rows, StorageError) or rows == (row("c"),)
        assert isinstance(version, StorageError) or version == 1
    again = [call(number) for number in range(3)]
    assert not [each for got in again for each in got if isinstance(each, StorageError)]


def _with_text(store: CaseStore, text: str) -> list[Callable[[], object]]:
    return [
        lambda: store.read_case(text),
        lambda: store.head(text),
        lambda: store.case_row(text),
        lambda: store.command_result(text),
        lambda: store.command_result(text, b"short"),
        lambda: store.query_cases(after=text),
        lambda: store.query_cases(CaseFilter(unit=text, place=text, matter=text, state=text)),
        lambda: store.count_cases(CaseFilter(procedure=text, place=text)),
        lambda: store.checkpoint_get(text),
        lambda: store.checkpoint_set(text, START, expected=START),
        lambda: store.read_feed(Cursor(text, 1)),
        lambda: store.append(append("c", NEW, "x", command_id=text)),
        lambda: store.append(append("odd", NEW, "x", command_id="odd", row=row("odd", unit=text))),
    ]


def _with_number(store: CaseStore, number: int) -> list[Callable[[], object]]:
    own = store.describe().store
    return [
        lambda: store.read_case("c", after=number, limit=number),
        lambda: store.read_case("c", as_of=Position(number)),
        lambda: store.read_case("c", as_of=RecordedAt(number)),
        lambda: store.read_feed(Cursor(own, number), limit=10),
        lambda: store.read_feed(limit=number),
        lambda: store.query_cases(limit=number),
        lambda: store.query_cases(after=f"due:{number}:{number}"),
        lambda: store.count_cases(CaseFilter(light="yellow", now_us=number)),
        lambda: store.due(number, limit=number),
    ]


def _with_deadline(store: CaseStore, limit_s: float) -> list[Callable[[], object]]:
    late = append(f"late{limit_s}", NEW, "x", command_id=f"late{limit_s}")
    return [
        lambda: store.read_case("c", deadline_s=limit_s),
        lambda: store.head("c", deadline_s=limit_s),
        lambda: store.read_feed(deadline_s=limit_s),
        lambda: store.query_cases(deadline_s=limit_s),
        lambda: store.append(late, deadline_s=limit_s),
    ]


def _odd_calls(store: CaseStore) -> list[Callable[[], object]]:
    texts = ["", "c", "\0", "\ud800", "x" * 100_000, "'", "界" * 90_000, "a/b", "%"]
    numbers = [0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**200]
    limits_s = [0.0, -1.0, math.inf, 1e-9, 1e300]
    return [
        *(call for text in texts for call in _with_text(store, text)),
        *(call for number in numbers for call in _with_number(store, number)),
        *(call for limit_s in limits_s for call in _with_deadline(store, limit_s)),
    ]


@promise("S81", "silver", limit_s=120)
def no_error_of_a_driver_gets_out(trial: Trial) -> None:
    """Whatever is asked, the answer is a result or a StorageError with a code; never a driver's error."""
    store = trial.store()
    store.append(Writer("c").append("x", row=row("c")))
    refused: list[StorageError] = []
    calls = _odd_calls(store)
    for number, call in enumerate(calls):
        try:
            call()
        except StorageError as error:
            refused.append(error)
        except Exception as error:
            raise AssertionError(f"call {number} raised {type(error).__module__}.{error!r}") from error
    assert all(error.faults[0].code and error.faults[0].message for error in refused)
    assert store.read_case("c")[0].version == 1
    assert store.verify().sound
    trial.figures["calls"], trial.figures["refused"] = len(calls), len(refused)


def _fork(opener: Callable[[], CaseStore], pipe: Connection) -> None:
    """In a process of its own: open the store, use it, fork, and use it on both sides at once."""
    store = opener()
    store.append(append("before", NEW, "x", command_id="before"))
    own = os.fork()
    side = "child" if own == 0 else "parent"
    status = 1
    try:
        for number in range(20):
            item = append(f"{side}{number}", NEW, "x", command_id=f"{side}{number}")
            store.append(item)
            assert store.read_case("before")
            pipe.send(item.command_id)
        status = 0
    except Exception as error:  # noqa: BLE001 - told to who waits
        pipe.send(f"!{side}: {type(error).__name__}: {error}")
    finally:
        if own == 0:
            os._exit(status)
        os.waitpid(own, 0)
        pipe.send(None)


@promise("S48", "bronze", capability="concurrent_processes", hook=Opens, places=("file", "server"))
def a_store_lives_through_a_fork(trial: Trial) -> None:
    """A store that is open when its process forks works on both sides, or says StorageError; never mixed up.

    A connection must not be used by two processes: notice the new one by its id, and connect anew.
    """
    if not hasattr(os, "fork"):
        raise HookMissingError("its processes cannot fork")
    store, told = trial.store(), []
    with child(_fork, trial.hook(Opens).opener()) as (_, pipe):
        while True:
            if not pipe.poll(30):
                raise AssertionError("it has not come back from the fork")
            word = pipe.recv()
            if word is None:
                break
            told.append(word)
    assert not [word for word in told if word.startswith("!")], told
    assert len(told) == 40
    assert {event.command_id for event in everything(store)} == {"before", *told}
    assert store.verify().sound
