"""What reading a case promises: pages, the past as it was, and a store that is written to meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from gov_core.storage.protocol import NEW, CaseFilter, Position, RecordedAt, RecordedEvent
from gov_core.testing.store.harness import SECOND, T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, everything

if TYPE_CHECKING:
    from gov_core.storage.protocol import AsOf, CaseStore
    from gov_core.testing.store.promises import Trial


def _versions(store: CaseStore, case_id: str, as_of: AsOf | None = None) -> list[int]:
    return [event.version for event in store.read_case(case_id, as_of=as_of)]


@promise("S29", "bronze")
def a_case_is_read_in_pages(trial: Trial) -> None:
    """Pages of a case give each event once, in order, whatever their size."""
    store, writer, other = trial.store(), Writer("c"), Writer("d")
    for note in "abcdefghijk":
        store.append_many([writer.append(note), other.append(note, note)])
    whole = store.read_case("c")
    for size in (1, 2, 3, 11, 12):
        read: list[RecordedEvent] = []
        while page := store.read_case("c", after=len(read), limit=size):
            assert len(page) <= size
            read += page
        assert tuple(read) == whole
    assert [event.version for event in whole] == list(range(1, 12))
    assert [event.envelope.data for event in whole] == [f'{{"note": "{x}"}}'.encode() for x in "abcdefghijk"]


@promise("S30", "bronze")
def limits_are_kept_at_their_edges(trial: Trial) -> None:
    """A limit of 0 gives nothing, one above the number gives all, and so do versions beyond the end."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append(*"abcdefg"))
    assert store.read_case("c", limit=0) == ()
    assert store.read_case("c", after=7) == ()
    assert store.read_case("c", after=8) == ()
    assert len(store.read_case("c", after=6)) == 1
    assert len(store.read_case("c", limit=7)) == len(store.read_case("c", limit=8)) == 7
    assert len(store.read_case("c", after=0, limit=1)) == 1
    assert store.read_feed(limit=0).events == ()
    assert len(store.read_feed(limit=1).events) == 1


@promise("S31", "bronze")
def an_unknown_case_is_empty(trial: Trial) -> None:
    """A case that is not there has no events, no row and the head of a new one; asking makes none."""
    store = trial.store()
    for _ in range(2):
        assert store.read_case("unknown") == ()
        assert store.head("unknown") == NEW
        assert store.case_row("unknown") is None
        assert store.query_cases(CaseFilter(unit="unknown")).rows == ()
        assert store.verify().cases == 0
        assert everything(store) == []


@promise("S32", "bronze")
def a_case_is_read_as_of_a_position(trial: Trial) -> None:
    """As of a position, a case has the events up to and with that position."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    last = [
        store.append(writer.append(*notes)).last for writer, notes in ((one, "ab"), (two, "c"), (one, "d"))
    ]
    positions = [event.position for event in store.read_case("one")]
    assert _versions(store, "one", Position(0)) == []
    assert _versions(store, "one", Position(positions[0])) == [1]
    assert _versions(store, "one", Position(positions[1])) == [1, 2]
    assert _versions(store, "one", Position(last[1])) == [1, 2]
    assert _versions(store, "one", Position(last[2] - 1)) == [1, 2]
    assert _versions(store, "one", Position(last[2])) == [1, 2, 3]
    assert _versions(store, "one", Position(last[2] + 9)) == [1, 2, 3]
    assert _versions(store, "two", Position(last[0])) == []


@promise("S33", "bronze")
def a_case_is_read_as_of_a_time(trial: Trial) -> None:
    """As of a time, a case has what the store had recorded by then, by the clock of the store.

    The time of an event (`at_us`) says nothing about when it was recorded.
    """
    store, one = trial.store(), Writer("one")
    store.append(one.append("a", "b"))
    trial.clock.now_us += 2 * SECOND
    store.append(one.append("c"))
    for each in trial.twice():
        assert _versions(each, "one", RecordedAt(T0 - 1)) == []
        assert _versions(each, "one", RecordedAt(T0)) == [1, 2]
        assert _versions(each, "one", RecordedAt(T0 + 2 * SECOND - 1)) == [1, 2]
        assert _versions(each, "one", RecordedAt(T0 + 2 * SECOND)) == [1, 2, 3]


@promise("S34", "bronze")
def what_was_stays_under_later_appends(trial: Trial) -> None:
    """The past does not change: what was read as of a time or place is read so for ever."""
    store = trial.store()
    writers = [Writer(f"c{number}") for number in range(4)]
    seen: list[tuple[str, AsOf, tuple[RecordedEvent, ...]]] = []
    for _ in range(30):
        writer = trial.rng.choice(writers)
        last = store.append(writer.append(*(["x"] * trial.rng.randint(1, 3)))).last
        for case_id in (writer.case_id, trial.rng.choice(writers).case_id):
            for as_of in (Position(last), RecordedAt(trial.clock.now_us)):
                seen.append((case_id, as_of, store.read_case(case_id, as_of=as_of)))  # noqa: PERF401 - three loops deep
        trial.clock.now_us += trial.rng.randrange(1, 3) * SECOND
    for case_id, as_of, events in seen:
        assert store.read_case(case_id, as_of=as_of) == events
        assert store.read_case(case_id, as_of=as_of, limit=2) == events[:2]
        assert store.read_case(case_id, as_of=as_of, after=1) == events[1:]


@promise("S35", "bronze")
def a_reader_survives_a_writer(trial: Trial) -> None:
    """Reading goes on, and what was read fits together, while others write to the same store."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append(*(["x"] * 500)))
    entries = iter(store.dump())
    first = [next(entries) for _ in range(3)]

    def write() -> None:
        for _ in range(40):
            store.append(writer.append("y", "y"))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not writing.done():
            read = store.read_case("c")
            assert [event.version for event in read] == list(range(1, len(read) + 1))
            assert len(read) % 2 == 0
        writing.result()
    rest = [*first, *entries]
    dumped = [each for each in rest if isinstance(each, RecordedEvent)]
    assert [each.version for each in dumped] == list(range(1, len(dumped) + 1))
    assert len(dumped) >= 500
    assert store.head("c") == writer.head


@promise("X08", "bronze")
def recorded_time_never_goes_back(trial: Trial) -> None:
    """The store's time of record never goes back, though its clock does, also over opening again."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("a"))
    trial.clock.now_us -= 3_600 * SECOND
    store.append(writer.append("b"))
    store = trial.reopen()
    store.append(writer.append("c"))
    trial.clock.now_us = T0 + 1
    store.append(writer.append("d"))
    assert [event.recorded_us for event in everything(store)] == [T0, T0, T0, T0 + 1]
