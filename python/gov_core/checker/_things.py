"""Components and premises that are in no grid, contradict themselves, or leave out what they have to say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.checker._map import some
from gov_core.errors import Fault
from gov_core.places._people import in_public
from gov_core.routing import locate_things

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gov_core.checker._finding import Severity
    from gov_core.checker._map import CityMap
    from gov_core.city import City
    from gov_core.places import Asset
    from gov_core.routing import Site, Things

NOUNS = {"assets": "component", "premises": "premises"}

REASONS: Mapping[str, tuple[Severity, str, str]] = {
    "no_location": ("error", "it has neither a place nor coordinates", "name its grid, or measure it"),
    "bad_location": (
        "error",
        "its coordinates are none",
        "fill in lon and lat, in degrees",
    ),
    "out_of_area": ("error", "it lies outside of the city", "is it in the CRS of the city?"),
    "above_grids": ("warning", "its place lies above the grids", "name its grid, or measure it"),
}
"""Why a thing is in no grid: how bad that is, in words, and how to mend it."""


def check_things(chart: CityMap) -> Iterator[Finding]:
    """Looks over components and premises; nothing is located while the grids overlap."""
    city = chart.city
    if chart.index is not None:
        things = locate_things(city, index=chart.index)
        for site in things.sites:
            yield from _in_a_grid(site, city)
        yield from _too_many_households(things, city)
    yield from _twice(city)
    placed = [asset for asset in city.assets if asset.wkb or asset.lon is not None]
    yield from _silent(
        "component.accuracy",
        [asset for asset in placed if asset.accuracy is None],
        "do not say how exactly they were measured",
        "A is within 0.5 m, B within 1.0 m",
        city,
    )
    yield from _silent(
        "component.no_unit",
        [asset for asset in city.assets if not (asset.manager or asset.owner or asset.maintainer)],
        "have no manager, owner or maintainer",
        "name at least one unit",
        city,
    )


def _in_a_grid(site: Site, city: City) -> Iterator[Finding]:
    noun, where = NOUNS[site.part], city.where(site.part, site.id)
    if site.reason is not None:
        severity, why, hint = REASONS[site.reason]
        message = f"{noun} is in no grid: {why}"
        yield Finding(severity, Fault(f"{noun}.{site.reason}", message, where, hint, (site.id,)))
    elif site.contradicts:
        drawn = f"in {some(site.drawn)}" if site.drawn else "outside of the city"
        message = f'{noun} names a place in "{site.named}" and is drawn {drawn}'
        hint = "correct the place, or the coordinates"
        ids = (site.id, *site.grids)
        yield Finding("error", Fault(f"{noun}.wrong_place", message, where, hint, ids))


def _too_many_households(things: Things, city: City) -> Iterator[Finding]:
    """Finds grids whose premises of one kind have more households, or people, than the grid."""
    premises = {row.id: row for row in city.premises}
    places = {place.id: place for place in city.places}
    for what in ("households", "population"):
        sums: Counter[tuple[str, str]] = Counter()
        for site in things.sites:
            if site.part == "premises":
                sums.update({(grid, site.kind): getattr(premises[site.id], what) or 0 for grid in site.grids})
        for (grid, kind), inside in sums.items():
            own = getattr(places[grid], what)
            if own is not None and inside > own:
                message = f'{what} {in_public(own)}, but {in_public(inside)} in its premises of kind "{kind}"'
                hint = "correct one of the counts, or the grid of the premises"
                fault = Fault("premises.counts", message, city.where("places", grid), hint, (grid,))
                yield Finding("warning", fault)


def _twice(city: City) -> Iterator[Finding]:
    """Finds components of one class in exactly one spot."""
    first: dict[tuple[object, ...], str] = {}
    for asset in city.assets:
        if not asset.wkb and (asset.lon is None or asset.lat is None):
            continue
        spot = (asset.asset_class, asset.lon, asset.lat, asset.wkb)
        other = first.setdefault(spot, asset.id)
        if other != asset.id:
            message = f'"{other}" and "{asset.id}" are of one class and in exactly one spot'
            hint = "keep one, or measure them again"
            where = city.where("assets", asset.id)
            yield Finding("warning", Fault("component.twice", message, where, hint, (other, asset.id)))


def _silent(code: str, assets: Sequence[Asset], what: str, hint: str, city: City) -> Iterator[Finding]:
    """Tells once what many components leave out."""
    if assets:
        ids = tuple(asset.id for asset in assets)
        message = f"{len(ids)} of {len(city.assets)} components {what}: {some(ids)}"
        yield Finding("warning", Fault(code, message, city.where("assets", ids[0]), hint, ids))
