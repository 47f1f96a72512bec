"""Sets of places as stretches of numbers, so that ten thousand grids are one pair of numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from gov_core.places import Place

Ground = tuple[tuple[int, int], ...]
"""Stretches ``(first, past the last)``, in order, no two of which touch."""

NOWHERE: Ground = ()


class Terrain:
    """Places numbered from the top down, so that all that lies below a place is one stretch.

    The places that tile the city and those below them have numbers; a place above is what lies below it, and
    nothing besides.

    Attributes:
        everywhere: All ground.
    """

    def __init__(self, places: Sequence[Place], partition: str) -> None:
        """Numbers the places.

        Args:
            places: All of a city; parents are among them, in any order.
            partition: The level whose places tile the city.
        """
        below: dict[str | None, list[Place]] = {}
        for place in places:
            below.setdefault(place.parent, []).append(place)
        self._stretch: dict[str, tuple[int, int]] = {}
        self._order: list[str] = []
        todo = [(place, False, False) for place in reversed(below.get(None, []))]
        while todo:
            place, inside, left = todo.pop()
            if left:
                self._stretch[place.id] = (self._stretch[place.id][0], len(self._order))
                continue
            self._stretch[place.id] = (len(self._order), 0)
            numbered = inside or place.level == partition
            if numbered:
                self._order.append(place.id)
            todo.append((place, inside, True))
            todo += [(child, numbered, False) for child in reversed(below.get(place.id, []))]
        self.everywhere: Ground = ((0, len(self._order)),) if self._order else NOWHERE
        self._below = {parent: [place.id for place in children] for parent, children in below.items()}
        self._tiling = {place.id for place in places if place.level == partition}
        self._tiles = sorted(self._stretch[place.id][0] for place in places if place.level == partition)

    def of(self, places: Iterable[str]) -> Ground:
        """The ground of places and all below them."""
        stretches = [self._stretch[place] for place in places]
        return union([(stretch,) for stretch in stretches if stretch[0] < stretch[1]])

    def places(self, ground: Ground) -> tuple[str, ...]:
        """The fewest places, none below those that tile, that make up a ground."""
        found = []
        todo = list(reversed(self._below.get(None, [])))
        while todo and ground:
            place = todo.pop()
            first, end = self._stretch[place]
            start = bisect_right(ground, first, key=lambda stretch: stretch[1])
            within = start < len(ground) and ground[start][0] <= first
            if first < end and within and (end <= ground[start][1] or place in self._tiling):
                found.append(place)
            elif place not in self._tiling and start < len(ground) and ground[start][0] < end:
                todo += reversed(self._below.get(place, []))
        return tuple(found)

    def count(self) -> int:
        """How many places tile the city."""
        return len(self._tiles)

    def without(self, ground: Ground, shown: int = 3) -> tuple[int, tuple[str, ...]]:
        """How many of the places that tile are not on a ground, and the first of them."""
        count, witnesses = 0, list[str]()
        for start, end in minus(self.everywhere, ground):
            first, last = bisect_left(self._tiles, start), bisect_left(self._tiles, end)
            count += last - first
            witnesses += [self._order[number] for number in self._tiles[first : min(last, first + shown)]]
        return count, tuple(witnesses[:shown])

    def tile_on(self, ground: Ground) -> str:
        """The first place that tiles on a ground, or else the first below one; empty if there is none."""
        for start, end in ground:
            at = bisect_left(self._tiles, start)
            if at < len(self._tiles) and self._tiles[at] < end:
                return self._order[self._tiles[at]]
        return self._order[ground[0][0]] if ground else ""


def union(grounds: Iterable[Ground]) -> Ground:
    """What is on any of the grounds."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(stretch for ground in grounds for stretch in ground):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def intersection(first: Ground, second: Ground) -> Ground:
    """What is on both grounds."""
    return tuple(_meetings(first, second))


def meet(first: Ground, second: Ground) -> bool:
    """Whether some place is on both grounds."""
    return next(_meetings(first, second), None) is not None


def meeting(first: Ground, second: Ground) -> Ground:
    """The first stretch that is on both grounds, if there is one."""
    return tuple(islice(_meetings(first, second), 1))


def _meetings(first: Ground, second: Ground) -> Iterator[tuple[int, int]]:
    few, many = (first, second) if len(first) <= len(second) else (second, first)
    for start, end in few:
        at = bisect_right(many, start, key=lambda stretch: stretch[1])
        while at < len(many) and many[at][0] < end:
            yield max(start, many[at][0]), min(end, many[at][1])
            at += 1


def minus(first: Ground, second: Ground) -> Ground:
    """What is on the first ground and not on the second."""
    if not first or not second:
        return first
    edges = [first[0][0], *(edge for stretch in second for edge in stretch), first[-1][1]]
    between = [(start, end) for start, end in list(pairwise(edges))[::2] if start < end]
    return intersection(first, tuple(between))


def overlaps(grounds: Sequence[Ground]) -> list[tuple[int, int]]:
    """Positions of each two grounds that share a place, each pair once, the lower position first."""
    stretches = sorted((start, end, at) for at, ground in enumerate(grounds) for start, end in ground)
    pairs: dict[tuple[int, int], None] = {}
    open_: list[tuple[int, int]] = []
    for start, end, at in stretches:
        open_ = [(until, other) for until, other in open_ if until > start]
        pairs |= dict.fromkeys((min(at, other), max(at, other)) for _, other in open_)
        open_.append((end, at))
    return list(pairs)
