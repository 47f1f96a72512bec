"""What the kit of gov_core needs to put this store to the test."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

import duckdb

from gov_core.testing.store.harness import Clock, HookMissingError
from gov_core_store_duckdb.store import DuckdbCaseStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gov_core.testing.store.harness import OldStore, Place


class DuckdbHarness:
    """Stores in files of one folder.

    Args:
        folder: Empty, and its own.
    """

    place: Final[Place] = "file"

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._folder = folder
        self._others: list[DuckdbCaseStore] = []
        self._store = self._open("cases.duckdb")

    def _open(self, name: str) -> DuckdbCaseStore:
        return DuckdbCaseStore(self._folder / name, clock=self.clock)

    def store(self) -> DuckdbCaseStore:
        """The store."""
        return self._store

    def reopen(self) -> DuckdbCaseStore:
        """Close the file and open it again."""
        self._store.close()
        self._store = self._open("cases.duckdb")
        return self._store

    def another(self) -> DuckdbCaseStore:
        """A store in another file."""
        self._others.append(self._open(f"other{len(self._others)}.duckdb"))
        return self._others[-1]

    @contextmanager
    def idle_transaction(self) -> Iterator[None]:
        """Another cursor has read, and does not let go of what it has read."""
        beside = self._store.cursor()
        beside.execute("BEGIN")
        beside.execute("SELECT count(*) FROM events").fetchall()
        try:
            yield
        finally:
            beside.execute("ROLLBACK")
            beside.close()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """The system lets no file of this process grow beyond the size that the log of the file has."""
        try:
            import resource
        except ImportError as error:
            raise HookMissingError("this system sets no limits on files") from error
        log = self._folder / "cases.duckdb.wal"
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        most = log.stat().st_size if log.exists() else (self._folder / "cases.duckdb").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    broken_disk = full_disk

    def old_stores(self) -> list[OldStore]:
        """None: this is the first version of the tables."""
        return []

    def newer_store(self) -> Callable[[], DuckdbCaseStore]:
        """Opens a file whose schema is one above the latest."""
        path = self._folder / "newer.duckdb"
        self._open(path.name).close()
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE store SET version = version + 1")
        return partial(DuckdbCaseStore, path)

    def close(self) -> None:
        """Close all files."""
        for store in (self._store, *self._others):
            store.close()
