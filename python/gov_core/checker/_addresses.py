"""Standard addresses without a grid, in two, or in the wrong one; grids without addresses; look-alikes."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.checker._map import some
from gov_core.errors import Fault
from gov_core.places import AddressBook, ParsedAddress
from gov_core.routing import address_coverage

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from gov_core.checker._map import CityMap
    from gov_core.city import City
    from gov_core.routing import AddressCoverage

_ALIKE = str.maketrans("OIL", "011")
"""Letters that are taken for digits; addresses are in capitals when they are compared."""


def check_addresses(chart: CityMap) -> Iterator[Finding]:
    """Holds the address table against the grids; a city without one is not looked at.

    Points are not located while the grids overlap.
    """
    city = chart.city
    if not city.addresses:
        return
    yield from _points(city)
    if chart.index is not None:
        coverage = address_coverage(city, index=chart.index)
        yield from coverage_findings(city, coverage)
        yield from _twice(city, coverage)
        several = {row for group in (*coverage.in_two_grids, *coverage.twice) for row in group}
        yield from _not_found(city, several)
    yield from _look_alikes(city)


def coverage_findings(city: City, coverage: AddressCoverage) -> Iterator[Finding]:
    """What keeps addresses and grids from covering each other."""
    where = partial(city.where, "addresses")
    for row in coverage.above_grids:
        hint = "name its grid, or a place below one"
        fault = Fault("address.above_grids", "the place lies above the grids", where(row), hint, (row,))
        yield Finding("error", fault)
    for group in coverage.in_two_grids:
        message = f"one address is listed in several grids: {some(group)}"
        hint = "keep the row that is right, or tell the rows apart by building or division"
        yield Finding("error", Fault("address.two_grids", message, where(group[0]), hint, group))
    for off in coverage.misplaced:
        drawn = f'in "{off.drawn}"' if off.drawn is not None else "outside of the city"
        message = f'it is listed in "{off.grid}" and was measured {drawn}, {off.distance_m:.3g} m away'
        hint = "correct the place, or the coordinates"
        ids = (off.address, off.grid, *filter(None, [off.drawn]))
        yield Finding("error", Fault("address.wrong_place", message, where(off.address), hint, ids))
    for grid in coverage.empty_grids:
        message = "the grid has no standard address"
        hint = "list its addresses, or ask whether the ground belongs to a neighbour"
        fault = Fault("address.none_in_grid", message, city.where("places", grid), hint, (grid,))
        yield Finding("warning", fault)


def _points(city: City) -> Iterator[Finding]:
    for row in city.addresses:
        given = [degrees for degrees in (row.lon, row.lat) if degrees is not None]
        if len(given) == 1 or not all(map(math.isfinite, given)):
            message = "lon and lat are no pair of numbers"
            where, hint = city.where("addresses", row.id), "fill in both, or none"
            yield Finding("error", Fault("address.bad_location", message, where, hint, (row.id,)))


def _twice(city: City, coverage: AddressCoverage) -> Iterator[Finding]:
    for group in coverage.twice:
        message = f"one address is listed {len(group)} times: {some(group)}"
        where = city.where("addresses", group[0])
        yield Finding("warning", Fault("address.twice", message, where, "keep one row", group))


def _not_found(city: City, several: Container[str]) -> Iterator[Finding]:
    """Finds rows that their own address does not lead back to; those that stand several times are known."""
    book = AddressBook.of(city.addresses, city.places)
    for row in city.addresses:
        if row.id in several:
            continue
        match = book.find(str(ParsedAddress.of(row)))
        if match.place == row.place:
            continue
        if match.outcome == "ambiguous":
            message = f"the address fits several rows: {some(match.candidates)}"
            hint = "fill in the division, the road or the estate"
        else:
            read = f', which is read as "{match.matched}"' if match.matched else ""
            message = f'no reported address leads to the row: it is "{ParsedAddress.of(row)}"{read}'
            hint = "a row needs a road with a number, an estate, or a road of which it is the whole"
        where = city.where("addresses", row.id)
        yield Finding("warning", Fault("address.not_found", message, where, hint, (row.id,)))


def _look_alikes(city: City) -> Iterator[Finding]:
    """Finds addresses that differ only in letters that look like digits."""
    first: dict[str, tuple[str, str]] = {}
    for row in city.addresses:
        written = str(ParsedAddress.of(row))
        other, before = first.setdefault(written.translate(_ALIKE), (row.id, written))
        if before != written:
            message = f'"{written}" looks like "{before}" ({other})'
            hint = "write both the same way, or tell them apart"
            where = city.where("addresses", row.id)
            yield Finding("warning", Fault("address.look_alike", message, where, hint, (other, row.id)))
