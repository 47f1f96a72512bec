"""Connections to one file: one that writes, some that read, none that lives through a fork.

A connection that is carried over a fork takes the locks of its file with it only in its own mind: SQLite
would think it held what the system has not given to the new process, and one of the two could take the log
away under the other. Therefore all connections are closed before a fork, and each side opens its own.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Condition, Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote
from weakref import WeakSet

from gov_core.errors import IntegrityViolationError, StorageError
from gov_core.storage.refusals import closed, late
from gov_core.storage.sqlite._deadlines import limited, patience
from gov_core.storage.sqlite._errors import busy, is_wait, log_not_empty, not_flushed, translated

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        self._news = Condition()
        self.committed = 0  # transactions of this process, for those who wait for news
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
        with self._turn_to_write(deadline_s) as (connection, until):
            try:
                with limited(connection, until, self._timeout_s):
                    self._begin(connection)
                    yield connection
            except sqlite3.Error as error:
                raise self._noted(error, until) from error
            if until is not None and monotonic() > until:
                raise late(self.path)
            try:
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._noted(error, committing=True) from error
        with self._news:
            self.committed += 1
            self._news.notify_all()

    @contextmanager
    def erasing(self, deadline_s: float | None = None) -> Iterator[sqlite3.Connection]:
        """As `writing`; afterwards the log is empty, so that it has nothing more of what was overwritten.

        Raises:
            OutcomeUnknownError: It was committed, but somebody reads from the log, or writes to it.
        """
        started = monotonic()
        with self.writing(deadline_s) as connection:
            yield connection
        try:
            left_s = None if deadline_s is None else deadline_s - (monotonic() - started)
            with (
                self._turn_to_write(left_s) as (connection, until),
                limited(connection, until, self._timeout_s),
            ):
                (used, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                _flush(Path(f"{self.path}-wal"))
        except (StorageError, sqlite3.Error, OSError) as error:
            raise log_not_empty(self.path, str(error)) from error
        if used:
            raise log_not_empty(self.path, "another one reads from it or writes to it")

    @contextmanager
    def _turn_to_write(self, deadline_s: float | None) -> Iterator[tuple[sqlite3.Connection, float | None]]:
        """The writing connection outside of a transaction, and until when the call may take."""
        until = None if deadline_s is None else monotonic() + patience(deadline_s)
        if self._damage is not None:
            raise IntegrityViolationError(self._damage.faults)
        wait_s = self._timeout_s if deadline_s is None else patience(deadline_s)
        if not self._turn.acquire(timeout=wait_s):
            raise (
                busy(self.path, f"others have been writing for {wait_s:.3g} s")
                if until is None
                else late(self.path)
            )
        try:
            if self._closed:
                raise closed()
            self._writer = self._writer or self._connected("rw")
            yield self._writer, until
        finally:
            if self._writer is not None:  # whatever went wrong, be it an interrupt between two lines
                self._roll_back(self._writer)
            self._turn.release()

    @contextmanager
    def reading(self, deadline_s: float | None = None) -> Iterator[sqlite3.Connection]:
        """A reading connection; what it reads is of one moment."""
        until = None if deadline_s is None else monotonic() + patience(deadline_s)
        if self._closed:
            raise closed()
        try:
            connection = self._pool.get(timeout=None if deadline_s is None else patience(deadline_s))
        except Empty:
            raise late(self.path) from None
        try:
            if self._closed:
                raise closed()
            if connection is None:
                connection = self._connected("ro")
            try:
                with limited(connection, until, self._timeout_s):
                    connection.execute("BEGIN")
                    yield connection
            except sqlite3.Error as error:
                raise self._noted(error, until) from error
            finally:
                self._roll_back(connection)
        finally:
            self._pool.put(connection)

    def wait(self, seen: int, timeout_s: float) -> None:
        """Wait until something was committed since `committed` was `seen`, or for a time."""
        with self._news:
            self._news.wait_for(lambda: self.committed != seen or self._closed, timeout_s)

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
                connection.execute("PRAGMA secure_delete = ON")
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
            raise not_flushed(self.path, f"journal_mode is {mode} and synchronous {synchronous}")

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

    def _begin(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")

    def _connected(self, mode: Literal["rw", "ro"]) -> sqlite3.Connection:
        try:
            return self.connect(mode)
        except sqlite3.Error as error:
            raise self._noted(error) from error

    def _noted(
        self, error: sqlite3.Error, until: float | None = None, *, committing: bool = False
    ) -> StorageError:
        ours = translated(error, self.path, committing=committing)
        if isinstance(ours, IntegrityViolationError):
            self._damage = ours
        if until is not None and is_wait(error):
            return late(self.path)
        return ours


def _flush(log: Path) -> None:
    """Make it last that a log is empty: SQLite does not, and after a loss of power it could be back."""
    with suppress(FileNotFoundError):
        descriptor = os.open(log, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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
