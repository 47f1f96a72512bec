"""The ground of places that are merged, split and drawn anew: whose it was, and how many live there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from gov_core.places import Place

Shares = dict[str, tuple[str | None, dict[str, float]]]
"""New place to the old place it shares most ground with, and to the part of each old place that it took."""

APPORTIONED = "counts shared out by area"


def union(outlines: Iterable[bytes]) -> bytes:
    """One outline of several that share borders; vertices stay where they are."""
    import shapely

    return outline_of(shapely.union_all(shapely.from_wkb(list(outlines))))


def outline_of(shape: BaseGeometry) -> bytes:
    """A shape as outlines are kept."""
    import shapely

    return bytes(shapely.to_wkb(shape, byte_order=1))


def assign(new: Mapping[str, BaseGeometry], old: Mapping[str, BaseGeometry]) -> Shares:
    """Finds what ground each new place took from which old place; the first of equals counts."""
    import shapely

    names = list(old)
    outlines = [old[name] for name in names]
    areas = [outline.area for outline in outlines]
    tree = shapely.STRtree(outlines)
    shares: Shares = {}
    for name, outline in new.items():
        near = sorted(tree.query(outline))
        shared = {names[at]: shapely.intersection(outline, outlines[at]).area for at in near}
        main = max(shared, key=shared.__getitem__, default=None)
        if main is not None and shared[main] == 0:
            main = None
        shares[name] = (main, {names[at]: shared[names[at]] / areas[at] for at in near if areas[at]})
    return shares


def apportion(places: Sequence[Place], old: Sequence[Place], shares: Shares) -> list[Place]:
    """Gives new places of a level the counts they do not state, where all old ones have them.

    Each old count goes to the new places by area, in whole numbers that add up to it. Where the places below
    have counts, theirs are added up instead.
    """
    counted: dict[str, dict[str, Any]] = {}
    below: dict[str | None, list[Place]] = {}
    for place in places:
        below.setdefault(place.parent, []).append(place)
    for count in ("households", "population"):
        known = {place.id: getattr(place, count) for place in old}
        lacking = [place for place in places if place.id in shares and getattr(place, count) is None]
        if known and None not in known.values() and len(lacking) == len(shares):
            for name, number in _shared_out(known, shares).items():
                parts = [getattr(place, count) for place in below.get(name, ())]
                counted.setdefault(name, {})[count] = number if None in parts or not parts else sum(parts)
    return [
        replace(place, **counted[place.id], source=place.source or APPORTIONED)
        if place.id in counted
        else place
        for place in places
    ]


def _shared_out(known: Mapping[str, int], shares: Shares) -> dict[str, int]:
    """Largest remainders: whole numbers nearest to the shares that keep the sum of each old place."""
    given = dict.fromkeys(shares, 0)
    for old, number in known.items():
        takers = {name: parts[old] for name, (_, parts) in shares.items() if parts.get(old, 0) > 0}
        total = sum(takers.values())
        if not total:
            continue
        exact = {name: number * part / total for name, part in takers.items()}
        whole = {name: int(value) for name, value in exact.items()}
        left = number - sum(whole.values())
        by_rest = sorted(takers, key=lambda name: (whole[name] - exact[name], name))
        for name in by_rest[:left]:
            whole[name] += 1
        for name, value in whole.items():
            given[name] += value
    return given
