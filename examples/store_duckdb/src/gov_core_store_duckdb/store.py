"""The store: one call of the contract a method."""

from __future__ import annotations

import time
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from gov_core.errors import ConcurrencyConflictError, StorageError
from gov_core.storage import lists
from gov_core.storage.accepting import MAX_EVENT_BYTES, check_name, refusal
from gov_core.storage.auditing import Audit
from gov_core.storage.batches import OneAsBatch
from gov_core.storage.clock import now_us as machine_now_us
from gov_core.storage.merkle import MerkleTree, leaf, seal_hash
from gov_core.storage.missing import NoPersonalData, missing
from gov_core.storage.moving import check_empty, check_sound, restoring
from gov_core.storage.outbox import OutboxEntry
from gov_core.storage.protocol import (
    CONTRACT_VERSION,
    NEW,
    START,
    AppendResult,
    CaseEntry,
    CaseFilter,
    CasePage,
    CaseRow,
    Checkpoint,
    ClockRow,
    Cursor,
    DueClock,
    Envelope,
    FeedPage,
    Head,
    Position,
    RecordedEvent,
    Seal,
    Snapshot,
    StoreDescription,
)
from gov_core.storage.refusals import (
    command_reused,
    conflict,
    message_reused,
    within,
)
from gov_core_store_duckdb.connection import SCHEMA_VERSION, Connection
from gov_core_store_duckdb.outbox import DuckdbOutbox, entry_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from os import PathLike

    import duckdb

    from gov_core.storage.protocol import Append, AsOf, CaseOrder, Entry, VerifyReport

_HIGHEST: Final = 2**63 - 1
_PAGE: Final = 5_000
_NO_ROW: Final = (False, "", "", False, "", "", "", "", "", "", 0, None, None, False)
_EVENT: Final = (
    "SELECT position, case_id, version, recorded_us, command_id, digest, type, schema, at_us, data, hash"
    " FROM events"
)
_ROW: Final = (
    "case_id, state, open, procedure, matter, grade, place, path, unit,"
    " opened_us, yellow_us, due_us, sensitive"
)
_KEYS: Final = {"due": f"coalesce(due_us, {_HIGHEST})", "opened": "opened_us", "arrival": "0::BIGINT"}


class DuckdbCaseStore(OneAsBatch, DuckdbOutbox, NoPersonalData):
    """Cases in one DuckDB file, durable with every call. For the threads of one process, one at a time.

    Args:
        path: The file; made if it is not there.
        clock: The store's own clock, microseconds since 1970 UTC.
        timeout_s: How long to wait for another thread.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        clock: Callable[[], int] = machine_now_us,
        timeout_s: float = 10.0,
    ) -> None:
        self._connection = Connection(str(path), clock, timeout_s)

    def describe(self) -> StoreDescription:
        """What this store is and promises.

        No ``erasure``: DuckDB does not promise that deleted bytes leave the file. No ``deadlines``: a query
        that runs is not stopped. One process at a time: DuckDB locks its file.
        """
        self._connection.check_open()
        return StoreDescription(
            name="duckdb",
            store=self._connection.store,
            contract_version=CONTRACT_VERSION,
            schema_version=SCHEMA_VERSION,
            durability="process",
            capabilities=frozenset({"dense_positions", "real_time_order", "snapshots", "seals", "outbox"}),
            max_event_bytes=MAX_EVENT_BYTES,
        )

    # Append

    def append_many(
        self, items: Iterable[Append], *, together: bool = False, deadline_s: float | None = None
    ) -> list[AppendResult | StorageError]:
        """Append for many cases in one transaction; what is wrong with an item is its result, or raised."""
        items = list(items)
        results: list[AppendResult | StorageError] = []
        with self._connection.writing(deadline_s):
            batch = _Batch(self._connection, items)
            for item in items:
                result = batch.take(item)
                if together and isinstance(result, StorageError):
                    raise result
                results.append(result)
            batch.write()
        return results

    def command_result(
        self, command_id: str, digest: bytes | None = None, *, deadline_s: float | None = None
    ) -> AppendResult | None:
        """What a command led to; None if it was never applied."""
        with self._connection.reading(deadline_s):
            found = _applied(self._connection, [command_id]).get(command_id)
        if found is None:
            return None
        if digest not in (None, found[0]):
            raise command_reused(command_id)
        return found[1]

    # Read

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
        query = f"{_EVENT} WHERE case_id = ? AND version > ?"
        values: list[object] = [case_id, after]
        if as_of is not None:
            query += " AND position <= ?" if isinstance(as_of, Position) else " AND recorded_us <= ?"
            values.append(as_of[0])
        query += " ORDER BY version LIMIT ?"
        with self._connection.reading(deadline_s):
            most = _HIGHEST if limit is None else max(limit, 0)
            return tuple(map(_event, self._connection.rows(query, *values, most)))

    def head(self, case_id: str, *, deadline_s: float | None = None) -> Head:
        """Where a case stands; `NEW` for an unknown one."""
        query = "SELECT head_version, head_hash FROM cases WHERE case_id = ?"
        with self._connection.reading(deadline_s):
            found = self._connection.rows(query, case_id)
        return Head(*found[0]) if found else NEW

    def read_feed(
        self, after: Cursor = START, *, limit: int = 1000, deadline_s: float | None = None
    ) -> FeedPage:
        """Events of all cases, in the order of their positions."""
        with self._connection.reading(deadline_s):
            head = self._head()
            position = within(after, self._connection.store, head)
            query = f"{_EVENT} WHERE position > ? ORDER BY position LIMIT ?"
            events = tuple(map(_event, self._connection.rows(query, position, max(limit, 0))))
        position = events[-1].position if events else position
        return FeedPage(events, Cursor(self._connection.store, position), head)

    def wait(self, after: Cursor, *, timeout_s: float) -> bool:
        """Whether there is something behind a cursor, looking again and again up to a time."""
        end = time.monotonic() + timeout_s
        while not (found := self.read_feed(after, limit=1).events) and (left := end - time.monotonic()) > 0:
            time.sleep(min(0.02, left))
        return bool(found)

    # Lists and clocks

    def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        """The row of a case in the index; None for an unknown one."""
        with self._connection.reading(deadline_s):
            found = self._connection.rows(f"SELECT {_ROW} FROM cases WHERE case_id = ? AND listed", case_id)
        return CaseRow(*found[0]) if found else None

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
        _, _, start, limit = lists.asked(where, order, after, limit)
        condition, values = _condition(where)
        key = _KEYS[order]
        query = (
            f"SELECT {key} AS key, arrival, {_ROW} FROM cases WHERE {condition} AND ({key}, arrival) > (?, ?)"
            " ORDER BY key, arrival LIMIT ?"
        )
        with self._connection.reading(deadline_s):
            found = self._connection.rows(query, *values, *start, limit + 1)
        page = found[:limit]
        more = lists.token(order, lists.Place(*page[-1][:2])) if len(found) > limit else None
        return CasePage(tuple(CaseRow(*row[2:]) for row in page), more)

    def count_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008 - immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """How many cases there are."""
        lists.asked(where)
        condition, values = _condition(where)
        with self._connection.reading(deadline_s):
            ((count,),) = self._connection.rows(f"SELECT count(*) FROM cases WHERE {condition}", *values)
        return int(count)

    def due(self, now_us: int, *, limit: int = 1000, deadline_s: float | None = None) -> tuple[DueClock, ...]:
        """Clocks with `fires_us` at or before `now_us`, by that time, then by arrival, then name."""
        query = (
            "SELECT case_id, clock, fires_us, clocks.due_us FROM clocks JOIN cases USING (arrival)"
            " WHERE fires_us <= ? ORDER BY fires_us, arrival, clock LIMIT ?"
        )
        with self._connection.reading(deadline_s):
            found = self._connection.rows(query, now_us, max(limit, 0))
        return tuple(DueClock(*each) for each in found)

    def next_due_us(self, *, deadline_s: float | None = None) -> int | None:
        """When the next clock fires; None if none is open."""
        with self._connection.reading(deadline_s):
            ((fires_us,),) = self._connection.rows("SELECT min(fires_us) FROM clocks")
        return None if fires_us is None else int(fires_us)

    # Snapshots and readers of the feed

    def save_snapshot(self, case_id: str, snapshot: Snapshot, *, deadline_s: float | None = None) -> None:
        """Keep a snapshot."""
        with self._connection.writing(deadline_s):
            self._connection.rows(
                "DELETE FROM snapshots WHERE case_id = ? AND schema = ? AND version = ?",
                case_id,
                snapshot.schema,
                snapshot.version,
            )
            self._connection.insert("snapshots", [(case_id, *snapshot)])

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
            "SELECT version, schema, data FROM snapshots WHERE case_id = ? AND schema = ? AND version <= ?"
            " ORDER BY version DESC LIMIT 1"
        )
        most = _HIGHEST if at_or_before is None else at_or_before
        with self._connection.reading(deadline_s):
            found = self._connection.rows(query, case_id, schema, most)
        return Snapshot(*found[0]) if found else None

    def checkpoint_get(self, name: str, *, deadline_s: float | None = None) -> Cursor:
        """How far a reader of the feed has come; `START` if it never said."""
        with self._connection.reading(deadline_s):
            return self._checkpoint(name)

    def checkpoint_set(
        self, name: str, cursor: Cursor, *, expected: Cursor, deadline_s: float | None = None
    ) -> None:
        """Move a reader's place, if it is still where it was thought to be."""
        check_name(name)
        with self._connection.writing(deadline_s):
            within(cursor, self._connection.store, self._head())
            if (actual := self._checkpoint(name)) != expected:
                raise ConcurrencyConflictError(name, expected.position, actual.position)
            self._connection.rows("DELETE FROM checkpoints WHERE name = ?", name)
            self._connection.insert("checkpoints", [(name, *cursor)])

    def _checkpoint(self, name: str) -> Cursor:
        found = self._connection.rows("SELECT store, position FROM checkpoints WHERE name = ?", name)
        return Cursor(*found[0]) if found else START

    # Seals, moving

    def seal(self, *, deadline_s: float | None = None) -> Seal:
        """Seal the feed up to its newest event; the same seal again if nothing is new since."""
        with self._connection.writing(deadline_s):
            last = max(self._seals(), key=attrgetter("number"), default=None)
            head = self._head()
            if last is not None and last.position == head:
                return last
            tree = MerkleTree()
            for event in self._events(head):
                tree.add(leaf(event))
            seal = Seal(
                store=self._connection.store,
                number=last.number + 1 if last else 1,
                position=head,
                events=tree.leaves,
                root=tree.root(),
                previous=seal_hash(last) if last else bytes(32),
                sealed_us=self._connection.now_us(),
            )
            self._connection.insert("seals", [seal])
            return seal

    def seals(self, *, deadline_s: float | None = None) -> tuple[Seal, ...]:
        """All seals, oldest first."""
        with self._connection.reading(deadline_s):
            return self._seals()

    def _seals(self) -> tuple[Seal, ...]:
        return tuple(Seal(*each) for each in self._connection.rows("SELECT * FROM seals ORDER BY number"))

    def verify(
        self,
        *,
        kept: Sequence[Seal] = (),
        heads: Sequence[tuple[str, Head]] = (),
        deadline_s: float | None = None,
    ) -> VerifyReport:
        """Read everything and say what is not as it was written."""
        with self._connection.reading(deadline_s):
            return self._verified(self._connection.store, kept, heads)

    def _verified(
        self, store: str, kept: Sequence[Seal] = (), heads: Sequence[tuple[str, Head]] = ()
    ) -> VerifyReport:
        audit = Audit(store, own=self._seals(), kept=kept, heads=heads)
        known = self._connection.rows("SELECT case_id, head_version, head_hash FROM cases")
        missing = {case_id: Head(version, hash_) for case_id, version, hash_ in known}
        rows = self._connection.rows(f"{_EVENT} ORDER BY case_id, version, position")
        for case_id, events in groupby(map(_event, rows), attrgetter("case_id")):
            audit.case(case_id, events, missing.pop(case_id, NEW))
        for case_id, head in missing.items():
            audit.case(case_id, (), head)
        for event in self._events(_HIGHEST):
            audit.event(event)
        return audit.report()

    def dump(self) -> Iterator[Entry]:
        """All that is in the store, as it was when this began."""
        with self._connection.reading():
            head = self._head()
            entries: list[Entry] = list(self._events(head))
            clocks: dict[int, list[ClockRow]] = {}
            query = "SELECT arrival, clock, fires_us, due_us FROM clocks ORDER BY arrival, clock"
            for arrival, *clock in self._connection.rows(query):
                clocks.setdefault(arrival, []).append(ClockRow(*clock))
            for arrival, listed, *row in self._connection.rows(
                f"SELECT arrival, listed, {_ROW} FROM cases ORDER BY arrival"
            ):
                entries.append(
                    CaseEntry(row[0], CaseRow(*row) if listed else None, tuple(clocks.get(arrival, ())))
                )
            entries += self._outbox_moved()
            entries += self._seals()
            entries += (
                Checkpoint(name, Cursor(store, position))
                for name, store, position in self._connection.rows("SELECT * FROM checkpoints ORDER BY name")
            )
        yield from entries

    def restore(self, store: str, entries: Iterable[Entry]) -> None:
        """Become what another store was. All or nothing."""
        with self._connection.writing():
            check_empty(self._connection.store, self._head())
            with restoring():
                self._fill(entries)
                report = self._verified(store)
            check_sound(report)
            self._connection.rows("UPDATE store SET id = ?", store)
        self._connection.store = store

    def _fill(self, entries: Iterable[Entry]) -> None:
        events: list[tuple[Any, ...]] = []
        arrivals: dict[str, int] = {}
        heads: dict[str, Head] = {}
        cases: dict[str, CaseEntry] = {}
        rest: dict[str, list[tuple[Any, ...]]] = {"seals": [], "checkpoints": [], "outbox": []}
        for entry in entries:
            match entry:
                case RecordedEvent(position, case_id, version):
                    arrivals.setdefault(case_id, position)
                    heads[case_id] = Head(version, entry.envelope.hash)
                    events.append((*entry[:-1], *entry.envelope))
                case CaseEntry():
                    cases[entry.case_id] = entry
                case Seal():
                    rest["seals"].append(entry)
                case Checkpoint(name, cursor):
                    rest["checkpoints"].append((name, *cursor))
                case OutboxEntry():
                    rest["outbox"].append(entry_values(entry))
                case tuple():
                    raise missing("erasure")
                case _:
                    raise TypeError(f"{entry!r} is no entry")
        self._connection.insert("events", events)
        none = CaseEntry("", None, ())
        self._connection.insert(
            "cases",
            [
                _case_values(case_id, arrivals[case_id], head, cases.get(case_id, none).row)
                for case_id, head in heads.items()
            ],
        )
        self._connection.insert(
            "clocks",
            [(arrivals[entry.case_id], *clock) for entry in cases.values() for clock in entry.clocks],
        )
        for table, rows in rest.items():
            self._connection.insert(table, rows)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Another cursor over the same file, to read it with SQL; its tables are those of ``schema.sql``."""
        return self._connection.cursor()

    def close(self) -> None:
        """Let go of the file; again does nothing."""
        self._connection.close()

    # What is read more than once

    def _head(self) -> int:
        ((head,),) = self._connection.rows("SELECT coalesce(max(position), 0) FROM events")
        return int(head)

    def _events(self, upto: int) -> Iterator[RecordedEvent]:
        """The feed up to a position, by pages."""
        position = 0
        while rows := self._connection.rows(
            f"{_EVENT} WHERE position > ? AND position <= ? ORDER BY position LIMIT ?", position, upto, _PAGE
        ):
            yield from map(_event, rows)
            position = rows[-1][0]


class _Batch:
    """Appends of one transaction: decided one by one in memory, then written together."""

    def __init__(self, connection: Connection, items: Sequence[Append]) -> None:
        self._connection, self._now_us = connection, connection.now_us()
        sound = [item for item in items if refusal(item) is None]
        self._commands = _applied(connection, [item.command_id for item in sound])
        query = "SELECT case_id, arrival, head_version, head_hash FROM cases WHERE list_contains(?, case_id)"
        self._cases = {
            case_id: (arrival, Head(version, hash_))
            for case_id, arrival, version, hash_ in connection.rows(query, [item.case_id for item in sound])
        }
        query = "SELECT id FROM outbox WHERE list_contains(?, id)"
        ids = [message.id for item in sound for message in item.outbox]
        self._messages = {id_ for (id_,) in connection.rows(query, ids)} if ids else set()
        ((self._position, self._number),) = connection.rows(
            "SELECT (SELECT coalesce(max(position), 0) FROM events),"
            " greatest((SELECT coalesce(max(number), 0) FROM outbox), (SELECT numbered FROM store))"
        )
        self._events: list[tuple[Any, ...]] = []
        self._outbox: list[tuple[Any, ...]] = []
        self._touched: dict[str, CaseRow | None] = {}
        self._clocks: dict[str, Sequence[ClockRow]] = {}
        self._new: set[str] = set()

    def take(self, item: Append) -> AppendResult | StorageError:
        """Decide about an item, and keep what is to be written."""
        if (refused := refusal(item)) is not None:
            return refused
        if item.personal:
            return missing("erasure")
        case_id, expected, envelopes, command_id, digest = item[:5]
        if (applied := self._commands.get(command_id)) is not None:
            return applied[1] if applied[0] == digest else command_reused(command_id)
        arrival, head = self._cases.get(case_id, (self._position + 1, NEW))
        if expected != head:
            return conflict(case_id, expected, head)
        for message in item.outbox:
            if message.id in self._messages:
                return message_reused(message.id)
        first = self._position + 1
        for number, event in enumerate(envelopes, 1):
            recorded = (self._position + number, case_id, head.version + number, self._now_us)
            self._events.append((*recorded, command_id, digest, *event))
        self._position += len(envelopes)
        head = Head(head.version + len(envelopes), envelopes[-1].hash)
        if case_id not in self._cases:
            self._new.add(case_id)
        self._cases[case_id] = arrival, head
        self._touched[case_id] = item.row or self._touched.get(case_id)
        if item.row is not None:
            self._clocks[case_id] = item.clocks
        for message in item.outbox:
            self._number += 1
            self._messages.add(message.id)
            ready_us = self._now_us + message.delay_us
            self._outbox.append(
                (self._number, *message, case_id, self._now_us, "waiting", 0, ready_us, None, "", 0, "")
            )
        result = AppendResult(head, first, self._position)
        self._commands[command_id] = digest, result._replace(duplicate=True)
        return result

    def write(self) -> None:
        """Write all of it."""
        execute = self._connection.rows
        gone = [self._cases[case_id][0] for case_id in self._clocks if case_id not in self._new]
        if gone:
            execute("DELETE FROM clocks WHERE list_contains(?, arrival)", gone)
        old = [case_id for case_id in self._touched if case_id not in self._new]
        kept = {}
        if old:
            query = f"SELECT listed, {_ROW} FROM cases WHERE list_contains(?, case_id)"
            kept = {row[1]: CaseRow(*row[1:]) for row in execute(query, old) if row[0]}
            execute("DELETE FROM cases WHERE list_contains(?, case_id)", old)
        self._connection.insert("events", self._events)
        self._connection.insert(
            "cases",
            [
                _case_values(case_id, *self._cases[case_id], row or kept.get(case_id))
                for case_id, row in self._touched.items()
            ],
        )
        self._connection.insert(
            "clocks",
            [
                (self._cases[case_id][0], *clock)
                for case_id, clocks in self._clocks.items()
                for clock in clocks
            ],
        )
        self._connection.insert("outbox", self._outbox)


def _applied(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[bytes, AppendResult]]:
    """Commands that were applied, each with its digest and first result."""
    query = (
        "SELECT command_id, any_value(digest), max(version), arg_max(hash, version), min(position),"
        " max(position) FROM events WHERE list_contains(?, command_id) GROUP BY command_id"
    )
    return {
        command_id: (digest, AppendResult(Head(version, hash_), first, last, duplicate=True))
        for command_id, digest, version, hash_, first, last in connection.rows(query, list(ids))
    }


def _event(row: Sequence[Any]) -> RecordedEvent:
    position, case_id, version, recorded_us, command_id, digest, *event = row
    return RecordedEvent(position, case_id, version, recorded_us, command_id, digest, Envelope(*event))


def _case_values(case_id: str, arrival: int, head: Head, row: CaseRow | None) -> tuple[Any, ...]:
    if row is None:
        return (arrival, *head, False, case_id, *_NO_ROW[2:])
    return (arrival, *head, True, *row)


def _condition(where: CaseFilter) -> tuple[str, list[Any]]:
    """The filter as SQL, which is `gov_core.storage.lists.matches`."""
    unit, place, matter, state, open_, light, now_us, procedure, sensitive = where
    conditions, values = ["listed"], list[Any]()
    columns = {"unit": unit, "matter": matter, "state": state, "open": open_, "procedure": procedure}
    for column, value in (columns | {"sensitive": sensitive}).items():
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    if place is not None:
        conditions.append("(place = ? OR list_contains(string_split(path, '/'), ?))")
        values += [place, place]
    if light is not None:
        conditions.append(
            "CASE WHEN due_us < ? THEN 'red' WHEN yellow_us <= ? THEN 'yellow' ELSE 'green' END = ?"
        )
        values += [now_us, now_us, light]
    return " AND ".join(conditions), values
