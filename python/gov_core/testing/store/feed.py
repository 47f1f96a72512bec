"""What the feed promises to who follows it: each event once, in order, and none that turns up late."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.errors import ConcurrencyConflictError, CursorInvalidError
from gov_core.storage.protocol import NEW, START, Cursor
from gov_core.testing.store.concurrency import restless
from gov_core.testing.store.harness import Idles, Opens
from gov_core.testing.store.processes import child, rest_of
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from gov_core.storage.protocol import Append, CaseStore, RecordedEvent
    from gov_core.testing.store.promises import Trial

WRITERS = 8
READERS = 3


def _follow(store: CaseStore, ended: threading.Event) -> list[RecordedEvent]:
    """Read the feed until the writers have ended and nothing is left."""
    found: list[RecordedEvent] = []
    cursor = START
    while True:
        last = ended.is_set()
        page = store.read_feed(cursor, limit=11)
        found += page.events
        cursor = page.next
        if last and not page.events:
            return found


def _followed(trial: Trial, write: Callable[[CaseStore, int], None]) -> list[RecordedEvent]:
    """Let writers write while readers follow; the feed, which every reader has seen as it is."""
    handles = trial.handles(WRITERS + READERS)
    ended = threading.Event()
    with restless(), ThreadPoolExecutor(WRITERS + READERS) as pool:
        readers = [pool.submit(_follow, store, ended) for store in handles[WRITERS:]]
        writers = [pool.submit(write, store, number) for number, store in enumerate(handles[:WRITERS])]
        try:
            for writer in writers:
                writer.result()
        finally:
            ended.set()
        feed = everything(trial.store(), limit=1_000)
        for reader in readers:
            seen = [(event.position, event.case_id, event.version) for event in reader.result()]
            assert seen == [(event.position, event.case_id, event.version) for event in feed]
    positions = [event.position for event in feed]
    assert positions == sorted(set(positions))
    trial.figures["events"] = len(feed)
    return feed


def _own_cases(number: int) -> list[Writer]:
    return [Writer(f"c{number}-{case}") for case in range(5)]


@promise("S56", "silver", limit_s=120)
def nothing_arrives_late(trial: Trial) -> None:
    """Nothing ever appears at or below a cursor that was handed out, while many write at once.

    A number that is drawn before the commit is seen after a higher one that was drawn later and committed
    earlier; give positions in the order of commits, or hold back what is above the lowest open one.
    """
    each, seed = trial.times(60), trial.rng.randrange(2**32)

    def write(store: CaseStore, number: int) -> None:
        own, rng = _own_cases(number), Random(f"{seed}/{number}")
        for _ in range(each):
            store.append(rng.choice(own).append(*(["x"] * rng.randint(1, 3))))

    feed = _followed(trial, write)
    assert len({event.command_id for event in feed}) == WRITERS * each


@promise("S57", "silver", limit_s=120)
def nothing_arrives_late_when_some_roll_back(trial: Trial) -> None:
    """Readers miss nothing though appends between are refused or rolled back."""
    each, seed = trial.times(50), trial.rng.randrange(2**32)

    def write(store: CaseStore, number: int) -> None:
        own, rng = _own_cases(number), Random(f"{seed}/{number}")
        for step in range(each):
            writer = rng.choice(own)
            if rng.random() < 0.2:
                good = append(f"never{number}/{step}", NEW, "x", command_id=f"good{number}/{step}")
                stale = append(writer.case_id, NEW, "x", command_id=f"stale{number}/{step}")
                store.append(writer.append("before"))
                with pytest.raises(ConcurrencyConflictError):
                    store.append_many([good, stale], together=True)
                with pytest.raises(ConcurrencyConflictError):
                    store.append(stale)
            else:
                store.append(writer.append(*(["x"] * rng.randint(1, 3))))

    feed = _followed(trial, write)
    assert not [event for event in feed if event.case_id.startswith("never")]
    if trial.claims("dense_positions"):
        assert [event.position for event in feed] == list(range(1, len(feed) + 1))


@promise("S58", "silver", limit_s=120)
def nothing_arrives_late_behind_slow_transactions(trial: Trial) -> None:
    """Readers miss nothing though some transactions take long, and others overtake them."""
    each, seed = trial.times(8), trial.rng.randrange(2**32)

    def write(store: CaseStore, number: int) -> None:
        own, rng = _own_cases(number), Random(f"{seed}/{number}")
        for step in range(each):
            if number == 0:
                store.append_many(_slowly([own[0].append("x") for _ in range(5)], rng))
            elif number == 1:
                store.append_many([writer.append(*(["x"] * 60)) for writer in own])
            else:
                for _ in range(5):
                    store.append(rng.choice(own).append("x"))
                    time.sleep(rng.random() / 500 * (step + 1))

    _followed(trial, write)


def _slowly(items: list[Append], rng: Random) -> Iterator[Append]:
    for item in items:
        time.sleep(rng.random() / 100)
        yield item


def _read_on(opener: Callable[[], CaseStore], pipe: Connection) -> None:
    """In a process of its own: follow the feed from the checkpoint, tell of each page, then move it."""
    store = opener()
    place = store.checkpoint_get("reader")
    while (page := store.read_feed(place, limit=3)).events:
        pipe.send([(event.position, event.case_id, event.version) for event in page.events])
        time.sleep(0.002)
        store.checkpoint_set("reader", page.next, expected=place)
        place = page.next
    pipe.send(None)


@promise(
    "S59",
    "silver",
    capability="concurrent_processes",
    hook=Opens,
    places=("file", "server"),
    limit_s=120,
)
def a_reader_that_was_killed_goes_on(trial: Trial) -> None:
    """A reader that is killed and begins again at its checkpoint leaves nothing out."""
    store = trial.store()
    writers = [Writer(f"c{number}") for number in range(5)]
    for _ in range(60):
        store.append(trial.rng.choice(writers).append("x", "y"))
    read: list[tuple[int, str, int]] = []
    kills, ended = 0, False
    while not ended:
        with child(_read_on, trial.hook(Opens).opener()) as (process, pipe):
            told: list[Any] = []
            # Some pages in each life: else where processes start slowly it would take very many.
            for _ in range(trial.rng.randint(1, 8)):
                if None not in told:
                    told.append(pipe.recv())
            time.sleep(trial.rng.random() / 50)
            process.kill()
            told += rest_of(pipe)
        kills += None not in told
        ended = None in told
        for page in told:
            read += page or []
    assert kills
    expected = [(event.position, event.case_id, event.version) for event in everything(store)]
    assert sorted(set(read)) == expected
    assert len(read) - len(expected) <= 3 * kills  # it goes back by no more than the page it was at
    trial.figures["kills"] = kills


@promise("S60", "silver", limit_s=120)
def events_of_a_case_keep_their_order(trial: Trial) -> None:
    """In the feed the events of each case come in the order of their versions, without gaps."""
    each = trial.times(25)

    def write(store: CaseStore, number: int) -> None:
        for step in range(each):
            case_id = f"shared{step % 3}"
            while True:
                item = append(case_id, store.head(case_id), "x", command_id=f"{number}/{step}")
                try:
                    store.append(item)
                    break
                except ConcurrencyConflictError:
                    continue

    feed = _followed(trial, write)
    for case_id in {event.case_id for event in feed}:
        own = tuple(event for event in feed if event.case_id == case_id)
        assert [event.version for event in own] == list(range(1, len(own) + 1))
        assert own == trial.store().read_case(case_id)


@promise("S61", "silver")
def who_began_first_and_ended_last_is_not_missed(trial: Trial) -> None:
    """A transaction that begins before others and ends after them comes behind what was read meanwhile."""
    slow_store, fast_store, reader = trial.handles(3)
    slow, fast = Writer("slow"), Writer("fast")
    for _ in range(trial.times(4)):
        begun, overtaken = threading.Event(), threading.Event()
        seen: list[int] = []
        cursor = reader.read_feed(limit=100_000).next

        def late(begun: threading.Event = begun, overtaken: threading.Event = overtaken) -> Iterator[Append]:
            yield slow.append("first")
            begun.set()
            overtaken.wait(0.3)  # a store with one writer at a time lets nobody pass
            yield slow.append("second")

        with ThreadPoolExecutor(2) as pool:
            slowly = pool.submit(slow_store.append_many, late())
            begun.wait(10)
            quickly = pool.submit(fast_store.append, fast.append("x"))
            time.sleep(0.05)
            page = reader.read_feed(cursor, limit=100)
            seen += [event.position for event in page.events]
            overtaken.set()
            slowly.result()
            quickly.result()
        page = reader.read_feed(page.next, limit=100)
        seen += [event.position for event in page.events]
        assert seen == [event.position for event in reader.read_feed(cursor, limit=100).events]
        assert len(seen) == 3


@promise("S62", "silver", hook=Idles, places=("file", "server"))
def an_open_transaction_holds_nobody_up(trial: Trial) -> None:
    """While somebody else's transaction stays open, what is appended is read from the feed at once."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("before"))
    with trial.hook(Idles).idle_transaction():
        for _ in range(10):
            result = store.append(writer.append("x"))
            page = store.read_feed(limit=1_000)
            assert page.head == page.events[-1].position == result.last
    assert [event.version for event in everything(store)] == list(range(1, 12))


def _batches(store: CaseStore, number: int, times: int, seed: int) -> None:
    """Write appends alone and in bulk; every event is of a transaction whose size its command id tells."""
    writers, rng = [Writer(f"c{number}-{case}") for case in range(3)], Random(f"{seed}/{number}")
    for step in range(times):
        sizes = [rng.randint(1, 4) for _ in range(rng.choice([1, 1, 5]))]
        name = f"{number}/{step}/{sum(sizes)}"
        items = [
            rng.choice(writers).append(*(["x"] * size), command_id=f"{place}/{name}")
            for place, size in enumerate(sizes)
        ]
        store.append_many(items)


@promise("S63", "silver")
def a_transaction_is_seen_whole(trial: Trial) -> None:
    """Whoever reads up to the end sees all events of an append or a bulk append, side by side, or none."""
    each, seed = trial.times(40), trial.rng.randrange(2**32)
    handles = trial.handles(4)
    ended = threading.Event()

    def read(store: CaseStore) -> int:
        pages, last = 0, False
        while not last:
            last = ended.is_set()
            names = [event.command_id.partition("/")[2] for event in store.read_feed(limit=100_000).events]
            at = 0
            while at < len(names):
                size = int(names[at].rpartition("/")[2])
                assert names[at : at + size] == [names[at]] * size
                at += size
            pages += 1
        return pages

    with restless(), ThreadPoolExecutor(4) as pool:
        reading = pool.submit(read, handles[3])
        writing = [
            pool.submit(_batches, store, number, each, seed) for number, store in enumerate(handles[:3])
        ]
        try:
            for future in writing:
                future.result()
        finally:
            ended.set()
        trial.figures["pages"] = reading.result()


@promise("S64", "silver")
def a_cursor_survives_the_move_of_its_store(trial: Trial) -> None:
    """A cursor of a store goes on in the copy that took over its id: to the same events."""
    store, copy = trial.store(), trial.another()
    writers = [Writer(f"c{number}") for number in range(3)]
    for _ in range(20):
        store.append(trial.rng.choice(writers).append("x", "y"))
    cursors = [START]
    while (page := store.read_feed(cursors[-1], limit=7)).events:
        cursors.append(page.next)
    copy.restore(store.describe().store, list(store.dump()))
    for cursor in cursors:
        assert copy.read_feed(cursor, limit=100) == store.read_feed(cursor, limit=100)
    more = writers[0].append("more")
    store.append(more)
    copy.append(more)
    assert copy.read_feed(cursors[-1]).events == store.read_feed(cursors[-1]).events


@promise("S65", "silver")
def nothing_comes_twice(trial: Trial) -> None:
    """From any cursor, by pages of any size, the feed gives what is behind it, each event once."""
    store = trial.store()
    writers = [Writer(f"c{number}") for number in range(5)]
    for number in range(60):
        store.append(trial.rng.choice(writers).append(*(["x"] * trial.rng.randint(1, 4))))
        if number % 20 == 0:
            store.append_many([writer.append("y") for writer in writers])
    feed = everything(store)
    assert len({event.position for event in feed}) == len(feed)
    assert len({(event.case_id, event.version) for event in feed}) == len(feed)
    if trial.claims("dense_positions"):
        assert [event.position for event in feed] == list(range(1, len(feed) + 1))
    own = store.describe().store
    for limit in (1, 2, 3, 50, 10_000):
        assert everything(store, limit) == feed
    for at in trial.rng.sample(range(len(feed)), 20):
        page = store.read_feed(Cursor(own, feed[at].position), limit=5)
        assert list(page.events) == feed[at + 1 : at + 6]
    last = store.read_feed(Cursor(own, feed[-1].position))
    assert last.events == ()
    assert last.head == last.next.position == feed[-1].position


@promise("S66", "silver")
def foreign_and_future_cursors_are_refused(trial: Trial) -> None:
    """A cursor of another store, or beyond the end, is refused, also as a checkpoint."""
    store = trial.store()
    store.append(Writer("c").append("a"))
    own = store.describe().store
    for cursor in (
        Cursor(trial.another().describe().store, 0),
        Cursor("", 1),
        Cursor(own, 2),
        Cursor(own, 2**70),
        Cursor(own, -1),
    ):
        with pytest.raises(CursorInvalidError):
            store.read_feed(cursor)
        with pytest.raises(CursorInvalidError):
            store.checkpoint_set("reader", cursor, expected=START)
    assert store.checkpoint_get("reader") == START
    assert store.read_feed(Cursor(own, 1)).events == ()


@promise("S67", "silver")
def the_head_never_goes_back(trial: Trial) -> None:
    """The end of the feed only moves on, for every reader, and is never before what the page gives."""
    handles = trial.handles(3)
    writer, highest = Writer("c"), 0
    for _ in range(trial.times(15)):
        result = trial.rng.choice(handles).append(writer.append(*(["x"] * trial.rng.randint(1, 3))))
        assert result.last > highest
        highest = result.last
        for store in handles:
            for limit in (0, 1, 100):
                page = store.read_feed(limit=limit)
                assert page.head == highest
                assert page.next.position <= page.head
        with pytest.raises(ConcurrencyConflictError):
            handles[0].append(append("c", NEW, "x", command_id=f"stale{highest}"))
    assert trial.reopen().read_feed(limit=1).head == highest


@promise("X16", "silver")
def a_reader_can_wait_for_news(trial: Trial) -> None:
    """Wait returns at once if there is something, soon after something came, and in time if nothing does."""
    store, other = trial.handles(2)
    writer = Writer("c")
    assert not store.wait(START, timeout_s=0.05)
    store.append(writer.append("a"))
    began = time.monotonic()
    assert store.wait(START, timeout_s=5)
    assert time.monotonic() - began < 4
    place = store.read_feed(limit=10).next
    began = time.monotonic()
    store.wait(place, timeout_s=0.2)
    assert time.monotonic() - began < 5
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        waiting = pool.submit(store.wait, place, timeout_s=8)
        time.sleep(0.1)
        other.append(writer.append("b"))
        waiting.result()
        assert time.monotonic() - began < 6
    assert store.wait(place, timeout_s=5)
    assert store.read_feed(place).events[0].version == 2


@promise("X17", "silver", capability="dense_positions")
def positions_have_no_gaps(trial: Trial) -> None:
    """Positions are 1, 2, 3 …, with nothing left out by what was refused or rolled back."""
    store, writer = trial.store(), Writer("c")
    for step in range(20):
        stale = append("c", NEW, "x", command_id=f"stale{step}")
        good = append(f"never{step}", NEW, "x", command_id=f"good{step}")
        store.append_many([writer.append("x")])
        store.append_many([stale, writer.append("y")])
        with pytest.raises(ConcurrencyConflictError):
            store.append_many([good, stale], together=True)
        if step % 7 == 6:
            store = trial.reopen()
    assert [event.position for event in everything(store)] == list(range(1, 41))


@promise("X18", "silver", capability="real_time_order")
def what_was_acknowledged_comes_first(trial: Trial) -> None:
    """What was acknowledged before an append began has lower positions, whoever wrote either."""
    handles = trial.handles(4)
    highest = 0
    for step in range(trial.times(40)):
        store = trial.rng.choice(handles)
        result = store.append(append(f"c{step}", NEW, "x", command_id=f"{step}"))
        assert result.first > highest
        highest = result.last
