"""Cases that are one, cases that are several, and cases that belong elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from gov_core.cases import commands as c
from gov_core.cases.case import Location, Sealed
from gov_core.casework import Intake
from gov_core.casework.locating import Where
from gov_core.casework.merging import MOST_GRIDS, WITHIN_M, candidates, distance_m
from gov_core.errors import CaseRefusedError, CommandReusedError, UnknownCaseError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.sqlite import SqliteCaseStore
from town import (
    AFTER,
    COMMUNITY,
    COMMUNITY_2,
    DISPATCHER,
    REFORM,
    ROADS,
    STREET,
    STREET_2,
    SUPERVISOR,
    VERIFIER,
    WATER,
    Town,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.cases.actor import Actor
    from gov_core.casework.merging import Point
    from gov_core.storage.protocol import CaseStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    opened: CaseStore = MemoryCaseStore() if request.param == "memory" else SqliteCaseStore(tmp_path / "c.db")
    yield opened
    opened.close()


def codes(error: pytest.ExceptionInfo[CaseRefusedError]) -> list[str]:
    return [fault.code for fault in error.value.faults]


class TestMerge:
    def test_both_change_and_all_reporters_are_known(self, store: CaseStore) -> None:
        town = Town(store=store)
        one = town.triaged("C-1", sealed=(Sealed("contact", "aa" * 32, "s-1"),))
        other = town.report("C-2", reference="8", sealed=(Sealed("contact", "bb" * 32, "s-2"),))
        town.casework.merge(other, one, DISPATCHER, command_id="m-1")
        merged, kept = town.casework.case(other), town.casework.case(one)
        assert (merged.state, merged.merged_into, kept.duplicates) == ("merged", one, (other,))
        told = town.casework.reporters(one)
        assert [(who.case_id, who.merged, who.sealed[0].subject) for who in told] == [
            ("C-1", False, "s-1"),
            ("C-2", True, "s-2"),
        ]
        assert town.casework.merge(other, one, DISPATCHER, command_id="m-1").duplicate
        with pytest.raises(CommandReusedError):
            town.casework.merge(one, other, DISPATCHER, command_id="m-1")
        assert store.verify().sound

    def test_whom_a_duplicate_complains_of_the_case_complains_of_too(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.triaged("C-1")
        town.report("C-2", complained_of=("ROADS",))
        town.casework.merge("C-2", "C-1", DISPATCHER)
        assert town.casework.case("C-1").complained_of == ("ROADS",)
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.whistle("C-1", STREET, ("ROADS",))
        assert "case.complained_of" in codes(caught)

    def test_what_a_duplicate_complains_of_goes_with_it(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.triaged("C-1", complained_of=("DG",))
        town.report("C-2", complained_of=("ROADS", "DG"))
        town.report("C-3", complained_of=("ROADS", "WATER"))
        for duplicate in ("C-2", "C-3"):
            town.casework.merge(duplicate, "C-1", DISPATCHER)
        assert set(town.casework.case("C-1").complained_of) == {"DG", "ROADS", "WATER"}
        town.casework.unmerge("C-3", DISPATCHER, reason="another_matter")
        assert set(town.casework.case("C-1").complained_of) == {"DG", "ROADS"}
        assert town.casework.case("C-3").complained_of == ("ROADS", "WATER")
        town.casework.unmerge("C-2", DISPATCHER, reason="another_matter")
        assert town.casework.case("C-1").complained_of == ("DG",)
        town.casework.whistle("C-1", STREET, ("ROADS",))
        assert town.casework.case("C-1").state == "whistled"

    def test_refused_by_one_leaves_both(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.triaged("C-1")
        town.closed("C-2")
        before = store.read_feed().head
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.merge("C-1", "C-2", DISPATCHER)
        assert codes(caught) == ["case.wrong_state"]
        assert caught.value.faults[0].place == "C-2"
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.merge("C-1", "C-1", DISPATCHER)
        assert codes(caught) == ["case.merge_into_itself"]
        with pytest.raises(UnknownCaseError):
            town.casework.merge("C-1", "C-9", DISPATCHER)
        assert store.read_feed().head == before

    def test_unmerge_goes_on_where_it_was(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.triaged("C-1")
        before = town.whistled("C-2")
        town.casework.merge("C-2", "C-1", DISPATCHER)
        town.casework.unmerge("C-2", DISPATCHER, reason="another_lamp", command_id="u-1")
        assert town.casework.case(before).state == "whistled"
        assert town.casework.case("C-1").duplicates == ()
        assert town.casework.unmerge("C-2", DISPATCHER, reason="another_lamp", command_id="u-1").duplicate
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.unmerge("C-2", DISPATCHER, reason="again")
        assert codes(caught) == ["case.wrong_state"]

    def test_conflict_in_either_case_decides_both_anew(self) -> None:
        class Raced(MemoryCaseStore):
            raced = False

            def append_many(self, items, **more):
                if more.get("together") and not self.raced:
                    self.raced = True
                    town.casework.urge("C-1", DISPATCHER)
                return super().append_many(items, **more)

        town = Town(store=Raced())
        town.triaged("C-1")
        town.report("C-2")
        town.casework.merge("C-2", "C-1", DISPATCHER)
        kept = town.casework.case("C-1")
        assert (kept.urged, kept.duplicates) == (1, ("C-2",))


class TestCandidates:
    def test_place_time_and_matter(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.report("C-1")
        town.report("leak", matter="leak")
        town.report("elsewhere", place="G2")
        town.report("lamp", asset="lamp")
        town.later(hours=2)
        town.report("late")
        town.later(hours=23)
        town.report("too-late")
        assert [found.case_id for found in town.casework.candidates("C-1")] == ["late"]
        assert {found.case_id for found in town.casework.candidates("late")} == {"C-1", "too-late"}
        wide = town.casework.candidates("C-1", within=timedelta(hours=48), places=("G2",))
        assert [found.case_id for found in wide] == ["elsewhere", "late", "too-late"]

    def test_points_of_the_caller_narrow_it(self, store: CaseStore) -> None:
        points = {"C-1": (118.05, 32.05), "near": (118.0504, 32.05), "far": (118.0506, 32.05)}
        town = Town(store=store)
        for case_id in (*points, "unknown"):
            town.report(case_id)
        found = town.casework.candidates("C-1", point_of=points.get)
        assert [(one.case_id, one.distance_m) for one in found] == [("near", 37.7), ("unknown", None)]
        assert [one.case_id for one in town.casework.candidates("C-1", point_of=points.get, within_m=60)] == [
            "near",
            "far",
            "unknown",
        ]

    def test_a_border_does_not_part_what_is_near(self, store: CaseStore) -> None:
        points = {
            "C-1": (118.0999, 32.05),
            "over": (118.1001, 32.05),
            "on": (118.1, 32.05),
            "far": (118.15, 32.05),
        }
        town = Town(store=store)
        for case_id in ("C-1", "beside"):
            town.report(case_id)
        for case_id in ("over", "on", "far", "pointless"):
            town.report(case_id, place="G2")
        town.report("elsewhere", place="G3")
        found = town.casework.candidates("C-1", point_of=points.get)
        assert [(one.case_id, one.place, one.distance_m) for one in found] == [
            ("on", "G2", 9.4),
            ("over", "G2", 18.8),
            ("beside", "G1", None),
        ]
        back = town.casework.candidates("over", point_of=points.get)
        assert [one.case_id for one in back] == ["on", "C-1", "pointless"]
        assert [one.case_id for one in town.casework.candidates("C-1")] == ["beside"]
        named = town.casework.candidates("C-1", point_of=points.get, places=("G2",))
        assert [one.case_id for one in named] == ["on", "over", "beside", "pointless"]

    def test_homes_without_a_point_are_found_in_their_grid_alone(self, store: CaseStore) -> None:
        town = Town(store=store)
        for case_id, place in (("C-1", "G1"), ("same", "G1"), ("next", "G2")):
            town.report(case_id, matter="leak.home", place=place)
        found = town.casework.candidates("C-1", point_of=lambda _: None)
        assert [(one.case_id, one.distance_m) for one in found] == [("same", None)]

    def test_it_looks_at_the_grids_of_both_sides_of_a_reform(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.now = datetime.combine(REFORM, time(), tzinfo=UTC) - timedelta(hours=9)  # 23:00 in Shanghai
        town.report("C-1", place="G3")
        town.later(hours=2)
        town.report("next-day", place="G2")
        points = {"C-1": (118.2001, 32.05), "next-day": (118.1999, 32.05)}
        found = town.casework.candidates("C-1", point_of=points.get)
        assert [(one.case_id, one.place) for one in found] == [("next-day", "G2")]
        assert (
            town.casework.case("C-1").location.boundaries
            != town.casework.case("next-day").location.boundaries
        )

    def test_few_grids_are_looked_at_however_far_it_reaches(self, store: CaseStore) -> None:
        asked = []

        def grids_near(point: Point, metres: float) -> list[str]:
            asked.append((point, metres))
            return ["G3", *(f"no-{number}" for number in range(MOST_GRIDS)), "G2"]

        points = {"C-1": (118.05, 32.05), "third": (118.05, 32.05), "second": (118.05, 32.05)}
        town = Town(store=store)
        town.report("C-1")
        town.report("third", place="G3")
        town.report("second", place="G2")
        case = town.casework.case("C-1")
        found = candidates(store, case, point_of=points.get, grids_near=grids_near)
        assert [one.case_id for one in found] == ["third"]
        assert asked == [(points["C-1"], WITHIN_M)]

    def test_merged_cases_are_candidates_no_more(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.report("C-1")
        town.report("C-2")
        town.casework.merge("C-2", "C-1", DISPATCHER)
        assert town.casework.candidates("C-1") == ()

    def test_distance(self) -> None:
        assert distance_m((0.0, 0.0), (0.0, 0.0)) == 0.0
        assert distance_m((118.0, 32.0), (118.0, 33.0)) == pytest.approx(111_195, abs=1)
        assert distance_m((0.0, 0.0), (180.0, 0.0)) == pytest.approx(20_015_115, abs=1)


class TestSplit:
    def part(self, **more: object) -> Intake:
        return Intake(**{"matter": "leak", "channel": "split"} | more)

    def test_parts_are_opened_with_the_case_and_close_before_it(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.working("C-1", complained_of=("WATER",))
        parts = [self.part(), self.part(matter="dirt", place="G3")]
        town.casework.split("C-1", parts, STREET, command_id="s-1")
        assert town.casework.split("C-1", parts, STREET, command_id="s-1").duplicate
        case = town.casework.case("C-1")
        assert case.children == (("C-1.1", False), ("C-1.2", False))
        here, there = town.casework.case("C-1.1"), town.casework.case("C-1.2")
        assert (here.parent, here.location.place, here.unit) == ("C-1", "G1", "")  # WATER is complained of
        assert (there.location.place, there.unit, there.owner) == ("G3", "", "SO2")
        town.casework.give_feedback("C-1", ROADS, evidence=(AFTER,))
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.verify("C-1", VERIFIER)
        assert codes(caught) == ["case.children_open"]
        town.casework.handle("C-1.1", c.Reject(reason="no_case"), COMMUNITY)
        assert town.casework.case("C-1").children == (("C-1.1", True), ("C-1.2", False))
        town.casework.handle("C-1.2", c.Cancel(reason="no_case"), SUPERVISOR)
        town.casework.verify("C-1", VERIFIER)
        assert town.casework.case("C-1").state == "closed"
        assert store.verify().sound

    def test_who_handles_a_part_does_not_verify_the_whole_nor_the_other_way(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.working("C-1")
        town.casework.split("C-1", [self.part()], STREET)
        assert ("execute", "ROADS") in {(hand.act, hand.body) for hand in town.casework.case("C-1.1").hands}
        town.casework.triage("C-1.1", COMMUNITY)
        town.casework.whistle("C-1.1", STREET, ("WATER",))
        town.casework.report_in("C-1.1", WATER)
        town.casework.start("C-1.1", WATER)
        town.casework.give_feedback("C-1.1", WATER, evidence=(AFTER,))
        roads, water = (replace(VERIFIER, body=body, person=f"p-{body}-2") for body in ("ROADS", "WATER"))
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.verify("C-1.1", roads)
        assert codes(caught) == ["case.duties_apart"]
        town.casework.verify("C-1.1", VERIFIER)
        assert ("execute", "WATER") in {(hand.act, hand.body) for hand in town.casework.case("C-1").hands}
        town.casework.give_feedback("C-1", ROADS, evidence=(AFTER,))
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.verify("C-1", water)
        assert codes(caught) == ["case.duties_apart"]
        town.casework.verify("C-1", VERIFIER)
        assert store.verify().sound

    def test_who_handles_the_whole_after_the_split_does_not_verify_a_part(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.triaged("C-1")
        town.casework.split("C-1", [self.part()], STREET)
        town.casework.triage("C-1.1", COMMUNITY)
        town.casework.whistle("C-1.1", STREET, ("WATER",))
        town.casework.report_in("C-1.1", WATER)
        town.casework.start("C-1.1", WATER)
        town.casework.give_feedback("C-1.1", WATER, evidence=(AFTER,))
        roads = replace(VERIFIER, body="ROADS", person="p-roads-2")
        assert self.answers(town, roads) == {"verify_close": True}
        town.casework.whistle("C-1", STREET, ("ROADS",))
        town.casework.report_in("C-1", ROADS)
        town.casework.start("C-1", ROADS)
        version = town.casework.case("C-1.1").version
        assert self.answers(town, roads) == {"verify_close": False}
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.verify("C-1.1", roads)
        assert codes(caught) == ["case.duties_apart"]
        assert town.casework.case("C-1.1").version == version, "the whole writes nothing into its parts"
        outcome = town.casework.verify("C-1.1", VERIFIER, command_id="v")
        assert "ROADS" not in {hand.body for hand in outcome.case.hands}
        assert town.casework.verify("C-1.1", VERIFIER, command_id="v").duplicate
        assert store.verify().sound

    def answers(self, town: Town, actor: Actor) -> dict[str, bool]:
        """Whether somebody may close the part."""
        answers = town.casework.may("C-1.1", actor)
        return {one.trigger: one.allowed for one in answers if one.trigger == "verify_close"}

    def test_a_part_that_goes_on_again_keeps_the_case_open(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.working("C-1")
        town.casework.split("C-1", [self.part()], STREET)
        town.casework.handle("C-1.1", c.Reject(reason="no_case"), COMMUNITY)
        town.casework.handle("C-1.1", c.RequestReopen(reason="is_one"), SUPERVISOR)
        town.casework.handle("C-1.1", c.GrantReopen(), SUPERVISOR)
        assert town.casework.case("C-1").children == (("C-1.1", False),)
        town.casework.give_feedback("C-1", ROADS, evidence=(AFTER,))
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.verify("C-1", VERIFIER)
        assert codes(caught) == ["case.children_open"]

    def test_part_that_cannot_be_opened_leaves_the_case_whole(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.working("C-1")
        before = store.read_feed().head
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.split("C-1", [self.part(), self.part(matter="")], STREET)
        assert codes(caught) == ["case.no_matter"]
        assert store.read_feed().head == before
        assert town.casework.case("C-1").children == ()


class TestReroute:
    def test_across_a_boundary_the_other_street_gets_it(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.whistled("C-1")
        town.casework.reroute("C-1", STREET, where=Where(lon=118.25, lat=32.05), reason="wrong_place")
        case = town.casework.case("C-1")
        assert (case.location.path, case.owner, case.unit, case.rule) == (
            "S2/C2/G3",
            "SO2",
            "WATER",
            "R-dirt-2",
        )
        assert case.state == "triaged"
        assert [part.state for part in case.participations] == ["released"]
        with pytest.raises(CaseRefusedError):
            town.casework.whistle("C-1", STREET, ("WATER",))
        town.casework.whistle("C-1", STREET_2, ("WATER",))

    def test_after_boundaries_moved_the_same_place_is_another_street(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.triaged("C-1", place="G2")
        assert town.casework.case("C-1").location.path == "S1/C1/G2"
        town.now = town.now.replace(month=REFORM.month, day=2)
        town.casework.reroute("C-1", DISPATCHER, reason="boundaries_moved")
        case = town.casework.case("C-1")
        assert (case.location.path, case.location.boundaries) == ("S2/C2/G2", REFORM.isoformat())
        assert case.owner == "SO2"

    def test_triage_under_another_matter_asks_the_router(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.report("C-1")
        outcome = town.casework.triage("C-1", COMMUNITY, matter="leak", command_id="t-1")
        assert (outcome.case.unit, outcome.case.rule, outcome.case.location.place) == (
            "WATER",
            "R-leak",
            "G1",
        )
        assert outcome.case.limits == (("resolve", 1, "working_day"),)
        assert town.casework.triage("C-1", COMMUNITY, matter="leak", command_id="t-1").duplicate

    def test_nowhere_is_said_with_its_reason(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.report("C-1")
        town.casework.reroute("C-1", DISPATCHER, where=Where(lon=10.0, lat=10.0), reason="wrong_place")
        assert town.casework.case("C-1").location.reason == "out_of_area"

    def test_only_who_answers_for_it_passes_it_on(self, store: CaseStore) -> None:
        town = Town(store=store)
        town.triaged("C-1")
        with pytest.raises(CaseRefusedError) as caught:
            town.casework.reroute("C-1", COMMUNITY_2, where=Where(place="G3"), reason="wrong_place")
        assert codes(caught) == ["case.wrong_relation"]


@pytest.mark.parametrize(
    "command",
    [
        c.Merge(into="C-2"),
        c.Unmerge(reason="x"),
        c.Absorb(case="C-2"),
        c.LetGo(case="C-2", reason="x"),
        c.Split(children=("C-1.1",)),
        c.EndChild(child="C-1.1"),
        c.ReopenChild(child="C-1.1"),
    ],
)
def test_one_side_of_what_changes_two_cases_is_no_step(store: CaseStore, command: c.Command) -> None:
    town = Town(store=store)
    town.report("C-1")
    with pytest.raises(CaseRefusedError, match=r"case\.of_two_cases"):
        town.casework.handle("C-1", command, DISPATCHER)
    assert town.casework.case("C-1").version == 1


def test_what_the_router_says_nobody_else_does(store: CaseStore) -> None:
    town = Town(store=store)
    town.report("C-1")
    long = (("resolve", 9999, "working_day"),)
    for command in (
        c.Triage(unit="ROADS", limits=long),
        c.Triage(location=Location("G3", "S2/C2/G3")),
        c.Reroute(location=Location("G3", "S2/C2/G3"), owner="SO2", reason="x"),
    ):
        with pytest.raises(CaseRefusedError, match=r"case\.router_says"):
            town.casework.handle("C-1", command, DISPATCHER)
    town.casework.handle("C-1", c.Triage(matter="leak"), DISPATCHER, command_id="t")
    assert town.casework.case("C-1").unit == "WATER"
    assert town.casework.triage("C-1", DISPATCHER, matter="leak", command_id="t").duplicate


def test_split_that_comes_again_opens_nothing_more(store: CaseStore) -> None:
    town = Town(store=store)
    town.triaged("C-1")
    parts = [Intake(matter="leak", channel="hotline")]
    first = town.casework.split("C-1", parts, STREET, command_id="k")
    head = store.read_feed().head
    again = town.casework.split("C-1", parts, STREET, command_id="k")
    assert again.duplicate
    assert again.case == first.case
    assert store.read_feed().head == head
