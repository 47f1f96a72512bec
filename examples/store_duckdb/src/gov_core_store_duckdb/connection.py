"""One connection to a DuckDB file, behind one lock: transactions, rows in, rows out, errors of gov_core."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from importlib.resources import files
from threading import TIMEOUT_MAX, RLock
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import duckdb
from arro3.core import Array, DataType, Field, RecordBatch, Schema, Table

from gov_core.errors import (
    CapacityExceededError,
    StorageError,
    StoreUnavailableError,
)
from gov_core.storage.failures import damaged, failed, not_ours, outcome_unknown, too_new
from gov_core.storage.refusals import closed, late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SCHEMA_VERSION: Final = 1
_HIGHEST: Final = 2**63 - 1
_KINDS: Final = {
    "BIGINT": DataType.int64(),
    "INTEGER": DataType.int32(),
    "VARCHAR": DataType.utf8(),
    "BLOB": DataType.binary(),
    "BOOLEAN": DataType.bool(),
}


class Connection:
    """A DuckDB file that one process has open.

    Args:
        path: The file; made if it is not there.
        clock: Microseconds since 1970 UTC.
        timeout_s: How long to wait for a thread that has the connection.
    """

    def __init__(self, path: str, clock: Callable[[], int], timeout_s: float) -> None:
        self._clock = clock
        self._lock = RLock()
        self._timeout_s = timeout_s
        self._closed = False
        self._path = path
        self._db: duckdb.DuckDBPyConnection | None = None
        with self._translated():
            self._db = duckdb.connect(path)
        try:
            with self.writing():
                self.store = self._identity(path)
                self._schemas = self._columns()
        except BaseException:
            self._db.close()
            raise

    @property
    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._db is None:
            self._db = duckdb.connect(self._path)
        return self._db

    def _identity(self, path: str) -> str:
        tables = {name for (name,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal")}
        if tables and "store" not in tables:
            raise not_ours(path, f"it has {len(tables)} tables of something else")
        if not tables:
            self._open.execute(files("gov_core_store_duckdb").joinpath("schema.sql").read_text("utf-8"))
            self._open.execute("INSERT INTO store VALUES (?, ?, 0, 0)", [uuid4().hex, SCHEMA_VERSION])
        ((store, version),) = self.rows("SELECT id, version FROM store")
        if version != SCHEMA_VERSION:
            raise too_new(path, version, SCHEMA_VERSION)
        return str(store)

    def _columns(self) -> dict[str, Schema]:
        query = (
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
            " ORDER BY table_name, column_index"
        )
        columns: dict[str, list[Field]] = {}
        for table, column, kind in self.rows(query):
            columns.setdefault(table, []).append(Field(column, _KINDS[kind]))
        return {table: Schema(fields) for table, fields in columns.items()}

    def check_open(self) -> None:
        """Refuse a call after `close`."""
        if self._closed:
            raise closed()

    @contextmanager
    def reading(self, deadline_s: float | None = None) -> Iterator[None]:
        """What is read within fits together: nothing is written meanwhile."""
        timeout_s = self._timeout_s if deadline_s is None else deadline_s
        if not self._lock.acquire(timeout=min(max(timeout_s, 0), TIMEOUT_MAX)):
            raise late(self._path)
        try:
            self.check_open()
            with self._translated():
                yield
        finally:
            self._lock.release()

    @contextmanager
    def writing(self, deadline_s: float | None = None) -> Iterator[None]:
        """One transaction: all that is written within is durable at its end, or nothing is."""
        with self.reading(deadline_s):
            self._open.execute("BEGIN")
            try:
                yield
            except BaseException:
                with suppress(duckdb.Error):  # what the first error was is told
                    self._open.execute("ROLLBACK")
                raise
            try:
                self._open.execute("COMMIT")
            except duckdb.Error as error:
                self._reopen_next_time()
                if isinstance(failed := _failed(error), CapacityExceededError):
                    raise failed from error  # the end of the transaction is not in the log: it never was
                raise outcome_unknown(f"the commit failed: {error}", self._path) from error

    def now_us(self) -> int:
        """The time of record: never before one that was given already."""
        query = (
            "SELECT greatest((SELECT max(recorded_us) FROM events), (SELECT max(sealed_us) FROM seals),"
            " (SELECT clock_us FROM store))"
        )
        ((latest,),) = self.rows(query)
        return max(self._clock(), latest or 0)

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query gives."""
        return self._open.execute(query, [_asked(value) for value in values]).fetchall()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Another cursor over the same file."""
        with self.reading():
            return self._open.cursor()

    def insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows: through Arrow, as DuckDB takes a thousand rows that way in the time of three others."""
        columns = list(zip(*rows, strict=True))
        if not columns:
            return
        schema = self._schemas[table]
        arrays = [Array(list(values), schema.field(at).type) for at, values in enumerate(columns)]
        incoming = Table.from_batches([RecordBatch.from_arrays(arrays, schema=schema)])
        self._open.register("incoming", incoming)
        self._open.execute(f"INSERT INTO {table} SELECT * FROM incoming")
        self._open.unregister("incoming")

    def _reopen_next_time(self) -> None:
        """DuckDB lets nobody use a database whose log could not be written, until it is opened anew."""
        if self._db is not None:
            self._db.close()
        self._db = None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of the driver into those of gov_core."""
        try:
            yield
        except duckdb.FatalException as error:
            self._reopen_next_time()
            raise _failed(error) from error
        except duckdb.Error as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Let go of the file; again does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                if self._db is not None:
                    self._db.close()


def _failed(error: duckdb.Error) -> StorageError:
    message = str(error)
    if any(words in message for words in ("No space left", "File too large", "Disk quota")):
        return failed(CapacityExceededError, message, "", "make room, and send it again")
    if isinstance(error, (duckdb.InternalException, duckdb.SerializationException)):
        return damaged("", message)
    return failed(StoreUnavailableError, message, "", "see what holds the file, and try again")


def _asked(value: object) -> object:
    """A value to ask by: what no column can hold becomes something that none holds."""
    match value:
        case bool():
            return value
        case int():
            return max(-_HIGHEST, min(value, _HIGHEST))
        case str():
            return value if _is_text(value) else "\0"
        case list():
            return [_asked(each) for each in value]
    return value


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
