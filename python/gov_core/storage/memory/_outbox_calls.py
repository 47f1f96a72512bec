"""The calls of the contract about the outbox, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.storage.accepting import check_claim, check_redrive
from gov_core.storage.memory._turns import Turns
from gov_core.storage.outbox import OutboxFilter

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.memory._lanes import Lanes
    from gov_core.storage.outbox import Claim, EndpointStats, OutboxPage, Settlement


class OutboxCalls(Turns):
    """`Outbox` of a store in memory."""

    _lanes: Lanes

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
        with self._use(deadline_s):
            now_us = self._now_us()
            most = max(limit, 0)
            claims = self._lanes.claim(worker, now_us, lease_us=lease_us, limit=most, without=without)
            if claims:
                self._tick()
            return claims

    def outbox_settle(
        self,
        settlements: Sequence[Settlement],
        *,
        deadline_s: float | None = None,
    ) -> list[StorageError | None]:
        """Say what became of claims."""
        with self._use(deadline_s):
            return self._lanes.settle(settlements, self._tick())

    def outbox_entries(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        after: int = 0,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> OutboxPage:
        """A page of messages behind number `after`."""
        with self._use(deadline_s):
            return self._lanes.page(where, after, max(limit, 0))

    def outbox_stats(self, *, deadline_s: float | None = None) -> tuple[EndpointStats, ...]:
        """How each endpoint stands, by its id."""
        with self._use(deadline_s):
            return self._lanes.stats()

    def outbox_redrive(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """Let buried messages be tried again at once, in their old place in their lanes; how many."""
        check_redrive(where)
        with self._use(deadline_s):
            return self._lanes.redrive(where, self._tick())

    def outbox_prune(self, settled_before_us: int, *, deadline_s: float | None = None) -> int:
        """Forget messages that were sent before a time; how many."""
        with self._use(deadline_s):
            return self._lanes.prune(settled_before_us)
