"""A city measured, and held against its norms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from gov_core.errors import Fault
from gov_core.organisation import ROLES, is_kind, kind_of
from gov_core.places import areas_m2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gov_core.city._city import City
    from gov_core.organisation import Post, Unit
    from gov_core.places import Norm

MEASURES = ("households", "population", "area_m2", "children", "places")
"""What is counted; beside these ``units:KIND`` and ``posts:ROLE``."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One norm held against one place.

    Attributes:
        norm: The norm.
        place: Id of the place; empty for ``places``, which is of the whole city.
        value: What was measured; None if the city does not know.
    """

    norm: Norm
    place: str
    value: float | None

    @property
    def holds(self) -> bool | None:
        """Whether the norm is kept; None if that is not known."""
        if self.value is None:
            return None
        least, most = self.norm.least, self.norm.most
        return (least is None or least <= self.value) and (most is None or self.value <= most)


@dataclass(frozen=True, slots=True)
class Balance:
    """How evenly something is spread over the places of a level.

    Attributes:
        least: Smallest value.
        most: Largest value.
        mean: Mean value.
        deviation: Standard deviation over the mean: 0 where all are alike.
        known: How many places were counted.
        unknown: How many were not, because the city does not know.
    """

    least: float
    most: float
    mean: float
    deviation: float
    known: int
    unknown: int


class Measures:
    """The measures of one city; what several norms need is worked out once."""

    def __init__(self, city: City) -> None:
        self._city = city

    def of(self, measure: str, level: str) -> dict[str, float | None]:
        """Each place of a level with its value, None where that is not known.

        A count of households or people that a place above the grids does not have is the sum over the places
        below it, if all of them have one; likewise its area. Grids are not summed: of what is below them,
        such as buildings, not all need be listed.

        Args:
            measure: One of `MEASURES`, ``units:KIND`` or ``posts:ROLE``, as described at `Norm`. A kind
                includes the narrower kinds of `KINDS`. Seats are the fewest that a post has.
            level: The level.

        Raises:
            KeyError: There is no such measure.
        """
        name, _, what = measure.partition(":")
        places = [place.id for place in self._city.places if place.level == level]
        if measure == "places":
            return {"": len(places)}
        if measure == "children":
            return {place: len(self._children.get(place, ())) for place in places}
        if measure == "area_m2":
            values: Mapping[str, float | None] = self._areas
        elif measure in {"households", "population"}:
            values = {place.id: getattr(place, measure) for place in self._city.places}
        elif name == "units" and what:
            return dict.fromkeys(places, 0) | self._units(what, set(places))
        elif name == "posts" and what:
            return dict.fromkeys(places, 0) | self._posts(what, level, places)
        else:
            raise KeyError(measure)
        return {place: self._total(place, values) for place in places}

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for place in self._city.places:
            if place.parent is not None:
                children.setdefault(place.parent, []).append(place.id)
        return children

    @cached_property
    def _above_grids(self) -> set[str]:
        levels = self._city.levels[: self._city.levels.index(self._city.partition)]
        return {place.id for place in self._city.places if place.level in levels}

    @cached_property
    def _areas(self) -> dict[str, float | None]:
        drawn = dict(chain(zip(self._city.grids, self._city.geometries, strict=True), self._city.outlines))
        return dict(zip(drawn, areas_m2(drawn.values()).tolist(), strict=True))

    def _total(self, place: str, values: Mapping[str, float | None]) -> float | None:
        own = values.get(place)
        if own is not None or place not in self._above_grids:
            return own
        total = None
        for child in self._children.get(place, ()):
            part = self._total(child, values)
            if part is None:
                return None
            total = part + (total or 0)
        return total

    def _units(self, kind: str, places: set[str]) -> dict[str, float | None]:
        """How many bodies of a kind serve each place, the place itself and not one above it."""
        return dict(
            Counter(
                place
                for unit in self._city.units
                if _of_kind(unit, kind)
                for place in set(unit.serves) & places
            )
        )

    def _posts(self, role: str, level: str, places: list[str]) -> dict[str, float | None]:
        """How many seats of a role each place has.

        A post that is for a place, or a level, is counted there once for each of its bodies that serves the
        place or one above it, or that serves no place by name. Other posts are counted where their body
        serves.
        """
        below: dict[str, list[str]] = {}
        for place in places:
            for above in self._city.path(place):
                below.setdefault(above, []).append(place)
        seats = dict.fromkeys(places, 0)
        for post in self._city.posts:
            if not _same_role(post.role, role):
                continue
            for unit in self._bodies(post):
                # Where the body may have seats, and where the post puts them.
                if post.at is None:
                    at = set(unit.serves)
                elif unit.serves:
                    at = set(chain.from_iterable(below.get(place, ()) for place in unit.serves))
                else:
                    at = set(places)
                if post.at not in {None, f"@{level}"}:
                    at &= {post.at}
                for place in at & seats.keys():
                    seats[place] += post.seats
        return dict(seats)

    def _bodies(self, post: Post) -> Iterator[Unit]:
        for unit in self._city.units:
            if post.body == unit.id or (post.body.startswith("@") and _of_kind(unit, post.body[1:])):
                yield unit


def readings(city: City) -> Iterator[Reading]:
    """Holds each norm of a city against each place of its level.

    A norm that says nothing, see `norm_flaw`, is passed over.
    """
    measures = Measures(city)
    for norm in city.norms:
        if norm_flaw(norm, city) is None:
            for place, value in measures.of(norm.measure, norm.per).items():
                yield Reading(norm, place, value)


def norm_flaw(norm: Norm, city: City) -> Fault | None:
    """Why a norm says nothing about a city; None if it does."""
    where = city.where("norms", norm.id)
    name, _, what = norm.measure.partition(":")
    if norm.measure not in MEASURES and not (name in {"units", "posts"} and what):
        hint = f"known: {', '.join(MEASURES)}, units:KIND, posts:ROLE"
        return Fault("norm.unknown_measure", f'"{norm.measure}" is no measure', where, hint, (norm.id,))
    if norm.per not in city.levels:
        hint = f"levels: {', '.join(city.levels)}"
        return Fault("norm.unknown_level", f'"{norm.per}" is no level of the city', where, hint, (norm.id,))
    if norm.least is None and norm.most is None:
        return Fault("norm.bounds", "the norm has no bounds", where, "fill in least or most", (norm.id,))
    if norm.least is not None and norm.most is not None and norm.least > norm.most:
        message = f"least {norm.least:,.15g} is above most {norm.most:,.15g}"
        return Fault("norm.bounds", message, where, "are the two swapped?", (norm.id,))
    return None


def balance(city: City, measure: str, level: str) -> Balance | None:
    """How evenly a measure is spread over the places of a level (相对均衡).

    Args:
        city: The city.
        measure: As for a norm: ``population``, ``households``, ``area_m2`` ...
        level: The level: ``grid``, ``street``.

    Returns:
        None if no value is known, or all are 0.

    Raises:
        KeyError: There is no such measure.

    Source:
        H-RULE-2: area and population of grids are roughly even.
    """
    values = Measures(city).of(measure, level).values()
    known = [value for value in values if value is not None]
    if not any(known):
        return None
    mean = fmean(known)
    return Balance(min(known), max(known), mean, pstdev(known) / mean, len(known), len(values) - len(known))


def _of_kind(unit: Unit, kind: str) -> bool:
    return unit.kind == kind or is_kind(unit.kind, kind_of(kind))


def _same_role(role: str, wanted: str) -> bool:
    return role == wanted or (ROLES.find(role) is not None and ROLES.find(role) == ROLES.find(wanted))
