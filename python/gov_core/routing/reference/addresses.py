"""Standard addresses before coordinates, an event at a time, with distances by shapely."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely

from gov_core.places import AddressBook
from gov_core.routing.reference.crs import convert

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.city import City
    from gov_core.routing.route import Route

_SEMI_MAJOR_M, _FLATTENING = 6_378_137.0, 1 / 298.257223563


class ReferenceAddresses:
    """The address table of a city in front of a router."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._book = AddressBook.of(city.addresses, city.places)
        self._outlines = {
            grid: shapely.from_wkb(wkb) for grid, wkb in zip(city.grids, city.geometries, strict=True)
        }

    def route(self, event: dict[str, Any], route: Callable[[dict[str, Any]], Route]) -> Route:
        """Routes an event that has a field for an address by a router that knows none."""
        event = dict(event)
        match = self._book.find(event.pop("address") or "")
        if event.get("place") not in (None, ""):
            answer = route(event)
            return answer if answer.place is None else answer._replace(located_by="place")
        if match.place is None:
            answer = route(event)
            if answer.place is None:
                return answer
            has_point = None not in (event.get("lon"), event.get("lat"))
            return answer._replace(located_by="coordinates" if has_point else "asset")
        answer = route({**event, "place": match.place})
        if answer.place is None:
            return answer
        return answer._replace(located_by="address", disagree_m=self._distance_m(match.place, event))

    def _distance_m(self, place: str, event: dict[str, Any]) -> float | None:
        """Metres from the point of an event to the grid of a place, by the curvature of WGS-84 there."""
        grid = next((step for step in reversed(self._city.path(place)) if step in self._outlines), None)
        if grid is None or event.get("lon") is None or event.get("lat") is None:
            return None
        point = (float(event["lon"]), float(event["lat"]))
        lon, lat = convert(point, event.get("crs") or self._city.crs, self._city.crs)
        e2 = _FLATTENING * (2 - _FLATTENING)
        bend = 1 - e2 * math.sin(math.radians(lat)) ** 2
        east = math.radians(1) * _SEMI_MAJOR_M / math.sqrt(bend) * math.cos(math.radians(lat))
        north = math.radians(1) * _SEMI_MAJOR_M * (1 - e2) / bend**1.5
        flat = shapely.transform(self._outlines[grid], lambda xy: (xy - [lon, lat]) * [east, north])
        return float(shapely.distance(flat, shapely.Point(0, 0)))
