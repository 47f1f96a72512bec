"""The store in a SQLite file: one call of the contract a method, each one transaction."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from gov_core.errors import ConcurrencyConflictError, StorageError
from gov_core.storage import lists
from gov_core.storage.accepting import MAX_EVENT_BYTES, check_name
from gov_core.storage.batches import OneAsBatch, in_chunks
from gov_core.storage.clock import now_us as machine_now_us
from gov_core.storage.moving import check_empty, check_sound, in_pages, restoring
from gov_core.storage.protocol import (
    CONTRACT_VERSION,
    NEW,
    START,
    AppendResult,
    CaseFilter,
    CasePage,
    Cursor,
    DueClock,
    FeedPage,
    Head,
    Position,
    Seal,
    Snapshot,
    StoreDescription,
)
from gov_core.storage.refusals import command_reused, within
from gov_core.storage.sqlite import _listing, _moving
from gov_core.storage.sqlite._appending import Appending
from gov_core.storage.sqlite._auditing import audited, sealed, seals_of
from gov_core.storage.sqlite._connections import Connections
from gov_core.storage.sqlite._deadlines import left
from gov_core.storage.sqlite._outbox_calls import OutboxCalls
from gov_core.storage.sqlite._rows import (
    EVENTS,
    ROW,
    case_row_of,
    events_of,
    head_of,
    key,
    number,
    row_mark,
)
from gov_core.storage.sqlite._schema import identity, migrate, version_of
from gov_core.storage.sqlite._subject_calls import SubjectCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from os import PathLike

    from gov_core.storage.protocol import Append, AsOf, CaseOrder, CaseRow, Entry, RecordedEvent, VerifyReport

_SHORTEST_PAUSE_S: Final = 0.001
_LONGEST_PAUSE_S: Final = 0.05
"""Between two looks for what other processes wrote: a look takes 10 microseconds."""


class SqliteCaseStore(OneAsBatch, OutboxCalls, SubjectCalls):
    """Cases in one SQLite file, durable with every call. For several threads and several processes.

    Args:
        path: The file; made if it is not there, in a folder that is.
        clock: The store's own clock, microseconds since 1970 UTC.
        timeout_s: How long to wait for others that write.
        readers: How many threads may read at once.

    Raises:
        SchemaMismatchError: The file is of something else or of a newer release, or cannot be made durable.
        IntegrityViolationError: The file is damaged.
        StoreUnavailableError: The file cannot be opened.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        clock: Callable[[], int] = machine_now_us,
        timeout_s: float = 10.0,
        readers: int = 8,
    ) -> None:
        self._path = Path(path)
        self._clock = clock
        self._places = _listing.Places()
        self._connections = Connections(self._path, timeout_s=timeout_s, readers=readers)
        with self._connections.opening() as connection:
            # Before anything is written to a file that may not be ours.
            version_of(connection, self._path)
            self._connections.log_ahead(connection)
            self._schema = migrate(connection, self._path)
            identity(connection, self._path)

    def describe(self) -> StoreDescription:
        """What this store is and promises."""
        with self._connections.reading() as connection:
            store = self._id(connection)
        return StoreDescription(
            name="sqlite",
            store=store,
            contract_version=CONTRACT_VERSION,
            schema_version=self._schema,
            durability="power",
            capabilities=frozenset(
                {
                    "dense_positions",
                    "real_time_order",
                    "snapshots",
                    "seals",
                    "outbox",
                    "erasure",
                    "concurrent_processes",
                }
            ),
            max_event_bytes=MAX_EVENT_BYTES,
        )

    def append_many(
        self, items: Iterable[Append], *, together: bool = False, deadline_s: float | None = None
    ) -> list[AppendResult | StorageError]:
        """Append for many cases in one transaction; what is wrong with an item is its result, or raised."""
        items = list(items)  # before the turn to write is taken: who makes them may want to read
        with self._connections.writing(deadline_s) as connection:
            appending = Appending(connection, self._clock())
            results = in_chunks(items, appending.take, together=together)
            # What has come in bulk is left to the first list that is asked for: no append waits for it.
            if _listing.STRIDE <= appending.position - appending.listed <= _listing.LONGEST:
                _listing.follow(connection, appending.position)
        return results

    def command_result(
        self, command_id: str, digest: bytes | None = None, *, deadline_s: float | None = None
    ) -> AppendResult | None:
        """What a command led to; None if it was never applied."""
        query = (
            "SELECT m.digest, e.version, e.hash, m.first, m.last"
            " FROM commands m JOIN events e ON e.position = m.last WHERE m.command_id = ?"
        )
        with self._connections.reading(deadline_s) as connection:
            found = connection.execute(query, (key(command_id),)).fetchone()
        if found is None:
            return None
        known, version, hash_, first, last = found
        if digest not in (None, known):
            raise command_reused(command_id)
        return AppendResult(Head(version, hash_), first, last, duplicate=True)

    def read_case(
        self,
        case_id: str,
        *,
        after: int = 0,
        as_of: AsOf | None = None,
        limit: int | None = None,
        deadline_s: float | None = None,
    ) -> tuple[RecordedEvent, ...]:
        """Events of a case after version `after`, in order; empty for an unknown case."""
        query = f"{EVENTS} WHERE c.case_id = ? AND e.version > ?"
        parameters: list[Any] = [key(case_id), number(after)]
        if as_of is not None:
            query += " AND e.position <= ?" if isinstance(as_of, Position) else " AND m.recorded_us <= ?"
            parameters.append(number(as_of[0]))
        query += " ORDER BY e.version LIMIT ?"
        parameters.append(-1 if limit is None else number(max(limit, 0)))
        with self._connections.reading(deadline_s) as connection:
            return tuple(events_of(connection.execute(query, parameters)))

    def head(self, case_id: str, *, deadline_s: float | None = None) -> Head:
        """Where a case stands; `NEW` for an unknown one."""
        with self._connections.reading(deadline_s) as connection:
            query = "SELECT version, hash FROM cases WHERE case_id = ?"
            found = connection.execute(query, (key(case_id),)).fetchone()
        return Head(*found) if found else NEW

    def read_feed(
        self, after: Cursor = START, *, limit: int = 1000, deadline_s: float | None = None
    ) -> FeedPage:
        """Events of all cases, in the order of their positions."""
        with self._connections.reading(deadline_s) as connection:
            head = head_of(connection)
            store = self._id(connection)
            position = within(after, store, head)
            query = f"{EVENTS} WHERE e.position > ? ORDER BY e.position LIMIT ?"
            found = connection.execute(query, (position, number(max(limit, 0))))
            events = tuple(events_of(found))
        return FeedPage(events, Cursor(store, events[-1].position if events else position), head)

    def wait(self, after: Cursor, *, timeout_s: float) -> bool:
        """Whether there is something behind a cursor, waiting for it up to a time.

        Threads of this store are woken; what other processes write is looked for again and again.
        """
        until = monotonic() + timeout_s
        pause_s = _SHORTEST_PAUSE_S
        while True:
            # Before looking: what is written after the look wakes the one who looked.
            seen = self._connections.committed
            with self._connections.reading() as connection:
                head = head_of(connection)
                position = within(after, self._id(connection), head)
            left_s = until - monotonic()
            if head > position or left_s <= 0:
                return head > position
            self._connections.wait(seen, min(pause_s, left_s))
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        """The row of a case in the index; None for an unknown one."""
        with self._connections.reading(deadline_s) as connection:
            found = connection.execute(
                f"SELECT {ROW} FROM cases WHERE case_id = ?", (key(case_id),)
            ).fetchone()
        return case_row_of(found) if found else None

    def query_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008 - immutable
        *,
        order: CaseOrder = "due",
        after: str | None = None,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> CasePage:
        """A page of cases: by due time (those without one last), by time of report, or by arrival."""
        question = lists.asked(where, order, after, limit)
        started = monotonic()
        self._follow(deadline_s)
        with self._connections.reading(left(deadline_s, started)) as connection:
            rows, last = _listing.page(connection, self._places, question)
        return CasePage(tuple(rows), lists.token(order, last) if last else None)

    def count_cases(self, where: CaseFilter = CaseFilter(), *, deadline_s: float | None = None) -> int:  # noqa: B008 - immutable
        """How many cases there are."""
        lists.asked(where)
        started = monotonic()
        self._follow(deadline_s)
        with self._connections.reading(left(deadline_s, started)) as connection:
            return _listing.count(connection, self._places, where)

    def _follow(self, deadline_s: float | None) -> None:
        """Bring lists up to date before they are asked, if much has changed at once."""
        started = monotonic()
        # Others may be writing for long, the disk may be full: then the answer is slow, but it is right.
        with suppress(StorageError):
            while self._behind(left(deadline_s, started)):
                with self._connections.writing(left(deadline_s, started)) as connection:
                    _listing.follow(connection, _listing.next_slice(connection, head_of(connection)))

    def _behind(self, deadline_s: float | None) -> bool:
        with self._connections.reading(deadline_s) as connection:
            (listed,) = connection.execute("SELECT listed FROM store").fetchone()
            return head_of(connection) - int(listed) > _listing.LONGEST

    def due(self, now_us: int, *, limit: int = 1000, deadline_s: float | None = None) -> tuple[DueClock, ...]:
        """Clocks with `fires_us` at or before `now_us`, by that time, then by arrival, then name."""
        query = (
            "SELECT c.case_id, d.clock, d.fires_us, d.due_us FROM due d JOIN cases c ON c.case_no = d.case_no"
            " WHERE d.fires_us <= ? ORDER BY d.fires_us, d.case_no, d.clock LIMIT ?"
        )
        with self._connections.reading(deadline_s) as connection:
            found = connection.execute(query, (number(now_us), number(max(limit, 0))))
            return tuple(map(DueClock._make, found))

    def next_due_us(self, *, deadline_s: float | None = None) -> int | None:
        """When the next clock fires; None if none is open."""
        with self._connections.reading(deadline_s) as connection:
            (found,) = connection.execute("SELECT min(fires_us) FROM due").fetchone()
        return None if found is None else int(found)

    def save_snapshot(self, case_id: str, snapshot: Snapshot, *, deadline_s: float | None = None) -> None:
        """Keep a snapshot, the newest of each schema."""
        query = (
            "INSERT INTO snapshots SELECT case_id, ?, ?, ?, ? FROM cases WHERE case_id = ?"
            " ON CONFLICT DO UPDATE SET (version, data, mark)"
            " = (excluded.version, excluded.data, excluded.mark)"
        )
        known = key(case_id) or ""
        values = number(snapshot.schema), number(snapshot.version), snapshot.data
        with self._connections.writing(deadline_s) as connection:
            connection.execute(query, (*values, row_mark(known, *values), known))

    def load_snapshot(
        self, case_id: str, *, schema: int, at_or_before: int | None = None, deadline_s: float | None = None
    ) -> Snapshot | None:
        """The newest snapshot of that schema at or before a version."""
        query = (
            "SELECT version, schema, data, mark FROM snapshots"
            " WHERE case_id = ? AND schema = ? AND version <= ?"
        )
        most = number(2**63 if at_or_before is None else at_or_before)
        with self._connections.reading(deadline_s) as connection:
            found = connection.execute(query, (key(case_id), number(schema), most)).fetchone()
        if found is None:
            return None
        *values, mark = found
        snapshot = Snapshot(*values)
        # A cache that was changed is none; verify tells of it.
        whole = mark == row_mark(case_id, snapshot.schema, snapshot.version, snapshot.data)
        return snapshot if whole else None

    def checkpoint_get(self, name: str, *, deadline_s: float | None = None) -> Cursor:
        """How far a reader of the feed has come; `START` if it never said."""
        with self._connections.reading(deadline_s) as connection:
            return _checkpoint(connection, name)

    def checkpoint_set(
        self, name: str, cursor: Cursor, *, expected: Cursor, deadline_s: float | None = None
    ) -> None:
        """Move a reader's place, if it is still where it was thought to be."""
        check_name(name)
        with self._connections.writing(deadline_s) as connection:
            within(cursor, self._id(connection), head_of(connection))
            actual = _checkpoint(connection, name)
            if actual != expected:
                raise ConcurrencyConflictError(name, expected.position, actual.position)
            connection.execute(
                "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)",
                (name, *cursor, row_mark(name, *cursor)),
            )

    def seal(self) -> Seal:
        """Seal the feed up to its newest event; the same seal again if nothing is new since."""
        while True:
            with self._connections.reading() as connection:
                seal, peaks = sealed(connection, self._id(connection))
            if peaks is None:
                return seal
            with self._connections.writing() as connection:
                (last,) = connection.execute("SELECT ifnull(max(number), 0) FROM seals").fetchone()
                if last == seal.number - 1:
                    seal = seal._replace(sealed_us=Appending(connection, self._clock()).now_us)
                    connection.execute("INSERT INTO seals VALUES (?, ?, ?, ?, ?, ?, ?)", (*seal[1:], peaks))
                    return seal

    def seals(self) -> tuple[Seal, ...]:
        """All seals, oldest first."""
        with self._connections.reading() as connection:
            return tuple(seal for seal, _ in seals_of(connection, self._id(connection)))

    def verify(self, *, kept: Sequence[Seal] = (), heads: Sequence[tuple[str, Head]] = ()) -> VerifyReport:
        """Read everything and say what is not as it was written."""
        with self._connections.reading() as connection:
            return audited(connection, self._id(connection), kept=kept, heads=heads)

    def dump(self) -> Iterator[Entry]:
        """All that is in the store."""
        return in_pages(self._page)

    def _page(self, after: int) -> tuple[list[Entry], int]:
        with self._connections.reading() as connection:
            entries, last = _moving.page(connection, after)
            return (entries if last > after else _moving.rest(connection, self._id(connection))), last

    def restore(self, store: str, entries: Iterable[Entry]) -> None:
        """Become what another store was. All or nothing."""
        with self._connections.writing() as connection:
            check_empty(self._id(connection), head_of(connection))
            with restoring(sqlite3.IntegrityError, sqlite3.ProgrammingError):
                _moving.restore(connection, store, entries)
            check_sound(audited(connection, store))

    def close(self) -> None:
        """Let go of what is open; again does nothing."""
        self._connections.close()

    def _id(self, connection: sqlite3.Connection) -> str:
        """Which store the file is; read each time, as another process may have filled it with one."""
        return identity(connection, self._path)


def _checkpoint(connection: sqlite3.Connection, name: str) -> Cursor:
    query = "SELECT store, position FROM checkpoints WHERE name = ?"
    found = connection.execute(query, (key(name),)).fetchone()
    return Cursor(*found) if found else START
