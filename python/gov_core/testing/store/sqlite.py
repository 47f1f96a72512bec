"""The harness of the store in a SQLite file; an example for others that keep cases in files."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.storage.sqlite._schema import latest
from gov_core.testing.store.harness import Clock, HookMissingError, OldStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.store.harness import Place


class SqliteHarness:
    """Stores in files of one folder.

    Args:
        folder: Empty, and its own.
    """

    place: Final[Place] = "file"

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._folder = folder
        self._path = folder / "cases.db"
        self._beside: list[SqliteCaseStore] = []
        self._store = self._open(self._path)

    def _open(self, path: Path) -> SqliteCaseStore:
        return SqliteCaseStore(path, clock=self.clock)

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
        return self.at(self._path)

    def at(self, path: Path) -> Callable[[], CaseStore]:
        """Opens a store in a file of this name."""
        return partial(SqliteCaseStore, path)

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
                found.append(OldStore(schema, partial(SqliteCaseStore, path, clock=self.clock)))
        return found

    def newer_store(self) -> Callable[[], CaseStore]:
        """Opens a file whose schema is one above the latest."""
        path = self._folder / "newer.db"
        self._open(path).close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {latest() + 1}")
        return self.at(path)
