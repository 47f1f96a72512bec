"""The calls of the contract about the outbox, over a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.storage import lists
from gov_core.storage.accepting import check_claim, check_redrive
from gov_core.storage.outbox import OutboxFilter
from gov_core.storage.postgres import _outbox
from gov_core.storage.postgres._turns import Turns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Claim, EndpointStats, OutboxPage, Settlement


class OutboxCalls(Turns):
    """`Outbox` of a store in a database."""

    def outbox_claim(
        self,
        worker: str,
        *,
        lease_us: int,
        limit: int = 100,
        without: Collection[str] = (),
        deadline_s: float | None = None,
    ) -> tuple[Claim, ...]:
        """Take the first message of each lane that is ready, by when it was ready, then by number."""
        check_claim(worker, lease_us)
        with self._turn(deadline_s) as (transaction, now_us):
            return _outbox.claim(transaction, worker, now_us, lease_us=lease_us, limit=limit, without=without)

    def outbox_settle(
        self, settlements: Sequence[Settlement], *, deadline_s: float | None = None
    ) -> list[StorageError | None]:
        """Say what became of claims."""
        with self._turn(deadline_s) as (transaction, now_us):
            return _outbox.settle(transaction, settlements, now_us)

    def outbox_entries(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        after: int = 0,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> OutboxPage:
        """A page of messages behind number `after`."""
        most = min(max(limit, 0), lists.MOST)
        (rows,) = self._connections.read(_outbox.page(where, after, most), deadline_s=deadline_s)
        return _outbox.shown(rows, most)

    def outbox_stats(self, *, deadline_s: float | None = None) -> tuple[EndpointStats, ...]:
        """How each endpoint stands, by its id."""
        (rows,) = self._connections.read(_outbox.STATS, deadline_s=deadline_s)
        return _outbox.stats_of(rows)

    def outbox_redrive(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """Let buried messages be tried again at once, in their old place in their lanes; how many."""
        check_redrive(where)
        with self._turn(deadline_s) as (transaction, now_us):
            return _outbox.redrive(transaction, where, now_us)

    def outbox_prune(self, settled_before_us: int, *, deadline_s: float | None = None) -> int:
        """Forget messages that were sent before a time; how many."""
        with self._connections.writing(deadline_s) as transaction:
            return _outbox.prune(transaction, settled_before_us)
