"""What appends in one transaction promise: each alone, or all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gov_core.errors import CommandReusedError, ConcurrencyConflictError, PayloadRejectedError
from gov_core.storage.protocol import NEW, AppendResult, Head
from gov_core.testing.store.harness import SECOND
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, clock, everything, random_row, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.storage.protocol import Append
    from gov_core.testing.store.promises import Trial


@promise("X02", "bronze")
def items_of_one_transaction_fail_alone(trial: Trial) -> None:
    """What is wrong with one item of a bulk append is its result; the others are written, in order."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    first, second = one.append("a"), one.append("b")
    other = two.append("c")
    stale = append("one", NEW, "late", command_id="late")
    broken = append("three", NEW, "x", command_id="x")._replace(digest=b"short")
    results = store.append_many([first, stale, other, broken, second, first])
    assert isinstance(results[1], ConcurrencyConflictError)
    assert isinstance(results[3], PayloadRejectedError)
    written = [result for result in results if isinstance(result, AppendResult)]
    assert [(result.head, result.duplicate) for result in written] == [
        (Head(1, first.events[0].hash), False),
        (two.head, False),
        (one.head, False),
        (Head(1, first.events[0].hash), True),
    ]
    assert [event.case_id for event in everything(store)] == ["one", "two", "one"]
    assert store.append_many([]) == []
    assert store.head("three") == NEW


@promise("X03", "bronze")
def items_taken_together_all_fail(trial: Trial) -> None:
    """Of items that are taken together nothing is written if one cannot be, and its error is raised."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    store.append(one.append("a"))
    good = two.append("b", row=row("two"), clocks=[clock("handle", 1)])
    for bad, error in (
        (append("one", NEW, "late", command_id="late"), ConcurrencyConflictError),
        (append("one", one.head, "other", command_id="one/1"), CommandReusedError),
        (append("one", one.head, "x" * 10, command_id=""), PayloadRejectedError),
        (append("two", NEW, "again", command_id="again"), ConcurrencyConflictError),
    ):
        with pytest.raises(error):
            store.append_many([good, bad], together=True)
        assert store.head("two") == NEW
        assert store.case_row("two") is None
        assert store.due(10**18) == ()
        assert store.command_result(good.command_id) is None
        assert len(everything(store)) == 1
    third = two.append("c")
    results = store.append_many([good, third, good], together=True)
    assert [result.duplicate for result in results if isinstance(result, AppendResult)] == [
        False,
        False,
        True,
    ]
    assert store.head("two") == two.head


@promise("X04", "bronze")
def bulk_is_as_one_by_one(trial: Trial) -> None:
    """A bulk append leaves what the same appends leave one by one: events, rows, clocks, commands."""
    bulk, single = trial.store(), trial.another()
    writers = [Writer(f"c{number}") for number in range(12)]
    for _ in range(6):
        items = []
        for _ in range(trial.rng.randrange(1, 30)):
            writer = trial.rng.choice(writers)
            given = random_row(trial.rng, writer.case_id) if trial.rng.random() < 0.7 else None
            clocks = [clock("handle", trial.rng.randrange(50)), clock("accept", 7)] if given else []
            items.append(writer.append(*(["x"] * trial.rng.randint(1, 3)), row=given, clocks=clocks))
        results = bulk.append_many(items)
        assert [result[0] for result in results if isinstance(result, AppendResult)] == [
            single.append(item).head for item in items
        ]
        trial.clock.now_us += SECOND
    plain = [[event._replace(position=0) for event in everything(store)] for store in (bulk, single)]
    assert plain[0] == plain[1]
    assert bulk.due(10**18) == single.due(10**18)
    for writer in writers:
        assert bulk.case_row(writer.case_id) == single.case_row(writer.case_id)
    assert bulk.query_cases(order="arrival").rows == single.query_cases(order="arrival").rows


class _OutOfPaperError(Exception):
    """Of who hands the items over."""


@promise("X49", "bronze")
def a_bulk_append_that_breaks_off_writes_nothing(trial: Trial) -> None:
    """If who hands over the items fails between two of them, nothing was written, and the store goes on."""
    store, writer = trial.store(), Writer("c")
    first = writer.append("a", row=row("c"), clocks=[clock("handle", 1)])

    def items() -> Iterator[Append]:
        yield first
        yield append("d", NEW, "x", command_id="d")
        raise _OutOfPaperError

    for together in (False, True):
        with pytest.raises(_OutOfPaperError):
            store.append_many(items(), together=together)
        assert everything(store) == []
        assert store.command_result(first.command_id) is None
        assert store.case_row("c") is None
        assert store.due(10**18) == ()
    assert store.append(first).head == writer.head
    assert everything(trial.reopen()) == list(trial.store().read_case("c"))
