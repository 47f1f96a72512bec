"""The calls of the contract about personal data, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.storage.accepting import (
    check_accesses,
    check_after,
    check_erasure,
    check_hold,
    check_keys,
    check_retention,
    check_rewrapped,
)
from gov_core.storage.memory._subjects import Lapse
from gov_core.storage.memory._turns import Turns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.storage.memory._case import MemoryCase
    from gov_core.storage.memory._subjects import Subjects
    from gov_core.storage.personal import (
        Access,
        AccessPage,
        Erasure,
        Hold,
        Personal,
        RetentionPolicy,
        RetentionReport,
        SubjectKey,
    )


class SubjectCalls(Turns):
    """`PersonalData` of a store in memory."""

    _cases: dict[str, MemoryCase]
    _subjects: Subjects

    def read_personal(self, commitment: bytes, *, deadline_s: float | None = None) -> Personal | None:
        """Personal data by its commitment, sealed; None if there is none, or it was erased."""
        with self._use(deadline_s):
            return self._subjects.value(commitment)

    def personal_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[Personal, ...]:
        """All that is kept about a subject, sealed, as it came in."""
        with self._use(deadline_s):
            return self._subjects.values(subject)

    def cases_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[str, ...]:
        """Cases that know of a subject, as the store got to know them; also after an erasure."""
        with self._use(deadline_s):
            return self._subjects.cases(subject)

    def keep_keys(
        self, keys: Sequence[SubjectKey], *, deadline_s: float | None = None
    ) -> tuple[SubjectKey, ...]:
        """Keep keys of subjects that have none yet; the keys that are kept now, in the order asked."""
        check_keys(keys)
        with self._use(deadline_s):
            return self._subjects.keep_keys(keys)

    def read_key(self, subject: str, *, deadline_s: float | None = None) -> SubjectKey | None:
        """The wrapped key of a subject; None if it has none."""
        with self._use(deadline_s):
            return self._subjects.key(subject)

    def rewrap_keys(
        self, changes: Sequence[tuple[SubjectKey, SubjectKey]], *, deadline_s: float | None = None
    ) -> int:
        """Put newly wrapped keys in the place of old ones, where the old one is still there; how many."""
        check_rewrapped(changes)
        with self._use(deadline_s):
            return self._subjects.rewrap(changes)

    def subjects(
        self, *, after: str = "", limit: int = 1000, deadline_s: float | None = None
    ) -> tuple[str, ...]:
        """Subjects with a key, behind an id, in order of their ids by Unicode code point."""
        check_after(after)
        with self._use(deadline_s):
            return self._subjects.with_keys(after, max(limit, 0))

    def erase(self, subject: str, *, command_id: str, basis: str, deadline_s: float | None = None) -> Erasure:
        """Destroy a subject's key and values, and the snapshots of its cases."""
        check_erasure(subject, command_id, basis)
        with self._use(deadline_s):
            erasure = self._subjects.erase(subject, command_id, basis, self._now_us())
            for case_id in self._subjects.cases(subject):
                self._cases[case_id].snapshots.clear()
            self._tick()
            return erasure

    def erasures(self, *, deadline_s: float | None = None) -> tuple[Erasure, ...]:
        """All receipts, oldest first."""
        with self._use(deadline_s):
            return self._subjects.erasures()

    def hold(self, hold: Hold, *, deadline_s: float | None = None) -> None:
        """Hold a subject; the same basis again sets its end anew."""
        check_hold(hold)
        with self._use(deadline_s):
            self._subjects.hold(hold)

    def release(self, subject: str, basis: str, *, deadline_s: float | None = None) -> bool:
        """End a hold; whether there was one that ran."""
        with self._use(deadline_s):
            return self._subjects.release(subject, basis, self._now_us())

    def holds(self, *, deadline_s: float | None = None) -> tuple[Hold, ...]:
        """Holds that run, by subject, then basis."""
        with self._use(deadline_s):
            return self._subjects.holds(self._now_us())

    def apply_retention(
        self, policy: RetentionPolicy, *, dry_run: bool, deadline_s: float | None = None
    ) -> RetentionReport:
        """Erase what falls under a policy, or only say what would be."""
        check_retention(policy)
        with self._use(deadline_s):
            report = self._subjects.apply(policy, self._now_us(), self._lapse, dry_run=dry_run)
            if not dry_run:
                self._tick()
            for subject in () if dry_run else report.erased:
                for case_id in self._subjects.cases(subject):
                    self._cases[case_id].snapshots.clear()
            return report

    def _lapse(self, case_id: str) -> Lapse:
        case = self._cases[case_id]
        return Lapse(case.row is not None and not case.row.open, case.events[-1].recorded_us)

    def note_accesses(self, accesses: Sequence[Access], *, deadline_s: float | None = None) -> None:
        """Note that somebody is about to look at personal data; before they do."""
        check_accesses(accesses)
        with self._use(deadline_s):
            self._subjects.note(accesses, self._tick())

    def accesses(
        self, subject: str | None = None, *, after: int = 0, limit: int = 100, deadline_s: float | None = None
    ) -> AccessPage:
        """Who looked, about one subject or all; stays after an erasure."""
        with self._use(deadline_s):
            return self._subjects.accesses(subject, after, max(limit, 0))
