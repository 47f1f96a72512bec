"""The families of checks, in the order their findings are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._addresses import check_addresses
from gov_core.checker._answers import check_answers
from gov_core.checker._checklists import check_checklists
from gov_core.checker._hard_rules import check_hard_rules
from gov_core.checker._hierarchy import check_childless, check_hierarchy
from gov_core.checker._layers import check_layers
from gov_core.checker._norms import check_norms
from gov_core.checker._organisation import check_organisation
from gov_core.checker._outlines import check_outlines
from gov_core.checker._partition import check_partition
from gov_core.checker._places import check_places
from gov_core.checker._procedures import check_procedures
from gov_core.checker._references import check_references
from gov_core.checker._responsibility import check_responsibility
from gov_core.checker._standards import check_standards
from gov_core.checker._subscriptions import check_subscriptions
from gov_core.checker._things import check_things
from gov_core.checker._transfers import check_transfers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.checker._finding import Finding
    from gov_core.checker._map import CityMap
    from gov_core.city import City

ON_THE_MAP: tuple[Callable[[CityMap], Iterator[Finding]], ...] = (
    check_outlines,
    check_partition,
    check_hierarchy,
    check_layers,
    check_things,
    check_addresses,
    check_answers,
)
"""Families that need outlines as shapely geometries, or the index."""

IN_THE_TABLES: tuple[Callable[[City], Iterator[Finding]], ...] = (
    check_childless,
    check_places,
    check_norms,
    check_references,
    check_organisation,
    check_checklists,
    check_responsibility,
    check_transfers,
    check_standards,
    check_procedures,
    check_subscriptions,
    check_hard_rules,
)
"""Families that need the city alone."""
