"""Subscriptions of a city are to events that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.cases.codec import EVENT_TYPES
from gov_core.checker._checklists import told
from gov_core.city._closest import Closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.city import City


def check_subscriptions(city: City) -> Iterator[Finding]:
    """Looks over who is told what."""
    closest = Closest(EVENT_TYPES)
    for row in city.subscriptions:
        if row.event is not None and row.event not in EVENT_TYPES:
            key = f"{row.event}/{row.matter or ''}/{row.to}/{row.channel}"
            message = f'there is no event "{row.event}"'
            hint = closest(row.event) or "see the events of a case"
            yield told(city, "subscription.unknown_event", "subscriptions", key, message, hint, row.event)
