"""SHANDONG: communities of four types, each guided in its own way (paper 004, about the end of 2015)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import below, draw
from gov_core.presets._preset import assemble

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import City

CENTRE = (117.00, 36.65)
"""A place in Shandong; what is drawn there shows no real one."""
TYPES = ("closed", "old", "high_end", "village_to_community")
"""封闭型, 老旧小区, 高档社区, 村改居 (S-STR-3 to S-STR-5, S-NUM-3)."""


def shandong(
    *,
    city_name: str = "山东模式（生成底图）",
    streets: int = 3,
    closed: int = 6,
    old: int = 6,
    high_end: int = 3,
    village_to_community: int = 3,
    km2: float = 20.0,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a district on the model of Shandong: communities of four types, two lists for each committee.

    The paper is about a whole province and names no district: all places are generated, and the numbers of
    communities are made up. It knows no grids: communities tile the district.

    Args:
        city_name: For people.
        streets: How many streets.
        closed: Closed communities, run four-in-one (S-STR-2, S-STR-5).
        old: Communities of old estates, which manage their property themselves (S-STR-3).
        high_end: High-end communities, which bring resources together (S-STR-4).
        village_to_community: Villages that became communities, each with a service station (S-NUM-3).
        km2: Area, made up as the outlines are.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options, see ``describe("SHANDONG").options``.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.

    Examples:
        >>> city = shandong(streets=1, closed=2, old=1, high_end=0, village_to_community=1)
        >>> [place.kind for place in city.places if place.level == "community"]
        ['closed', 'closed', 'old', 'village_to_community']
    """
    counts = dict(zip(TYPES, (closed, old, high_end, village_to_community), strict=True))
    check = Bounds("SHANDONG")
    kinds = [kind for kind, count in counts.items() for _ in range(check.whole(kind, count, 0, 1_000))]
    check.whole("communities", len(kinds), 1, 4_000, "at least one, of whatever type")
    check.whole("streets", streets, 1, max(1, len(kinds)), "each street has at least one community")
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()
    street = below([], "street", streets, "生成街道", "S")
    community = below(street, "community", len(kinds), "生成社区", "C")
    typed = [replace(place, kind=kind) for place, kind in zip(community, kinds, strict=True)]
    return assemble("SHANDONG", city_name, draw([*street, *typed], "community", seed, centre, km2), options)
