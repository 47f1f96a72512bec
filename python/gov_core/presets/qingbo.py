"""QINGBO: a street of five departments, an office and a centre, and two stations (paper 000, Hangzhou)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import below, draw
from gov_core.presets._preset import assemble
from gov_core.presets._tables import places_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gov_core.city import City, Place

CENTRE = (120.16, 30.24)
"""Near Qingbo; what is drawn there are no outlines of its communities."""
STATIONS = {
    "西片": ("清波门社区", "劳动路社区"),
    "东片": ("柳翠井巷社区", "定安路社区", "清河坊社区"),
}
"""Which communities each of the two stations serves (Q-STR-3)."""


def qingbo(
    *,
    city_name: str = "清波街道（生成底图）",
    communities: int | None = None,
    stations: int = 2,
    km2: float = 2.0,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a street on the model of Qingbo in Hangzhou.

    The paper knows no grids: communities tile the street.

    Args:
        city_name: For people.
        communities: How many communities another street has; if not given, the five of Qingbo with their
            codes.
        stations: Stations that serve them (Q-STR-2: 2, before the merger 5), each of them communities that
            hang together.
        km2: Area, made up as the outlines are.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options, see ``describe("QINGBO").options``.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.

    Examples:
        >>> city = qingbo()
        >>> [len(unit.serves) for unit in city.units if unit.kind == "community_station"]
        [2, 3]
    """
    check = Bounds("QINGBO")
    count = check.whole("communities", 5 if communities is None else communities, 1, 100)
    check.whole("stations", stations, 1, count, "a station serves at least one community")
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()
    if communities is None:
        places = places_of("qingbo")
    else:
        street = below([], "street", 1, "生成街道", "S")
        places = [*street, *below(street, "community", communities, "生成社区", "C")]
    ground = draw(places, "community", seed, centre, km2)
    real = communities is None and stations == len(STATIONS)
    served = _named(places) if real else ground.joined("community", stations, seed)
    return assemble("QINGBO", city_name, replace(ground, groups={"station": served}), options)


def _named(places: list[Place]) -> Mapping[str, tuple[Place, ...]]:
    return {
        name: tuple(place for place in places if place.name in served) for name, served in STATIONS.items()
    }
