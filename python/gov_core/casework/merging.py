"""Merge and unmerge: several reports of one matter become one case, and nobody who reported is forgotten.

Both cases change in one transaction, or neither does. A duplicate ends with its merging; whoever reported it
hears of the end of the case that took it in (`reporters`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import asin, cos, hypot, radians, sin, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.cases import commands as c
from gov_core.casework.handling import Outcome, Planned, carry_out, digest_of, load, planned, tell_nobody
from gov_core.casework.rows import micros
from gov_core.casework.sealing import subjects_of
from gov_core.errors import CaseRefusedError, Fault
from gov_core.storage.protocol import CaseFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case, Sealed, Source
    from gov_core.casework.handling import Announce, Contexts
    from gov_core.storage.protocol import CaseRow, CaseStore, Head

    _Asked = tuple[tuple[Case, Head], c.Command]
    """A case with its head, and what is asked of it."""

WITHIN_M: Final = 50.0
WITHIN: Final = timedelta(hours=24)
"""What digital urban management takes for the same matter: 50 m and 24 h (DOMAIN.md B.1)."""

MOST_GRIDS: Final = 32
"""How many grids around a point are looked at; 50 m reach four where borders cross, and rarely more."""

Point = tuple[float, float]
"""Longitude and latitude in degrees."""

_PAGE: Final = 500
_EARTH_M: Final = 6_371_008.8


class Candidate(NamedTuple):
    """A case that may be about the same matter.

    Attributes:
        case_id: Which.
        opened_at: When it was reported.
        state: Where it stands.
        distance_m: Metres between the two points; None where one of them is not known.
        place: Id of its place: the grid next door where it is across a border.
    """

    case_id: str
    opened_at: datetime
    state: str
    distance_m: float | None
    place: str


class Told(NamedTuple):
    """Somebody who reported a matter, and is told what became of it.

    Attributes:
        case_id: The case that the report opened.
        source: Where it came from.
        sealed: What it said about persons, as commitments: how to reach them is among it.
        merged: Whether it was merged into the case that was asked for.
    """

    case_id: str
    source: Source
    sealed: tuple[Sealed, ...]
    merged: bool


def merge(
    store: CaseStore,
    case_id: str,
    into: str,
    actor: Actor,
    contexts: Contexts,
    *,
    command_id: str,
    reason: str = "",
    announce: Announce = tell_nobody,
) -> Outcome:
    """Join a case to another one, which takes it in; both at once.

    Args:
        store: Where they are kept.
        case_id: The one that ends.
        into: The one that goes on.
        actor: Who says so; has to be allowed both.
        contexts: By which rules.
        command_id: Unique for ever.
        reason: Why, as a code.
        announce: Whom to tell of each of the two.

    Raises:
        UnknownCaseError: One of them is not there.
        CaseRefusedError: One of them does not take it; every reason of both.
    """
    command = c.Merge(into=into, reason=reason)
    digest = digest_of(case_id, command, actor)

    def plan() -> list[Planned]:
        first = load(store, case_id)
        # A case cannot be joined to itself; the decision on it says so, and there is no second one to make.
        both: list[_Asked] = [(first, command)]
        if into != case_id:
            taking_in = c.Absorb(case=case_id, reason=reason, complained_of=first[0].complained_of)
            both.append((load(store, into), taking_in))
        steps = _both(both, actor, contexts, command_id, digest)
        if into == case_id:
            return steps
        # What was said with the duplicate is needed until the case that took it in has ended.
        return [steps[0], _keeping(steps[1], subjects_of(store, case_id))]

    return carry_out(
        store, case_id, plan, actor, "merge", command_id=command_id, digest=digest, announce=announce
    )


def unmerge(
    store: CaseStore,
    case_id: str,
    actor: Actor,
    contexts: Contexts,
    *,
    command_id: str,
    reason: str,
    announce: Announce = tell_nobody,
) -> Outcome:
    """Part a case again from the one it was merged into; both at once. It goes on where it was.

    Args:
        store: Where they are kept.
        case_id: The one that was merged.
        actor: Who says so.
        contexts: By which rules.
        command_id: Unique for ever.
        reason: Why, as a code.
        announce: Whom to tell of each of the two.

    Raises:
        UnknownCaseError: It is not there.
        CaseRefusedError: One of them does not take it; every reason of both.
    """
    command = c.Unmerge(reason=reason)
    digest = digest_of(case_id, command, actor)

    def plan() -> list[Planned]:
        first = load(store, case_id)
        other = first[0].merged_into
        both: list[_Asked] = [(first, command)]
        if other:
            both.append((load(store, other), c.LetGo(case=case_id, reason=reason)))
        return _both(both, actor, contexts, command_id, digest)

    return carry_out(
        store, case_id, plan, actor, "unmerge", command_id=command_id, digest=digest, announce=announce
    )


def candidates(
    store: CaseStore,
    case: Case,
    *,
    within_m: float = WITHIN_M,
    within: timedelta = WITHIN,
    point_of: Callable[[str], Point | None] | None = None,
    places: tuple[str, ...] = (),
    grids_near: Callable[[Point, float], Sequence[str]] | None = None,
) -> tuple[Candidate, ...]:
    """Open cases that may be one with this: same matter, same kind of component, near, at about that time.

    The store holds no exact point, for that of a complaint about a home is personal data. So "near" means the
    same place (the grid, or the building), unless the caller knows the points and may use them: then
    those further away than `within_m` fall out, and a case without a point stays in, without a distance.

    Where the point of the case is known, the grids within `within_m` of it are looked at too, and of these
    only what has a point that is near: a border does not part two reports of one lamp. A case without a
    point, such as one about a home whose point nobody may open here, is found at its own place alone: next
    door it would be a guess.

    Each place costs a list of its open cases of this matter: that of the case, each of `places`, and each
    grid within reach, which is mostly one and never more than `MOST_GRIDS`.

    Args:
        store: Where cases are kept.
        case: Which they are compared with.
        within_m: How far apart at most, in metres, inclusive.
        within: How long before or after at most, inclusive.
        point_of: The point of a case by its id, in degrees; None where it is not known. Called for the case
            and for each that fits otherwise.
        places: Ids of further places to look at, as at that of the case.
        grids_near: Ids of the grids within so many metres of a point, the nearest first; without it no border
            is crossed.

    Returns:
        The nearest first, those without a distance last; of equals that with the least time between, then the
        first by id. Each once.
    """
    here = point_of(case.id) if point_of is not None else None
    own = tuple(dict.fromkeys(filter(None, (case.location.place, *places))))
    beyond = grids_near(here, within_m)[:MOST_GRIDS] if here is not None and grids_near is not None else ()
    seen: set[str] = set()
    found = []
    for place in dict.fromkeys((*own, *beyond)):
        for row in _of_the_same_matter(store, case, within, place):
            if row.case_id in seen:
                continue
            seen.add(row.case_id)
            other = point_of(row.case_id) if point_of is not None and here is not None else None
            metres = distance_m(here, other) if here is not None and other is not None else None
            if place not in own if metres is None else metres > within_m:
                continue
            if load(store, row.case_id)[0].location.asset == case.location.asset:
                found.append((metres, abs(row.opened_us - micros(case.opened_at)), row))
    found.sort(key=lambda one: (one[0] is None, one[0] or 0.0, one[1], one[2].case_id))
    return tuple(
        Candidate(
            row.case_id,
            _time(row.opened_us),
            row.state,
            None if metres is None else round(metres, 1),
            row.place,
        )
        for metres, _, row in found
    )


def reporters(store: CaseStore, case_id: str) -> tuple[Told, ...]:
    """All who reported a matter: of the case itself, then of each that was merged into it.

    What they are told, and how, is another's business; here is who. Contacts are commitments: whoever has to
    reach them reads them beside the case, for that purpose. It is for the program that tells them: a body
    that is complained of must not come to see who reported.

    Args:
        store: Where cases are kept.
        case_id: Which case.

    Raises:
        UnknownCaseError: There is no such case.
    """
    case = load(store, case_id)[0]
    merged = (load(store, duplicate)[0] for duplicate in case.duplicates)
    return (
        Told(case.id, case.source, case.sealed, merged=False),
        *(Told(other.id, other.source, other.sealed, merged=True) for other in merged),
    )


def distance_m(one: Point, other: Point) -> float:
    """Metres between two points along a great circle of a sphere, which errs by 0.6 % at most.

    Args:
        one: Longitude and latitude in degrees.
        other: As `one`, in the same CRS.
    """
    (lon, lat), (lon_2, lat_2) = (tuple(map(radians, point)) for point in (one, other))
    chord = hypot(sin((lat_2 - lat) / 2), sqrt(cos(lat) * cos(lat_2)) * sin((lon_2 - lon) / 2))
    return 2 * _EARTH_M * asin(min(1.0, chord))


def _keeping(step: Planned, subjects: tuple[str, ...]) -> Planned:
    return step if step.item is None else step._replace(item=step.item._replace(subjects=subjects))


def _both(
    both: list[_Asked],
    actor: Actor,
    contexts: Contexts,
    command_id: str,
    digest: bytes,
) -> list[Planned]:
    """Decide all; if any is refused, with the reasons of all."""
    steps: list[Planned] = []
    faults: list[Fault] = []
    for number, (loaded, command) in enumerate(both):
        own_id = command_id if number == 0 else f"{command_id}/{command.trigger}"
        try:
            steps.append(planned(loaded, command, actor, contexts, command_id=own_id, digest=digest))
        except CaseRefusedError as error:
            faults += error.faults
    if faults:
        raise CaseRefusedError(faults)
    return steps


def _of_the_same_matter(store: CaseStore, case: Case, within: timedelta, place: str) -> Iterator[CaseRow]:
    """Open cases of its matter at a place, opened within a time of it."""
    first, last = micros(case.opened_at - within), micros(case.opened_at + within)
    where = CaseFilter(place=place, matter=case.matter, open=True)
    after: str | None = None
    while True:
        page = store.query_cases(where, order="opened", after=after, limit=_PAGE)
        yield from (row for row in page.rows if row.case_id != case.id and first <= row.opened_us <= last)
        if page.next is None or page.rows[-1].opened_us > last:
            break
        after = page.next


def _time(us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
