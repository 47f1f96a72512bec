"""What messages and personal data cost in SQLite: written with events, claimed and settled, erased.

`GOV_STORE_LANES` sets how many lanes wait, two messages in each (1,000 without it; the figures in
docs/reference/storage.md are of 100,000).
"""

from __future__ import annotations

import os
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

import pytest

from gov_core.storage.outbox import Message, Sent
from gov_core.storage.personal import Personal, SubjectKey
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.store.writing import Writer, digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

    from gov_core.storage.protocol import Append

LANES = int(os.environ.get("GOV_STORE_LANES", "1000"))
BATCH = 100
ROUNDS = 5
LEASE_US = 3_600_000_000


def telling(number: int) -> Append:
    """A case with two messages to one of fifty endpoints."""
    outbox = [Message(f"{number}/{each}", f"endpoint-{number % 50}", b"x" * 300) for each in range(2)]
    return Writer(f"case-{number}").append("told")._replace(outbox=outbox)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteCaseStore]:
    with closing(SqliteCaseStore(tmp_path_factory.mktemp("outbox") / "cases.db")) as made:
        for start in range(0, LANES, 1_000):
            made.append_many([telling(number) for number in range(start, min(start + 1_000, LANES))])
        yield made


def test_claim_and_settle(benchmark: BenchmarkFixture, store: SqliteCaseStore) -> None:
    def work() -> int:
        claims = store.outbox_claim("worker", lease_us=LEASE_US, limit=BATCH)
        settled = store.outbox_settle([Sent(each.message.id, each.token) for each in claims])
        return len(settled) - len(list(filter(None, settled)))

    assert benchmark.pedantic(work, rounds=ROUNDS) == BATCH


def test_claim_past_endpoints_that_are_left_alone(
    benchmark: BenchmarkFixture, store: SqliteCaseStore
) -> None:
    without = {f"endpoint-{number}" for number in range(49)}

    def work() -> tuple[int, set[str]]:
        claims = store.outbox_claim("worker", lease_us=LEASE_US, limit=2, without=without)
        return len(claims), {each.message.endpoint for each in claims}

    assert benchmark.pedantic(work, rounds=ROUNDS) == (2, {"endpoint-49"})


def test_append_with_messages(benchmark: BenchmarkFixture, store: SqliteCaseStore) -> None:
    batches = ([telling(number) for number in range(start, start + 1_000)] for start in count(10**9, 1_000))
    results = benchmark.pedantic(store.append_many, setup=lambda: ((next(batches),), {}), rounds=ROUNDS)
    assert [result.head.version for result in results] == [1] * 1_000


def test_erase(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    with closing(SqliteCaseStore(tmp_path / "cases.db")) as store:
        subjects = [f"subject-{number}" for number in range(200)]
        store.keep_keys([SubjectKey(subject, bytes(60)) for subject in subjects])
        store.append_many(
            [
                Writer(subject).append("x", personal=[Personal(digest(subject), subject, bytes(120))])
                for subject in subjects
            ]
        )
        numbers = iter(subjects)

        def work(subject: str) -> tuple[int, int]:
            receipt = store.erase(subject, command_id=subject, basis="request")
            return receipt.values, receipt.keys

        assert benchmark.pedantic(work, setup=lambda: ((next(numbers),), {}), rounds=100) == (1, 1)
