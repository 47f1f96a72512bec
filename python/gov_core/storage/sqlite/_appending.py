"""Appends, as few statements as there are tables, however many items.

What items need to know is read for all of them at once; then they are decided one by one in memory, each
seeing what those before it did; then everything is written.
"""

from __future__ import annotations

import json
from itertools import chain
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


_TOGETHER: Final = 50
"""Rows of one statement: most of what a short row costs is to start and end a statement with it."""
_BARE: Final = "INTO cases (clocks, mark, case_no, case_id, version, hash)"
_NO_CLOCKS: Final = clocks_text(())
_BARE_MARK: Final = case_mark(None, _NO_CLOCKS)
_COLUMNS: Final = f"{ROW.replace(',', ' = ?,')} = ?, clocks = ?, mark = ?"


class _Case:
    """A case as it is and as it will be."""

    __slots__ = ("clocks", "head", "no", "old_clocks", "row", "touched")

    def __init__(self, no: int, head: Head, old_clocks: str | None = None) -> None:
        self.no = no
        self.head = head
        self.old_clocks = old_clocks  # None: the case is new
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
        new, now_us = tuple.__new__, self.now_us
        for item, error in zip(items, refused, strict=True):
            if error is not None:
                results.append(error)
                continue
            case_id, expected, envelopes, command_id, digest, row, clocks, personal, subjects, outbox = item
            if (applied := commands.get(command_id)) is not None:
                same = applied[0] == digest
                results.append(applied[1]._replace(duplicate=True) if same else command_reused(command_id))
                continue
            case = cases.get(case_id)
            if expected != (case.head if case else NEW):
                results.append(conflict(case_id, expected, case.head if case else NEW))
                continue
            besides = personal or subjects or outbox
            if besides and (lost := beside.refusal(item)) is not None:
                results.append(lost)
                continue
            first = self.position + 1
            if case is None:
                case = cases[case_id] = _Case(first, NEW)
            version, position = case.head.version, self.position
            for type_, schema, at_us, data, hash_ in envelopes:
                version += 1
                position += 1
                events.append((position, case.no, version, first, type_, schema, at_us, data, hash_))
            # Named tuples made by name take three times as long.
            head = new(Head, (version, hash_))
            mark = command_mark((first, position, now_us, command_id, digest), hash_)
            records.append((first, position, case.no, now_us, command_id, digest, mark))
            self.position, case.head, case.touched = position, head, True
            if row is not None:
                case.row, case.clocks = row, clocks
            result = new(AppendResult, (head, first, position, False))
            commands[command_id] = digest, result
            results.append(result)
            if besides:
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
            case_id: _Case(no, Head(version, hash_), clocks) for case_id, no, version, hash_, clocks in found
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
        bare: list[tuple[Any, ...]] = []
        new: list[tuple[Any, ...]] = []
        moved: list[tuple[Any, ...]] = []
        renewed: list[tuple[Any, ...]] = []
        for case_id, case in cases.items():
            if not case.touched:
                continue
            no, row, clocks = case.no, case.row, case.clocks
            if row is None and case.old_clocks is not None:
                moved.append((*case.head, no))
                continue
            if row is None:
                bare.append((_NO_CLOCKS, _BARE_MARK, no, case_id, *case.head))
                continue
            text = clocks_text(clocks)
            rest = *row[1:], text, case_mark(row, text)
            if case.old_clocks is None:
                new.append((no, case_id, *case.head, *rest))
            else:
                renewed.append((*case.head, case_id, *rest, no))
                old = set(clocks_of(case.old_clocks))
                gone += ((clock.fires_us, no, clock.clock) for clock in old.difference(clocks))
                clocks = [clock for clock in clocks if clock not in old]
            come += [(fires_us, no, clock, due_us) for clock, fires_us, due_us in clocks]
        self._insert(_BARE, bare, 6)
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
        for several in (_TOGETHER, 1):
            end = len(rows) - len(rows) % several
            if end:
                # Whatever fails undoes the transaction anyway; to undo a statement alone, SQLite would keep
                # a copy of each page that the statement changes.
                marks = [f"({','.join('?' * columns)})"] * several
                statement = f"INSERT OR ROLLBACK {into} VALUES {','.join(marks)}"
                batches = (tuple(chain(*rows[start : start + several])) for start in range(0, end, several))
                self._connection.executemany(statement, batches)
            rows = rows[end:]
