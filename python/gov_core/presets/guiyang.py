"""GUIYANG: new communities under the district, without streets (一委一会一中心); paper 001."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import below, draw
from gov_core.presets._preset import assemble
from gov_core.presets._tables import places_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import City

CENTRE = (106.70, 26.62)
"""Near Guiyang; what is drawn there shows no real place."""


def guiyang(
    *,
    city_name: str = "贵阳模式（生成底图）",
    districts: int | None = None,
    communities: int = 94,
    neighbourhoods: int = 4,
    km2: float = 2_400.0,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a city of three levels, city, district and community; each community has several committees.

    Below the communities lie the neighbourhoods, the ground of one committee each, which are no level of
    administration.

    Args:
        city_name: For people.
        districts: How many to make up; if not given, the six districts of today's Guiyang proper are taken,
            by name and code. Their outlines are generated all the same.
        communities: New communities (G-NUM-1: 94).
        neighbourhoods: Committees a community; the paper says several.
        km2: Area.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options, see ``describe("GUIYANG").options``.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.

    Examples:
        >>> city = guiyang(districts=2, communities=4, neighbourhoods=2)
        >>> city.levels, len(city.grids)
        (('city', 'district', 'community', 'neighbourhood'), 8)
    """
    check = Bounds("GUIYANG")
    known = places_of("guiyang")
    many = check.whole("districts", len(known) - 1 if districts is None else districts, 1, 100)
    communities = check.whole("communities", communities, many, 10_000, "each district has at least one")
    each = check.whole("neighbourhoods", neighbourhoods, 1, 50)
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()
    if districts is None:
        city, district = known[:1], known[1:]
    else:
        city = below([], "city", 1, "生成市", "CITY")
        district = below(city, "district", districts, "生成区", "D")
    community = below(district, "community", communities, "生成社区", "C")
    neighbourhood = below(community, "neighbourhood", each * communities, "生成居民区", "N")
    places = [*city, *district, *community, *neighbourhood]
    return assemble("GUIYANG", city_name, draw(places, "neighbourhood", seed, centre, km2), options)
