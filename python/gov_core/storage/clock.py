"""The clock of a store, unless it is given another; and how late it was in another store."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gov_core.storage.outbox import OutboxEntry
from gov_core.storage.personal import Access, Erasure

if TYPE_CHECKING:
    from gov_core.storage.protocol import Entry


def now_us() -> int:
    """The time of this machine, in microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def latest_of(entry: Entry) -> int:
    """The latest time that an entry beside the events says to have been; 0 if it says none."""
    match entry:
        case OutboxEntry():
            return max(entry.written_us, entry.settled_us or 0)
        case Erasure():
            return entry.erased_us
        case Access():
            return entry.at_us
    return 0
