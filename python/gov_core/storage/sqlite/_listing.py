"""Lists of cases out of sorted runs, one run for each value of a column.

A page is merged from the runs of the values that the filter lets through, so it costs what it shows and not
what there is. `lists` follows `cases` in strides (`follow`), and the lights in it the time (`relight`): what
has changed since is small, is looked through one by one, and takes the place of what the runs still say.
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
    from collections.abc import Iterator

    from gov_core.storage.protocol import CaseFilter, CaseRow

STRIDE: Final = 256
"""Events after which `lists` follows, if they came one append at a time."""

LONGEST: Final = 4 * STRIDE
"""Changes that a list looks through one by one; more have come in bulk, and are followed first."""

_MANY_RUNS: Final = 4000
"""Places in a subtree from which on it is dense enough among all cases to look there."""

_KEYS: Final = {"due": "due_us", "opened": "opened_us", "arrival": "0"}
_CHANGED: Final = "SELECT case_no FROM commands WHERE first > ?1"
# Cases whose light is not the same at two times: a range of the time of one light, and of the other.
_CROSSED: Final = """
    SELECT case_no FROM lists WHERE yellow_us > ?1 AND yellow_us <= ?2
    UNION SELECT case_no FROM lists WHERE facet IN (SELECT no FROM facets) AND due_us >= ?1 AND due_us < ?2
"""


def light_sql(table: str, now: str) -> str:
    """`lists.light_of` in SQL."""
    due, yellow = f"{table}.due_us < {now}", f"{table}.yellow_us <= {now}"
    return f"CASE WHEN {due} THEN 'red' WHEN {yellow} THEN 'yellow' ELSE 'green' END"


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
    """

    column: str
    values: list[int]
    condition: str
    parameters: list[Any]
    members: frozenset[int] | None


def follow(connection: sqlite3.Connection, upto: int) -> None:
    """Bring `lists` up to what commands up to a position have made of the cases."""
    listed, lit_us = connection.execute("SELECT listed, lit_us FROM store").fetchone()
    changed = f"FROM cases c WHERE state IS NOT NULL AND case_no IN ({_CHANGED})"
    (rows,) = connection.execute("SELECT count(*) FROM lists").fetchone()
    indexes = []
    if upto - listed > max(rows, LONGEST):
        # More is to come than there is: sorting once is several times cheaper than finding each its place.
        query = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'lists'"
        indexes = connection.execute(query).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    light = light_sql("c", str(lit_us))
    for statement in (
        f"INSERT OR IGNORE INTO names (name) SELECT unit {changed} UNION SELECT matter {changed}",
        f"INSERT OR IGNORE INTO places (place, path) SELECT DISTINCT place, path {changed}",
        f"""
        INSERT OR IGNORE INTO facets (procedure, state, open, sensitive, light)
        SELECT DISTINCT procedure, state, open, sensitive, {light} {changed}
        """,
        f"""
        INSERT INTO lists
        SELECT c.case_no, f.no, u.no, m.no, p.no, c.opened_us,
            ifnull(c.due_us, {NEVER}), ifnull(c.yellow_us, {NEVER})
        FROM (SELECT *, {light} AS light {changed}) c
        CROSS JOIN facets f ON (f.procedure, f.state, f.open, f.sensitive, f.light)
            = (c.procedure, c.state, c.open, c.sensitive, c.light)
        CROSS JOIN names u ON u.name = c.unit
        CROSS JOIN names m ON m.name = c.matter
        CROSS JOIN places p ON (p.path, p.place) = (c.path, c.place)
        WHERE true
        ON CONFLICT DO UPDATE SET (facet, unit, matter, place, opened_us, due_us, yellow_us)
            = (excluded.facet, excluded.unit, excluded.matter, excluded.place,
               excluded.opened_us, excluded.due_us, excluded.yellow_us)
        """,
    ):
        connection.execute(statement, (listed,))
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("UPDATE store SET listed = ?", (upto,))


def crossed(connection: sqlite3.Connection, now_us: int) -> list[int]:
    """Cases whose light may be another at a time than `lists` says."""
    (lit_us,) = connection.execute("SELECT lit_us FROM store").fetchone()
    return [no for (no,) in connection.execute(_CROSSED, sorted((lit_us, number(now_us))))]


def relight(connection: sqlite3.Connection, now_us: int) -> None:
    """Bring the lights in `lists` to a later time; back they never go: nobody looks for what turns then."""
    (lit_us,) = connection.execute("SELECT lit_us FROM store").fetchone()
    if now_us <= lit_us:  # somebody else has been faster
        return
    light = light_sql("l", "?2")
    connection.execute("CREATE TEMP TABLE crossed (case_no INTEGER PRIMARY KEY, facet INTEGER, light TEXT)")
    query = f"INSERT INTO crossed SELECT case_no, facet, {light} FROM lists l WHERE case_no IN ({_CROSSED})"
    connection.execute(query, (lit_us, now_us))
    connection.execute(
        """
        INSERT OR IGNORE INTO facets (procedure, state, open, sensitive, light)
        SELECT DISTINCT procedure, state, open, sensitive, c.light FROM crossed c JOIN facets ON no = facet
        """
    )
    connection.execute(
        """
        UPDATE lists SET facet = new.no
        FROM crossed c JOIN facets old ON old.no = c.facet
        JOIN facets new ON (new.procedure, new.state, new.open, new.sensitive, new.light)
            = (old.procedure, old.state, old.open, old.sensitive, c.light)
        WHERE lists.case_no = c.case_no
        """
    )
    connection.execute("DROP TABLE crossed")
    connection.execute("UPDATE store SET lit_us = ?", (now_us,))


def page(
    connection: sqlite3.Connection, places: Places, question: Question
) -> tuple[list[CaseRow], Place | None]:
    """The cases of a page, and the place of its last if there are more behind it."""
    where, order, start, limit = question
    changed = _changed(connection, where)
    fresh = sorted(
        (place, row)
        for case_no, row in changed.items()
        if row is not None
        and lists.matches(row, where)
        and (place := lists.place_of(row, case_no, order)) > start
    )
    runs = _runs_of(connection, places, where)
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
    changed = _changed(connection, where)
    runs = _runs_of(connection, places, where)
    query = (
        f"SELECT count(*) FROM lists WHERE {runs.column} IN (SELECT value FROM json_each(?)){runs.condition}"
    )
    parameters = [json.dumps(runs.values), *runs.parameters]
    if runs.members is not None:
        query += " AND place IN (SELECT value FROM json_each(?))"
        parameters.append(json.dumps([*runs.members]))
    (steady,) = connection.execute(query, parameters).fetchone()
    if changed:
        query += " AND case_no IN (SELECT value FROM json_each(?))"
        (gone,) = connection.execute(query, [*parameters, json.dumps([*changed])]).fetchone()
        steady -= gone
    return int(steady) + sum(row is not None and lists.matches(row, where) for row in changed.values())


def _changed(connection: sqlite3.Connection, where: CaseFilter) -> dict[int, CaseRow | None]:
    """Cases that `lists` does not yet show as they are."""
    (listed,) = connection.execute("SELECT listed FROM store").fetchone()
    query = f"SELECT case_no, {ROW} FROM cases WHERE case_no IN ({_CHANGED})"
    parameters = [listed]
    if where.light is not None and where.now_us is not None:
        query += " OR case_no IN (SELECT value FROM json_each(?2))"
        parameters.append(json.dumps(crossed(connection, where.now_us)))
    return {case_no: case_row_of(row) for case_no, *row in connection.execute(query, parameters)}


def _runs_of(connection: sqlite3.Connection, places: Places, where: CaseFilter) -> _Runs:
    """The fewest runs that hold all cases of a filter, and the conditions that are left."""
    columns: dict[str, list[int]] = {}
    for column, name in (("unit", where.unit), ("matter", where.matter)):
        if name is not None:
            found = connection.execute("SELECT no FROM names WHERE name = ?", (key(name),))
            columns[column] = [no for (no,) in found]
    if where.place is not None:
        columns["place"] = places.under(connection, where.place)
    facets = connection.execute("SELECT no, procedure, state, open, sensitive, light FROM facets").fetchall()
    fitting = [
        no
        for no, procedure, state, open_, sensitive, light in facets
        if where.procedure in (None, procedure)
        and where.state in (None, state)
        and where.open in (None, bool(open_))
        and where.sensitive in (None, bool(sensitive))
        and where.light in (None, light)
    ]
    if len(fitting) < len(facets):
        columns["facet"] = fitting
    chosen = next((name for name, values in columns.items() if len(values) <= _MANY_RUNS), "facet")
    rest = {name: values for name, values in columns.items() if name != chosen}
    members = frozenset(rest.pop("place")) if "place" in rest else None
    condition = "".join(f" AND {name} IN (SELECT value FROM json_each(?))" for name in rest)
    parameters = [json.dumps(values) for values in rest.values()]
    return _Runs(chosen, columns.get(chosen, fitting), condition, parameters, members)


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
    chunk = max(4, min(limit + 1, 4 * limit // max(len(values), 1)))
    query = f"SELECT {sort}, case_no, place FROM lists WHERE {runs.column} = ? AND {tail} LIMIT {chunk}"

    def run(value: int) -> Iterator[Place]:
        place = start
        while True:
            entries = connection.execute(query, [value, *place[-width:], *runs.parameters]).fetchall()
            for sorted_by, case_no, lies_in in entries:
                place = Place(sorted_by, case_no)
                if runs.members is None or lies_in in runs.members:
                    yield place
            if len(entries) < chunk:
                return

    return merge(*map(run, values))
