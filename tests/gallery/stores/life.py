"""Stores that go wrong when they are opened, closed, moved, forked or looked through."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ClassVar

from gallery.stores.faulty import ChangedSql, faulty
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import NEW, Head, Seal, StoreFault, VerifyReport
from gov_core.storage.refusals import UNREADABLE, closed, no_entry, unsound
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.storage.sqlite._schema import latest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.protocol import Append, AppendResult, Entry


@faulty("node-hdb #17", "https://github.com/SAP/node-hdb/issues/17", "S46")
class ClosesOnce(MemoryCaseStore):
    """Closing for a second time raises."""

    def close(self) -> None:
        if self._closed:
            raise closed()
        super().close()


@faulty("raven-python #583", "https://github.com/getsentry/raven-python/pull/583", "S48")
class WriterLostInAFork(SqliteCaseStore):
    """A thread of its own writes, and a process that was forked has not got it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._writer = ThreadPoolExecutor(1)
        super().__init__(*arguments, **options)

    def append_many(self, items: Iterable[Append], **options: Any) -> list[AppendResult | StorageError]:
        # Two seconds stand for ever: a process that waited on would be left behind by the test.
        return self._writer.submit(super().append_many, list(items), **options).result(2)

    def close(self) -> None:
        super().close()
        self._writer.shutdown(wait=False)


@faulty("Sqkon #103", "https://github.com/MercuryTechnologies/sqkon/pull/103", "S44")
class NewerSchemaOpened(ChangedSql):
    """A file of a newer release is opened, and written to, as if it were known."""

    sql: ClassVar = {
        "^PRAGMA user_version$": f"SELECT min(user_version, {latest()}) FROM pragma_user_version"  # noqa: S608
    }


@faulty("Samyama #419", "https://github.com/samyama-ai/samyama-graph/pull/419", "X09")
class RestoredByHalf(MemoryCaseStore):
    """What was restored before the first entry that does not fit stays."""

    def restore(self, store: str, entries: Iterable[Entry]) -> None:
        if self._feed:
            return super().restore(store, entries)
        with self._use():
            self._id = store
            try:
                for entry in entries:
                    self._take(entry)
            except UNREADABLE as error:
                raise no_entry(error) from error
            if not (report := self.verify()).sound:
                raise unsound(report.faults)
        return None


@faulty("Areev #279", "https://github.com/AreevAI/areev/issues/279", "S45")
class SealsDoNotMove(MemoryCaseStore):
    """Seals are left behind when a store moves."""

    def restore(self, store: str, entries: Iterable[Entry]) -> None:
        super().restore(store, (entry for entry in entries if not isinstance(entry, Seal)))


@faulty("LegionIO #149", "https://github.com/LegionIO/LegionIO/issues/149", "S87")
class HashesTakenAsTheyAre(SqliteCaseStore):
    """Verifying compares the hashes that are there with each other, and computes none anew."""

    def verify(self, **options: Any) -> VerifyReport:
        report = super().verify(**options)
        return report._replace(
            faults=tuple(each for each in report.faults if each.code != "integrity.edited_event")
        )


@faulty("Rentemester #133", "https://github.com/mikkelkrogsholm/rentemester/issues/133", "X32")
class DroppedCaseNotMissed(SqliteCaseStore):
    """Verifying looks at the cases that are there, and misses none."""

    def verify(self, *, heads: Sequence[tuple[str, Head]] = (), **options: Any) -> VerifyReport:
        there = [(case_id, head) for case_id, head in heads if self.head(case_id) != NEW]
        return super().verify(heads=there, **options)


class _Overlooks(SqliteCaseStore):
    """Verifies, and does not see faults of some kinds."""

    unseen: ClassVar[frozenset[str]] = frozenset()

    def verify(self, **options: Any) -> VerifyReport:
        report = super().verify(**options)
        return report._replace(
            faults=tuple(
                each for each in report.faults if each.code.removeprefix("integrity.") not in self.unseen
            )
        )


@faulty("openfang #1287", "https://github.com/RightNow-AI/openfang/pull/1287", "S88 S89 X32")
class EndNotMissed(_Overlooks):
    """Verifying goes from event to event, and does not know how many there should be."""

    unseen = frozenset({"missing_event", "missing_position", "truncated_case", "truncated_feed"})


@faulty("cmcp #146", "https://github.com/agentrust-io/cmcp/issues/146", "S90 S91 X33")
class NothingKeptOutside(_Overlooks):
    """Verifying asks whether the store fits itself, and not whether it fits what was kept elsewhere."""

    unseen = frozenset({"dropped_case", "edited_seal", "missing_seal", "seal_mismatch", "truncated_feed"})


@faulty("sigstore-python #248", "https://github.com/sigstore/sigstore-python/issues/248", "S91 X33")
class RootNotComputed(_Overlooks):
    """Seals are compared with seals, and no root is computed of the events that are there."""

    unseen = frozenset({"seal_mismatch"})


@faulty("immudb #78", "https://github.com/codenotary/immudb/issues/78", "S88 S89 S90 S91")
class FaultsWithoutAPlace(SqliteCaseStore):
    """Verifying says that the store was tampered with, and not where."""

    def verify(self, **options: Any) -> VerifyReport:
        report = super().verify(**options)
        told = () if report.sound else (StoreFault("integrity.unsound", "the store was tampered with"),)
        return report._replace(faults=told)


@faulty("NEventStore #36", "https://github.com/NEventStore/NEventStore/issues/36", "S96")
class EveryEventRemembered(SqliteCaseStore):
    """A list of all that was appended, kept for comparing heads, is never cut."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._appended: list[tuple[str, int]] = []
        super().__init__(*arguments, **options)

    def append_many(self, items: Iterable[Append], **options: Any) -> list[AppendResult | StorageError]:
        items = list(items)
        self._appended += [
            (item.case_id, item.expected.version + number)
            for item in items
            for number, _ in enumerate(item.events, 1)
        ]
        return super().append_many(items, **options)
