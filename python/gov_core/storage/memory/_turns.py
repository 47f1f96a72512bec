"""One call at a time, by a clock that never goes back: what all calls of a store in memory begin with."""

from __future__ import annotations

from contextlib import contextmanager
from threading import TIMEOUT_MAX, Condition, RLock
from typing import TYPE_CHECKING

from gov_core.storage.refusals import closed, late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Turns:
    """Who may use a store now, and what time it is there.

    Args:
        clock: The store's own clock, microseconds since 1970 UTC.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = RLock()
        self._news = Condition(self._lock)
        self._closed = False
        self._latest_us = 0  # no time that was given is later

    def close(self) -> None:
        """Let go of everything; again does nothing."""
        with self._lock:
            self._closed = True
            self._news.notify_all()

    @contextmanager
    def _use(self, deadline_s: float | None = None) -> Iterator[None]:
        if not self._lock.acquire(timeout=-1 if deadline_s is None else min(max(deadline_s, 0), TIMEOUT_MAX)):
            raise late()
        try:
            if self._closed:
                raise closed()
            yield
        finally:
            self._lock.release()

    def _now_us(self) -> int:
        return max(self._clock(), self._latest_us)

    def _tick(self) -> int:
        """The time, which has been given now to something that is kept: nothing later is earlier."""
        self._latest_us = self._now_us()
        return self._latest_us
