"""LUOHU and ZHABEI_2005: one station for several adjacent committees (一站多居); paper 000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.presets._named import district
from gov_core.presets._preset import assemble

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import City

CENTRE = (114.15, 22.57)
"""Near Luohu; what is drawn there shows no real place."""
CENTRE_OF_ZHABEI = (121.45, 31.27)


def luohu(
    *,
    city_name: str = "罗湖模式（生成底图）",
    streets: int | None = None,
    communities: int | None = None,
    committees_a_station: int = 3,
    km2: float = 78.0,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a city where a large workstation serves several small committees that lie side by side.

    Each station has one Party organisation (L-RULE-5).

    Args:
        city_name: For people.
        streets: How many to make up. If neither number is given, the 10 streets and 109 communities of
            today's Luohu district are taken, by name and code (the paper names none).
        communities: How many to make up.
        committees_a_station: How many adjacent committees of a street share one; fewer where none is left.
        km2: Area.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options; this preset has none.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.
    """
    ground = district(
        "LUOHU",
        streets=streets,
        communities=communities,
        km2=km2,
        centre=centre,
        options=options,
        seed=seed,
        joined=("stations", "committees_a_station", committees_a_station),
    )
    return assemble("LUOHU", city_name, ground, options)


def zhabei_2005(
    *,
    city_name: str = "闸北 2005（生成底图）",
    streets: int | None = None,
    communities: int | None = None,
    committees_a_station: int = 3,
    km2: float = 29.0,
    centre: tuple[float, float] = CENTRE_OF_ZHABEI,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a city where one station serves several committees, as Zhabei was the first to do in 2005.

    The paper says no more of Zhabei than that; that the committees lie side by side is Luohu's rule. All
    places are generated: the district became part of Jing'an, and no list at hand has it.

    Args:
        city_name: For people.
        streets: How many.
        communities: How many.
        committees_a_station: How many adjacent committees of a street share one; fewer where none is left.
        km2: Area.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options; this preset has none.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.
    """
    ground = district(
        "ZHABEI_2005",
        streets=streets,
        communities=communities,
        km2=km2,
        centre=centre,
        options=options,
        seed=seed,
        joined=("stations", "committees_a_station", committees_a_station),
    )
    return assemble("ZHABEI_2005", city_name, ground, options)
