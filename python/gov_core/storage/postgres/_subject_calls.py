"""The calls of the contract about subjects, over a database."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from gov_core.errors import StorageError
from gov_core.storage import lists
from gov_core.storage.accepting import (
    check_accesses,
    check_erasure,
    check_hold,
    check_keys,
    check_retention,
    check_rewrapped,
)
from gov_core.storage.personal import Access, AccessPage, Erasure, Hold, Personal, SubjectKey
from gov_core.storage.postgres import _personal
from gov_core.storage.postgres._personal import hold_mark
from gov_core.storage.postgres._rows import key, number
from gov_core.storage.postgres._turns import Turns
from gov_core.storage.refusals import erased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.storage.personal import RetentionPolicy, RetentionReport


class SubjectCalls(Turns):
    """`PersonalData` of a store in a database."""

    def read_personal(self, commitment: bytes, *, deadline_s: float | None = None) -> Personal | None:
        """Personal data by its commitment, sealed; None if there is none, or it was erased."""
        query = "SELECT commitment, subject, sealed FROM gov.personal WHERE commitment = %s"
        (rows,) = self._connections.read((query, (commitment,)), lock="gov.personal", deadline_s=deadline_s)
        return Personal(*rows[0]) if rows else None

    def personal_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[Personal, ...]:
        """All that is kept about a subject, sealed, as it came in."""
        query = "SELECT commitment, subject, sealed FROM gov.personal WHERE subject = %s ORDER BY number"
        values = (key(subject),)
        (rows,) = self._connections.read((query, values), lock="gov.personal", deadline_s=deadline_s)
        return tuple(Personal(*row) for row in rows)

    def cases_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[str, ...]:
        """Cases that know of a subject, as the store got to know them; also after an erasure."""
        query = "SELECT case_id FROM gov.subject_links WHERE subject = %s ORDER BY case_no"
        (rows,) = self._connections.read((query, (key(subject),)), deadline_s=deadline_s)
        return tuple(case_id for (case_id,) in rows)

    def keep_keys(
        self, keys: Sequence[SubjectKey], *, deadline_s: float | None = None
    ) -> tuple[SubjectKey, ...]:
        """Keep keys of subjects that have none yet; the keys that are kept now, in the order asked."""
        check_keys(keys)
        with self._turn(deadline_s) as (transaction, _):
            return _personal.keep_keys(transaction, keys)

    def read_key(self, subject: str, *, deadline_s: float | None = None) -> SubjectKey | None:
        """The wrapped key of a subject; None if it has none."""
        known = key(subject)
        keys, gone = self._connections.read(
            ("SELECT subject, wrapped FROM gov.subject_keys WHERE subject = %s", (known,)),
            ("SELECT 1 FROM gov.erasures WHERE subject = %s", (known,)),
            lock="gov.subject_keys",
            deadline_s=deadline_s,
        )
        if gone:
            raise erased(subject)
        return SubjectKey(*keys[0]) if keys else None

    def rewrap_keys(
        self, changes: Sequence[tuple[SubjectKey, SubjectKey]], *, deadline_s: float | None = None
    ) -> int:
        """Put newly wrapped keys in the place of old ones, where the old one is still there; how many."""
        check_rewrapped(changes)
        began = monotonic()
        with self._turn(deadline_s) as (transaction, _):
            changed = _personal.rewrap_keys(transaction, changes)
        self._forget(began, deadline_s)
        return changed

    def subjects(
        self, *, after: str = "", limit: int = 1000, deadline_s: float | None = None
    ) -> tuple[str, ...]:
        """Subjects with a key, behind an id, in order of their ids by Unicode code point."""
        query = "SELECT subject FROM gov.subject_keys WHERE subject > %s ORDER BY subject LIMIT %s"
        values = key(after), number(max(limit, 0))
        (rows,) = self._connections.read((query, values), lock="gov.subject_keys", deadline_s=deadline_s)
        return tuple(subject for (subject,) in rows)

    def erase(self, subject: str, *, command_id: str, basis: str, deadline_s: float | None = None) -> Erasure:
        """Destroy a subject's key and values."""
        check_erasure(subject, command_id, basis)
        began = monotonic()
        with self._turn(deadline_s) as (transaction, now_us):
            receipt = _personal.erase(transaction, subject, command_id, basis, now_us)
        if receipt.command_id == command_id:  # also the second time: the first may have ended before this
            self._forget(began, deadline_s)
        return receipt

    def erasures(self, *, deadline_s: float | None = None) -> tuple[Erasure, ...]:
        """All receipts, oldest first."""
        query = f"SELECT {_personal.RECEIPT} FROM gov.erasures ORDER BY number"
        (rows,) = self._connections.read((query, ()), deadline_s=deadline_s)
        return tuple(Erasure(*row) for row in rows)

    def hold(self, hold: Hold, *, deadline_s: float | None = None) -> None:
        """Hold a subject; the same basis again sets its end anew."""
        check_hold(hold)
        with self._turn(deadline_s) as (transaction, _):
            transaction.execute(
                "INSERT INTO gov.holds VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (subject, basis) DO UPDATE SET"
                " (until_us, mark) = (excluded.until_us, excluded.mark)",
                (*hold, hold_mark(hold)),
            )

    def release(self, subject: str, basis: str, *, deadline_s: float | None = None) -> bool:
        """End a hold; whether there was one."""
        query = "DELETE FROM gov.holds WHERE subject = %s AND basis = %s"
        known = key(subject)
        with self._turn(deadline_s) as (transaction, now_us):
            held = _personal.holds(transaction, now_us, known) if known is not None else []
            running = any(each.basis == basis for each in held)
            transaction.execute(query, (known, key(basis)))
        return running

    def holds(self, *, deadline_s: float | None = None) -> tuple[Hold, ...]:
        """Holds that run, by subject, then basis."""
        with self._turn(deadline_s) as (transaction, now_us):
            return tuple(_personal.holds(transaction, now_us))

    def apply_retention(
        self, policy: RetentionPolicy, *, dry_run: bool, deadline_s: float | None = None
    ) -> RetentionReport:
        """Erase what falls under a policy, or only say what would be."""
        check_retention(policy)
        began = monotonic()
        with self._turn(deadline_s) as (transaction, now_us):
            report = _personal.retain(transaction, policy, now_us, dry_run=dry_run)
        if not dry_run:
            self._forget(began, deadline_s)
        return report

    def note_accesses(self, accesses: Sequence[Access], *, deadline_s: float | None = None) -> None:
        """Note, durably, that somebody is about to look at personal data; before they do."""
        check_accesses(accesses)
        with self._turn(deadline_s) as (transaction, now_us):
            _personal.note(transaction, accesses, now_us)

    def accesses(
        self, subject: str | None = None, *, after: int = 0, limit: int = 100, deadline_s: float | None = None
    ) -> AccessPage:
        """Who looked, about one subject or all; stays after an erasure."""
        query = (
            "SELECT number, subject, commitment, case_id, reader, purpose, at_us FROM gov.accesses"
            f" WHERE number > %s {'' if subject is None else 'AND subject = %s'} ORDER BY number LIMIT %s"
        )
        most = min(max(limit, 0), lists.MOST)
        about = () if subject is None else (key(subject),)
        (rows,) = self._connections.read((query, (number(after), *about, most + 1)), deadline_s=deadline_s)
        shown = rows[:most]
        accesses = tuple(Access(*row[1:]) for row in shown)
        return AccessPage(accesses, shown[-1][0] if shown and len(rows) > most else None)

    def _forget(self, began: float, deadline_s: float | None) -> None:
        """Let the server's log go on, so that what was written before an erasure can be taken away.

        As far as time is left and the role may: pg_switch_wal and CHECKPOINT are for members of pg_checkpoint
        and the like.
        """
        for statement in (b"SELECT pg_switch_wal()", b"CHECKPOINT"):
            left_s = None if deadline_s is None else deadline_s - (monotonic() - began)
            with suppress(StorageError), self._connections.bare(left_s) as session:
                session.execute(statement)
