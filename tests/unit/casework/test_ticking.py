"""What is due is told once, in order, by whoever comes first; nothing holds up the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gov_core.cases.procedure import ClockRule, shipped_procedures
from gov_core.casework import Casework, Governance
from gov_core.casework.rows import RESUME, micros
from gov_core.errors import PayloadRejectedError, ProcedureError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.sqlite import SqliteCaseStore
from town import AFTER, DISPATCHER, ROADS, Town, governance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.cases.events import CaseEvent
    from gov_core.storage.protocol import CaseStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    opened: CaseStore = MemoryCaseStore() if request.param == "memory" else SqliteCaseStore(tmp_path / "c.db")
    yield opened
    opened.close()


def evaluated_by_default() -> Governance:
    loop = shipped_procedures()["whistle_loop"]
    window = ClockRule("evaluation", ("verify_close",), ("evaluate",), 7, "natural_day")
    loop = replace(loop, clocks=(*loop.clocks, window), default_score=80)
    return replace(governance(), procedures={"whistle_loop": loop})


def test_each_clock_tells_once_in_order(store: CaseStore) -> None:
    town = Town(store=store)
    for number in range(5):
        town.report(f"C-{number}")
        town.later(minutes=1)
    town.later(days=10)
    told = list(town.casework.tick())
    assert [tick.due.fires_us for tick in told] == sorted(tick.due.fires_us for tick in told)
    assert [tick.due.case_id for tick in told] == [f"C-{number}" for number in range(5)]
    assert all(tick.refused is None for tick in told)
    assert list(town.casework.tick()) == []
    assert town.casework.due() == ()
    assert town.casework.case("C-0").level == 1


def test_limit_is_kept_and_the_rest_comes_next(store: CaseStore) -> None:
    town = Town(store=store)
    for number in range(5):
        town.report(f"C-{number}")
    town.later(days=10)
    assert len(list(town.casework.tick(limit=2))) == 2
    assert len(town.casework.due()) == 3
    assert len(list(town.casework.tick())) == 3


def test_two_workers_tell_each_clock_once(store: CaseStore) -> None:
    town, other = Town(store=store), Town(store=store)
    for number in range(4):
        town.report(f"C-{number}")
    town.later(days=10)
    other.now = town.now
    first, second = town.casework.tick(), other.casework.tick()
    next(first), next(second)
    told = [*first, *second]
    fired = [event.type for number in range(4) for event in _events(town, f"C-{number}")]
    assert fired.count("clock_fired") == 4
    assert all(tick.refused is None for tick in told)


def test_clock_that_another_worker_told_is_told_no_more(store: CaseStore) -> None:
    town, slow = Town(store=store), Town(store=store)
    town.report("C-1")
    town.report("C-2")
    town.later(days=10)
    slow.now = town.now
    ticks = slow.casework.tick()
    next(ticks)  # it has read that both are due, and told the first
    list(town.casework.tick())
    (late,) = ticks
    assert late.outcome is not None
    assert late.outcome.events == ()
    assert [event.type for event in _events(town, "C-2")].count("clock_fired") == 1


def test_case_that_takes_nothing_holds_up_no_other(store: CaseStore) -> None:
    town = Town(store=store)
    town.report("stuck")
    town.later(minutes=1).report("C-1")
    town.later(days=10)
    lost = replace(governance(), procedures={**shipped_procedures()})
    casework = Casework(lost, store, now=lambda: town.now)
    real = casework.procedure

    def without_one(case):
        if case.id == "stuck":
            return lost.procedure("gone")
        return real(case)

    casework.procedure = without_one
    told = {tick.due.case_id: tick for tick in casework.tick(limit=10)}
    assert isinstance(told["stuck"].refused, ProcedureError)
    assert told["C-1"].outcome is not None
    assert [tick.due.case_id for tick in casework.tick(limit=1)] == ["stuck"]
    assert town.casework.case("C-1").level == 1


def test_cases_that_cannot_be_read_hold_up_no_other(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(store=store)
    for number in range(3):
        town.report(f"damaged-{number}")
    town.later(minutes=1).report("C-1")
    town.later(days=10)
    read = store.read_case

    def unreadable(case_id: str, **more: object):
        events = read(case_id, **more)
        if not case_id.startswith("damaged"):
            return events
        return tuple(event._replace(envelope=event.envelope._replace(data=b"{")) for event in events)

    monkeypatch.setattr(store, "read_case", unreadable)
    told = {tick.due.case_id: tick for tick in town.casework.tick(limit=1)}
    assert isinstance(told["damaged-0"].refused, PayloadRejectedError)
    assert told["C-1"].outcome is not None
    assert town.casework.case("C-1").level == 1


def test_rest_ends_by_itself(store: CaseStore) -> None:
    town = Town(store=store)
    town.working()
    until = town.now + timedelta(days=2)
    town.casework.suspend("C-1", ROADS, until, reason="weather")
    assert town.casework.case("C-1").clock("handling").due_by is None
    town.later(days=2)
    assert [due.clock for due in town.casework.due()] == [RESUME]
    list(town.casework.tick())
    case = town.casework.case("C-1")
    assert (case.state, case.waiting) == ("in_progress", None)
    clock = case.clock("handling")
    assert clock is not None
    assert clock.due_by is not None


def test_evaluation_that_nobody_gave_is_given_by_default(store: CaseStore) -> None:
    town = Town(store=store, rules=evaluated_by_default())
    town.closed()
    town.later(days=6)
    assert [tick.outcome.events[0].type for tick in town.casework.tick() if tick.outcome] == ["clock_fired"]
    assert town.casework.case("C-1").score is None
    town.later(days=2)
    list(town.casework.tick())
    case = town.casework.case("C-1")
    assert (case.state, case.score) == ("evaluated", 80)
    assert list(town.casework.tick()) == []


def test_evaluation_in_time_is_left_alone(store: CaseStore) -> None:
    from town import STREET

    town = Town(store=store, rules=evaluated_by_default())
    town.closed()
    town.casework.evaluate("C-1", STREET, 95)
    town.later(days=30)
    list(town.casework.tick())
    assert town.casework.case("C-1").score == 95


def test_no_edit_puts_a_deadline_off(store: CaseStore) -> None:
    town = Town(store=store)
    town.working()
    due = town.casework.case("C-1").clock("handling")
    for _ in range(3):
        town.later(hours=1).casework.urge("C-1", DISPATCHER)
        town.casework.attach("C-1", ROADS, evidence=(AFTER,))
    assert town.casework.case("C-1").clock("handling") == due
    row = store.case_row("C-1")
    assert row is not None
    assert due is not None
    assert due.due_by is not None
    assert row.due_us == micros(due.due_by)


def test_what_cannot_fire_is_not_due(store: CaseStore) -> None:
    from gov_core.cases import commands as c
    from gov_core.cases.actor import ARCHIVIST

    town = Town(store=store, rules=evaluated_by_default())
    town.closed()
    town.casework.handle("C-1", c.Archive(), ARCHIVIST)
    town.later(days=100)
    assert town.casework.due() == ()


def _events(town: Town, case_id: str) -> list[CaseEvent]:
    return [entry.event for entry in town.casework.timeline(case_id)]
