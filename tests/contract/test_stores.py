"""Every store that comes with gov_core keeps the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contract import suite, suite_outbox, suite_personal
from contract.harness import Clock, Harness
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.store import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore


class MemoryHarness:
    name = "memory"
    persistent = False

    def __init__(self, _folder: Path) -> None:
        self.clock = Clock()
        self._store = MemoryCaseStore(clock=self.clock)

    def store(self) -> CaseStore:
        return self._store

    def reopen(self) -> CaseStore:
        return self._store

    def another(self) -> CaseStore:
        return MemoryCaseStore(clock=self.clock)


class SqliteHarness:
    name = "sqlite"
    persistent = True

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._folder = folder
        self._others: list[CaseStore] = []
        self._store = self._open("cases.db")

    def _open(self, name: str) -> CaseStore:
        return SqliteCaseStore(self._folder / name, clock=self.clock)

    def store(self) -> CaseStore:
        return self._store

    def reopen(self) -> CaseStore:
        self._store.close()
        self._store = self._open("cases.db")
        return self._store

    def another(self) -> CaseStore:
        self._others.append(self._open(f"other{len(self._others)}.db"))
        return self._others[-1]

    def close(self) -> None:
        for store in (self._store, *self._others):
            store.close()


class PostgresHarness(postgres.PostgresHarness):
    name = "postgres"
    persistent = True


@pytest.fixture(params=[MemoryHarness, SqliteHarness, PostgresHarness], ids=["memory", "sqlite", "postgres"])
def harness(request: pytest.FixtureRequest, fast_folder: Path) -> Iterator[Harness]:
    made = request.param(fast_folder)
    yield made
    if made.persistent:
        made.close()


PROMISES = [*suite.PROMISES, *suite_outbox.PROMISES, *suite_personal.PROMISES]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_store_keeps(promise: suite.Promise, harness: Harness) -> None:
    promise(harness)
