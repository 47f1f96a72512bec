"""What a store of cases promises, as functions over a harness.

Each takes a harness with a new, empty store and raises AssertionError if a promise is broken. They know
nothing of pytest's fixtures and nothing of adapters, so that they can be shipped as they are.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias, get_args

import pytest

from contract.harness import SECOND, T0, Clock, Harness, Writer, append, clock, digest, row
from gov_core.errors import (
    CommandReusedError,
    ConcurrencyConflictError,
    CursorInvalidError,
    IntegrityViolationError,
    PayloadRejectedError,
    StorageError,
    StoreClosedError,
)
from gov_core.storage import lists
from gov_core.storage.chain import chained
from gov_core.storage.merkle import MerkleTree, leaf, seal_hash
from gov_core.storage.personal import Personal
from gov_core.storage.protocol import (
    CAPABILITIES,
    CONTRACT_VERSION,
    NEW,
    START,
    Append,
    AppendResult,
    CaseFilter,
    CaseOrder,
    ClockRow,
    Cursor,
    DueClock,
    Durability,
    Head,
    Position,
    RecordedAt,
    RecordedEvent,
    Seal,
    Snapshot,
)

if TYPE_CHECKING:
    from gov_core.storage.protocol import CaseRow, CaseStore, Entry

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


@promise
def items_of_one_transaction_fail_alone(harness: Harness) -> None:
    store, one, two = harness.store(), Writer("one"), Writer("two")
    first, second = one.append("a"), one.append("b")
    other = two.append("c")
    stale = append("one", NEW, "late", command_id="late")
    results = store.append_many([first, stale, other, second, first])
    assert isinstance(results[1], ConcurrencyConflictError)
    assert [result for result in results if isinstance(result, AppendResult)] == [
        AppendResult(Head(1, first.events[0].hash), 1, 1),
        AppendResult(two.head, 2, 2),
        AppendResult(one.head, 3, 3),
        AppendResult(Head(1, first.events[0].hash), 1, 1, duplicate=True),
    ]
    assert [event.case_id for event in everything(store)] == ["one", "two", "one"]
    assert store.append_many([]) == []


@promise
def items_taken_together_all_fail(harness: Harness) -> None:
    store, one, two = harness.store(), Writer("one"), Writer("two")
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
        assert len(everything(store)) == 1
    third = two.append("c")
    assert [
        isinstance(result, AppendResult) for result in store.append_many([good, third, good], together=True)
    ]
    assert store.head("two") == two.head


@promise
def ten_thousand_events_in_one_case(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    for start in range(0, 10_000, 2_500):
        store.append(writer.append(*map(str, range(start, start + 2_500))))
    assert store.head("c") == writer.head
    assert writer.head.version == 10_000
    assert [event.version for event in store.read_case("c", after=9_990)] == list(range(9_991, 10_001))
    assert len(store.read_case("c")) == 10_000


# Values


AWKWARD: Final = (
    "社区网格员小李",
    "\N{GRINNING FACE} \N{WAVING WHITE FLAG}\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}\N{RAINBOW}",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{LATIN SMALL LETTER E WITH ACUTE}",
    "'; DROP TABLE events; --",
    '"%_\\`[]{}',
    "\x01\x1f\x7f\N{ZERO WIDTH NO-BREAK SPACE}",
    " space ",
    "\U0010ffff",
)


@promise
def bytes_and_texts_come_back_as_they_were(harness: Harness) -> None:
    store = harness.store()
    payloads = [bytes(range(256)), b"", b"\0", b"\xff\xfe", "é".encode(), b"x" * 2**20]
    for number, text in enumerate(AWKWARD):
        raw = [(text, 65_535, -T0, data) for data in payloads]
        envelopes, head = chained(text, NEW, raw)
        given = row(
            text, state=text, procedure=text, matter=text, grade=text, place=text, unit=text, path=text
        )
        clocks = (ClockRow(text, 2**53 + number, -(2**62)),)
        result = store.append(Append(text, NEW, envelopes, text, digest(text), given, clocks))
        assert result.head == head
    store = harness.reopen()
    for number, text in enumerate(AWKWARD):
        read = store.read_case(text)
        assert [event.envelope.data for event in read] == payloads
        assert {(event.envelope.type, event.envelope.at_us, event.command_id) for event in read} == {
            (text, -T0, text)
        }
        assert store.case_row(text) == row(
            text, state=text, procedure=text, matter=text, grade=text, place=text, unit=text, path=text
        )
        assert store.query_cases(CaseFilter(unit=text)).rows == (store.case_row(text),)
        assert DueClock(text, text, 2**53 + number, -(2**62)) in store.due(2**60)
    assert store.verify().sound


@promise
def what_cannot_be_kept_is_refused_with_all_faults(harness: Harness) -> None:
    store = harness.store()
    good = append("c", NEW, "note", command_id="x", row=row("c"), clocks=[clock("a", 1)])
    event = good.events[0]
    for changes, codes in (
        ({"events": ()}, ["no_events"]),
        ({"case_id": ""}, ["empty_text", "broken_chain", "row_of_another_case"]),
        ({"command_id": "a\0b"}, ["nul"]),
        ({"command_id": "a\ud800b"}, ["surrogate"]),
        ({"command_id": "a" * 256}, ["text_too_long"]),
        ({"command_id": 7, "digest": b"short"}, ["not_a_text", "not_a_hash"]),
        ({"events": (event._replace(data=bytes(2**22 + 1)),)}, ["too_large"]),
        ({"events": (event._replace(data="text"),)}, ["not_bytes"]),
        ({"events": (event._replace(schema=0, type=""),)}, ["empty_text", "number_out_of_range"]),
        ({"events": (event._replace(at_us=2**63),)}, ["number_out_of_range"]),
        ({"events": (event._replace(at_us=1.5),)}, ["not_a_number"]),
        ({"events": (event._replace(hash=bytes(32)),)}, ["broken_chain"]),
        ({"row": row("d")}, ["row_of_another_case"]),
        ({"row": row("c", unit="\0", opened_us=2**63, open=1)}, ["nul", "number_out_of_range", "not_a_bool"]),
        ({"row": row("c", path="p" * 4_001)}, ["text_too_long"]),
        ({"row": row("c", due_us="soon")}, ["not_a_number"]),
        ({"row": None}, ["clocks_without_row"]),
        ({"clocks": [clock("a", 1), clock("a", 2)]}, ["clock_twice"]),
        ({"clocks": [ClockRow("", T0, True)]}, ["empty_text", "not_a_number"]),
        ({"personal": [Personal(b"", "", "clear")]}, ["not_a_hash", "empty_text", "not_bytes"]),
    ):
        with pytest.raises(PayloadRejectedError) as caught:
            store.append(good._replace(**changes))
        assert [fault.code for fault in caught.value.faults] == [f"storage.{code}" for code in codes], changes
        assert all(fault.place for fault in caught.value.faults)
    assert everything(store) == []
    assert store.append(good).head.version == 1


@promise
def what_cannot_be_kept_is_not_found(harness: Harness) -> None:
    store = harness.store()
    store.append(Writer("c").append("a", row=row("c")))
    for text in ("\ud800", "a\0", ""):
        assert store.read_case(text) == ()
        assert store.head(text) == NEW
        assert store.case_row(text) is None
        assert store.command_result(text) is None
        assert store.query_cases(CaseFilter(unit=text)).rows == ()
        assert store.query_cases(CaseFilter(place=text)).rows == ()
        assert store.query_cases(CaseFilter(state=text)).rows == ()
        assert store.checkpoint_get(text) == START
        assert store.load_snapshot(text, schema=1) is None
    assert store.due(-(2**80)) == ()
    assert store.read_case("c", after=2**80) == ()
    assert len(store.read_case("c", after=-(2**80), as_of=Position(2**80))) == 1


# Idempotency


@promise
def a_command_is_applied_once(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    first = writer.append("a", "b")
    done = store.append(first)
    store.append(writer.append("c"))
    for _ in range(2):
        assert store.append(first) == done._replace(duplicate=True)
        assert store.command_result(first.command_id) == done._replace(duplicate=True)
        assert store.command_result(first.command_id, first.digest) == done._replace(duplicate=True)
        store = harness.reopen()
    assert store.head("c") == writer.head
    assert len(everything(store)) == 3
    assert store.command_result("never") is None


@promise
def a_command_id_is_not_used_twice(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    first = writer.append("a")
    store.append(first)
    for again in (
        first._replace(digest=digest("other")),
        append("d", NEW, "a", command_id=first.command_id)._replace(digest=digest("other")),
    ):
        with pytest.raises(CommandReusedError):
            store.append(again)
        with pytest.raises(CommandReusedError):
            store.command_result(first.command_id, digest("other"))
    # The same command decided again on another head: the first result counts.
    assert store.append(
        append("c", writer.head, "a", command_id=first.command_id)._replace(digest=first.digest)
    ).duplicate
    assert store.head("c").version == 1
    assert store.head("d") == NEW


@promise
def one_of_many_with_the_same_id_wins(harness: Harness) -> None:
    store = harness.store()
    item = append("c", NEW, "a", "b", command_id="same")
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: store.append(item), range(32)))
    assert sorted(result.duplicate for result in results) == [False] + [True] * 31
    assert {result[:3] for result in results} == {results[0][:3]}
    assert len(everything(store)) == 2


@promise
def command_ids_never_expire(harness: Harness) -> None:
    store = harness.store()
    items = [append(f"c{number}", NEW, "a", command_id=f"x{number}") for number in range(3_000)]
    for start in range(0, len(items), 500):
        store.append_many(items[start : start + 500])
    store = harness.reopen()
    assert store.append(items[0]) == AppendResult(Head(1, items[0].events[0].hash), 1, 1, duplicate=True)
    assert all(result.duplicate for result in store.append_many(items) if isinstance(result, AppendResult))
    assert store.read_feed(limit=1).head == 3_000


# Read


@promise
def a_case_is_read_in_pages(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    store.append(writer.append(*"abcdefg"))
    versions = [event.version for event in store.read_case("c", limit=3)]
    while more := store.read_case("c", after=versions[-1], limit=3):
        versions += [event.version for event in more]
    assert versions == list(range(1, 8))
    assert store.read_case("c", limit=0) == ()
    assert store.read_case("c", after=7) == ()
    assert store.read_case("unknown") == ()
    assert len(store.read_case("c", limit=8)) == 7


@promise
def a_case_is_read_as_it_was(harness: Harness) -> None:
    store, one, two = harness.store(), Writer("one"), Writer("two")
    store.append(one.append("a", "b"))
    harness.clock.now_us += SECOND
    store.append(two.append("c"))
    harness.clock.now_us += SECOND
    store.append(one.append("d"))

    def versions(as_of: Position | RecordedAt) -> list[int]:
        return [event.version for event in store.read_case("one", as_of=as_of)]

    for _ in range(2):
        assert [versions(Position(position)) for position in range(6)] == [
            [],
            [1],
            [1, 2],
            [1, 2],
            [1, 2, 3],
            [1, 2, 3],
        ]
        assert versions(RecordedAt(T0 - 1)) == []
        assert versions(RecordedAt(T0)) == versions(RecordedAt(T0 + 2 * SECOND - 1)) == [1, 2]
        assert versions(RecordedAt(T0 + 2 * SECOND)) == [1, 2, 3]
        harness.clock.now_us += SECOND
        store.append(two.append("later"))  # what was, stays


@promise
def recorded_time_never_goes_back(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    store.append(writer.append("a"))
    harness.clock.now_us -= 3_600 * SECOND
    store.append(writer.append("b"))
    assert store.seal().sealed_us == T0
    store = harness.reopen()
    store.append(writer.append("c"))
    harness.clock.now_us = T0 + 1
    store.append(writer.append("d"))
    assert [event.recorded_us for event in everything(store)] == [T0, T0, T0, T0 + 1]


# Feed


@promise
def the_feed_gives_each_event_once_in_order(harness: Harness) -> None:
    store = harness.store()
    writers = [Writer(f"c{number}") for number in range(5)]
    rng = random.Random(5)
    for number in range(60):
        store.append(rng.choice(writers).append(*(["x"] * rng.randint(1, 4))))
        if number % 20 == 0:
            store.append_many([writer.append("y") for writer in writers])
    feed = everything(store)
    positions = [event.position for event in feed]
    assert positions == sorted(set(positions))
    if "dense_positions" in store.describe().capabilities:
        assert positions == list(range(1, len(feed) + 1))
    for writer in writers:
        own = tuple(event for event in feed if event.case_id == writer.case_id)
        assert own == store.read_case(writer.case_id)
        assert [event.version for event in own] == list(range(1, writer.head.version + 1))
    last = store.read_feed(Cursor(store.describe().store, positions[-1]))
    assert last.events == ()
    assert last.head == last.next.position == positions[-1]


@promise
def foreign_and_future_cursors_are_refused(harness: Harness) -> None:
    store = harness.store()
    store.append(Writer("c").append("a"))
    own = store.describe().store
    for cursor in (
        Cursor(harness.another().describe().store, 0),
        Cursor("", 1),
        Cursor(own, 2),
        Cursor(own, -1),
    ):
        with pytest.raises(CursorInvalidError):
            store.read_feed(cursor)
        with pytest.raises(CursorInvalidError):
            store.checkpoint_set("reader", cursor, expected=START)
    assert store.checkpoint_get("reader") == START


@promise
def readers_miss_nothing_while_others_write(harness: Harness) -> None:
    store = harness.store()
    writers, each = 4, 60

    def write(number: int) -> None:
        own, rng = [Writer(f"c{number}-{case}") for case in range(5)], random.Random(number)
        for _ in range(each):
            store.append(rng.choice(own).append(*(["x"] * rng.randint(1, 3))))

    def follow() -> list[RecordedEvent]:
        found: list[RecordedEvent] = []
        cursor = START
        while not (finished and not (page := store.read_feed(cursor, limit=11)).events):
            page = store.read_feed(cursor, limit=11)
            found += page.events
            cursor = page.next
        return found

    finished: list[bool] = []
    with ThreadPoolExecutor(writers + 2) as pool:
        followers = [pool.submit(follow) for _ in range(2)]
        done = [pool.submit(write, number) for number in range(writers)]
        for future in done:
            future.result()
        finished.append(True)
        feed = everything(store)
        for follower in followers:
            assert follower.result() == feed
    assert len({event.command_id for event in feed}) == writers * each
    assert store.verify().sound


@promise
def of_many_writers_one_wins(harness: Harness) -> None:
    store = harness.store()
    head = NEW
    with ThreadPoolExecutor(8) as pool:
        for turn in range(8):
            items = [
                append("c", head, f"{turn}/{number}", command_id=f"{turn}/{number}") for number in range(8)
            ]
            results = store_all(pool, store, items)
            won = [result for result in results if isinstance(result, AppendResult)]
            lost = [result for result in results if isinstance(result, ConcurrencyConflictError)]
            assert (len(won), len(lost)) == (1, 7)
            assert {(error.expected, error.actual) for error in lost} == {(turn, turn + 1)}
            head = won[0].head
    assert store.head("c") == head


def store_all(
    pool: ThreadPoolExecutor, store: CaseStore, items: list[Append]
) -> list[AppendResult | StorageError]:
    """Append from as many threads as there are; errors as results."""

    def attempt(item: Append) -> AppendResult | StorageError:
        try:
            return store.append(item)
        except StorageError as error:
            return error

    return list(pool.map(attempt, items))


@promise
def no_update_is_lost_under_contention(harness: Harness) -> None:
    store = harness.store()

    def add(number: int) -> None:
        for step in range(10):
            while True:
                head = store.head("shared")
                item = append("shared", head, f"{number}/{step}", command_id=f"{number}/{step}")
                try:
                    store.append(item)
                    break
                except ConcurrencyConflictError:
                    continue

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    assert store.head("shared").version == 80
    assert len({event.command_id for event in store.read_case("shared")}) == 80
    assert store.verify().sound


# Index


def random_rows(rng: random.Random, number: int) -> CaseRow:
    """A row as it may come: many alike, some with no clock."""
    opened = T0 + rng.randrange(20) * SECOND
    due = None if rng.random() < 0.3 else opened + rng.randrange(1, 30) * SECOND
    yellow = None if due is None or rng.random() < 0.1 else (4 * due + opened) // 5
    community, grid = rng.randrange(3), rng.randrange(4)
    return row(
        f"case-{number}",
        state=rng.choice(["accepted", "in_progress", "closed"]),
        open=rng.random() < 0.7,
        procedure=rng.choice(["whistle", "service"]),
        matter=rng.choice(["M-1", "M-2", "M-3"]),
        unit=rng.choice(["", "U-1", "U-2"]),
        place=f"G-{community}{grid}",
        path=f"S-1/C-{community}/G-{community}{grid}",
        opened_us=opened,
        yellow_us=yellow,
        due_us=due,
        sensitive=rng.random() < 0.1,
    )


def filters(now_us: int) -> list[CaseFilter]:
    """Each filter alone, and some together."""
    lights = [CaseFilter(light=light, now_us=now_us) for light in ("green", "yellow", "red")]
    return [
        CaseFilter(),
        *lights,
        *(CaseFilter(unit=unit) for unit in ("", "U-1", "nobody")),
        *(CaseFilter(place=place) for place in ("S-1", "C-2", "G-11", "nowhere")),
        CaseFilter(matter="M-2"),
        CaseFilter(state="closed"),
        CaseFilter(open=True),
        CaseFilter(open=False),
        CaseFilter(procedure="service"),
        CaseFilter(sensitive=False),
        CaseFilter(unit="U-1", matter="M-1", open=True),
        CaseFilter(place="C-1", light="red", now_us=now_us, sensitive=False),
        CaseFilter(unit="U-2", place="C-0", light="yellow", now_us=now_us),
        CaseFilter(state="accepted", procedure="whistle", light="green", now_us=now_us),
    ]


def pages(store: CaseStore, where: CaseFilter, order: CaseOrder, limit: int) -> list[CaseRow]:
    """A whole list, page by page."""
    found: list[CaseRow] = []
    page = store.query_cases(where, order=order, limit=limit)
    while page.next is not None:
        assert len(page.rows) == limit
        found += page.rows
        page = store.query_cases(where, order=order, after=page.next, limit=limit)
    assert page.rows or not found
    return found + list(page.rows)


@promise
def lists_are_what_the_rows_say(harness: Harness) -> None:
    store, rng = harness.store(), random.Random(11)
    writers: dict[int, Writer] = {}
    rows: dict[int, CaseRow] = {}
    for step in range(900):
        number = rng.randrange(250)
        writer = writers.setdefault(number, Writer(f"case-{number}"))
        known = rng.random() < 0.2
        given = None if known else random_rows(rng, number)
        store.append(writer.append("x", row=given))
        if given is not None:
            rows[number] = given
        if step % 300 not in (150, 299):
            continue
        arrival = {number: place for place, number in enumerate(writers)}
        places = {number: lists.place_of(each, arrival[number], "due") for number, each in rows.items()}
        opened = {number: (each.opened_us, arrival[number]) for number, each in rows.items()}
        keys = {"due": places.__getitem__, "opened": opened.__getitem__, "arrival": arrival.__getitem__}
        for now_us, order in product((T0, T0 + (step // 30) * SECOND, T0 + 90 * SECOND), keys):
            harness.clock.now_us = max(harness.clock.now_us, now_us)
            for where in filters(now_us):
                fitting = [number for number, each in rows.items() if lists.matches(each, where)]
                expected = [rows[number] for number in sorted(fitting, key=keys[order])]
                assert pages(store, where, order, limit=40) == expected, (where, order)
                assert store.count_cases(where) == len(expected), where
    for number in range(250, 260):
        assert store.case_row(f"case-{number}") is None
    assert all(store.case_row(each.case_id) == each for each in rows.values())


@promise
def pages_follow_each_other_while_rows_change(harness: Harness) -> None:
    store = harness.store()
    writers = [Writer(f"c{number:02}") for number in range(30)]
    store.append_many(
        [
            writer.append("x", row=row(writer.case_id, due_us=T0 + number))
            for number, writer in enumerate(writers)
        ]
    )
    first = store.query_cases(limit=10)
    # One that was shown goes to the end, one that was not comes to the front.
    store.append(writers[3].append("x", row=row("c03", due_us=T0 + 1_000)))
    store.append(writers[25].append("x", row=row("c25", due_us=T0 - 1_000)))
    shown = [each.case_id for each in first.rows]
    page = first
    while page.next is not None:
        page = store.query_cases(after=page.next, limit=10)
        shown += [each.case_id for each in page.rows]
    assert shown == [f"c{number:02}" for number in range(30) if number != 25] + ["c03"]


@promise
def questions_that_are_none_are_refused(harness: Harness) -> None:
    store = harness.store()
    store.append_many([Writer(f"c{number}").append("x", row=row(f"c{number}")) for number in range(3)])
    with pytest.raises(PayloadRejectedError) as caught:
        store.query_cases(CaseFilter(light="red"), limit=0)
    assert [fault.code for fault in caught.value.faults] == ["storage.light_without_time", "storage.limit"]
    for where, order in ((CaseFilter(light="blue", now_us=1), "due"), (CaseFilter(), "size")):
        with pytest.raises(PayloadRejectedError):
            store.query_cases(where, order=order)
    after = store.query_cases(limit=1).next
    assert after is not None
    for token in (after.replace("due", "opened"), "", "due:x:1", "due:1", f"due:{2**70}:1", f"due:1:{2**70}"):
        with pytest.raises(CursorInvalidError):
            store.query_cases(after=token)
    assert len(store.query_cases(after=after).rows) == 2


@promise
def numbers_of_any_size_are_numbers(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    store.append(writer.append("x", row=row("c"), clocks=[clock("handle", 5)]))
    store.save_snapshot("c", Snapshot(1, 1, b"one"))
    for huge in (sys.maxsize, 2**63, 2**200):
        assert len(store.query_cases(limit=huge).rows) == len(store.read_feed(limit=huge).events) == 1
        assert len(store.read_case("c", limit=huge)) == len(store.due(huge, limit=huge)) == 1
        assert store.read_case("c", after=huge) == () == store.due(-huge, limit=huge)
        assert len(store.read_case("c", as_of=RecordedAt(huge))) == 1
        assert store.count_cases(CaseFilter(light="red", now_us=huge)) == 1
        assert store.count_cases(CaseFilter(light="green", now_us=-huge)) == 1
        assert store.load_snapshot("c", schema=1, at_or_before=huge) == Snapshot(1, 1, b"one")
        assert store.load_snapshot("c", schema=huge) is None


# Clocks


@promise
def due_gives_exactly_what_fires_in_order(harness: Harness) -> None:
    store, rng = harness.store(), random.Random(3)
    clocks: dict[str, dict[str, ClockRow]] = {}
    writers: dict[str, Writer] = {}
    for step in range(400):
        case_id = f"c{rng.randrange(60)}"
        writer = writers.setdefault(case_id, Writer(case_id))
        if rng.random() < 0.2:
            store.append(writer.append("x"))  # no row: clocks stay
            continue
        names = rng.sample(["accept", "handle", "report_in"], rng.randrange(4))
        own = [clock(name, rng.randrange(50), rng.randrange(50, 60)) for name in names]
        store.append(writer.append("x", row=row(case_id), clocks=own))
        clocks[case_id] = {each.clock: each for each in own}
        if step % 20:
            continue
        arrival = {each: place for place, each in enumerate(writers)}
        everyone = sorted(
            (each.fires_us, arrival[case], each.clock, DueClock(case, each.clock, each.fires_us, each.due_us))
            for case, own_clocks in clocks.items()
            for each in own_clocks.values()
        )
        assert store.next_due_us() == (everyone[0][0] if everyone else None)
        for second in (-1, 0, 20, 60):
            firing = tuple(each for fires, _, _, each in everyone if fires <= T0 + second * SECOND)
            assert store.due(T0 + second * SECOND) == firing
            assert store.due(T0 + second * SECOND, limit=3) == firing[:3]
            assert store.due(T0 + second * SECOND, limit=0) == ()


# Beside the events


@promise
def snapshots_are_a_cache(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    store.append(writer.append("a", "b", "c"))
    assert store.load_snapshot("c", schema=1) is None
    store.save_snapshot("c", Snapshot(2, 1, b"two"))
    assert store.load_snapshot("c", schema=1) == Snapshot(2, 1, b"two")
    store.save_snapshot("c", Snapshot(3, 1, b"three"))
    assert store.load_snapshot("c", schema=1) == Snapshot(3, 1, b"three")
    assert store.load_snapshot("c", schema=2) is None
    assert store.load_snapshot("c", schema=1, at_or_before=1) is None
    assert store.load_snapshot("c", schema=1, at_or_before=2) in (None, Snapshot(2, 1, b"two"))
    store.save_snapshot("unknown", Snapshot(1, 1, b"x"))  # nothing to keep it for
    assert store.verify().sound


@promise
def checkpoints_move_only_from_where_they_were(harness: Harness) -> None:
    store = harness.store()
    store.append(Writer("c").append("a", "b", "c"))
    own = store.describe().store
    assert store.checkpoint_get("reader") == START
    store.checkpoint_set("reader", Cursor(own, 2), expected=START)
    with pytest.raises(ConcurrencyConflictError) as caught:
        store.checkpoint_set("reader", Cursor(own, 3), expected=START)
    assert (caught.value.expected, caught.value.actual) == (0, 2)
    store = harness.reopen()
    assert store.checkpoint_get("reader") == Cursor(own, 2)
    store.checkpoint_set("reader", Cursor(own, 1), expected=Cursor(own, 2))
    assert store.checkpoint_get("other") == START
    for name in ("", "\ud800", "a\0b", "x" * 256):
        assert store.checkpoint_get(name) == START
        with pytest.raises(PayloadRejectedError):
            store.checkpoint_set(name, Cursor(own, 1), expected=START)


@promise
def personal_data_lies_beside_the_chain(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    personal = Personal(digest("salted"), "subject-1", b"\0sealed\xff")
    store.append(writer.append("a", personal=[personal]))
    refused = append("c", NEW, "late", command_id="late", personal=[Personal(digest("b"), "s", b"x")])
    with pytest.raises(ConcurrencyConflictError):
        store.append(refused)
    store = harness.reopen()
    assert store.read_personal(personal.commitment) == personal
    assert store.read_personal(digest("b")) is None
    assert all(b"sealed" not in event.envelope.data for event in everything(store))


# Seals and verification


@promise
def seals_grow_with_the_feed(harness: Harness) -> None:
    store, writer = harness.store(), Writer("c")
    empty = store.seal()
    assert (empty.number, empty.position, empty.events) == (1, 0, 0)
    assert store.seal() == empty
    sealed = [empty]
    tree = MerkleTree()
    for size in (1, 2, 3, 1, 9):
        item = writer.append(*(["x"] * size))
        store.append(item)
        harness.clock.now_us += SECOND
        for event in store.read_case("c", after=writer.head.version - size):
            tree.add(leaf(event))
        seal = store.seal()
        assert seal == store.seal() == harness.reopen().seal()
        store = harness.store() if not harness.persistent else harness.reopen()
        assert (seal.number, seal.events, seal.root) == (len(sealed) + 1, writer.head.version, tree.root())
        assert (seal.previous, seal.sealed_us) == (seal_hash(sealed[-1]), harness.clock.now_us)
        sealed.append(seal)
    assert store.seals() == tuple(sealed)
    assert store.verify(kept=sealed, heads=[("c", writer.head)]).sound


@promise
def verify_tells_what_was_kept_outside_and_is_not_here(harness: Harness) -> None:
    store, other = harness.store(), harness.another()
    writer = Writer("c")
    first = writer.append("a")
    for each in (store, other):
        each.append(first)
    store.append(writer.append("b"))
    other.append(append("c", Head(1, first.events[0].hash), "changed", command_id="changed"))
    report = store.verify()
    assert (report.sound, report.events, report.cases, report.head) == (True, 2, 1, 2)
    kept = [("c", other.head("c")), ("c", Head(7, bytes(32))), ("gone", writer.head)]
    faults = store.verify(heads=kept).faults
    assert {(fault.code, fault.case_id, fault.version) for fault in faults} == {
        ("integrity.rewritten_case", "c", 2),
        ("integrity.truncated_case", "c", 3),
        ("integrity.dropped_case", "gone", 1),
    }
    assert store.verify(heads=[("c", NEW), ("never", NEW)]).sound
    mine, foreign = store.seal(), other.seal()
    assert store.verify(kept=[mine]).sound
    report = store.verify(kept=[foreign])
    assert {fault.code for fault in report.faults} == {"integrity.edited_seal", "integrity.seal_mismatch"}
    ahead = mine._replace(number=2, position=9, events=9)
    report = store.verify(kept=[ahead])
    assert {fault.code for fault in report.faults} == {"integrity.missing_seal", "integrity.truncated_feed"}
    assert max(fault.position for fault in report.faults) == 9


# Moving, closing


def filled(store: CaseStore, now: Clock) -> None:
    """Some of everything."""
    rng = random.Random(8)
    writers = [Writer(f"case-{number}") for number in range(40)]
    for step in range(200):
        writer = rng.choice(writers)
        number = int(writer.case_id.removeprefix("case-"))
        given = random_rows(rng, number) if rng.random() < 0.7 and number else None
        clocks = [clock("handle", step), clock("accept", 2 * step)] if given and rng.random() < 0.8 else ()
        personal = [Personal(digest(str(step)), f"s{number}", b"x")] if step % 9 == 0 else ()
        store.append(writer.append(*(["x"] * rng.randint(1, 3)), row=given, clocks=clocks, personal=personal))
        now.now_us += rng.randrange(3)
        if step % 70 == 69:
            store.seal()
    store.checkpoint_set("reader", Cursor(store.describe().store, 17), expected=START)


@promise
def a_store_moves_whole(harness: Harness) -> None:
    store, copy = harness.store(), harness.another()
    filled(store, harness.clock)
    entries = list(store.dump())
    copy.restore(store.describe().store, entries)
    assert list(copy.dump()) == entries
    assert everything(copy) == everything(store)
    assert copy.describe().store == store.describe().store
    assert copy.seals() == store.seals()
    assert copy.verify(kept=store.seals()).sound
    assert copy.due(10**18) == store.due(10**18)
    assert copy.checkpoint_get("reader") == store.checkpoint_get("reader")
    for order in get_args(CaseOrder):
        assert pages(copy, CaseFilter(), order, 7) == pages(store, CaseFilter(), order, 7)
    command = everything(store)[5]
    assert copy.command_result(command.command_id) == store.command_result(command.command_id)
    # Both go on alike.
    writer = Writer("case-1", store.head("case-1"))
    item = writer.append("more", command_id="more")
    harness.clock.now_us += SECOND
    assert copy.append(item) == store.append(item)
    assert copy.seal() == store.seal()
    assert copy.verify().sound


@promise
def what_does_not_hold_together_is_not_restored(harness: Harness) -> None:
    store = harness.store()
    filled(store, harness.clock)
    entries = list(store.dump())
    identity = store.describe().store
    spoiled = harness.another()

    def change(number: int, **changes: object) -> list[Entry]:
        return [*entries[:number], entries[number]._replace(**changes), *entries[number + 1 :]]  # type: ignore[arg-type]

    at = next(
        number
        for number, entry in enumerate(entries)
        if isinstance(entry, RecordedEvent) and entry.version == 2
    )
    event = entries[at]
    assert isinstance(event, RecordedEvent)
    seal = next(number for number, entry in enumerate(entries) if isinstance(entry, Seal))
    for wrong in (
        change(at, envelope=event.envelope._replace(data=b"{}")),
        change(at, version=9),
        change(at, recorded_us=event.recorded_us + 1),
        change(seal, root=bytes(32)),
        [*entries[:at], *entries[at + 1 :]],
        [*entries[:at], "nonsense", *entries[at + 1 :]],
    ):
        with pytest.raises(IntegrityViolationError):
            spoiled.restore(identity, wrong)
        assert everything(spoiled) == []
    spoiled.restore(identity, entries)
    with pytest.raises(ConcurrencyConflictError):
        spoiled.restore(identity, entries)
    assert everything(spoiled) == everything(store)


@promise
def a_closed_store_says_so(harness: Harness) -> None:
    store = harness.another()
    store.append(Writer("c").append("a"))
    store.close()
    store.close()
    for call in (
        lambda: store.append(Writer("d").append("a")),
        lambda: store.append_many([]),
        lambda: store.read_case("c"),
        store.read_feed,
        lambda: store.head("c"),
        store.query_cases,
        store.count_cases,
        lambda: store.due(T0),
        store.next_due_us,
        store.seal,
        store.seals,
        store.verify,
        lambda: list(store.dump()),
        lambda: store.checkpoint_get("reader"),
    ):
        with pytest.raises(StoreClosedError):
            call()
