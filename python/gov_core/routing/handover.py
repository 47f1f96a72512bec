"""Who takes over open matters when a city is reorganised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gov_core.city import Outcome
    from gov_core.routing.router import Router

How = Literal["stays", "succeeded", "rerouted", "unheld"]


@dataclass(frozen=True, slots=True)
class Handover:
    """What becomes of one open matter.

    Attributes:
        id: Its id.
        before: Unit that holds it until then; None if nobody does.
        after: Unit that holds it from then on; None if nobody does.
        place: Where it is in the new version; None if it cannot be located.
        how: ``stays`` with its unit; ``succeeded``: goes to what took over from its unit; ``rerouted``: the
            rules of the new version give it to another; ``unheld``: no rule answers and nothing, or more than
            one unit, took over: somebody has to decide.
    """

    id: str
    before: str | None
    after: str | None
    place: str | None
    how: How


def hand_over(
    open_matters: Iterable[Mapping[str, object]], router: Router, outcome: Outcome
) -> Iterator[Handover]:
    """Says for each open matter who holds it after a reorganisation.

    The new version is asked as if the matter were reported now, at the same spot: its rules win. Only where
    they have no answer, the unit that took over from its holder gets it.

    Args:
        open_matters: Each as the event it came from (see `Router`), with its ``id`` and, as ``unit``, its
            holder. A ``place`` that ended is followed to the place that took over; where that is more than
            one, the coordinates decide.
        router: The new version, compiled.
        outcome: Of the reorganisation.

    Yields:
        One for each matter, in their order.
    """
    for matter in open_matters:
        event = dict(matter)
        # An empty text is nothing, as in events.
        holder = str(event.pop("unit", None) or "") or None
        given = event.get("place")
        if given is not None:
            places = outcome.successors("places", str(given))
            event["place"] = places[0] if len(places) == 1 else None
        route = router.route(event)
        heirs = () if holder is None else outcome.successors("units", holder)
        after = route.unit
        how: How = "rerouted"
        if after is not None and after == holder:
            how = "stays"
        elif after in heirs:
            how = "succeeded"
        elif after is None and len(heirs) == 1:
            after = heirs[0]
            how = "stays" if after == holder else "succeeded"
        elif after is None:
            how = "unheld"
        yield Handover(str(event.get("id", "")), holder, after, route.place, how)
