"""All checks of a city, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._answers import check_answers
from gov_core.checker._finding import Finding
from gov_core.checker._hierarchy import check_hierarchy
from gov_core.checker._map import CityMap
from gov_core.checker._outlines import check_outlines
from gov_core.checker._partition import build_index, check_partition
from gov_core.checker._references import check_references

if TYPE_CHECKING:
    from gov_core.city import City


def check_city(city: City, *, threads: int = 1) -> list[Finding]:
    """Looks over a whole city.

    Args:
        city: As loaded; what `City.load` refuses is no city.
        threads: For building the index of the grids.

    Returns:
        All findings, errors first, in an order that does not change from run to run.
    """
    findings = [Finding("warning", warning) for warning in city.warnings]
    index, refused = build_index(city, threads)
    chart = CityMap(city)
    findings += check_outlines(chart, {name for fault in refused for name in fault.ids})
    findings += check_partition(chart, refused)
    findings += check_hierarchy(chart)
    findings += check_references(city)
    if index is not None:
        findings += check_answers(city, index)
    return sorted(findings, key=lambda finding: finding.severity)
