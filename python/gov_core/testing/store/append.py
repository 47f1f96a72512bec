"""What an append promises: versions without gaps, all or nothing, alone, in bulk and together."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from gov_core.errors import (
    CapabilityMissingError,
    ConcurrencyConflictError,
    PayloadRejectedError,
)
from gov_core.storage.outbox import Message, Sent
from gov_core.storage.personal import Access, Personal, RetentionPolicy, SubjectKey
from gov_core.storage.protocol import (
    CAPABILITIES,
    CONTRACT_VERSION,
    NEW,
    START,
    Cursor,
    Durability,
    Head,
    Snapshot,
)
from gov_core.testing.store.harness import T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, clock, digest, everything, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.storage.protocol import Capability, CaseStore
    from gov_core.testing.store.promises import Trial


@promise("S01", "bronze")
def first_version_is_one(trial: Trial) -> None:
    """A new case begins at version 1, and its events come back as they went in."""
    store, writer = trial.store(), Writer("案件-1")
    item = writer.append("first", "second")
    result = store.append(item)
    assert result.head == writer.head == Head(2, item.events[1].hash)
    assert store.head("案件-1") == writer.head
    read = store.read_case("案件-1")
    assert [(event.version, event.case_id) for event in read] == [(1, "案件-1"), (2, "案件-1")]
    assert tuple(event.envelope for event in read) == item.events
    assert {(event.recorded_us, event.command_id, event.digest) for event in read} == {
        (T0, item.command_id, item.digest)
    }
    assert store.head("another") == NEW


@promise("S02", "bronze")
def new_on_an_existing_case_conflicts(trial: Trial) -> None:
    """An append that expects a new case is refused where there is one, and leaves no trace."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("first"))
    with pytest.raises(ConcurrencyConflictError):
        store.append(append("c", NEW, "again", command_id="other"))
    assert len(everything(store)) == 1
    assert store.head("c") == writer.head
    assert store.command_result("other") is None


@promise("S03", "bronze")
def stale_head_conflicts(trial: Trial) -> None:
    """An append behind an earlier head than the case's is refused, and leaves no trace."""
    store, writer = trial.store(), Writer("c")
    seen = []
    for note in "abc":
        store.append(writer.append(note))
        seen.append(writer.head)
    for number, head in enumerate(seen[:-1]):
        with pytest.raises(ConcurrencyConflictError):
            store.append(append("c", head, "late", command_id=f"late{number}"))
        assert store.command_result(f"late{number}") is None
    assert store.head("c") == writer.head
    assert len(store.read_case("c")) == 3


@promise("S04", "bronze")
def future_head_conflicts(trial: Trial) -> None:
    """An append behind a head that the case has not reached, or another history, is refused.

    Compare version and hash of the head, both in the transaction that writes.
    """
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("first", "second"))
    for number, head in enumerate((Head(3, writer.head.hash), Head(2, bytes(32)), Head(1, writer.head.hash))):
        with pytest.raises(ConcurrencyConflictError):
            store.append(append("c", head, "early", command_id=f"early{number}"))
    with pytest.raises(ConcurrencyConflictError):
        store.append(append("unknown", writer.head, "early", command_id="early"))
    assert store.head("c") == writer.head
    assert store.head("unknown") == NEW
    assert len(everything(store)) == 2


@promise("S05", "bronze")
def conflict_reports_what_there_is(trial: Trial) -> None:
    """A conflict names the case, the version that was expected and the one that is there."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("a", "b", "c"))
    for head in (NEW, Head(1, bytes(32)), Head(9, bytes(32)), Head(3, bytes(32))):
        with pytest.raises(ConcurrencyConflictError) as caught:
            store.append(append("c", head, "x", command_id="x"))
        told = caught.value
        assert (told.subject, told.expected, told.actual) == ("c", head.version, 3)
    with pytest.raises(ConcurrencyConflictError) as caught:
        store.append(append("new", Head(2, bytes(32)), "x", command_id="x"))
    assert (caught.value.subject, caught.value.expected, caught.value.actual) == ("new", 2, 0)


@promise("S06", "bronze")
def events_of_one_append_follow_each_other(trial: Trial) -> None:
    """The events of one append have versions and positions that follow each other, in the order given."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    for step in range(6):
        for writer in (one, two):
            item = writer.append(*(f"{step}/{number}" for number in range(step + 1)))
            result = store.append(item)
            written = store.read_case(writer.case_id, after=item.expected.version)
            assert [event.envelope for event in written] == list(item.events)
            first = item.expected.version + 1
            assert [event.version for event in written] == list(range(first, first + len(item.events)))
            positions = [event.position for event in written]
            assert positions == sorted(set(positions))
            assert (positions[0], positions[-1]) == (result.first, result.last)


@promise("S07", "bronze")
def appends_are_all_or_nothing(trial: Trial) -> None:
    """Of an append with one broken event nothing is written: no event, no command, no row, no clock.

    Check all of it before the first write, or write in one transaction.
    """
    store, writer = trial.store(), Writer("c")
    item = writer.append("first", "second", "third", row=row("c"), clocks=[clock("handle", 5)])
    broken = item._replace(events=(*item.events[:2], item.events[2]._replace(hash=bytes(32))))
    with pytest.raises(PayloadRejectedError) as caught:
        store.append(broken)
    assert [fault.place for fault in caught.value.faults] == ["events[2].hash"]
    for _ in range(2):
        assert everything(store) == []
        assert store.head("c") == NEW
        assert store.command_result(item.command_id) is None
        assert store.case_row("c") is None
        assert store.due(10**18) == ()
        store = trial.reopen()
    assert store.append(item).head.version == 3


@promise("S08", "bronze")
def an_append_without_events_is_refused(trial: Trial) -> None:
    """An append without events is refused, on a new case and on one that is there."""
    store, writer = trial.store(), Writer("c")
    empty = append("c", NEW, command_id="empty")
    with pytest.raises(PayloadRejectedError):
        store.append(empty)
    store.append(writer.append("a"))
    with pytest.raises(PayloadRejectedError):
        store.append(empty._replace(expected=writer.head, row=row("c")))
    assert store.command_result("empty") is None
    assert store.case_row("c") is None
    assert store.head("c") == writer.head


@promise("S09", "bronze")
def positions_are_returned(trial: Trial) -> None:
    """The result of an append has the positions at which the feed gives its events."""
    store = trial.store()
    writers = [Writer(f"c{number}") for number in range(4)]
    told = {}
    for _ in range(20):
        writer = trial.rng.choice(writers)
        item = writer.append(*(["x"] * trial.rng.randint(1, 4)))
        told[item.command_id] = store.append(item)
    for item_id, result in told.items():
        positions = [event.position for event in everything(store) if event.command_id == item_id]
        assert (result.first, result.last) == (positions[0], positions[-1])
        assert not result.duplicate


@promise("S10", "bronze")
def nothing_rewrites_what_was_written(trial: Trial) -> None:
    """No call of the contract changes or removes an event that is there."""
    store, writer, copy = trial.store(), Writer("c"), trial.another()
    first = writer.append("a", "b", row=row("c"))
    store.append(first)
    before = everything(store)
    entries = list(store.dump())
    copy.append(Writer("other").append("x"))

    other = append("c", NEW, "other", "b", command_id="other")
    for item in (other, append("c", Head(1, first.events[0].hash), "other", command_id="other")):
        with pytest.raises(ConcurrencyConflictError):
            store.append(item)
    assert store.append(first._replace(events=other.events)).duplicate
    with pytest.raises(ConcurrencyConflictError):
        copy.restore(store.describe().store, entries)
    with pytest.raises(ConcurrencyConflictError):
        store.restore(store.describe().store, entries)
    if trial.claims("snapshots"):
        store.save_snapshot("c", Snapshot(1, 1, b"something else"))
    store.checkpoint_set("reader", Cursor(store.describe().store, 1), expected=START)
    if trial.claims("seals"):
        store.seal()
    store.verify()
    assert everything(store) == before
    assert everything(trial.reopen()) == before


@promise("S11", "bronze")
def ten_thousand_events_in_one_case(trial: Trial) -> None:
    """A case may have ten thousand events, and is read from anywhere in it."""
    store, writer = trial.store(), Writer("c")
    for start in range(0, 10_000, 2_500):
        store.append(writer.append(*map(str, range(start, start + 2_500))))
    assert store.head("c") == writer.head
    assert writer.head.version == 10_000
    assert [event.version for event in store.read_case("c", after=9_990)] == list(range(9_991, 10_001))
    assert len(store.read_case("c")) == 10_000


@promise("S12", "bronze")
def payloads_come_back_byte_for_byte(trial: Trial) -> None:
    """The bytes of an event come back as they went in, whatever they are: a store never looks into them."""
    store, writer = trial.store(), Writer("c")
    payloads = [
        bytes(range(256)),
        b"",
        b"\0",
        b"\0" * 9,
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"a" : 1,\r\n"a":2}  ',
    ]
    payloads += [trial.rng.randbytes(trial.rng.randrange(5_000)) for _ in range(20)]
    from gov_core.storage.chain import chained

    envelopes, head = chained("c", NEW, [("noted", 1, T0, data) for data in payloads])
    store.append(append("c", NEW, "x", command_id="x")._replace(events=envelopes))
    for _ in range(2):
        assert [event.envelope.data for event in store.read_case("c")] == payloads
        assert [event.envelope.data for event in everything(store)] == payloads
        assert store.head(writer.case_id) == head
        store = trial.reopen()


@promise("X01", "bronze")
def describes_itself(trial: Trial) -> None:
    """A store says what it is: contract, durability, capabilities that there are, and an id of its own."""
    told = trial.store().describe()
    assert told.contract_version == CONTRACT_VERSION
    assert told.name
    assert told.capabilities <= set(CAPABILITIES)
    assert told.durability in get_args(Durability)
    assert (told.durability == "memory") == (trial.harness.place == "memory")
    assert told.max_event_bytes >= 2**20
    assert told.store
    assert told.store != trial.another().describe().store
    assert trial.reopen().describe() == told


def _calls_of(store: CaseStore, capability: Capability) -> list[Callable[[], object]]:
    """One call at least of what a capability stands for."""
    told = append("told", NEW, "x", command_id="told")._replace(outbox=[Message("m", "e", b"x")])
    kept = append("kept", NEW, "x", command_id="kept")._replace(personal=[Personal(digest("v"), "s", b"x")])
    calls: dict[Capability, list[Callable[[], object]]] = {
        "snapshots": [
            lambda: store.save_snapshot("c", Snapshot(1, 1, b"x")),
            lambda: store.load_snapshot("c", schema=1),
        ],
        "seals": [store.seal, store.seals],
        "outbox": [
            lambda: store.append(told),
            lambda: store.outbox_claim("w", lease_us=1),
            lambda: store.outbox_settle([Sent("m", 1)]),
            store.outbox_entries,
            store.outbox_stats,
            store.outbox_redrive,
            lambda: store.outbox_prune(0),
        ],
        "erasure": [
            lambda: store.append(kept),
            lambda: store.read_personal(digest("v")),
            lambda: store.personal_of("s"),
            lambda: store.keep_keys([SubjectKey("s", b"k")]),
            lambda: store.read_key("s"),
            lambda: store.erase("s", command_id="e", basis="request"),
            store.erasures,
            store.holds,
            lambda: store.apply_retention(RetentionPolicy("r", 0), dry_run=True),
            lambda: store.note_accesses([Access("s", digest("v"), "c", "r", "p")]),
        ],
    }
    return calls.get(capability, [])


@promise("X50", "bronze")
def what_is_not_claimed_is_refused_by_name(trial: Trial) -> None:
    """Every call of a capability that the store does not claim raises CapabilityMissingError."""
    store = trial.store()
    store.append(Writer("c").append("x"))
    missing = set(CAPABILITIES) - store.describe().capabilities
    for capability in missing:
        for call in _calls_of(store, capability):
            with pytest.raises(CapabilityMissingError):
                call()
    assert len(everything(store)) == 1
    trial.figures["missing"] = len(missing)
