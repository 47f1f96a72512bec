"""The answer for one event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from gov_core.city import Limit

Status = Literal[
    "routed",
    "bad_coordinate",
    "unknown_place",
    "no_location",
    "out_of_area",
    "unknown_matter",
    "unknown_grade",
    "unknown_asset",
    "no_rule",
]
"""What became of an event. After ``routed``, the first of them that holds, in this order."""

STATUSES: tuple[Status, ...] = get_args(Status)

_REASONS: dict[Status, str] = {
    "routed": "a unit is responsible",
    "bad_coordinate": "a coordinate is not finite, is beyond 180 or 90 degrees, or its CRS is unknown",
    "unknown_place": "the place is none of the city's",
    "no_location": "there is neither a place nor a pair of coordinates, or the place is too wide to decide",
    "out_of_area": "the point lies in no grid of the city",
    "unknown_matter": "the matter is missing, or none of the city's",
    "unknown_grade": "the grade is none of the city's",
    "unknown_asset": "the asset class is none of the city's",
    "no_rule": "no rule covers the event with a unit that serves the grid",
}


class Route(NamedTuple):
    """Where an event is, who handles it, by when, and which rule says so.

    A named tuple, for it is made four times as fast as a frozen dataclass, which is a third of what a
    single event costs.

    Attributes:
        place: Id of the grid; of a wider place if the event named one and that was enough. None if the
            event could not be located.
        path: Ids from the top level down to `place`, joined by ``/``.
        unit: Id of the unit that leads; None unless `status` is ``routed``.
        rule: Id of the rule that decided; None unless `status` is ``routed``.
        assist: Ids of the units that assist.
        respond_within: Limit for the first answer.
        resolve_within: Limit for resolving the matter.
        status: ``routed``, or the first thing that stood in the way.
        located_by: What said where the event is: ``place``, ``address``, ``coordinates`` or ``asset`` (the
            component it names). Only for events with a field for an address, in a city with an address table.
        disagree_m: Where an address said it, metres from the coordinates to its grid, 0 inside; None if there
            are no coordinates.
    """

    place: str | None
    path: str | None
    unit: str | None
    rule: str | None
    assist: tuple[str, ...]
    respond_within: Limit | None
    resolve_within: Limit | None
    status: Status
    located_by: Literal["place", "address", "coordinates", "asset"] | None = None
    disagree_m: float | None = None

    @property
    def reason(self) -> str:
        """The status in words; `Router.explain` says more."""
        return _REASONS[self.status]
