"""The harness of the store in a PostgreSQL database; an example for others with a server."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal
from uuid import uuid4

from gov_core.storage.marks import case_mark
from gov_core.storage.postgres import PostgresCaseStore
from gov_core.storage.postgres._rows import EVENT, event_of
from gov_core.storage.postgres._schema import latest
from gov_core.testing.store._postgres_server import VARIABLE, Proxy, server
from gov_core.testing.store.harness import Clock, HookMissingError, OldStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import psycopg

    from gov_core.storage.protocol import CaseStore, Head, RecordedEvent
    from gov_core.testing.store.harness import Place


class PostgresHarness:
    """Stores in schemas of one database.

    Attributes:
        kind: The class of the stores; of one that changes the store in a database, put here by a subclass.

    Args:
        folder: Not needed: the files are those of the server.
    """

    place: Final[Place] = "server"
    kind: ClassVar[type[PostgresCaseStore]] = PostgresCaseStore

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
        return self.kind(self.server.url, schema=schema, clock=self.clock, events_per_table=1000)

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
        return partial(self.kind, self.server.url, schema=self._schema)

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

    @contextmanager
    def idle_transaction(self) -> Iterator[None]:
        """A transaction that has read and written in the database, and waits."""
        with self.server.connected() as connection, connection.transaction():
            connection.execute("SELECT pg_current_xact_id()")
            connection.execute(f"SELECT count(*) FROM {self._schema}.cases".encode())
            yield

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No table can grow; of a server that is not of these tests, no append can be written whole."""
        with self.server.refusing("full") if self.server.can_refuse else self._refusing("53100"):
            yield

    @contextmanager
    def broken_disk(self) -> Iterator[None]:
        """The same, and the disk has failed."""
        with self.server.refusing("broken") if self.server.can_refuse else self._refusing("58030"):
            yield

    @contextmanager
    def _refusing(self, code: str) -> Iterator[None]:
        """A trigger on a table that an append writes after its events raises an error of the server."""
        raising = f"BEGIN RAISE EXCEPTION 'as the kit has it' USING ERRCODE = '{code}'; END"
        self.execute(f"CREATE FUNCTION gov.refuse() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$")
        self.execute("CREATE TRIGGER refuse BEFORE INSERT ON gov.commands EXECUTE FUNCTION gov.refuse()")
        try:
            yield
        finally:
            self.execute("DROP FUNCTION gov.refuse() CASCADE")

    def weakened(self) -> dict[str, Callable[[], CaseStore]]:
        """Opens the schema while one of the switches of durability is off."""
        return {
            switch: partial(self._weakened, switch)
            for switch in ("fsync", "full_page_writes", "synchronous_commit")
        }

    def _weakened(self, switch: str) -> CaseStore:
        self.server.set(**{switch: "off"})
        try:
            return self.beside()
        finally:
            self.server.set(**{switch: "on"})

    def raw_files(self) -> list[Path]:
        """All files of the server, when its log has gone on from what was written before."""
        self._store.close()
        if self.server.folder is None:
            raise HookMissingError(f"the files of the server of {VARIABLE} cannot be read")
        # Files that were made anew go with the first checkpoint, and the log from before it with the next.
        for _ in range(2):
            self.server.run("SELECT pg_switch_wal()")
            self.server.run("CHECKPOINT")
        return [path for path in self.server.folder.rglob("*") if path.is_file()]

    def old_stores(self) -> list[OldStore]:
        """None: this is the first schema there is."""
        return []

    def newer_store(self) -> Callable[[], CaseStore]:
        """Opens a schema whose version is one above the latest."""
        schema = self._new()
        self._open(schema).close()
        self.server.run(f"UPDATE {schema}.gov_core_schema SET version = {latest() + 1}")
        return partial(self._open, schema)

    def raw_rows(self) -> list[RecordedEvent]:
        """The rows of the events."""
        query = f"SELECT {EVENT} FROM gov.events ORDER BY position"
        return [event_of(row) for row in self.execute(query)]

    def put_rows(self, rows: Sequence[RecordedEvent], heads: Mapping[str, Head] | None = None) -> None:
        """Replace the rows of the events, and what fits them."""
        upto = max((row.position for row in rows), default=0)
        with self.server.connected() as connection, connection.transaction():
            connection.execute(f"SET LOCAL search_path = {self._schema}".encode())
            numbers: dict[str, int] = dict(
                connection.execute("SELECT case_id, case_no FROM cases").fetchall()
            )
            indexes = connection.execute(
                "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_inherits ON inhrelid = indrelid"
                " WHERE inhparent = 'events'::regclass AND indisunique AND NOT indisprimary"
            ).fetchall()
            for (index,) in indexes:
                connection.execute(f"DROP INDEX {index}".encode())
            connection.execute("DELETE FROM events")
            connection.execute("SELECT make_room(%s::bigint)", [upto])
            for row in rows:
                numbers.setdefault(row.case_id, row.position)
            marks = ", ".join(["%s"] * 12)
            connection.cursor().executemany(
                f"INSERT INTO events ({EVENT}, case_no) VALUES ({marks})".encode(),
                [(*row[:6], *row.envelope, numbers[row.case_id]) for row in rows],
            )
            if heads is not None:
                connection.execute("UPDATE store SET position = %s", [upto])
                _fit(connection, rows, heads, numbers)
        self.reopen()

    def execute(self, script: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement behind the back of the store; ``gov.`` is its schema."""
        with self.server.connected() as connection:
            cursor = connection.execute(script.replace("gov.", f"{self._schema}.").encode(), parameters)
            return cursor.fetchall() if cursor.description else []


def _fit(
    connection: psycopg.Connection[Any],
    rows: Sequence[RecordedEvent],
    heads: Mapping[str, Head],
    numbers: Mapping[str, int],
) -> None:
    """Make everything beside the events look as if they had always been so."""
    commands: dict[str, list[RecordedEvent]] = {}
    for row in rows:
        commands.setdefault(row.command_id, []).append(row)
    records = []
    for command_id, (first, *_, final) in ((each, (*own, own[-1])) for each, own in commands.items()):
        positions = first.position, final.position, first.recorded_us, numbers[first.case_id]
        records.append((command_id, *positions, final.version, first.digest, final.envelope.hash))
    cursor = connection.cursor()
    cursor.execute("DELETE FROM commands")
    cursor.executemany("INSERT INTO commands VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", records)
    cursor.execute("DELETE FROM cases WHERE case_id <> ALL(%s)", [[*heads]])
    cursor.execute("DELETE FROM due WHERE case_no NOT IN (SELECT case_no FROM cases)")
    last = {row.case_id: row.position for row in rows}
    cursor.executemany(
        "INSERT INTO cases (case_no, case_id, last, version, hash, clocks, mark)"
        " VALUES (%s, %s, %s, %s, %s, '[]', %s) ON CONFLICT (case_no) DO UPDATE SET"
        " last = excluded.last, version = excluded.version, hash = excluded.hash",
        [
            (numbers[case_id], case_id, last[case_id], *head, case_mark(None, "[]"))
            for case_id, head in heads.items()
        ],
    )
