"""Who acts: an app's user as an actor, by what the city says of posts, assignments, systems and bodies.

The app knows its users and signs them in; the city knows which body a seat belongs to, and which ground that
body answers for on that day. Nothing here knows a name: `person` is an opaque id of an account.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeVar

from gov_core.cases.actor import Actor
from gov_core.cases.machine import PROGRAMS, Role
from gov_core.errors import Fault, StepError
from gov_core.organisation import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from gov_core.casework.governance import CityAuthority, Governance
    from gov_core.city import City

User_contra = TypeVar("User_contra", contravariant=True)

_NO_HANDS: Final = frozenset(("decision", "deliberation", "supervision"))
"""Layers whose bodies handle no case as a unit (议行分离)."""


class ActorProvider(Protocol[User_contra]):
    """Turns an app's user into an actor."""

    def actor(self, user: User_contra, at: datetime) -> Actor:
        """Who a user is in a case.

        Args:
            user: As the app knows them, signed in.
            at: When they act, with a time zone; the boundaries of that day hold.

        Raises:
            StepError: They have no seat, or one that is none; every reason.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where a user of an app sits.

    Attributes:
        at: Id of a post, an assignment, a system or a body of the city.
        person: Opaque id of the account; never a name. Empty for systems.
        body: Id of the body, where the post is one of every body of a kind.
        place: Id of the place they look after, where the seat is for several.
        role: The role in which they act; empty for the one of the seat.
        behalf: Id of a body that has delegated its power to theirs; empty if none has.
        until: When the delegation ends, with a time zone; needed with `behalf`.
    """

    at: str
    person: str = ""
    body: str = ""
    place: str = ""
    role: Role | None = None
    behalf: str = ""
    until: datetime | None = None


class CityActors:
    """Actors from what the city says, by the version of the day; an `ActorProvider` of seats.

    Args:
        governance: What the city says about its cases.
    """

    def __init__(self, governance: Governance) -> None:
        self.governance = governance

    def actor(self, user: Seat, at: datetime) -> Actor:
        """Who sits in a seat, and which ground they answer for on that day.

        Args:
            user: The seat.
            at: When they act, with a time zone.

        Raises:
            StepError: Every reason: ``actor.naive_time``, ``actor.unknown_seat``, ``actor.unknown_body``,
                ``actor.no_role``, ``actor.program``, ``actor.outside`` (the place is not theirs),
                ``actor.delegation_open`` (it has no end).
        """
        if at.tzinfo is None:
            raise StepError([_fault("naive_time", "a time has no time zone", user, "give times with a zone")])
        authority = self.governance.on(self.governance.day_of(at))
        city, sitting = authority.city, _sits(authority.city, user)
        faults = list(_wrong(authority, user, sitting, at))
        if faults:
            raise StepError(faults)
        areas = ("/".join(city.path(sitting.spot)),) if sitting.spot else authority.areas(sitting.body)
        faults = list(_outside(city, user, areas))
        role = user.role or _role(city, sitting)
        if role is None:
            message = f'"{sitting.body}" decides, deliberates or supervises, and handles no case'
            faults.append(_fault("no_role", message, user, "say in which role it acts"))
        if faults or role is None:
            raise StepError(faults)
        own = ("/".join(city.path(user.place)),) if user.place else areas
        actor = Actor(role, sitting.body, user.person, own)
        if not user.behalf:
            return actor
        return replace(actor, areas=authority.areas(user.behalf), behalf=user.behalf, until=user.until)


@cache
def _table() -> Mapping[str, Mapping[str, Role]]:
    table: dict[str, dict[str, Any]] = tomllib.loads((files(__package__) / "seats.toml").read_text("utf-8"))
    return table


class _Sitting(NamedTuple):
    """What a city says of a seat.

    Attributes:
        body: Id of its body; a kind such as ``@station`` if it is one of every body of a kind.
        role: Role of its post; empty for a body.
        spot: Id of the place it is at; empty if it is at none.
    """

    body: str
    role: str = ""
    spot: str = ""


def _sits(city: City, seat: Seat) -> _Sitting:
    for post in city.posts:
        if post.id == seat.at:
            return _Sitting(_held(seat, post.body), post.role, _spot(post.at))
    for sent in city.assignments:
        if sent.id == seat.at:
            return _Sitting(_held(seat, sent.target), sent.role, _spot(sent.at))
    for system in city.systems:
        if system.id == seat.at:
            return _Sitting(system.unit, "importer")
    return _Sitting(seat.at)


def _held(seat: Seat, holder: str) -> str:
    """The body a seat is of: the one that holds it, or the one the user names where a whole kind does."""
    return (seat.body or holder) if holder.startswith("@") else holder


def _spot(at: str | None) -> str:
    return "" if at is None or at.startswith("@") else at


def _role(city: City, sitting: _Sitting) -> Role | None:
    if sitting.role == "importer":
        return "importer"
    if sitting.role in _table()["posts"]:
        return _table()["posts"][sitting.role]
    kind = next(unit.kind for unit in city.units if unit.id == sitting.body)
    if kind in _table()["kinds"]:
        return _table()["kinds"][kind]
    known = KINDS.get(kind)
    return None if known is not None and known.layer in _NO_HANDS else "unit"


def _wrong(authority: CityAuthority, seat: Seat, sitting: _Sitting, at: datetime) -> Iterator[Fault]:
    units = {unit.id for unit in authority.city.units}
    if sitting == (seat.at, "", "") and seat.at not in units:
        message = f'the city has no post, assignment, system or body "{seat.at}" on that day'
        yield _fault("unknown_seat", message, seat, "look at the id, and at the day")
    elif sitting.body not in units:
        kind = sitting.body.startswith("@")
        hint = "name the body the post is of" if kind else "look at the id, and at the day"
        yield _fault("unknown_body", f'there is no body "{sitting.body}" on that day', seat, hint)
    if seat.behalf and seat.behalf not in units:
        yield _fault("unknown_body", f'there is no body "{seat.behalf}" on that day', seat, "look at the id")
    if seat.behalf and (seat.until is None or seat.until.tzinfo is None):
        message = f'the delegation of "{seat.behalf}" has no end in time'
        yield _fault("delegation_open", message, seat, "give an end with a time zone")
    elif seat.behalf and seat.until is not None and at >= seat.until:
        message = f'the delegation of "{seat.behalf}" has ended'
        yield _fault("delegation_over", message, seat, "renew it")
    if seat.role in PROGRAMS:
        yield _fault("program", f"{seat.role} is the role of a program", seat, "programs act by themselves")


def _outside(city: City, seat: Seat, areas: tuple[str, ...]) -> Iterator[Fault]:
    if not seat.place:
        return
    if seat.place not in {place.id for place in city.places}:
        yield _fault("outside", f'there is no place "{seat.place}" on that day', seat, "look at the id")
        return
    path = "/".join(city.path(seat.place))
    if not any(path == area or path.startswith(f"{area}/") for area in areas):
        yield _fault("outside", f'"{seat.place}" is none of theirs', seat, "name a place that is")


def _fault(code: str, message: str, seat: Seat, hint: str) -> Fault:
    return Fault(f"actor.{code}", message, seat.at, hint, (seat.at,))
