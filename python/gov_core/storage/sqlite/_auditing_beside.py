"""Whether the outbox and what is kept of subjects still are what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.delivery import Delivery
from gov_core.storage.marks import row_mark
from gov_core.storage.outbox import Message
from gov_core.storage.sqlite._outbox import DELIVERY, FIRST, delivery_mark, message_mark

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from gov_core.storage.auditing import Audit


def _message(values: list[Any]) -> bytes:
    id_, endpoint, body, delay_us, case_id, number, written_us = values
    return message_mark((Message(id_, endpoint, body, delay_us), case_id, number, written_us))


def _delivery(values: list[Any]) -> bytes:
    return delivery_mark(values[0], Delivery(*values[1:]))


def _row(values: list[Any]) -> bytes:
    return row_mark(*("" if value is None else value for value in values))


# What has a checksum: kind, how it is made, and the query that finds the case, a name, it and the row.
_MARKED: Final[tuple[tuple[str, Callable[[list[Any]], bytes], str], ...]] = (
    (
        "message",
        _message,
        """
        SELECT c.case_id, m.id, m.mark, m.id, l.endpoint, m.body, m.delay_us, c.case_id, m.number,
        m.written_us FROM messages m JOIN lanes l ON l.lane = m.lane JOIN cases c ON c.case_no = l.case_no
        """,
    ),
    ("delivery", _delivery, f"SELECT '', d.number, d.mark, d.number, {DELIVERY} FROM deliveries d"),
    (
        "personal",
        _row,
        "SELECT '', hex(commitment), mark, commitment, subject, sealed FROM personal WHERE live",
    ),
    ("key", _row, "SELECT '', subject, mark, subject, wrapped FROM keys WHERE live"),
    (
        "subject",
        _row,
        """
        SELECT ifnull(c.case_id, ''), s.subject, s.mark, s.subject, ifnull(c.case_id, '')
        FROM subject_cases s LEFT JOIN cases c ON c.case_no = s.case_no
        """,
    ),
    ("hold", _row, "SELECT '', subject, mark, subject, basis, until_us FROM holds"),
    (
        "erasure",
        _row,
        """
        SELECT '', subject, mark, subject, command_id, basis, erased_us, values_gone, keys_gone FROM erasures
        """,
    ),
    (
        "access",
        _row,
        "SELECT '', number, mark, subject, commitment, case_id, reader, purpose, at_us FROM accesses",
    ),
)

# What has to fit: code, message, and the query that finds the cases where it does not.
_FITS: Final = (
    (
        "missing_message",
        "a message, how far it has come, its lane or its case is not there",
        """
        SELECT ifnull(c.case_id, '')
        FROM (SELECT number FROM messages UNION SELECT number FROM deliveries) n
        LEFT JOIN messages m ON m.number = n.number LEFT JOIN deliveries d ON d.number = n.number
        LEFT JOIN lanes l ON l.lane = m.lane LEFT JOIN cases c ON c.case_no = l.case_no
        WHERE d.lane IS NOT m.lane OR c.case_id IS NULL
        """,
    ),
    (
        "wrong_lane",
        "a lane does not say which of its messages is first, or when that may be claimed",
        f"""
        SELECT ifnull(c.case_id, '') FROM lanes LEFT JOIN cases c ON c.case_no = lanes.case_no
        WHERE (head, lanes.ready_us) IS NOT ({FIRST}) OR c.case_id IS NULL
        """,
    ),
    (
        "wrong_lane",
        "the next message would get the number of another",
        "SELECT '' FROM store WHERE numbered < (SELECT ifnull(max(number), 0) FROM messages)",
    ),
    (
        "erasure_undone",
        "data are there of a subject that was erased",
        """
        SELECT '' FROM erasures WHERE subject IN (SELECT subject FROM personal WHERE live)
        OR subject IN (SELECT subject FROM keys WHERE live)
        """,
    ),
    (
        "erasure_undone",
        "something stands where data were erased",
        """
        SELECT '' FROM personal WHERE NOT live AND sealed <> zeroblob(length(sealed))
        UNION ALL SELECT '' FROM keys WHERE NOT live AND wrapped <> zeroblob(length(wrapped))
        """,
    ),
)


def look(connection: sqlite3.Connection, audit: Audit) -> None:
    """Look at the tables of messages and subjects."""
    for kind, mark_of, query in _MARKED:
        for case_id, named, mark, *values in connection.execute(query):
            if mark_of(values) != mark:
                audit.add(f"edited_{kind}", f"{kind} {named} is not as written", case_id)
    for code, message, query in _FITS:
        for (case_id,) in connection.execute(query):
            audit.add(code, message, case_id)
