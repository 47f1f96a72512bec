"""The harness of the store in a SQLite file; an example for others that keep cases in files."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Final
from unittest import mock

from gov_core.storage.sqlite import SqliteCaseStore, _connections
from gov_core.storage.sqlite._schema import latest
from gov_core.testing.store.harness import Clock, HookMissingError, OldStore
from gov_core.testing.store.rewriting import put_carelessly, put_knowingly, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore, Head, RecordedEvent
    from gov_core.testing.store.harness import Place


class SqliteHarness:
    """Stores in files of one folder.

    Attributes:
        kind: The class of the stores; of one that changes the store in a file, put here by a subclass.

    Args:
        folder: Empty, and its own.
    """

    place: Final[Place] = "file"
    kind: ClassVar[type[SqliteCaseStore]] = SqliteCaseStore

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._folder = folder
        self._path = folder / "cases.db"
        self._beside: list[SqliteCaseStore] = []
        self._store = self._open(self._path)

    def _open(self, path: Path) -> SqliteCaseStore:
        return self.kind(path, clock=self.clock)

    def store(self) -> CaseStore:
        """The store."""
        return self._store

    def reopen(self) -> CaseStore:
        """Close the file and open it again."""
        self._store.close()
        self._store = self._open(self._path)
        return self._store

    def another(self) -> CaseStore:
        """A store in another file."""
        made = self._open(self._folder / f"other{len(self._beside)}.db")
        self._beside.append(made)
        return made

    def close(self) -> None:
        """Close all files."""
        for store in (self._store, *self._beside):
            store.close()

    def beside(self) -> CaseStore:
        """The same file, opened once more."""
        made = self._open(self._path)
        self._beside.append(made)
        return made

    def opener(self) -> Callable[[], CaseStore]:
        """Opens the file in another process."""
        return partial(self.kind, self._path)

    def at(self, path: Path) -> Callable[[], CaseStore]:
        """Opens a store in a file of this name, whose log is carried over often, so that flushes abound."""
        return partial(_with_short_log, self.kind, path)

    def raw_files(self) -> list[Path]:
        """The file, its log and its index."""
        self._store.close()
        return list(self._folder.glob(f"{self._path.name}*"))

    def raw_rows(self) -> list[RecordedEvent]:
        """All events as they lie in the file."""
        with closing(sqlite3.connect(self._path)) as db:
            return rows_of(db)

    def put_rows(self, rows: Sequence[RecordedEvent], heads: Mapping[str, Head] | None = None) -> None:
        """Rewrite the file, and open it again."""
        self._store.close()
        with closing(sqlite3.connect(self._path)) as db, db:
            if heads is None:
                put_carelessly(db, rows)
            else:
                put_knowingly(db, rows, heads)
        self.reopen()

    def weakened(self) -> Mapping[str, Callable[[], CaseStore]]:
        """As with a build of SQLite, or a file system, that does not do what it is told."""
        return {
            "journal_mode": partial(_weakened, self.kind, self._path, "journal_mode", "DELETE"),
            "synchronous": partial(_weakened, self.kind, self._path, "synchronous", "NORMAL"),
        }

    @contextmanager
    def idle_transaction(self) -> Iterator[None]:
        """Another connection reads, and does not let go of what it has read."""
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM events").fetchone()
            yield

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """The file may have no more pages than it has."""
        with self._writing() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (most,) = connection.execute("PRAGMA max_page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            with self._writing() as connection:
                connection.execute(f"PRAGMA max_page_count = {most}")

    @contextmanager
    def broken_disk(self) -> Iterator[None]:
        """The system lets no file of this process grow beyond the size that the log of the file has."""
        try:
            import resource
        except ImportError as error:
            raise HookMissingError("this system sets no limits on files") from error
        log = self._path.with_name(f"{self._path.name}-wal")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def _writing(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._store._connections.writing()  # noqa: SLF001 - a harness knows its store

    def old_stores(self) -> list[OldStore]:
        """Files as they were written when each earlier schema was the latest."""
        found = []
        for script in files("gov_core.testing.store").joinpath("old").iterdir():
            schema = int(script.name.removeprefix("sqlite_").removesuffix(".sql"))
            if schema < latest():
                path = self._folder / f"old{schema}.db"
                with closing(sqlite3.connect(path)) as connection:
                    connection.executescript(script.read_text("utf-8"))
                found.append(OldStore(schema, partial(self.kind, path, clock=self.clock)))
        return found

    def newer_store(self) -> Callable[[], CaseStore]:
        """Opens a file whose schema is one above the latest."""
        path = self._folder / "newer.db"
        self._open(path).close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {latest() + 1}")
        return partial(self.kind, path)


def _with_short_log(kind: type[SqliteCaseStore], path: Path) -> SqliteCaseStore:
    with mock.patch.object(_connections, "_CHECKPOINT_PAGES", 60):  # is read when the file is opened
        return kind(path)


class _Careless(sqlite3.Connection):
    """Does not take over the setting of a pragma."""

    kept = ("", "")

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as the driver has it
        name, value = self.kept
        return super().execute(
            f"PRAGMA {name} = {value}" if sql.startswith(f"PRAGMA {name} =") else sql, parameters
        )


def _weakened(kind: type[SqliteCaseStore], path: Path, name: str, value: str) -> CaseStore:
    """Open a copy of a file over a driver that keeps a pragma at a value, whatever it is told."""

    class Kept(_Careless):
        kept = (name, value)

    with mock.patch.object(sqlite3, "connect", partial(sqlite3.connect, factory=Kept)):
        copy = path.with_name(f"{name}.db")
        shutil.copy(path, copy)
        return kind(copy)
