"""What a store in memory keeps about subjects: sealed values, wrapped keys, holds, receipts, accesses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gov_core.errors import ErasedError
    from gov_core.storage.personal import RetentionPolicy


class Lapse(NamedTuple):
    """What retention asks of a case.

    Attributes:
        closed: Whether its row says that no work is left.
        recorded_us: When its last event was recorded.
    """

    closed: bool
    recorded_us: int


class Subjects:
    """Personal data by subject. What is passed in has been checked.

    Args:
        arrival: Gives the number of a case, growing as the store got to know them.
    """

    def __init__(self, arrival: Callable[[str], int]) -> None:
        self._arrival = arrival
        self._values: dict[bytes, Personal] = {}
        self._keys: dict[str, bytes] = {}
        self._cases: dict[str, set[str]] = {}
        self._holds: dict[tuple[str, str], Hold] = {}
        self._erasures: dict[str, Erasure] = {}
        self._commands: dict[str, Erasure] = {}
        self._accesses: list[Access] = []

    def refusal(self, values: Iterable[Personal]) -> ErasedError | None:
        """Why values cannot be kept; None if they can."""
        gone = next((each.subject for each in values if each.subject in self._erasures), None)
        return None if gone is None else erased(gone)

    def keep(self, case_id: str, values: Sequence[Personal], subjects: Iterable[str]) -> None:
        """Keep values, and that a case knows of their subjects and of others."""
        for value in values:
            self._values.setdefault(value.commitment, value)
        for subject in (*(value.subject for value in values), *subjects):
            self._cases.setdefault(subject, set()).add(case_id)

    def value(self, commitment: bytes) -> Personal | None:
        """A value by its commitment."""
        return self._values.get(commitment)

    def values(self, subject: str) -> tuple[Personal, ...]:
        """All values about a subject, as they came in."""
        return tuple(value for value in self._values.values() if value.subject == subject)

    def cases(self, subject: str) -> tuple[str, ...]:
        """Cases that know of a subject, as the store got to know them."""
        return tuple(sorted(self._cases.get(subject, ()), key=self._arrival))

    def keep_keys(self, keys: Sequence[SubjectKey]) -> tuple[SubjectKey, ...]:
        """Keep keys of subjects that have none; those that are kept now."""
        for key in keys:
            if key.subject in self._erasures:
                raise erased(key.subject)
        return tuple(
            SubjectKey(subject, self._keys.setdefault(subject, wrapped)) for subject, wrapped in keys
        )

    def key(self, subject: str) -> SubjectKey | None:
        """The key of a subject."""
        if subject in self._erasures:
            raise erased(subject)
        wrapped = self._keys.get(subject)
        return None if wrapped is None else SubjectKey(subject, wrapped)

    def rewrap(self, changes: Iterable[tuple[SubjectKey, SubjectKey]]) -> int:
        """Put new keys where the old ones are still there; how many."""
        count = 0
        for old, new in changes:
            if self._keys.get(old.subject) == old.wrapped:
                self._keys[new.subject] = new.wrapped
                count += 1
        return count

    def with_keys(self, after: str, limit: int) -> tuple[str, ...]:
        """Subjects with a key, in order."""
        return tuple(sorted(subject for subject in self._keys if subject > after)[:limit])

    def erase(self, subject: str, command_id: str, basis: str, now_us: int) -> Erasure:
        """Destroy what is kept about a subject."""
        if (done := self._commands.get(command_id)) is not None:
            if (done.subject, done.basis) != (subject, basis):
                raise command_reused(command_id)
            return done
        if (done := self._erasures.get(subject)) is not None:
            return done
        if bases := [hold.basis for hold in self.holds(now_us) if hold.subject == subject]:
            raise held(subject, bases)
        values = self.values(subject)
        for value in values:
            del self._values[value.commitment]
        keys = 0 if self._keys.pop(subject, None) is None else 1
        erasure = Erasure(subject, command_id, basis, now_us, len(values), keys)
        self._erasures[subject] = self._commands[command_id] = erasure
        return erasure

    def erasures(self) -> tuple[Erasure, ...]:
        """All receipts, oldest first."""
        return tuple(self._erasures.values())

    def hold(self, hold: Hold) -> None:
        """Hold a subject."""
        self._holds[hold.subject, hold.basis] = hold

    def release(self, subject: str, basis: str, now_us: int) -> bool:
        """End a hold; whether it ran."""
        hold = self._holds.pop((subject, basis), None)
        return hold is not None and _runs(hold, now_us)

    def holds(self, now_us: int) -> tuple[Hold, ...]:
        """Holds that run, by subject, then basis."""
        return tuple(hold for _, hold in sorted(self._holds.items()) if _runs(hold, now_us))

    def apply(
        self, policy: RetentionPolicy, now_us: int, lapse: Callable[[str], Lapse], *, dry_run: bool
    ) -> RetentionReport:
        """Erase what falls under a policy, or only say what would be."""
        lapsed = [
            subject
            for subject in sorted({*self._keys, *(value.subject for value in self._values.values())})
            if (cases := [lapse(case_id) for case_id in self._cases.get(subject, ())])
            and all(case.closed and case.recorded_us < policy.before_us for case in cases)
        ]
        holding = {hold.subject for hold in self.holds(now_us)}
        gone = tuple(subject for subject in lapsed if subject not in holding)
        values = sum(len(self.values(subject)) for subject in gone)
        if not dry_run:
            for subject in gone:
                self.erase(subject, uuid4().hex, policy.basis, now_us)
        return RetentionReport(gone, tuple(subject for subject in lapsed if subject in holding), values)

    def note(self, accesses: Iterable[Access], now_us: int) -> None:
        """Note accesses."""
        self._accesses += (access._replace(at_us=now_us) for access in accesses)

    def accesses(self, subject: str | None, after: int, limit: int) -> AccessPage:
        """Accesses behind a number."""
        found = [
            (number, access)
            for number, access in enumerate(self._accesses[max(after, 0) :], max(after, 0) + 1)
            if subject in (None, access.subject)
        ]
        shown = found[:limit]
        return AccessPage(
            tuple(access for _, access in shown), shown[-1][0] if shown and len(found) > limit else None
        )

    def entries(
        self,
    ) -> Iterator[Personal | SubjectKey | SubjectLink | Hold | Erasure | Access]:
        """All of it, to be moved."""
        yield from self._values.values()
        for subject, wrapped in sorted(self._keys.items()):
            yield SubjectKey(subject, wrapped)
        for subject in sorted(self._cases):
            for case_id in self.cases(subject):
                yield SubjectLink(subject, case_id)
        for _, hold in sorted(self._holds.items()):
            yield hold
        yield from self._erasures.values()
        yield from self._accesses

    def take(self, entry: Personal | SubjectKey | SubjectLink | Hold | Erasure | Access) -> None:
        """Keep an entry of another store.

        Raises:
            ValueError: It is there already, or of a subject that was erased.
            KeyError: It is of a case that is not there.
        """
        fresh = True
        match entry:
            case Personal(commitment, subject, _):
                fresh = commitment not in self._values and subject not in self._erasures
                self._values[commitment] = entry
            case SubjectKey(subject, wrapped):
                fresh = subject not in self._keys and subject not in self._erasures
                self._keys[subject] = wrapped
            case SubjectLink(subject, case_id):
                self._arrival(case_id)
                fresh = case_id not in self._cases.setdefault(subject, set())
                self._cases[subject].add(case_id)
            case Hold(subject, basis, _):
                fresh = (subject, basis) not in self._holds
                self._holds[subject, basis] = entry
            case Erasure(subject, command_id):
                fresh = subject not in self._erasures and command_id not in self._commands
                fresh = fresh and subject not in self._keys and not self.values(subject)
                self._erasures[subject] = self._commands[command_id] = entry
            case Access():
                self._accesses.append(entry)
        if not fresh:
            raise ValueError(f"{type(entry).__name__} comes twice, or is of a subject that was erased")


def _runs(hold: Hold, now_us: int) -> bool:
    return hold.until_us is None or hold.until_us > now_us
