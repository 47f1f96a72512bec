"""All that is in the store, to be moved, and back into an empty one."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.delivery import unclaimed
from gov_core.storage.lists import NEVER
from gov_core.storage.marks import case_mark, clocks_of, clocks_text, row_mark
from gov_core.storage.outbox import OutboxEntry
from gov_core.storage.personal import Access, Erasure, Hold, Personal, SubjectKey, SubjectLink
from gov_core.storage.postgres import _outbox
from gov_core.storage.postgres._appending import COMMAND_TYPES, EVENT_TYPES, copy, make_room
from gov_core.storage.postgres._auditing import peaks_of, seals_of
from gov_core.storage.postgres._personal import hold_mark
from gov_core.storage.postgres._rows import EVENT, ROW, case_row_of, event_of
from gov_core.storage.protocol import CaseEntry, Checkpoint, Cursor, RecordedEvent, Seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gov_core.storage.postgres._connections import Transaction
    from gov_core.storage.protocol import Entry

_PAGE: Final = 1000

_PLAIN: Final[tuple[tuple[type[Any], str], ...]] = (
    (Personal, "SELECT commitment, subject, sealed FROM gov.personal ORDER BY number"),
    (SubjectKey, "SELECT subject, wrapped FROM gov.subject_keys ORDER BY subject"),
    (SubjectLink, "SELECT subject, case_id FROM gov.subject_links ORDER BY subject, case_no"),
    (Hold, "SELECT subject, basis, until_us FROM gov.holds ORDER BY subject, basis"),
    (
        Erasure,
        "SELECT subject, command_id, basis, erased_us, values, keys FROM gov.erasures ORDER BY number",
    ),
    (
        Access,
        "SELECT subject, commitment, case_id, reader, purpose, at_us FROM gov.accesses ORDER BY number",
    ),
)
_PUT: Final[dict[type[Any], str]] = {
    Personal: "INSERT INTO gov.personal (commitment, subject, sealed, mark) VALUES (%s, %s, %s, %s)",
    SubjectKey: "INSERT INTO gov.subject_keys (subject, wrapped, mark) VALUES (%s, %s, %s)",
    Erasure: (
        "INSERT INTO gov.erasures (subject, command_id, basis, erased_us, values, keys, mark)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)"
    ),
    Access: (
        "INSERT INTO gov.accesses (subject, commitment, case_id, reader, purpose, at_us, mark)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)"
    ),
}
_UPDATE: Final = (
    "UPDATE gov.cases SET state = %s, open = %s, procedure = %s, matter = %s, grade = %s, place = %s,"
    " path = %s, unit = %s, opened_us = %s, yellow_us = %s, due_us = %s, sensitive = %s, clocks = %s,"
    " mark = %s WHERE case_id = %s RETURNING case_no"
)


def page(transaction: Transaction, after: int) -> tuple[list[Entry], int]:
    """Events behind a position, with the cases of which they are the last, and the last position."""
    query = f"SELECT {EVENT} FROM gov.events WHERE position > %s ORDER BY position LIMIT %s"
    events = [event_of(row) for row in transaction.execute(query, (after, _PAGE))]
    last = events[-1].position if events else after
    query = f"SELECT {ROW}, clocks FROM gov.cases WHERE case_id = ANY(%s) AND last <= %s ORDER BY case_no"
    ids = list({event.case_id for event in events})
    cases = [
        CaseEntry(row[0], case_row_of(row), clocks_of(clocks))
        for *row, clocks in transaction.execute(query, (ids, last))
    ]
    return [*events, *cases], last


def rest(transaction: Transaction, store: str) -> Iterator[Entry]:
    """What is not of a single case."""
    for kind, query in _PLAIN:
        yield from map(kind._make, transaction.stream(query, page=_PAGE))
    yield from map(unclaimed, _outbox.entries(transaction, page=_PAGE))
    for seal, _ in seals_of(transaction, store):
        yield seal
    query = "SELECT name, store, position FROM gov.checkpoints ORDER BY name"
    for name, *cursor in transaction.execute(query):
        yield Checkpoint(name, Cursor(*cursor))


def restore(transaction: Transaction, store: str, entries: Iterable[Entry]) -> None:
    """Put entries into an empty store, in its transaction, with the turn to write."""
    entries = iter(entries)
    commands: dict[str, Any] = {}
    message = position = recorded_us = 0
    while chunk := list(islice(entries, _PAGE)):
        events = [entry for entry in chunk if isinstance(entry, RecordedEvent)]
        if events:
            _events(transaction, events, commands)
            position = max(position, *(event.position for event in events))
            recorded_us = max(recorded_us, *(event.recorded_us for event in events))
        for entry in chunk:
            match entry:
                case CaseEntry():
                    _case(transaction, entry)
                case Seal():
                    transaction.execute(
                        "INSERT INTO gov.seals VALUES (%s, %s, %s, %s, %s, %s, '')", entry[1:]
                    )
                    recorded_us = max(recorded_us, entry.sealed_us)
                case Checkpoint(name, cursor):
                    transaction.execute(
                        "INSERT INTO gov.checkpoints VALUES (%s, %s, %s::bigint, %s)",
                        (name, *cursor, row_mark(name, *cursor)),
                    )
                case SubjectLink(subject, case_id):
                    transaction.one(
                        "INSERT INTO gov.subject_links SELECT %s, case_no, case_id FROM gov.cases"
                        " WHERE case_id = %s RETURNING case_no",
                        (subject, case_id),
                    )
                case Hold():
                    transaction.execute(
                        "INSERT INTO gov.holds VALUES (%s, %s, %s, %s)", (*entry, hold_mark(entry))
                    )
                case Personal() | SubjectKey() | Erasure() | Access():
                    transaction.execute(_PUT[type(entry)], (*entry, row_mark(*entry)))
                case RecordedEvent() | OutboxEntry():
                    pass  # all of a page at once
                case _:
                    raise TypeError(f"{entry!r:.60}")
        message = _outbox.restore(
            transaction, [entry for entry in chunk if isinstance(entry, OutboxEntry)], message
        )
    transaction.execute(
        "UPDATE gov.store SET id = %s, position = %s, recorded_us = %s, message = %s",
        (store, position, recorded_us, message),
    )
    query = (
        "SELECT count(*) FROM gov.erasures e WHERE EXISTS ("
        "SELECT FROM gov.personal p WHERE p.subject = e.subject"
        " UNION ALL SELECT FROM gov.subject_keys k WHERE k.subject = e.subject)"
    )
    if (count := transaction.one(query)[0]) > 0:
        raise ValueError(f"data are there of {count} subjects that were erased")
    peaks_of(transaction)


def _events(transaction: Transaction, events: Sequence[RecordedEvent], commands: dict[str, Any]) -> None:
    """Events of a page, their commands, and the heads of their cases."""
    ids = [*{event.case_id for event in events}]
    query = "SELECT case_id, case_no FROM gov.cases WHERE case_id = ANY(%s)"
    cases: dict[str, int] = dict(transaction.execute(query, (ids,)).fetchall())
    make_room(transaction, max(event.position for event in events))
    heads: dict[int, tuple[Any, ...]] = {}
    records: dict[str, tuple[Any, ...]] = {}
    rows = []
    for (case_id, command_id), group in groupby(events, key=lambda event: (event.case_id, event.command_id)):
        batch = list(group)
        first, last = batch[0].position, batch[-1]
        case_no = cases.setdefault(case_id, first)
        heads[case_no] = (case_no, case_id, last.position, last.version, last.envelope.hash)
        if (begun := commands.get(command_id)) is not None:
            first = begun[1]  # it began on the page before
        record = command_id, first, last.position, last.recorded_us, case_no, last.version
        records[command_id] = (*record, last.digest, last.envelope.hash)
        rows += [(*event[:6], *event.envelope, case_no) for event in batch]
    copy(transaction, f"events ({EVENT}, case_no)", EVENT_TYPES, rows)
    again = [command_id for command_id in records if command_id in commands]
    transaction.execute("DELETE FROM gov.commands WHERE command_id = ANY(%s)", (again,))
    copy(transaction, "commands", COMMAND_TYPES, records.values())
    commands.clear()  # a command does not reach beyond the next page but one by being long
    commands |= {events[-1].command_id: records[events[-1].command_id]}
    mark = case_mark(None, "[]")
    with transaction.session.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {transaction.schema}cases (case_no, case_id, last, version, hash, clocks, mark)"
            " VALUES (%s, %s, %s, %s, %s, '[]', %s) ON CONFLICT (case_no) DO UPDATE SET"
            " last = excluded.last, version = excluded.version, hash = excluded.hash",
            [(*head, mark) for head in heads.values()],
        )


def _case(transaction: Transaction, entry: CaseEntry) -> None:
    case_id, row, clocks = entry
    text = clocks_text(clocks)
    values: tuple[Any, ...] = (None,) * 12
    if row is not None:
        row = type(row)(*row)
        yellow_us, due_us = (NEVER if each is None else each for each in (row.yellow_us, row.due_us))
        values = (*row[1:10], yellow_us, due_us, row.sensitive)
    (case_no,) = transaction.one(_UPDATE, (*values, text, case_mark(row, text), case_id))
    # A case comes again if it was appended to while the store was read.
    transaction.execute("DELETE FROM gov.due WHERE case_no = %s", (case_no,))
    rows = [(clock.fires_us, case_no, clock.due_us, clock.clock) for clock in clocks]
    if rows:
        with transaction.session.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {transaction.schema}due VALUES (%s, %s, %s, %s)", rows)
