"""Clocks that have something to tell, told: each once, in order, by whoever comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gov_core.cases import commands as c
from gov_core.cases.actor import SCHEDULER
from gov_core.casework.handling import Outcome, handle
from gov_core.casework.rows import RESUME, micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from gov_core.cases.case import Case
    from gov_core.cases.context import Context
    from gov_core.storage.protocol import CaseStore, DueClock


class Tick(NamedTuple):
    """A clock that told something.

    Attributes:
        due: What the index said.
        outcome: What became of it; without events if another worker was first.
    """

    due: DueClock
    outcome: Outcome


def tick(
    store: CaseStore, now: datetime, limit: int, context: Callable[[Case, datetime], Context]
) -> Iterator[Tick]:
    """Tell what is due.

    Args:
        store: Where cases are kept.
        now: What time it is, with a time zone.
        limit: How many clocks at most.
        context: By which rules a case is decided, at a time.
    """
    for due in store.due(micros(now), limit=limit):
        yield Tick(due, _told(store, due, now, context))


def _told(
    store: CaseStore, due: DueClock, now: datetime, context: Callable[[Case, datetime], Context]
) -> Outcome:
    command: c.Command
    if due.clock == RESUME:
        command = c.Resume()
    else:
        kind, _, scope = due.clock.partition(":")
        command = c.Fire(clock=kind, scope=scope)
    return handle(
        store,
        due.case_id,
        command,
        SCHEDULER,
        # One name for one thing to tell: a worker that died in between is taken over, not repeated.
        command_id=f"tick/{due.case_id}/{due.clock}/{due.fires_us}",
        context=lambda case: context(case, now),
    )
