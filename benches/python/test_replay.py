"""Recorded events to durable cases, beside the rows of a replay that knows no cases; and an office."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

import pytest

from gov_core.casework import Governance
from gov_core.generate import event_batches
from gov_core.replay import Opening, Replay, open_cases
from gov_core.storage.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from arro3.core import RecordBatch
    from pytest_benchmark.fixture import BenchmarkFixture

    from conftest import Bench

EVENTS, CASES, OFFICE = 8_192, 8_186, 100
_COLUMNS = ("id", "reported_at", "lon", "lat", "matter", "grade", "place", "path", "unit", "rule", "status")

_INSERT = f"INSERT OR IGNORE INTO cases VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608  # names of our own


@pytest.fixture(scope="module")
def routed(bench: Bench) -> list[RecordBatch]:
    return list(bench.router.route_stream(event_batches(bench.city, EVENTS, seed=1)))


@pytest.fixture
def files() -> count[int]:
    return count()


def test_make_what_opens_cases(benchmark: BenchmarkFixture, bench: Bench, routed: list[RecordBatch]) -> None:
    opening = Opening(Governance(bench.city, bench.router))
    made = benchmark(lambda: [item for batch in routed for item in opening.appends(batch)])
    assert len(made) == EVENTS


def test_open_durable_cases(
    benchmark: BenchmarkFixture, bench: Bench, routed: list[RecordBatch], tmp_path: Path, files: count[int]
) -> None:
    def opened() -> int:
        with closing(open_store(f"sqlite:///{tmp_path / f'{next(files)}.db'}")) as store:
            *_, last = open_cases(store, Governance(bench.city, bench.router), routed)
        return last.cases

    assert benchmark(opened) == CASES


def test_rival_writes_durable_rows(
    benchmark: BenchmarkFixture, routed: list[RecordBatch], tmp_path: Path, files: count[int]
) -> None:
    """One row an event, no events, no chain, no clocks, no index but the key: the floor of any replay."""

    def written() -> int:
        with closing(sqlite3.connect(tmp_path / f"{next(files)}.db")) as file:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = FULL")
            file.execute(f"CREATE TABLE cases ({', '.join(_COLUMNS)}, PRIMARY KEY (id)) WITHOUT ROWID")
            for batch in routed:
                columns = [batch[name].to_pylist() for name in _COLUMNS]
                columns[1] = [str(at) for at in columns[1]]
                file.executemany(_INSERT, zip(*columns, strict=True))
                file.commit()
            (rows,) = file.execute("SELECT count(*) FROM cases").fetchone()
        return int(rows)

    assert benchmark(written) == CASES


def test_a_year_of_an_office(benchmark: BenchmarkFixture, bench: Bench, routed: list[RecordBatch]) -> None:
    def opened() -> tuple[tuple[Replay], dict[str, object]]:
        replay = Replay(open_store("memory://"), Governance(bench.city, bench.router), cases=OFFICE)
        for _ in replay.open(routed):
            pass
        return (replay,), {}

    def year(replay: Replay) -> Replay:
        for _ in replay.work():
            pass
        return replay

    done = benchmark.pedantic(year, setup=opened, rounds=3)
    assert done.ran.cases == done.bulletin().cases == OFFICE
    assert done.ran.steps > 5 * OFFICE
