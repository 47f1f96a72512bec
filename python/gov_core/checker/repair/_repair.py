"""Closes gaps and overlaps between grids, within stated bounds, by handing pieces of ground over."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import shapely

from gov_core.checker._map import CityMap, in_metres
from gov_core.checker._partition import SLACK_M2, uncovered
from gov_core.checker.repair._faces import Faces
from gov_core.checker.repair._patch import Patch, width_m, within
from gov_core.city._draft import outline_key
from gov_core.errors import GeometryError
from gov_core.routing import GridIndex

if TYPE_CHECKING:
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from gov_core.city import City

_LONG = 0.25
"""Share of the rim of a piece that is a long border: a whole side of a sliver is nearly a half."""

_ROUNDS = 4
"""How often all versions are gone through: a vertex that one needs may be new to the next."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What was mended, and what was not.

    Attributes:
        city: The city with its grids drawn anew where they were mended.
        changes: Ground that found a grid, or that one grid alone has now.
        refused: Ground that is as it was, each with the reason.
        noded: Grids that only got vertices where neighbours have them.
    """

    city: City
    changes: tuple[Patch, ...]
    refused: tuple[Patch, ...]
    noded: tuple[str, ...]


def repair(city: City, *, max_gap_m: float, max_overlap_m: float) -> Repair:
    """Mends gaps and overlaps between grids that are no wider than stated.

    A gap goes to the grid it shares the longest border with, and so does an overlap, to one of those that
    claim it. No vertex is moved: pieces of ground change hands, and neighbours come to share every vertex.
    What `GridIndex.build` would refuse of the result is not done.

    A city with dates is mended in all its versions, one after the other, the earliest first. Where one of
    several grids has to change, it is one whose outline no other version has.

    Args:
        city: As loaded.
        max_gap_m: Widest gap that is closed, as the diameter in metres of the largest circle inside of it.
        max_overlap_m: Widest overlap that is cut, likewise.

    Raises:
        ValueError: A bound is negative or not finite.
    """
    bounds = {"gap": max_gap_m, "overlap": max_overlap_m}
    for kind, bound in bounds.items():
        if not (math.isfinite(bound) and bound >= 0):
            raise ValueError(f"max_{kind}_m is {bound}; a width in metres is 0 or more")
    shared = _shared(city)
    changes: dict[Patch, None] = {}
    refused: dict[Patch, None] = {}
    noded: dict[str, None] = {}
    for _ in range(_ROUNDS):
        refused = {}
        calm = True
        for day in city.versions:
            version = _Version(city.as_of(day), bounds, shared.get(day, set()))
            version.mend()
            changes |= dict.fromkeys(version.changes)
            refused |= dict.fromkeys(version.refused)
            noded |= dict.fromkeys(version.noded)
            if version.outlines:
                calm = False
                city = _redrawn(city, day, version.outlines)
        if calm or len(city.versions) == 1:
            break
    return Repair(city, tuple(changes), tuple(refused), tuple(noded))


def _shared(city: City) -> dict[date, set[str]]:
    """For each version the grids whose outline is that of another version, too."""
    keys = {
        day: {
            outline_key(place): place.id for place in city.as_of(day).places if place.level == city.partition
        }
        for day in city.versions
    }
    seen = Counter(key for names in keys.values() for key in names)
    return {day: {name for key, name in names.items() if seen[key] > 1} for day, names in keys.items()}


def _redrawn(city: City, day: date, outlines: dict[str, bytes]) -> City:
    """The city with other outlines for some places of a day."""
    keys = {place.id: outline_key(place) for place in city.as_of(day).places}
    return city.redrawn({keys[place]: wkb for place, wkb in outlines.items()})


@dataclass(frozen=True, slots=True)
class _Piece:
    """Ground that goes to one grid: a patch, or a triangle of it.

    Attributes:
        patch: What it is of.
        owners: Grids that claim it; none for a gap.
        favourite: The grid that the patch goes to, if it can.
        faces: What it consists of.
    """

    patch: Patch
    owners: tuple[int, ...]
    favourite: int | None
    faces: list[int]


def _to_favourite(piece: _Piece, shares: dict[int, float]) -> int | None:
    to = piece.favourite
    return to if to is not None and shares.get(to, 0.0) >= _LONG else None


def _to_longest(_: _Piece, shares: dict[int, float]) -> int | None:
    to = max(shares, key=lambda slot: (shares[slot], -slot), default=None)
    return to if to is not None and shares[to] >= _LONG else None


def _to_any(_: _Piece, shares: dict[int, float]) -> int | None:
    return max(shares, key=lambda slot: (shares[slot], -slot), default=None)


def _sized(patch: Patch, outline: BaseGeometry, *, to: str | None = None, refused: str = "") -> Patch:
    """The patch with the size and a point of an outline in degrees."""
    metres, point = in_metres(outline), shapely.point_on_surface(outline)
    return replace(
        patch, area_m2=metres.area, width_m=width_m(metres), lon=point.x, lat=point.y, to=to, refused=refused
    )


class _Version:
    """One version of a city that is mended.

    Attributes:
        outlines: Grids that are drawn anew.
        changes: Patches that were mended.
        refused: Patches that were not.
        noded: Grids that only got vertices.
    """

    def __init__(self, city: City, bounds: dict[str, float], shared: set[str]) -> None:
        self._chart = CityMap(city)
        self._bounds = bounds
        self._shared = shared
        self.outlines: dict[str, bytes] = {}
        self.changes: list[Patch] = []
        self.refused: list[Patch] = []
        self.noded: list[str] = []

    def mend(self) -> None:
        """Mends what is within the bounds; nothing at all if the result would be no better partition."""
        chart = self._chart
        suspects = {*chart.mismatches, *(chart.slots[grid] for grid in chart.refused_ids)}
        suspects |= {chart.slots[grid] for gap in uncovered(chart) for grid in chart.ids_at(gap)}
        if not suspects:
            return
        self._faces = Faces(chart.grids, sorted(suspects))
        ground = {slot: self._faces.own(slot) for slot in suspects}
        holders = {face: slot for slot, faces in ground.items() for face in faces}
        mendable = []
        for owners, faces in self._faces.patches():
            patch = self._judged(owners, self._faces.union(faces))
            if patch is not None and patch.refused:
                self.refused.append(patch)
                for slot in owners:
                    ground[slot] += faces
            elif patch is not None:
                favourite = self._favourite(patch, owners, *self._faces.borders(faces, holders))
                mendable.append((_Piece(patch, owners, favourite, faces), faces))
        # Cutting one piece lets its neighbours border on triangles; hence all are measured before.
        pieces = [replace(piece, faces=part) for piece, faces in mendable for part in self._faces.cut(faces)]
        dealt = self._deal(pieces, ground, holders)
        self._draw(ground, dealt)

    def _favourite(
        self, patch: Patch, owners: tuple[int, ...], borders: dict[int, float], rim: float
    ) -> int | None:
        """The grid a patch goes to: the longest border, but rather no change to a shared outline.

        Whoever gets a gap is drawn anew, and so is whoever loses an overlap.
        """

        def rank(slot: int) -> tuple[bool, float, int]:
            shared = self._chart.city.grids[slot] in self._shared
            spared = borders[slot] >= _LONG * rim and (shared if owners else not shared)
            return (spared, borders[slot], -slot)

        claimants = owners or tuple(self._chart.slots[name] for name in patch.ids)
        return max((slot for slot in claimants if slot in borders), key=rank, default=None)

    def _deal(self, pieces: list[_Piece], ground: dict[int, list[int]], holders: dict[int, int]) -> set[int]:
        """Gives each piece to a grid, and returns the grids that won or lost one.

        Pieces go to the favourite of their patch as far as they lie along it, then to the grid with the
        longest border. What lies between other pieces waits until those have found theirs.
        """
        given: dict[tuple[Patch, int], list[int]] = {}
        dealt: set[int] = set()
        ways = (_to_favourite, _to_longest, _to_any)
        way = 0
        while pieces and way < len(ways):
            waiting = []
            for piece in pieces:
                borders, rim = self._faces.borders(piece.faces, holders)
                claimants = piece.owners or tuple(self._chart.slots[name] for name in piece.patch.ids)
                shares = {slot: borders[slot] / rim for slot in claimants if slot in borders}
                to = ways[way](piece, shares)
                if to is None:
                    waiting.append(piece)
                    continue
                holders |= dict.fromkeys(piece.faces, to)
                ground[to] += piece.faces
                given.setdefault((piece.patch, to), []).extend(piece.faces)
                dealt |= {to, *piece.owners}
            way = way + 1 if len(waiting) == len(pieces) else 0
            pieces = waiting
        names = self._chart.city.grids
        self.changes = [
            _sized(patch, self._faces.union(faces), to=names[to]) for (patch, to), faces in given.items()
        ]
        self.refused += [
            _sized(piece.patch, self._faces.union(piece.faces), refused="no grid borders on it")
            for piece in pieces
        ]
        return dealt

    def _judged(self, owners: tuple[int, ...], outline: BaseGeometry) -> Patch | None:
        """A patch, refused if there is a reason; None for a hole that is meant."""
        chart = self._chart
        metres = in_metres(outline)
        in_void = not owners and bool(outline.intersects(chart.voids))
        if in_void and in_metres(shapely.difference(outline, chart.voids)).area <= SLACK_M2:
            return None
        slots = owners or tuple(chart.slots[grid] for grid in chart.ids_at(outline))
        ids = tuple(chart.city.grids[slot] for slot in slots)
        kind: Literal["gap", "overlap"] = "overlap" if owners else "gap"
        patch = _sized(Patch(kind, ids), outline)
        bound = self._bounds[kind]
        reasons = {
            f"it is wider than {bound:g} m": not within(metres, bound),
            "a void lies in it": in_void,
            "an outline beside it crosses itself: draw that anew first": bool(
                set(slots) & set(chart.invalid.tolist())
            ),
            "nothing of a grid would be left": not all(self._faces.own(slot) for slot in owners),
        }
        return replace(patch, refused=next((reason for reason, holds in reasons.items() if holds), ""))

    def _draw(self, ground: dict[int, list[int]], dealt: set[int]) -> None:
        """Takes the new outlines, unless they would be refused where the old ones are not."""
        chart = self._chart
        drawn: dict[int, BaseGeometry] = {}
        for slot, faces in ground.items():
            if faces and slot not in chart.invalid:
                new = self._faces.union(faces)
                if not shapely.equals_exact(new, chart.grids[slot], normalize=True):
                    drawn[slot] = new
        outlines = list(chart.city.geometries)
        for slot, new in drawn.items():
            outlines[slot] = shapely.to_wkb(new)
        known = {frozenset(patch.ids) for patch in self.refused if patch.kind == "overlap"}
        try:
            GridIndex.build(outlines, ids=chart.city.grids)
        except GeometryError as error:
            worse = [
                fault
                for fault in error.faults
                if fault not in chart.refused and not any(set(fault.ids) <= pair for pair in known)
            ]
            if worse:
                reason = "the result would be no partition"
                self.refused += [replace(patch, to=None, refused=reason) for patch in self.changes]
                self.changes = []
                return
        grids = chart.city.grids
        self.outlines = {grids[slot]: outlines[slot] for slot in sorted(drawn)}
        self.noded = [grids[slot] for slot in sorted(drawn) if slot not in dealt]
