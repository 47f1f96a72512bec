"""Connections to one store: few, made when they are needed, none that lives through a fork.

Nothing here relies on a session. Settings are made for one transaction, statements are not prepared, and no
lock outlives its transaction, so a pooler that gives each transaction another session is as good as a server.
Statements say ``gov.`` for the schema of the store.
"""

from __future__ import annotations

import os
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import ExitStack, contextmanager, suppress
from math import ceil
from queue import Empty, LifoQueue
from select import POLLIN, poll
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar
from weakref import WeakSet

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from gov_core.errors import IntegrityViolationError, StorageError, StoreUnavailableError
from gov_core.storage.postgres._errors import (
    answered,
    busy,
    gave_way,
    no_address,
    translated,
    unknown,
    unreachable,
)
from gov_core.storage.postgres._watchdog import Watchdog
from gov_core.storage.refusals import closed, late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from psycopg.rows import RowFactory

    from gov_core.storage.postgres._watchdog import Watch

Session: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"
_T = TypeVar("_T")
Query: TypeAlias = "tuple[str, Sequence[Any]] | tuple[str, Sequence[Any], RowFactory[Any]]"

_MARGIN_S: Final = 0.2
"""How much longer the server may take than the call, so that it is the call that ends, and knows why."""

_LONGEST_S: Final = 12 * 3600.0
"""After which any call is given up, whatever it was given."""

_LOCK: Final = "LOCK TABLE {} IN ACCESS SHARE MODE"

_DEFAULTS: Final = {"client_encoding": "UTF8", "application_name": "gov_core", "keepalives_idle": "30"}


def at_most(seconds: float) -> float:
    """A time that can be waited for: nothing for what is no number, and never for ever."""
    return min(seconds, _LONGEST_S) if seconds > 0 else 0.0


def twice(call: Callable[[float | None], _T], deadline_s: float | None) -> _T:
    """What a call gives; made once more if it came to nothing because another transaction was in its way.

    Args:
        call: Given how long it may take.
        deadline_s: How long both may take together.
    """
    began = monotonic()
    try:
        return call(deadline_s)
    except StorageError as error:
        if not gave_way(error):
            raise
    return call(None if deadline_s is None else deadline_s - (monotonic() - began))


class Transaction(NamedTuple):
    """A transaction that is open.

    Attributes:
        session: Where.
        sql: Puts the schema of the store into a statement.
    """

    session: Session
    schema: str

    def execute(
        self, query: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run a statement; its rows are sent in binary."""
        cursor = self.session.cursor(binary=True)
        return cursor.execute(_literal(query.replace("gov.", self.schema)), parameters)

    def one(self, query: str, parameters: Sequence[Any] | None = None) -> tuple[Any, ...]:
        """The only row of a statement."""
        row = self.execute(query, parameters).fetchone()
        if row is None:
            raise LookupError(f"no row from {query:.60}")
        return row

    def script(self, script: str) -> None:
        """Run several statements without parameters."""
        self.session.execute(_literal(script.replace("gov.", self.schema)))

    def stream(self, query: str, parameters: Sequence[Any] | None = None, *, page: int) -> Iterator[Any]:
        """Rows of a query, so many at a time, in a transaction that reads."""
        name = f"gov_{id(query):x}_{monotonic():.9f}".replace(".", "_")
        with self.session.cursor(name, binary=True) as cursor:
            cursor.itersize = page
            cursor.execute(_literal(query.replace("gov.", self.schema)), parameters)
            yield from cursor


class Connections:
    """The connections of one process to one store.

    Args:
        conninfo: Where, as libpq has it.
        schema: Name of the schema.
        most: How many at once.
        timeout_s: How long a call may take that says nothing of it.
    """

    def __init__(self, conninfo: str, schema: str, *, most: int, timeout_s: float) -> None:
        self._conninfo = ""
        try:
            parameters = psycopg.conninfo.conninfo_to_dict(conninfo)
        except (psycopg.Error, UnicodeError):  # their words repeat the part that may be a password
            raise no_address() from None
        where = parameters.get("host") or parameters.get("hostaddr") or "localhost"
        self.place = f"{where}/{parameters.get('dbname') or ''} schema {schema}"
        self.schema = '"' + schema.replace('"', '""') + '".'
        self._most = most
        self._timeout_s = timeout_s
        self._damage: IntegrityViolationError | None = None
        self._closed = False
        self._renew()
        self.redirect(conninfo)
        _ALL.add(self)

    def redirect(self, conninfo: str) -> None:
        """Make new connections elsewhere: the server has moved. What is in use goes on."""
        parameters = psycopg.conninfo.conninfo_to_dict(conninfo)
        self._conninfo = psycopg.conninfo.make_conninfo("", **{**_DEFAULTS, **parameters})
        idle = []
        with suppress(Empty):
            while True:
                idle.append(self._pool.get_nowait())
        for session in idle:
            if session is not None:
                self.drop(session)
            self._pool.put(None)

    def _renew(self) -> None:
        self._watchdog = Watchdog()
        self._pool: LifoQueue[Session | None] = LifoQueue()
        self._open: set[Session] = set()
        for _ in range(self._most):
            self._pool.put(None)

    @contextmanager
    def writing(self, deadline_s: float | None = None, *, extra_s: float = 0.0) -> Iterator[Transaction]:
        """A transaction that is committed unless there is an error.

        Args:
            deadline_s: How long all of it may take; None for what is usual and `extra_s`.
            extra_s: For work that is large.
        """
        self._writable()
        until = self._until(deadline_s, extra_s)
        with self._use(until, deadline_s, begin="ISOLATION LEVEL READ COMMITTED READ WRITE") as call:
            yield Transaction(call.session, self.schema)
            call.committing = True
            cursor = call.session.execute("COMMIT")
            if cursor.statusmessage != "COMMIT":
                raise unknown(self.place, f"the server said {cursor.statusmessage}")
            call.committing = False

    def once(
        self,
        statement: Callable[[int], tuple[str, Mapping[str, Any]]],
        deadline_s: float | None = None,
    ) -> tuple[Any, ...]:
        """The only row of a statement that is a transaction by itself.

        Args:
            statement: The statement and its values, given how many milliseconds it may wait for a lock.
            deadline_s: How long all of it may take.
        """
        self._writable()
        with self._use(self._until(deadline_s), deadline_s) as call:
            call.committing = True
            query, values = statement(max(int((call.until - monotonic()) * 900), 1))
            cursor = call.session.cursor(binary=True)
            cursor.execute(_literal(query.replace("gov.", self.schema)), values)
            call.committing = False
            row = cursor.fetchone()
        if row is None:
            raise LookupError(f"no row from {query:.60}")
        return row

    def read(self, *queries: Query, lock: str = "", deadline_s: float | None = None) -> list[list[Any]]:
        """The rows of some queries, all as of one moment, in one turn of the network.

        Args:
            *queries: Statements with their values, and what to make of a row if not a tuple.
            lock: Tables that nobody may write anew meanwhile: to who began before, they would look empty.
            deadline_s: How long all of it may take.
        """
        until = self._until(deadline_s)
        try:
            return self._read(queries, lock, until, deadline_s)
        except StoreUnavailableError as error:
            lost = isinstance(error.__cause__, psycopg.OperationalError) and not answered(error.__cause__)
            if not lost or monotonic() >= until:
                raise
            # The server has been away; what reads may ask again.
            return self._read(queries, lock, until, deadline_s)

    def _read(
        self, queries: Sequence[Query], lock: str, until: float, deadline_s: float | None
    ) -> list[list[Any]]:
        with self._use(until, deadline_s) as call:
            session = call.session
            with session.pipeline():
                session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                session.execute(_literal(f"SET LOCAL statement_timeout = {call.server_ms()}"))
                if lock:  # before the moment is fixed, which the first query does
                    session.execute(_literal(_LOCK.format(lock.replace("gov.", self.schema))))
                cursors = [
                    session.cursor(binary=True, row_factory=made[0] if made else tuple_row).execute(
                        _literal(query.replace("gov.", self.schema)), parameters
                    )
                    for query, parameters, *made in queries
                ]
                session.execute("COMMIT")
            return [cursor.fetchall() for cursor in cursors]

    @contextmanager
    def reading(self, *, lock: str = "", deadline_s: float | None = None) -> Iterator[Transaction]:
        """A transaction that reads as of one moment, for as long as it takes unless a deadline is given.

        Args:
            lock: Tables that nobody may write anew meanwhile.
            deadline_s: How long all of it may take.
        """
        until = monotonic() + _LONGEST_S if deadline_s is None else self._until(deadline_s)
        with self._use(until, deadline_s, begin="ISOLATION LEVEL REPEATABLE READ READ ONLY") as call:
            transaction = Transaction(call.session, self.schema)
            if lock:  # before anything is read: then what is read is as of a time when it was locked
                transaction.script(_LOCK.format(lock))
            yield transaction
            call.session.execute("ROLLBACK")

    @contextmanager
    def bare(self, deadline_s: float | None = None) -> Iterator[Session]:
        """A session outside of a transaction, for what the server takes only there."""
        with self._use(self._until(deadline_s), deadline_s) as call:
            yield call.session

    def listener(self, until: float) -> Session:
        """A session of its own, to listen on; whoever asks for it closes it."""
        session = self._connect(until)
        self._open.add(session)
        return session

    def drop(self, session: Session) -> None:
        """Close a session that was made by `listener`."""
        self._open.discard(session)
        with suppress(psycopg.Error):
            session.close()

    def close(self) -> None:
        """Close all connections, those that are in use when their call is through."""
        self._closed = True
        while True:
            try:
                session = self._pool.get_nowait()
            except Empty:
                break
            if session is not None:
                self.drop(session)
        for _ in range(self._most):  # so that those who wait for one wake up and are told
            self._pool.put(None)

    @property
    def closed(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._closed

    def check_open(self) -> None:
        """Refuse a call after `close`."""
        if self._closed:
            raise closed()

    def _writable(self) -> None:
        self.check_open()
        if self._damage is not None:
            raise IntegrityViolationError(self._damage.faults)

    def _until(self, deadline_s: float | None, extra_s: float = 0.0) -> float:
        if deadline_s is None:
            return monotonic() + self._timeout_s + extra_s
        return monotonic() + at_most(deadline_s)

    @contextmanager
    def _use(self, until: float, deadline_s: float | None, begin: str = "") -> Iterator[_Call]:
        session = self._taken(until, asked=deadline_s is not None)
        call = _Call(session, until)
        try:
            with ExitStack() as watched:
                try:
                    watch = watched.enter_context(self._watchdog.watching(session.fileno(), until))
                except OSError as error:  # no descriptor is left
                    raise unreachable(self.place, str(error)) from error
                try:
                    if begin:
                        session = call.session = self._begun(session, begin, watch, until)
                    yield call
                except psycopg.Error as error:
                    raise self._noted(error, call, watch) from error
                finally:
                    _roll_back(session)
        finally:
            self._give_back(session)

    def _begun(self, session: Session, begin: str, watch: Watch, until: float) -> Session:
        """Begin a transaction, on a new connection if the server has dropped this one meanwhile."""
        left_ms = max(int((until - monotonic()) * 1000), 1)
        script = (
            f"BEGIN {begin}; SET LOCAL lock_timeout = {max(left_ms * 9 // 10, 1)};"
            f" SET LOCAL statement_timeout = {left_ms + int(_MARGIN_S * 1000)}"
        )
        try:
            session.execute(_literal(script))
        except psycopg.OperationalError:
            if watch.fired or not session.broken:
                raise
            self.drop(session)
            session = self._connect(until)
            self._open.add(session)
            self._watchdog.move(watch, session.fileno())
            try:
                session.execute(_literal(script))
            except BaseException:
                self.drop(session)
                raise
        return session

    def _taken(self, until: float, *, asked: bool) -> Session:
        self.check_open()
        try:
            session = self._pool.get(timeout=max(until - monotonic(), 0.001))
        except Empty:
            raise busy(self.place, self._most, asked=asked) from None
        try:
            self.check_open()
            if session is not None and not _alive(session):
                self.drop(session)
                session = None
            if session is None:
                session = self._connect(until)
                self._open.add(session)
        except BaseException:
            self._pool.put(None)
            raise
        return session

    def _give_back(self, session: Session) -> None:
        if self._closed or session.closed or session.info.transaction_status != TransactionStatus.IDLE:
            self.drop(session)
            self._pool.put(None)
        else:
            self._pool.put(session)

    def _connect(self, until: float) -> Session:
        """A new session; made by another thread, as looking up a name waits for as long as it likes."""
        made: Future[Session] = Future()
        left_s = max(until - monotonic(), 0.001)

        def make() -> None:
            try:
                made.set_result(
                    psycopg.connect(
                        self._conninfo,
                        autocommit=True,
                        prepare_threshold=None,
                        connect_timeout=max(ceil(left_s), 2),
                    )
                )
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                made.set_exception(error)

        Thread(target=make, name="gov_core connecting", daemon=True).start()
        try:
            return made.result(left_s)
        except FutureTimeoutError:
            made.add_done_callback(_unwanted)
            raise late(self.place) from None
        except psycopg.Error as error:
            state = error.sqlstate
            raise (
                translated(error, self.place) if state else unreachable(self.place, str(error).strip())
            ) from error

    def _noted(self, error: psycopg.Error, call: _Call, watch: Watch) -> StorageError:
        ours = translated(error, self.place, committing=call.committing, overdue=watch.fired)
        if isinstance(ours, IntegrityViolationError):
            self._damage = ours
        return ours


class _Call:
    """One use of a session.

    Attributes:
        session: Which.
        until: When it has to be through, by `time.monotonic`.
        committing: Whether the server may commit before it answers.
    """

    __slots__ = ("committing", "session", "until")

    def __init__(self, session: Session, until: float) -> None:
        self.session, self.until = session, until
        self.committing = False

    def server_ms(self) -> int:
        """How long the server may work on it."""
        return max(int((self.until - monotonic() + _MARGIN_S) * 1000), 1)


def _literal(query: str) -> bytes:
    """A statement of this package; values are bound, and only the name of the schema is put into it."""
    return query.encode()


def _alive(session: Session) -> bool:
    """Whether a session that was idle still is one: what a server has closed can be read to its end."""
    if session.closed:
        return False
    ready = poll()
    ready.register(session.fileno(), POLLIN)
    return not ready.poll(0)


def _roll_back(session: Session) -> None:
    if session.closed or session.info.transaction_status == TransactionStatus.IDLE:
        return
    with suppress(psycopg.Error):
        if session.info.transaction_status == TransactionStatus.ACTIVE:
            session.close()  # a stream was left half-way
        else:
            session.execute("ROLLBACK")


def _unwanted(made: Future[Session]) -> None:
    """Close a session that came too late."""
    with suppress(BaseException):
        made.result().close()


_ALL: WeakSet[Connections] = WeakSet()


def _after_fork_in_child() -> None:
    # To close a session says farewell to the server, which would end that of the parent: so its socket is put
    # out of reach first.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for connections in list(_ALL):
        for session in list(connections._open):  # noqa: SLF001 - of this module
            with suppress(psycopg.Error, OSError):
                os.dup2(nowhere, session.fileno())
                session.close()
        connections._watchdog.abandon()  # noqa: SLF001
        connections._renew()  # noqa: SLF001
    os.close(nowhere)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
