"""Streets and communities of a district: as listed, or made up for any other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.presets._bounds import Bounds
from gov_core.presets._ground import below, draw
from gov_core.presets._tables import places_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.city import Place
    from gov_core.presets._ground import Ground


def district(
    name: str,
    *,
    streets: int | None,
    communities: int | None,
    km2: float,
    centre: tuple[float, float],
    options: Collection[str],
    seed: int,
    joined: tuple[str, str, int] | None = None,
) -> Ground:
    """Judges the parameters of a preset on streets and communities, and draws its ground.

    Args:
        name: Name of the preset.
        streets: How many to make up.
        communities: How many to make up.
        km2: Area.
        centre: Longitude and latitude of its middle, degrees.
        options: Those that are asked for.
        seed: The same seed gives the same ground.
        joined: Name of the groups that neighbouring communities form, the parameter that says how many are in
            one, and its value; None for no groups.

    Raises:
        PresetError: With every parameter that is out of range.
    """
    check = Bounds(name)
    places = streets_and_communities(name.lower(), streets, communities, check)
    group, size = "", 1
    if joined is not None:
        group, size = joined[0], check.whole(joined[1], joined[2], 1, 100)
    check.ground(km2, centre, seed)
    check.options(options)
    check.done()
    ground = draw(places, "community", seed, centre, km2)
    return replace(ground, groups={group: neighbours_joined(ground, "community", size)}) if group else ground


def streets_and_communities(
    folder: str, streets: int | None, communities: int | None, check: Bounds
) -> list[Place]:
    """The places of a district with the two levels street and community.

    Args:
        folder: Name of the preset, in lower case; its places are taken if neither number is given.
        streets: How many to make up; None for one in six communities.
        communities: How many to make up; None for six a street.
        check: Takes note of numbers out of range.
    """
    if streets is None and communities is None and (listed := places_of(folder)):
        return listed
    wanted = 6 if streets is None and communities is None else streets
    if wanted is None:
        wanted = max(1, (communities or 0) // 6)
    wanted = check.whole("streets", wanted, 1, 100)
    many = check.whole(
        "communities",
        6 * wanted if communities is None else communities,
        wanted,
        100 * wanted,
        "each street has at least one",
    )
    street = below([], "street", wanted, "生成街道", "S")
    return [*street, *below(street, "community", many, "生成社区", "C")]


def neighbours_joined(ground: Ground, level: str, size: int) -> dict[str, tuple[Place, ...]]:
    """Joins neighbouring places of one parent into groups of a size, fewer where no neighbour is left.

    Args:
        ground: Its tiles are the places of `level`.
        level: Which places.
        size: How many a group has, if it can.

    Returns:
        Places of each group, by the name of its first place and how many more there are: ``东门社区等3个``.
    """
    beside: dict[str, set[str]] = {}
    for one, other in ground.neighbours:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    left = {place.id: place for place in ground.of_level(level)}
    groups = {}
    while left:
        first = left.pop(next(iter(left)))
        group = [first]
        while len(group) < size:
            near = {name for place in group for name in beside.get(place.id, ())}
            joining = next((at for at in left if at in near and left[at].parent == first.parent), None)
            if joining is None:
                break
            group.append(left.pop(joining))
        more = f"等{len(group)}个" if len(group) > 1 else ""
        groups[f"{first.name}{more}"] = tuple(group)
    return groups
