"""What a store in memory keeps of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.storage.protocol import Head

if TYPE_CHECKING:
    from gov_core.storage.protocol import CaseRow, ClockRow, RecordedEvent, Snapshot


class MemoryCase:
    """A case: its events, what lists know of it, and its snapshots.

    Args:
        arrival: Position of its first event.
    """

    __slots__ = ("arrival", "clocks", "events", "row", "snapshots")

    def __init__(self, arrival: int) -> None:
        self.arrival = arrival
        self.events: list[RecordedEvent] = []
        self.row: CaseRow | None = None
        self.clocks: dict[str, ClockRow] = {}
        self.snapshots: dict[tuple[int, int], Snapshot] = {}

    @property
    def head(self) -> Head:
        """Where it stands; it has an event."""
        last = self.events[-1]
        return Head(last.version, last.envelope.hash)
