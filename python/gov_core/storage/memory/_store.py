"""The store in memory: events, lists, clocks, seals; what goes beside them has calls of its own."""

from __future__ import annotations

import sys
from bisect import bisect_right
from heapq import heapify, heappop, heappush, nsmallest
from itertools import islice
from operator import attrgetter
from threading import TIMEOUT_MAX
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from gov_core.errors import ConcurrencyConflictError, StorageError
from gov_core.storage import lists
from gov_core.storage.accepting import (
    MAX_EVENT_BYTES,
    check_entry,
    check_name,
    refusal,
)
from gov_core.storage.auditing import Audit
from gov_core.storage.batches import OneAsBatch
from gov_core.storage.clock import latest_of
from gov_core.storage.clock import now_us as machine_now_us
from gov_core.storage.memory._case import MemoryCase
from gov_core.storage.memory._lanes import Lanes
from gov_core.storage.memory._outbox_calls import OutboxCalls
from gov_core.storage.memory._subject_calls import SubjectCalls
from gov_core.storage.memory._subjects import Subjects
from gov_core.storage.merkle import MerkleTree, leaf, seal_hash
from gov_core.storage.moving import check_empty, check_sound, in_pages, restoring
from gov_core.storage.outbox import OutboxEntry
from gov_core.storage.personal import (
    Access,
    Erasure,
    Hold,
    Personal,
    SubjectKey,
    SubjectLink,
)
from gov_core.storage.protocol import (
    CONTRACT_VERSION,
    NEW,
    START,
    AppendResult,
    CaseEntry,
    CaseFilter,
    CasePage,
    Checkpoint,
    Cursor,
    DueClock,
    FeedPage,
    Head,
    Position,
    RecordedEvent,
    Seal,
    StoreDescription,
)
from gov_core.storage.refusals import (
    command_reused,
    conflict,
    message_reused,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gov_core.storage.protocol import (
        Append,
        AsOf,
        CaseOrder,
        CaseRow,
        ClockRow,
        Entry,
        Snapshot,
        VerifyReport,
    )

_PAGE: Final = 1000


class MemoryCaseStore(OneAsBatch, OutboxCalls, SubjectCalls):
    """A store that is gone with the process. Safe to use from several threads.

    Args:
        clock: The store's own clock, microseconds since 1970 UTC.
    """

    def __init__(self, *, clock: Callable[[], int] = machine_now_us) -> None:
        super().__init__(clock)
        self._id = uuid4().hex
        self._cases: dict[str, MemoryCase] = {}
        self._feed: list[RecordedEvent] = []
        self._commands: dict[str, tuple[bytes, AppendResult]] = {}
        self._due: list[
            tuple[int, int, str, str]
        ] = []  # fires_us, arrival, clock, case: a heap with stale entries
        self._open_clocks = 0
        self._subjects = Subjects(self._arrival)
        self._lanes = Lanes()
        self._checkpoints: dict[str, Cursor] = {}
        self._seals: list[Seal] = []
        self._tree = MerkleTree()

    def describe(self) -> StoreDescription:
        """What this store is and promises."""
        with self._use():
            store = self._id
        return StoreDescription(
            name="memory",
            store=store,
            contract_version=CONTRACT_VERSION,
            schema_version=0,
            durability="memory",
            capabilities=frozenset(
                {"dense_positions", "real_time_order", "snapshots", "seals", "outbox", "erasure"}
            ),
            max_event_bytes=MAX_EVENT_BYTES,
        )

    def append_many(
        self,
        items: Iterable[Append],
        *,
        together: bool = False,
        deadline_s: float | None = None,
    ) -> list[AppendResult | StorageError]:
        """Append for many cases; what is wrong with one item is its result, or raised if `together`."""
        items = list(items)
        with self._use(deadline_s):
            if together:
                self._all_can(items)
            recorded_us = self._now_us()
            results = [self._append(item, recorded_us) for item in items]
            self._news.notify_all()
            return results

    def _all_can(self, items: Iterable[Append]) -> None:
        """Raise the error of the first item that could not be appended after those before it."""
        heads: dict[str, Head] = {}
        digests: dict[str, bytes] = {}
        told: set[str] = set()
        for item in items:
            if (refused := refusal(item)) is not None:
                raise refused
            case = self._cases.get(item.case_id)
            head = heads.get(item.case_id) or (case.head if case else NEW)
            known = digests.get(item.command_id) or self._commands.get(item.command_id, (None,))[0]
            if known is not None and known != item.digest:
                raise command_reused(item.command_id)
            if known is None and item.expected != head:
                raise conflict(item.case_id, item.expected, head)
            if known is None:
                for message in item.outbox:
                    if message.id in told or message.id in self._lanes:
                        raise message_reused(message.id)
                    told.add(message.id)
                if (gone := self._subjects.refusal(item.personal)) is not None:
                    raise gone
                heads[item.case_id] = Head(head.version + len(item.events), item.events[-1].hash)
                digests[item.command_id] = item.digest

    def _append(self, item: Append, recorded_us: int) -> AppendResult | StorageError:
        if (refused := refusal(item)) is not None:
            return refused
        if (applied := self._commands.get(item.command_id)) is not None:
            digest, result = applied
            return (
                result._replace(duplicate=True) if digest == item.digest else command_reused(item.command_id)
            )
        case = self._cases.get(item.case_id)
        head = case.head if case else NEW
        if item.expected != head:
            return conflict(item.case_id, item.expected, head)
        if (again := next((each.id for each in item.outbox if each.id in self._lanes), None)) is not None:
            return message_reused(again)
        if (gone := self._subjects.refusal(item.personal)) is not None:
            return gone
        first = self._head + 1
        if case is None:
            case = self._cases[item.case_id] = MemoryCase(first)
        for offset, event in enumerate(item.events):
            recorded = RecordedEvent(
                first + offset,
                item.case_id,
                head.version + 1 + offset,
                recorded_us,
                item.command_id,
                item.digest,
                event,
            )
            case.events.append(recorded)
            self._feed.append(recorded)
        self._latest_us = max(self._latest_us, recorded_us)
        if item.row is not None:
            self._index(case, item.row, item.clocks)
        self._subjects.keep(item.case_id, item.personal, item.subjects)
        self._lanes.write(item.case_id, item.outbox, recorded_us)
        result = AppendResult(case.head, first, self._head)
        self._commands[item.command_id] = item.digest, result
        return result

    def _index(self, case: MemoryCase, row: CaseRow, clocks: Iterable[ClockRow]) -> None:
        self._open_clocks -= len(case.clocks)
        case.row, case.clocks = row, {clock.clock: clock for clock in clocks}
        self._open_clocks += len(case.clocks)
        for clock in case.clocks.values():
            heappush(self._due, (clock.fires_us, case.arrival, clock.clock, row.case_id))
        if len(self._due) > 2 * self._open_clocks + 1000:
            self._due = [
                (clock.fires_us, each.arrival, clock.clock, case_id)
                for case_id, each in self._cases.items()
                for clock in each.clocks.values()
            ]
            heapify(self._due)

    def command_result(
        self, command_id: str, digest: bytes | None = None, *, deadline_s: float | None = None
    ) -> AppendResult | None:
        """What a command led to; None if it was never applied."""
        with self._use(deadline_s):
            applied = self._commands.get(command_id)
            if applied is None:
                return None
            if digest not in (None, applied[0]):
                raise command_reused(command_id)
            return applied[1]._replace(duplicate=True)

    def read_case(
        self,
        case_id: str,
        *,
        after: int = 0,
        as_of: AsOf | None = None,
        limit: int | None = None,
        deadline_s: float | None = None,
    ) -> tuple[RecordedEvent, ...]:
        """Events of a case after version `after`, in order; empty for an unknown case."""
        with self._use(deadline_s):
            case = self._cases.get(case_id)
            events: Iterable[RecordedEvent] = case.events[max(after, 0) :] if case else ()
            if isinstance(as_of, Position):
                events = (event for event in events if event.position <= as_of.position)
            elif as_of is not None:
                events = (event for event in events if event.recorded_us <= as_of.recorded_us)
            return tuple(events if limit is None else islice(events, min(max(limit, 0), sys.maxsize)))

    def head(self, case_id: str, *, deadline_s: float | None = None) -> Head:
        """Where a case stands; `NEW` for an unknown one."""
        with self._use(deadline_s):
            case = self._cases.get(case_id)
            return case.head if case else NEW

    def read_feed(
        self, after: Cursor = START, *, limit: int = 1000, deadline_s: float | None = None
    ) -> FeedPage:
        """Events of all cases, in the order of their positions."""
        with self._use(deadline_s):
            position = within(after, self._id, self._head)
            events = tuple(self._behind(position, limit))
            return FeedPage(events, Cursor(self._id, events[-1].position if events else position), self._head)

    def wait(self, after: Cursor, *, timeout_s: float) -> bool:
        """Whether there is something behind a cursor, waiting for it up to a time."""
        with self._use():
            position = within(after, self._id, self._head)
            wait_s = min(max(timeout_s, 0), TIMEOUT_MAX)
            self._news.wait_for(lambda: self._head > position or self._closed, wait_s)
            return self._head > position

    def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        """The row of a case in the index; None for an unknown one."""
        with self._use(deadline_s):
            case = self._cases.get(case_id)
            return case.row if case else None

    def query_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008 - immutable
        *,
        order: CaseOrder = "due",
        after: str | None = None,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> CasePage:
        """A page of cases. Looks at all of them, which is why this store is for small numbers."""
        start = lists.asked(where, order, after, limit).start
        with self._use(deadline_s):
            found = (
                (place, row)
                for case in self._cases.values()
                if (row := case.row) is not None
                and lists.matches(row, where)
                and (place := lists.place_of(row, case.arrival, order)) > start
            )
            page = nsmallest(limit + 1, found, key=lambda one: one[0])
        more = len(page) > limit
        rows = tuple(row for _, row in page[:limit])
        return CasePage(rows, lists.token(order, page[limit - 1][0]) if more else None)

    def count_cases(self, where: CaseFilter = CaseFilter(), *, deadline_s: float | None = None) -> int:  # noqa: B008 - immutable
        """How many cases there are."""
        lists.asked(where)
        with self._use(deadline_s):
            return sum(
                1 for case in self._cases.values() if case.row is not None and lists.matches(case.row, where)
            )

    def due(self, now_us: int, *, limit: int = 1000, deadline_s: float | None = None) -> tuple[DueClock, ...]:
        """Clocks with `fires_us` at or before `now_us`, by that time, then by arrival, then name."""
        with self._use(deadline_s):
            found: list[tuple[int, int, str, str]] = []
            while len(found) < limit and self._drop_stale() and self._due[0][0] <= now_us:
                entry = heappop(self._due)
                if not found or entry != found[-1]:
                    found.append(entry)
            for entry in found:
                heappush(self._due, entry)
            return tuple(
                DueClock(case_id, clock, fires_us, self._cases[case_id].clocks[clock].due_us)
                for fires_us, _, clock, case_id in found
            )

    def next_due_us(self, *, deadline_s: float | None = None) -> int | None:
        """When the next clock fires; None if none is open."""
        with self._use(deadline_s):
            return self._due[0][0] if self._drop_stale() else None

    def _drop_stale(self) -> bool:
        """Take clocks off the top of the heap that are no more; whether any is left."""
        while self._due:
            fires_us, _, clock, case_id = self._due[0]
            still = self._cases[case_id].clocks.get(clock)
            if still is not None and still.fires_us == fires_us:
                return True
            heappop(self._due)
        return False

    def save_snapshot(self, case_id: str, snapshot: Snapshot, *, deadline_s: float | None = None) -> None:
        """Keep a snapshot."""
        with self._use(deadline_s):
            if (case := self._cases.get(case_id)) is not None:
                case.snapshots[snapshot.schema, snapshot.version] = snapshot

    def load_snapshot(
        self, case_id: str, *, schema: int, at_or_before: int | None = None, deadline_s: float | None = None
    ) -> Snapshot | None:
        """The newest snapshot of that schema at or before a version."""
        with self._use(deadline_s):
            case = self._cases.get(case_id)
            fitting = [
                snapshot
                for snapshot in (case.snapshots.values() if case else ())
                if snapshot.schema == schema and (at_or_before is None or snapshot.version <= at_or_before)
            ]
            return max(fitting, key=attrgetter("version"), default=None)

    def checkpoint_get(self, name: str, *, deadline_s: float | None = None) -> Cursor:
        """How far a reader of the feed has come; `START` if it never said."""
        with self._use(deadline_s):
            return self._checkpoints.get(name, START)

    def checkpoint_set(
        self, name: str, cursor: Cursor, *, expected: Cursor, deadline_s: float | None = None
    ) -> None:
        """Move a reader's place, if it is still where it was thought to be."""
        check_name(name)
        with self._use(deadline_s):
            within(cursor, self._id, self._head)
            actual = self._checkpoints.get(name, START)
            if actual != expected:
                raise ConcurrencyConflictError(name, expected.position, actual.position)
            self._checkpoints[name] = cursor

    def seal(self) -> Seal:
        """Seal the feed up to its newest event; the same seal again if nothing is new since."""
        with self._use():
            last = self._seals[-1] if self._seals else None
            if last is not None and last.position == self._head:
                return last
            for event in self._feed[self._tree.leaves :]:
                self._tree.add(leaf(event))
            seal = Seal(
                store=self._id,
                number=len(self._seals) + 1,
                position=self._head,
                events=len(self._feed),
                root=self._tree.root(),
                previous=seal_hash(last) if last else bytes(32),
                sealed_us=self._tick(),
            )
            self._seals.append(seal)
            return seal

    def seals(self) -> tuple[Seal, ...]:
        """All seals, oldest first."""
        with self._use():
            return tuple(self._seals)

    def verify(self, *, kept: Sequence[Seal] = (), heads: Sequence[tuple[str, Head]] = ()) -> VerifyReport:
        """Read everything and say what is not as it was written."""
        with self._use():
            audit = Audit(self._id, own=self._seals, kept=kept, heads=heads)
            for case_id, case in self._cases.items():
                audit.case(case_id, case.events, case.head)
            for event in self._feed:
                audit.event(event)
            return audit.report()

    def dump(self) -> Iterator[Entry]:
        """All that is in the store."""
        return in_pages(self._page)

    def _page(self, after: int) -> tuple[list[Entry], int]:
        with self._use():
            page = self._behind(after, _PAGE)
            return (self._with_cases(page), page[-1].position) if page else (self._rest(), after)

    def _with_cases(self, page: Sequence[RecordedEvent]) -> list[Entry]:
        """Events, and what the index has of the cases that end with one of them."""
        last = {event.case_id: event.version for event in page}
        entries: list[Entry] = [*page]
        for case_id in sorted(last, key=lambda each: self._cases[each].arrival):
            case = self._cases[case_id]
            if len(case.events) == last[case_id]:
                entries.append(CaseEntry(case_id, case.row, tuple(case.clocks.values())))
        return entries

    def _rest(self) -> list[Entry]:
        """What is not of a single case."""
        return [
            *self._subjects.entries(),
            *self._lanes.entries(),
            *self._seals,
            *(Checkpoint(*each) for each in sorted(self._checkpoints.items())),
        ]

    def restore(self, store: str, entries: Iterable[Entry]) -> None:
        """Become what another store was. All or nothing."""
        other = MemoryCaseStore(clock=self._clock)
        other._id = store
        with restoring():
            for entry in entries:
                check_entry(entry)
                other._take(entry)
                other._latest_us = max(other._latest_us, latest_of(entry))
            report = other.verify()
        check_sound(report)
        with self._use():
            check_empty(self._id, self._head)
            for name in ("_id", "_cases", "_feed", "_commands", "_due", "_open_clocks"):
                setattr(self, name, getattr(other, name))
            for name in ("_subjects", "_lanes", "_latest_us", "_checkpoints", "_seals", "_tree"):
                setattr(self, name, getattr(other, name))

    def _take(self, entry: Entry) -> None:
        match entry:
            case RecordedEvent():
                case = self._cases.get(entry.case_id)
                if case is None:
                    case = self._cases[entry.case_id] = MemoryCase(entry.position)
                case.events.append(entry)
                self._feed.append(entry)
                self._latest_us = max(self._latest_us, entry.recorded_us)
                _, before = self._commands.get(entry.command_id, (b"", None))
                first = before.first if before else entry.position
                self._commands[entry.command_id] = (
                    entry.digest,
                    AppendResult(case.head, first, entry.position),
                )
            case CaseEntry(case_id, row, clocks):
                if row is not None:
                    self._index(self._cases[case_id], row, clocks)
            case Seal():
                self._seals.append(entry)
                self._latest_us = max(self._latest_us, entry.sealed_us)
            case Checkpoint(name, cursor):
                self._checkpoints[name] = cursor
            case OutboxEntry():
                if entry.case_id not in self._cases:
                    raise KeyError(entry.case_id)
                self._lanes.take(entry)
            case Personal() | SubjectKey() | SubjectLink() | Hold() | Erasure() | Access():
                self._subjects.take(entry)
            case _:
                raise TypeError(f"{entry!r:.60}")

    @property
    def _head(self) -> int:
        return self._feed[-1].position if self._feed else 0

    def _behind(self, position: int, limit: int) -> list[RecordedEvent]:
        start = bisect_right(self._feed, position, key=attrgetter("position"))
        return self._feed[start : start + max(limit, 0)]

    def _arrival(self, case_id: str) -> int:
        return self._cases[case_id].arrival
