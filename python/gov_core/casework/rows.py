"""What lists and the due index know of a case, made from it anew with every event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from gov_core.cases.machine import MACHINE
from gov_core.storage.protocol import CaseRow, ClockRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.cases.case import Case
    from gov_core.cases.clock import Clock
    from gov_core.cases.procedure import Procedure

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

RESUME: Final = "resume:"
"""The clock that ends a rest; the others are called by their kind and scope."""


def micros(at: datetime) -> int:
    """A time as whole microseconds since 1970 UTC."""
    # Whole numbers all the way: a float holds microseconds only until the year 2255.
    delta = at - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def case_row(case: Case, procedure: Procedure) -> CaseRow:
    """The row of a case in the index.

    It is judged by the open clock, of those the procedure judges by, that ends first.
    """
    judged = [
        clock
        for clock in case.clocks
        if clock.kind in procedure.judged and clock.is_open and clock.due_by is not None
    ]
    judge = min(judged, key=_due, default=None)
    return CaseRow(
        case_id=case.id,
        state=case.state,
        open=case.state in MACHINE.open,
        procedure=case.procedure,
        matter=case.matter,
        grade=case.grade,
        place=case.location.place,
        path=case.location.path,
        unit=case.unit,
        opened_us=micros(case.opened_at),
        yellow_us=None if judge is None or judge.yellow_at is None else micros(judge.yellow_at),
        due_us=None if judge is None else _due(judge),
        sensitive=case.sensitive,
    )


def clock_rows(case: Case) -> tuple[ClockRow, ...]:
    """The clocks of a case that still have something to tell, and the end of its rest."""
    return tuple(_firing(case))


def clock_name(kind: str, scope: str) -> str:
    """What a clock is called in the due index."""
    return f"{kind}:{scope}"


def _firing(case: Case) -> Iterator[ClockRow]:
    # What the machine does not let fire would come up again with every tick, and never be told.
    fires = case.state in MACHINE.triggers["fire"].sources
    for clock in case.clocks if fires else ():
        if clock.fires_at is not None and clock.due_by is not None:
            yield ClockRow(clock_name(clock.kind, clock.scope), micros(clock.fires_at), micros(clock.due_by))
    if case.waiting is not None and case.state == "waiting":
        until = micros(case.waiting.until)
        yield ClockRow(RESUME, until, until)


def _due(clock: Clock) -> int:
    return 0 if clock.due_by is None else micros(clock.due_by)
