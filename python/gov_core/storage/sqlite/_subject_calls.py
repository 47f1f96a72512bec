"""The calls of the contract about subjects, over a file."""

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
from gov_core.storage.sqlite import _subjects
from gov_core.storage.sqlite._rows import tick, time_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    from gov_core.storage.sqlite._connections import Connections


class SubjectCalls:
    """`PersonalData` of a store in a file."""

    _connections: Connections
    _clock: Callable[[], int]

    def read_personal(self, commitment: bytes, *, deadline_s: float | None = None) -> Personal | None:
        """Personal data by its commitment, sealed; None if there is none, or it was erased."""
        with self._connections.reading(deadline_s) as connection:
            return _subjects.value(connection, commitment)

    def personal_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[Personal, ...]:
        """All that is kept about a subject, sealed, as it came in."""
        with self._connections.reading(deadline_s) as connection:
            return _subjects.values(connection, subject)

    def cases_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[str, ...]:
        """Cases that know of a subject, as the store got to know them; also after an erasure."""
        with self._connections.reading(deadline_s) as connection:
            return _subjects.cases(connection, subject)

    def keep_keys(
        self, keys: Sequence[SubjectKey], *, deadline_s: float | None = None
    ) -> tuple[SubjectKey, ...]:
        """Keep keys of subjects that have none yet; the keys that are kept now, in the order asked."""
        check_keys(keys)
        with self._connections.writing(deadline_s) as connection:
            return _subjects.keep_keys(connection, keys)

    def read_key(self, subject: str, *, deadline_s: float | None = None) -> SubjectKey | None:
        """The wrapped key of a subject; None if it has none."""
        with self._connections.reading(deadline_s) as connection:
            return _subjects.key_of(connection, subject)

    def rewrap_keys(
        self, changes: Sequence[tuple[SubjectKey, SubjectKey]], *, deadline_s: float | None = None
    ) -> int:
        """Put newly wrapped keys in the place of old ones, where the old one is still there; how many."""
        check_rewrapped(changes)
        with self._connections.writing(deadline_s) as connection:
            return _subjects.rewrap(connection, changes)

    def subjects(
        self, *, after: str = "", limit: int = 1000, deadline_s: float | None = None
    ) -> tuple[str, ...]:
        """Subjects with a key, behind an id, in order of their ids by Unicode code point."""
        check_after(after)
        with self._connections.reading(deadline_s) as connection:
            return _subjects.with_keys(connection, after, min(max(limit, 0), 2**62))

    def erase(self, subject: str, *, command_id: str, basis: str, deadline_s: float | None = None) -> Erasure:
        """Destroy a subject's key and values, so that no file, page or log of the store has them any more.

        Raises:
            OutcomeUnknownError: They are destroyed in the file, but somebody reads from the log, which may
                still have them. The same call again, when that reader is through, ends it.
        """
        check_erasure(subject, command_id, basis)
        with self._connections.erasing(deadline_s) as connection:
            now_us = tick(connection, self._clock())
            return _subjects.erase(connection, subject, command_id, basis, now_us)

    def erasures(self, *, deadline_s: float | None = None) -> tuple[Erasure, ...]:
        """All receipts, oldest first."""
        with self._connections.reading(deadline_s) as connection:
            return _subjects.erasures(connection)

    def hold(self, hold: Hold, *, deadline_s: float | None = None) -> None:
        """Hold a subject; the same basis again sets its end anew."""
        check_hold(hold)
        with self._connections.writing(deadline_s) as connection:
            _subjects.hold(connection, hold)

    def release(self, subject: str, basis: str, *, deadline_s: float | None = None) -> bool:
        """End a hold; whether there was one that ran."""
        with self._connections.writing(deadline_s) as connection:
            return _subjects.release(connection, subject, basis, time_of(connection, self._clock()))

    def holds(self, *, deadline_s: float | None = None) -> tuple[Hold, ...]:
        """Holds that run, by subject, then basis."""
        with self._connections.reading(deadline_s) as connection:
            return _subjects.holds(connection, time_of(connection, self._clock()))

    def apply_retention(
        self, policy: RetentionPolicy, *, dry_run: bool, deadline_s: float | None = None
    ) -> RetentionReport:
        """Erase what falls under a policy, or only say what would be.

        Raises:
            OutcomeUnknownError: As from `erase`; then the same call again finds nothing more to erase, but
                empties the log.
        """
        check_retention(policy)
        if dry_run:
            with self._connections.reading(deadline_s) as connection:
                return _subjects.lapsed(connection, policy, time_of(connection, self._clock()))
        with self._connections.erasing(deadline_s) as connection:
            return _subjects.apply(connection, policy, tick(connection, self._clock()))

    def note_accesses(self, accesses: Sequence[Access], *, deadline_s: float | None = None) -> None:
        """Note, durably, that somebody is about to look at personal data; before they do."""
        check_accesses(accesses)
        with self._connections.writing(deadline_s) as connection:
            _subjects.note(connection, accesses, tick(connection, self._clock()))

    def accesses(
        self, subject: str | None = None, *, after: int = 0, limit: int = 100, deadline_s: float | None = None
    ) -> AccessPage:
        """Who looked, about one subject or all; stays after an erasure."""
        with self._connections.reading(deadline_s) as connection:
            return _subjects.accesses(connection, subject, after, limit)
