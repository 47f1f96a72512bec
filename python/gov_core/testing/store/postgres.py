"""The harness of the store in a PostgreSQL database; an example for others with a server."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

from gov_core.storage.postgres import PostgresCaseStore
from gov_core.testing.store._postgres_server import Proxy, server
from gov_core.testing.store.harness import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.store.harness import Place


class PostgresHarness:
    """Stores in schemas of one database.

    Args:
        folder: Not needed: the files are those of the server.
    """

    place: Final[Place] = "server"

    def __init__(self, folder: Path) -> None:
        del folder
        self.clock = Clock()
        self.server = server()
        self._schemas: list[str] = []
        self._beside: list[PostgresCaseStore] = []
        self._schema = self._new()
        self._store = self._open(self._schema)

    def _new(self) -> str:
        self._schemas.append(f"kit_{uuid4().hex[:12]}")
        return self._schemas[-1]

    def _open(self, schema: str) -> PostgresCaseStore:
        return PostgresCaseStore(self.server.url, schema=schema, clock=self.clock, events_per_table=1000)

    def store(self) -> CaseStore:
        """The store."""
        return self._store

    def reopen(self) -> CaseStore:
        """Close the connections and make new ones."""
        self._store.close()
        self._store = self._open(self._schema)
        return self._store

    def another(self) -> CaseStore:
        """A store in another schema."""
        made = self._open(self._new())
        self._beside.append(made)
        return made

    def close(self) -> None:
        """Close all connections and drop the schemas."""
        for store in (self._store, *self._beside):
            store.close()
        for schema in self._schemas:
            self.server.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")

    def beside(self) -> CaseStore:
        """The same schema, opened once more."""
        made = self._open(self._schema)
        self._beside.append(made)
        return made

    def opener(self) -> Callable[[], CaseStore]:
        """Opens the schema in another process."""
        return partial(PostgresCaseStore, self.server.url, schema=self._schema)

    @contextmanager
    def cut(self, moment: Literal["before_commit", "after_commit"]) -> Iterator[None]:
        """A proxy between store and server cuts the next commit."""
        connections = self._store._connections  # noqa: SLF001 - of the adapter this is the harness of
        proxy = Proxy(self.server, moment)
        connections.redirect(proxy.conninfo)
        try:
            yield
        finally:
            connections.redirect(self.server.url)
            proxy.close()

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """All processes of the server stand still."""
        with self.server.stalled():
            yield

    def crash_server(self) -> None:
        """Stops the server in immediate mode, and starts it."""
        self.server.crash()

    def execute(self, script: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement behind the back of the store; ``gov.`` is its schema."""
        with self.server.connected() as connection:
            cursor = connection.execute(script.replace("gov.", f"{self._schema}.").encode(), parameters)
            return cursor.fetchall() if cursor.description else []
