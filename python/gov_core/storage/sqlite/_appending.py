"""Appends, as few statements as there are tables, however many items.

What items need to know is read for all of them at once; then they are decided one by one in memory, each
seeing what those before it did; then everything is written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.accepting import refusals
from gov_core.storage.protocol import NEW, AppendResult, Head
from gov_core.storage.refusals import command_reused, conflict
from gov_core.storage.sqlite._beside import Beside
from gov_core.storage.sqlite._rows import (
    LATEST_US,
    ROW,
    case_mark,
    clocks_of,
    clocks_text,
    command_mark,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.protocol import Append, CaseRow, ClockRow


_NO_ROW: Final = (None,) * 12
_COLUMNS: Final = f"{ROW.replace(',', ' = ?,')} = ?, clocks = ?, mark = ?"


class _Case:
    """A case as it is and as it will be."""

    __slots__ = ("clocks", "head", "new", "no", "old_clocks", "row", "touched")

    def __init__(self, no: int, head: Head, *, new: bool, old_clocks: str = "[]") -> None:
        self.no, self.head, self.new, self.old_clocks = no, head, new, old_clocks
        self.row: CaseRow | None = None
        self.clocks: Sequence[ClockRow] = ()  # if there is a row
        self.touched = False


class Appending:
    """Appends of one transaction.

    Args:
        connection: In a transaction that writes.
        now_us: The time of record by the store's clock; never before what is recorded already.
    """

    def __init__(self, connection: sqlite3.Connection, now_us: int) -> None:
        self._connection = connection
        query = f"SELECT (SELECT max(position) FROM events), (SELECT listed FROM store), {LATEST_US}"
        position, self.listed, latest_us = connection.execute(query).fetchone()
        self.position: int = position or 0
        self.now_us = max(now_us, latest_us)

    def take(self, items: Sequence[Append]) -> list[AppendResult | StorageError]:
        """Append what can be; an item that cannot writes nothing."""
        refused = refusals(items)
        sound = [item for item, error in zip(items, refused, strict=True) if error is None]
        commands = self._commands(sound)
        cases = self._cases(sound)
        beside = Beside(self._connection, sound)
        events: list[tuple[Any, ...]] = []
        records: list[tuple[Any, ...]] = []
        results: list[AppendResult | StorageError] = []
        for item, error in zip(items, refused, strict=True):
            if error is not None:
                results.append(error)
                continue
            case_id, expected, envelopes, command_id, digest, row, clocks, *_ = item
            if (applied := commands.get(command_id)) is not None:
                same = applied[0] == digest
                results.append(applied[1]._replace(duplicate=True) if same else command_reused(command_id))
                continue
            case = cases.get(case_id)
            if expected != (case.head if case else NEW):
                results.append(conflict(case_id, expected, case.head if case else NEW))
                continue
            if (lost := beside.refusal(item)) is not None:
                results.append(lost)
                continue
            first = self.position + 1
            if case is None:
                case = cases[case_id] = _Case(first, NEW, new=True)
            version, position = case.head.version, self.position
            for type_, schema, at_us, data, hash_ in envelopes:
                version += 1
                position += 1
                events.append((position, case.no, version, first, type_, schema, at_us, data, hash_))
            head = Head(version, envelopes[-1].hash)
            mark = command_mark((first, position, self.now_us, command_id, digest), head.hash)
            records.append((first, position, case.no, self.now_us, command_id, digest, mark))
            self.position, case.head, case.touched = position, head, True
            if row is not None:
                case.row, case.clocks = row, clocks
            result = AppendResult(head, first, position)
            commands[command_id] = digest, result
            results.append(result)
            beside.add(case.no, item)
        self._write(events, records, cases)
        beside.write(self.now_us)
        return results

    def _commands(self, items: Sequence[Append]) -> dict[str, tuple[bytes, AppendResult]]:
        query = (
            "SELECT m.command_id, m.digest, m.first, m.last, e.version, e.hash"
            " FROM commands m JOIN events e ON e.position = m.last"
            " WHERE m.command_id"
        )
        found = self._found(query, [item.command_id for item in items])
        return {
            command_id: (digest, AppendResult(Head(version, hash_), first, last))
            for command_id, digest, first, last, version, hash_ in found
        }

    def _cases(self, items: Sequence[Append]) -> dict[str, _Case]:
        query = "SELECT case_id, case_no, version, hash, clocks FROM cases WHERE case_id"
        found = self._found(query, [item.case_id for item in items])
        return {
            case_id: _Case(no, Head(version, hash_), new=False, old_clocks=clocks)
            for case_id, no, version, hash_, clocks in found
        }

    def _found(self, query: str, texts: list[str]) -> sqlite3.Cursor:
        if len(texts) == 1:
            return self._connection.execute(f"{query} = ?", texts)
        return self._connection.execute(f"{query} IN (SELECT value FROM json_each(?))", (json.dumps(texts),))

    def _write(
        self, events: Sequence[tuple[Any, ...]], records: Sequence[tuple[Any, ...]], cases: dict[str, _Case]
    ) -> None:
        self._insert("INTO events", events, 9)
        self._insert("INTO commands", records, 7)
        come: list[tuple[Any, ...]] = []
        gone: list[tuple[Any, ...]] = []
        new: list[tuple[Any, ...]] = []
        moved: list[tuple[Any, ...]] = []
        renewed: list[tuple[Any, ...]] = []
        for case_id, case in cases.items():
            if not case.touched:
                continue
            no, row, clocks = case.no, case.row, case.clocks
            if row is None and not case.new:
                moved.append((*case.head, no))
                continue
            text = clocks_text(clocks)
            rest = *(_NO_ROW if row is None else row[1:]), text, case_mark(row, text)
            if case.new:
                new.append((no, case_id, *case.head, *rest))
            else:
                renewed.append((*case.head, case_id, *rest, no))
                old = set(clocks_of(case.old_clocks))
                gone += ((clock.fires_us, no, clock.clock) for clock in old.difference(clocks))
                clocks = [clock for clock in clocks if clock not in old]
            come += [(fires_us, no, clock, due_us) for clock, fires_us, due_us in clocks]
        self._insert("INTO cases", new, 18)
        execute = self._connection.executemany
        if moved:
            execute("UPDATE cases SET version = ?, hash = ? WHERE case_no = ?", moved)
        if renewed:
            execute(f"UPDATE cases SET version = ?, hash = ?, {_COLUMNS} WHERE case_no = ?", renewed)
        if gone:
            execute("DELETE FROM due WHERE fires_us = ? AND case_no = ? AND clock = ?", gone)
        self._insert("INTO due", come, 4)

    def _insert(self, into: str, rows: Sequence[tuple[Any, ...]], columns: int) -> None:
        if rows:
            self._connection.executemany(f"INSERT {into} VALUES ({','.join('?' * columns)})", rows)
