"""Bad input to casework: a typed error with code and hint, a store as it was, and a next call that works."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from gov_core.cases import commands as c
from gov_core.cases.actor import Actor
from gov_core.cases.calendar import Calendar
from gov_core.casework import Intake, Where
from gov_core.errors import (
    CalendarError,
    CaseRefusedError,
    CommandReusedError,
    FaultsError,
    GovCoreError,
    PayloadRejectedError,
    ProcedureError,
    StepError,
    StoreClosedError,
    UnknownCaseError,
)
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.sqlite import SqliteCaseStore
from town import (
    AFTER,
    COMMUNITY_2,
    DISPATCHER,
    GRID_WORKER,
    HOTLINE,
    REPORTER,
    ROADS,
    STREET,
    STREET_2,
    SUPERVISOR,
    VERIFIER,
    WATER,
    Town,
    governance,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore

NAIVE = datetime(2026, 3, 2, 9)  # noqa: DTZ001  # that is the fault
DELEGATED = Actor(
    "street", "SO2", "p-2", ("S1",), behalf="SO1", until=datetime.fromisoformat("2026-01-01T00:00+08:00")
)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    opened: CaseStore = MemoryCaseStore() if request.param == "memory" else SqliteCaseStore(tmp_path / "c.db")
    yield opened
    opened.close()


class Bad(NamedTuple):
    """Something that is refused.

    Attributes:
        call: What is asked of a town with the case C-1 in work with ROADS.
        error: Type of the error.
        codes: Some of its codes.
    """

    call: Callable[[Town], Any]
    error: type[GovCoreError]
    codes: set[str]


def intake(**more: Any) -> Intake:
    return Intake(**{"matter": "leak", "channel": "app", "case_id": "C-9", "place": "G1"} | more)


def raising(town: Town) -> Town:
    """The town under a calendar that answers for no year that is not announced."""
    rules = replace(governance(), calendar=Calendar(unknown_years="raise"))
    strict = Town(store=town.store, rules=rules)
    strict.now = town.now.replace(year=2026, month=12, day=31)
    return strict


BAD: dict[str, Bad] = {
    "unknown case": Bad(lambda t: t.casework.urge("C-0", DISPATCHER), UnknownCaseError, {"case.unknown"}),
    "unknown case asked about": Bad(lambda t: t.casework.case("C-0"), UnknownCaseError, {"case.unknown"}),
    "story of no case": Bad(lambda t: t.casework.timeline("C-0"), UnknownCaseError, {"case.unknown"}),
    "merge into no case": Bad(
        lambda t: t.casework.merge("C-1", "C-0", DISPATCHER), UnknownCaseError, {"case.unknown"}
    ),
    "wrong role": Bad(
        lambda t: t.casework.give_feedback("C-1", VERIFIER, evidence=(AFTER,)),
        CaseRefusedError,
        {"case.wrong_role"},
    ),
    "wrong area": Bad(
        lambda t: t.casework.suspend(
            "C-1", replace(ROADS, areas=("S2",)), t.now + timedelta(days=1), reason="weather"
        ),
        CaseRefusedError,
        {"case.wrong_area"},
    ),
    "wrong relation": Bad(
        lambda t: t.casework.give_feedback("C-1", WATER, evidence=(AFTER,)),
        CaseRefusedError,
        {"case.wrong_relation"},
    ),
    "other street": Bad(
        lambda t: t.casework.escalate("C-1", STREET_2, 3, reason="hard"),
        CaseRefusedError,
        {"case.wrong_relation"},
    ),
    "wrong stage": Bad(lambda t: t.casework.verify("C-1", VERIFIER), CaseRefusedError, {"case.wrong_state"}),
    "all reasons at once": Bad(
        lambda t: t.casework.verify("C-1", ROADS, passed=False),
        CaseRefusedError,
        {"case.wrong_state", "case.wrong_role", "case.no_reason"},
    ),
    "missing evidence": Bad(
        lambda t: t.casework.give_feedback("C-1", ROADS), CaseRefusedError, {"case.no_evidence"}
    ),
    "missing reason": Bad(
        lambda t: t.casework.return_case("C-1", ROADS), CaseRefusedError, {"case.no_reason"}
    ),
    "reason in words": Bad(
        lambda t: t.casework.return_case("C-1", ROADS, reason="Mr Wang said no"),
        CaseRefusedError,
        {"case.reason_no_code"},
    ),
    "naive time": Bad(
        lambda t: t.casework.attach("C-1", ROADS, evidence=(AFTER,), occurred_at=NAIVE),
        CaseRefusedError,
        {"case.naive_time"},
    ),
    "naive time of a report": Bad(
        lambda t: t.casework.report(intake(occurred_at=NAIVE), HOTLINE), CaseRefusedError, {"case.naive_time"}
    ),
    "naive clock": Bad(
        lambda t: Town(store=t.store, now=NAIVE).casework.urge("C-1", DISPATCHER, command_id="n"),
        CaseRefusedError,
        {"case.naive_time"},
    ),
    "naive tick": Bad(
        lambda t: list(Town(store=t.store, now=NAIVE).casework.tick()), StepError, {"case.naive_time"}
    ),
    "naive due": Bad(lambda t: Town(store=t.store, now=NAIVE).casework.due(), StepError, {"case.naive_time"}),
    "naive may": Bad(
        lambda t: Town(store=t.store, now=NAIVE).casework.may("C-1", ROADS), StepError, {"case.naive_time"}
    ),
    "naive as of": Bad(lambda t: t.casework.case("C-1", as_of=NAIVE), StepError, {"case.naive_time"}),
    "time in the future": Bad(
        lambda t: t.casework.urge("C-1", DISPATCHER, occurred_at=t.now + timedelta(hours=1)),
        CaseRefusedError,
        {"case.time_in_future"},
    ),
    "unannounced year": Bad(
        lambda t: raising(t).casework.report(intake(), HOTLINE), CalendarError, {"calendar.unknown_year"}
    ),
    "other payload": Bad(
        lambda t: t.casework.urge("C-1", DISPATCHER, command_id="report/C-1"),
        CommandReusedError,
        {"storage.command_reused"},
    ),
    "other payload of a report": Bad(
        lambda t: t.casework.report(intake(matter="dirt"), HOTLINE, command_id="report/C-1"),
        CommandReusedError,
        {"storage.command_reused"},
    ),
    "id that is taken": Bad(
        lambda t: t.casework.report(intake(case_id="C-1"), HOTLINE, command_id="n-1"),
        CaseRefusedError,
        {"case.id_taken"},
    ),
    "complaint of a body that there is not": Bad(
        lambda t: t.casework.report(intake(complained_of=("WATER", "water")), HOTLINE),
        CaseRefusedError,
        {"case.unknown_body"},
    ),
    "complaint of a body that there is not, and of no matter": Bad(
        lambda t: t.casework.report(intake(complained_of=("water",), matter=""), HOTLINE),
        CaseRefusedError,
        {"case.unknown_body", "case.no_matter"},
    ),
    "no matter": Bad(
        lambda t: t.casework.report(intake(matter=""), HOTLINE), CaseRefusedError, {"case.no_matter"}
    ),
    "field of another type": Bad(
        lambda t: t.casework.report(intake(asset=5, lon="118.05", grade=None), HOTLINE),
        PayloadRejectedError,
        {"intake.bad_field"},
    ),
    "text that is no Unicode": Bad(
        lambda t: t.casework.report(intake(reference="\ud800"), HOTLINE),
        PayloadRejectedError,
        {"intake.bad_field"},
    ),
    "place of another type": Bad(
        lambda t: t.casework.reroute("C-1", DISPATCHER, where=Where(place=5), reason="x"),
        PayloadRejectedError,
        {"intake.bad_field"},
    ),
    "part by hand": Bad(
        lambda t: t.casework.report(intake(parent="C-1"), HOTLINE), CaseRefusedError, {"case.parent_by_hand"}
    ),
    "part with an id that is taken": Bad(
        lambda t: t.casework.split("C-1", [intake(case_id="C-2")], STREET),
        CaseRefusedError,
        {"case.id_taken"},
    ),
    "no such language": Bad(
        lambda t: t.casework.timeline("C-1", language="fr"),
        StepError,
        {"timeline.language"},
    ),
    "delegation that is over": Bad(
        lambda t: t.casework.escalate("C-1", DELEGATED, 3, reason="hard"),
        CaseRefusedError,
        {"case.delegation_over"},
    ),
    "body complained of": Bad(
        lambda t: t.casework.whistle("C-2", STREET, ("WATER",)), CaseRefusedError, {"case.complained_of"}
    ),
    "reroute by another street": Bad(
        lambda t: t.casework.reroute("C-1", COMMUNITY_2, where=Where(place="G3"), reason="mine"),
        CaseRefusedError,
        {"case.wrong_relation"},
    ),
    "reporter of another case": Bad(
        lambda t: t.casework.urge("C-1", REPORTER), CaseRefusedError, {"case.wrong_relation"}
    ),
    "no such clock": Bad(lambda t: t.casework.explain_deadline("C-1", "lunch"), StepError, {"case.no_clock"}),
    "procedure that was dropped": Bad(
        lambda t: t.rules.procedure("gone"), ProcedureError, {"procedure.unknown"}
    ),
    "grid worker evaluates": Bad(
        lambda t: t.casework.evaluate("C-1", GRID_WORKER, 120),
        CaseRefusedError,
        {"case.wrong_role", "case.wrong_state"},
    ),
    "supervisor in office of nothing": Bad(
        lambda t: t.casework.handle("C-1", c.ForceClose(), replace(SUPERVISOR, areas=("S2",))),
        CaseRefusedError,
        {"case.wrong_relation", "case.no_reason"},
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_and_the_next_call_works(name: str, store: CaseStore) -> None:
    bad, town = BAD[name], Town(store=store)
    town.working()
    town.triaged("C-2", complained_of=("WATER",))
    before = (store.read_feed().head, store.case_row("C-1"), store.count_cases(), town.casework.due())
    with pytest.raises(bad.error) as caught:
        bad.call(town)
    faults = caught.value.faults if isinstance(caught.value, FaultsError) else ()
    assert bad.codes <= {fault.code for fault in faults}
    assert all(fault.code and fault.message and fault.hint for fault in faults)
    assert (store.read_feed().head, store.case_row("C-1"), store.count_cases(), town.casework.due()) == before
    town.later(minutes=5).casework.give_feedback("C-1", ROADS, evidence=(AFTER,))
    assert town.casework.case("C-1").state == "handled"


def test_closed_store_says_so(store: CaseStore) -> None:
    town = Town(store=store)
    town.working()
    store.close()
    for call in (
        lambda: town.casework.urge("C-1", DISPATCHER),
        lambda: town.casework.case("C-1"),
        lambda: list(town.casework.tick()),
        lambda: town.report("C-2"),
    ):
        with pytest.raises(StoreClosedError):
            call()


def test_late_report_of_something_before_the_last_event_is_legal(store: CaseStore) -> None:
    town = Town(store=store)
    town.working()
    hours_ago = town.now - timedelta(hours=20)
    (event,) = town.casework.attach("C-1", ROADS, evidence=(AFTER,), occurred_at=hours_ago).events
    assert event.occurred_at == hours_ago
    assert event.at >= town.casework.case("C-1").opened_at  # time never runs backwards in a case


def test_december_is_open_by_default_and_says_that_it_is_provisional(store: CaseStore) -> None:
    town = Town(store=store, now=datetime.fromisoformat("2026-12-31T15:00+08:00"))
    town.report("C-1")
    explained = town.casework.explain_deadline("C-1")
    assert explained.derivation.provisional
    assert town.casework.case("C-1").clock("handling").provisional
