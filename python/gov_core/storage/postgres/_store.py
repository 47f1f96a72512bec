"""The store in a PostgreSQL database: one call of the contract a method, each one transaction."""

from __future__ import annotations

import re
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import psycopg

from gov_core.errors import ConcurrencyConflictError, Fault, StorageError, StoreUnavailableError
from gov_core.storage import lists
from gov_core.storage.accepting import MAX_EVENT_BYTES, check_name, refusal
from gov_core.storage.batches import OneAsBatch, in_chunks
from gov_core.storage.marks import row_mark
from gov_core.storage.moving import check_empty, check_sound, in_pages, restoring
from gov_core.storage.postgres import _listing, _moving, _personal
from gov_core.storage.postgres._appending import Appending, lone
from gov_core.storage.postgres._auditing import audited, sealed, seals_of
from gov_core.storage.postgres._connections import Connections, twice
from gov_core.storage.postgres._news import News
from gov_core.storage.postgres._outbox_calls import OutboxCalls
from gov_core.storage.postgres._rows import EVENT, ROW, as_events, case_row_of, key, number
from gov_core.storage.postgres._schema import opened
from gov_core.storage.postgres._subject_calls import SubjectCalls
from gov_core.storage.postgres._turns import turn
from gov_core.storage.protocol import (
    CONTRACT_VERSION,
    NEW,
    START,
    Append,
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gov_core.storage.protocol import AsOf, CaseOrder, CaseRow, Entry, RecordedEvent, VerifyReport

DEFAULT_SCHEMA: Final = "gov_core"
EVENTS_PER_TABLE: Final = 4_000_000
"""Positions of one partition of the events, some 3 GB: few partitions, and none too large to be moved."""

_ALONE: Final = 100
"""Events up to which an append is one statement."""

_ITEMS_PER_S: Final = 500
"""Slowest that a server may be in bulk before a call without a deadline is given up."""


class PostgresCaseStore(OneAsBatch, OutboxCalls, SubjectCalls):
    """Cases in a schema of a PostgreSQL database. For many threads, processes and machines at once.

    Args:
        conninfo: Where, as libpq has it: ``postgresql://user@host/database`` or ``host=… dbname=…``. What it
            leaves out is taken from the environment (``PGPASSWORD``, ``PGSSLMODE`` …).
        schema: The schema of this store; made if it is not there. Several stores may be in one database.
        clock: The store's own clock, microseconds since 1970 UTC; None for the clock of the server, which is
            the same for all that write.
        timeout_s: How long a call may take that is given no deadline.
        connections: How many at once; a call waits for its turn.
        notify: Whether to tell others of news (NOTIFY), so that `wait` returns at once.
        events_per_table: Positions of one partition of the events, for a store that is made now.

    Raises:
        SchemaMismatchError: The schema is of something else or of a newer release, or the server would lose
            what it has acknowledged: fsync, full_page_writes or synchronous_commit is off.
        IntegrityViolationError: The database is damaged.
        StoreUnavailableError: The server cannot be reached.
    """

    def __init__(
        self,
        conninfo: str,
        *,
        schema: str = DEFAULT_SCHEMA,
        clock: Callable[[], int] | None = None,
        timeout_s: float = 30.0,
        connections: int = 8,
        notify: bool = True,
        events_per_table: int = EVENTS_PER_TABLE,
    ) -> None:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,49}", schema) or schema.startswith("pg_"):
            message = f"{schema!r} is no name for the schema of a store"
            hint = "up to 50 of a to z, 0 to 9 and _, beginning with a letter"
            raise StoreUnavailableError((Fault("storage.address", message, "schema", hint),))
        self._clock = clock
        self._connections = Connections(conninfo, schema, most=connections, timeout_s=timeout_s)
        try:
            self._schema, self._id = opened(self._connections, schema, width=max(events_per_table, 8))
        except BaseException:
            self._connections.close()
            raise
        self._news = News(self._connections, f"gov_core_{schema}" if notify else "")

    def describe(self) -> StoreDescription:
        """What this store is and promises."""
        self._connections.check_open()
        return StoreDescription(
            name="postgresql",
            store=self._id,
            contract_version=CONTRACT_VERSION,
            schema_version=self._schema,
            durability="power",
            capabilities=frozenset(
                {
                    "dense_positions",
                    "real_time_order",
                    "snapshots",
                    "seals",
                    "concurrent_processes",
                    "concurrent_machines",
                    "outbox",
                    "erasure",
                    "deadlines",
                }
            ),
            max_event_bytes=MAX_EVENT_BYTES,
        )

    def append(self, item: Append, *, deadline_s: float | None = None) -> AppendResult:
        """Append all events or none, durably."""
        if (refused := refusal(item)) is not None:
            self._connections.check_open()
            raise refused
        began = monotonic()
        if len(item.events) <= _ALONE and (item.expected.version or item.expected == NEW):
            statement = lone(item, self._news.channel, self._clock_us())
            (base,) = twice(partial(self._connections.once, statement), deadline_s)
            if base is not None:
                head = Head(item.expected.version + len(item.events), item.events[-1].hash)
                return AppendResult(head, base + 1, base + len(item.events))
        left_s = None if deadline_s is None else max(deadline_s - (monotonic() - began), 0.0)
        return super().append(item, deadline_s=left_s)

    def append_many(
        self, items: Iterable[Append], *, together: bool = False, deadline_s: float | None = None
    ) -> list[AppendResult | StorageError]:
        """Append for many cases in one transaction; what is wrong with an item is its result, or raised."""
        items = list(items)  # before the turn to write is taken: who makes them may want to read
        if not items:
            self._connections.check_open()
            return []
        clock_us = self._clock_us()

        def write(left_s: float | None) -> list[AppendResult | StorageError]:
            with self._connections.writing(left_s, extra_s=len(items) / _ITEMS_PER_S) as transaction:
                appending = Appending(transaction, self._news.channel, clock_us)
                return in_chunks(items, appending.take, together=together)

        return twice(write, deadline_s)

    def command_result(
        self, command_id: str, digest: bytes | None = None, *, deadline_s: float | None = None
    ) -> AppendResult | None:
        """What a command led to; None if it was never applied."""
        query = "SELECT digest, version, hash, first, last FROM gov.commands WHERE command_id = %s"
        (found,) = self._connections.read((query, (key(command_id),)), deadline_s=deadline_s)
        if not found:
            return None
        ((known, version, hash_, first, last),) = found
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
        columns = ", ".join(f"e.{column}" for column in EVENT.split(", "))
        # The first and the last position of the case say in which tables to look.
        query = (
            f"SELECT {columns} FROM gov.cases c JOIN gov.events e ON e.case_no = c.case_no"
            " AND e.position >= c.case_no AND e.position <= c.last WHERE c.case_id = %s AND e.version > %s"
        )
        values: list[Any] = [key(case_id), number(after)]
        if as_of is not None:
            query += " AND e.position <= %s" if isinstance(as_of, Position) else " AND e.recorded_us <= %s"
            values.append(number(as_of[0]))
        query += " ORDER BY e.version LIMIT %s"
        values.append(None if limit is None else number(max(limit, 0)))
        (events,) = self._connections.read((query, values, as_events), deadline_s=deadline_s)
        return tuple(events)

    def head(self, case_id: str, *, deadline_s: float | None = None) -> Head:
        """Where a case stands; `NEW` for an unknown one."""
        query = "SELECT version, hash FROM gov.cases WHERE case_id = %s"
        (found,) = self._connections.read((query, (key(case_id),)), deadline_s=deadline_s)
        return Head(*found[0]) if found else NEW

    def read_feed(
        self, after: Cursor = START, *, limit: int = 1000, deadline_s: float | None = None
    ) -> FeedPage:
        """Events of all cases, in the order of their positions."""
        query = f"SELECT {EVENT} FROM gov.events WHERE position > %s ORDER BY position LIMIT %s"
        ((head,),), events = self._connections.read(
            ("SELECT position FROM gov.store", ()),
            (query, (number(after.position), number(max(limit, 0))), as_events),
            deadline_s=deadline_s,
        )
        position = within(after, self._id, head)
        return FeedPage(tuple(events), Cursor(self._id, events[-1].position if events else position), head)

    def wait(self, after: Cursor, *, timeout_s: float) -> bool:
        """Whether there is something behind a cursor, waiting for it up to a time."""

        def come(deadline_s: float) -> bool:
            query = "SELECT position FROM gov.store"
            (((head,),),) = self._connections.read((query, ()), deadline_s=deadline_s)
            return within(after, self._id, head) < int(head)

        return self._news.wait(come, timeout_s)

    def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        """The row of a case in the index; None for an unknown one."""
        query = f"SELECT {ROW} FROM gov.cases WHERE case_id = %s"
        (found,) = self._connections.read((query, (key(case_id),)), deadline_s=deadline_s)
        return case_row_of(found[0]) if found else None

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
        (found,) = self._connections.read(_listing.page(question), deadline_s=deadline_s)
        shown = found[: question.limit]
        more = len(found) > question.limit
        rows = (case_row_of(row) for _, *row in shown)
        return CasePage(
            tuple(row for row in rows if row is not None),
            lists.token(order, _listing.place_of(shown[-1], order)) if more else None,
        )

    def count_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008 - immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """How many cases there are."""
        lists.asked(where)
        (((found,),),) = self._connections.read(_listing.count(where), deadline_s=deadline_s)
        return int(found)

    def due(self, now_us: int, *, limit: int = 1000, deadline_s: float | None = None) -> tuple[DueClock, ...]:
        """Clocks with `fires_us` at or before `now_us`, by that time, then by arrival, then name."""
        query = (
            "SELECT c.case_id, d.clock, d.fires_us, d.due_us FROM ("
            "SELECT * FROM gov.due WHERE fires_us <= %s ORDER BY fires_us, case_no, clock LIMIT %s"
            ") d JOIN gov.cases c ON c.case_no = d.case_no ORDER BY d.fires_us, d.case_no, d.clock"
        )
        values = number(now_us), number(max(limit, 0))
        (found,) = self._connections.read((query, values), deadline_s=deadline_s)
        return tuple(map(DueClock._make, found))

    def next_due_us(self, *, deadline_s: float | None = None) -> int | None:
        """When the next clock fires; None if none is open."""
        query = "SELECT fires_us FROM gov.due ORDER BY fires_us LIMIT 1"
        (found,) = self._connections.read((query, ()), deadline_s=deadline_s)
        return int(found[0][0]) if found else None

    def save_snapshot(self, case_id: str, snapshot: Snapshot, *, deadline_s: float | None = None) -> None:
        """Keep a snapshot, the newest of each schema."""
        query = (
            "INSERT INTO gov.snapshots SELECT case_id, %s::bigint, %s::bigint, %s, %s"
            " FROM gov.cases WHERE case_id = %s"
            " ON CONFLICT (case_id, schema) DO UPDATE SET version = excluded.version, data = excluded.data,"
            " mark = excluded.mark"
        )
        known = key(case_id) or ""
        values = number(snapshot.schema), number(snapshot.version), snapshot.data
        with self._connections.writing(deadline_s) as transaction:
            transaction.execute(query, (*values, row_mark(known, *values), known))

    def load_snapshot(
        self,
        case_id: str,
        *,
        schema: int,
        at_or_before: int | None = None,
        deadline_s: float | None = None,
    ) -> Snapshot | None:
        """The newest snapshot of that schema at or before a version."""
        query = (
            "SELECT version, schema, data, mark FROM gov.snapshots"
            " WHERE case_id = %s AND schema = %s AND version <= %s"
        )
        most = number(2**63 if at_or_before is None else at_or_before)
        values = key(case_id), number(schema), most
        (found,) = self._connections.read((query, values), deadline_s=deadline_s)
        if not found:
            return None
        ((*fields, mark),) = found
        snapshot = Snapshot(*fields)
        # A cache that was changed is none; verify tells of it.
        whole = mark == row_mark(case_id, snapshot.schema, snapshot.version, snapshot.data)
        return snapshot if whole else None

    def checkpoint_get(self, name: str, *, deadline_s: float | None = None) -> Cursor:
        """How far a reader of the feed has come; `START` if it never said."""
        query = "SELECT store, position FROM gov.checkpoints WHERE name = %s"
        (found,) = self._connections.read((query, (key(name),)), deadline_s=deadline_s)
        return Cursor(*found[0]) if found else START

    def checkpoint_set(
        self, name: str, cursor: Cursor, *, expected: Cursor, deadline_s: float | None = None
    ) -> None:
        """Move a reader's place, if it is still where it was thought to be."""
        check_name(name)
        with self._connections.writing(deadline_s) as transaction:
            # Two readers of one name are rare: the name is enough of a lock, and no append waits for it.
            transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
            (head,) = transaction.one("SELECT position FROM gov.store")
            within(cursor, self._id, head)
            query = "SELECT store, position FROM gov.checkpoints WHERE name = %s"
            found = transaction.execute(query, (name,)).fetchone()
            actual = Cursor(*found) if found else START
            if actual != expected:
                raise ConcurrencyConflictError(name, expected.position, actual.position)
            transaction.execute(
                "INSERT INTO gov.checkpoints VALUES (%s, %s, %s::bigint, %s) ON CONFLICT (name) DO UPDATE SET"
                " store = excluded.store, position = excluded.position, mark = excluded.mark",
                (name, *cursor, row_mark(name, *cursor)),
            )

    def seal(self) -> Seal:
        """Seal the feed up to its newest event; the same seal again if nothing is new since."""
        while True:
            with self._connections.reading() as transaction:
                seal, peaks = sealed(transaction, self._id)
            if peaks is None:
                return seal
            clock_us = self._clock_us()
            with self._connections.writing() as transaction:
                _, now_us = turn(transaction, clock_us)
                (last,) = transaction.one("SELECT coalesce(max(number), 0) FROM gov.seals")
                if last == seal.number - 1:
                    seal = seal._replace(sealed_us=now_us)
                    transaction.execute(
                        "INSERT INTO gov.seals VALUES (%s, %s, %s, %s, %s, %s, %s)", (*seal[1:], peaks)
                    )
                    transaction.execute("UPDATE gov.store SET recorded_us = %s::bigint", (now_us,))
                    break
        return seal

    def seals(self) -> tuple[Seal, ...]:
        """All seals, oldest first."""
        with self._connections.reading() as transaction:
            return tuple(seal for seal, _ in seals_of(transaction, self._id))

    def verify(self, *, kept: Sequence[Seal] = (), heads: Sequence[tuple[str, Head]] = ()) -> VerifyReport:
        """Read everything and say what is not as it was written."""
        with self._connections.reading() as transaction:
            return audited(transaction, self._id, kept=kept, heads=heads)

    def dump(self) -> Iterator[Entry]:
        """All that is in the store."""
        return in_pages(self._page)

    def _page(self, after: int) -> tuple[Sequence[Entry], int]:
        with self._connections.reading(lock=_personal.REWRITTEN) as transaction:
            entries, last = _moving.page(transaction, after)
            return (entries if last > after else list(_moving.rest(transaction, self._id))), last

    def restore(self, store: str, entries: Iterable[Entry]) -> None:
        """Become what another store was. All or nothing."""
        with self._connections.writing(extra_s=24 * 3600) as transaction:
            head, _ = turn(transaction, None)
            check_empty(self._id, head)
            with restoring():
                try:
                    _moving.restore(transaction, store, entries)
                except (psycopg.IntegrityError, psycopg.DataError) as error:
                    # Without the detail, which is the row that was to be written.
                    raise ValueError(error.diag.message_primary or "a row that cannot be") from error
            check_sound(audited(transaction, store))
        self._id = store

    def close(self) -> None:
        """Let go of what is open; again does nothing."""
        self._connections.close()
        self._news.close()
