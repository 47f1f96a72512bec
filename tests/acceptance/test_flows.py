"""The flows of the papers (A.3), each from its first word to its last, under the names of its paper."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.office import AFTER, Office, with_catalogue
from gov_core import presets
from gov_core.cases import commands as c

if TYPE_CHECKING:
    from gov_core.city import City


def terms(city: City, catalogue: str) -> list[str]:
    """The words of a paper in their order."""
    placed = [term for term in city.terms if term.catalogue == catalogue and term.position]
    return [term.name for term in sorted(placed, key=lambda term: term.position or 0)]


@cache
def qinhuai(*options: str) -> City:
    """Qinhuai with one item of its catalogue filled in; the paper names none of the 22."""
    city = presets.qinhuai(streets=2, communities=4, grids=8, buildings=0, options=options)
    return with_catalogue(city, whistle_1_1=("hardware", ("department.1", "department.2", "department.3")))


def collected(city: City) -> Office:
    """A component is broken; the grid worker says so, the community looks into it."""
    office = Office(city)
    office.report("grid_worker", "residents_committee", "hardware")
    return office.do("community", "residents_committee", c.Triage())


def whistled(*units: str, kind: str = "ordinary", city: City | None = None, **more: Any) -> Office:
    blow = c.BlowWhistle(
        level="street", kind=kind, item="whistle.1.1", units=units or ("department.1", "department.2"), **more
    )
    return collected(city or qinhuai()).do("street", "street_office", blow)


class TestWhistleLoop:
    """1. Qinhuai: six steps, and two levels of whistle."""

    def test_six_steps_under_their_names(self) -> None:
        city = qinhuai("two_way_appraisal")
        office = whistled(city=city)
        for unit in ("department.1", "department.2"):
            office.do("unit", unit, c.SignIn()).do("unit", unit, c.MakeContact())
            office.do("unit", unit, c.ReportIn())
        office.do("unit", "department.1", c.Start())
        office.do("unit", "department.2", c.FinishPart())
        office.do("unit", "department.1", c.GiveFeedback(evidence=(AFTER,)))
        office.do("community", "residents_committee", c.VerifyClose())
        office.do("street", "street_office", c.Evaluate(score=95))
        assert office.stages == terms(city, "whistle_loop")
        assert office.case.state == "evaluated"
        assert [clock.state for clock in office.case.clocks if clock.is_open] == []

    def test_the_community_whistles_the_street_comes_and_whistles_on(self) -> None:
        office = collected(qinhuai())
        street = office.body("street_office")
        office.do("community", "residents_committee", c.BlowWhistle(level="community", units=(street,)))
        office.do("street", "street_office", c.ReportIn()).do("street", "street_office", c.Start())
        blow = c.BlowWhistle(level="street", item="whistle.1.1", units=("department.1",))
        office.do("street", "street_office", blow)
        office.do("unit", "department.1", c.ReportIn()).do("unit", "department.1", c.Start())
        office.do("street", "street_office", c.FinishPart())
        office.do("unit", "department.1", c.GiveFeedback(evidence=(AFTER,)))
        assert office.refusals("street", "street_office", c.VerifyClose()) == {"case.duties_apart"}
        office.do("community", "residents_committee", c.VerifyClose())
        story = office.casework.timeline(office.case_id)
        assert [told.event.by.role for told in story if told.event.type == "reported_in"] == [
            "street",
            "unit",
        ]
        assert [
            entry.event.level
            for entry in office.casework.timeline(office.case_id)
            if entry.event.trigger == "whistle"
        ] == ["community", "street"]


class TestWhistle:
    """What a whistle is made of: kinds, clocks, who has to come, and what is said of it afterwards."""

    @pytest.mark.parametrize(
        ("kind", "due"),
        [
            # Pinggu (2017): departments come within 30 minutes.
            ("emergency", {"report_in": "03-02 09:50"}),
            # Gulou (2023): sign in within 1 hour, contact within 24, report in within 3 or 5 working days.
            ("ordinary", {"sign_in": "03-02 10:20", "contact": "03-03 09:20", "report_in": "03-05 09:20"}),
            ("hard", {"sign_in": "03-02 10:20", "contact": "03-03 09:20", "report_in": "03-09 09:20"}),
        ],
    )
    def test_each_kind_has_its_clocks_for_each_body(self, kind: str, due: dict[str, str]) -> None:
        office = whistled(kind=kind)
        zone = office.casework.governance.calendar.tz
        for unit in ("department.1", "department.2"):
            told = {
                clock.kind: f"{clock.due_by.astimezone(zone):%m-%d %H:%M}"
                for clock in office.case.clocks
                if clock.scope == unit and clock.due_by is not None
            }
            assert told == due

    def test_an_emergency_nobody_comes_to_goes_up_and_is_supervised(self) -> None:
        office = whistled(kind="emergency").wait(minutes=31)
        assert (office.case.supervised, office.case.level) == (True, 2)

    def test_the_street_alone_blows_the_hard_one(self) -> None:
        office = collected(qinhuai())
        hard = c.BlowWhistle(level="street", kind="hard", item="whistle.1.1", units=("department.1",))
        assert "case.wrong_starter" in office.refusals("dispatcher", "command", hard)
        office.do("street", "street_office", hard)

    def test_a_placeholder_of_the_catalogue_names_nobody(self) -> None:
        office = collected(qinhuai())
        (item,) = [one for one in office.city.items if one.code == "whistle.2.1"]
        assert item.placeholder
        assert "论文未列名" in item.title
        stranger = c.BlowWhistle(level="street", item=item.code, units=("department.9",))
        assert office.refusals("street", "street_office", stranger) == {"case.not_on_list"}

    def test_an_item_covers_its_matter_and_no_other(self) -> None:
        office = Office(qinhuai()).report("grid_worker", "residents_committee", "tourism")
        office.do("community", "residents_committee", c.Triage())
        blow = c.BlowWhistle(level="street", item="whistle.1.1", units=("department.1",))
        assert "case.not_in_catalogue" in office.refusals("street", "street_office", blow)

    @pytest.mark.parametrize(
        ("policy", "k", "arrivals"),
        [
            ("lead", 0, ["department.2", "department.1"]),
            ("any", 0, ["department.3"]),
            ("k_of_n", 2, ["department.3", "department.2"]),
            ("all", 0, ["department.3", "department.1", "department.2"]),
        ],
    )
    def test_work_begins_when_all_have_come_that_have_to(
        self, policy: str, k: int, arrivals: list[str]
    ) -> None:
        office = whistled("department.1", "department.2", "department.3", policy=policy, k=k)
        for unit in arrivals:
            assert office.case.state == "whistled"
            office.do("unit", unit, c.ReportIn())
        assert office.case.state == "accepted"
        whistle = office.case.whistle
        assert whistle is not None
        assert whistle.joined_at == office.now

    def test_who_comes_late_is_there_and_was_late(self) -> None:
        office = whistled(policy="lead").do("unit", "department.1", c.ReportIn())
        office.do("unit", "department.1", c.Start()).wait(days=7)
        office.do("unit", "department.2", c.ReportIn())
        late, in_time = (office.case.part_of(unit) for unit in ("department.2", "department.1"))
        assert late is not None
        assert in_time is not None
        assert (late.state, late.reported_in_at) == ("working", office.now)
        states = {unit: office.case.clock("report_in", unit) for unit in ("department.1", "department.2")}
        assert {unit: clock and clock.state for unit, clock in states.items()} == {
            "department.1": "met",
            "department.2": "late_met",
        }

    def test_the_street_scores_who_came_and_not_who_did_not(self) -> None:
        office = whistled("department.1", "department.2", policy="lead", city=qinhuai("two_way_appraisal"))
        office.do("unit", "department.1", c.ReportIn()).do("unit", "department.1", c.Start())
        office.do("street", "street_office", c.ReleaseUnit(unit="department.2", reason="did_not_come"))
        office.do("unit", "department.1", c.GiveFeedback(evidence=(AFTER,)))
        office.do("community", "residents_committee", c.VerifyClose())
        office.do("street", "street_office", c.Appraise(unit="department.1", score=92))
        absent = c.Appraise(unit="department.2", score=10)
        assert office.refusals("street", "street_office", absent) == {"case.no_part"}
        office.do("unit", "department.1", c.Appraise(unit=office.body("street_office"), score=88))
        assert sorted(one.score for one in office.case.appraisals) == [88, 92]
