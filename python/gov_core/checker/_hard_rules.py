"""The hard rules that a city is held to: those it lists, as its preset does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.checker.hard_rules import HARD_RULES
from gov_core.city._closest import Closest
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.city import City


def check_hard_rules(city: City) -> Iterator[Finding]:
    """Runs each hard rule the city lists; a name that is no rule is an error, not a rule that holds."""
    for name in city.hard_rules:
        rule = HARD_RULES.get(name)
        if rule is not None:
            yield from rule(city)
            continue
        message = f'there is no hard rule "{name}"'
        hint = Closest(HARD_RULES)(name) or f"known: {', '.join(sorted(HARD_RULES))}"
        fault = Fault("hard_rule.unknown", message, city.where("hard_rules", name), hint, (name,))
        yield Finding("error", fault)
