"""Stores whose feed or whose heads are wrong when several write, or when the clock is set."""

from __future__ import annotations

import math
from functools import partial
from random import random
from threading import local
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, ClassVar
from unittest import mock

from gallery.stores.faulty import ChangedSql, faulty
from gov_core.errors import ConcurrencyConflictError, StorageError
from gov_core.storage import memory
from gov_core.storage.auditing import Audit
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import NEW, START, AppendResult, Cursor, FeedPage, Head
from gov_core.storage.sqlite import SqliteCaseStore

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Uncommitted(MemoryCaseStore):
    """Gives positions when it writes, and shows the events when it commits, a little later."""

    patience_s = math.inf

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._drawn: dict[int, float] = {}  # positions that are not committed, and since when

    def append_many(self, items: Iterable[Any], *, together: bool = False, **options: Any) -> list[Any]:
        if together:
            return super().append_many(items, together=True, **options)
        results: list[Any] = super().append_many((), **options)
        own: list[int] = []
        try:
            for item in items:
                with self._lock:
                    results += super().append_many((item,), **options)
                    if isinstance(results[-1], AppendResult) and not results[-1].duplicate:
                        positions = range(results[-1].first, results[-1].last + 1)
                        own += positions
                        self._drawn |= dict.fromkeys(positions, monotonic())
            sleep(0.002 * random())
        finally:
            self._commit(own)
        return results

    def _commit(self, positions: list[int]) -> None:
        with self._lock:
            for position in positions:
                del self._drawn[position]

    def read_feed(self, after: Cursor = START, *, limit: int = 1000, **options: Any) -> FeedPage:
        with self._use():
            page = super().read_feed(after, limit=limit, **options)
            shown = []
            for event in page.events:
                since = self._drawn.get(event.position)
                if since is None:
                    shown.append(event)
                elif monotonic() - since < self.patience_s:
                    break
        last = shown[-1].position if shown else after.position
        return page._replace(events=tuple(shown), next=page.next._replace(position=last))


@faulty("commanded/eventstore #3", "https://github.com/commanded/eventstore/issues/3", "S56 S58 S61")
class BareSerial(_Uncommitted):
    """A position is drawn before its commit, and readers go past positions that are not committed yet."""

    patience_s = 0.0


@faulty("Marten #2370", "https://github.com/JasperFx/marten/issues/2370", "S61")
class GapSkippedByTime(_Uncommitted):
    """Readers wait for a missing position only so long, and then go past a transaction that takes longer."""

    patience_s = 0.02


@faulty("Eveneum #26", "https://github.com/Eveneum/Eveneum/issues/26", "S63")
class RowByRow(_Uncommitted):
    """The events of one append are committed one by one, and readers see the first of them alone."""

    def _commit(self, positions: list[int]) -> None:
        for position in positions:
            super()._commit([position])
            sleep(0.0005)


@faulty("ZITADEL #12703", "https://github.com/zitadel/zitadel/pull/12703", "S58")
class CursorOfTransactions(MemoryCaseStore):
    """A cursor knows the last transaction, not the last event: a large one is left where a page ended."""

    def read_feed(self, after: Cursor = START, *, limit: int = 1000, **options: Any) -> FeedPage:
        page = super().read_feed(after, limit=limit, **options)
        if page.events:
            first, last = self._commands[page.events[-1].command_id][1][1:3]
            if last - first >= 20:
                return page._replace(next=page.next._replace(position=last))
        return page


@faulty("Protean #793", "https://github.com/proteanhq/protean/issues/793", "S49 S51")
class RemovedLock(MemoryCaseStore):
    """The head is compared before the lock is taken: of two that saw the same one the later one wins."""

    def append(self, item: Any, **options: Any) -> AppendResult:
        same = self.head(item.case_id) == item.expected
        sleep(0.001 * random())
        with self._lock:
            case = self._cases.get(item.case_id)
            if same and case is not None and case.head != item.expected:
                lost = case.events[item.expected.version :]
                self._feed = [event for event in self._feed if event not in lost]
                del case.events[item.expected.version :]
                if item.expected == NEW:
                    del self._cases[item.case_id]
            return super().append(item, **options)


@faulty("chatmail/core #4063", "https://github.com/chatmail/core/pull/4063", "S49 S51")
class DeferredTransaction(ChangedSql):
    """A transaction begins to read and takes the lock to write too late, when others have written."""

    sql: ClassVar = {"^BEGIN IMMEDIATE$": "BEGIN"}

    def said(self, statement: str) -> str:
        if statement.startswith("INSERT INTO events"):
            sleep(0.001)  # others get as far as this one
        return super().said(statement)


@faulty("EventFlow #564", "https://github.com/eventflow/EventFlow/issues/564", "X17 S57")
class BurntPositions(MemoryCaseStore):
    """Positions come from a sequence that is not rolled back, and the store says that they have no gaps."""

    _burnt = 0  # by appends that were refused since the last one that was not
    _ahead = 0

    @property
    def _head(self) -> int:
        ahead, self._ahead = self._ahead, 0
        return super()._head + ahead

    def _append(self, item: Any, recorded_us: int) -> AppendResult | StorageError:
        self._ahead = self._burnt
        result = super()._append(item, recorded_us)
        self._ahead = 0
        if isinstance(result, ConcurrencyConflictError):
            self._burnt += 1
        elif isinstance(result, AppendResult) and not result.duplicate:
            self._burnt = 0
        return result

    def verify(self, **options: Any) -> Any:
        with mock.patch.object(memory, "Audit", partial(Audit, dense=False)):
            return super().verify(**options)


@faulty("dstack #1727", "https://github.com/dstackai/dstack/issues/1727", "X08 S75")
class ClockSetBack(MemoryCaseStore):
    """Time of record is what the clock of the machine says, also after it was set back."""

    def _now_us(self) -> int:
        return self._clock()


@faulty("Laravel Excel #227", "https://github.com/SpartnerNL/Laravel-Excel/issues/227", "S27")
class ChunkEdge(MemoryCaseStore):
    """Long pages are put together of chunks, and each chunk begins one event too late."""

    def read_feed(self, after: Cursor = START, *, limit: int = 1000, **options: Any) -> FeedPage:
        page = super().read_feed(after, limit=limit, **options)
        return page._replace(events=tuple(each for at, each in enumerate(page.events, 1) if at % 501))


@faulty("franz-go #1426", "https://github.com/twmb/franz-go/pull/1426", "S66")
class CursorOfAnyStore(MemoryCaseStore):
    """A cursor is a bare number, and one of another store is taken for one of this store."""

    def read_feed(self, after: Cursor = START, **options: Any) -> FeedPage:
        return super().read_feed(after._replace(store=self._id), **options)


@faulty("ruby-kafka #595", "https://github.com/zendesk/ruby-kafka/pull/595", "S39")
class LastCheckpointWins(MemoryCaseStore):
    """A reader that was taken for dead moves the place of the one that took over."""

    def checkpoint_set(self, name: str, cursor: Cursor, *, expected: Cursor, **options: Any) -> None:
        del expected
        super().checkpoint_set(name, cursor, expected=self.checkpoint_get(name), **options)


@faulty("Hazelcast #113", "https://github.com/hazelcast/hazelcast/issues/113", "S54")
class RowsInACache(SqliteCaseStore):
    """Rows of cases are kept in memory, and what others write does not take them out."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._rows: dict[str, Any] = {}
        super().__init__(*arguments, **options)

    def append_many(self, items: Iterable[Any], **options: Any) -> list[AppendResult | StorageError]:
        self._rows.clear()
        return super().append_many(items, **options)

    def restore(self, *arguments: Any) -> None:
        super().restore(*arguments)
        self._rows.clear()

    def case_row(self, case_id: str, **options: Any) -> Any:
        found = super().case_row(case_id, **options)
        return self._rows.setdefault(case_id, found) if found else None


@faulty("etcd #741", "https://github.com/etcd-io/etcd/issues/741", "S50")
class OwnCopyOfTheHead(MemoryCaseStore):
    """Who asks for a head gets, for a moment, the one it saw last, though others have written since."""

    moment_s = 0.01

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._copies = local()

    def head(self, case_id: str, **options: Any) -> Head:
        copies = self._copies.__dict__
        head, until_s = copies.get(case_id, (NEW, 0.0))
        if monotonic() >= until_s:
            head = super().head(case_id, **options)
            copies[case_id] = head, monotonic() + self.moment_s
        return head

    def append_many(self, items: Iterable[Any], **options: Any) -> list[AppendResult | StorageError]:
        try:
            return super().append_many(items, **options)
        finally:
            self._copies.__dict__.clear()  # who has written sees it
