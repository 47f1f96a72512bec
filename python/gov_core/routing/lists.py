"""A city as lists and positions: what the Rust extension compiles a router from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from gov_core.routing.addresses import addresses_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gov_core.city import City, Limit, Rule
    from gov_core.routing.addresses import Addresses

T = TypeVar("T")
UnitRef = tuple[bool, int]
"""Whether it is a kind, and the position of the kind or unit."""

RuleList = tuple[
    int | None,
    int | None,
    int | None,
    int | None,
    list[UnitRef],
    list[UnitRef],
    int | None,
    int | None,
    list[int],
    list[int],
    list[int],
]
"""Matter, area, asset, grade, lead, assistants, limit to respond within, limit to resolve within; matters,
areas and assets it leaves out."""

AreaList = tuple[str, tuple[str, ...], tuple[bytes, ...]]
"""Id of a layer, ids of its areas, and their outlines as WKB."""


ComponentList = tuple[str, int, int | None, tuple[float, float] | None, int | None]
"""Id, class, place, point (longitude, latitude, in the city's CRS), manager. Events about it happen at the
place, without one at the point."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Every list of a city that answers depend on; parents and references are positions.

    Attributes:
        digest: Digest of the city.
        paths: Ids from the top down to each place, joined by ``/``.
        grids: Position in `places` of each slot.
        components: Things with ids of their own.
        kinds: Kinds of units, by the number that `unit_kinds` gives them.
        rule_places: Where each rule was found, in words of a fault.
        rule_sources: Where each is from: an item of a checklist, a paper, a law; empty if not said.
        limits: Distinct limits of all rules.
        layers: Jurisdictions beside the grids.
        addresses: The address table; None if there is none.
    """

    digest: str
    crs: str
    places: list[str]
    paths: list[str]
    parents: list[int | None]
    grids: list[int]
    matters: list[str]
    matter_parents: list[int | None]
    assets: list[str]
    asset_parents: list[int | None]
    components: list[ComponentList]
    grades: list[str] | None
    units: list[str]
    kinds: list[str]
    unit_kinds: list[int]
    unit_serves: list[list[int]]
    rules: list[str]
    rule_places: list[str]
    rule_sources: list[str]
    rule_specs: list[RuleList]
    limits: list[Limit]
    layers: list[AreaList]
    addresses: Addresses | None

    @classmethod
    def of(cls, city: City) -> Lists:
        """Numbers everything in a city."""
        places = _positions(place.id for place in city.places)
        matters = _positions(matter.code for matter in city.matters)
        assets = _positions(asset.code for asset in city.asset_classes)
        grades = _positions(city.grades or ())
        units = _positions(unit.id for unit in city.units)
        rules = city.effective_rules
        # A rule may ask for a kind that no unit is of.
        asked = (ref[1:] for rule in rules for ref in (*rule.unit, *rule.assist) if ref.startswith("@"))
        kinds = _positions([*(unit.kind for unit in city.units), *asked])
        limits = _positions(
            limit
            for rule in rules
            for limit in (rule.respond_within, rule.resolve_within)
            if limit is not None
        )

        def references(refs: Iterable[str]) -> list[UnitRef]:
            return [(True, kinds[ref[1:]]) if ref.startswith("@") else (False, units[ref]) for ref in refs]

        def spec(rule: Rule) -> RuleList:
            return (
                _get(matters, rule.matter),
                _get(places, rule.area),
                _get(assets, rule.asset),
                _get(grades, rule.grade),
                references(rule.unit),
                references(rule.assist),
                _get(limits, rule.respond_within),
                _get(limits, rule.resolve_within),
                [matters[matter] for matter in rule.except_matters],
                [places[area] for area in rule.except_areas],
                [assets[asset] for asset in rule.except_assets],
            )

        return cls(
            digest=city.digest,
            crs=city.crs,
            places=list(places),
            paths=["/".join(city.path(place)) for place in places],
            parents=[_get(places, place.parent) for place in city.places],
            grids=[places[grid] for grid in city.grids],
            matters=list(matters),
            matter_parents=[_get(matters, matter.parent) for matter in city.matters],
            assets=list(assets),
            asset_parents=[_get(assets, asset.parent) for asset in city.asset_classes],
            components=_components(city, places, assets, units),
            grades=None if city.grades is None else list(city.grades),
            units=list(units),
            kinds=list(kinds),
            unit_kinds=[kinds[unit.kind] for unit in city.units],
            unit_serves=[[places[place] for place in unit.serves] for unit in city.units],
            rules=[rule.id for rule in rules],
            rule_places=[city.where_rule(rule) for rule in rules],
            rule_sources=[rule.source for rule in rules],
            rule_specs=[spec(rule) for rule in rules],
            limits=list(limits),
            layers=area_lists(city),
            addresses=addresses_of(city),
        )

    @property
    def limit_texts(self) -> Sequence[str]:
        """The limits as columns show them."""
        return [str(limit) for limit in self.limits]


def _components(
    city: City, places: Mapping[str, int], assets: Mapping[str, int], units: Mapping[str, int]
) -> list[ComponentList]:
    """The components of a city; a place above the grids says less than a point does."""
    above = set(city.levels[: city.levels.index(city.partition)])
    wide = {place.id for place in city.places if place.level in above}
    found: list[ComponentList] = []
    for asset in city.assets:
        point = None if asset.lon is None or asset.lat is None else (asset.lon, asset.lat)
        place = None if point is not None and asset.place in wide else asset.place
        at, manager = _get(places, place), _get(units, asset.manager)
        found.append((asset.id, assets[asset.asset_class], at, point, manager))
    return found


def area_lists(city: City) -> list[AreaList]:
    """The layers of a city with their areas; areas without an outline hold nothing and are left out."""
    drawn: dict[str, dict[str, bytes]] = {layer.id: {} for layer in city.layers}
    for area in city.layer_areas:
        if area.wkb:
            drawn[area.layer][area.id] = area.wkb
    return [(name, tuple(areas), tuple(areas.values())) for name, areas in drawn.items()]


def _positions(items: Iterable[T]) -> dict[T, int]:
    return {item: at for at, item in enumerate(dict.fromkeys(items))}


def _get(positions: Mapping[T, int], item: T | None) -> int | None:
    return None if item is None else positions[item]
