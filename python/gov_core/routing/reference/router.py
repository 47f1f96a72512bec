"""`ReferenceRouter`: the answers of `Router`, an event at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gov_core.routing.explain import explain
from gov_core.routing.frames import INPUT_COLUMNS, Frame
from gov_core.routing.lists import Lists
from gov_core.routing.reference.addresses import ReferenceAddresses
from gov_core.routing.reference.components import ReferenceComponents
from gov_core.routing.reference.crs import CRS_NAMES, convert
from gov_core.routing.reference.locate import Grids
from gov_core.routing.reference.match import Decision, Rules, lineage
from gov_core.routing.route import Route, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from arro3.core import Table

    from gov_core.city import City, Limit
    from gov_core.routing.explanation import Explanation


class ReferenceRouter:
    """Routes the events of one city by loops, rtree, shapely and fractions.

    It answers what `Router` answers, about a thousand times slower, in code that can be read in one sitting.
    Tests compare the two; it also serves where the extension cannot be loaded.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._grids = Grids(city.geometries)
        self._rules = Rules(city)
        self._addresses = ReferenceAddresses(city) if city.addresses else None
        self._parents = {place.id: place.parent for place in city.places}
        self._matters = {matter.code for matter in city.matters}
        self._assets = {asset.code for asset in city.asset_classes}
        self._components = ReferenceComponents(city, self._grids)
        self._deciding: dict[str, list[str]] = {place.id: [] for place in city.places}
        for grid in city.grids:
            for place in lineage(self._parents, grid):
                self._deciding[place].append(grid)
        for place, grids in self._deciding.items():
            if not grids:  # below the grids a place is answered by the one it lies in
                grids.extend(above for above in lineage(self._parents, place) if above in city.grids)

    @classmethod
    def compile(cls, city: City) -> ReferenceRouter:
        """Same as `Router.compile`; nothing is compiled, and conflicts between rules are not looked for."""
        return cls(city)

    def route(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Route:
        """Routes one event, given as a mapping or as keywords."""
        event = {**(event or {}), **fields}
        if self._addresses is not None and "address" in event:
            return self._addresses.route(event, self.route)
        lon, lat = _number(event.get("lon")), _number(event.get("lat"))
        crs, given, matter, grade, asset = (_text(event.get(name)) for name in INPUT_COLUMNS[2:])
        component = self._components.get(asset) if asset not in self._assets else None
        if component is not None and given is None and None in (lon, lat):
            given = self._components.home(component)
        place, status = self._locate(lon, lat, crs, given)
        if place is None:
            return _unrouted(status)
        path = "/".join(reversed(lineage(self._parents, place)))
        if matter is None or matter not in self._matters:
            return _unrouted("unknown_matter", place, path)
        if self._city.grades is None:
            grade = None
        elif grade is not None and grade not in self._city.grades:
            return _unrouted("unknown_grade", place, path)
        if component is not None:
            asset = component.asset_class
        if not self._assets:
            asset = None
        elif asset is not None and asset not in self._assets:
            return _unrouted("unknown_asset", place, path)
        # A place above the grids has one answer if all grids below it have the same.
        decisions = [self._rules.decide(grid, matter, grade, asset) for grid in self._deciding[place]]
        if not decisions or any(decision != decisions[0] for decision in decisions):
            return _unrouted("no_location", place, path)
        route = _routed(decisions[0], place, path)
        if component is None or component.manager is None or route.status != "routed":
            return route
        assist = tuple(unit for unit in route.assist if unit != component.manager)
        return route._replace(unit=component.manager, assist=assist)

    def route_batch(self, events: object) -> Any:  # noqa: ANN401 - the kind of table that `events` is
        """Routes a table; the same kind of table comes back, with plain text columns appended."""
        frame = Frame.of(events)
        return frame.attach(self._answers(frame.select((*INPUT_COLUMNS, "address"))))

    def route_stream(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Routes batch by batch."""
        return map(self.route_batch, batches)

    def explain(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Explanation:
        """Says in words how the answer for one event comes about."""
        event = {**(event or {}), **fields}
        lists = Lists.of(self._city)
        if lists.addresses is not None and (addressed := lists.addresses.read(event)) is not None:
            return addressed.explained(self.explain(addressed.event))
        route = self.route(event)
        verdicts = []
        matter = _text(event.get("matter"))
        grids = self._deciding.get(route.place or "", ())
        if matter is not None and len(grids) == 1 and route.status in {"routed", "no_rule"}:
            grade = _text(event.get("grade")) if self._city.grades else None
            asset = _text(event.get("asset")) if self._assets else None
            component = self._components.get(asset) if asset not in self._assets else None
            asset = asset if component is None else component.asset_class
            verdicts = self._rules.verdicts(grids[0], matter, grade, asset)
        return explain(event, self, lists, verdicts, 0)

    def _answers(self, events: Any) -> Table:  # noqa: ANN401 - anything that speaks Arrow
        import arro3.core as arrow

        table = arrow.Table(events)
        columns = {name: table.column(name).to_pylist() for name in table.column_names}
        routes = [
            self.route(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)
        ]
        texts: dict[str, list[str | None]] = {
            "place": [route.place for route in routes],
            "path": [route.path for route in routes],
            "unit": [route.unit for route in routes],
            "rule": [route.rule for route in routes],
            "respond_within": [_shown(route.respond_within) for route in routes],
            "resolve_within": [_shown(route.resolve_within) for route in routes],
            "status": [route.status for route in routes],
        }
        if any(rule.assist for rule in self._city.effective_rules):
            texts["assist"] = [";".join(route.assist) or None for route in routes]
        arrays: dict[str, Any] = {
            name: arrow.Array(values, arrow.DataType.utf8()) for name, values in texts.items()
        }
        if self._addresses is not None and "address" in columns:
            located = [route.located_by for route in routes]
            distances = [route.disagree_m for route in routes]
            arrays["located_by"] = arrow.Array(located, arrow.DataType.utf8())
            arrays["disagree_m"] = arrow.Array(distances, arrow.DataType.float64())
        return arrow.Table.from_pydict(arrays)

    def _locate(
        self, lon: float | None, lat: float | None, crs: str | None, given: str | None
    ) -> tuple[str | None, Status]:
        """The place of an event, or None and why there is none."""
        there = [value for value in (lon, lat) if value is not None]
        bounds_hold = all(
            math.isfinite(value) and abs(value) <= bound
            for value, bound in ((lon, 180), (lat, 90))
            if value is not None
        )
        if not bounds_hold or (there and crs is not None and crs not in CRS_NAMES):
            return None, "bad_coordinate"
        if given is not None:
            return (given, "routed") if given in self._parents else (None, "unknown_place")
        if lon is None or lat is None:
            return None, "no_location"
        point = convert((lon, lat), crs or self._city.crs, self._city.crs)
        slot = self._grids.owner(*point)
        return (None, "out_of_area") if slot is None else (self._city.grids[slot], "routed")


def _routed(decision: Decision | None, place: str, path: str) -> Route:
    if decision is None:
        return _unrouted("no_rule", place, path)
    rule = decision.rule
    limits = rule.respond_within, rule.resolve_within
    return Route(place, path, decision.unit, rule.id, decision.assist, *limits, "routed")


def _shown(limit: Limit | None) -> str | None:
    return None if limit is None else str(limit)


def _unrouted(status: Status, place: str | None = None, path: str | None = None) -> Route:
    return Route(place, path, None, None, (), None, None, status)


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _text(value: object) -> str | None:
    """The text an event says; a number stands for its decimal text, an empty text for nothing."""
    return None if value is None or value == "" else str(value)
