"""Standard addresses for the grids of a city: as many and as varied as real ones, of no real place."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from gov_core.places import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.city import City

_FIRST = "柳荷芦云清白青松竹梅兰枫槐桂棠鹭鹤雁霞虹泉溪石岚"
_SECOND = "湾塘岸汀洲坞岭坡谷亭桥渡浦畔林园台阁轩"
_ROADS = ("路", "街", "大道")
_ESTATES = ("花园", "家园", "公寓", "新村")


def generate_addresses(
    city: City, per_grid: int = 20, seed: int = 1, *, measured: bool = True
) -> tuple[Address, ...]:
    """Generate the address table of a city, in which every grid has addresses and every address one grid.

    Each community, or whatever is above the grids, has a road with consecutive numbers from grid to grid, and
    each grid an estate on it with an alias. Half of a grid's addresses are numbers on the road, the others
    buildings of the estate. All names say 生成 (generated).

    Args:
        city: Any city; its grids get addresses.
        per_grid: How many each; at least 1.
        seed: The same seed gives the same addresses.
        measured: Whether they have coordinates, inside of their grid.

    Returns:
        The rows, in the order of the grids; ``dataclasses.replace(city, addresses=rows)`` takes them in.

    Raises:
        ValueError: `per_grid` is below 1.

    Examples:
        >>> from gov_core.generate import generate_city
        >>> rows = generate_addresses(generate_city(grids=4), per_grid=2, measured=False)
        >>> len(rows), rows[0].place, rows[0].number, rows[1].building
        (8, 'S01-C01-G01', '1号', '1幢')
    """
    if per_grid < 1:
        raise ValueError(f"per_grid is {per_grid}; a grid has at least 1 address")
    rng = np.random.default_rng([seed, 7])
    shift = int(rng.integers(1 << 20))
    parents = {place.id: place.parent for place in city.places}
    streets = {parent: at for at, parent in enumerate(dict.fromkeys(parents[grid] for grid in city.grids))}
    numbers = {parent: count(1) for parent in streets}
    rows = []
    for at, (grid, wkb) in enumerate(zip(city.grids, city.geometries, strict=True)):
        parent = parents[grid]
        road = _name(shift + streets[parent], _ROADS)
        estate = _name(shift + len(streets) + 2 * at, _ESTATES)
        alias = _name(shift + len(streets) + 2 * at + 1, _ESTATES)
        points = _points(wkb, per_grid, rng) if measured else iter(())
        on_the_road = (per_grid + 1) // 2
        estate_number = next(numbers[parent])
        for number in range(1, per_grid + 1):
            lon, lat = next(points, (None, None))
            inside = number - on_the_road
            own = estate_number if number == 1 or inside > 0 else next(numbers[parent])
            rows.append(
                Address(
                    f"{grid}-A{number:0{len(str(per_grid))}d}",
                    grid,
                    road=road,
                    number=f"{own}号",
                    estate=(estate, alias) if inside > 0 else (),
                    building=f"{inside}幢" if inside > 0 else "",
                    lon=lon,
                    lat=lat,
                )
            )
    return tuple(rows)


def _name(number: int, ends: tuple[str, ...]) -> str:
    """A made-up name for each number; different numbers have different names."""
    number, end = divmod(number, len(ends))
    letters = ""
    while number or not letters:
        number, first = divmod(number, len(_FIRST))
        number, second = divmod(number, len(_SECOND))
        letters += _FIRST[first] + _SECOND[second]
    return f"生成{letters}{ends[end]}"


def _points(wkb: bytes, wanted: int, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    """Points inside of an outline."""
    import shapely

    outline = shapely.from_wkb(wkb)
    shapely.prepare(outline)
    low, high = np.reshape(outline.bounds, (2, 2))
    found = 0
    while found < wanted:
        drawn = rng.uniform(low, high, (4 * wanted, 2)).round(7)
        inside = drawn[shapely.contains_xy(outline, drawn)][: wanted - found]
        found += len(inside)
        yield from map(tuple, inside.tolist())
