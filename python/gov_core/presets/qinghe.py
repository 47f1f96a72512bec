"""QINGHE: three levels of places over buildings, and three grades (paper 003, Huai'an Qinghe, 2011)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import below, draw, spread
from gov_core.presets._preset import assemble

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import City, Place

CENTRE = (119.02, 33.60)
"""An empty plain near Huai'an: what is drawn there shows no real place."""
GRIDS_A_COMMUNITY = (5, 7)
PEOPLE_A_GRID = (1_000, 1_500)
_PEOPLE_A_HOUSEHOLD = 3
"""Makes both norms of H-RULE-1 hold together: 1,000 to 1,500 people are 333 to 500 households."""


def qinghe(
    *,
    city_name: str = "清河模式（生成底图）",
    streets: int = 7,
    communities: int = 41,
    grids: int = 265,
    buildings: int = 4,
    population: int | None = None,
    floating: int = 0,
    km2: float = 30.5,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a city on the model of Huai'an Qinghe: street, community, grid, building, and three grades.

    The real names of Qinghe's streets and communities of 2011 are in no source at hand, so all places are
    generated, for this district as for any other.

    Args:
        city_name: For people.
        streets: Streets (H-NUM-1: 7).
        communities: Communities of all streets (H-NUM-1: 41).
        grids: Grids of all communities (H-NUM-2: 265), 5 to 7 a community (H-STR-1).
        buildings: Buildings a grid, generated; 0 leaves the level out.
        population: Residents of all grids, 1,000 to 1,500 a grid (H-RULE-1); if not given, 318,000
            (H-NUM-4) for 265 grids, in proportion for others.
        floating: People counted beside residents (H-NUM-6: 104,100). The norm of people a grid is for
            residents: with them, the mean of Qinghe would be 1,593, and the norm says so.
        km2: Area (H-NUM-3: 30.5).
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options, see ``describe("QINGHE").options``.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.

    Examples:
        >>> city = qinghe(streets=2, communities=9, grids=50)
        >>> len(city.grids), sum(place.population or 0 for place in city.places if place.level == "grid")
        (50, 60000)
    """
    check = Bounds("QINGHE")
    streets = check.whole("streets", streets, 1, 100)
    least = "each street has at least one"
    communities = check.whole("communities", communities, streets, 100 * streets, least)
    few, many = GRIDS_A_COMMUNITY
    norm = "5 to 7 a community (H-STR-1)"
    grids = check.whole("grids", grids, few * communities, many * communities, norm)
    managers = "compound_managers" in options
    check.whole(
        "buildings", buildings, int(managers), 100, "compound managers have buildings" if managers else ""
    )
    residents = 1_200 * grids if population is None else population
    low, high = PEOPLE_A_GRID
    check.whole("population", residents, low * grids, high * grids, "1,000 to 1,500 a grid (H-RULE-1)")
    check.whole("floating", floating, 0, 10_000 * grids)
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()

    street = below([], "street", streets, "生成街道", "S")
    community = below(street, "community", communities, "生成社区", "C")
    grid = below(community, "grid", grids, "生成网格", "G")
    building = below(grid, "building", buildings * grids, "生成楼栋", "B")
    people = spread(residents, grids, low, high, seed)
    more = spread(floating, grids, 0, 10_000, seed)
    counted = counts([*street, *community, *grid], [a + b for a, b in zip(people, more, strict=True)])
    ground = draw([*counted, *building], "grid", seed, centre, km2)
    return assemble("QINGHE", city_name, ground, options)


def counts(places: list[Place], people: list[int]) -> list[Place]:
    """Puts counts of people and households on grids, and their sums on the places above.

    Args:
        places: Of all levels down to the grids, parents first; the last ones are the grids.
        people: One count a grid.
    """
    above = {place.id: place.parent for place in places}
    total = dict.fromkeys(above, (0, 0))
    for grid, count in zip(places[-len(people) :], people, strict=True):
        at: str | None = grid.id
        while at is not None:
            residents, households = total[at]
            total[at] = (residents + count, households + round(count / _PEOPLE_A_HOUSEHOLD))
            at = above[at]
    return [replace(place, population=total[place.id][0], households=total[place.id][1]) for place in places]
