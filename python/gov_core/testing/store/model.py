"""A store against plain memory: whatever is done in whatever order, both say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.errors import StorageError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import NEW, Append, AppendResult, CaseFilter, CaseOrder, Head, RecordedEvent
from gov_core.testing.store.harness import SECOND, T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import append, clock, everything, random_row

if TYPE_CHECKING:
    from random import Random

    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.store.promises import Trial

CASES = ("a", "b", "案", "B", "c")
ORDERS: tuple[CaseOrder, ...] = ("due", "opened", "arrival")


def _made(rng: Random, plain: CaseStore, number: int) -> Append:
    """An append as it may come: sound, on another head, or with the id of an earlier command."""
    case_id = rng.choice(CASES)
    head = plain.head(case_id)
    if rng.random() < 0.15:
        head = rng.choice([NEW, Head(rng.randint(1, 5), bytes(32)), Head(head.version + 1, head.hash)])
    command_id = f"x{rng.randrange(number + 1) if rng.random() < 0.15 else number}"
    item = append(case_id, head, *(["x"] * rng.randint(1, 3)), command_id=command_id)
    if rng.random() < 0.7:
        names = rng.sample(["accept", "handle", "report_in"], rng.randrange(4))
        clocks = [clock(name, rng.randrange(40), rng.randrange(40, 60)) for name in names]
        item = item._replace(row=random_row(rng, case_id), clocks=clocks)
    return item


def _told(result: AppendResult | StorageError) -> tuple[object, ...]:
    """What can be compared of a result, as positions may have gaps in one of two stores."""
    if isinstance(result, AppendResult):
        return result.head, result.duplicate, result.last - result.first >= 0
    return (type(result), tuple(fault.code for fault in result.faults))


def _sent(store: CaseStore, items: list[Append], *, together: bool) -> list[tuple[object, ...]]:
    try:
        return [_told(result) for result in store.append_many(items, together=together)]
    except StorageError as error:
        return [_told(error)]


def _plain(events: tuple[RecordedEvent, ...] | list[RecordedEvent]) -> list[RecordedEvent]:
    return [event._replace(position=0) for event in events]


def _look(rng: Random, one: CaseStore, two: CaseStore, now_us: int) -> None:
    """Ask both the same."""
    limit, order = rng.randint(1, 6), rng.choice(ORDERS)
    for where in (
        CaseFilter(),
        CaseFilter(unit="U-1", open=True),
        CaseFilter(place="C-1"),
        CaseFilter(light=rng.choice(["green", "yellow", "red"]), now_us=now_us),
    ):
        assert one.query_cases(where, order=order, limit=limit).rows == (
            two.query_cases(where, order=order, limit=limit).rows
        )
        assert one.count_cases(where) == two.count_cases(where)
    assert one.due(now_us, limit=limit) == two.due(now_us, limit=limit)
    assert one.next_due_us() == two.next_due_us()
    for case_id in CASES:
        assert one.head(case_id) == two.head(case_id)
        assert one.case_row(case_id) == two.case_row(case_id)
        assert _plain(one.read_case(case_id)) == _plain(two.read_case(case_id))


@promise("X47", "bronze", limit_s=180)
def whatever_is_done_is_as_in_plain_memory(trial: Trial) -> None:
    """Whatever is done in whatever order, the store answers as the store in memory does."""
    rng, steps = trial.rng, trial.times(300)
    store, plain = trial.store(), MemoryCaseStore(clock=trial.clock)
    for number in range(steps):
        kind = rng.random()
        if kind < 0.7:
            items = [_made(rng, plain, number * 4 + each) for each in range(rng.choice([1, 1, 1, 4]))]
            together = rng.random() < 0.3
            assert _sent(store, items, together=together) == _sent(plain, items, together=together), items
        elif kind < 0.85:
            trial.clock.now_us += rng.randint(-2, 4) * SECOND
        elif kind < 0.9:
            store = trial.reopen()
        elif kind < 0.95 and trial.claims("seals"):
            assert store.seal().events == plain.seal().events
        if number % 5 == 0:
            _look(rng, store, plain, T0 + rng.randrange(60) * SECOND)
    assert _plain(everything(store)) == _plain(everything(plain))
    assert store.verify().sound
    trial.figures["steps"] = steps
