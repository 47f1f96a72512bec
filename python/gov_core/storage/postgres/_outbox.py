"""Messages in the database. `head` marks the first of each lane, so that a claim looks at nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.delivery import Delivery, claimed, redriven, settled
from gov_core.storage.marks import row_mark
from gov_core.storage.outbox import Claim, EndpointStats, Message, OutboxEntry, OutboxPage
from gov_core.storage.postgres._rows import key, number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import OutboxFilter, Settlement
    from gov_core.storage.postgres._connections import Query, Transaction

_DELIVERY: Final = "state, attempts, ready_us, settled_us, error, token, worker"
_ENTRY: Final = f"id, endpoint, body, delay_us, case_id, number, written_us, {_DELIVERY}"
_OPEN: Final = "state IN ('waiting', 'leased')"
# Ready, and nobody has another message of the lane, as arises when one in front of it is to be tried again.
_READY: Final = """
    o.head AND o.ready_us <= %(now)s::bigint AND NOT EXISTS (
        SELECT FROM gov.outbox r WHERE r.case_id = o.case_id AND r.endpoint = o.endpoint
        AND r.state IN ('waiting', 'leased') AND r.state = 'leased' AND r.ready_us > %(now)s::bigint
    ) ORDER BY o.ready_us, o.number LIMIT %(limit)s
"""
_ANY: Final = f"SELECT {_ENTRY} FROM gov.outbox o WHERE {_READY}"
# Very much may wait for endpoints that are left alone: each of the others is asked for itself.
_WITHOUT: Final = f"""
    WITH RECURSIVE e AS (
        SELECT min(endpoint) AS endpoint FROM gov.outbox WHERE head
        UNION ALL SELECT (SELECT min(endpoint) FROM gov.outbox WHERE head AND endpoint > e.endpoint)
        FROM e WHERE e.endpoint IS NOT NULL
    )
    SELECT o.* FROM e CROSS JOIN LATERAL (
        SELECT {_ENTRY} FROM gov.outbox o WHERE o.endpoint = e.endpoint AND {_READY}
    ) o WHERE e.endpoint <> ALL(%(without)s::text[]) ORDER BY ready_us, number LIMIT %(limit)s
"""


def claim(
    transaction: Transaction,
    worker: str,
    now_us: int,
    *,
    lease_us: int,
    limit: int,
    without: Collection[str],
) -> tuple[Claim, ...]:
    """Give a worker the first message of each lane that is ready."""
    alone = [known for each in without if (known := key(each)) is not None]
    values = {"now": now_us, "limit": number(max(limit, 0)), "without": alone}
    entries = [entry_of(row) for row in transaction.execute(_WITHOUT if alone else _ANY, values)]
    claims = []
    deliveries = {}
    for entry in entries:
        delivery = deliveries[entry.number] = claimed(_delivery(entry), worker, now_us + lease_us)
        claims.append(
            Claim(
                entry.message,
                entry.case_id,
                entry.number,
                delivery.attempts,
                delivery.token,
                entry.written_us,
                delivery.ready_us,
            )
        )
    _turn(transaction, deliveries)
    return tuple(claims)


def settle(
    transaction: Transaction, settlements: Sequence[Settlement], now_us: int
) -> list[StorageError | None]:
    """Say what became of claims."""
    ids = [known for each in settlements if (known := key(each.id)) is not None]
    query = f"SELECT {_ENTRY} FROM gov.outbox WHERE id = ANY(%s)"
    there = {entry.message.id: entry for entry in map(entry_of, transaction.execute(query, (ids,)))}
    now = {id_: _delivery(entry) for id_, entry in there.items()}
    results: list[StorageError | None] = []
    changed = set()
    for settlement in settlements:
        before = now.get(settlement.id)
        after = settled(before, settlement, now_us)
        if not isinstance(after, Delivery):
            results.append(after)
            continue
        results.append(None)
        if after != before:
            now[settlement.id] = after
            changed.add(settlement.id)
    _turn(transaction, {there[id_].number: now[id_] for id_ in changed})
    _heads(transaction, {(there[id_].case_id, there[id_].message.endpoint) for id_ in changed})
    return results


def page(where: OutboxFilter, after: int, limit: int) -> Query:
    """The query for messages behind a number, with one more than there is room for."""
    conditions, values = _conditions(where)
    query = f"SELECT {_ENTRY} FROM gov.outbox WHERE number > %s{conditions} ORDER BY number LIMIT %s"
    return query, [number(after), *values, limit + 1]


def shown(rows: Sequence[tuple[Any, ...]], limit: int) -> OutboxPage:
    """The page that is in the rows of `page`."""
    entries = tuple(map(entry_of, rows[:limit]))
    return OutboxPage(entries, entries[-1].number if entries and len(rows) > limit else None)


STATS: Final[Query] = (
    f"""
    SELECT endpoint, count(*) FILTER (WHERE {_OPEN}),
        count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'buried'),
        min(written_us) FILTER (WHERE {_OPEN}),
        max(settled_us) FILTER (WHERE state = 'sent'),
        min(written_us) FILTER (WHERE state = 'buried')
    FROM gov.outbox GROUP BY endpoint ORDER BY endpoint
    """,
    (),
)


def stats_of(rows: Sequence[tuple[Any, ...]]) -> tuple[EndpointStats, ...]:
    """How each endpoint stands, out of the rows of `STATS`."""
    return tuple(EndpointStats(*row) for row in rows)


def redrive(transaction: Transaction, where: OutboxFilter, now_us: int) -> int:
    """Let buried messages be tried again."""
    conditions, values = _conditions(where._replace(state="buried"))
    query = f"SELECT {_ENTRY} FROM gov.outbox WHERE true{conditions}"
    entries = [entry_of(row) for row in transaction.execute(query, values)]
    _turn(transaction, {entry.number: redriven(_delivery(entry), now_us) for entry in entries})
    _heads(transaction, {(entry.case_id, entry.message.endpoint) for entry in entries})
    return len(entries)


def prune(transaction: Transaction, settled_before_us: int) -> int:
    """Forget messages that were sent before a time."""
    query = "DELETE FROM gov.outbox WHERE state = 'sent' AND settled_us < %s"
    return transaction.execute(query, (number(settled_before_us),)).rowcount


def entries(transaction: Transaction, *, page: int) -> Iterator[OutboxEntry]:
    """All messages by number."""
    return map(entry_of, transaction.stream(f"SELECT {_ENTRY} FROM gov.outbox ORDER BY number", page=page))


def restore(transaction: Transaction, found: Sequence[OutboxEntry], last: int) -> int:
    """Put messages of another store into this one, whose cases are there; the number of the last.

    Raises:
        ValueError: They are not in the order of their numbers.
    """
    rows = []
    for entry in found:
        message, case_id, place, *rest = entry
        state, attempts, written_us, ready_us, settled_us, error, token, worker = rest
        if place <= last:
            raise ValueError(f"message {place} comes twice or too late")
        last = place
        message = Message(*message)
        mark = message_mark(case_id, message)
        numbers = (place, ready_us, written_us, settled_us, message.delay_us, token, attempts)
        texts = (state, message.id, case_id, message.endpoint, error, worker)
        rows.append((*numbers, False, *texts, message.body, mark))
    names = {case_id for _, case_id, *_ in found}
    (known,) = transaction.one("SELECT count(*) FROM gov.cases WHERE case_id = ANY(%s)", ([*names],))
    if known < len(names):
        raise ValueError("a message is of a case that is not there")
    with transaction.session.cursor() as cursor:
        marks = ", ".join(["%s"] * 16)
        cursor.executemany(f"INSERT INTO {transaction.schema}outbox VALUES ({marks})", rows)
    _heads(transaction, {(case_id, message.endpoint) for message, case_id, *_ in found})
    return last


def entry_of(row: Sequence[Any]) -> OutboxEntry:
    """A row of a message."""
    id_, endpoint, body, delay_us, case_id, place, written_us, *delivery = row
    state, attempts, ready_us, settled_us, error, token, worker = delivery
    message = Message(id_, endpoint, body, delay_us)
    return OutboxEntry(
        message, case_id, place, state, attempts, written_us, ready_us, settled_us, error, token, worker
    )


def message_mark(case_id: str, message: Message) -> bytes:
    """Checksum of a message."""
    return row_mark(case_id, *message)


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


def _turn(transaction: Transaction, deliveries: dict[int, Delivery]) -> None:
    """Let messages be what they are now."""
    if not deliveries:
        return
    columns = [list(column) for column in zip(*deliveries.values(), strict=True)]
    transaction.execute(
        "UPDATE gov.outbox o SET state = x.state, attempts = x.attempts, ready_us = x.ready_us,"
        " settled_us = x.settled_us, error = x.error, token = x.token, worker = x.worker,"
        " head = o.head AND x.settled_us IS NULL"
        " FROM unnest(%s::bigint[], %s::text[], %s::integer[], %s::bigint[], %s::bigint[], %s::text[],"
        " %s::bigint[], %s::text[])"
        " AS x(number, state, attempts, ready_us, settled_us, error, token, worker)"
        " WHERE o.number = x.number",
        ([*deliveries], *columns),
    )


def _heads(transaction: Transaction, lanes: set[tuple[str, str]]) -> None:
    if lanes:
        cases, endpoints = zip(*sorted(lanes), strict=True)
        query = "SELECT gov.heads(x.c, x.e) FROM unnest(%s::text[], %s::text[]) AS x(c, e)"
        transaction.execute(query, ([*cases], [*endpoints]))


def _conditions(where: OutboxFilter) -> tuple[str, list[str | None]]:
    given = {column: value for column, value in where._asdict().items() if value is not None}
    return "".join(f" AND {column} = %s" for column in given), [key(value) for value in given.values()]
