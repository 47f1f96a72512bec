"""Connections to one file: one that writes, some that read, none that lives through a fork.

A connection that is carried over a fork takes the locks of its file with it only in its own mind: SQLite
would think it held what the system has not given to the new process, and one of the two could take the log
away under the other. Therefore all connections are closed before a fork, and each side opens its own.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from queue import LifoQueue
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote
from weakref import WeakSet

from gov_core.errors import DeadlineExceededError, Fault, IntegrityViolationError, StoreUnavailableError
from gov_core.storage.refusals import closed
from gov_core.storage.sqlite._errors import not_durable, translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.errors import StorageError

_FULL: Final = 2
"""Of `PRAGMA synchronous`: the log is flushed with every commit."""

_CHECKPOINT_PAGES: Final = 4000
"""How long the log gets before it is carried over into the file: 16 MB. With SQLite's 1,000 pages a hot page
is written, and the file flushed, four times as often."""

_CACHE_KIB: Final = 65_536


class Connections:
    """The connections of one process to one file.

    Args:
        path: The file; made if it is not there.
        timeout_s: How long to wait for another process that writes.
        readers: How many may read at once; more wait for their turn.
    """

    def __init__(self, path: Path, *, timeout_s: float, readers: int) -> None:
        self.path = path.absolute()  # readers are opened later, maybe after the process has gone elsewhere
        self._timeout_s = timeout_s
        self._readers = readers
        self._damage: IntegrityViolationError | None = None
        self._closed = False
        self._writer: sqlite3.Connection | None = None
        self._renew()
        _ALL.add(self)

    def _renew(self) -> None:
        self._turn = Lock()
        self._pool: LifoQueue[sqlite3.Connection | None] = LifoQueue()
        for _ in range(self._readers):
            self._pool.put(None)

    @contextmanager
    def opening(self) -> Iterator[sqlite3.Connection]:
        """The writing connection for the first time, outside of a transaction."""
        with self._turn:
            connection = None
            try:
                connection = self.connect("rwc")
                yield connection
            except BaseException as error:
                if connection is not None:
                    connection.close()
                if isinstance(error, sqlite3.Error):
                    raise translated(error, self.path) from error
                raise
            self._writer = connection

    @contextmanager
    def writing(self, deadline_s: float | None = None) -> Iterator[sqlite3.Connection]:
        """The writing connection, in a transaction that is committed unless there is an error."""
        wait_s = self._timeout_s if deadline_s is None else max(deadline_s, 0)
        started = monotonic()
        if self._damage is not None:
            raise IntegrityViolationError(self._damage.faults)
        if not self._turn.acquire(timeout=wait_s):
            raise _late(deadline_s, wait_s)
        try:
            if self._closed:
                raise closed()
            connection = self._writer = self._writer or self._connected("rw")
            self._begin(connection, deadline_s, wait_s - (monotonic() - started))
            try:
                yield connection
            except sqlite3.Error as error:
                raise self._noted(error) from error
            try:
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._noted(error, committing=True) from error
        finally:
            if self._writer is not None:  # whatever went wrong, be it an interrupt between two lines
                self._roll_back(self._writer)
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A reading connection; what it reads is of one moment."""
        if self._closed:
            raise closed()
        connection = self._pool.get()
        try:
            if self._closed:
                raise closed()
            if connection is None:
                connection = self._connected("ro")
            try:
                connection.execute("BEGIN")
                yield connection
            except sqlite3.Error as error:
                raise self._noted(error) from error
            finally:
                self._roll_back(connection)
        finally:
            self._pool.put(connection)

    def connect(self, mode: Literal["rwc", "rw", "ro"]) -> sqlite3.Connection:
        """Open the file to write, making it or not, or to read."""
        # A log can only be read by one who may write to its index: reading is enforced by query_only.
        uri = f"file:{quote(str(self.path))}?mode={'rwc' if mode == 'rwc' else 'rw'}"
        connection = sqlite3.connect(
            uri, uri=True, timeout=self._timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA cell_size_check = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            if mode != "ro":
                connection.execute("PRAGMA synchronous = FULL")
                # Of macOS, where fsync alone does not reach the disk.
                connection.execute("PRAGMA fullfsync = ON")
                connection.execute("PRAGMA checkpoint_fullfsync = ON")
                connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            else:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def log_ahead(self, connection: sqlite3.Connection) -> None:
        """Turn the write-ahead log on, and refuse a file that would not be flushed with every commit."""
        until = monotonic() + self._timeout_s
        mode = ""
        while not mode:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError:
                # Another one does the same right now, for which SQLite does not wait.
                if monotonic() > until:
                    raise
                sleep(0.01)
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        if mode != "wal" or synchronous < _FULL:
            raise not_durable(self.path, f"journal_mode is {mode} and synchronous {synchronous}")

    def close(self) -> None:
        """Close all connections, when the calls that have them are through."""
        self._closed = True
        self._turn.acquire()
        self._hold()
        for _ in range(self._readers):
            self._pool.put(None)
        self._turn.release()

    def _hold(self) -> None:
        """Wait until nobody reads either, in the turn to write, and close all connections."""
        idle = [self._pool.get() for _ in range(self._readers)]
        for connection in (*idle, self._writer):
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
        self._writer = None

    def _begin(self, connection: sqlite3.Connection, deadline_s: float | None, wait_s: float) -> None:
        try:
            if deadline_s is not None:
                connection.execute(f"PRAGMA busy_timeout = {max(int(wait_s * 1000), 0)}")
            try:
                connection.execute("BEGIN IMMEDIATE")
            finally:
                if deadline_s is not None:
                    connection.execute(f"PRAGMA busy_timeout = {int(self._timeout_s * 1000)}")
        except sqlite3.Error as error:
            ours = self._noted(error)
            if deadline_s is not None and isinstance(ours, StoreUnavailableError):
                raise _late(deadline_s, deadline_s) from error
            raise ours from error

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")

    def _connected(self, mode: Literal["rw", "ro"]) -> sqlite3.Connection:
        try:
            return self.connect(mode)
        except sqlite3.Error as error:
            raise self._noted(error) from error

    def _noted(self, error: sqlite3.Error, *, committing: bool = False) -> StorageError:
        ours = translated(error, self.path, committing=committing)
        if isinstance(ours, IntegrityViolationError):
            self._damage = ours
        return ours


def _late(deadline_s: float | None, waited_s: float) -> StorageError:
    kind = StoreUnavailableError if deadline_s is None else DeadlineExceededError
    message = f"others have been writing for {waited_s:.3g} s"
    return kind((Fault(kind.code, message, "", "try again; let long writers work in smaller steps"),))


_ALL: WeakSet[Connections] = WeakSet()
_held: list[Connections] = []


def _before_fork() -> None:
    _held[:] = list(_ALL)
    # All writers first: one may be reading from another store what it writes.
    for connections in _held:
        connections._turn.acquire()  # noqa: SLF001 - of this module
    for connections in _held:
        connections._hold()  # noqa: SLF001


def _after_fork_in_parent() -> None:
    for connections in _held:
        turn = connections._turn  # noqa: SLF001
        for _ in range(connections._readers):  # noqa: SLF001
            connections._pool.put(None)  # noqa: SLF001
        turn.release()
    _held.clear()


def _after_fork_in_child() -> None:
    for connections in _held:
        connections._renew()  # noqa: SLF001 - what the other threads waited on is no more
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
