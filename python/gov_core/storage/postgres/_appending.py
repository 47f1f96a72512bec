"""Appends: what items need to know is read for all at once, they are decided one by one, then all is written.

Whoever appends has the turn to write (`gov.turn`), so what was read stays true. A single append with nothing
in its way needs none of this: `lone` makes it one statement, and only if that finds something in the way,
such as another head, is it decided here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.accepting import refusals
from gov_core.storage.lists import NEVER
from gov_core.storage.marks import case_mark, clocks_text, row_mark
from gov_core.storage.postgres._outbox import message_mark
from gov_core.storage.postgres._rows import EVENT
from gov_core.storage.postgres._turns import turn
from gov_core.storage.protocol import NEW, AppendResult, Head
from gov_core.storage.refusals import command_reused, conflict, erased, message_reused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.postgres._connections import Transaction
    from gov_core.storage.protocol import Append, CaseRow, ClockRow

_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_COPY_FROM: Final = 24
"""Events from which on COPY is faster than one statement with all of them in it."""

_TAKE: Final = (
    "SELECT gov.take(%(n)s::integer[], %(numbers)s::bigint[], %(texts)s::text[], %(bytes)s::bytea[],"
    " %(open)s::boolean, %(sensitive)s::boolean, %(beside)s::json)"
)
_CASE_COLUMNS: Final = (
    "last, version, hash, state, open, procedure, matter, grade, place, path, unit,"
    " opened_us, yellow_us, due_us, sensitive, clocks, mark"
)
_CASE: Final = f"case_no, case_id, {_CASE_COLUMNS}"
_EVENT: Final = f"{EVENT}, case_no"
_COMMAND: Final = "command_id, first, last, recorded_us, case_no, version, digest, hash"
_DUE: Final = "fires_us, case_no, due_us, clock"
_NO_ROW: Final = (None,) * 12


class _Case:
    """A case as it is and as it will be."""

    __slots__ = ("clocks", "head", "last", "new", "no", "row", "touched")

    def __init__(self, no: int | None, head: Head, *, new: bool) -> None:
        self.no, self.head, self.new = no, head, new
        self.row: CaseRow | None = None
        self.clocks: Sequence[ClockRow] = ()  # if there is a row
        self.last = 0
        self.touched = False


class Appending:
    """Appends of one transaction.

    Args:
        transaction: That writes.
        news: Channel to tell of it; empty to tell nobody.
        clock_us: The time by an injected clock; None for that of the server.
    """

    def __init__(self, transaction: Transaction, news: str, clock_us: int | None) -> None:
        self._transaction = transaction
        self._news = news
        self.position, self.now_us = turn(transaction, clock_us)

    def take(self, items: Sequence[Append]) -> list[AppendResult | StorageError]:
        """Append what can be; an item that cannot writes nothing."""
        refused = refusals(items)
        sound = [item for item, error in zip(items, refused, strict=True) if error is None]
        commands, cases, gone, commitments, messages = self._known(sound)
        results: list[AppendResult | StorageError] = []
        taken: list[Append] = []
        events: list[tuple[Any, ...]] = []
        records: list[tuple[Any, ...]] = []
        start = self.position
        for item, error in zip(items, refused, strict=True):
            if error is not None:
                results.append(error)
                continue
            case_id, expected, envelopes, command_id, digest, *_ = item
            if (applied := commands.get(command_id)) is not None:
                same = applied[0] == digest
                results.append(applied[1]._replace(duplicate=True) if same else command_reused(command_id))
                continue
            case = cases.get(case_id)
            if expected != (case.head if case else NEW):
                results.append(conflict(case_id, expected, case.head if case else NEW))
                continue
            beside = item.personal or item.outbox
            if beside and (barred := _barred(item, gone, messages)) is not None:
                results.append(barred)
                continue
            first = self.position + 1
            if case is None:
                case = cases[case_id] = _Case(first, NEW, new=True)
            version, position = case.head.version, self.position
            command = command_id, digest
            for type_, schema, at_us, data, hash_ in envelopes:
                version += 1
                position += 1
                events.append(
                    (
                        position,
                        case_id,
                        version,
                        self.now_us,
                        *command,
                        type_,
                        schema,
                        at_us,
                        data,
                        hash_,
                        case.no,
                    )
                )
            head = Head(version, envelopes[-1].hash)
            records.append((command_id, first, position, self.now_us, case.no, version, digest, head.hash))
            self.position, case.head, case.last, case.touched = position, head, position, True
            if item.row is not None:
                case.row, case.clocks = item.row, item.clocks
            result = AppendResult(head, first, position)
            commands[command_id] = digest, result
            if beside:
                messages |= {message.id for message in item.outbox}
            taken.append(item)
            results.append(result)
        if taken:
            self._write(start, events, records, cases, _beside(taken, cases, commitments))
        return results

    def _known(
        self, items: Sequence[Append]
    ) -> tuple[dict[str, tuple[bytes, AppendResult]], dict[str, _Case], set[str], set[str], set[str]]:
        asked: tuple[Sequence[str | bytes], ...] = (
            [item.command_id for item in items],
            [item.case_id for item in items],
            [personal.subject for item in items for personal in item.personal],
            [personal.commitment for item in items for personal in item.personal],
            [message.id for item in items for message in item.outbox],
        )
        query = "SELECT gov.known(%s::text[], %s::text[], %s::text[], %s::bytea[], %s::text[])"
        (found,) = self._transaction.one(query, [_array(each) for each in asked])
        commands, cases, gone, commitments, messages = (part or () for part in found)
        return (
            {
                command_id: (
                    bytes.fromhex(digest),
                    AppendResult(Head(version, bytes.fromhex(hash_)), first, last),
                )
                for command_id, digest, version, hash_, first, last in commands
            },
            {
                case_id: _Case(no, Head(version, bytes.fromhex(hash_)), new=False)
                for case_id, no, version, hash_, _ in cases
            },
            set(gone),
            set(commitments),
            set(messages),
        )

    def _write(
        self,
        start: int,
        events: Sequence[tuple[Any, ...]],
        records: Sequence[tuple[Any, ...]],
        cases: dict[str, _Case],
        told: dict[str, Any],
    ) -> None:
        transaction = self._transaction
        make_room(transaction, start + len(events))
        touched = [(case_id, case) for case_id, case in cases.items() if case.touched]
        opened = [each for each in touched if each[1].new]
        due = [
            (clock.fires_us, case.no, clock.due_us, clock.clock)
            for _, case in opened
            for clock in case.clocks
        ]
        told["moved"] = [
            {
                "case_no": case.no,
                "last": case.last,
                "version": case.head.version,
                "hash": case.head.hash.hex(),
            }
            for _, case in touched
            if not case.new and case.row is None
        ]
        told["changed"] = [
            _told_case(*each) for each in touched if not each[1].new and each[1].row is not None
        ]
        if len(events) < _COPY_FROM:
            told["events"] = [_told(_EVENT, event) for event in events]
            told["commands"] = [_told(_COMMAND, record) for record in records]
            told["opened"] = [_told_case(*each) for each in opened]
            told["due"] = [_told(_DUE, row) for row in due]
        else:
            copy(transaction, f"events ({_EVENT})", EVENT_TYPES, events)
            copy(transaction, "commands", COMMAND_TYPES, records)
            copy(
                transaction,
                f"cases ({_CASE})",
                _CASE_TYPES,
                [(case.no, case_id, *_case_values(case)) for case_id, case in opened],
            )
            copy(transaction, "due", ("int8", "int8", "int8", "text"), due)
        told["position"] = self.position
        write(transaction, told, self.now_us, self._news)


EVENT_TYPES: Final = (
    "int8", "text", "int4", "int8", "text", "bytea", "text", "int4", "int8", "bytea", "bytea", "int8",
)  # fmt: skip
COMMAND_TYPES: Final = ("text", "int8", "int8", "int8", "int8", "int4", "bytea", "bytea")
_CASE_TYPES: Final = (
    "int8", "text", "int8", "int4", "bytea", "text", "bool", "text", "text", "text", "text", "text", "text",
    "int8", "int8", "int8", "bool", "text", "bytea",
)  # fmt: skip


def make_room(transaction: Transaction, upto: int) -> None:
    """Make tables for events up to a position, if there are none yet. In the turn to write."""
    room, width = transaction.one("SELECT room, width FROM gov.store")
    if upto + width // 8 > room:
        transaction.execute("SELECT gov.make_room(%s::bigint)", (upto,))


def write(transaction: Transaction, told: dict[str, Any], now_us: int, news: str) -> None:
    """Write what was decided, with positions as they are."""
    text = _JSON.encode({name: part for name, part in told.items() if part != []})
    query = "SELECT gov.write(%s::json, %s::bigint, %s)"
    transaction.execute(query, (text, now_us, news))


def copy(transaction: Transaction, into: str, types: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Put rows into a table by COPY."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    statement = f"COPY {transaction.schema}{into} FROM STDIN (FORMAT BINARY)"
    with transaction.session.cursor().copy(statement) as target:
        target.set_types(types)
        put = target.write_row
        put(first)
        for row in rows:
            put(row)


def lone(item: Append, news: str, clock_us: int | None) -> Callable[[int], tuple[str, dict[str, Any]]]:
    """One append as one statement, given how many milliseconds it may wait; see `gov.take` for the values."""
    case_id, (version, previous), envelopes, command_id, digest, row, clocks, *_ = item
    head = Head(version + len(envelopes), envelopes[-1].hash)
    case = _Case(None, head, new=not version)
    case.row, case.clocks = row, clocks
    (
        *_,
        state,
        open_,
        procedure,
        matter,
        grade,
        place,
        path,
        unit,
        opened,
        yellow,
        due,
        sensitive,
        shown,
        mark,
    ) = _case_values(case)
    numbers = [clock_us, 0, version, opened, yellow, due]
    texts = [case_id, command_id, news, state, procedure, matter, grade, place, path, unit, shown]
    bytes_ = [digest, previous, head.hash, mark]
    for type_, schema, at_us, data, hash_ in envelopes:
        numbers += (at_us, schema)
        texts.append(type_)
        bytes_ += (hash_, data)
    for clock in clocks:
        numbers += (clock.fires_us, clock.due_us)
        texts.append(clock.clock)
    beside = None
    if item.personal or item.subjects or item.outbox:
        beside = _JSON.encode(_beside([item], {case_id: case}, set()))
    values = {
        "n": _array([len(envelopes), len(clocks)]),
        "texts": _array(texts),
        "bytes": _array(bytes_),
        "open": open_,
        "sensitive": sensitive,
        "beside": beside,
    }

    def within(wait_ms: int) -> tuple[str, dict[str, Any]]:
        numbers[1] = wait_ms
        return _TAKE, {**values, "numbers": _array(numbers)}

    return within


def _array(values: Iterable[str | int | bytes | None]) -> str:
    """An array as the server reads it; a list takes the driver several times longer."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: str | int | bytes | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _barred(item: Append, erased_subjects: set[str], messages: set[str]) -> StorageError | None:
    """Why an item that fits its case is not taken all the same."""
    gone = next((each.subject for each in item.personal if each.subject in erased_subjects), None)
    if gone is not None:
        return erased(gone)
    again = next((message.id for message in item.outbox if message.id in messages), None)
    return message_reused(again) if again is not None else None


def _beside(items: Sequence[Append], cases: dict[str, _Case], commitments: set[str]) -> dict[str, Any]:
    """What items bring along that is not of a case."""
    personal: list[dict[str, Any]] = []
    links: dict[tuple[str, int | None], str] = {}
    messages: list[dict[str, Any]] = []
    for item in items:
        if not (item.personal or item.subjects or item.outbox):
            continue
        no = cases[item.case_id].no
        for each in item.personal:
            commitment = each.commitment.hex()
            links[each.subject, no] = item.case_id
            if commitment in commitments:
                continue
            commitments.add(commitment)
            personal.append(
                {
                    "subject": each.subject,
                    "commitment": commitment,
                    "sealed": each.sealed.hex(),
                    "mark": row_mark(*each).hex(),
                }
            )
        for subject in item.subjects:
            links[subject, no] = item.case_id
        for message in item.outbox:
            messages.append(
                {
                    "number": len(messages) + 1,
                    "delay_us": message.delay_us,
                    "id": message.id,
                    "case_id": item.case_id,
                    "endpoint": message.endpoint,
                    "body": message.body.hex(),
                    "mark": message_mark(item.case_id, message).hex(),
                }
            )
    return {
        "personal": personal,
        "links": [
            {"subject": subject, "case_no": no, "case_id": case_id}
            for (subject, no), case_id in links.items()
        ],
        "messages": messages,
    }


def _case_values(case: _Case) -> tuple[Any, ...]:
    """Columns of `_CASE_COLUMNS`."""
    clocks = clocks_text(case.clocks)
    row = case.row[1:] if case.row is not None else _NO_ROW
    mark = case_mark(case.row, clocks)
    if case.row is not None:
        yellow, due = row[9], row[10]
        row = (*row[:9], NEVER if yellow is None else yellow, NEVER if due is None else due, row[11])
    return case.last, case.head.version, case.head.hash, *row, clocks, mark


def _told(names: str, values: Iterable[Any]) -> dict[str, Any]:
    """A row as `gov.write` is told it; bytes in hex."""
    pairs = zip(names.split(", "), values, strict=True)
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in pairs}


def _told_case(case_id: str, case: _Case) -> dict[str, Any]:
    return _told(_CASE, (case.no, case_id, *_case_values(case)))
