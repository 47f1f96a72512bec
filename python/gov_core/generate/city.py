"""A whole generated city: an exact partition, its hierarchy, units, matters and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gov_core.city import City, Place
from gov_core.generate import bodies
from gov_core.generate.catalogue import ASSET_CLASSES, catalogue
from gov_core.generate.duties import rules
from gov_core.generate.hierarchy import grow_regions, join_neighbours, mean_centres
from gov_core.generate.partition import partition

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS = ("street", "community", "grid")
_TITLES = ("街道", "社区", "网格")
GRADES = ("general", "larger", "major")
# Huai'an Qinghe (paper 003): 7 streets, 41 communities, 265 grids. Other sizes keep these shares.
_STREETS, _COMMUNITIES, _GRIDS = 7, 41, 265
_STREETS_A_DISTRICT = 8


def generate_city(grids: int = _GRIDS, seed: int = 1, *, detail: float = 1.0) -> City:
    """Generate a city that has the size and the shape of a real one and shows no real one.

    265 grids give 41 communities and 7 streets, the size of Huai'an Qinghe (paper 003); other sizes keep the
    shares. Grids are an exact partition with winding borders, some with enclaves, some of two parts. The
    matters are 5 classes of components and 6 of events with conditions; rules use limits of all four kinds,
    fallback chains, grades, asset classes, and exceptions for streets and communities. All names say 生成
    (generated).

    Args:
        grids: How many grids; at least 4.
        seed: The same seed gives the same city.
        detail: Factor on the number of vertices of borders; 1.0 gives about 90 a grid.

    Raises:
        ValueError: Fewer than 4 grids.

    Examples:
        >>> city = generate_city(grids=40, seed=3)
        >>> len(city.grids), city.path(city.grids[0])
        (40, ('S01', 'S01-C01', 'S01-C01-G01'))
    """
    import shapely

    parts = partition(grids, seed, detail=detail)
    rng = np.random.default_rng([seed, 1])
    polygons = parts.polygons()
    centres = shapely.get_coordinates(shapely.centroid(polygons))
    communities = max(1, round(grids * _COMMUNITIES / _GRIDS))
    streets = max(1, round(communities * _STREETS / _COMMUNITIES))
    districts = max(1, round(streets / _STREETS_A_DISTRICT))
    community = grow_regions(rng, centres, parts.neighbours, communities)
    community_centres = mean_centres(centres, community, communities)
    community_pairs = join_neighbours(parts.neighbours, community)
    street = grow_regions(rng, community_centres, community_pairs, streets)
    street_centres = mean_centres(community_centres, street, streets)
    district = grow_regions(rng, street_centres, join_neighbours(community_pairs, street), districts)

    street_ids = _number_ids(np.zeros(streets, dtype=np.int64), [""], street_centres, "S")
    community_ids = _number_ids(street, street_ids, community_centres, "-C")
    grid_ids = _number_ids(community, community_ids, centres, "-G")
    parents: list[str | None] = [None] * streets
    parents += [street_ids[i] for i in street] + [community_ids[i] for i in community]
    ids = street_ids + community_ids + grid_ids
    named = (
        Place(own, f"生成{_TITLES[own.count('-')]} {bodies.numbering(own)}", LEVELS[own.count("-")], parent)
        for own, parent in zip(ids, parents, strict=True)
    )
    places = sorted(named, key=lambda place: (place.id.count("-"), place.id))

    grids_of: list[list[str]] = [[] for _ in range(communities)]
    for own, at in sorted(zip(grid_ids, community.tolist(), strict=True)):
        grids_of[at].append(own)
    entries = tuple(catalogue())
    units = [
        *bodies.departments(
            [[street_ids[i] for i in np.flatnonzero(district == d)] for d in range(districts)]
        ),
        *bodies.street_bodies(sorted(street_ids)),
        *bodies.committees(sorted(community_ids)),
        *bodies.stations(rng, community_ids, street.tolist(), community_pairs.tolist()),
        *bodies.property_companies(rng, community_ids, grids_of),
    ]
    return City.from_parts(
        name=f"生成城市 {grids} 网格 种子 {seed}",
        levels=LEVELS,
        grades=GRADES,
        places=places,
        geometries=dict(zip(grid_ids, shapely.to_wkb(polygons).tolist(), strict=True)),
        units=units,
        matters=[entry.matter for entry in entries],
        asset_classes=ASSET_CLASSES,
        rules=rules(rng, entries, sorted(street_ids), sorted(community_ids)),
    )


def _number_ids(
    parent: NDArray[np.int64], parent_ids: list[str], centres: NDArray[np.float64], tag: str
) -> list[str]:
    """Number areas from west to east within their parents: ``S03``, ``S03-C05``, ``S03-C05-G02``."""
    order = np.lexsort((centres[:, 1], centres[:, 0], parent))
    first = np.searchsorted(parent[order], parent[order])
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order)) - first + 1
    width = max(2, len(str(number.max())))
    return [
        f"{parent_ids[p]}{tag}{n:0{width}d}" for p, n in zip(parent.tolist(), number.tolist(), strict=True)
    ]
