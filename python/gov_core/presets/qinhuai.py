"""QINHUAI: streets whistle, departments report in, four forces on each grid (paper 002, Nanjing)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.places import Address, LayerArea
from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import below, draw
from gov_core.presets._preset import assemble
from gov_core.presets._tables import places_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gov_core.city import City, Place
    from gov_core.presets._ground import Ground

CENTRE = (118.80, 32.02)
"""Near Qinhuai; what is drawn there are no outlines of its streets."""
_ESTATES_WITHOUT_COMPANY = 3
"""One grid in so many has estates that no company takes on (old, resettlement, relocation): made up."""


def qinhuai(
    *,
    city_name: str = "秦淮区（生成底图）",
    streets: int | None = None,
    communities: int = 104,
    grids: int = 416,
    buildings: int = 2,
    km2: float = 49.11,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a district on the model of Qinhuai in Nanjing: district, street, community, grid, building.

    The streets and communities are those of the code table of 2023-06-30; the paper gives no number of grids
    or buildings, so both are made up, and so are the addresses: one a building, or one a grid.

    Args:
        city_name: For people.
        streets: How many streets another district has; if not given, the 12 of Qinhuai with their 104
            communities and codes.
        communities: Communities of all streets of another district; not looked at without `streets`.
        grids: Grids of all communities, made up.
        buildings: Buildings a grid, made up; 0 leaves the level out.
        km2: Area; that of Qinhuai, if not given.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options, see ``describe("QINHUAI").options``.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.

    Examples:
        >>> city = qinhuai(streets=2, communities=6, grids=24)
        >>> len(city.addresses), city.addresses[0].building
        (48, '1幢')
    """
    check = Bounds("QINHUAI")
    if streets is None:
        named = places_of("qinhuai")
        count = sum(place.level == "community" for place in named)
    else:
        named = []
        count = _known_communities(check, streets, communities)
    check.whole("grids", grids, count, 100 * count, "each community has at least one")
    check.whole("buildings", buildings, 0, 100)
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()

    if streets is not None:
        district = below([], "district", 1, "生成区", "D")
        street = below(district, "street", streets, "生成街道", "S")
        named = [*district, *street, *below(street, "community", communities, "生成社区", "C")]
    community = [place for place in named if place.level == "community"]
    sign = "" if streets is None else "G"
    grid = below(community, "grid", grids, "生成网格" if sign else "网格", sign)
    building = below(grid, "building", buildings * grids, "楼栋", "B")
    ground = draw([*named, *grid, *building], "grid", seed, centre, km2)
    managed = {one.name: _managed(one, grid) for one in community}
    ground = replace(ground, groups={"property": {name: own for name, own in managed.items() if own}})
    return assemble(
        "QINHUAI",
        city_name,
        ground,
        options,
        addresses=tuple(_addresses(named, grid, building)),
        layer_areas=tuple(_areas(ground, community)),
    )


def _known_communities(check: Bounds, streets: int, communities: int) -> int:
    streets = check.whole("streets", streets, 1, 100)
    return check.whole("communities", communities, streets, 100 * streets, "each street has at least one")


def _managed(community: Place, grids: list[Place]) -> tuple[Place, ...]:
    """Grids of a community with an estate that a company runs; the others fall to the street's centre."""
    own = [grid for grid in grids if grid.parent == community.id]
    return tuple(grid for at, grid in enumerate(own, start=1) if at % _ESTATES_WITHOUT_COMPANY)


def _addresses(named: list[Place], grids: list[Place], buildings: list[Place]) -> Iterator[Address]:
    """One standard address a building, or a grid if there are none: no grid is without."""
    division = next(place.name for place in named if place.level == "district")
    roads = {place.id: f"生成{at}路" for at, place in enumerate(named)}
    within: dict[str, list[Place]] = {}
    for building in buildings:
        within.setdefault(str(building.parent), []).append(building)
    numbers: dict[str, int] = {}
    for grid in grids:
        road = roads[str(grid.parent)]
        numbers[road] = numbers.get(road, 0) + 1
        for at, place in enumerate(within.get(grid.id, [grid]), start=1):
            block = f"{at}幢" if place.level == "building" else ""
            number = f"{numbers[road]}号"
            yield Address(f"A-{place.id}", place.id, division, road, number, building=block)


def _areas(ground: Ground, communities: list[Place]) -> Iterator[LayerArea]:
    """One generated area for each layer: the ground of a community."""
    import shapely

    at = dict(zip(("scenic", "park", "business"), (0, len(communities) // 2, -1), strict=True))
    for layer, index in at.items():
        home = communities[index]
        grids = {place.id for place in ground.places if place.parent == home.id}
        drawn = shapely.from_wkb([wkb for grid, wkb in ground.outlines.items() if grid in grids])
        wkb = bytes(shapely.to_wkb(shapely.coverage_union_all(drawn), byte_order=1))
        yield LayerArea(f"{layer}.1", f"生成范围({home.name})", layer, wkb=wkb)
