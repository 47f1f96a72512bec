"""When generated events are reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

_UTC_OFFSET_H = 8  # China has one time zone
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Moments:
    """How many events each hour of a span of days has.

    Attributes:
        start: The first day, by the clock of China.
        ends: Number of events before each hour, and of all, ``(24 * days + 1,)``.
    """

    start: date
    ends: NDArray[np.int64]

    @classmethod
    def spread(cls, rng: np.random.Generator, count: int, days: int, start: date) -> Moments:
        """Spread events over days: peaks at ten and at four, fewer at weekends, more in spring."""
        hour, day = np.arange(24), np.arange(days)
        morning, afternoon = np.exp(-(((hour - 9.5) / 2.2) ** 2)), np.exp(-(((hour - 15.5) / 2.8) ** 2))
        weekend = ((day + start.weekday()) % 7 >= 5)[:, None]
        profile = np.where(weekend, 0.15 + 0.5 * (morning + afternoon), 0.1 + morning + 0.9 * afternoon)
        season = 1 + 0.3 * np.sin(day / 365 * 2 * np.pi) + rng.gamma(1, 0.2, days)
        shares = (profile * season[:, None]).ravel()
        counts = rng.multinomial(count, shares / shares.sum())
        return cls(start, np.concatenate([[0], np.cumsum(counts)]))

    def draw(
        self, rng: np.random.Generator, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return when the events with these numbers are reported, and their ids.

        Args:
            rng: Places the events within their hours.
            rows: Numbers of events, ascending from 0.

        Returns:
            Milliseconds since 1970 UTC, ascending; ids of 15 digits: year, month, day, number within the day.
        """
        hour = np.searchsorted(self.ends, rows, side="right") - 1
        in_hour = self.ends[hour + 1] - self.ends[hour]
        # The i-th of k events of an hour falls into the i-th k-th part of it: in order without a sort.
        part = (rows - self.ends[hour] + rng.random(len(rows))) / in_hour
        day = np.datetime64(self.start, "D") + hour // 24
        since_1970 = day.astype(np.int64) * 24 + hour % 24 - _UTC_OFFSET_H
        moment = since_1970 * _HOUR_MS + (part * _HOUR_MS).astype(np.int64)
        months = day.astype("datetime64[M]")
        year, month = months.astype(np.int64) // 12 + 1970, months.astype(np.int64) % 12 + 1
        day_of_month = (day - months).astype(np.int64) + 1
        serial = rows - self.ends[hour // 24 * 24] + 1
        return moment, ((year * 100 + month) * 100 + day_of_month) * 10_000_000 + serial
