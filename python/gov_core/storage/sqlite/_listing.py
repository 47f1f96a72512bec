"""Lists of cases out of sorted runs, one run for each value of a column.

A page is merged from the runs of the values that the filter lets through, so it costs what it shows and not
what there is. An entry of a run has all that a filter asks of, so that what the filter keeps out is passed at
some thirty million a second. A light is in no run: it is a comparison of two times with a third, at whatever
time it is asked for.

`lists` follows `cases` in strides (`follow`): what has changed since is small, is looked through one by one,
and takes the place of what the runs still say.
"""

from __future__ import annotations

import json
from heapq import merge
from itertools import islice
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.storage import lists
from gov_core.storage.lists import NEVER, Place, Question
from gov_core.storage.sqlite._rows import ROW, case_row_of, key, number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from gov_core.storage.protocol import CaseFilter, CaseRow, Light

STRIDE: Final = 256
"""Events after which `lists` follows, if they came one append at a time."""

LONGEST: Final = 4 * STRIDE
"""Changes that a list looks through one by one; more have come in bulk, and are followed first."""

SLICE: Final = 4 * LONGEST
"""Events that are followed in one transaction: one or two seconds with a million cases, then others write."""

_MANY_RUNS: Final = 1000
"""Places in a subtree from which on it is dense enough among all cases to look there."""

_ENOUGH: Final = 5000
"""Entries of a column that are counted to see which has the fewest: read in less than a millisecond."""

_LISTED: Final = "(SELECT listed FROM store)"
_ONE_OF: Final = "{} IN (SELECT value FROM json_each(?))"
_DIGITS: Final = 24
"""Characters of the difference of two times, which is a number of 20 digits at most or written as 1.8e+19."""

_KEYS: Final = {"due": "due_us", "opened": "opened_us", "arrival": "0"}
_CHANGED: Final = "SELECT case_no FROM commands WHERE first > ?1"
# `lists.light_of` over `lists`.
_LIGHTS: Final[Mapping[str | None, tuple[str, ...]]] = {
    "red": ("due_us < ?",),
    "yellow": ("due_us >= ?", "yellow_us <= ?"),
    "green": ("due_us >= ?", "yellow_us > ?"),
}


class Places:
    """Which places lie under which, out of the paths that cases had. Grows with the file, never shrinks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0
        self._under: dict[str, list[int]] = {}

    def under(self, connection: sqlite3.Connection, place: str) -> list[int]:
        """Numbers of the places that are or lie under one."""
        with self._lock:
            query = "SELECT no, place, path FROM places WHERE no > ?"
            for no, own, path in connection.execute(query, (self._last,)).fetchall():
                for part in {own, *path.split("/")}:
                    self._under.setdefault(part, []).append(no)
                self._last = max(self._last, no)
            return list(self._under.get(place, ()))


class _Runs(NamedTuple):
    """Where the cases of a filter stand: runs of one column, and what else has to hold.

    `members` are the places of a subtree that is not what the runs are of; a set is asked faster from here.
    `few` is where to find cases of the light that is asked for which are in none of the runs: they are so few
    that they are sorted, not looked for.
    """

    column: str
    values: list[int]
    few: str | None
    condition: str
    parameters: list[Any]
    members: frozenset[int] | None


def follow(connection: sqlite3.Connection, upto: int) -> None:
    """Bring `lists` up to what commands up to a position have made of the cases."""
    (listed,) = connection.execute("SELECT listed FROM store").fetchone()
    changed = f"FROM cases c WHERE state IS NOT NULL AND case_no IN ({_CHANGED} AND first <= ?2)"
    indexes = []
    if upto - listed > SLICE:
        # More than in one go only while lists are empty: sorting is cheaper than finding each its place.
        query = "SELECT name, sql FROM sqlite_schema WHERE sql LIKE 'CREATE INDEX lists%'"
        indexes = connection.execute(query).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    judged = "(due_us IS NOT NULL OR yellow_us IS NOT NULL)"
    for statement in (
        f"INSERT OR IGNORE INTO names (name) SELECT unit {changed} UNION ALL SELECT matter {changed}",
        f"INSERT OR IGNORE INTO places (place, path) SELECT place, path {changed}",
        f"""
        INSERT OR IGNORE INTO facets (procedure, state, open, sensitive, judged)
        SELECT DISTINCT procedure, state, open, sensitive, {judged} {changed}
        """,
        f"""
        INSERT INTO lists
        SELECT c.case_no, f.no, u.no, m.no, p.no, c.opened_us,
            ifnull(c.due_us, {NEVER}), ifnull(c.yellow_us, {NEVER})
        FROM (SELECT *, {judged} AS judged {changed}) c
        CROSS JOIN facets f ON (f.procedure, f.state, f.open, f.sensitive, f.judged)
            = (c.procedure, c.state, c.open, c.sensitive, c.judged)
        CROSS JOIN names u ON u.name = c.unit
        CROSS JOIN names m ON m.name = c.matter
        CROSS JOIN places p ON (p.path, p.place) = (c.path, c.place)
        WHERE true
        ON CONFLICT DO UPDATE SET (facet, unit, matter, place, opened_us, due_us, yellow_us)
            = (excluded.facet, excluded.unit, excluded.matter, excluded.place,
               excluded.opened_us, excluded.due_us, excluded.yellow_us)
        """,
    ):
        connection.execute(statement, (listed, upto))
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("UPDATE store SET listed = ?", (upto,))


def next_slice(connection: sqlite3.Connection, head: int) -> int:
    """Up to which position to follow in one transaction: all at once where lists are empty."""
    (listed,) = connection.execute("SELECT listed FROM store").fetchone()
    return head if listed == 0 else min(head, listed + SLICE)


def page(
    connection: sqlite3.Connection, places: Places, question: Question
) -> tuple[list[CaseRow], Place | None]:
    """The cases of a page, and the place of its last if there are more behind it."""
    where, order, start, limit = question
    if order == "due" and where.light in {"yellow", "green"} and where.now_us is not None:
        start = max(start, Place(number(where.now_us), 0))
        question = question._replace(start=start)
    changed = _changed(connection)
    fresh = sorted(
        (place, row)
        for case_no, row in changed.items()
        if row is not None
        and lists.matches(row, where)
        and (place := lists.place_of(row, case_no, order)) > start
    )
    runs = _runs_of(connection, places, where, shown=True)
    steady = (
        (place, None)
        for place in _merged(connection, runs, question, limit + 1 + len(changed))
        if place.arrival not in changed
    )
    found = list(islice(merge(fresh, steady, key=itemgetter(0)), limit + 1))
    shown = found[:limit]
    numbers = json.dumps([place.arrival for place, row in shown if row is None])
    query = f"SELECT case_no, {ROW} FROM cases WHERE case_no IN (SELECT value FROM json_each(?))"
    rows = {case_no: case_row_of(row) for case_no, *row in connection.execute(query, (numbers,))}
    listed = [row or rows.get(place.arrival) for place, row in shown]
    return [row for row in listed if row is not None], shown[-1][0] if len(found) > limit else None


def count(connection: sqlite3.Connection, places: Places, where: CaseFilter) -> int:
    """How many cases a filter lets through."""
    changed = _changed(connection)
    runs = _runs_of(connection, places, where, shown=False)
    query = f"SELECT count(*) FROM lists WHERE {_ONE_OF.format(runs.column)}{runs.condition}"
    parameters = [json.dumps(runs.values), *runs.parameters]
    if runs.members is not None:
        query += f" AND {_ONE_OF.format('place')}"
        parameters.append(json.dumps([*runs.members]))
    (steady,) = connection.execute(query, parameters).fetchone()
    if changed:
        query += " AND case_no IN (SELECT value FROM json_each(?))"
        (gone,) = connection.execute(query, [*parameters, json.dumps([*changed])]).fetchone()
        steady -= gone
    return int(steady) + sum(row is not None and lists.matches(row, where) for row in changed.values())


def _changed(connection: sqlite3.Connection) -> dict[int, CaseRow | None]:
    """Cases that `lists` does not yet show as they are."""
    query = f"SELECT case_no, {ROW} FROM cases WHERE case_no IN ({_CHANGED.replace('?1', _LISTED)})"
    return {case_no: case_row_of(row) for case_no, *row in connection.execute(query)}


def _runs_of(connection: sqlite3.Connection, places: Places, where: CaseFilter, *, shown: bool) -> _Runs:
    """The fewest runs that hold all cases of a filter, to be shown or counted, and the conditions left."""
    columns: dict[str, list[int]] = {}
    for column, name in (("unit", where.unit), ("matter", where.matter)):
        if name is not None:
            found = connection.execute("SELECT no FROM names WHERE name = ?", (key(name),))
            columns[column] = [no for (no,) in found]
    if where.place is not None:
        columns["place"] = places.under(connection, where.place)
    facets = connection.execute("SELECT no, procedure, state, open, sensitive, judged FROM facets").fetchall()
    fitting = [
        no
        for no, procedure, state, open_, sensitive, judged in facets
        if where.procedure in (None, procedure)
        and where.state in (None, state)
        and where.open in (None, bool(open_))
        and where.sensitive in (None, bool(sensitive))
        and (where.light in (None, "green") or judged)
    ]
    if not columns or len(fitting) < len(facets):
        columns["facet"] = fitting
    chosen, few = _fewest(connection, columns), None
    ranges = _LIGHTS.get(where.light, ())
    times: tuple[int, ...] = ()
    if where.light is not None and where.now_us is not None:
        now_us = number(where.now_us)
        # What never turns yellow has not done so at the last of times either.
        times = (now_us, min(now_us, NEVER - 1))[: len(ranges)]
        if shown and (chosen == "facet" or (chosen == "place" and where.light != "green")):
            able = {no for no, *_, judged in facets if judged}.intersection(fitting)
            few = _few(connection, where.light, now_us, sorted(able))
            if few is not None:
                chosen = "facet"
                columns[chosen] = [no for no in fitting if no not in able]
    rest = {name: values for name, values in columns.items() if name != chosen}
    members = frozenset(rest.pop("place")) if len(rest.get("place", ())) > _MANY_RUNS else None
    parts = [*map(_ONE_OF.format, rest), *ranges]
    parameters = [*(json.dumps(values) for values in rest.values()), *times]
    condition = "".join(f" AND {part}" for part in parts)
    return _Runs(chosen, columns[chosen], few, condition, parameters, members)


def _fewest(connection: sqlite3.Connection, columns: dict[str, list[int]]) -> str:
    """The column of whose values there are the fewest entries."""
    able = [name for name, values in columns.items() if name != "place" or len(values) <= _MANY_RUNS]
    if not able:
        able = ["facet"]
        columns["facet"] = [no for (no,) in connection.execute("SELECT no FROM facets")]
    if len(able) == 1:
        return able[0]
    entries = {}
    for name in able:
        query = f"SELECT count(*) FROM (SELECT 1 FROM lists WHERE {_ONE_OF.format(name)} LIMIT {_ENOUGH})"
        (entries[name],) = connection.execute(query, (json.dumps(columns[name]),)).fetchone()
    return min(able, key=lambda name: entries[name])


def _few(connection: sqlite3.Connection, light: Light, now_us: int, facets: list[int]) -> str | None:
    """Where to find all cases of a light in those facets among few others; None if there is no such index.

    A clock that stays yellow for n digits of microseconds is yellow only in the 10^n after it turned so.
    """
    own = f"facet IN ({', '.join(map(str, facets))})"
    turned = min(now_us, NEVER - 1)
    since = (
        [turned + 1] * _DIGITS if light == "green" else [max(now_us - 10**n, -NEVER) for n in range(_DIGITS)]
    )
    spans = f"FROM json_each('{since}') s CROSS JOIN lists INDEXED BY lists_span"
    reached = f"{spans} WHERE length(due_us - yellow_us) = s.key AND yellow_us >= s.value"
    if light == "yellow":
        reached += f" AND yellow_us <= {turned}"
    comparison = "<" if light == "red" else ">="
    due = f"FROM lists INDEXED BY lists_facet_due WHERE {own} AND due_us {comparison} {now_us}"
    for source, rest in ((due, ""), (reached, f" AND {own}"))[: 1 if light == "red" else 2]:
        query = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {_ENOUGH})"
        (found,) = connection.execute(query).fetchone()
        if found < _ENOUGH:
            return source + rest
    return None


def _merged(connection: sqlite3.Connection, runs: _Runs, question: Question, most: int) -> Iterator[Place]:
    """Entries of all runs in one order, of which no more than `most` are needed."""
    _, order, start, limit = question
    values = runs.values
    sort = _KEYS[order]
    by, behind = f"{sort}, case_no", f"({sort}, case_no) > (?, ?)"
    if order == "arrival":
        by, behind = "case_no", "? < case_no"
    width = behind.count("?")
    tail = f"{behind}{runs.condition} ORDER BY {by}"
    if len(values) > most and runs.members is None:
        # No page needs more runs than it has rows, and those are the ones that begin first.
        query = f"""
            SELECT value FROM (
                SELECT value, (SELECT case_no FROM lists WHERE {runs.column} = value AND {tail} LIMIT 1) first
                FROM json_each(?)
            ) JOIN lists ON case_no = first ORDER BY {by} LIMIT {most}
        """
        found = connection.execute(query, [*start[-width:], *runs.parameters, json.dumps(values)])
        values = [no for (no,) in found]
    begin = max(4, min(limit + 1, 4 * limit // max(len(values), 1)))
    each = f"SELECT {sort}, case_no, place FROM lists WHERE {runs.column} = ? AND {tail} LIMIT ?"

    def run(query: str, *value: int) -> Iterator[Place]:
        place, chunk = start, begin
        while True:
            entries = connection.execute(query, [*value, *place[-width:], *runs.parameters, chunk]).fetchall()
            for sorted_by, case_no, lies_in in entries:
                place = Place(sorted_by, case_no)
                if runs.members is None or lies_in in runs.members:
                    yield place
            if len(entries) < chunk:
                return
            chunk *= 2

    merged = [run(each, value) for value in values]
    if runs.few is not None:
        merged.append(run(f"SELECT {sort}, case_no, place {runs.few} AND {tail} LIMIT ?"))
    return merge(*merged)
