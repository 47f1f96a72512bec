"""The units of a generated city: departments, street bodies, stations, committees, property companies.

Bodies only, never people; every name says that it is generated (生成).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.city import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

_DEPARTMENTS = (
    ("urban_management_bureau", "城市管理局"),
    ("housing_bureau", "住房和城乡建设局"),
    ("transport_bureau", "交通运输局"),
    ("water_bureau", "水务局"),
    ("landscape_bureau", "园林绿化局"),
    ("public_security_bureau", "公安局"),
    ("market_regulation_bureau", "市场监督管理局"),
    ("emergency_bureau", "应急管理局"),
    ("ecology_bureau", "生态环境局"),
    ("power_supply_office", "供电所"),
    ("communications_office", "通信管理所"),
)
_STREET_BODIES = (
    ("street_office", "街道办事处"),
    ("enforcement_team", "综合行政执法队"),
    ("sanitation_team", "环卫所"),
    ("street_property_centre", "街道物业服务中心"),
)


def departments(districts: Sequence[Sequence[str]]) -> Iterator[Unit]:
    """Yield the departments of every district, given as the ids of its streets."""
    for number, streets in enumerate(districts, start=1):
        for kind, title in _DEPARTMENTS:
            yield Unit(f"D{number:02d}-{kind}", f"生成{title} {number}", kind, tuple(streets))


def street_bodies(streets: Sequence[str]) -> Iterator[Unit]:
    """Yield the bodies that every street has once."""
    for street in streets:
        for kind, title in _STREET_BODIES:
            yield Unit(f"{street}-{kind}", f"生成{title} {numbering(street)}", kind, (street,))


def committees(communities: Sequence[str]) -> Iterator[Unit]:
    """Yield one residents' committee (居民委员会) a community."""
    for community in communities:
        yield Unit(
            f"{community}-residents_committee",
            f"生成居民委员会 {numbering(community)}",
            "residents_committee",
            (community,),
        )


def stations(
    rng: np.random.Generator,
    communities: Sequence[str],
    street_of: Sequence[int],
    neighbours: Sequence[tuple[int, int]],
) -> Iterator[Unit]:
    """Yield community stations (社区工作站): one serves one to three adjacent committees of its street.

    Args:
        rng: Says how many committees a station is to serve.
        communities: Ids.
        street_of: The street of each community.
        neighbours: Pairs of communities that share a border.
    """
    around: list[list[int]] = [[] for _ in communities]
    for a, b in neighbours:
        if street_of[a] == street_of[b]:
            around[a].append(b)
            around[b].append(a)
    served: set[int] = set()
    for community, wanted in enumerate(rng.integers(1, 4, len(communities)).tolist()):
        if community in served:
            continue
        free = [other for other in around[community] if other not in served]
        together = [community, *free[: wanted - 1]]
        served.update(together)
        own = communities[community]
        places = tuple(communities[i] for i in together)
        yield Unit(
            f"{own}-community_station", f"生成社区工作站 {numbering(own)}", "community_station", places
        )


def property_companies(
    rng: np.random.Generator, communities: Sequence[str], grids_of: Sequence[Sequence[str]]
) -> Iterator[Unit]:
    """Yield property companies (物业服务企业): up to two a community; three grids in ten have none."""
    for community, grids in zip(communities, grids_of, strict=True):
        company = rng.choice(3, len(grids), p=(0.3, 0.45, 0.25)).tolist()
        for number in (1, 2):
            served = tuple(grid for grid, mine in zip(grids, company, strict=True) if mine == number)
            if served:
                yield Unit(
                    f"{community}-property_company-{number}",
                    f"生成物业服务企业 {numbering(community)}-{number}",
                    "property_company",
                    served,
                )


def numbering(place: str) -> str:
    """Say a place id in plain numbers: ``S03-C05`` is 3-5."""
    return "-".join(str(int(part[1:])) for part in place.split("-"))
