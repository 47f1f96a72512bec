"""Where a matter is, and whose it is there: the router asked anew, in the words of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from gov_core.cases.case import Location
from gov_core.casework.checking import CHECKED

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from gov_core.casework.governance import Governance
    from gov_core.checklists import Item
    from gov_core.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What is said of where something is; the router makes a place of it, and the rest is forgotten.

    Attributes:
        lon: Degrees, in the CRS of the city; None if not known.
        lat: As `lon`.
        place: Id of a place; empty if not known.
        address: Standard address; empty if not known.
        asset: Class of the component it is about; empty if about none.
    """

    __pydantic_config__: ClassVar = CHECKED
    lon: float | None = None
    lat: float | None = None
    place: str = ""
    address: str = ""
    asset: str = ""


class Found(NamedTuple):
    """What the city makes of a matter at a place.

    Attributes:
        location: The place, or why there is none.
        owner: Id of the body in charge of it; empty if none is.
        unit: Id of the body a rule names; empty if none does.
        rule: Id of that rule.
        limits: Limits of that rule: (``respond`` or ``resolve``, amount, unit).
    """

    location: Location
    owner: str
    unit: str
    rule: str
    limits: tuple[tuple[str, int, str], ...]


def find(
    governance: Governance,
    where: Where,
    now: datetime,
    *,
    matter: str,
    grade: str = "",
    owners: tuple[str, ...],
    complained_of: Collection[str] = (),
) -> Found:
    """Ask the router, by the boundaries of the day.

    Args:
        governance: What the city says.
        where: What is said of where it is.
        now: When, with a time zone.
        matter: Code of the matter.
        grade: Its grade; empty if it has none.
        owners: Kinds of bodies that may be in charge of it.
        complained_of: Ids of bodies that the matter complains of: neither is found, so that people choose.
    """
    fields: dict[str, object] = {
        "matter": matter,
        "grade": grade or None,
        "lon": where.lon,
        "lat": where.lat,
        "place": where.place or None,
        "asset": where.asset or None,
        "reported_at": now,
    }
    if where.address:
        fields["address"] = where.address
    route = governance.router.route(fields)
    day = governance.day_of(now)
    unit, owner = route.unit or "", governance.on(day).owner(route.path or "", owners)
    return Found(
        location_of(route, where.asset, governance.boundaries(day) if day else ""),
        "" if owner in complained_of else owner,
        "" if unit in complained_of else unit,
        route.rule or "",
        limits_of(route),
    )


def location_of(route: Route, asset: str, boundaries: str) -> Location:
    """Where the router says that a case is; without a place, why not."""
    reason = "" if route.path else route.status
    return Location(route.place or "", route.path or "", asset, boundaries, reason)


def limits_of(route: Route | Item) -> tuple[tuple[str, int, str], ...]:
    """The limits of the rule that routed it, or of the item that is asked for, as cases keep them."""
    limits = (("respond", route.respond_within), ("resolve", route.resolve_within))
    return tuple((what, limit.amount, limit.unit) for what, limit in limits if limit is not None)
