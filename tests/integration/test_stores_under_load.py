"""Stores with many writers and readers at once, some of whom give up, and a server that keeps dying.

`GOV_STORE_EVENTS` says how many events are written (4,000 without it), `GOV_POSTGRES_STOPS` how often the
server is stopped (3 without it).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gov_core.errors import OutcomeUnknownError, StorageError
from gov_core.storage.postgres import PostgresCaseStore
from gov_core.storage.postgres import _appending as of_postgres
from gov_core.storage.protocol import START, AppendResult
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.storage.sqlite import _appending as of_sqlite
from gov_core.testing.store._postgres_server import VARIABLE, Server, server
from gov_core.testing.store.harness import HookMissingError
from gov_core.testing.store.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.synchronize import Event
    from pathlib import Path

    from gov_core.storage.protocol import Append, CaseStore

EVENTS = int(os.environ.get("GOV_STORE_EVENTS", "4000"))
STOPS = int(os.environ.get("GOV_POSTGRES_STOPS", "3"))
WRITERS, READERS, ROLLBACKS = 8, 3, 0.05

pytestmark = [
    pytest.mark.timeout(3_600),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="its processes are forked"),
]


class GivesUpError(Exception):
    """A writer changes its mind in the middle of a transaction."""


def write(opener: Callable[[], SqliteCaseStore | PostgresCaseStore], number: int, events: int) -> None:
    """Append to cases of its own, in batches and one by one; one transaction of twenty is rolled back."""
    rng = random.Random(number)
    writers = [Writer(f"{number}/{case}") for case in range(20)]
    with closing(opener()) as store:
        written = 0
        while written < events:
            size = min(rng.choice((1, 20, 100, 1_000)), events - written)
            batch = [rng.choice(writers) for _ in range(size)]
            if rng.random() < ROLLBACKS:
                give_up(store, Writer(batch[0].case_id, batch[0].head).append("never", command_id="never"))
                time.sleep(rng.random() * 0.01)
            items = [writer.append("x" * 50) for writer in batch]
            results = store.append_many(items) if size > 1 else [store.append(items[0])]
            assert all(isinstance(result, AppendResult) for result in results)
            written += size


def give_up(store: SqliteCaseStore | PostgresCaseStore, item: Append) -> None:
    """Write, wait a little with the turn in hand, and roll back."""
    with suppress(GivesUpError), store._connections.writing() as transaction:
        if isinstance(store, SqliteCaseStore):
            (result,) = of_sqlite.Appending(transaction, 0).take([item])
        else:
            (result,) = of_postgres.Appending(transaction, "", None).take([item])
        assert isinstance(result, AppendResult)
        time.sleep(0.005)
        raise GivesUpError


def follow(
    opener: Callable[[], CaseStore], finished: Event, pipe: multiprocessing.connection.Connection
) -> None:
    """Read the feed while it grows; tell how many events, and how many were missing or out of order."""
    versions: dict[str, int] = {}
    position = count = faults = 0
    with closing(opener()) as store:
        cursor = START
        while True:
            over = finished.is_set()
            page = store.read_feed(cursor, limit=997)
            for event in page.events:
                faults += event.position != position + 1
                faults += event.version != versions.get(event.case_id, 0) + 1
                faults += event.command_id == "never"
                position, versions[event.case_id] = event.position, event.version
            count += len(page.events)
            cursor = page.next
            if not page.events:
                if over:
                    break
                store.wait(cursor, timeout_s=0.5)
    pipe.send((count, faults))


@pytest.fixture(params=["sqlite", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], CaseStore]]:
    """Opens one store, in any process."""
    if request.param == "sqlite":
        yield partial(SqliteCaseStore, tmp_path / "cases.db", timeout_s=120.0)
        return
    try:
        running = server()
    except HookMissingError as error:
        pytest.skip(str(error))
    schema = f"load_{uuid4().hex[:12]}"
    yield partial(PostgresCaseStore, running.url, schema=schema, timeout_s=120.0)
    running.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def test_readers_miss_nothing_and_nothing_is_out_of_order(opener: Callable[[], CaseStore]) -> None:
    opener().close()
    context = multiprocessing.get_context("fork")
    finished = context.Event()
    pipes = [context.Pipe(duplex=False) for _ in range(READERS)]
    readers = [context.Process(target=follow, args=(opener, finished, end)) for _, end in pipes]
    writers = [
        context.Process(target=write, args=(opener, number, EVENTS // WRITERS)) for number in range(WRITERS)
    ]
    for process in (*readers, *writers):
        process.start()
    for process in writers:
        process.join()
    finished.set()
    found = [pipe.recv() for pipe, _ in pipes]
    for process in readers:
        process.join()
    assert {process.exitcode for process in (*readers, *writers)} == {0}
    with closing(opener()) as store:
        head = store.read_feed(limit=1).head
        assert head == EVENTS // WRITERS * WRITERS
        assert found == [(head, 0)] * READERS
        report = store.verify()
        assert (report.faults, report.events) == ((), head)
    print(f"{head} events by {WRITERS} writers, {READERS} readers: 0 missed, 0 out of order")  # noqa: T201 - the figure


def send(opener: Callable[[], CaseStore], turn: int, pipe: multiprocessing.connection.Connection) -> None:
    """Append until the server is gone; tell of each call whether it is done, unknown, or known not to be."""
    with closing(opener()) as store:
        for number, item in enumerate(planned(turn)):
            try:
                store.append(item)
            except OutcomeUnknownError:
                pipe.send((number, "unknown"))
                return
            except StorageError:
                pipe.send((number, "refused"))
                return
            pipe.send((number, "done"))


def planned(turn: int) -> Iterator[Append]:
    writers = [Writer(f"{turn}/{case}") for case in range(5)]
    number = 0
    while True:
        writer = writers[number % len(writers)]
        yield writer.append("x" * 200, command_id=f"{turn}/{number}")
        number += 1


@pytest.mark.skipif(bool(os.environ.get(VARIABLE)), reason="stops a server of its own")
def test_nothing_acknowledged_is_lost_when_the_server_is_stopped_at_once() -> None:
    try:
        server = Server()
    except HookMissingError as error:
        pytest.skip(str(error))
    rng = random.Random(7)
    opener = partial(PostgresCaseStore, server.url, schema="stops", timeout_s=10.0)
    context = multiprocessing.get_context("fork")
    totals = {"done": 0, "unknown": 0, "refused": 0, "applied": 0}
    opener().close()
    for turn in range(STOPS):
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=send, args=(opener, turn, sending))
        process.start()
        sending.close()
        said = [receiving.recv()]  # it is warm
        time.sleep(rng.random() * 0.2)
        server.crash()
        process.join()
        while True:
            try:
                said.append(receiving.recv())
            except EOFError:
                break
        receiving.close()
        with closing(opener()) as store:
            for (number, what), item in zip(said, planned(turn), strict=False):
                known = store.command_result(item.command_id, item.digest)
                totals[what] += 1
                assert known is not None or what != "done", f"command {number} of turn {turn} is lost"
                assert known is None or what != "refused", f"command {number} of turn {turn} was applied"
                totals["applied"] += known is not None and what == "unknown"
                assert store.append(item).duplicate == (known is not None)
                assert store.append(item).duplicate
    with closing(opener()) as store:
        report = store.verify()
        assert report.faults == ()
        assert report.events == sum(totals.values()) - totals["applied"]
    server.stop()
    print(f"{STOPS} stops: {totals}, 0 acknowledged lost, every unknown outcome resolved")  # noqa: T201 - the figure
