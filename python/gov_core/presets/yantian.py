"""YANTIAN: one committee and two stations, below it (2002) and apart from it (2004); paper 000."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.presets._named import district
from gov_core.presets._preset import assemble

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import City

CENTRE = (114.27, 22.59)
"""Near Yantian; what is drawn there shows no real place."""


def yantian_2002(
    *,
    city_name: str = "盐田模式 2002（生成底图）",
    streets: int | None = None,
    communities: int | None = None,
    km2: float = 70.0,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a city where each committee has a workstation and a service station below it (下设).

    Args:
        city_name: For people.
        streets: How many to make up. If neither number is given, the 4 streets and 23 communities of today's
            Yantian district are taken, by name and code (the paper names none; the bonded zone is left out).
        communities: How many to make up.
        km2: Area.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options; this preset has none.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.

    Examples:
        >>> sum(unit.kind == "community_station" for unit in yantian_2002().units)
        23
    """
    ground = district(
        "YANTIAN_2002",
        streets=streets,
        communities=communities,
        km2=km2,
        centre=centre,
        options=options,
        seed=seed,
    )
    return assemble("YANTIAN_2002", city_name, ground, options)


def yantian_2004(
    *,
    city_name: str = "盐田模式 2004（生成底图）",
    streets: int | None = None,
    communities: int | None = None,
    km2: float = 70.0,
    centre: tuple[float, float] = CENTRE,
    options: Collection[str] = (),
    seed: int = 1,
) -> City:
    """Makes a city where committee, workstation and service station stand apart (分设).

    The committee inspects and supervises the workstation and guides the service station, which is a private
    non-enterprise unit paid by purchase of its projects.

    Args:
        city_name: For people.
        streets: As for `yantian_2002`.
        communities: As for `yantian_2002`.
        km2: Area.
        centre: Longitude and latitude of the middle of the generated ground, degrees.
        options: Names of options; this preset has none.
        seed: The same seed gives the same ground.

    Raises:
        PresetError: With every parameter that is out of range.
    """
    ground = district(
        "YANTIAN_2004",
        streets=streets,
        communities=communities,
        km2=km2,
        centre=centre,
        options=options,
        seed=seed,
    )
    return assemble("YANTIAN_2004", city_name, ground, options)
