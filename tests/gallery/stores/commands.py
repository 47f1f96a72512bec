"""Stores that apply a command twice, not at all, or by half."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from gallery.stores.faulty import ChangedSql, faulty
from gov_core.errors import ConcurrencyConflictError, Fault, StorageError, StoreUnavailableError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import AppendResult, CaseEntry, Head
from gov_core.storage.refusals import late, message_reused
from gov_core.storage.sqlite import SqliteCaseStore, _moving
from gov_core.storage.sqlite._rows import head_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.storage.protocol import Append

DAY_US = 24 * 3600 * 1_000_000


def _done(item: Append) -> AppendResult:
    """What an append would have led to, had it been made."""
    last = item.events[-1]
    return AppendResult(Head(item.expected.version + len(item.events), last.hash), 1, 1, duplicate=True)


@faulty("NEventStore #352", "https://github.com/NEventStore/NEventStore/issues/352", "X02 S69")
class ConflictIgnored(MemoryCaseStore):
    """Rows of a bulk append that conflict with what is there are left out, and nobody is told."""

    def append_many(self, items: Iterable[Append], **options: Any) -> list[AppendResult | StorageError]:
        items = list(items)
        results = super().append_many(items, **options)
        if len(items) == 1:
            return results
        return [
            _done(item) if isinstance(result, ConcurrencyConflictError) else result
            for item, result in zip(items, results, strict=True)
        ]


@faulty("Eventuous #429", "https://github.com/Eventuous/eventuous/issues/429", "X03")
class BatchByItems(MemoryCaseStore):
    """Items that are to be taken together are committed one by one; when one fails the others stay."""

    def append_many(
        self, items: Iterable[Append], *, together: bool = False, **options: Any
    ) -> list[AppendResult | StorageError]:
        if not together:
            return super().append_many(items, **options)
        results = []
        for item in items:
            results += super().append_many((item,), **options)
            if isinstance(results[-1], StorageError):
                raise results[-1]
        return results


@faulty("sled #1165", "https://github.com/spacejam/sled/issues/1165", "X02")
class BatchSorted(MemoryCaseStore):
    """A bulk append is sorted by case, so that writers do not cross, and the feed has it in that order."""

    def append_many(self, items: Iterable[Append], **options: Any) -> list[AppendResult | StorageError]:
        given = list(items)
        order = sorted(range(len(given)), key=lambda number: str(given[number].case_id))
        results = super().append_many([given[number] for number in order], **options)
        by_number = dict(zip(order, results, strict=True))
        return [by_number[number] for number in range(len(given))]


@faulty(
    "RabbitMQ message deduplication #101",
    "https://github.com/noxdafox/rabbitmq-message-deduplication/issues/101",
    "S27",
)
class IdsInAWindow(MemoryCaseStore):
    """Only the last ten thousand command ids are remembered."""

    def _append(self, item: Append, recorded_us: int) -> AppendResult | StorageError:
        result = super()._append(item, recorded_us)
        while len(self._commands) > 10_000:
            del self._commands[next(iter(self._commands))]
        return result


@faulty(
    "NATS: duplicate window",
    "https://nats-io.github.io/nats.net/api/NATS.Client.JetStream.Models.StreamConfig.DuplicateWindow.html",
    "S27",
)
class IdsExpire(MemoryCaseStore):
    """A command id is remembered for a day."""

    def _append(self, item: Append, recorded_us: int) -> AppendResult | StorageError:
        _, known = self._commands.get(item.command_id, (b"", None))
        if known is not None and recorded_us - self._feed[known.first - 1].recorded_us > DAY_US:
            del self._commands[item.command_id]
        return super()._append(item, recorded_us)


@faulty("idempotency4j #12", "https://github.com/josipmusa/idempotency4j/issues/12", "S23")
class PayloadNotCompared(MemoryCaseStore):
    """A known command id gives its first result, whatever the command says now."""

    def _append(self, item: Append, recorded_us: int) -> AppendResult | StorageError:
        digest, _ = self._commands.get(item.command_id, (item.digest, None))
        return super()._append(item._replace(digest=digest), recorded_us)


@faulty("Adyen for commercetools #1305", "https://github.com/Adyen/adyen-commercetools/issues/1305", "S26")
class RetryAppliedTwice(MemoryCaseStore):
    """A retry that was decided anew on the head of the case is taken for another command."""

    def _append(self, item: Append, recorded_us: int) -> AppendResult | StorageError:
        case = self._cases.get(item.case_id)
        if case is not None and case.head == item.expected:
            self._commands.pop(item.command_id, None)
        return super()._append(item, recorded_us)


@faulty(
    "RabbitMQ message deduplication #92",
    "https://github.com/noxdafox/rabbitmq-message-deduplication/issues/92",
    "S22",
)
class IdsInTheProcess(ChangedSql):
    """Command ids are remembered by the process that applied them, and forgotten when the store is opened."""

    _opened_at = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        with self._connections.reading() as connection:
            self._opened_at = head_of(connection)

    def said(self, statement: str) -> str:
        return statement.replace("WHERE m.command_id", f"WHERE m.first > {self._opened_at} AND m.command_id")


@faulty("MatrixOne #13489", "https://github.com/matrixorigin/matrixone/issues/13489", "X48")
class DeadlineAfterTheCommit(MemoryCaseStore):
    """Whether the time is over is asked when all is written, and then the caller is told that nothing was."""

    def append_many(
        self, items: Iterable[Append], *, deadline_s: float | None = None, **options: Any
    ) -> list[AppendResult | StorageError]:
        started = monotonic()
        results = super().append_many(items, **options)
        if deadline_s is not None and monotonic() - started > deadline_s:
            raise late()
        return results


@faulty("OpenRisk #344", "https://github.com/opendefender/OpenRisk/issues/344", "X19")
class OutboxAfterTheCommit(MemoryCaseStore):
    """Messages are written in a second transaction, and when that fails the events are there without them."""

    def _append(self, item: Append, recorded_us: int) -> AppendResult | StorageError:
        result = super()._append(item._replace(outbox=()), recorded_us)
        if isinstance(result, AppendResult) and not result.duplicate:
            for message in item.outbox:
                if message.id in self._lanes:
                    return message_reused(message.id)
            self._lanes.write(item.case_id, item.outbox, recorded_us)
        return result


@faulty("pmse #160", "https://github.com/pmem/pmse/issues/160", "S82")
class RowsInAnotherTransaction(SqliteCaseStore):
    """Rows and clocks are written in a transaction of their own, behind that of the events."""

    def append_many(self, items: Iterable[Append], **options: Any) -> list[AppendResult | StorageError]:
        items = list(items)
        results = super().append_many([item._replace(row=None, clocks=()) for item in items], **options)
        written = [
            CaseEntry(item.case_id, item.row, tuple(item.clocks))
            for item, result in zip(items, results, strict=True)
            if item.row is not None and isinstance(result, AppendResult) and not result.duplicate
        ]
        with self._connections.writing() as connection:
            _moving.restore(connection, self._id(connection), written)
        return results


@faulty("express-idempotency #32", "https://github.com/VilledeMontreal/express-idempotency/issues/32", "S86")
class LeftInProgress(SqliteCaseStore):
    """A command is marked before it is applied, and the mark of a process that died is never taken away."""

    def append(self, item: Append, **options: Any) -> AppendResult:
        own = str(os.getpid())
        mark = self._path.parent / f"doing-{sha256(item.command_id.encode(errors='replace')).hexdigest()}"
        with suppress(FileNotFoundError):
            if mark.read_text() not in ("", own):
                raise StoreUnavailableError((Fault("storage.unavailable", "it is being applied"),))
        mark.write_text(own)
        try:
            return super().append(item, **options)
        finally:
            mark.unlink(missing_ok=True)


@faulty(
    "SQLite on Android: SYNC_MODE_NORMAL",
    "https://learn.microsoft.com/en-us/dotnet/api/android.database.sqlite.sqlitedatabase.syncmodenormal?view=net-android-35.0",
    "S84 S85",
)
class LazyFlush(ChangedSql):
    """The log is flushed now and then, not with every commit: what was acknowledged goes with the power."""

    first = ("PRAGMA synchronous = NORMAL",)
    sql: ClassVar = {"^PRAGMA synchronous$": "SELECT 2"}
