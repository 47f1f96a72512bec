"""Hard rule on standard addresses: they leave no blind spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._addresses import coverage_findings
from gov_core.checker._finding import Finding
from gov_core.errors import Fault, GeometryError
from gov_core.routing import address_coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.city import City

_CODE = "hard_rule.standard_addresses_without_gaps"


def standard_addresses_without_gaps(city: City) -> Iterator[Finding]:
    """Every standard address has exactly one grid, and every grid has its addresses.

    While grids overlap it is not known which holds an address; that is told by itself.

    Source:
        N-RULE-1: boundaries are clear, and standard addresses leave no gap.
    """
    if not city.addresses:
        hint = "add addresses.csv: one row an address, with its grid"
        yield Finding("error", Fault(_CODE, "the city has no standard addresses", "addresses", hint))
        return
    try:
        coverage = address_coverage(city)
    except GeometryError:
        return
    for finding in coverage_findings(city, coverage):
        fault = finding.fault
        yield Finding("error", Fault(_CODE, fault.message, fault.place, fault.hint, fault.ids))
