"""Lists of cases out of indexes: what `gov_core.storage.lists` means, as conditions and orders.

Lights are never stored: they are conditions on `due_us` and `yellow_us`, at whatever time is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.lists import NEVER, Place
from gov_core.storage.postgres._rows import ROW, key, number

if TYPE_CHECKING:
    from gov_core.storage.lists import Question
    from gov_core.storage.postgres._connections import Query
    from gov_core.storage.protocol import CaseFilter, CaseOrder

_KEYS: Final = {"due": "due_us", "opened": "opened_us", "arrival": ""}
_PLACES: Final = "(CASE WHEN path = '' THEN ARRAY['', place] ELSE string_to_array(path, '/') || place END)"
_LIGHTS: Final = {
    "red": "due_us < %s",
    "yellow": "due_us >= %s AND yellow_us <= %s",
    "green": "due_us >= %s AND yellow_us > %s",
}


def page(question: Question) -> Query:
    """The query for a page, with one case more than the page has."""
    where, order, start, limit = question
    conditions, values = _conditions(where)
    sort = _KEYS[order]
    if sort:
        conditions.append(f"({sort}, case_no) > (%s, %s)")
        values += start
        by = f"{sort}, case_no"
    else:
        conditions.append("case_no > %s")
        values.append(start.arrival)
        by = "case_no"
    query = f"SELECT case_no, {ROW} FROM gov.cases WHERE {' AND '.join(conditions)} ORDER BY {by} LIMIT %s"
    return query, [*values, limit + 1]


def count(where: CaseFilter) -> Query:
    """The query for how many cases a filter lets through."""
    conditions, values = _conditions(where)
    return f"SELECT count(*) FROM gov.cases WHERE {' AND '.join(conditions)}", values


def place_of(row: tuple[Any, ...], order: CaseOrder) -> Place:
    """Where a row of a page stands."""
    case_no, *_, opened_us, _, due_us, _ = row
    return Place({"due": due_us, "opened": opened_us}.get(order, 0), case_no)


def _conditions(where: CaseFilter) -> tuple[list[str], list[Any]]:
    conditions = ["state IS NOT NULL"]
    values: list[Any] = []
    for column in ("unit", "matter", "state", "procedure"):
        if (wanted := getattr(where, column)) is not None:
            conditions.append(f"{column} = %s")
            values.append(key(wanted))
    flags = {"open": where.open, "sensitive": where.sensitive}
    conditions += [name if wanted else f"NOT {name}" for name, wanted in flags.items() if wanted is not None]
    if where.place is not None:
        conditions.append(f"{_PLACES} @> ARRAY[%s::text]")
        values.append(key(where.place))
    if where.light is not None and where.now_us is not None:
        condition = _LIGHTS[where.light]
        conditions.append(condition)
        # A case without a clock has neither time, and stays green at any.
        values += [number(where.now_us), min(number(where.now_us), NEVER - 1)][: condition.count("%s")]
    return conditions, values
