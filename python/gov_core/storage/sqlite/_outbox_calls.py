"""The calls of the contract about the outbox, over a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.storage.accepting import check_claim, check_redrive
from gov_core.storage.outbox import OutboxFilter
from gov_core.storage.sqlite import _outbox
from gov_core.storage.sqlite._rows import tick, time_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Claim, EndpointStats, OutboxPage, Settlement
    from gov_core.storage.sqlite._connections import Connections


_MOST: Final = 2**31


class OutboxCalls:
    """`Outbox` of a store in a file."""

    _connections: Connections
    _clock: Callable[[], int]

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
        with self._connections.reading(deadline_s) as connection:
            # Workers ask again and again: where nothing is ready nobody has to wait for them.
            if not _outbox.anything_ready(connection, time_of(connection, self._clock())):
                return ()
        with self._connections.writing(deadline_s) as connection:
            claims = _outbox.claim(
                connection,
                worker,
                time_of(connection, self._clock()),
                lease_us=lease_us,
                limit=min(max(limit, 0), _MOST),
                without=without,
            )
            if claims:
                tick(connection, self._clock())
            return claims

    def outbox_settle(
        self, settlements: Sequence[Settlement], *, deadline_s: float | None = None
    ) -> list[StorageError | None]:
        """Say what became of claims, durably and in one transaction."""
        with self._connections.writing(deadline_s) as connection:
            return _outbox.settle(connection, settlements, tick(connection, self._clock()))

    def outbox_entries(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        after: int = 0,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> OutboxPage:
        """A page of messages behind number `after`."""
        with self._connections.reading(deadline_s) as connection:
            return _outbox.page(connection, where, after, limit)

    def outbox_stats(self, *, deadline_s: float | None = None) -> tuple[EndpointStats, ...]:
        """How each endpoint stands, by its id. Looks at every message."""
        with self._connections.reading(deadline_s) as connection:
            return _outbox.stats(connection)

    def outbox_redrive(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """Let buried messages be tried again at once, in their old place in their lanes; how many."""
        check_redrive(where)
        with self._connections.writing(deadline_s) as connection:
            return _outbox.redrive(connection, where, tick(connection, self._clock()))

    def outbox_prune(self, settled_before_us: int, *, deadline_s: float | None = None) -> int:
        """Forget messages that were sent before a time; how many."""
        with self._connections.writing(deadline_s) as connection:
            return _outbox.prune(connection, settled_before_us)
