"""A case under way in a replay: as its events have made it, and where the office stands with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gov_core.cases.codec import decode
from gov_core.cases.events import ClockFired
from gov_core.cases.evolve import evolve
from gov_core.storage.protocol import NEW, Head

if TYPE_CHECKING:
    from datetime import datetime

    from gov_core.cases.case import Case
    from gov_core.cases.events import CaseEvent
    from gov_core.replay.office import Planned
    from gov_core.storage.protocol import CaseStore


@dataclass(slots=True)
class Life:
    """A case and what is next.

    Attributes:
        case: As it stands.
        head: Where it stands in the store.
        step: How many events other than those of clocks have made it.
        since: When the last of them was.
        planned: What the office does next; None if nothing.
        deaf: Whether its clocks are passed over: its procedure does not take what they tell.
    """

    case: Case
    head: Head
    step: int
    since: datetime
    planned: Planned | None = None
    deaf: bool = False

    @classmethod
    def load(cls, store: CaseStore, case_id: str) -> Life:
        """A case as it is in the store, in the middle of a replay as well as before it."""
        case: Case | None = None
        step, since, head = 0, None, NEW
        for recorded in store.read_case(case_id):
            envelope = recorded.envelope
            event = decode(envelope.type, envelope.schema, envelope.data)
            case = evolve(case, event)
            head = Head(recorded.version, envelope.hash)
            if not isinstance(event, ClockFired):
                step, since = step + 1, event.at
        if case is None or since is None:
            raise ValueError(f"the store lists {case_id}, and has no events of it")
        return cls(case, head, step, since)

    def take(self, case: Case, head: Head, event: CaseEvent) -> None:
        """Go on with an event."""
        self.case, self.head = case, head
        if not isinstance(event, ClockFired):
            self.step, self.since = self.step + 1, event.at

    def fires(self) -> tuple[datetime, str, str] | None:
        """The next clock that tells something: when, its kind and scope; a rest that ends has no kind."""
        if self.deaf:
            return None
        clocks = [
            (at, clock.kind, clock.scope) for clock in self.case.clocks if (at := clock.fires_at) is not None
        ]
        if self.case.waiting is not None and self.case.state == "waiting":
            clocks.append((self.case.waiting.until, "", ""))
        return min(clocks, default=None)
