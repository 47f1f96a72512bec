"""All checks of a city, one after the other, in all its versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.checker._families import IN_THE_TABLES, ON_THE_MAP
from gov_core.checker._finding import Finding
from gov_core.checker._map import CityMap
from gov_core.checker._severities import apply_severities, check_severities

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from gov_core.city import City
    from gov_core.errors import Fault


def check(city: City, *, on: date | None = None, threads: int = 1) -> list[Finding]:
    """Looks over a whole city.

    Args:
        city: As loaded; what `City.load` refuses is no city.
        on: Only the version of this day. Without it all versions are looked over, and what is wrong in
            several is told once, with the first day of the earliest.
        threads: For building the index of the grids.

    Returns:
        All findings, errors first, in an order that does not change from run to run. Findings of codes that
        the city has switched off (`City.severities`) are left out.

    Raises:
        CityError: The city has no grids on that day.
    """
    days = city.versions if on is None else (on,)
    found: dict[Fault, Finding] = {}
    for fault in city.warnings:
        found.setdefault(fault, Finding("warning", fault))
    for finding in check_severities(city):
        found.setdefault(finding.fault, finding)
    for day in days:
        version = city.as_of(day)
        since = None if day == city.versions[0] or on is not None else day
        for finding in _check_version(version, threads):
            found.setdefault(finding.fault, replace(finding, since=since))
    return sorted(apply_severities(city, found.values()), key=lambda finding: finding.severity)


def _check_version(city: City, threads: int) -> Iterator[Finding]:
    chart = CityMap(city, threads)
    for on_the_map in ON_THE_MAP:
        yield from on_the_map(chart)
    for in_the_tables in IN_THE_TABLES:
        yield from in_the_tables(city)
