"""What a store of cases promises, as functions over a harness.

Each takes a harness with a new, empty store and raises AssertionError if a promise is broken. They know
nothing of pytest's fixtures and nothing of adapters, so that they can be shipped as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias, get_args

import pytest

from contract.harness import T0, Harness, Writer, append, clock, row
from gov_core.errors import (
    ConcurrencyConflictError,
    PayloadRejectedError,
)
from gov_core.storage.protocol import (
    CAPABILITIES,
    CONTRACT_VERSION,
    NEW,
    START,
    AppendResult,
    Durability,
    Head,
    RecordedEvent,
)

if TYPE_CHECKING:
    from gov_core.storage.protocol import CaseStore

Promise: TypeAlias = Callable[[Harness], None]
PROMISES: Final[list[Promise]] = []


def promise(check: Promise) -> Promise:
    """Part of the contract."""
    PROMISES.append(check)
    return check


def everything(store: CaseStore) -> list[RecordedEvent]:
    """The whole feed, by pages of seven."""
    found: list[RecordedEvent] = []
    cursor = START
    while (page := store.read_feed(cursor, limit=7)).events:
        found += page.events
        cursor = page.next
    return found


# Append


@promise
def describes_itself(harness: Harness) -> None:
    described = harness.store().describe()
    assert described.contract_version == CONTRACT_VERSION
    assert described.capabilities <= set(CAPABILITIES)
    assert described.durability in get_args(Durability)
    assert described.store
    assert described.store != harness.another().describe().store


@promise
def first_version_is_one(harness: Harness) -> None:
    store, writer = harness.store(), Writer("案件-1")
    item = writer.append("first", "second")
    result = store.append(item)
    assert result == AppendResult(writer.head, 1, 2)
    assert store.head("案件-1") == writer.head == Head(2, item.events[1].hash)
    read = store.read_case("案件-1")
    assert [(event.version, event.position, event.case_id) for event in read] == [
        (1, 1, "案件-1"),
        (2, 2, "案件-1"),
    ]
    assert tuple(event.envelope for event in read) == item.events
    assert {(event.recorded_us, event.command_id, event.digest) for event in read} == {
        (T0, item.command_id, item.digest)
    }


@promise
def new_on_an_existing_case_conflicts(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    store.append(writer.append("first"))
    with pytest.raises(ConcurrencyConflictError) as caught:
        store.append(append("c", NEW, "again", command_id="other"))
    assert (caught.value.subject, caught.value.expected, caught.value.actual) == ("c", 0, 1)
    assert len(everything(store)) == 1
    assert store.command_result("other") is None


@promise
def stale_and_future_heads_conflict(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    store.append(writer.append("first"))
    stale = writer.head
    store.append(writer.append("second"))
    future = Head(3, writer.head.hash)
    for number, head in enumerate((stale, future, Head(2, bytes(32)))):
        with pytest.raises(ConcurrencyConflictError) as caught:
            store.append(append("c", head, "late", command_id=f"late{number}"))
        assert (caught.value.expected, caught.value.actual) == (head.version, 2)
    assert store.head("c") == writer.head
    with pytest.raises(ConcurrencyConflictError):
        store.append(append("unknown", stale, "late", command_id="late"))


@promise
def appends_are_all_or_nothing(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    item = writer.append("first", "second", "third", row=row("c"), clocks=[clock("handle", 5)])
    broken = item._replace(events=(*item.events[:2], item.events[2]._replace(hash=bytes(32))))
    with pytest.raises(PayloadRejectedError) as caught:
        store.append(broken)
    assert [fault.place for fault in caught.value.faults] == ["events[2].hash"]
    assert everything(store) == []
    assert store.case_row("c") is None
    assert store.due(10**18) == ()
    assert store.append(item).head.version == 3
