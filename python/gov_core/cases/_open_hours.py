"""Working time as one line: windows in which it runs, and how much has run before each of them.

Adding is looking up on that line and back again, so it costs the same for an hour and for a year.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OpenHours:
    """Windows [start, end) in ascending order, in microseconds of UTC.

    Args:
        starts: First instant of each window.
        ends: First instant after each window, at or before the start of the next.
        first: The line begins here; times before it are not on it.
        last: And ends here.
    """

    def __init__(self, starts: NDArray[np.int64], ends: NDArray[np.int64], first: int, last: int) -> None:
        self.first, self.last = first, last
        before = np.concatenate([[0], np.cumsum(ends - starts)])
        self._arrays = (starts, ends, before)
        self._starts, self._ends, self._before = starts.tolist(), ends.tolist(), before.tolist()

    def add(self, at: int, work: int) -> int | None:
        """The earliest instant by which `work` has run since `at`; None if that is not on the line.

        Args:
            at: Microseconds of UTC.
            work: Microseconds of working time; 0 returns `at`.
        """
        if not self.first <= at <= self.last:
            return None
        if work == 0:
            return at
        wanted = self._ran(at) + work
        window = bisect_left(self._before, wanted) - 1
        if window >= len(self._starts):
            return None
        return int(self._starts[window] + wanted - self._before[window])

    def between(self, start: int, end: int) -> int | None:
        """Working microseconds from `start` to `end`, negative if that is earlier; None off the line."""
        if not (self.first <= start <= self.last and self.first <= end <= self.last):
            return None
        return self._ran(end) - self._ran(start)

    def add_batch(self, at: NDArray[np.int64], work: NDArray[np.int64]) -> NDArray[np.int64]:
        """`add` for many rows; the smallest int64 where there is no answer."""
        starts, _, before = self._arrays
        on_line = (at >= self.first) & (at <= self.last)
        wanted = self._ran_batch(at) + work
        window = np.searchsorted(before, wanted, side="left") - 1
        on_line &= window < len(starts)
        window = np.clip(window, 0, len(starts) - 1)
        due = np.where(work == 0, at, starts[window] + wanted - before[window])
        return np.where(on_line, due, np.iinfo(np.int64).min)

    def between_batch(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
        """`between` for many rows; the smallest int64 where there is no answer."""
        on_line = (start >= self.first) & (start <= self.last) & (end >= self.first) & (end <= self.last)
        return np.where(on_line, self._ran_batch(end) - self._ran_batch(start), np.iinfo(np.int64).min)

    def _ran(self, at: int) -> int:
        window = bisect_right(self._starts, at) - 1
        if window < 0:
            return 0
        return int(self._before[window] + min(at, self._ends[window]) - self._starts[window])

    def _ran_batch(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        starts, ends, before = self._arrays
        window = np.searchsorted(starts, at, side="right") - 1
        inside = np.clip(window, 0, None)
        ran = before[inside] + np.minimum(at, ends[inside]) - starts[inside]
        return np.where(window < 0, 0, ran)
