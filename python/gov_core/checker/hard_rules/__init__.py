"""Hard rules: what a governance model forbids or demands, by name; a city lists those it is held to.

One file a theme. A rule is a function from a city to its findings, each with the code ``hard_rule.`` and the
name of the rule. To add one, write the function, enter it here, and describe its code in the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker.hard_rules import addresses, checklists, forces, places, separation, stations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.checker._finding import Finding
    from gov_core.city import City

_RULES: tuple[Callable[[City], Iterator[Finding]], ...] = (
    stations.committee_is_parent,
    stations.committee_supervises_workstation,
    stations.committee_guides_service_station,
    stations.service_station_private,
    stations.party_committee_scope,
    stations.party_org_per_station,
    stations.two_stations_per_committee,
    stations.four_in_one,
    separation.separation_of_powers,
    separation.four_layers,
    separation.committee_assists_only,
    separation.council_and_centre_apart,
    separation.centre_and_committee_apart,
    forces.dual_management,
    forces.one_enforcement_team,
    forces.dual_commanders,
    forces.four_forces,
    forces.two_whistle_levels,
    places.no_street_level,
    places.shared_station_adjacent,
    places.station_in_converted_communities,
    places.three_grades,
    addresses.standard_addresses_without_gaps,
    checklists.no_economic_tasks,
    checklists.two_lists,
)

HARD_RULES: dict[str, Callable[[City], Iterator[Finding]]] = {rule.__name__: rule for rule in _RULES}
"""Name to rule."""
