"""What is kept beside the events and can be made again: snapshots, and how far readers have come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import ConcurrencyConflictError, PayloadRejectedError
from gov_core.storage.protocol import START, Cursor, Snapshot
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.storage.protocol import CaseStore, RecordedEvent
    from gov_core.testing.store.promises import Trial


def _folded(state: list[str], events: Iterable[RecordedEvent]) -> list[str]:
    return state + [f"{event.version}:{event.envelope.data.decode()}" for event in events]


@promise("S36", "bronze", capability="snapshots")
def a_snapshot_and_what_followed_equal_a_replay(trial: Trial) -> None:
    """A case put together from a snapshot and the events after it is the case replayed from the start."""
    store, writer = trial.store(), Writer("c")
    for step in range(1, 30):
        store.append(writer.append(*(f"{step}" for _ in range(trial.rng.randint(1, 3)))))
        if step % 7 == 0:
            events = store.read_case("c")
            data = json.dumps(_folded([], events)).encode()
            store.save_snapshot("c", Snapshot(len(events), 1, data))
    whole = _folded([], store.read_case("c"))
    for each in trial.twice():
        found = each.load_snapshot("c", schema=1)
        assert found is not None
        assert found.version < writer.head.version
        assert _folded(json.loads(found.data), each.read_case("c", after=found.version)) == whole
        for version in range(writer.head.version + 1):
            older = each.load_snapshot("c", schema=1, at_or_before=version)
            if older is not None:  # it may be dropped at any time
                assert older.version <= version
                assert _folded(json.loads(older.data), each.read_case("c", after=older.version)) == whole


@promise("S37", "bronze", capability="snapshots")
def a_case_needs_no_snapshot(trial: Trial) -> None:
    """Snapshots are a cache: a wrong one, or none, changes nothing of what the store says about a case."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("a", "b", "c"))
    before = store.read_case("c"), store.head("c"), store.command_result("c/1")
    assert store.load_snapshot("c", schema=1) is None
    store.save_snapshot("c", Snapshot(2, 1, b"nonsense"))
    assert (store.read_case("c"), store.head("c"), store.command_result("c/1")) == before
    assert store.verify(heads=[("c", writer.head)]).sound
    copy = trial.another()
    copy.restore(store.describe().store, list(store.dump()))
    assert copy.load_snapshot("c", schema=1) is None  # does not move: it is made again
    assert (copy.read_case("c"), copy.head("c"), copy.command_result("c/1")) == before
    store.append(writer.append("d"))
    assert store.head("c") == writer.head


@promise("S38", "bronze", capability="snapshots")
def snapshots_of_another_schema_are_ignored(trial: Trial) -> None:
    """Snapshots are found by schema, at or before a version; of another schema or later none is given."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("a", "b", "c", "d"))
    store.save_snapshot("c", Snapshot(2, 1, b"two"))
    assert store.load_snapshot("c", schema=1) == Snapshot(2, 1, b"two")
    assert store.load_snapshot("c", schema=1, at_or_before=2) == Snapshot(2, 1, b"two")
    assert store.load_snapshot("c", schema=1, at_or_before=2**70) == Snapshot(2, 1, b"two")
    assert store.load_snapshot("c", schema=1, at_or_before=1) is None
    assert store.load_snapshot("c", schema=1, at_or_before=0) is None
    assert store.load_snapshot("c", schema=2) is None
    assert store.load_snapshot("c", schema=2**70) is None
    store.save_snapshot("c", Snapshot(3, 2, b"of another schema"))
    assert store.load_snapshot("c", schema=2) == Snapshot(3, 2, b"of another schema")
    assert store.load_snapshot("c", schema=1) in (None, Snapshot(2, 1, b"two"))
    assert store.load_snapshot("unknown", schema=1) is None
    store.save_snapshot("c", Snapshot(2, 1, b"again"))
    assert trial.reopen().load_snapshot("c", schema=1) == Snapshot(2, 1, b"again")


@promise("S39", "bronze")
def a_checkpoint_moves_only_from_where_it_is(trial: Trial) -> None:
    """A reader's place moves from the place it was thought to be at, or not at all."""
    store = trial.store()
    store.append(Writer("c").append(*"abc"))
    cursors = [store.read_feed(limit=size).next for size in (1, 2, 3)]
    assert store.checkpoint_get("reader") == START
    store.checkpoint_set("reader", cursors[0], expected=START)
    for wrong in (START, cursors[1]):
        with pytest.raises(ConcurrencyConflictError):
            store.checkpoint_set("reader", cursors[2], expected=wrong)
    store.checkpoint_set("reader", cursors[1], expected=cursors[0])
    store.checkpoint_set("other", cursors[2], expected=START)
    store = trial.reopen()
    assert (store.checkpoint_get("reader"), store.checkpoint_get("other")) == (cursors[1], cursors[2])
    store.checkpoint_set("reader", cursors[0], expected=cursors[1])  # to read once more
    assert store.checkpoint_get("reader") == cursors[0]
    for name in ("", "n" * 256):
        with pytest.raises(PayloadRejectedError):
            store.checkpoint_set(name, cursors[0], expected=START)


def _follow(store: CaseStore, name: str, projection: list[str], *, limit: int, pages: int) -> bool:
    """Build a projection from where a reader stands, some pages long; whether the end was reached."""
    place = store.checkpoint_get(name)
    for _ in range(pages):
        page = store.read_feed(place, limit=limit)
        if not page.events:
            return True
        projection += [f"{event.position} {event.case_id} {event.version}" for event in page.events]
        store.checkpoint_set(name, page.next, expected=place)
        place = page.next
    return False


def _filled(trial: Trial) -> CaseStore:
    store = trial.store()
    writers = [Writer(f"c{number}") for number in range(7)]
    for _ in range(60):
        store.append(trial.rng.choice(writers).append(*(["x"] * trial.rng.randint(1, 3))))
    return store


@promise("S40", "bronze")
def a_rebuilt_projection_is_byte_equal(trial: Trial) -> None:
    """What is built from the feed is the same each time, by pages of any size, before and after reopening."""
    store = _filled(trial)
    built = []
    for limit in (1, 7, 1_000):
        projection: list[str] = []
        assert _follow(store, f"of {limit}", projection, limit=limit, pages=10_000)
        built.append("\n".join(projection).encode())
        store = trial.reopen()
    assert built[0] == built[1] == built[2]
    assert built[0]


@promise("S41", "bronze")
def a_rebuild_goes_on_where_it_was_cut_off(trial: Trial) -> None:
    """A reader that is cut off goes on from its checkpoint: nothing twice, nothing left out."""
    store = _filled(trial)
    projection: list[str] = []
    while not _follow(store, "reader", projection, limit=5, pages=trial.rng.randint(1, 4)):
        store = trial.reopen()
    again: list[str] = []
    assert _follow(store, "from the start", again, limit=1_000, pages=10)
    assert projection == again
    assert store.checkpoint_get("reader") == Cursor(store.describe().store, store.read_feed(limit=1).head)
