"""What is said of persons and homes goes past the events: through the vault, and back for a purpose only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.casework import Intake
from gov_core.casework.locating import Where
from gov_core.errors import (
    CapabilityMissingError,
    CaseRefusedError,
    CommandReusedError,
    ErasedError,
    RevealRefusedError,
    UnknownCaseError,
)
from gov_core.privacy import PersonalInput, Retention, Vault
from gov_core.privacy.keys import KeyRing
from gov_core.storage.evidence_files import FileEvidenceStore
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.personal import Hold
from gov_core.storage.sqlite import SqliteCaseStore
from town import DISPATCHER, GRID_WORKER, HOTLINE, PHOTO, STREET, VERIFIER, WATER, Town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.casework.handling import Outcome
    from gov_core.privacy import Revealed
    from gov_core.storage.protocol import CaseStore

CONTACT, TEXT, ROOM = "13800000001", "楼上漏水，说是三楼张家", "3-301"
POINT = (118.043217, 32.054321)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    opened: CaseStore = MemoryCaseStore() if request.param == "memory" else SqliteCaseStore(tmp_path / "c.db")
    yield opened
    opened.close()


@pytest.fixture
def town(store: CaseStore, tmp_path: Path) -> Town:
    vault = Vault(store, KeyRing([bytes(range(32))]))
    return Town(store=store, more={"vault": vault, "evidence": FileEvidenceStore(tmp_path / "evidence")})


def said(**values: Any) -> PersonalInput:
    return PersonalInput(**{"subject": "s-1", "contact": CONTACT, "text": TEXT} | values)


def report(town: Town, case_id: str = "C-1", *, by: Any = None, command_id: str = "", **more: Any) -> Outcome:
    intake = {"channel": "hotline", "matter": "leak.home", "case_id": case_id} | more
    return town.casework.report(
        Intake(**intake), HOTLINE, said=said() if by is None else by, command_id=command_id
    )


def opened(revealed: tuple[Revealed, ...]) -> list[tuple[str, str | None]]:
    return [(one.name, one.value and one.value.text) for one in revealed]


def written(store: CaseStore) -> bytes:
    """Events, rows and sealed values of a store, as bytes."""
    return repr([*store.dump(), *store.query_cases().rows]).encode()


class TestReport:
    def test_events_hold_commitments_and_a_grid(self, town: Town, store: CaseStore) -> None:
        case = report(town, by=said(point=POINT, room=ROOM)).case
        assert [item.name for item in case.sealed] == ["contact", "text", "point", "room"]
        assert {item.subject for item in case.sealed} == {"s-1"}
        assert case.location.place == "G1"
        for value in (CONTACT, TEXT, ROOM, str(POINT[0]), str(POINT[1])):
            assert value.encode() not in written(store)

    def test_point_and_address_of_a_home_are_sealed_though_said_openly(self, town: Town) -> None:
        case = report(town, by=(), lon=POINT[0], lat=POINT[1]).case
        (point,) = town.casework.vault.reveal_to_program(  # type: ignore[union-attr]
            case.id, case.sealed, reader="test", purpose="export"
        )
        assert point.value is not None
        assert point.value.point == POINT
        assert case.location.place == "G1"

    def test_those_of_other_matters_are_forgotten_as_before(self, town: Town) -> None:
        assert report(town, matter="dirt", by=(), lon=POINT[0], lat=POINT[1]).case.sealed == ()

    def test_a_second_delivery_leaves_no_key_behind(self, town: Town, store: CaseStore) -> None:
        new = said(subject="")
        first = report(town, case_id="", reference="12345/7", by=new)
        again = report(town, case_id="", reference="12345/7", by=new)
        assert (again.duplicate, again.case.id) == (True, first.case.id)
        assert len(store.subjects()) == 1

    def test_what_is_refused_leaves_no_key_behind(self, town: Town, store: CaseStore) -> None:
        report(town, by=())
        for bad in ({"matter": ""}, {"matter": "dirt"}):
            with pytest.raises((CaseRefusedError, CommandReusedError)):
                report(town, **bad)
        assert store.subjects() == ()

    def test_another_point_under_the_same_id_is_the_same_report_and_another_place_is_not(
        self, town: Town
    ) -> None:
        first = report(town, case_id="", place="G1", by=said(point=POINT), command_id="app/1")
        again = report(town, case_id="", place="G1", by=said(point=(118.05, 32.05)), command_id="app/1")
        assert (again.case.id, again.duplicate) == (first.case.id, True)
        with pytest.raises(CommandReusedError):
            report(town, case_id="", place="G3", command_id="app/1")

    def test_without_a_vault_nothing_personal_is_taken(self, store: CaseStore) -> None:
        with pytest.raises(CapabilityMissingError) as caught:
            report(Town(store=store))
        assert caught.value.code == "privacy.no_vault"
        assert store.query_cases().rows == ()

    def test_nothing_is_taken_for_a_subject_that_was_erased(self, town: Town, store: CaseStore) -> None:
        store.erase("s-1", command_id="e-1", basis="request")
        with pytest.raises(ErasedError):
            report(town)
        assert store.query_cases().rows == ()


class TestReveal:
    def test_who_handles_it_sees_what_the_purpose_needs(self, town: Town, store: CaseStore) -> None:
        report(town, by=said(point=POINT, room=ROOM))
        town.casework.triage("C-1", HOTLINE)
        town.casework.whistle("C-1", STREET, ("WATER",))
        town.casework.report_in("C-1", WATER)
        assert opened(town.casework.reveal("C-1", WATER, "visit")) == [("room", ROOM)]
        assert opened(town.casework.reveal("C-1", WATER, "handle")) == [("text", TEXT)]
        assert {(one.reader, one.purpose) for one in store.accesses("s-1").accesses} == {
            ("unit/WATER/p-water", "visit"),
            ("unit/WATER/p-water", "handle"),
        }

    def test_who_has_no_part_in_it_learns_of_no_case_and_who_sees_no_reporter_gets_none(
        self, town: Town, store: CaseStore
    ) -> None:
        report(town, place="G1")
        with pytest.raises(UnknownCaseError):
            town.casework.reveal("C-1", WATER, "handle")
        with pytest.raises(RevealRefusedError, match=r"privacy\.no_sight"):
            town.casework.reveal("C-1", VERIFIER, "contact")
        assert store.accesses().accesses == ()

    def test_a_body_complained_of_learns_of_no_case(self, town: Town) -> None:
        report(town, place="G1", complained_of=("SO1",))
        with pytest.raises(UnknownCaseError):
            town.casework.reveal("C-1", STREET, "handle")

    def test_notes_of_steps_are_sealed_with_what_the_reporter_said(
        self, town: Town, store: CaseStore
    ) -> None:
        report(town, place="G1")
        note = town.casework.note("C-1", "与住户约定周三上门")
        town.casework.triage("C-1", HOTLINE, note=note, command_id="t-1")
        again = town.casework.note("C-1", "与住户约定周三上门")
        assert town.casework.triage("C-1", HOTLINE, note=again, command_id="t-1").duplicate
        assert "周三".encode() not in written(store)
        seen = town.casework.reveal("C-1", VERIFIER, "verify")
        assert opened(seen) == [("text", TEXT), ("note", "与住户约定周三上门")]
        store.erase("s-1", command_id="e-1", basis="request")
        assert opened(town.casework.reveal("C-1", VERIFIER, "verify")) == [("text", None), ("note", None)]


class TestEvidence:
    def test_of_a_home_is_sealed_or_not_taken(self, town: Town, store: CaseStore, tmp_path: Path) -> None:
        openly = town.casework.keep(PHOTO, shows="before")
        with pytest.raises(CaseRefusedError, match=r"case\.evidence_not_sealed"):
            report(town, evidence=(openly,))
        sealed = town.casework.keep(PHOTO, shows="before", subject="s-9")
        report(town, place="G1", evidence=(sealed,))
        assert store.cases_of("s-9") == ("C-1",)
        assert town.casework.look("C-1", sealed.digest, VERIFIER, "verify") == PHOTO
        with pytest.raises(UnknownCaseError):
            town.casework.look("C-1", sealed.digest, WATER, "handle")
        kept = (tmp_path / "evidence" / sealed.digest[:2] / sealed.digest).read_bytes()
        assert PHOTO not in kept
        store.erase("s-9", command_id="e-1", basis="request")
        with pytest.raises(ErasedError):
            town.casework.look("C-1", sealed.digest, VERIFIER, "verify")

    def test_a_later_step_is_held_to_the_same(self, town: Town) -> None:
        report(town, place="G1")
        openly = town.casework.keep(PHOTO, shows="before")
        with pytest.raises(CaseRefusedError, match=r"case\.evidence_not_sealed"):
            town.casework.triage("C-1", HOTLINE, evidence=(openly,))
        sealed = town.casework.keep(PHOTO, shows="before", subject="s-1")
        assert town.casework.triage("C-1", HOTLINE, evidence=(sealed,)).case.evidence == (sealed,)

    def test_of_other_matters_is_kept_as_it_is(self, town: Town) -> None:
        openly = town.casework.keep(PHOTO, shows="before")
        assert report(town, matter="dirt", place="G1", evidence=(openly,)).case.evidence == (openly,)


class TestSeveralCases:
    def test_a_case_keeps_what_its_duplicates_know(self, town: Town, store: CaseStore) -> None:
        report(town, "C-1", place="G1")
        report(town, "C-2", place="G1", by=said(subject="s-2", contact="13900000002"))
        report(town, "C-3", place="G1", by=said(subject="s-3", contact="13900000003"))
        for case_id in ("C-1", "C-2", "C-3"):
            town.casework.triage(case_id, HOTLINE)
        town.casework.merge("C-3", "C-1", DISPATCHER, command_id="m-1")
        town.casework.merge("C-2", "C-1", DISPATCHER, command_id="m-2")
        assert set(store.cases_of("s-3")) == {"C-1", "C-3"}
        assert set(store.cases_of("s-2")) == {"C-1", "C-2"}
        seen = town.casework.reveal("C-1", HOTLINE, "contact")
        assert opened(seen) == [("contact", CONTACT), ("contact", "13900000003"), ("contact", "13900000002")]

    def test_retention_leaves_a_contact_that_a_case_in_work_needs(self, town: Town, store: CaseStore) -> None:
        for case_id, subject in (("C-1", "s-1"), ("C-2", "s-2")):
            report(town, case_id, matter="dirt", place="G1", by=said(subject=subject))
            town.casework.triage(case_id, HOTLINE)
        town.casework.merge("C-2", "C-1", DISPATCHER, command_id="m-1")
        policy = Retention(0).policy(datetime.now(UTC) + timedelta(days=1))
        assert store.apply_retention(policy, dry_run=False).erased == ()
        photo = town.casework.keep(PHOTO, shows="after")
        town.casework.whistle("C-1", STREET, ("WATER",))
        town.casework.report_in("C-1", WATER)
        town.casework.start("C-1", WATER)
        town.casework.give_feedback("C-1", WATER, evidence=(photo,))
        town.casework.verify("C-1", VERIFIER)
        assert store.apply_retention(policy, dry_run=True).erased == ("s-1", "s-2")
        store.hold(Hold("s-2", "court_order"))
        assert store.apply_retention(policy, dry_run=False)[:2] == (("s-1",), ("s-2",))

    def test_a_part_keeps_what_its_case_knows(self, town: Town, store: CaseStore) -> None:
        report(town, "C-1", place="G1")
        town.casework.triage("C-1", HOTLINE)
        part = Intake(matter="leak", channel="hotline")
        town.casework.split("C-1", [part], DISPATCHER, command_id="s-1")
        assert store.cases_of("s-1") == ("C-1", "C-1.1")


def test_a_point_of_a_later_step_is_in_no_digest(town: Town) -> None:
    report(town, place="G1")
    first = town.casework.triage("C-1", HOTLINE, where=Where(lon=118.01, lat=32.01), command_id="t-1")
    again = town.casework.triage("C-1", HOTLINE, where=Where(lon=118.02, lat=32.02), command_id="t-1")
    assert (first.duplicate, again.duplicate) == (False, True)


def test_a_grid_worker_of_another_grid_sees_no_home(town: Town) -> None:
    report(town, by=said(point=(118.15, 32.05)))
    with pytest.raises((UnknownCaseError, RevealRefusedError)):
        town.casework.reveal("C-1", GRID_WORKER, "visit")


@pytest.mark.parametrize("whole", [True, False])
def test_what_was_said_in_one_case_cannot_be_brought_into_another(town: Town, *, whole: bool) -> None:
    report(town, "C-1", place="G1")
    note = town.casework.note("C-1", "与住户约定周三上门")
    town.casework.triage("C-1", HOTLINE, note=note)
    report(town, "C-2", place="G1")  # of the same subject
    with pytest.raises(CaseRefusedError) as caught:
        town.casework.triage("C-2", HOTLINE, note=note if whole else str(note))
    assert [fault.code for fault in caught.value.faults] == ["case.said_elsewhere"]
    sealed = town.casework.case("C-1").sealed
    foreign = Intake(channel="hotline", matter="leak.home", case_id="C-3", place="G1", sealed=sealed)
    with pytest.raises(CaseRefusedError) as caught:
        town.casework.report(foreign, HOTLINE)
    assert [fault.code for fault in caught.value.faults] == ["case.said_elsewhere"]
    own = town.casework.note("C-2", "另约时间")
    assert not town.casework.triage("C-2", HOTLINE, note=own).duplicate
