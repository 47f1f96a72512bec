"""Deliveries a second: two workers, as processes over one store, to a receiver on this machine, no faults."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gov_core.notifications.notice import Manner, body_of
from gov_core.storage.outbox import Message
from gov_core.storage.protocol import NEW
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.notifier.deliveries import process, stop
from gov_core.testing.notifier.faults import FaultServer
from gov_core.testing.notifier.promises import BODY
from gov_core.testing.store.writing import append

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

MESSAGES = 8000


def waiting(store: SqliteCaseStore, rounds: int) -> None:
    """A message for each of many cases, to one of four endpoints."""
    items = []
    for number in range(MESSAGES):
        to = f"{number % 4}"
        message = Message(f"msg_{rounds}_{number}", f"kit:{to}", body_of(BODY, Manner(to, "kit", "zh")))
        case_id = f"C-{rounds}-{number}"
        items.append(append(case_id, NEW, "told", command_id=case_id)._replace(outbox=(message,)))
    store.append_many(items)


@pytest.mark.parametrize("workers", [1, 2])
def test_deliveries(benchmark: BenchmarkFixture, tmp_path: Path, workers: int) -> None:
    store = SqliteCaseStore(tmp_path / "cases.db")
    written = 0
    with FaultServer() as server:
        url = f"sqlite:///{tmp_path / 'cases.db'}"
        running = [process("webhook", url, number, *[server.url] * 4) for number in range(workers)]
        time.sleep(4)  # they load

        def write() -> None:
            nonlocal written
            waiting(store, written)
            written += MESSAGES

        def deliver() -> int:
            while len(server.effects) < written:
                time.sleep(0.005)
            return len(server.effects)

        try:
            found = benchmark.pedantic(deliver, setup=write, rounds=3)
        finally:
            for each in running:
                stop(each)
    assert found == written
    assert server.repeats == 0
    store.close()
