"""Small counts: not shown, and not to be reckoned from what is shown.

A count of one or two would point at somebody. So it is left out; and where a total beside it would give it
away, the next smallest count of the same sum is left out too, as statistics offices do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Name = TypeVar("Name", bound=Hashable)
"""What counts are called by."""


class Sum(NamedTuple, Generic[Name]):
    """Counts that make up another one, as everybody who reads them knows.

    Attributes:
        total: Name of the whole.
        parts: Names of all of its parts, each once.
    """

    total: Name
    parts: tuple[Name, ...]

    @property
    def names(self) -> frozenset[Name]:
        """The whole and its parts."""
        return frozenset((self.total, *self.parts))


def too_small(count: float, smallest: int) -> bool:
    """Whether a count is not to be shown; none at all may be."""
    return 0 < count < smallest


def shown(count: int, smallest: int) -> int | None:
    """A count as it may be shown: None if it is too small."""
    return None if too_small(count, smallest) else count


def left_out(
    counts: Mapping[Name, int],
    sums: Sequence[Sum[Name]],
    *,
    smallest: int,
    untold: Collection[Name] = (),
) -> frozenset[Name]:
    """Names of the counts that must not be shown: the small ones, and with them as many others as it takes.

    Then

    - none of the small ones follows from what is shown, by whatever additions and subtractions, and
    - of each sum that is shown, what is left out comes to so much together that each part of it could be a
      count that would be shown.

    Of each sum the smallest of what is still shown goes first, of equals the first in `counts`; a 0 stays, as
    it hides nothing. What is shown still says between which bounds the others lie.

    Args:
        counts: All counts by name, in an order that is the same each time.
        sums: How they add up.
        smallest: The smallest count that is shown.
        untold: Names of counts that are never shown, but follow from others: 48 of 50 tell of 2.

    Raises:
        ValueError: `smallest` is negative.
    """
    if smallest < 0:
        message = f"smallest is {smallest}, a count is 0 or more"
        raise ValueError(message)
    small = {name for name, count in counts.items() if too_small(count, smallest)}
    rank = {name: (count, at) for at, (name, count) in enumerate(counts.items())}
    hidden = small.difference(untold)
    while small:
        unknown = hidden.union(untold)
        more: set[Name] = set()
        for names in (*_too_few(counts, sums, small, unknown, smallest), *_followed(sums, small, unknown)):
            tellers = _tellers(names, sums, unknown, counts)
            if tellers and tellers.isdisjoint(more):
                more.add(min(tellers, key=rank.__getitem__))
        if not more:
            break
        hidden |= more
    return frozenset(hidden)


def _too_few(
    counts: Mapping[Name, int],
    sums: Sequence[Sum[Name]],
    small: Collection[Name],
    unknown: Collection[Name],
    smallest: int,
) -> list[frozenset[Name]]:
    """The sums of which what is left out, each at least 1, leaves too little for one that would be shown."""
    found = []
    for one in sums:
        missing = [name for name in one.parts if name in unknown]
        if one.total not in unknown and any(name in small for name in missing):
            together = sum(counts[name] for name in missing)
            if together - (len(missing) - 1) < smallest:
                found.append(one.names)
    return found


def _followed(
    sums: Sequence[Sum[Name]], small: Collection[Name], unknown: Collection[Name]
) -> list[frozenset[Name]]:
    """The sums by which a small count follows from others, though it is left out."""
    uses = Counter(name for one in sums for name in (one.total, *one.parts))
    # What stands in one sum alone takes up whatever the rest of it says: nothing else follows from that sum.
    free = {name for name in unknown if uses[name] == 1 and name not in small}
    known = _following([one for one in sums if free.isdisjoint(one.names)], unknown)
    found = []
    for name in (name for name in known if name in small):
        own = [one.names for one in sums if name in one.names]
        found += [names for names in own if all(n in known or n not in unknown for n in names)] or own
    return found


def _tellers(
    names: frozenset[Name], sums: Sequence[Sum[Name]], unknown: Collection[Name], counts: Mapping[Name, int]
) -> set[Name]:
    """What is shown in a sum and is not 0; where that is nothing, in the sums that it hangs together with."""
    while True:
        tellers = {name for name in names if counts[name] and name not in unknown}
        if tellers:
            return tellers
        wider = names.union(*(one.names for one in sums if not one.names.isdisjoint(names)))
        if wider == names:
            return tellers
        names = wider


def _following(sums: Sequence[Sum[Name]], unknown: Collection[Name]) -> dict[Name, None]:
    """Which unknown counts the others determine, in an order that is the same each time: elimination."""
    rows: dict[Name, dict[Name, Fraction]] = {}
    for one in sums:
        row = {name: Fraction(1) for name in one.parts if name in unknown}
        if one.total in unknown:
            row[one.total] = Fraction(-1)
        for name in [name for name in row if name in rows]:
            _add(row, rows[name], -row[name])
        if not row:
            continue
        pivot, factor = next(iter(row.items()))
        row = {name: value / factor for name, value in row.items()}
        for other in rows.values():
            if pivot in other:
                _add(other, row, -other[pivot])
        rows[pivot] = row
    return dict.fromkeys(name for name, row in rows.items() if len(row) == 1)


def _add(row: dict[Name, Fraction], other: Mapping[Name, Fraction], factor: Fraction) -> None:
    """Add a multiple of another row; what comes to nothing is dropped."""
    for name, value in other.items():
        found = row.get(name, Fraction(0)) + factor * value
        if found:
            row[name] = found
        else:
            row.pop(name, None)
