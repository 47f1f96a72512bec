"""Inspection rounds (巡查): what is to be looked at when, what was found, and who saw it first.

Rounds are kept by body, place and day. Who walked where at what hour is not: a trail of staff is no business
of this module, and there is nowhere to put one. What is found is reported as a case like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

from gov_core.cases.codec import EVENT_TYPES, decode
from gov_core.cases.events import CaseMerged, CaseOpened, CaseUnmerged
from gov_core.casework.intake import Intake
from gov_core.errors import Fault, StepError
from gov_core.storage.protocol import START

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from gov_core.cases.calendar import Calendar
    from gov_core.city import City
    from gov_core.storage.protocol import CaseStore

PATROL: Final = "patrol"
"""The channel of what a round finds."""

OFFICIAL: Final = frozenset((PATROL, "grid", "sensor"))
"""Channels of those whose work it is to look; what comes by others was reported by the public."""

_NO_MATTER: Final = frozenset(("draft", "rejected", "cancelled"))
"""States of what turned out to be no matter, or is none yet."""

_PAGE: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round, as it is planned.

    Attributes:
        id: Unique among the rounds.
        unit: Id of the body that walks it.
        places: Ids of the places it looks at; of a wider place all its grids.
        assets: Classes of components it looks at in each; empty looks at the place as such.
        times: How often a day.
        days: Whether on ``working`` days only, or ``every`` day.
    """

    id: str
    unit: str
    places: tuple[str, ...]
    assets: tuple[str, ...] = ()
    times: int = 1
    days: Literal["working", "every"] = "every"


class Stop(NamedTuple):
    """Something to be looked at on a day.

    Attributes:
        round: Id of the round.
        unit: Id of the body.
        place: Id of the grid.
        asset: Class of components; empty for the place as such.
        day: When.
        turn: Which of the day's turns, from 1.
    """

    round: str
    unit: str
    place: str
    asset: str
    day: date
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """That a stop was looked at, and what was found; by which body and on which day, no more.

    Attributes:
        stop: What was looked at.
        found: Ids of the cases that were reported from it.
    """

    stop: Stop
    found: tuple[str, ...] = ()


class Coverage(NamedTuple):
    """How far rounds were walked.

    Attributes:
        planned: How many stops there were.
        looked_at: How many of them were looked at.
        found: How many cases were reported from them.
        missed: The stops that were not.
    """

    planned: int
    looked_at: int
    found: int
    missed: tuple[Stop, ...]


class FoundFirst(NamedTuple):
    """Who saw matters first (主动发现率).

    A matter is a case with all that was merged into it; whose report came first saw it first.

    Attributes:
        found: How many those saw first whose work it is.
        reported: How many the public did.
        left_out: How many were no matter: rejected, void, or still a draft.
    """

    found: int
    reported: int
    left_out: int

    @property
    def share(self) -> float | None:
        """Found before reported, of all; None where there was nothing."""
        return self.found / (self.found + self.reported) if self.found + self.reported else None


def stops(rounds: Iterable[Round], city: City, day: date, calendar: Calendar) -> tuple[Stop, ...]:
    """What is to be looked at on a day, by turn, then in the order of the rounds.

    Args:
        rounds: As planned.
        city: Whose places and bodies; its version of the day is taken.
        day: Which.
        calendar: Which days are working days.

    Raises:
        StepError: Every fault of the rounds: ``round.twice``, ``round.unknown_place``,
            ``round.unknown_body``, ``round.unknown_asset``, ``round.times``.
    """
    rounds, city = tuple(rounds), city.as_of(day)
    faults = list(_faults(rounds, city))
    if faults:
        raise StepError(faults)
    walked = [one for one in rounds if one.days == "every" or calendar.day(day).works]
    planned = [
        Stop(one.id, one.unit, place, asset, day, turn)
        for one in walked
        for turn in range(1, one.times + 1)
        for place in _grids(city, one.places)
        for asset in one.assets or ("",)
    ]
    return tuple(sorted(planned, key=lambda stop: stop.turn))


def coverage(planned: Sequence[Stop], visits: Iterable[Visit]) -> Coverage:
    """How far rounds were walked; a stop that was visited twice counts once.

    Args:
        planned: What `stops` gave.
        visits: What was looked at.

    Raises:
        StepError: ``round.no_stop``: something was visited that was not to be.
    """
    known, found = set(planned), set[str]()
    seen: set[Stop] = set()
    faults = []
    for visit in visits:
        if visit.stop not in known:
            message = (
                f'round "{visit.stop.round}" has no such stop in "{visit.stop.place}" on {visit.stop.day}'
            )
            faults.append(Fault("round.no_stop", message, visit.stop.round, "visit what was planned"))
        seen.add(visit.stop)
        found.update(visit.found)
    if faults:
        raise StepError(faults)
    missed = tuple(stop for stop in planned if stop not in seen)
    return Coverage(len(planned), len(seen), len(found), missed)


def finding(stop: Stop, matter: str, number: int = 1, **more: object) -> Intake:
    """What is reported from a stop; the same again is the same case.

    Args:
        stop: Where it was found.
        matter: Code of the matter.
        number: Which of the findings at this stop, from 1.
        **more: Other fields of the intake: ``lon``, ``lat``, ``grade``, ``evidence`` …
    """
    reference = f"{stop.round}/{stop.day.isoformat()}/{stop.turn}/{stop.place}/{stop.asset}/{number}"
    values = {"channel": PATROL, "place": stop.place, "asset": stop.asset, "reference": reference} | more
    return Intake(matter=matter, **values)  # type: ignore[arg-type]  # the fields of an intake, checked by it


def found_first(
    store: CaseStore, since: datetime, until: datetime, *, official: Collection[str] = OFFICIAL
) -> FoundFirst:
    """Who saw matters first, of those first told of in a time.

    Args:
        store: Where cases are kept.
        since: From when, with a time zone.
        until: Until before when.
        official: Channels of those whose work it is to look.
    """
    opened: dict[str, tuple[datetime, str]] = {}
    into: dict[str, str] = {}
    for case_id, event in _of_interest(store):
        if isinstance(event, CaseOpened):
            if not event.parent:
                opened[case_id] = (event.at, event.source.channel)
        elif isinstance(event, CaseMerged):
            into[case_id] = event.into
        else:
            into.pop(case_id, None)
    first: dict[str, tuple[datetime, str]] = {}
    for case_id, told in opened.items():
        matter = into.get(case_id, case_id)
        first[matter] = min(told, first.get(matter, told))
    counts = {"found": 0, "reported": 0, "left_out": 0}
    for matter, (at, channel) in first.items():
        if since <= at < until:
            row = store.case_row(matter)
            no_matter = row is None or row.state in _NO_MATTER
            counts["left_out" if no_matter else "found" if channel in official else "reported"] += 1
    return FoundFirst(**counts)


def _of_interest(store: CaseStore) -> Iterator[tuple[str, CaseOpened | CaseMerged | CaseUnmerged]]:
    kinds = {
        name for name, kind in EVENT_TYPES.items() if issubclass(kind, (CaseOpened, CaseMerged, CaseUnmerged))
    }
    cursor = START
    while (page := store.read_feed(cursor, limit=_PAGE)).events:
        cursor = page.next
        for recorded in page.events:
            type_, schema, _, data, _ = recorded.envelope
            if type_ in kinds:
                event = decode(type_, schema, data)
                yield recorded.case_id, cast("CaseOpened | CaseMerged | CaseUnmerged", event)


def _grids(city: City, places: tuple[str, ...]) -> Iterator[str]:
    """The grids of places, each once, in the order of the city."""
    wanted = set(places)
    return (grid for grid in city.grids if wanted & set(city.path(grid)))


def _faults(rounds: tuple[Round, ...], city: City) -> Iterator[Fault]:
    places, units = {place.id for place in city.places}, {unit.id for unit in city.units}
    assets = {asset.code for asset in city.asset_classes}
    ids = [one.id for one in rounds]
    for one in rounds:
        if ids.count(one.id) > 1:
            yield Fault("round.twice", f'there are two rounds "{one.id}"', one.id, "give each its own id")
        if one.unit not in units:
            yield Fault("round.unknown_body", f'there is no body "{one.unit}"', one.id, "look at the id")
        for what, known, ids_ in (("place", places, one.places), ("asset", assets, one.assets)):
            for id_ in ids_:
                if id_ not in known:
                    yield Fault(
                        f"round.unknown_{what}", f'there is no {what} "{id_}"', one.id, "look at the id"
                    )
        if one.times < 1:
            yield Fault("round.times", f"{one.times} times a day is no round", one.id, "at least once")
