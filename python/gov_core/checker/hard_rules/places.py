"""Hard rules on places: which levels there are, who shares a station, what each place has."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gov_core.checker._finding import Finding
from gov_core.checker._map import some, valid_areas
from gov_core.errors import Fault
from gov_core.organisation import is_kind
from gov_core.places import code_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from gov_core.city import City, Unit

SHARED = ("community_station", "management_service_station")
"""Kinds of stations that several committees may share."""

NEAR_DEG = 1e-7
"""How far two drawings of one border may be apart: a centimetre."""

BORDER_DEG = 1e-5
"""How long a common border is at least, about a metre; less is a corner."""


def shared_station_adjacent(city: City) -> Iterator[Finding]:
    """Committees that share a station lie side by side: from each there is a way to each through the others.

    A station is shared by the committees that it serves by a relation, else by those whose ground it serves.
    Lying side by side is a common border; a corner is none.

    Source:
        L-RULE-2: small committees set up a station together with adjacent ones.
    """
    ground: dict[str, list[BaseGeometry]] | None = None
    committees = [unit for unit in city.units if is_kind(unit.kind, "residents_committee")]
    for station in city.units:
        if not any(is_kind(station.kind, kind) for kind in SHARED):
            continue
        sharing = _sharing(station, committees, city)
        if len(sharing) < 2:
            continue
        ground = ground if ground is not None else _ground(city)
        # A committee of a single building has the grid of the building for its ground.
        areas = [
            shapely.union_all([part for place in unit.serves for part in _lowest(ground, city.path(place))])
            for unit in sharing
        ]
        apart = [sharing[at].id for at in _apart(areas)]
        if apart:
            message = f'committees share station "{station.id}", and {some(apart)} lie apart from the others'
            hint = "give them a station of their own, or let them share with their neighbours"
            where = city.where("units", station.id)
            yield _broken("shared_station_adjacent", message, where, hint, (station.id, *apart))


def _sharing(station: Unit, committees: Sequence[Unit], city: City) -> list[Unit]:
    served = {edge.target for edge in city.graph.whom(station.id, "serves")}
    named = [unit for unit in committees if unit.id in served and unit.serves]
    if named:
        return named
    places = set(station.serves)
    return [
        unit
        for unit in committees
        if unit.serves and all(not places.isdisjoint(city.path(place)) for place in unit.serves)
    ]


def _ground(city: City) -> dict[str, list[BaseGeometry]]:
    """The grids of every place down to the grids."""
    grids: dict[str, list[BaseGeometry]] = {}
    outlines = valid_areas(shapely.from_wkb(np.array(city.geometries, dtype=object)))
    for grid, outline in zip(city.grids, outlines, strict=True):
        for place in city.path(grid):
            grids.setdefault(place, []).append(outline)
    return grids


def _lowest(ground: Mapping[str, list[BaseGeometry]], path: Sequence[str]) -> list[BaseGeometry]:
    """The grids of the last place on a path that has any."""
    return next((ground[place] for place in reversed(path) if place in ground), [])


def _apart(areas: Sequence[BaseGeometry]) -> list[int]:
    """Positions of areas that are not joined, over common borders, to the group of most areas."""
    group = list(range(len(areas)))
    for one, other in combinations(range(len(areas)), 2):
        if group[one] != group[other] and _adjacent(areas[one], areas[other]):
            joined = group[other]
            group = [group[one] if mine == joined else mine for mine in group]
    largest = max(group, key=group.count)
    return [at for at, mine in enumerate(group) if mine != largest]


def _adjacent(one: BaseGeometry, other: BaseGeometry) -> bool:
    if not shapely.dwithin(one, other, NEAR_DEG):
        return False
    common = shapely.intersection(one.boundary, shapely.buffer(other, NEAR_DEG))
    return bool(common.length > BORDER_DEG)


def no_street_level(city: City) -> Iterator[Finding]:
    """There is nothing between district and community: no level of streets, no code of one, no office.

    Source:
        G-STR-4: three levels, city, district, community, where there were four.
    """
    name = "no_street_level"
    if "street" in city.levels:
        message = 'the city has a level "street"'
        yield _broken(name, message, "levels", "put communities under the district")
    for place in city.places:
        if place.level != "street" and len(place.code) == 9 and not code_faults(place.code):
            message = f"code {place.code} is that of a street"
            hint = "a community has 12 digits, a district 6"
            yield _broken(name, message, city.where("places", place.id), hint, (place.id,))
    for unit in city.units:
        if is_kind(unit.kind, "street_office"):
            where = city.where("units", unit.id)
            yield _broken(name, "the unit is a street office", where, "end it, or hand it over", (unit.id,))


def station_in_converted_communities(city: City) -> Iterator[Finding]:
    """Each community that was a village has a service station of its own.

    Source:
        S-NUM-3: all village-to-community conversions set up a service station.
    """
    kinds = ("service_station", "community_station", "management_service_station")
    with_station = {
        place
        for unit in city.units
        if any(is_kind(unit.kind, kind) for kind in kinds)
        for place in unit.serves
    }
    for place in city.places:
        if place.kind == "village_to_community" and place.id not in with_station:
            message = f"the {place.level} was a village, and no service station serves it"
            hint = "set one up: a unit of kind service_station that serves it"
            where = city.where("places", place.id)
            yield _broken("station_in_converted_communities", message, where, hint, (place.id,))


def three_grades(city: City) -> Iterator[Finding]:
    """Events have exactly three grades.

    Source:
        H-PROC-3: general, larger and major matters, each handled one step further up.
    """
    grades = city.grades or ()
    if len(grades) != 3:
        message = f"the city has {len(grades)} grades: {some(grades)}" if grades else "the city has no grades"
        hint = 'grades = ["general", "larger", "major"]'
        yield _broken("three_grades", message, "grades", hint, grades)


def _broken(rule: str, message: str, where: str, hint: str, ids: Iterable[str] = ()) -> Finding:
    return Finding("error", Fault(f"hard_rule.{rule}", message, where, hint, tuple(ids)))
