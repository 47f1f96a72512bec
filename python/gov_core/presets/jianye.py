"""JIANYE: Party committee, residents' committee and management service station in one; paper 000."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import draw
from gov_core.presets._named import neighbours_joined, streets_and_communities
from gov_core.presets._preset import assemble

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import City

CENTRE = (118.72, 32.00)
"""Near Jianye; what is drawn there shows no real place."""


def jianye(
    *,
    city_name: str = "建邺模式（生成底图）",
    streets: int | None = None,
    communities: int | None = None,
    communities_a_party_committee: int = 2,
    km2: float = 80.0,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a city where staff sent down work in stations under dual management (委-居-站).

    Args:
        city_name: For people.
        streets: How many to make up. If neither number is given, the 6 streets and 64 communities of today's
            Jianye district are taken, by name and code (the paper names none).
        communities: How many to make up.
        communities_a_party_committee: For how many neighbouring communities of a street one Party committee
            is set up (J-RULE-1: one or several).
        km2: Area.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options; this preset has none.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.
    """
    check = Bounds("JIANYE")
    places = streets_and_communities("jianye", streets, communities, check)
    size = check.whole("communities_a_party_committee", communities_a_party_committee, 1, 100)
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()
    ground = draw(places, "community", seed, centre, km2)
    ground = replace(ground, groups={"party": neighbours_joined(ground, "community", size)})
    return assemble("JIANYE", city_name, ground, options)
