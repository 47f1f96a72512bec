"""JIANYE: Party committee, residents' committee and management service station in one; paper 000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.presets._named import district
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
    ground = district(
        "JIANYE",
        streets=streets,
        communities=communities,
        km2=km2,
        centre=centre,
        options=options,
        seed=seed,
        joined=("party", "communities_a_party_committee", communities_a_party_committee),
    )
    return assemble("JIANYE", city_name, ground, options)
