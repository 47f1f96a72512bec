"""A store for programs that must not block: the same calls by the same names, each in one of a few threads.

The store itself is the one that was given, and keeps its promises; nothing is done here but to wait for it
elsewhere. A call that is cancelled is either not begun any more, or goes on to its end in its thread: what it
writes is written whole or not at all, and who cancelled it does not know which. So it is with a deadline that
runs out: send the same command again.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from gov_core.storage.outbox import OutboxFilter
from gov_core.storage.protocol import START, CaseFilter
from gov_core.storage.refusals import closed, late

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
    from types import TracebackType
    from typing import Self

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Claim, EndpointStats, OutboxPage, Settlement
    from gov_core.storage.personal import (
        Access,
        AccessPage,
        Erasure,
        Hold,
        Personal,
        RetentionPolicy,
        RetentionReport,
        SubjectKey,
    )
    from gov_core.storage.protocol import (
        Append,
        AppendResult,
        AsOf,
        CaseOrder,
        CasePage,
        CaseRow,
        CaseStore,
        Cursor,
        DueClock,
        Entry,
        FeedPage,
        Head,
        RecordedEvent,
        Seal,
        Snapshot,
        StoreDescription,
        VerifyReport,
    )

_T = TypeVar("_T")
_SLICE_S: Final = 0.5
"""How long one wait for news keeps a thread, at most, after nobody waits for it any more."""
_PAGE: Final = 1000


class AsyncCaseStore:
    """A store of cases whose calls are awaited.

    Closing it closes the store. It belongs to one event loop at a time.

    Args:
        store: Where the cases are.
        threads: How many calls may run at once; more wait for their turn, and their deadlines run meanwhile.
            As many may wait for news beside them.
    """

    def __init__(self, store: CaseStore, *, threads: int = 8) -> None:
        self._store = store
        self._closed = False
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="gov_core.storage")
        self._waiting = ThreadPoolExecutor(threads, thread_name_prefix="gov_core.storage.wait")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def describe(self) -> StoreDescription:
        """What this store is and promises."""
        return await self._run(lambda _: self._store.describe())

    async def append(self, item: Append, *, deadline_s: float | None = None) -> AppendResult:
        """Append all events or none, durably, with command record, index and personal data."""
        return await self._run(lambda left_s: self._store.append(item, deadline_s=left_s), deadline_s)

    async def append_many(
        self, items: Iterable[Append], *, together: bool = False, deadline_s: float | None = None
    ) -> list[AppendResult | StorageError]:
        """Append for many cases in one transaction; what is wrong with one item is its result."""
        return await self._run(
            lambda left_s: self._store.append_many(items, together=together, deadline_s=left_s), deadline_s
        )

    async def command_result(
        self, command_id: str, digest: bytes | None = None, *, deadline_s: float | None = None
    ) -> AppendResult | None:
        """What a command led to; None if it was never applied."""
        return await self._run(
            lambda left_s: self._store.command_result(command_id, digest, deadline_s=left_s), deadline_s
        )

    async def read_case(
        self,
        case_id: str,
        *,
        after: int = 0,
        as_of: AsOf | None = None,
        limit: int | None = None,
        deadline_s: float | None = None,
    ) -> tuple[RecordedEvent, ...]:
        """Events of a case after version `after`, in order; empty for an unknown case."""
        return await self._run(
            lambda left_s: self._store.read_case(
                case_id, after=after, as_of=as_of, limit=limit, deadline_s=left_s
            ),
            deadline_s,
        )

    async def head(self, case_id: str, *, deadline_s: float | None = None) -> Head:
        """Where a case stands; `NEW` for an unknown one."""
        return await self._run(lambda left_s: self._store.head(case_id, deadline_s=left_s), deadline_s)

    async def read_feed(
        self, after: Cursor = START, *, limit: int = 1000, deadline_s: float | None = None
    ) -> FeedPage:
        """Events of all cases. Nothing at or below a cursor that was handed out ever appears later."""
        return await self._run(
            lambda left_s: self._store.read_feed(after, limit=limit, deadline_s=left_s), deadline_s
        )

    async def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        """The row of a case in the index; None for an unknown one."""
        return await self._run(lambda left_s: self._store.case_row(case_id, deadline_s=left_s), deadline_s)

    async def query_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008  # immutable
        *,
        order: CaseOrder = "due",
        after: str | None = None,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> CasePage:
        """A page of the cases that have a row, in one of the orders, which ties break by arrival."""
        return await self._run(
            lambda left_s: self._store.query_cases(
                where, order=order, after=after, limit=limit, deadline_s=left_s
            ),
            deadline_s,
        )

    async def count_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008  # immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """How many cases there are."""
        return await self._run(lambda left_s: self._store.count_cases(where, deadline_s=left_s), deadline_s)

    async def due(
        self, now_us: int, *, limit: int = 1000, deadline_s: float | None = None
    ) -> tuple[DueClock, ...]:
        """Clocks with `fires_us` at or before `now_us`: by that time, then by arrival, then name."""
        return await self._run(
            lambda left_s: self._store.due(now_us, limit=limit, deadline_s=left_s), deadline_s
        )

    async def next_due_us(self, *, deadline_s: float | None = None) -> int | None:
        """When the next clock fires, be that past or to come; None if none is open."""
        return await self._run(lambda left_s: self._store.next_due_us(deadline_s=left_s), deadline_s)

    async def save_snapshot(
        self, case_id: str, snapshot: Snapshot, *, deadline_s: float | None = None
    ) -> None:
        """Keep a snapshot. It may be dropped at any time."""
        await self._run(
            lambda left_s: self._store.save_snapshot(case_id, snapshot, deadline_s=left_s), deadline_s
        )

    async def load_snapshot(
        self, case_id: str, *, schema: int, at_or_before: int | None = None, deadline_s: float | None = None
    ) -> Snapshot | None:
        """The newest snapshot of that schema at or before a version."""
        return await self._run(
            lambda left_s: self._store.load_snapshot(
                case_id, schema=schema, at_or_before=at_or_before, deadline_s=left_s
            ),
            deadline_s,
        )

    async def checkpoint_get(self, name: str, *, deadline_s: float | None = None) -> Cursor:
        """How far a reader of the feed has come; `START` if it never said."""
        return await self._run(lambda left_s: self._store.checkpoint_get(name, deadline_s=left_s), deadline_s)

    async def checkpoint_set(
        self, name: str, cursor: Cursor, *, expected: Cursor, deadline_s: float | None = None
    ) -> None:
        """Move a reader's place, if it is still where it was thought to be."""
        await self._run(
            lambda left_s: self._store.checkpoint_set(name, cursor, expected=expected, deadline_s=left_s),
            deadline_s,
        )

    async def seal(self) -> Seal:
        """Seal the feed up to its newest event; the same seal again if nothing is new since."""
        return await self._run(lambda _: self._store.seal())

    async def seals(self) -> tuple[Seal, ...]:
        """All seals, oldest first."""
        return await self._run(lambda _: self._store.seals())

    async def verify(
        self, *, kept: Sequence[Seal] = (), heads: Sequence[tuple[str, Head]] = ()
    ) -> VerifyReport:
        """Read everything and say what is not as it was written."""
        return await self._run(lambda _: self._store.verify(kept=kept, heads=heads))

    async def restore(self, store: str, entries: Iterable[Entry]) -> None:
        """Become what another store was, id, positions and times of record included. All or nothing."""
        await self._run(lambda _: self._store.restore(store, entries))

    async def outbox_claim(
        self,
        worker: str,
        *,
        lease_us: int,
        limit: int = 100,
        without: Collection[str] = (),
        deadline_s: float | None = None,
    ) -> tuple[Claim, ...]:
        """Take the first message of each lane that is ready, by when it was ready, then by number."""
        return await self._run(
            lambda left_s: self._store.outbox_claim(
                worker, lease_us=lease_us, limit=limit, without=without, deadline_s=left_s
            ),
            deadline_s,
        )

    async def outbox_settle(
        self, settlements: Sequence[Settlement], *, deadline_s: float | None = None
    ) -> list[StorageError | None]:
        """Say what became of claims, durably and in one transaction; for each None, or why it was refused."""
        return await self._run(
            lambda left_s: self._store.outbox_settle(settlements, deadline_s=left_s), deadline_s
        )

    async def outbox_entries(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008  # immutable
        *,
        after: int = 0,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> OutboxPage:
        """A page of messages behind number `after`."""
        return await self._run(
            lambda left_s: self._store.outbox_entries(where, after=after, limit=limit, deadline_s=left_s),
            deadline_s,
        )

    async def outbox_stats(self, *, deadline_s: float | None = None) -> tuple[EndpointStats, ...]:
        """How each endpoint stands, by its id."""
        return await self._run(lambda left_s: self._store.outbox_stats(deadline_s=left_s), deadline_s)

    async def outbox_redrive(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008  # immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """Let buried messages be tried again at once, in their old place in their lanes; how many."""
        return await self._run(
            lambda left_s: self._store.outbox_redrive(where, deadline_s=left_s), deadline_s
        )

    async def outbox_prune(self, settled_before_us: int, *, deadline_s: float | None = None) -> int:
        """Forget messages that were sent before a time; how many. Others stay."""
        return await self._run(
            lambda left_s: self._store.outbox_prune(settled_before_us, deadline_s=left_s), deadline_s
        )

    async def read_personal(self, commitment: bytes, *, deadline_s: float | None = None) -> Personal | None:
        """Personal data by its commitment, sealed; None if there is none, or it was erased."""
        return await self._run(
            lambda left_s: self._store.read_personal(commitment, deadline_s=left_s), deadline_s
        )

    async def personal_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[Personal, ...]:
        """All that is kept about a subject, sealed, as it came in."""
        return await self._run(lambda left_s: self._store.personal_of(subject, deadline_s=left_s), deadline_s)

    async def cases_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[str, ...]:
        """Cases that know of a subject, as the store got to know them; also after an erasure."""
        return await self._run(lambda left_s: self._store.cases_of(subject, deadline_s=left_s), deadline_s)

    async def keep_keys(
        self, keys: Sequence[SubjectKey], *, deadline_s: float | None = None
    ) -> tuple[SubjectKey, ...]:
        """Keep keys of subjects that have none yet; the keys that are kept now, in the order asked."""
        return await self._run(lambda left_s: self._store.keep_keys(keys, deadline_s=left_s), deadline_s)

    async def read_key(self, subject: str, *, deadline_s: float | None = None) -> SubjectKey | None:
        """The wrapped key of a subject; None if it has none."""
        return await self._run(lambda left_s: self._store.read_key(subject, deadline_s=left_s), deadline_s)

    async def rewrap_keys(
        self, changes: Sequence[tuple[SubjectKey, SubjectKey]], *, deadline_s: float | None = None
    ) -> int:
        """Put newly wrapped keys in the place of old ones, where the old one is still there; how many."""
        return await self._run(lambda left_s: self._store.rewrap_keys(changes, deadline_s=left_s), deadline_s)

    async def subjects(
        self, *, after: str = "", limit: int = 1000, deadline_s: float | None = None
    ) -> tuple[str, ...]:
        """Subjects with a key, behind an id, in order of their ids by Unicode code point."""
        return await self._run(
            lambda left_s: self._store.subjects(after=after, limit=limit, deadline_s=left_s), deadline_s
        )

    async def erase(
        self, subject: str, *, command_id: str, basis: str, deadline_s: float | None = None
    ) -> Erasure:
        """Destroy a subject's key and values, so that no file, page or log of the store has them any more."""
        return await self._run(
            lambda left_s: self._store.erase(subject, command_id=command_id, basis=basis, deadline_s=left_s),
            deadline_s,
        )

    async def erasures(self, *, deadline_s: float | None = None) -> tuple[Erasure, ...]:
        """All receipts, oldest first."""
        return await self._run(lambda left_s: self._store.erasures(deadline_s=left_s), deadline_s)

    async def hold(self, hold: Hold, *, deadline_s: float | None = None) -> None:
        """Hold a subject; the same basis again sets its end anew."""
        await self._run(lambda left_s: self._store.hold(hold, deadline_s=left_s), deadline_s)

    async def release(self, subject: str, basis: str, *, deadline_s: float | None = None) -> bool:
        """End a hold; whether there was one."""
        return await self._run(
            lambda left_s: self._store.release(subject, basis, deadline_s=left_s), deadline_s
        )

    async def holds(self, *, deadline_s: float | None = None) -> tuple[Hold, ...]:
        """Holds that run, by subject, then basis."""
        return await self._run(lambda left_s: self._store.holds(deadline_s=left_s), deadline_s)

    async def apply_retention(
        self, policy: RetentionPolicy, *, dry_run: bool, deadline_s: float | None = None
    ) -> RetentionReport:
        """Erase what falls under a policy, or only say what would be."""
        return await self._run(
            lambda left_s: self._store.apply_retention(policy, dry_run=dry_run, deadline_s=left_s), deadline_s
        )

    async def note_accesses(self, accesses: Sequence[Access], *, deadline_s: float | None = None) -> None:
        """Note, durably, that somebody is about to look at personal data; before they do."""
        await self._run(lambda left_s: self._store.note_accesses(accesses, deadline_s=left_s), deadline_s)

    async def accesses(
        self, subject: str | None = None, *, after: int = 0, limit: int = 100, deadline_s: float | None = None
    ) -> AccessPage:
        """Who looked, about one subject or all; stays after an erasure."""
        return await self._run(
            lambda left_s: self._store.accesses(subject, after=after, limit=limit, deadline_s=left_s),
            deadline_s,
        )

    async def wait(self, after: Cursor, *, timeout_s: float) -> bool:
        """Whether there is something behind a cursor, waiting for it up to a time."""
        until = monotonic() + timeout_s
        while True:
            slice_s = max(min(until - monotonic(), _SLICE_S), 0)
            if await self._await(self._waiting, lambda: self._store.wait(after, timeout_s=slice_s)):  # noqa: B023
                return True
            if monotonic() >= until:
                return False

    async def dump(self) -> AsyncIterator[Entry]:
        """All that is in the store: the feed with what the index has of each case, then all else."""
        entries = self._store.dump()
        while page := await self._run(lambda _: list(islice(entries, _PAGE))):
            for entry in page:
                yield entry

    async def close(self) -> None:
        """Let go of what is open, when the calls that run are through; again does nothing."""
        self._closed = True
        for threads in (self._threads, self._waiting):
            await asyncio.to_thread(threads.shutdown)
        await asyncio.to_thread(self._store.close)

    async def _run(self, call: Callable[[float | None], _T], deadline_s: float | None = None) -> _T:
        """Run a call with what is left of its deadline when it is its turn."""
        asked = monotonic()

        def in_turn() -> _T:
            left_s = None if deadline_s is None else deadline_s - (monotonic() - asked)
            if left_s is not None and left_s <= 0:
                raise late()
            return call(left_s)

        return await self._await(self._threads, in_turn)

    async def _await(self, threads: ThreadPoolExecutor, call: Callable[[], _T]) -> _T:
        if self._closed:
            raise closed()
        return await asyncio.wrap_future(threads.submit(call))
