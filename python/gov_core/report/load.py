"""Events by area, in classes of load: what both maps and their legends show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gov_core.privacy.small_cells import without_small

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.city import City

# Light to dark (ColorBrewer OrRd, seven classes); readable with any colour vision and in print.
COLOURS = ("#fef0d9", "#fdd49e", "#fdbb84", "#fc8d59", "#ef6548", "#d7301f", "#990000")
NO_EVENTS = "#eceae6"
HIDDEN = "#d3cfc7"
"""Of an area whose count is not shown."""
# Share of areas below each class but the first.
_BELOW = (0.2, 0.4, 0.6, 0.78, 0.9, 0.97)


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of load: class i holds counts from ``starts[i]`` up to the next start.

    Attributes:
        starts: Least count of each class, ascending; the first is 1. None of them has no events.
    """

    starts: tuple[int, ...]

    @classmethod
    def fit(cls, counts: Sequence[int]) -> Scale:
        """Choose round classes; the darker, the fewer areas they hold, so that hot spots stand out."""
        seen = sorted(count for count in counts if count)
        if not seen:
            return cls((1,))
        marks = np.quantile(seen, _BELOW)
        starts = sorted({1, *(_round(mark) for mark in marks)})
        return cls(tuple(start for start in starts if start <= seen[-1]))

    @property
    def colours(self) -> tuple[str, ...]:
        """One colour a class, over the whole range from light to dark."""
        picks = np.linspace(0, len(COLOURS) - 1, len(self.starts)) if len(self.starts) > 1 else [3]
        return tuple(COLOURS[round(pick)] for pick in picks)

    def colour(self, count: int) -> str:
        """Return the colour of an area with so many events."""
        at = int(np.searchsorted(self.starts, count, side="right"))
        return self.colours[at - 1] if at else NO_EVENTS

    @property
    def labels(self) -> tuple[str, ...]:
        """What the legend says to each class: ``200 - 499``."""
        ends = [f" - {start - 1:,}" for start in self.starts[1:]]
        return tuple(f"{a:,}{b}" for a, b in zip(self.starts, [*ends, " +"], strict=True))


def _round(value: float) -> int:
    """Round to one of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten, at least 1."""
    power = 10.0 ** np.floor(np.log10(max(value, 1)))
    steps = np.array([1, 1.5, 2, 3, 4, 5, 6, 8, 10])
    return max(1, round(float(steps[np.abs(steps - value / power).argmin()] * power)))


def shown_loads(
    city: City, statuses: Mapping[str, Mapping[str, int]], areas: Sequence[str], smallest: int
) -> dict[str, int | None]:
    """Events of each area; None where that is small, or would give a small one of its street away.

    Args:
        city: Its hierarchy.
        statuses: Events of each area by status.
        areas: Ids of all areas.
        smallest: The smallest count that is shown.
    """
    streets: dict[str, dict[str, int]] = {}
    for area in areas:
        streets.setdefault(city.path(area)[0], {})[area] = sum(statuses.get(area, {}).values())
    told = {area: n for loads in streets.values() for area, n in without_small(loads, smallest).items()}
    return {area: told[area] for area in areas}


def roll_up(city: City, places: Mapping[tuple[str, str], int], level: str) -> dict[str, dict[str, int]]:
    """Sum counts by place and status over the areas of a level.

    Args:
        city: Its hierarchy.
        places: Events by place id and status; places above the level are left out.
        level: One of the city's levels.

    Returns:
        For each area with events: events by status.
    """
    depth = city.levels.index(level)
    areas: dict[str, dict[str, int]] = {}
    for (place, status), count in places.items():
        path = city.path(place)
        if len(path) > depth:
            statuses = areas.setdefault(path[depth], {})
            statuses[status] = statuses.get(status, 0) + count
    return areas
