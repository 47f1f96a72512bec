"""Clocks that have something to tell, told: each once, in order, by whoever comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.cases import commands as c
from gov_core.cases.actor import SCHEDULER
from gov_core.casework.handling import Outcome, handle, load, tell_nobody
from gov_core.casework.rows import RESUME, micros
from gov_core.errors import (
    CommandReusedError,
    ConcurrencyConflictError,
    GovCoreError,
    PayloadRejectedError,
    StorageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from gov_core.cases.case import Case
    from gov_core.cases.context import Context
    from gov_core.casework.handling import Announce
    from gov_core.storage.protocol import CaseStore, DueClock

_PAGE = 1000
"""How many clocks are asked for at a time; they are told one by one all the same."""

_OF_ONE_CASE: Final = (ConcurrencyConflictError, CommandReusedError, PayloadRejectedError)
"""What a store says of one case only; after anything else it cannot go on."""


class Tick(NamedTuple):
    """A clock that told something.

    Attributes:
        due: What the index said.
        outcome: What became of it, nothing if another worker was first; None if it was refused.
        refused: Why its case did not take it; None if it did. The others are told all the same.
    """

    due: DueClock
    outcome: Outcome | None
    refused: GovCoreError | None = None


def tick(
    store: CaseStore,
    now: datetime,
    limit: int,
    context: Callable[[Case, datetime], Context],
    announce: Announce = tell_nobody,
) -> Iterator[Tick]:
    """Tell what is due.

    A case that does not take what its clock has to tell, say because the calendar has no answer, holds up no
    other, and neither does one that cannot be read: its clock stays due, is passed over now, and comes again
    with the next call.

    Args:
        store: Where cases are kept.
        now: What time it is, with a time zone.
        limit: How many clocks at most; those that are passed over do not count, so that the rest has its turn
            however many they are.
        context: By which rules a case is decided, at a time.
        announce: Whom to tell.

    Raises:
        StorageError: The store cannot go on; what was told before is durable.
    """
    passed_over: set[DueClock] = set()
    told = 0
    while told < limit:
        page = store.due(micros(now), limit=min(limit - told, _PAGE) + len(passed_over))
        due = [clock for clock in page if clock not in passed_over]
        if not due:
            return
        for clock in due[: limit - told]:
            one = _told(store, clock, now, context, announce)
            if one.outcome is None or not one.outcome.events or one.outcome.duplicate:
                passed_over.add(clock)
            else:
                told += 1
            yield one


def _told(
    store: CaseStore,
    due: DueClock,
    now: datetime,
    context: Callable[[Case, datetime], Context],
    announce: Announce,
) -> Tick:
    try:
        outcome = handle(
            store,
            due.case_id,
            _command(store, due, now, context),
            SCHEDULER,
            # One name for one thing to tell: a worker that died in between is taken over, not repeated.
            command_id=f"tick/{due.case_id}/{due.clock}/{due.fires_us}",
            contexts=lambda case, _: context(case, now),
            announce=announce,
        )
    except _OF_ONE_CASE as error:
        return Tick(due, None, error)
    except StorageError:
        raise
    except GovCoreError as error:
        return Tick(due, None, error)
    return Tick(due, outcome)


def _command(
    store: CaseStore, due: DueClock, now: datetime, context: Callable[[Case, datetime], Context]
) -> c.Command:
    """What a clock comes to: a rest that ends, an evaluation that nobody gave, or a light that changes."""
    if due.clock == RESUME:
        return c.Resume()
    kind, _, scope = due.clock.partition(":")
    if kind == "evaluation" and micros(now) > due.due_us:
        case = load(store, due.case_id)[0]
        default = context(case, now).procedure.default_score
        if default is not None and case.state == "closed":
            return c.Evaluate(score=default)
    return c.Fire(clock=kind, scope=scope)
