"""The turn to write: who has it is the only one that writes, so what was read stays true until the commit."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.storage.postgres._connections import Connections, Transaction


def turn(transaction: Transaction, clock_us: int | None) -> tuple[int, int]:
    """Take the turn to write: the newest position, and the time."""
    position, now_us = transaction.one("SELECT position, now_us FROM gov.turn(%s::bigint)", (clock_us,))
    return position, now_us


class Turns:
    """Calls of a store that take the turn to write."""

    _connections: Connections
    _clock: Callable[[], int] | None

    @contextmanager
    def _turn(self, deadline_s: float | None) -> Iterator[tuple[Transaction, int]]:
        """A transaction that has the turn to write, and its time, behind which no later one is."""
        clock_us = self._clock_us()
        with self._connections.writing(deadline_s) as transaction:
            _, now_us = turn(transaction, clock_us)
            yield transaction, now_us
            transaction.execute(
                "UPDATE gov.store SET recorded_us = %s::bigint WHERE recorded_us < %s::bigint",
                (now_us, now_us),
            )

    def _clock_us(self) -> int | None:
        return self._clock() if self._clock is not None else None
