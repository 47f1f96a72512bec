"""Stores that go wrong when they are opened, closed, moved, forked or looked through."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from gallery.stores.faulty import faulty
from gov_core.storage.protocol import NEW, Head, VerifyReport
from gov_core.storage.sqlite import SqliteCaseStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.protocol import Append, AppendResult


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


@faulty("the-agency #227", "https://github.com/the-agency-ai/the-agency/issues/227", "S87")
class HashesTakenAsTheyAre(SqliteCaseStore):
    """Verifying compares the hashes that are there with each other, and computes none anew."""

    def verify(self, **options: Any) -> VerifyReport:
        report = super().verify(**options)
        return report._replace(
            faults=tuple(each for each in report.faults if each.code != "integrity.edited_event")
        )


@faulty("AgenticOS #1648", "https://github.com/vstorm-co/agenticos/issues/1648", "X32")
class DroppedCaseNotMissed(SqliteCaseStore):
    """Verifying looks at the cases that are there, and misses none."""

    def verify(self, *, heads: Sequence[tuple[str, Head]] = (), **options: Any) -> VerifyReport:
        there = [(case_id, head) for case_id, head in heads if self.head(case_id) != NEW]
        return super().verify(heads=there, **options)
