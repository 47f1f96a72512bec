"""What the file keeps about subjects. What is erased is overwritten where it stands; nothing is moved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from gov_core.storage.marks import row_mark
from gov_core.storage.personal import (
    Access,
    AccessPage,
    Erasure,
    Hold,
    Personal,
    RetentionReport,
    SubjectKey,
    SubjectLink,
)
from gov_core.storage.refusals import command_reused, erased, held
from gov_core.storage.sqlite._rows import key as text_key
from gov_core.storage.sqlite._rows import number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from gov_core.storage.personal import RetentionPolicy

_VALUE: Final = "commitment, subject, sealed"
_ERASURE: Final = "subject, command_id, basis, erased_us, values_gone, keys_gone"
_ACCESS: Final = "subject, commitment, case_id, reader, purpose, at_us"
_RUNS: Final = "(until_us IS NULL OR until_us > ?)"
_ZEROS: Final = bytes(8)
# Subjects of whom something is kept, with cases of which every one is closed and older than a time.
_LAPSED: Final = """
    SELECT s.subject FROM subject_cases s
    JOIN cases c ON c.case_no = s.case_no
    JOIN events e ON e.case_no = c.case_no AND e.version = c.version
    JOIN commands m ON m.first = e.command
    WHERE s.subject IN (SELECT subject FROM keys WHERE live UNION SELECT subject FROM personal WHERE live)
    GROUP BY s.subject HAVING max(ifnull(c.open, 1)) = 0 AND max(m.recorded_us) < ?
    ORDER BY s.subject
"""


def gone(connection: sqlite3.Connection, subjects: Iterable[str]) -> set[str]:
    """Which of some subjects were erased."""
    asked = sorted({*subjects})
    query = "SELECT subject FROM erasures WHERE subject IN (SELECT value FROM json_each(?))"
    return {subject for (subject,) in connection.execute(query, (json.dumps(asked),))} if asked else set()


def keep(
    connection: sqlite3.Connection, batch: Iterable[tuple[int, str, Sequence[Personal], Sequence[str]]]
) -> None:
    """Keep values, and that cases know of their subjects and of others.

    Args:
        connection: In a transaction that writes.
        batch: Number and id of a case, values that come with it, and other subjects it knows of.
    """
    batch = list(batch)
    connection.executemany(
        f"INSERT OR IGNORE INTO personal ({_VALUE}, live, mark) VALUES (?, ?, ?, 1, ?)",
        ((*value, row_mark(*value)) for *_, values, _ in batch for value in values),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO subject_cases VALUES (?, ?, ?)",
        (
            (subject, case_no, row_mark(subject, case_id))
            for case_no, case_id, values, subjects in batch
            for subject in (*(value.subject for value in values), *subjects)
        ),
    )


def value(connection: sqlite3.Connection, commitment: bytes) -> Personal | None:
    """A value by its commitment."""
    if type(commitment) is not bytes:
        return None
    query = f"SELECT {_VALUE} FROM personal WHERE commitment = ? AND live"
    found = connection.execute(query, (commitment,)).fetchone()
    return Personal(*found) if found else None


def values(connection: sqlite3.Connection, subject: str) -> tuple[Personal, ...]:
    """All values about a subject, as they came in."""
    query = f"SELECT {_VALUE} FROM personal WHERE subject = ? AND live ORDER BY no"
    return tuple(map(Personal._make, connection.execute(query, (text_key(subject),))))


def cases(connection: sqlite3.Connection, subject: str) -> tuple[str, ...]:
    """Cases that know of a subject, as the store got to know them."""
    query = (
        "SELECT c.case_id FROM subject_cases s JOIN cases c ON c.case_no = s.case_no"
        " WHERE s.subject = ? ORDER BY s.case_no"
    )
    return tuple(case_id for (case_id,) in connection.execute(query, (text_key(subject),)))


def keep_keys(connection: sqlite3.Connection, keys: Sequence[SubjectKey]) -> tuple[SubjectKey, ...]:
    """Keep keys of subjects that have none; those that are kept now."""
    subjects = [key.subject for key in keys]
    if lost := gone(connection, subjects):
        raise erased(min(lost))
    _add_keys(connection, keys)
    query = "SELECT subject, wrapped FROM keys WHERE live AND subject IN (SELECT value FROM json_each(?))"
    kept = dict(connection.execute(query, (json.dumps(subjects),)).fetchall())
    return tuple(SubjectKey(subject, kept[subject]) for subject in subjects)


def key_of(connection: sqlite3.Connection, subject: str) -> SubjectKey | None:
    """The key of a subject."""
    known = text_key(subject)
    query = "SELECT subject, wrapped FROM keys WHERE subject = ? AND live"
    if (found := connection.execute(query, (known,)).fetchone()) is not None:
        return SubjectKey(*found)
    if known is not None and gone(connection, [known]):
        raise erased(subject)
    return None


def rewrap(connection: sqlite3.Connection, changes: Sequence[tuple[SubjectKey, SubjectKey]]) -> int:
    """Put new keys where the old ones are still there; how many."""
    count = 0
    for old, new in changes:
        query = "SELECT no FROM keys WHERE subject = ? AND wrapped = ? AND live"
        found = connection.execute(query, (text_key(old.subject), old.wrapped)).fetchone()
        if found is None:
            continue
        count += 1
        if len(old.wrapped) == len(new.wrapped):
            query = "UPDATE keys SET wrapped = ?, mark = ? WHERE no = ?"
            connection.execute(query, (new.wrapped, row_mark(*new), *found))
        else:  # a row that grows could have to be moved
            _overwrite(connection, "keys", "wrapped", [found])
            _add_keys(connection, [new])
    return count


def with_keys(connection: sqlite3.Connection, after: str, limit: int) -> tuple[str, ...]:
    """Subjects with a key, in order."""
    query = "SELECT subject FROM keys WHERE live AND subject > ? ORDER BY subject LIMIT ?"
    return tuple(subject for (subject,) in connection.execute(query, (after, limit)))


def erase(connection: sqlite3.Connection, subject: str, command_id: str, basis: str, now_us: int) -> Erasure:
    """Destroy what is kept about a subject, and the snapshots of its cases."""
    query = f"SELECT {_ERASURE} FROM erasures WHERE command_id = ?"
    if (done := connection.execute(query, (command_id,)).fetchone()) is not None:
        if (done[0], done[2]) != (subject, basis):
            raise command_reused(command_id)
        return Erasure(*done)
    query = f"SELECT {_ERASURE} FROM erasures WHERE subject = ?"
    if (done := connection.execute(query, (subject,)).fetchone()) is not None:
        return Erasure(*done)
    query = f"SELECT basis FROM holds WHERE subject = ? AND {_RUNS} ORDER BY basis"
    if bases := [basis for (basis,) in connection.execute(query, (subject, now_us))]:
        raise held(subject, bases)
    return _destroy(connection, subject, command_id, basis, now_us)


def erasures(connection: sqlite3.Connection) -> tuple[Erasure, ...]:
    """All receipts, oldest first."""
    query = f"SELECT {_ERASURE} FROM erasures ORDER BY no"
    return tuple(map(Erasure._make, connection.execute(query)))


def hold(connection: sqlite3.Connection, given: Hold) -> None:
    """Hold a subject."""
    mark = hold_mark(given)
    connection.execute("INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)", (*given, mark))


def release(connection: sqlite3.Connection, subject: str, basis: str, now_us: int) -> bool:
    """End a hold; whether it ran."""
    named = text_key(subject), text_key(basis)
    query = f"SELECT {_RUNS} FROM holds WHERE subject = ? AND basis = ?"
    found = connection.execute(query, (now_us, *named)).fetchone()
    connection.execute("DELETE FROM holds WHERE subject = ? AND basis = ?", named)
    return found is not None and bool(found[0])


def holds(connection: sqlite3.Connection, now_us: int | None) -> tuple[Hold, ...]:
    """Holds that run at a time, or all, by subject, then basis."""
    query = "SELECT subject, basis, until_us FROM holds"
    runs, parameters = ("", ()) if now_us is None else (f" WHERE {_RUNS}", (now_us,))
    found = connection.execute(f"{query}{runs} ORDER BY subject, basis", parameters)
    return tuple(map(Hold._make, found))


def lapsed(connection: sqlite3.Connection, policy: RetentionPolicy, now_us: int) -> RetentionReport:
    """What falls under a policy."""
    found = [subject for (subject,) in connection.execute(_LAPSED, (policy.before_us,))]
    holding = {held.subject for held in holds(connection, now_us)}
    going = tuple(subject for subject in found if subject not in holding)
    query = "SELECT count(*) FROM personal WHERE live AND subject IN (SELECT value FROM json_each(?))"
    (count,) = connection.execute(query, (json.dumps(going),)).fetchone()
    return RetentionReport(going, tuple(subject for subject in found if subject in holding), count)


def apply(connection: sqlite3.Connection, policy: RetentionPolicy, now_us: int) -> RetentionReport:
    """Erase what falls under a policy."""
    report = lapsed(connection, policy, now_us)
    for subject in report.erased:
        _destroy(connection, subject, uuid4().hex, policy.basis, now_us)
    return report


def note(connection: sqlite3.Connection, accesses: Sequence[Access], now_us: int) -> None:
    """Note accesses."""
    _add_accesses(connection, [access._replace(at_us=now_us) for access in accesses])


def accesses(connection: sqlite3.Connection, subject: str | None, after: int, limit: int) -> AccessPage:
    """Accesses behind a number."""
    about, parameters = ("", []) if subject is None else (" AND subject = ?", [text_key(subject)])
    query = f"SELECT number, {_ACCESS} FROM accesses WHERE number > ?{about} ORDER BY number LIMIT ?"
    most = min(max(limit, 0), 2**62)
    found = connection.execute(query, [number(after), *parameters, most + 1]).fetchall()
    shown = found[:most]
    return AccessPage(
        tuple(Access(*row[1:]) for row in shown), shown[-1][0] if shown and len(found) > most else None
    )


def entries(
    connection: sqlite3.Connection,
) -> Iterator[Personal | SubjectKey | SubjectLink | Hold | Erasure | Access]:
    """All of it, to be moved."""
    for row in connection.execute(f"SELECT {_VALUE} FROM personal WHERE live ORDER BY no"):
        yield Personal(*row)
    for row in connection.execute("SELECT subject, wrapped FROM keys WHERE live ORDER BY subject"):
        yield SubjectKey(*row)
    query = (
        "SELECT s.subject, c.case_id FROM subject_cases s JOIN cases c ON c.case_no = s.case_no"
        " ORDER BY s.subject, s.case_no"
    )
    for row in connection.execute(query):
        yield SubjectLink(*row)
    yield from holds(connection, None)
    yield from erasures(connection)
    for row in connection.execute(f"SELECT {_ACCESS} FROM accesses ORDER BY number"):
        yield Access(*row)


def restore(connection: sqlite3.Connection, entry: object) -> bool:
    """Put an entry of another store into an empty one, whose cases are there; whether it is one of these.

    Raises:
        ValueError: It is of a subject that was erased.
        KeyError: It is of a case that is not there.
        sqlite3.IntegrityError: It is there already.
    """
    match entry:
        case Personal(_, subject, _) | SubjectKey(subject, _) if gone(connection, [subject]):
            raise ValueError(f"{type(entry).__name__} of a subject that was erased")
        case Personal():
            query = f"INSERT INTO personal ({_VALUE}, live, mark) VALUES (?, ?, ?, 1, ?)"
            connection.execute(query, (*entry, row_mark(*entry)))
        case SubjectKey():
            query = "INSERT INTO keys (subject, live, wrapped, mark) VALUES (?, 1, ?, ?)"
            connection.execute(query, (*entry, row_mark(*entry)))
        case SubjectLink(subject, case_id):
            query = "INSERT INTO subject_cases SELECT ?, case_no, ? FROM cases WHERE case_id = ?"
            if not connection.execute(query, (subject, row_mark(subject, case_id), case_id)).rowcount:
                raise KeyError(case_id)
        case Hold():
            connection.execute("INSERT INTO holds VALUES (?, ?, ?, ?)", (*entry, hold_mark(entry)))
        case Erasure(subject):
            query = "SELECT 1 FROM keys WHERE subject = ? AND live"
            if values(connection, subject) or connection.execute(query, (subject,)).fetchone():
                raise ValueError(f"data are there of {subject}, who was erased")
            _add_erasure(connection, entry)
        case Access():
            _add_accesses(connection, [entry])
        case _:
            return False
    return True


def hold_mark(given: Hold) -> bytes:
    """Checksum of a hold."""
    return row_mark(given.subject, given.basis, "" if given.until_us is None else given.until_us)


def _add_keys(connection: sqlite3.Connection, keys: Iterable[SubjectKey]) -> None:
    query = "INSERT OR IGNORE INTO keys (subject, live, wrapped, mark) VALUES (?, 1, ?, ?)"
    connection.executemany(query, ((*key, row_mark(*key)) for key in keys))


def _add_erasure(connection: sqlite3.Connection, erasure: Erasure) -> None:
    query = f"INSERT INTO erasures ({_ERASURE}, mark) VALUES (?, ?, ?, ?, ?, ?, ?)"
    connection.execute(query, (*erasure, row_mark(*erasure)))


def _add_accesses(connection: sqlite3.Connection, accesses: Iterable[Access]) -> None:
    query = f"INSERT INTO accesses ({_ACCESS}, mark) VALUES (?, ?, ?, ?, ?, ?, ?)"
    connection.executemany(query, ((*access, row_mark(*access)) for access in accesses))


def _destroy(
    connection: sqlite3.Connection, subject: str, command_id: str, basis: str, now_us: int
) -> Erasure:
    # One row a statement: SQLite keeps the old pages of a statement that changes several, in case it fails.
    query = "SELECT no FROM personal WHERE subject = ? AND live"
    going = connection.execute(query, (subject,)).fetchall()
    _overwrite(connection, "personal", "sealed", going)
    query = "SELECT no FROM keys WHERE subject = ? AND live"
    keys = connection.execute(query, (subject,)).fetchall()
    _overwrite(connection, "keys", "wrapped", keys)
    query = "DELETE FROM snapshots WHERE case_id = ?"
    connection.executemany(query, [(case_id,) for case_id in cases(connection, subject)])
    erasure = Erasure(subject, command_id, basis, now_us, len(going), len(keys))
    _add_erasure(connection, erasure)
    return erasure


def _overwrite(
    connection: sqlite3.Connection, table: str, column: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    query = f"UPDATE {table} SET live = 0, {column} = zeroblob(length({column})), mark = ? WHERE no = ?"
    connection.executemany(query, [(_ZEROS, *row) for row in rows])
