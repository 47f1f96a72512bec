"""Messages in the file: a lane knows its first message and when that may be claimed."""

from __future__ import annotations

import json
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.accepting import settlement_refusal
from gov_core.storage.delivery import Delivery, claimed, redriven, settled, written
from gov_core.storage.outbox import Claim, EndpointStats, Message, OutboxEntry, OutboxFilter, OutboxPage
from gov_core.storage.sqlite._rows import key, number, row_mark

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Settlement

_PASSED_OVER: Final = 1000
"""Lanes of endpoints that are left alone, up to which a claim just reads on."""

DELIVERY: Final = "d.state, d.attempts, d.ready_us, d.settled_us, d.error, d.token, d.worker"
"""The columns of a `Delivery`."""
_ENTRIES: Final = (
    f"SELECT m.id, l.endpoint, m.body, m.delay_us, c.case_id, m.number, m.written_us, {DELIVERY}"
    " FROM deliveries d JOIN messages m ON m.number = d.number"
    " JOIN lanes l ON l.lane = m.lane JOIN cases c ON c.case_no = l.case_no"
)
_READY: Final = "SELECT ready_us, head, lane, endpoint FROM lanes WHERE head IS NOT NULL AND ready_us <= ?"
FIRST: Final = """
    SELECT d.number, max(d.ready_us, ifnull(
        (SELECT ready_us FROM deliveries WHERE number = lanes.claimed AND state = 'leased'), d.ready_us
    ))
    FROM deliveries d WHERE d.lane = lanes.lane AND d.settled_us IS NULL ORDER BY d.number LIMIT 1
"""
"""The first open message of a lane, and when it may be claimed: not before the lease on another one ends."""
_FOLLOW: Final = (
    f"UPDATE lanes SET (head, ready_us) = ({FIRST}) WHERE lane IN (SELECT value FROM json_each(?))"
)


def known(connection: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Which ids of messages there are already."""
    query = "SELECT id FROM messages WHERE id IN (SELECT value FROM json_each(?))"
    return {id_ for (id_,) in connection.execute(query, (json.dumps(ids),))} if ids else set()


def write(
    connection: sqlite3.Connection, batch: Sequence[tuple[int, str, Sequence[Message]]], now_us: int
) -> None:
    """Put messages behind all others.

    Args:
        connection: In a transaction that writes.
        batch: Number and id of a case, and its messages.
        now_us: The time of record.
    """
    query = "UPDATE store SET numbered = numbered + ? RETURNING numbered"
    (last,) = connection.execute(query, (sum(len(messages) for *_, messages in batch),)).fetchone()
    first = last + 1 - sum(len(messages) for *_, messages in batch)
    each = [(no, case_id, message) for no, case_id, messages in batch for message in messages]
    _insert(
        connection,
        [
            (case_no, case_id, message, place, now_us, written(message, now_us))
            for place, (case_no, case_id, message) in enumerate(each, first)
        ],
    )


def restore(connection: sqlite3.Connection, entries: Sequence[OutboxEntry]) -> None:
    """Put messages of another store into an empty one, whose cases are there.

    Raises:
        ValueError: They are not in the order of their numbers.
    """
    if not entries:
        return
    cases = json.dumps([entry.case_id for entry in entries])
    query = "SELECT case_id, case_no FROM cases WHERE case_id IN (SELECT value FROM json_each(?))"
    numbers = dict(connection.execute(query, (cases,)))
    (last,) = connection.execute("SELECT numbered FROM store").fetchone()
    rows = []
    for entry in entries:
        message, case_id, place, state, attempts, written_us, ready_us, settled_us, error, token, worker = (
            entry
        )
        delivery = Delivery(state, attempts, ready_us, settled_us, error, token, worker)
        rows.append((numbers[case_id], case_id, Message(*message), place, written_us, delivery))
        if place <= last:
            raise ValueError(f"message {place} comes twice or too late")
        last = place
    connection.execute("UPDATE store SET numbered = ?", (last,))
    _insert(connection, rows)


def anything_ready(connection: sqlite3.Connection, now_us: int) -> bool:
    """Whether there is anything to claim."""
    return connection.execute(f"{_READY} LIMIT 1", (now_us,)).fetchone() is not None


def claim(
    connection: sqlite3.Connection,
    worker: str,
    now_us: int,
    *,
    lease_us: int,
    limit: int,
    without: Collection[str],
) -> tuple[Claim, ...]:
    """Give a worker the first message of each lane that is ready."""
    chosen = _ready(connection, now_us, limit, without)
    query = f"{_ENTRIES} WHERE d.number IN (SELECT value FROM json_each(?))"
    found = connection.execute(query, (json.dumps([head for head, _ in chosen]),))
    entries = {entry.number: entry for entry in map(entry_of, found)}
    claims = []
    deliveries = {}
    for head, _ in chosen:
        entry = entries[head]
        delivery = claimed(_delivery(entry), worker, now_us + lease_us)
        deliveries[head] = delivery
        claims.append(
            Claim(
                entry.message,
                entry.case_id,
                head,
                delivery.attempts,
                delivery.token,
                entry.written_us,
                delivery.ready_us,
            )
        )
    _turn(connection, deliveries)
    query = "UPDATE lanes SET claimed = head, ready_us = ? WHERE lane IN (SELECT value FROM json_each(?))"
    connection.execute(query, (now_us + lease_us, json.dumps([lane for _, lane in chosen])))
    return tuple(claims)


def settle(
    connection: sqlite3.Connection, settlements: Sequence[Settlement], now_us: int
) -> list[StorageError | None]:
    """Say what became of claims."""
    named = ["" if settlement_refusal(each) else each.id for each in settlements]
    query = (
        f"SELECT m.id, d.number, d.lane, {DELIVERY} FROM messages m JOIN deliveries d ON d.number = m.number"
        " WHERE m.id IN (SELECT value FROM json_each(?))"
    )
    there = {
        id_: (place, lane, Delivery(*delivery))
        for id_, place, lane, *delivery in connection.execute(query, (json.dumps(named),))
    }
    results: list[StorageError | None] = []
    deliveries = {}
    lanes = set()
    for id_, settlement in zip(named, settlements, strict=True):
        place, lane, before = there.get(id_, (0, 0, None))
        after = settled(before, settlement, now_us)
        if not isinstance(after, Delivery):
            results.append(after)
            continue
        results.append(None)
        if after != before:
            there[id_] = place, lane, after
            deliveries[place] = after
            lanes.add(lane)
    _turn(connection, deliveries)
    connection.execute(_FOLLOW, (json.dumps([*lanes]),))
    return results


def page(connection: sqlite3.Connection, where: OutboxFilter, after: int, limit: int) -> OutboxPage:
    """Messages behind a number."""
    conditions, parameters = _conditions(where)
    query = f"{_ENTRIES} WHERE d.number > ?{conditions} ORDER BY d.number LIMIT ?"
    most = min(max(limit, 0), 2**62)
    found = [*map(entry_of, connection.execute(query, [number(after), *parameters, most + 1]))]
    shown = tuple(found[:most])
    return OutboxPage(shown, shown[-1].number if shown and len(found) > most else None)


def stats(connection: sqlite3.Connection) -> tuple[EndpointStats, ...]:
    """How each endpoint stands."""
    query = """
        SELECT l.endpoint, count(*) FILTER (WHERE d.settled_us IS NULL),
            count(*) FILTER (WHERE d.state = 'sent'), count(*) FILTER (WHERE d.state = 'buried'),
            min(m.written_us) FILTER (WHERE d.settled_us IS NULL),
            max(d.settled_us) FILTER (WHERE d.state = 'sent'),
            min(m.written_us) FILTER (WHERE d.state = 'buried')
        FROM deliveries d JOIN messages m ON m.number = d.number JOIN lanes l ON l.lane = d.lane
        GROUP BY l.endpoint ORDER BY l.endpoint
    """
    return tuple(EndpointStats(*row) for row in connection.execute(query))


def redrive(connection: sqlite3.Connection, where: OutboxFilter, now_us: int) -> int:
    """Let buried messages be tried again."""
    conditions, parameters = _conditions(where._replace(state="buried"))
    query = (
        f"SELECT d.number, d.lane, {DELIVERY} FROM deliveries d JOIN lanes l ON l.lane = d.lane"
        f" JOIN cases c ON c.case_no = l.case_no WHERE true{conditions}"
    )
    found = connection.execute(query, parameters).fetchall()
    _turn(connection, {place: redriven(Delivery(*delivery), now_us) for place, _, *delivery in found})
    connection.execute(_FOLLOW, (json.dumps([*{lane for _, lane, *_ in found}]),))
    return len(found)


def prune(connection: sqlite3.Connection, settled_before_us: int) -> int:
    """Forget messages that were sent before a time, and lanes that have none left."""
    query = "DELETE FROM deliveries WHERE state = 'sent' AND settled_us < ? RETURNING number, lane"
    gone = connection.execute(query, (number(settled_before_us),)).fetchall()
    places, lanes = (json.dumps([*{row[column] for row in gone}]) for column in (0, 1))
    connection.execute("DELETE FROM messages WHERE number IN (SELECT value FROM json_each(?))", (places,))
    query = (
        "DELETE FROM lanes WHERE lane IN (SELECT value FROM json_each(?)) AND head IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.lane = lanes.lane)"
    )
    connection.execute(query, (lanes,))
    return len(gone)


def entries(connection: sqlite3.Connection) -> Iterator[OutboxEntry]:
    """All messages by number."""
    return map(entry_of, connection.execute(f"{_ENTRIES} ORDER BY d.number"))


def entry_of(row: Sequence[Any]) -> OutboxEntry:
    """A row of `_ENTRIES`."""
    id_, endpoint, body, delay_us, case_id, place, written_us, *delivery = row
    state, attempts, ready_us, settled_us, error, token, worker = delivery
    message = Message(id_, endpoint, body, delay_us)
    return OutboxEntry(
        message, case_id, place, state, attempts, written_us, ready_us, settled_us, error, token, worker
    )


def message_mark(entry: tuple[Message, str, int, int]) -> bytes:
    """Checksum of a message with its case, its number and its time of record."""
    message, case_id, place, written_us = entry
    return row_mark(place, case_id, written_us, *message)


def delivery_mark(place: int, delivery: Delivery) -> bytes:
    """Checksum of how far a message has come."""
    return row_mark(place, *("" if value is None else value for value in delivery))


def _delivery(entry: OutboxEntry) -> Delivery:
    return Delivery(
        entry.state,
        entry.attempts,
        entry.ready_us,
        entry.settled_us,
        entry.error,
        entry.token,
        entry.worker,
    )


def _ready(
    connection: sqlite3.Connection, now_us: int, limit: int, without: Collection[str]
) -> list[tuple[int, int]]:
    """First messages of lanes that are ready, and these lanes, by when they were, then by number."""
    by = " ORDER BY ready_us, head LIMIT ?"
    budget = limit + (_PASSED_OVER if without else 0)
    found = connection.execute(_READY + by, (now_us, min(budget, 2**62))).fetchall()
    lanes = [row for row in found if row[3] not in without][:limit]
    if len(lanes) < limit and len(found) == budget:
        # Very much waits for endpoints that are left alone: ask each of the others for itself.
        each = f"{_READY} AND endpoint = ?{by}"
        runs = (
            connection.execute(each, (now_us, endpoint, limit)).fetchall()
            for endpoint in _endpoints(connection)
            if endpoint not in without
        )
        lanes = list(islice(merge(*runs), limit))
    return [(head, lane) for _, head, lane, _ in lanes]


def _endpoints(connection: sqlite3.Connection) -> Iterator[str]:
    """Endpoints for which something waits, each found by one step in the index."""
    query = "SELECT min(endpoint) FROM lanes WHERE head IS NOT NULL AND endpoint > ?"
    endpoint = ""
    while (endpoint := connection.execute(query, (endpoint,)).fetchone()[0]) is not None:
        yield endpoint


def _conditions(where: OutboxFilter) -> tuple[str, list[str | None]]:
    wanted = {"d.state": where.state, "l.endpoint": where.endpoint, "c.case_id": where.case_id}
    given = {column: value for column, value in wanted.items() if value is not None}
    # Said twice, so that SQLite sees which index holds what is asked for.
    unsent = " AND d.state <> 'sent'" if where.state not in (None, "sent") else ""
    return unsent + "".join(f" AND {column} = ?" for column in given), [
        key(value) for value in given.values()
    ]


def _insert(
    connection: sqlite3.Connection, rows: Sequence[tuple[int, str, Message, int, int, Delivery]]
) -> None:
    """Put messages with their number, time of record and delivery into their lanes."""
    pairs = sorted({(case_no, message.endpoint) for case_no, _, message, *_ in rows})
    connection.executemany("INSERT OR IGNORE INTO lanes (case_no, endpoint) VALUES (?, ?)", pairs)
    query = (
        "SELECT l.case_no, l.endpoint, l.lane FROM json_each(?) p CROSS JOIN lanes l"
        " ON l.case_no = json_extract(p.value, '$[0]') AND l.endpoint = json_extract(p.value, '$[1]')"
    )
    lanes = {
        pair: lane
        for *key_, lane in connection.execute(query, (json.dumps(pairs),))
        for pair in [tuple(key_)]
    }
    connection.executemany(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                place,
                message.id,
                lanes[case_no, message.endpoint],
                message.delay_us,
                written_us,
                message.body,
                message_mark((message, case_id, place, written_us)),
            )
            for case_no, case_id, message, place, written_us, _ in rows
        ),
    )
    connection.executemany(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (place, lanes[case_no, message.endpoint], *delivery, delivery_mark(place, delivery))
            for case_no, _, message, place, _, delivery in rows
        ),
    )
    connection.execute(_FOLLOW, (json.dumps([*lanes.values()]),))


def _turn(connection: sqlite3.Connection, deliveries: dict[int, Delivery]) -> None:
    """Let messages be what they are now."""
    connection.executemany(
        "UPDATE deliveries SET state = ?, attempts = ?, ready_us = ?, settled_us = ?, error = ?, token = ?,"
        " worker = ?, mark = ? WHERE number = ?",
        ((*delivery, delivery_mark(place, delivery), place) for place, delivery in deliveries.items()),
    )
