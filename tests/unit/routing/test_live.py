"""A running router takes a new version; no batch is answered by two."""

from __future__ import annotations

import threading

import pyarrow as pa
import pytest

from gov_core.city import Rule
from gov_core.routing import LiveRouter, Router, RouterHistory

NOISE = {"lon": 118.05, "lat": 32.05, "matter": "noise", "grade": "normal"}


@pytest.fixture(scope="module")
def versions(make):
    return [
        Router.compile(make(rules=[Rule(name, None, None, None, None, (name,))]))
        for name in ("water", "estate")
    ]


def table(rows: int) -> pa.Table:
    return pa.table({name: [value] * rows for name, value in NOISE.items()})


def test_the_newest_version_answers(versions):
    old, new = versions
    live = LiveRouter(old)
    assert (live.route(NOISE).unit, live.digest) == ("water", old.digest)
    assert live.replace(new) is old
    assert live.current is new
    assert live.route(**NOISE).unit == live.route_batch(table(1))["unit"][0].as_py() == "estate"
    assert live.answer(table(1)).digest == live.digest == new.digest
    assert 'by rule "estate"' in str(live.explain(NOISE))


def test_a_history_may_be_live(versions):
    live = LiveRouter(RouterHistory([("2026-01-01", versions[0]), ("2026-02-01", versions[1])]))
    assert live.route({**NOISE, "reported_at": "2026-01-15"}).unit == "water"
    assert live.digest.startswith("history:")


def test_a_stream_goes_on_with_the_new_version(versions):
    old, new = versions
    live = LiveRouter(old)
    answers = live.answer_stream(table(4).to_batches(max_chunksize=2))
    first = next(answers)
    live.replace(new)
    second = next(answers)
    assert (first.digest, second.digest) == (old.digest, new.digest)
    assert [part.table["unit"].to_pylist() for part in (first, second)] == [["water"] * 2, ["estate"] * 2]


def test_batches_are_of_one_version_while_it_changes(versions):
    live, done = LiveRouter(versions[0]), threading.Event()
    leads = {router.digest: unit for router, unit in zip(versions, ("water", "estate"), strict=True)}
    rows = table(20_000)
    seen: list[tuple[str, set[str]]] = []

    def work() -> None:
        while not done.is_set():
            routed, digest = live.answer(rows)
            seen.append((digest, set(routed["unit"].to_pylist())))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for at in range(2_000):
        live.replace(versions[at % 2])
    while len(seen) < 20:
        live.replace(versions[len(seen) % 2])
    done.set()
    for worker in workers:
        worker.join()
    assert all(units == {leads[digest]} for digest, units in seen)
