"""Lists of cases: which cases a filter lets through, in which order, and where a page goes on.

This is the meaning of `CaseStore.query_cases`, once: the memory store is nothing but these functions, and
an adapter with indexes has to give what they give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, get_args

from gov_core.errors import CursorInvalidError, Fault, PayloadRejectedError
from gov_core.storage.protocol import CaseOrder

if TYPE_CHECKING:
    from gov_core.storage.protocol import CaseFilter, CaseRow

NEVER: Final = 2**63 - 1
"""Stands for the due time of a case that has none, so that it comes last."""


MOST: Final = 2**31 - 1
"""Cases on a page; who asks for more has them all."""


class Place(NamedTuple):
    """Where a case stands in a list.

    Attributes:
        key: Its due time or time of report; 0 by arrival.
        arrival: Position of its first event.
    """

    key: int
    arrival: int


START: Final = Place(-(2**63), 0)
"""Before the first case of any list."""


class Question(NamedTuple):
    """What a page is asked for.

    Attributes:
        where: Which cases.
        order: In which order.
        start: Behind which place.
        limit: How many at most.
    """

    where: CaseFilter
    order: CaseOrder
    start: Place
    limit: int


def asked(
    where: CaseFilter, order: CaseOrder = "arrival", after: str | None = None, limit: int = 1
) -> Question:
    """A question, as `CaseStore.query_cases` is asked.

    Raises:
        PayloadRejectedError: There is no such order or light, or no page so small; all faults at once.
        CursorInvalidError: `after` is of another order, or of no page at all.
    """
    faults = []
    if order not in get_args(CaseOrder):
        faults.append(
            Fault("storage.unknown_order", f"there is no order {order!r}", "order", "due, opened or arrival")
        )
    if where.light not in (None, "green", "yellow", "red"):
        faults.append(Fault("storage.unknown_light", f"there is no light {where.light!r}", "light"))
    if where.light is not None and where.now_us is None:
        faults.append(
            Fault("storage.light_without_time", "a light changes with time", "light", "give now_us")
        )
    if limit < 1:
        faults.append(Fault("storage.limit", f"a page of {limit} cases is none", "limit", "at least 1"))
    if faults:
        raise PayloadRejectedError(faults)
    start = START if after is None else _behind(order, after)
    return Question(where, order, start, min(limit, MOST))


def matches(row: CaseRow, where: CaseFilter) -> bool:
    """Whether a filter lets a case through."""
    unit, place, matter, state, open_, light, now_us, procedure, sensitive = where
    return (
        (unit is None or row.unit == unit)
        and (matter is None or row.matter == matter)
        and (state is None or row.state == state)
        and (open_ is None or row.open is open_)
        and (procedure is None or row.procedure == procedure)
        and (sensitive is None or row.sensitive is sensitive)
        and (place is None or row.place == place or place in row.path.split("/"))
        and (light is None or now_us is None or light_of(row.yellow_us, row.due_us, now_us) == light)
    )


def light_of(yellow_us: int | None, due_us: int | None, now_us: int) -> str:
    """The light of the clock a case is judged by: red after its end, yellow from 80 % on."""
    if due_us is not None and due_us < now_us:
        return "red"
    return "yellow" if yellow_us is not None and yellow_us <= now_us else "green"


def place_of(row: CaseRow, arrival: int, order: CaseOrder) -> Place:
    """Where a case stands in a list of that order."""
    if order == "due":
        return Place(NEVER if row.due_us is None else row.due_us, arrival)
    return Place(row.opened_us if order == "opened" else 0, arrival)


def token(order: CaseOrder, place: Place) -> str:
    """What `after` of the next page has to be."""
    return f"{order}:{place.key}:{place.arrival}"


def _behind(order: CaseOrder, after: str) -> Place:
    match after.split(":"):
        case [name, key, arrival] if name == order:
            try:
                place = Place(int(key), int(arrival))
                if place >= START and max(place) <= NEVER:
                    return place
            except ValueError:
                pass
    fault = Fault(
        "storage.cursor_invalid",
        f"{after!r} continues no list ordered by {order}",
        "after",
        "give the `next` of the page before, with the same order",
    )
    raise CursorInvalidError((fault,))
