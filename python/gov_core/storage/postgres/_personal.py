"""Personal data in the database: kept sealed, and forgotten so that nothing of it is left in its tables.

A row that is deleted stays in its page until another is put there, and VACUUM does not overwrite it either.
So the table that had it is made anew with all that stays, which is why there are many small ones (`_purge`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from gov_core.storage.marks import row_mark
from gov_core.storage.personal import Erasure, Hold, RetentionReport, SubjectKey
from gov_core.storage.refusals import command_reused, erased, held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.storage.personal import Access, RetentionPolicy
    from gov_core.storage.postgres._connections import Transaction

RECEIPT: Final = "subject, command_id, basis, erased_us, values, keys"
_PARTS: Final = ("personal", "subject_keys")
REWRITTEN: Final = ", ".join(f"gov.{table}" for table in _PARTS)
"""What an erasure writes anew. Who reads it locks it first: a snapshot from before sees nothing there."""


def keep_keys(transaction: Transaction, keys: Sequence[SubjectKey]) -> tuple[SubjectKey, ...]:
    """Keep keys of subjects that have none yet; those that are kept now."""
    subjects = [key.subject for key in keys]
    query = "SELECT subject FROM gov.erasures WHERE subject = ANY(%s) ORDER BY subject"
    if gone := transaction.execute(query, (subjects,)).fetchone():
        raise erased(*gone)
    query = "SELECT subject, wrapped FROM gov.subject_keys WHERE subject = ANY(%s)"
    kept: dict[str, bytes] = dict(transaction.execute(query, (subjects,)).fetchall())
    for subject, wrapped in keys:
        if subject not in kept:
            kept[subject] = wrapped
            transaction.execute(
                "INSERT INTO gov.subject_keys (subject, wrapped, mark) VALUES (%s, %s, %s)",
                (subject, wrapped, row_mark(subject, wrapped)),
            )
    return tuple(SubjectKey(subject, kept[subject]) for subject in subjects)


def rewrap_keys(transaction: Transaction, changes: Sequence[tuple[SubjectKey, SubjectKey]]) -> int:
    """Put newly wrapped keys in the place of old ones, where the old one is still there; how many."""
    count = 0
    changed = set()
    for old, new in changes:
        done = transaction.execute(
            "UPDATE gov.subject_keys SET wrapped = %s, mark = %s WHERE subject = %s AND wrapped = %s",
            (new.wrapped, row_mark(*new), old.subject, old.wrapped),
        ).rowcount
        if done:
            count += 1
            changed.add(old.subject)
    if changed:
        _purge(transaction, "subject_keys", [*changed], gone=[])  # what the old keys were lies there still
    return count


def erase(transaction: Transaction, subject: str, command_id: str, basis: str, now_us: int) -> Erasure:
    """Destroy the key and the values of a subject; the receipt, which may be of an erasure before."""
    query = f"SELECT {RECEIPT} FROM gov.erasures WHERE command_id = %s OR subject = %s"
    known = [Erasure(*row) for row in transaction.execute(query, (command_id, subject))]
    for receipt in known:
        if receipt.command_id == command_id and (receipt.subject, receipt.basis) != (subject, basis):
            raise command_reused(command_id)
    if known:
        return known[0]
    if bases := [each.basis for each in holds(transaction, now_us, subject)]:
        raise held(subject, bases)
    return _erased(transaction, {subject: command_id}, basis, now_us)[0]


def holds(transaction: Transaction, now_us: int, subject: str | None = None) -> list[Hold]:
    """Holds that run at a time."""
    query = (
        "SELECT subject, basis, until_us FROM gov.holds WHERE (until_us IS NULL OR until_us > %s)"
        " AND (%s::text IS NULL OR subject = %s) ORDER BY subject, basis"
    )
    return [Hold(*row) for row in transaction.execute(query, (now_us, subject, subject))]


def retain(
    transaction: Transaction, policy: RetentionPolicy, now_us: int, *, dry_run: bool
) -> RetentionReport:
    """Erase what falls under a policy, or only say what would be."""
    query = """
        SELECT s.subject FROM (
            SELECT subject FROM gov.subject_keys UNION SELECT subject FROM gov.personal
        ) s
        WHERE EXISTS (SELECT FROM gov.subject_links l WHERE l.subject = s.subject)
        AND NOT EXISTS (
            SELECT FROM gov.subject_links l JOIN gov.cases c ON c.case_no = l.case_no
            JOIN gov.commands m ON m.case_no = c.case_no AND m.last = c.last
            WHERE l.subject = s.subject AND (c.open IS DISTINCT FROM false OR m.recorded_us >= %s)
        )
        ORDER BY s.subject
    """
    found = [subject for (subject,) in transaction.execute(query, (policy.before_us,))]
    kept = {hold.subject for hold in holds(transaction, now_us)}
    going = [subject for subject in found if subject not in kept]
    staying = tuple(subject for subject in found if subject in kept)
    if not going:
        return RetentionReport((), staying, 0)
    query = "SELECT count(*) FROM gov.personal WHERE subject = ANY(%s)"
    (values,) = transaction.one(query, (going,))
    if not dry_run:
        _erased(transaction, {subject: uuid4().hex for subject in going}, policy.basis, now_us)
    return RetentionReport(tuple(going), staying, values)


def note(transaction: Transaction, accesses: Sequence[Access], now_us: int) -> None:
    """Note accesses."""
    for access in accesses:
        values = access._replace(at_us=now_us)
        transaction.execute(
            "INSERT INTO gov.accesses (subject, commitment, case_id, reader, purpose, at_us, mark)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (*values, row_mark(*values)),
        )


def hold_mark(given: Hold) -> bytes:
    """Checksum of a hold."""
    return row_mark(given.subject, given.basis, "" if given.until_us is None else given.until_us)


def _erased(transaction: Transaction, commands: dict[str, str], basis: str, now_us: int) -> list[Erasure]:
    subjects = [*commands]
    counts: list[dict[str, int]] = []
    for table in _PARTS:
        query = f"SELECT subject, count(*) FROM gov.{table} WHERE subject = ANY(%s) GROUP BY subject"
        counts.append(dict(transaction.execute(query, (subjects,)).fetchall()))
        _purge(transaction, table, subjects, gone=subjects)
    transaction.execute("TRUNCATE gov.snapshots")  # a cache of what cases were: all of it, so nothing lingers
    values, keys = counts
    receipts = []
    for subject, command_id in commands.items():
        receipt = Erasure(subject, command_id, basis, now_us, values.get(subject, 0), keys.get(subject, 0))
        transaction.execute(
            f"INSERT INTO gov.erasures ({RECEIPT}, mark) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (*receipt, row_mark(*receipt)),
        )
        receipts.append(receipt)
    return receipts


def _purge(transaction: Transaction, table: str, subjects: Sequence[str], *, gone: Sequence[str]) -> None:
    """Write the parts of a table that have some subjects anew, without those that are to go."""
    query = f"SELECT DISTINCT tableoid::regclass::text FROM gov.{table} WHERE subject = ANY(%s)"
    for (part,) in transaction.execute(query, ([*subjects],)).fetchall():
        # Nobody may look into it meanwhile; TRUNCATE gives it new files, and the old ones go with the commit.
        transaction.execute(f"LOCK TABLE {part} IN ACCESS EXCLUSIVE MODE")
        transaction.execute(
            f"CREATE TEMPORARY TABLE gov_core_kept ON COMMIT DROP AS SELECT * FROM {part}"
            " WHERE subject <> ALL(%s)",
            ([*gone],),
        )
        transaction.execute(f"TRUNCATE {part}")
        transaction.execute(f"INSERT INTO {part} SELECT * FROM pg_temp.gov_core_kept")
        transaction.execute("DROP TABLE pg_temp.gov_core_kept")
