"""When a time zone changes its offset, as two arrays, so that many local times are told at once.

The rules, for a clock that is put forward or back (China did so in 1986-1991):

- a local time that comes twice (fold) means its first coming;
- a local time that never comes (gap) means the instant as far after the change as it lies in the gap.

That is what `datetime` does with ``fold=0``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from gov_core.cases._instants import DAY_US, MICROSECOND, from_us

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

_STEP_US = 7 * DAY_US
"""No zone changes its offset twice within a week and back again."""


@dataclass(frozen=True, slots=True)
class Offsets:
    """The offsets of a zone over a range of years.

    Attributes:
        changes: Instants at which the offset changes, ascending, in microseconds of UTC.
        offsets: Local time less UTC, in microseconds; one more than changes: the first holds before them all.
        walls: Local times from which each next offset is the one to read a local time by.
        settled: The offset does not change from this instant on.
    """

    changes: NDArray[np.int64]
    offsets: NDArray[np.int64]
    walls: NDArray[np.int64]
    settled: int

    def to_local(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Local times, as if they were UTC, of instants."""
        return at + self.offsets[np.searchsorted(self.changes, at, side="right")]

    def to_utc(self, local: NDArray[np.int64]) -> NDArray[np.int64]:
        """Instants of local times."""
        return local - self.offsets[np.searchsorted(self.walls, local, side="right")]

    def days_later(self, at: int, days: int) -> int:
        """The instant of the same local time so many days later."""
        if at >= self.settled:
            return at + days * DAY_US
        local = self.to_local(np.array([at])) + days * DAY_US
        return int(self.to_utc(local)[0])


def offsets_of(zone: ZoneInfo, first: int, last: int) -> Offsets:
    """Find every change of offset from `first` to `last`, in microseconds of UTC."""

    def offset(at: int) -> int:
        return (from_us(at).astimezone(zone).utcoffset() or timedelta()) // MICROSECOND

    changes: list[int] = []
    offsets = [offset(first)]
    for at in range(first, last, _STEP_US):
        low, high = at, min(at + _STEP_US, last)
        if offset(high) == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
        changes.append(high)
        offsets.append(offset(high))
    instants, by = np.array(changes, np.int64), np.array(offsets, np.int64)
    return Offsets(instants, by, instants + np.maximum(by[:-1], by[1:]), max(changes, default=first))
