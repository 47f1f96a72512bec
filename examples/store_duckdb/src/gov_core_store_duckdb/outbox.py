"""The outbox of the store: a table, and what `gov_core.storage.delivery` makes of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.accepting import check_claim, check_redrive, settlement_refusal
from gov_core.storage.delivery import Delivery, claimed, settled, unclaimed
from gov_core.storage.outbox import Claim, EndpointStats, Message, OutboxEntry, OutboxFilter, OutboxPage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Settlement
    from gov_core_store_duckdb.connection import Connection

_STATE: Final = "state, attempts, ready_us, settled_us, error, token, worker"
_ENTRY: Final = f"SELECT number, id, endpoint, body, delay_us, case_id, written_us, {_STATE} FROM outbox"


class DuckdbOutbox:
    """The part of the contract that is about messages."""

    _connection: Connection

    def outbox_claim(
        self,
        worker: str,
        *,
        lease_us: int,
        limit: int = 100,
        without: Collection[str] = (),
        deadline_s: float | None = None,
    ) -> tuple[Claim, ...]:
        """Take the first message of each lane that is ready."""
        check_claim(worker, lease_us)
        with self._connection.writing(deadline_s):
            now_us = self._tick()
            # A lane is not ready while somebody has another message of it: one in front may have come back.
            query = (
                "SELECT number FROM (SELECT number, endpoint, greatest(ready_us,"
                " coalesce(max(ready_us) FILTER (state = 'leased') OVER lane, ready_us)) AS ready,"
                " row_number() OVER (lane ORDER BY number) AS place FROM outbox WHERE settled_us IS NULL"
                " WINDOW lane AS (PARTITION BY case_id, endpoint))"
                " WHERE place = 1 AND ready <= ? AND NOT list_contains(?, endpoint)"
                " ORDER BY ready, number LIMIT ?"
            )
            found = self._connection.rows(query, now_us, list(without), max(limit, 0))
            numbers = [number for (number,) in found]
            entries = {entry.number: entry for entry in self._entries("list_contains(?, number)", numbers)}
            changes = {
                number: claimed(_delivery(entries[number]), worker, now_us + lease_us) for number in numbers
            }
            self._put(changes)
        return tuple(
            Claim(
                entries[number].message,
                entries[number].case_id,
                number,
                after.attempts,
                after.token,
                entries[number].written_us,
                after.ready_us,
            )
            for number, after in changes.items()
        )

    def outbox_settle(
        self, settlements: Sequence[Settlement], *, deadline_s: float | None = None
    ) -> list[StorageError | None]:
        """Say what became of claims."""
        results: list[StorageError | None] = []
        changes: dict[int, Delivery] = {}
        with self._connection.writing(deadline_s):
            now_us = self._tick()
            ids = [each.id for each in settlements if settlement_refusal(each) is None]
            found = {entry.message.id: entry for entry in self._entries("list_contains(?, id)", ids)}
            for settlement in settlements:
                entry = found.get(settlement.id)
                before = changes.get(entry.number, _delivery(entry)) if entry else None
                after = settled(before, settlement, now_us)
                if entry and isinstance(after, Delivery):
                    changes[entry.number] = after
                results.append(None if isinstance(after, Delivery) else after)
            self._put(changes)
        return results

    def outbox_entries(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        after: int = 0,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> OutboxPage:
        """A page of messages behind number `after`."""
        condition, values = _condition(where)
        with self._connection.reading(deadline_s):
            limit = max(limit, 0)
            found = self._entries(
                f"{condition} AND number > ? ORDER BY number LIMIT ?", *values, after, limit + 1
            )
        page = tuple(found[:limit])
        return OutboxPage(page, page[-1].number if page and len(found) > limit else None)

    def outbox_stats(self, *, deadline_s: float | None = None) -> tuple[EndpointStats, ...]:
        """How each endpoint stands, by its id."""
        query = (
            "SELECT endpoint, count(*) FILTER (settled_us IS NULL), count(*) FILTER (state = 'sent'),"
            " count(*) FILTER (state = 'buried'), min(written_us) FILTER (settled_us IS NULL),"
            " max(settled_us) FILTER (state = 'sent'), min(written_us) FILTER (state = 'buried')"
            " FROM outbox GROUP BY endpoint ORDER BY endpoint"
        )
        with self._connection.reading(deadline_s):
            return tuple(EndpointStats(*each) for each in self._connection.rows(query))

    def outbox_redrive(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008 - immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """Let buried messages be tried again at once; how many."""
        check_redrive(where)
        condition, values = _condition(where._replace(state="buried"))
        query = "UPDATE outbox SET state = 'waiting', attempts = 0, ready_us = ?, settled_us = NULL WHERE "
        with self._connection.writing(deadline_s):
            ((count,),) = self._connection.rows(query + condition, self._tick(), *values)
        return int(count)

    def outbox_prune(self, settled_before_us: int, *, deadline_s: float | None = None) -> int:
        """Forget messages that were sent before a time; how many."""
        query = "DELETE FROM outbox WHERE state = 'sent' AND settled_us < ?"
        last = "greatest(numbered, (SELECT coalesce(max(number), 0) FROM outbox))"  # no number comes again
        with self._connection.writing(deadline_s):
            self._connection.rows(f"UPDATE store SET numbered = {last}")
            ((count,),) = self._connection.rows(query, settled_before_us)
        return int(count)

    def _tick(self) -> int:
        """The time, which the store will not go back behind: leases hang on it."""
        now_us = self._connection.now_us()
        self._connection.rows("UPDATE store SET clock_us = ?", now_us)
        return now_us

    def _outbox_moved(self) -> list[OutboxEntry]:
        """All messages, as they go to another store."""
        return [unclaimed(entry) for entry in self._entries("true ORDER BY number")]

    def _entries(self, condition: str, *values: object) -> list[OutboxEntry]:
        rows = self._connection.rows(f"{_ENTRY} WHERE {condition}", *values)
        return [
            OutboxEntry(Message(*row[1:5]), row[5], row[0], row[7], row[8], row[6], *row[9:]) for row in rows
        ]

    def _put(self, changes: dict[int, Delivery]) -> None:
        if not changes:
            return
        numbers = list(changes)
        entries = self._entries("list_contains(?, number)", numbers)
        self._connection.rows("DELETE FROM outbox WHERE list_contains(?, number)", numbers)
        self._connection.insert(
            "outbox",
            [
                (entry.number, *entry.message, entry.case_id, entry.written_us, *changes[entry.number])
                for entry in entries
            ],
        )


def entry_values(entry: OutboxEntry) -> tuple[Any, ...]:
    """A message as a row."""
    return (entry.number, *entry.message, entry.case_id, entry.written_us, *_delivery(entry))


def _delivery(entry: OutboxEntry) -> Delivery:
    return Delivery(
        entry.state, entry.attempts, entry.ready_us, entry.settled_us, entry.error, entry.token, entry.worker
    )


def _condition(where: OutboxFilter) -> tuple[str, list[str]]:
    asked = (("state", where.state), ("endpoint", where.endpoint), ("case_id", where.case_id))
    conditions = ["true", *(f"{column} = ?" for column, value in asked if value is not None)]
    return " AND ".join(conditions), [value for _, value in asked if value is not None]
