"""Waiting for news: told by the server where it can tell, else looked for again and again."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, LifoQueue
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

import psycopg

from gov_core.errors import StorageError
from gov_core.storage.postgres._connections import at_most

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.storage.postgres._connections import Connections, Session

_POLL_S: Final = (0.01, 0.25)
"""How often a reader looks for news that nobody tells it of: shortly after it came, and after a while."""

_LISTENERS: Final = 2


class News:
    """Who waits for news of a store.

    Args:
        connections: To the database.
        channel: That those who write tell of it (NOTIFY); empty if they do not.
    """

    def __init__(self, connections: Connections, channel: str) -> None:
        self._connections = connections
        self.channel = channel
        self._listeners: LifoQueue[Session | None] = LifoQueue()
        for _ in range(_LISTENERS if channel else 0):
            self._listeners.put(None)

    def wait(self, come: Callable[[float], bool], timeout_s: float) -> bool:
        """Whether there are news, waiting for them up to a time.

        Args:
            come: Looks for them, given how many seconds that may take.
            timeout_s: How long to wait.
        """
        until = monotonic() + at_most(timeout_s)
        pause_s, longest_s = _POLL_S
        try:
            listener = self._listeners.get_nowait()
            listening = True
        except Empty:  # nobody tells, or enough of this process listen
            listener, listening = None, False
        try:
            if listening and listener is None:
                listener = self._listener(until)
            while not come(max(until - monotonic(), 1.0)):
                left_s = until - monotonic()
                if left_s <= 0:
                    return False
                if listener is not None and not listener.closed:
                    # Looked for all the same, now and then: whoever writes may not tell of it.
                    self._hear(listener, min(left_s, 1.0))
                else:
                    sleep(min(pause_s, left_s))
                    pause_s = min(2 * pause_s, longest_s)
            return True
        finally:
            if listening:
                if listener is not None and (listener.closed or self._connections.closed):
                    self._connections.drop(listener)
                    listener = None
                self._listeners.put(listener)

    def _listener(self, until: float) -> Session | None:
        """A session that is told of news; None if there is none, as behind a pooler."""
        try:
            session = self._connections.listener(until)
        except StorageError:
            return None
        with suppress(psycopg.Error):
            # A pooler makes up the number of the session that it tells its clients.
            found = session.execute("SELECT pg_backend_pid()").fetchone()
            if found == (session.info.backend_pid,):
                session.execute(f'LISTEN "{self.channel}"'.encode())
                return session
        self._connections.drop(session)
        return None

    def _hear(self, listener: Session, timeout_s: float) -> None:
        try:
            for _ in listener.notifies(timeout=timeout_s, stop_after=1):
                pass
        except psycopg.Error:
            self._connections.drop(listener)

    def close(self) -> None:
        """Listen no more."""
        with suppress(Empty):
            while True:
                if (listener := self._listeners.get_nowait()) is not None:
                    self._connections.drop(listener)
