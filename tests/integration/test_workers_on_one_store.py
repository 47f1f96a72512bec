"""Several workers on one store: nothing is lost or done twice, and opposite wishes do not both come true."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import CaseRefusedError, ConcurrencyConflictError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.sqlite import SqliteCaseStore
from town import DISPATCHER, Town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore

WORKERS = 4


@pytest.fixture(params=["memory", "one file"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[CaseStore]]:
    """A store for each worker: the same one, or the same file opened by each."""
    if request.param == "memory":
        opened: list[CaseStore] = [MemoryCaseStore()] * WORKERS
    else:
        opened = [SqliteCaseStore(tmp_path / "c.db") for _ in range(WORKERS)]
    yield opened
    for store in opened:
        store.close()


def at_once(works: list[Callable[[], object]]) -> list[object]:
    """Begin all at the same moment; what each gave, or the error it raised."""
    barrier = Barrier(len(works))

    def begin(work: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return work()
        except (CaseRefusedError, ConcurrencyConflictError) as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


def test_each_step_of_each_worker_is_taken_once(stores: list[CaseStore]) -> None:
    towns = [Town(store=store) for store in stores]
    case_id = towns[0].triaged()

    def work(number: int) -> None:
        for step in range(10):
            for _ in range(2):  # each step is sent twice
                while True:
                    try:
                        towns[number].casework.urge(case_id, DISPATCHER, command_id=f"{number}/{step}")
                    except ConcurrencyConflictError:
                        continue
                    break

    assert at_once([lambda number=number: work(number) for number in range(WORKERS)]) == [None] * WORKERS
    case = towns[0].casework.case(case_id)
    assert (case.urged, case.version) == (10 * WORKERS, 2 + 10 * WORKERS)
    assert stores[0].verify().sound


def test_one_report_delivered_to_all_workers_is_one_case(stores: list[CaseStore]) -> None:
    towns = [Town(store=store) for store in stores]
    ids = at_once([lambda town=town: town.report(case_id="", reference="12345/1") for town in towns])
    assert len(set(ids)) == 1
    assert stores[0].count_cases() == 1


def test_of_two_merges_into_each_other_one_comes_true(stores: list[CaseStore]) -> None:
    towns = [Town(store=store) for store in stores]
    for number in range(5):
        one, other = f"A-{number}", f"B-{number}"
        towns[0].report(one)
        towns[0].report(other)
        results = at_once(
            [
                lambda: towns[0].casework.merge(one, other, DISPATCHER, command_id=f"x/{one}"),  # noqa: B023
                lambda: towns[1].casework.merge(other, one, DISPATCHER, command_id=f"y/{one}"),  # noqa: B023
            ]
        )
        assert sum(isinstance(result, CaseRefusedError) for result in results) == 1
        merged = {towns[0].casework.case(case_id).state for case_id in (one, other)}
        assert merged == {"merged", "collected"}


def test_what_is_due_is_told_once_by_all_workers_together(stores: list[CaseStore]) -> None:
    towns = [Town(store=store) for store in stores]
    for number in range(10):
        towns[0].report(f"C-{number}")
    for town in towns:
        town.now = towns[0].now.replace(day=20)
    at_once([lambda town=town: list(town.casework.tick()) for town in towns])
    for number in range(10):
        story = towns[0].casework.timeline(f"C-{number}")
        assert [entry.event.type for entry in story].count("clock_fired") == 1
