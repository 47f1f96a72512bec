"""Load, decide, append: idempotent, safe against others, and quiet about persons."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gov_core.cases import commands as c
from gov_core.cases.case import Service
from gov_core.casework import Governance, handling
from gov_core.checklists import Checklist, Item, Limit, Matter
from gov_core.city import City, Place, Unit
from gov_core.errors import (
    CapacityExceededError,
    CaseRefusedError,
    CommandReusedError,
    ConcurrencyConflictError,
    OutcomeUnknownError,
    PayloadRejectedError,
    ProcedureError,
)
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import Snapshot
from town import AFTER, COMMUNITY, DISPATCHER, HOTLINE, ROADS, STREET, Town

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.storage.protocol import Append, AppendResult


class Meddled(MemoryCaseStore):
    """A store in which something happens before or after an append."""

    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None

    def append(self, item: Append, *, deadline_s: float | None = None) -> AppendResult:
        if (meddle := self.before) is not None:
            meddle()
        result = super().append(item, deadline_s=deadline_s)
        if (meddle := self.after) is not None:
            meddle()
        return result

    def save_snapshot(self, case_id: str, snapshot: Snapshot) -> None:
        if self.after is not None:
            self.after()
        super().save_snapshot(case_id, snapshot)


def once(store: Meddled, meddle: Callable[[], object]) -> Callable[[], object]:
    """Do it once, and let the store alone from then on."""

    def first() -> None:
        store.before = store.after = None
        meddle()

    return first


class TestRetries:
    def test_same_command_gives_its_first_result_whatever_happened_since(self) -> None:
        town = Town()
        case_id = town.triaged()
        first = town.casework.whistle(case_id, STREET, ("ROADS",), command_id="w-1")
        town.later(hours=1).casework.report_in(case_id, ROADS)
        again = town.casework.whistle(case_id, STREET, ("ROADS",), command_id="w-1")
        assert (again.case, again.events) == (first.case, first.events)
        assert again.duplicate
        assert not first.duplicate
        assert town.casework.case(case_id).state == "accepted"

    def test_outcome_unknown_is_resolved_by_the_same_id(self) -> None:
        store = Meddled()
        town = Town(store=store)
        case_id = town.triaged()

        def cut() -> None:
            raise OutcomeUnknownError([handling.Fault("storage.outcome_unknown", "the line was cut")])

        store.after = once(store, cut)
        with pytest.raises(OutcomeUnknownError):
            town.casework.whistle(case_id, STREET, ("ROADS",), command_id="w-1")
        outcome = town.casework.whistle(case_id, STREET, ("ROADS",), command_id="w-1")
        assert outcome.duplicate
        assert [event.type for event in outcome.events] == ["whistle_blown"]
        assert outcome.case == town.casework.case(case_id)

    def test_report_that_comes_again_is_the_same_case_and_its_place_is_not_asked_for_again(self) -> None:
        town = Town()
        intake: dict[str, Any] = {"case_id": "", "reference": "12345/7"}
        case_id = town.report(**intake)
        assert town.later(days=100).report(**intake) == case_id  # the boundaries are others by then
        assert town.report(**intake, place="G3") == case_id
        assert town.store.count_cases() == 1

    def test_report_with_a_command_id_alone_is_one_case(self) -> None:
        town = Town()
        reports = [
            town.casework.report(handling_intake(), HOTLINE, command_id="app/1").case.id for _ in range(2)
        ]
        assert len(set(reports)) == 1
        with pytest.raises(CommandReusedError):
            town.casework.report(handling_intake(place="G3"), HOTLINE, command_id="app/1")

    def test_sealing_anew_is_the_same_report(self) -> None:
        from gov_core.cases.case import Sealed

        town = Town()
        first = town.report(case_id="", reference="7", sealed=(Sealed("contact", "aa" * 32, "s-1"),))
        assert town.report(case_id="", reference="7", sealed=(Sealed("contact", "bb" * 32, "s-1"),)) == first

    def test_id_of_a_case_that_is_there_is_refused(self) -> None:
        town = Town()
        town.report("C-1")
        before = town.casework.case("C-1")
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.report(handling_intake(case_id="C-1", matter="leak"), HOTLINE, command_id="other")
        assert [fault.code for fault in caught.value.faults] == ["case.id_taken"]
        assert town.casework.case("C-1") == before


def handling_intake(**more: Any) -> Any:
    from gov_core.casework import Intake

    return Intake(**{"matter": "dirt.rubbish", "channel": "app", "place": "G1"} | more)


class TestConflicts:
    def test_case_is_decided_anew_when_another_was_first(self) -> None:
        store = Meddled()
        town = Town(store=store)
        case_id = town.triaged()
        store.before = once(store, lambda: town.casework.urge(case_id, DISPATCHER))
        outcome = town.casework.whistle(case_id, STREET, ("ROADS",))
        assert outcome.case.version == 4
        assert outcome.case.urged == 1

    def test_what_is_decided_anew_may_be_refused(self) -> None:
        store = Meddled()
        town = Town(store=store)
        case_id = town.triaged()
        store.before = once(
            store, lambda: town.casework.handle(case_id, c.Reject(reason="no_case"), DISPATCHER)
        )
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.whistle(case_id, STREET, ("ROADS",))
        assert "case.wrong_state" in {fault.code for fault in caught.value.faults}

    def test_it_is_tried_no_more_than_eight_times(self) -> None:
        store = Meddled()
        town = Town(store=store)
        case_id = town.triaged()
        other = Town(store=store)
        tries = []

        def always() -> None:
            meddle, store.before = store.before, None
            tries.append(
                other.later(seconds=1).casework.urge(case_id, DISPATCHER, command_id=f"u-{len(tries)}")
            )
            store.before = meddle

        store.before = always
        with pytest.raises(ConcurrencyConflictError):
            town.casework.whistle(case_id, STREET, ("ROADS",))
        assert len(tries) == handling.ATTEMPTS


class TestLongCases:
    def test_snapshots_change_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handling, "SNAPSHOT_EVERY", 4)
        short, long = Town(), Town()
        for town in (short, long):
            town.working()
            for _ in range(12):
                town.later(minutes=1).casework.urge("C-1", DISPATCHER)
        snapshot = long.store.load_snapshot("C-1", schema=handling.CASE_SCHEMA)
        assert snapshot is not None
        assert snapshot.version % 4 == 0
        monkeypatch.setattr(handling, "SNAPSHOT_EVERY", 1000)
        assert handling.load(long.store, "C-1") == handling.load(short.store, "C-1")
        monkeypatch.setattr(handling, "SNAPSHOT_EVERY", 4)
        assert handling.load(long.store, "C-1") == handling.load(short.store, "C-1")

    def test_head_belongs_to_the_snapshot_when_nothing_came_after(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(handling, "SNAPSHOT_EVERY", 4)
        town = Town()
        town.whistled()
        town.casework.urge("C-1", DISPATCHER)
        case, head = handling.load(town.store, "C-1")
        assert (case.version, head) == (4, town.store.head("C-1"))

    def test_snapshot_that_cannot_be_read_is_passed_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handling, "SNAPSHOT_EVERY", 4)
        town = Town()
        town.handled()
        case = town.casework.case("C-1")
        town.store.save_snapshot("C-1", Snapshot(case.version, handling.CASE_SCHEMA, b'{"id":"C-1"}'))
        assert town.casework.case("C-1") == case
        town.casework.urge("C-1", DISPATCHER)
        assert town.casework.case("C-1").urged == 1

    def test_events_that_are_those_of_no_case_are_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        town = Town()
        town.triaged()
        events = town.store.read_case("C-1")
        monkeypatch.setattr(town.store, "read_case", lambda *_, **__: events[1:])
        with pytest.raises(PayloadRejectedError, match=r"case\.unreadable"):
            town.casework.urge("C-1", DISPATCHER)

    def test_snapshot_that_cannot_be_kept_fails_no_step(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(handling, "SNAPSHOT_EVERY", 2)
        town = Town()

        def full(*_: object) -> None:
            raise CapacityExceededError([handling.Fault("storage.capacity_exceeded", "full")])

        monkeypatch.setattr(town.store, "save_snapshot", full)
        assert town.casework.case(town.whistled()).state == "whistled"
        assert "no snapshot of case C-1: storage.capacity_exceeded" in caplog.text


class TestAsOf:
    def test_case_and_timeline_as_they_were(self) -> None:
        clock = [1_000_000]
        town = Town(store=MemoryCaseStore(clock=lambda: clock[0]))
        town.report()
        clock[0] += 60_000_000
        position = town.store.read_feed().head
        town.casework.triage("C-1", COMMUNITY)
        from gov_core.cases._instants import from_us
        from gov_core.storage.protocol import Position

        assert town.casework.case("C-1").state == "triaged"
        for then in (Position(position), from_us(30_000_000)):
            assert town.casework.case("C-1", as_of=then).state == "collected"
            assert [entry.state for entry in town.casework.timeline("C-1", as_of=then)] == ["collected"]


class TestLog:
    def test_refusals_are_logged_without_persons_or_values(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "gov_core.casework")
        town = Town()
        case_id = town.working()
        with pytest.raises(CaseRefusedError):
            town.casework.verify(case_id, ROADS, evidence=(AFTER,), note="13800000000", passed=True)
        (line,) = [record.getMessage() for record in caplog.records]
        assert line.startswith("refused: verify_close of case C-1 by unit of ROADS: case.wrong_state")
        for secret in ("p-roads", "13800000000", AFTER.digest, "G1"):
            assert secret not in line


def test_late_report_of_a_device_keeps_when_it_happened() -> None:
    town = Town()
    case_id = town.whistled()
    said = town.now + timedelta(minutes=5)
    town.later(hours=3)
    (event,) = town.casework.report_in(case_id, ROADS, occurred_at=said).events
    recorded = town.store.read_case(case_id)[-1]
    assert event.occurred_at == said
    assert event.at == town.now  # the procedure counts from its arrival: offline_hours is 0
    assert recorded.envelope.type == "reported_in"


def test_body_that_the_city_does_not_have_handles_nothing() -> None:
    town = Town()
    town.working()
    town.casework.handle("C-1", c.Confer(reason="unclear_duty"), STREET)
    nobody = c.ResolveConference(unit="NOBODY")
    with pytest.raises(CaseRefusedError, match=r"case\.barred"):
        town.casework.handle("C-1", nobody, replace(STREET, role="district", body="DG", areas=("",)))


def hall(**asked: Any) -> City:
    """A hall with one item on its list of services."""
    return City.from_parts(
        name="hall",
        levels=["street"],
        partition="street",
        places=[Place("S1", "东街", "street")],
        geometries={"S1": shapely.box(118.0, 32.0, 118.1, 32.1).wkb},
        units=[
            Unit("HALL", "大厅", "service_station", ("S1",)),
            Unit("WATER", "水务局", "water_bureau", ("S1",)),
            Unit("ROADS", "城管局", "urban_management_bureau", ("S1",)),
        ],
        matters=[Matter("permit", "许可")],
        checklists=[Checklist("services", "service", "事项", "HALL")],
        items=[Item("permit.1", "services", "许可", holder=("WATER",), matters=("permit",), **asked)],
    )


def test_offices_of_a_service_are_those_of_its_list_whoever_else_is_named() -> None:
    town = Town(rules=Governance.of(hall(), default="service"))
    for item, offices in (("permit.1", ("WATER",)), ("permit.2", ("ROADS",))):
        asked = Service(item, "HALL", offices=("ROADS",))
        case_id = town.report(item, matter="permit", place="", service=asked)
        case = town.casework.case(case_id)
        assert case.service == replace(asked, offices=offices)
        assert case.unit == offices[0]


def test_a_service_goes_through_the_procedure_of_its_item_within_the_limit_of_its_item() -> None:
    city = hall(procedure="front_back", resolve_within=Limit(3, "working_day"))
    town = Town(rules=Governance.of(city, default="service"))
    asked = town.casework.case(
        town.report("A", matter="permit", place="", service=Service("permit.1", "HALL"))
    )
    assert (asked.procedure, asked.limits) == ("front_back", (("resolve", 3, "working_day"),))
    assert asked.clock("handling").due_by - town.now == timedelta(days=3)
    other = town.casework.case(town.report("B", matter="permit", place="S1"))
    assert other.procedure == "service"
    assert Governance.of(hall(), default="service").procedure_of("permit", item="permit.1").name == "service"


def test_a_city_whose_item_names_no_procedure_that_there_is_has_no_governance() -> None:
    with pytest.raises(ProcedureError, match=r"procedure\.unknown"):
        Governance.of(hall(procedure="gone"))
