"""Places that stick out of the place they belong to, and places without anything below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gov_core.checker._finding import Finding
from gov_core.checker._map import area_m2, in_words, point_in_words, valid_areas
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from gov_core.checker._map import CityMap
    from gov_core.city import City

SLACK_M2 = 1.0
"""How much of a place may lie outside of its parent: no two drawings of a border agree to the last digit."""


def check_hierarchy(chart: CityMap) -> Iterator[Finding]:
    """Finds places outside of their parents, as far as outlines are known."""
    city = chart.city
    outlines = {name: valid_areas(shapely.from_wkb(wkb)) for name, wkb in city.outlines}
    prepared = outlines.copy()
    for outline in prepared.values():
        shapely.prepare(outline)
    outlines.update(zip(city.grids, chart.grids, strict=True))
    for place in city.places:
        # The nearest outline above is the one that was drawn for its children.
        above = next((name for name in city.path(place.id)[-2::-1] if name in prepared), None)
        if above is None or place.id not in outlines or prepared[above].covers(outlines[place.id]):
            continue
        outside = shapely.difference(outlines[place.id], prepared[above])
        if area_m2(outside) > SLACK_M2:
            what = f"{in_words(area_m2(outside))} of {'/'.join(city.path(place.id))}"
            message = f'{what} lie outside of "{above}", at {point_in_words(outside)}'
            hint = "correct one of the outlines, or the parent"
            ids = (place.id, above)
            yield Finding(
                "error", Fault("hierarchy.outside_parent", message, city.where("places", place.id), hint, ids)
            )
    yield from _unfilled(chart, prepared)


def _unfilled(chart: CityMap, outlines: Mapping[str, BaseGeometry]) -> Iterator[Finding]:
    """Finds ground of places above the grids that lies beyond all of them, at the rim of the city.

    Ground between grids is a gap and told as such. What lies in several places is told of the lowest. Where
    the outline of a grid is not clear, nor is it what that grid leaves out.
    """
    if not outlines or len(chart.invalid):
        return
    rims = shapely.get_exterior_ring(shapely.get_parts(chart.ground))
    told = shapely.union(shapely.union_all(shapely.polygons(rims)), chart.voids)
    above = chart.city.levels[: chart.city.levels.index(chart.city.partition)]
    for level in reversed(above):
        for place in chart.city.places:
            if place.level != level or place.id not in outlines:
                continue
            beyond = shapely.difference(outlines[place.id], told)
            if area_m2(beyond) > SLACK_M2:
                size, where = in_words(area_m2(beyond)), point_in_words(beyond)
                message = f'no grid covers {size} of "{place.id}" at the rim of the city, at {where}'
                hint = "draw it into a grid, or correct the outline"
                fault = Fault("hierarchy.unfilled", message, chart.where(place.id), hint, (place.id,))
                yield Finding("error", fault)
                told = shapely.union(told, beyond)


def check_childless(city: City) -> Iterator[Finding]:
    """Finds places above the grids that hold none."""
    parents = {place.parent for place in city.places}
    above = city.levels[: city.levels.index(city.partition)]
    for place in city.places:
        if place.level in above and place.id not in parents:
            message = f"the {place.level} has no places below it"
            hint = "no event will ever be in it: remove it, or name it as a parent"
            fault = Fault("hierarchy.childless", message, city.where("places", place.id), hint, (place.id,))
            yield Finding("warning", fault)
