"""The ground of a preset: places as far as they are known, the rest numbered, all of it drawn.

No package ships streets, communities or grids as polygons, so outlines are generated: seeded, an exact
partition, and of no real place. A place that was made up says ``generated`` as its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gov_core.city import Place
from gov_core.generate.hierarchy import grow_regions, join_neighbours, mean_centres
from gov_core.generate.partition import METRES_PER_DEGREE, partition
from gov_core.places import reading_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

GENERATED = "generated"
_ATOMS_A_GRID = 7
_DETAIL = 0.4
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Ground:
    """Places with the outlines of the level that tiles the city.

    Attributes:
        places: Of all levels, parents first.
        outlines: Place id to polygon as WKB, for the places that tile the city.
        neighbours: Pairs of those that share a border, each once.
        groups: Name to groups of places that one body serves, each by what it is called; see `joined`.
    """

    places: tuple[Place, ...]
    outlines: Mapping[str, bytes] = field(repr=False)
    neighbours: tuple[tuple[str, str], ...] = field(repr=False)
    groups: Mapping[str, Mapping[str, tuple[Place, ...]]] = field(default_factory=dict)

    def of_level(self, level: str, kind: str = "") -> tuple[Place, ...]:
        """The places of a level, of one kind if one is named."""
        return tuple(place for place in self.places if place.level == level and kind in {"", place.kind})

    def joined(self, level: str, groups: int, seed: int = 1) -> dict[str, tuple[Place, ...]]:
        """Joins the places of a level into groups that hang together, of about the same size.

        Args:
            level: Which places.
            groups: How many groups, at most one a place.
            seed: The same seed gives the same groups.

        Returns:
            Places of each group, which is called ``片区 1`` and so on.
        """
        import shapely

        places = self.of_level(level)
        above = _above(self.places, level)
        grids = list(self.outlines)
        index = {place.id: at for at, place in enumerate(places)}
        slot = {grid: at for at, grid in enumerate(grids)}
        region = np.array([index[above[grid]] for grid in grids])
        pairs = np.array([(slot[a], slot[b]) for a, b in self.neighbours], dtype=np.int64).reshape(-1, 2)
        drawn = np.array(shapely.from_wkb(list(self.outlines.values())))
        centres = mean_centres(_centres(drawn), region, len(places))
        rng = np.random.default_rng([seed, 2])
        group = grow_regions(rng, centres, join_neighbours(pairs, region), groups)
        return {
            f"片区 {at + 1}": tuple(
                place for place, own in zip(places, group.tolist(), strict=True) if own == at
            )
            for at in range(groups)
        }


def below(parents: Sequence[Place], level: str, total: int, name: str, sign: str) -> list[Place]:
    """Makes places one level down, spread evenly over their parents: no parent has two more than another.

    Args:
        parents: Places of the level above; none at the top, then the new places have no parent.
        level: Of the new places.
        total: How many, all together.
        name: What they are called: ``网格`` gives ``网格 1-3-2``.
        sign: Letter of their ids: ``G`` gives ``S1-C03-G2``; if empty, three digits follow the parent's code,
            which makes a grid code of 15 digits.
    """
    above: Sequence[Place | None] = parents or (None,)
    share, more = divmod(total, len(above))
    width = 3 if not sign else len(str(share + (more > 0)))
    made = []
    for at, parent in enumerate(above):
        for number in range(1, share + (at < more) + 1):
            tail = f"{sign}{number:0{width}d}"
            own = tail if parent is None else f"{parent.id}-{tail}" if sign else f"{parent.id}{tail}"
            code = "" if sign else own
            title = f"{name} {_numbers(parent, number)}"
            made.append(
                Place(own, title, level, None if parent is None else parent.id, code, source=GENERATED)
            )
    return made


def _numbers(parent: Place | None, number: int) -> str:
    if parent is None:
        return str(number)
    if parent.source != GENERATED:
        return f"{parent.name} {number}"
    return f"{parent.name.rpartition(' ')[2]}-{number}"


def draw(places: Sequence[Place], level: str, seed: int, centre: tuple[float, float], km2: float) -> Ground:
    """Draws the places of a level so that each place above them hangs together.

    The ground is divided from the top down into atoms of a generated partition: first among the top places,
    then each of those among its own, so every place is one piece and has as many below it as was asked.
    Siblings are laid out in the order of `places`: from west to east, and those of `level` as a page is read.

    Args:
        places: Of all levels, parents first; those below `level` get no outline.
        level: The one that tiles the city.
        seed: The same seed gives the same outlines.
        centre: Longitude and latitude of the middle, degrees.
        km2: Area of the whole.
    """
    children: dict[str | None, list[Place]] = {}
    for place in places:
        children.setdefault(place.parent, []).append(place)
    grids = [place for place in places if place.level == level]
    atoms = max(4, len(grids) * _ATOMS_A_GRID)
    while True:
        parts = partition(atoms, seed, centre=centre, detail=_DETAIL)
        polygons = parts.polygons()
        rng = np.random.default_rng([seed, 1])
        land = _Land(_centres(polygons), parts.neighbours)
        owner = np.full(len(parts), -1)
        slots = {grid.id: slot for slot, grid in enumerate(grids)}
        for grid, area in land.shares(rng, np.arange(len(parts)), children, children[None], level):
            owner[area] = slots[grid]
        if len(np.unique(owner)) == len(grids):
            break
        atoms *= 2
    drawn = dict(zip(slots, _outlines(polygons, owner, centre, km2), strict=True))
    named: dict[str, str] = {}
    for siblings in children.values():
        ids = [place.id for place in siblings if place.level == level]
        named |= zip(reading_order({grid: drawn[grid] for grid in ids}), ids, strict=True)
    outlines = {named[grid]: wkb for grid, wkb in drawn.items()}
    pairs = join_neighbours(parts.neighbours, owner).tolist()
    return Ground(
        tuple(places),
        {grid.id: outlines[grid.id] for grid in grids},
        tuple((named[grids[a].id], named[grids[b].id]) for a, b in pairs),
    )


@dataclass(frozen=True, slots=True)
class _Land:
    """Atoms of ground: the centre of each, and pairs of those that share a border."""

    centres: NDArray[np.float64]
    neighbours: NDArray[np.int64]

    def shares(
        self,
        rng: np.random.Generator,
        area: NDArray[np.int64],
        children: Mapping[str | None, Sequence[Place]],
        siblings: Sequence[Place],
        level: str,
    ) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Divides an area among siblings, down to a level; less than all of them where it is too small."""
        if len(siblings) > len(area):
            return
        own = np.full(len(self.centres), -1)
        own[area] = np.arange(len(area))
        pairs = own[self.neighbours]
        pairs = pairs[(pairs >= 0).all(axis=1)]
        region = grow_regions(rng, self.centres[area], pairs, len(siblings))
        middles = mean_centres(self.centres[area], region, len(siblings))
        for place, at in zip(siblings, np.lexsort((middles[:, 1], middles[:, 0])).tolist(), strict=True):
            part = area[region == at]
            if place.level == level:
                yield place.id, part
            else:
                yield from self.shares(rng, part, children, children[place.id], level)


def _outlines(
    polygons: NDArray[np.object_], owner: NDArray[np.int64], centre: tuple[float, float], km2: float
) -> list[bytes]:
    """Joins atoms to grids and brings the whole to its size; shared vertices stay shared."""
    import shapely

    order = np.argsort(owner, kind="stable")
    split = np.flatnonzero(np.diff(owner[order])) + 1
    joined = np.array([shapely.coverage_union_all(polygons[part]) for part in np.split(order, split)])
    metres = np.array([METRES_PER_DEGREE * np.cos(np.radians(centre[1])), METRES_PER_DEGREE])
    size = shapely.area(joined).sum() * metres.prod() / 1e6
    shrink = np.sqrt(km2 / size)
    moved = shapely.transform(
        joined, lambda xy: np.round(np.array(centre) + (xy - np.array(centre)) * shrink, _DECIMALS)
    )
    wkb: list[bytes] = shapely.to_wkb(moved, byte_order=1).tolist()
    return wkb


def _centres(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    import shapely

    centres: NDArray[np.float64] = shapely.get_coordinates(shapely.centroid(shapes))
    return centres


def _above(places: Sequence[Place], level: str) -> dict[str, str]:
    """The place of a level that each place lies in, by id."""
    above: dict[str, str] = {}
    for place in places:
        if place.level == level:
            above[place.id] = place.id
        elif place.parent in above:
            above[place.id] = above[place.parent]
    return above


def spread(total: int, parts: int, least: int, most: int, seed: int) -> list[int]:
    """Spreads a count over parts, uneven as real ones are, each within bounds that hold for the mean.

    Args:
        total: The sum of the result.
        parts: How many.
        least: No part is smaller, if the mean is not.
        most: No part is larger, if the mean is not.
        seed: The same seed gives the same counts.
    """
    mean = total / parts
    reach = max(0.0, min(mean - least, most - mean))
    swing = np.random.default_rng([seed, 3]).uniform(-reach, reach, parts)
    # The ends are rounded, not the counts: so none leaves its bounds, and the sum is exact.
    ends = np.floor(np.cumsum(mean + (swing - swing.mean()) / 2) + 0.5).astype(np.int64)
    ends[-1] = total
    counts: list[int] = np.diff(ends, prepend=0).tolist()
    return counts
