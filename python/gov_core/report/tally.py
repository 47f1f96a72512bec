"""Counts of routed events, taken while they stream past."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from arro3.core import Array, DataType, dictionary_dictionary, dictionary_indices

from gov_core.routing.addresses import LocatedCounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from arro3.core import RecordBatch
    from numpy.typing import NDArray

    from gov_core.city import City

ROUTED = "routed"
_COUNTED = ("place", "unit", "matter")


class Tally:
    """How many events went where.

    Args:
        sensitive: Codes of matters whose events stay out of places, units and matters; they count as rows.

    Attributes:
        rows: Events counted.
        statuses: Events by status.
        places: Events by place id and status, for events whose place is known.
        units: Routed events by unit id.
        matters: Routed events by matter code.
        located: How events with addresses were located.
    """

    def __init__(self, sensitive: Collection[str] = ()) -> None:
        self._sensitive = frozenset(sensitive)
        self.rows = 0
        self.statuses: Counter[str] = Counter()
        self.places: Counter[tuple[str, str]] = Counter()
        self.units: Counter[str] = Counter()
        self.matters: Counter[str] = Counter()
        self.located = LocatedCounts()

    @classmethod
    def of(cls, city: City) -> Tally:
        """A tally that leaves out what is sensitive in a city.

        Args:
            city: Of the events.
        """
        return cls(sensitive_matters(city))

    def over(self, batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        """Yield routed batches and count them."""
        for batch in batches:
            self.add(batch)
            yield batch

    def add(self, batch: RecordBatch) -> None:
        """Count the rows of a routed batch: columns `status`, `place`, `unit`, `matter`."""
        self.rows += batch.num_rows
        self.located.add(batch)
        statuses, codes = _coded(batch["status"])
        is_routed = np.array([status == ROUTED for status in statuses], dtype=np.bool_)[codes]
        # A routed event has a place, a unit and a matter, so these columns have no nulls: numpy counts them.
        self.statuses[ROUTED] += int(is_routed.sum())
        if self._sensitive:
            is_open = self._open(batch["matter"])
            is_routed, is_other = is_routed & is_open, ~is_routed & is_open
            self.statuses.update(statuses[code] for code in codes[~is_open] if statuses[code] != ROUTED)
        else:
            is_other = ~is_routed
        routed = batch.take(Array.from_numpy(np.flatnonzero(is_routed)))
        places, units, matters = (_count(routed[name]) for name in _COUNTED)
        self.places.update({(place, ROUTED): count for place, count in places.items()})
        self.units.update(units)
        self.matters.update(matters)
        others = batch.take(Array.from_numpy(np.flatnonzero(is_other)))
        for status, place in zip(others["status"].to_pylist(), others["place"].to_pylist(), strict=True):
            self.statuses[status] += 1
            if place is not None:
                self.places[place, status] += 1
        self.statuses = +self.statuses

    def _open(self, matters: Array) -> NDArray[np.bool_]:
        """Which rows are of no sensitive matter."""
        named = [matter not in self._sensitive for matter in matters.to_pylist()]
        return np.array(named, dtype=np.bool_)


def sensitive_matters(city: City) -> frozenset[str]:
    """Codes of the matters of a city that are sensitive, or lie below one that is.

    Args:
        city: Whose.
    """
    parents = {matter.code: matter.parent for matter in city.matters}
    flagged = {matter.code for matter in city.matters if matter.sensitive}
    found = set()
    for code in parents:
        step: str | None = code
        while step is not None and step not in flagged:
            step = parents[step]
        if step is not None:
            found.add(code)
    return frozenset(found)


def _count(column: Array) -> dict[str, int]:
    values, codes = _coded(column)
    counts = np.bincount(codes, minlength=len(values)).tolist()
    return {value: count for value, count in zip(values, counts, strict=True) if count}


def _coded(column: Array) -> tuple[list[str], NDArray[np.int32]]:
    """Split a column of texts without nulls into its values and the number of each row's value."""
    coded = column.cast(DataType.dictionary(DataType.int32(), DataType.string()))
    values, codes = dictionary_dictionary(coded), dictionary_indices(coded)
    return [str(value) for value in values.to_pylist()], codes.to_numpy()
