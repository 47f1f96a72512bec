"""What a faulty store is: a good one with one thing changed, the bug that this repeats, and who notices.

Each is a subclass of a good store whose docstring says what is wrong with it, marked with `faulty`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from inspect import getdoc
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar
from unittest import mock

from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.postgres import PostgresCaseStore
from gov_core.storage.sqlite import SqliteCaseStore, _store
from gov_core.storage.sqlite._connections import Connections
from gov_core.testing.store.memory import MemoryHarness
from gov_core.testing.store.postgres import PostgresHarness
from gov_core.testing.store.sqlite import SqliteHarness

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gov_core.testing.store.harness import Make
    from gov_core.testing.store.promises import Level

_Kind = TypeVar("_Kind", bound=type)

GOOD: Final[dict[str, tuple[type, type]]] = {
    "memory": (MemoryCaseStore, MemoryHarness),
    "sqlite": (SqliteCaseStore, SqliteHarness),
    "postgres": (PostgresCaseStore, PostgresHarness),
}
"""Good stores and their harnesses."""


@dataclass(frozen=True)
class Faulty:
    """A faulty store.

    Attributes:
        kind: Its class.
        project: Whose bug it repeats, as people name it: ``Marten #2370``.
        url: Where that bug is told of.
        promises: Numbers of the promises that notice, each of them every time.
    """

    kind: type
    project: str
    url: str
    promises: tuple[str, ...]

    @property
    def name(self) -> str:
        """``bare_serial``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.kind.__name__).lower()

    @property
    def good(self) -> str:
        """What it is a change of: ``memory``, ``sqlite`` or ``postgres``."""
        return next(name for name, (kind, _) in GOOD.items() if issubclass(self.kind, kind))

    @property
    def bug(self) -> str:
        """What is wrong with it."""
        return " ".join((getdoc(self.kind) or "").split())

    @property
    def level(self) -> Level:
        """The level that the good store reaches: no cases in memory outlive their process."""
        return "silver" if self.good == "memory" else "gold"

    @property
    def make(self) -> Make:
        """Makes its harness."""
        _, harness = GOOD[self.good]
        made: Make = type(f"{self.kind.__name__}Harness", (harness,), {"kind": self.kind})
        return made


def faulty(project: str, url: str, promises: str) -> Callable[[_Kind], _Kind]:
    """Show a class in the gallery."""

    def made(kind: _Kind) -> _Kind:
        kind.faulty = Faulty(kind, project, url, tuple(promises.split()))  # type: ignore[attr-defined]
        return kind

    return made


class ChangedSql(SqliteCaseStore):
    """A store in a file that says other things to SQLite than it should.

    Attributes:
        sql: What takes the place of what, as regular expressions over whole statements.
        first: What each connection is told when it is opened.
    """

    sql: ClassVar[Mapping[str, str]] = {}
    first: ClassVar[tuple[str, ...]] = ()

    def __init__(self, path: Path, **options: Any) -> None:
        with mock.patch.object(_store, "Connections", partial(_Changed, self)):
            super().__init__(path, **options)

    def said(self, statement: str) -> str:
        """What is said in place of a statement."""
        for old, new in self.sql.items():
            statement = re.sub(old, new, statement)
        return statement


class _Changed(Connections):
    """Connections of which each changes what it is told."""

    def __init__(self, store: ChangedSql, path: Path, **options: Any) -> None:
        self._store = store
        super().__init__(path, **options)

    def connect(self, mode: Any) -> Any:
        connection = super().connect(mode)
        for statement in self._store.first:
            connection.execute(statement)
        return _Wire(connection, self._store.said)


class _Wire:
    """A connection, with the statements that pass through it changed."""

    def __init__(self, connection: sqlite3.Connection, said: Callable[[str], str]) -> None:
        self._connection, self._said = connection, said

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        return self._connection.execute(self._said(statement), parameters)

    def executemany(self, statement: str, rows: Any) -> sqlite3.Cursor:
        return self._connection.executemany(self._said(statement), rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
