"""A replay: recorded events opened as cases, a generated office over them, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from gov_core.replay.bulletin import CaseBulletin
from gov_core.replay.habits import shipped_habits
from gov_core.replay.office import Office
from gov_core.replay.opening import Opened, open_cases
from gov_core.replay.running import Ran, run_office
from gov_core.replay.tally import CaseTally
from gov_core.storage.protocol import CaseFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch

    from gov_core.casework import Governance
    from gov_core.replay.habits import Habits
    from gov_core.storage.protocol import CaseStore

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Replay:
    """Recorded events as cases that an office works on until the day of the last of them.

    Killed at any moment and run again over the same events and the same store, it goes on where it was, and
    ends with the same digest as one that was never killed.

    Args:
        store: Where the cases are; for this replay alone.
        governance: Of the city that the events were routed by.
        cases: How many cases the office works on, spread evenly over all that are opened.
        seed: Of the office; the same seed does the same.
        habits: How the office works; those that come with gov_core if None.

    Attributes:
        opened: What became of the events.
        ran: How far the office is.
    """

    def __init__(
        self,
        store: CaseStore,
        governance: Governance,
        *,
        cases: int = 20_000,
        seed: int = 1,
        habits: Habits | None = None,
    ) -> None:
        self._store, self._governance = store, governance
        self._cases, self._seed = cases, seed
        self._habits = habits or shipped_habits()
        self.opened, self.ran = Opened(), Ran()
        self._tally = CaseTally(_EPOCH, governance.procedures)

    def open(self, batches: Iterable[RecordBatch]) -> Iterator[Opened]:
        """Open the cases; see `gov_core.replay.open_cases`.

        Args:
            batches: All events, routed.

        Yields:
            The counts after each transaction.

        Raises:
            StorageError: The store took none of a batch.
        """
        for opened in open_cases(self._store, self._governance, batches):
            self.opened = opened
            yield opened

    def work(self) -> Iterator[Ran]:
        """Let the office work until the last event; after `open` has ended.

        Yields:
            The counts after each transaction.

        Raises:
            StorageError: Somebody else works on these cases.
        """
        until = _EPOCH + timedelta(microseconds=self.opened.latest_us)
        self._tally = CaseTally(until, self._governance.procedures)
        office = Office(self._governance, self._habits, self._seed)
        for ran in run_office(self._store, office, self._tally, cases=self._cases, until=until):
            self.ran = ran
            yield ran

    def bulletin(self) -> CaseBulletin:
        """What came of it, with all of its counts, after `work` has ended; see `CaseBulletin.published`."""
        digests = self.opened.digest, self._tally.digest
        digest = sha256(b"".join(digest.to_bytes(32) for digest in digests)).hexdigest()
        shown, everything = (self._store.count_cases(CaseFilter(sensitive=of)) for of in (False, None))
        return CaseBulletin.of(
            self._governance, self.opened, shown, self._tally, digest, sensitive=everything - shown
        )
