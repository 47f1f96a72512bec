"""Hard rules: what a governance model forbids or demands, by name; a city lists those it is held to.

One file a theme. A rule is a function from a city to its findings, each with the code ``hard_rule.`` and the
name of the rule. To add one, write the function, enter it here, and describe its code in the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker.hard_rules.places import (
    no_street_level,
    shared_station_adjacent,
    station_in_converted_communities,
    three_grades,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.checker._finding import Finding
    from gov_core.city import City

HARD_RULES: dict[str, Callable[[City], Iterator[Finding]]] = {
    "no_street_level": no_street_level,
    "shared_station_adjacent": shared_station_adjacent,
    "station_in_converted_communities": station_in_converted_communities,
    "three_grades": three_grades,
}
"""Name to rule."""
