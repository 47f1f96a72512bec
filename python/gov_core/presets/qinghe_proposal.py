"""QINGHE_PROPOSAL: large communities under the district, and no streets (proposed in paper 003)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import below, draw, spread
from gov_core.presets._preset import assemble
from gov_core.presets.qinghe import CENTRE, PEOPLE_A_GRID, counts

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import City


def qinghe_proposal(
    *,
    city_name: str = "清河建议方案（生成底图）",
    communities: int = 16,
    grids: int = 265,
    population: int | None = None,
    km2: float = 30.5,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes the city that the author of paper 003 proposes: it was not done in Qinghe.

    About 16 large communities take the place of 41 and of the streets (H-STR-3, H-STR-4); each has a Party
    working committee, a service centre and, apart from it, a residents' committee. All values are
    recommended.

    Args:
        city_name: For people.
        communities: Large communities (H-STR-3: about 16).
        grids: Grids of all communities; those of today (H-NUM-2), of which the proposal says nothing.
        population: Residents of all grids, 1,000 to 1,500 a grid (H-RULE-1); if not given, 1,200 a grid.
        km2: Area (H-NUM-3: 30.5).
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options, see ``describe("QINGHE_PROPOSAL").options``.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.

    Examples:
        >>> city = qinghe_proposal()
        >>> city.levels, sum(place.level == "community" for place in city.places)
        (('district', 'community', 'grid'), 16)
    """
    check = Bounds("QINGHE_PROPOSAL")
    communities = check.whole("communities", communities, 1, 1_000)
    grids = check.whole("grids", grids, communities, 100 * communities, "each community has at least one")
    low, high = PEOPLE_A_GRID
    residents = 1_200 * grids if population is None else population
    check.whole("population", residents, low * grids, high * grids, "1,000 to 1,500 a grid (H-RULE-1)")
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()
    district = below([], "district", 1, "生成区", "D")
    community = below(district, "community", communities, "生成大社区", "C")
    grid = below(community, "grid", grids, "生成网格", "G")
    places = counts([*district, *community, *grid], spread(residents, grids, low, high, seed))
    return assemble("QINGHE_PROPOSAL", city_name, draw(places, "grid", seed, centre, km2), options)
