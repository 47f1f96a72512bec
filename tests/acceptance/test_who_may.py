"""Who may do what in the models of the papers: a case refuses what the matrix of A.4 refuses, and no more."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from casebook import AFTER, STREET, Run
from gov_core import presets
from gov_core.cases import commands as c
from gov_core.cases.actor import ROUTER, Actor
from gov_core.cases.case import Location, Service
from gov_core.cases.machine import MACHINE
from gov_core.cases.procedure import StepRule, shipped_procedures
from gov_core.casework import Governance
from gov_core.casework.governance import CityAuthority
from gov_core.errors import CaseRefusedError
from gov_core.organisation import is_kind, matrix, matrix_presets
from gov_core.routing import Router

if TYPE_CHECKING:
    from gov_core.cases.machine import Role
    from gov_core.city import City

ROLES: dict[str, Role] = {
    "residents_committee": "community",
    "street_office": "street",
    "department": "unit",
    "service_centre": "station",
    "community_station": "station",
}
"""Kind of a body to the role in which it acts; bodies of other kinds act as units."""


LOOP = shipped_procedures()["whistle_loop"]
OPEN = replace(LOOP, steps={name: LOOP.steps.get(name, StepRule()) for name in MACHINE.triggers})
"""The whistle loop with every step of the machine: what is refused is refused by the city."""


@cache
def governance(name: str) -> Governance:
    small: dict[str, dict[str, Any]] = {
        "QINHUAI": {"streets": 2, "communities": 4, "grids": 8, "buildings": 0},
        "QINHUAI+": {
            "streets": 2,
            "communities": 4,
            "grids": 8,
            "buildings": 0,
            "options": ("two_way_appraisal",),
        },
        "QINGHE": {"streets": 2, "communities": 4, "grids": 20, "buildings": 0},
        "GUIYANG": {"districts": 1, "communities": 2, "neighbourhoods": 2},
        "YANTIAN_2004": {"streets": 1, "communities": 2},
        "QINGBO": {},
    }
    city: City = presets.builder(name.rstrip("+"))(**small[name])
    return Governance(city, Router.compile(city))


def of(city: City, kind: str, number: int = 0) -> str:
    """Id of a body of a kind."""
    return [unit.id for unit in city.units if unit.kind == kind][number]


class Listed:
    """The bodies of a city, with every matter on a list of the departments: the paper names none."""

    def __init__(self, city: Any) -> None:
        self._city = city

    def __getattr__(self, name: str) -> Any:
        return getattr(self._city, name)

    def lists(self, unit: str, matter: str) -> bool:
        return unit.startswith("department.") or bool(self._city.lists(unit, matter))


class Paper(Run):
    """A case in the city of a preset, at the ground of its first body of some kind."""

    def __init__(self, name: str, matter: str, kind: str = "residents_committee") -> None:
        super().__init__(OPEN)
        self.governance = governance(name)
        self.city = self.governance.city
        self.bodies: Any = self.governance.on(None)
        place = self.governance.on(None).areas(of(self.city, kind))[0]
        grid = next(one for one in self.city.grids if "/".join(self.city.path(one)).startswith(place))
        self.path = "/".join(self.city.path(grid))
        street = self.bodies.owner(self.path, ("street_office", "service_centre", "residents_committee"))
        self.report(matter=matter, location=Location(grid, self.path), owner=street, unit="")

    def actor(self, kind: str, role: Role | None = None, number: int = 0) -> Actor:
        """An account of a body of a kind."""
        body = of(self.city, kind, number)
        return Actor(role or ROLES.get(kind, "unit"), body, f"p-{body}", self.bodies.areas(body))

    def refusals(self, kind: str, command: c.Command, **of_actor: Any) -> set[str]:
        """Codes of what speaks against a command; it is applied if nothing does."""
        try:
            self.do(self.actor(kind, **of_actor), command)
        except CaseRefusedError as error:
            return {fault.code for fault in error.faults}
        return set()


def filed(name: str, matter: str) -> Paper:
    run = Paper(name, matter)
    run.do(ROUTER, c.Triage())
    return run


class TestExecution:
    """The committee resolves, the station or centre executes (议行分离)."""

    def test_the_committee_of_guiyang_carries_out_no_administration(self) -> None:
        for matter in ("administration", "public_service"):
            refused = filed("GUIYANG", matter).refusals("residents_committee", c.SelfHandle())
            assert refused == {"case.barred"}

    def test_it_assists_the_centre_in_it_and_does_not_lead(self) -> None:
        run = filed("GUIYANG", "administration")
        committee, centre = of(run.city, "residents_committee"), of(run.city, "service_centre")
        lead = run.refusals("service_centre", c.Dispatch(unit=committee), role="dispatcher")
        assert lead == {"case.barred"}
        assert (
            run.refusals("service_centre", c.Dispatch(unit=centre, assist=(committee,)), role="dispatcher")
            == set()
        )

    def test_it_carries_out_what_residents_govern_themselves(self) -> None:
        run = filed("GUIYANG", "self_government.mediation")
        assert run.refusals("residents_committee", c.SelfHandle()) == set()

    def test_the_committee_of_qingbo_keeps_its_service_of_the_community_and_nothing_of_the_station(
        self,
    ) -> None:
        assert filed("QINGBO", "residents.service").refusals("residents_committee", c.SelfHandle()) == set()
        for matter in ("routine.service", "government.enforcement"):
            assert filed("QINGBO", matter).refusals("residents_committee", c.SelfHandle()) == {"case.barred"}

    def test_the_station_of_qingbo_executes(self) -> None:
        assert filed("QINGBO", "routine.service").refusals("community_station", c.SelfHandle()) == set()

    @pytest.mark.parametrize("kind", ["supervision_committee", "community_party_org", "deliberation_council"])
    def test_who_leads_supervises_or_talks_in_qingbo_executes_nothing(self, kind: str) -> None:
        run = filed("QINGBO", "routine.service")
        dispatch = c.Dispatch(unit=of(run.city, kind))
        assert "case.barred" in run.refusals("street_office", dispatch)

    def test_the_committee_of_qinghe_did_carry_administration_as_practised(self) -> None:
        assert filed("QINGHE", "problems").refusals("residents_committee", c.SelfHandle()) == set()


class TestService:
    """Who serves does so, though it is barred from administration; who does neither, does neither."""

    @pytest.mark.parametrize(
        ("name", "kind", "codes"),
        [("YANTIAN_2004", "service_station", set()), ("GUIYANG", "residents_committee", {"case.barred"})],
    )
    def test_a_service_is_for_those_who_serve(self, name: str, kind: str, codes: set[str]) -> None:
        run = filed(name, "unheard_of")
        body = of(run.city, kind)
        assert run.refusals(kind, c.SelfHandle(), role="community") == {"case.barred"}
        run.case = run.there.with_changes(service=Service("item", body))
        assert run.refusals(kind, c.SelfHandle(), role="community") == codes


class TestSupervision:
    """Who supervises is who the paper says supervises."""

    def test_in_qinghe_the_social_management_office_follows_up_and_a_department_does_not(self) -> None:
        run = filed("QINGHE", "problems")
        command = c.Supervise(reason="larger_matter")
        assert run.refusals("justice_bureau", command, role="supervisor") == {"case.no_power"}
        assert run.refusals("social_management_office", command, role="supervisor") == set()

    def test_in_qingbo_the_supervision_committee_does_and_the_party_organisation_leads_only(self) -> None:
        run = filed("QINGBO", "residents.service")
        command = c.Supervise(reason="complaints")
        assert run.refusals("community_party_org", command, role="supervisor") == {"case.no_power"}
        assert run.refusals("community_station", command, role="supervisor") == {"case.no_power"}
        assert run.refusals("supervision_committee", command, role="supervisor") == set()

    def test_in_guiyang_the_council_does_and_the_centre_does_not(self) -> None:
        run = filed("GUIYANG", "public_service")
        command = c.Supervise(reason="complaints")
        assert run.refusals("service_centre", command, role="supervisor") == {"case.no_power"}
        assert run.refusals("residents_council", command, role="supervisor") == set()

    def test_in_yantian_the_committee_supervises_the_station_and_nobody_else(self) -> None:
        run = filed("YANTIAN_2004", "administration")
        station = of(run.city, "community_station")
        run.case = run.there.with_changes(unit=station)
        command = c.Supervise(reason="complaints")
        assert run.refusals("community_station", command, role="supervisor") == {"case.no_power"}
        assert run.refusals("residents_committee", command, role="supervisor") == set()


STREET_WHISTLE = {"level": "street", "item": "whistle.1.1"}


class TestWhistles:
    """The street whistles and departments report in; the community whistles and the street reports in."""

    def whistled(self, name: str = "QINHUAI") -> Paper:
        run = filed(name, "hardware")
        run.bodies = Listed(run.bodies)
        assert (
            run.refusals("street_office", c.BlowWhistle(**STREET_WHISTLE, units=("department.1",))) == set()
        )
        return run

    def test_a_department_blows_none(self) -> None:
        run = filed("QINHUAI", "hardware")
        refused = run.refusals("department", c.BlowWhistle(**STREET_WHISTLE, units=("department.2",)))
        assert "case.wrong_role" in refused
        as_street = c.BlowWhistle(**STREET_WHISTLE, units=("department.2",))
        assert "case.no_power" in run.refusals("department", as_street, role="street")

    def test_a_committee_blows_no_street_whistle_and_calls_no_department(self) -> None:
        run = filed("QINHUAI", "hardware")
        street = c.BlowWhistle(**STREET_WHISTLE, units=("department.1",))
        assert {"case.wrong_starter", "case.no_power"} <= run.refusals("residents_committee", street)
        community = c.BlowWhistle(level="community", units=("department.1",))
        assert "case.no_power" in run.refusals("residents_committee", community)

    def test_a_committee_calls_its_own_street_only(self) -> None:
        run = filed("QINHUAI", "hardware")
        own, other = of(run.city, "street_office"), of(run.city, "street_office", 1)
        foreign = c.BlowWhistle(level="community", units=(other,))
        assert "case.no_power" in run.refusals("residents_committee", foreign)
        assert run.refusals("residents_committee", c.BlowWhistle(level="community", units=(own,))) == set()
        assert run.refusals("street_office", c.ReportIn()) == set()
        assert run.state == "accepted"

    def test_a_street_calls_no_other_street(self) -> None:
        run = filed("QINHUAI", "hardware")
        other = of(run.city, "street_office", 1)
        assert "case.no_power" in run.refusals(
            "street_office", c.BlowWhistle(**STREET_WHISTLE, units=(other,))
        )

    def test_a_department_reports_in_to_a_street_whistle_and_not_as_a_street(self) -> None:
        run = self.whistled()
        assert run.refusals("department", c.ReportIn(), role="street") == {"case.wrong_summons"}
        assert run.refusals("department", c.ReportIn()) == set()

    def test_a_committee_does_not_report_in(self) -> None:
        run = self.whistled()
        assert "case.no_power" in run.refusals("residents_committee", c.ReportIn())

    def test_the_catalogue_covers_the_street_whistle_alone(self) -> None:
        run = filed("QINHUAI", "hardware")
        unnamed = c.BlowWhistle(level="street", units=("department.1",))
        assert "case.not_in_catalogue" in run.refusals("street_office", unnamed)
        own = of(run.city, "street_office")
        assert run.refusals("residents_committee", c.BlowWhistle(level="community", units=(own,))) == set()


class TestScores:
    """Street and departments score each other if the city takes that advice; workers are never scored."""

    def closed(self, name: str) -> Paper:
        run = TestWhistles().whistled(name)
        for command in (c.ReportIn(), c.Start(), c.GiveFeedback(evidence=(AFTER,))):
            assert run.refusals("department", command) == set()
        assert run.refusals("residents_committee", c.VerifyClose()) == set()
        return run

    def test_by_default_nobody_is_scored(self) -> None:
        run = self.closed("QINHUAI")
        score = c.Appraise(unit="department.1", score=90)
        assert run.refusals("street_office", score) == {"case.no_power"}

    def test_with_two_way_appraisal_they_score_each_other(self) -> None:
        run = self.closed("QINHUAI+")
        street = of(run.city, "street_office")
        assert run.refusals("street_office", c.Appraise(unit="department.1", score=90)) == set()
        assert run.refusals("department", c.Appraise(unit=street, score=80)) == set()
        given = {(one.by.body, one.unit): one.score for one in run.there.appraisals}
        assert given == {(street, "department.1"): 90, ("department.1", street): 80}

    def test_a_committee_scores_no_department_and_no_department_another(self) -> None:
        run = self.closed("QINHUAI+")
        score = c.Appraise(unit="department.1", score=10)
        assert "case.no_power" in run.refusals("residents_committee", score)
        other = c.Appraise(unit="department.2", score=10)
        assert "case.no_power" in run.refusals("department", other)


BARS = sorted(
    {
        (name, grant.holder.removeprefix("@"), grant.power)
        for name in matrix_presets()
        for grant in matrix(name, standings=("practised", "recommended"))
        if not grant.held and grant.power in {"execute", "supervise", "whistle"}
    }
)
"""What the papers bar kinds of bodies from, of what is done to cases."""


@cache
def authority(name: str) -> CityAuthority:
    return CityAuthority(presets.load(name))


@pytest.mark.parametrize(("name", "kind", "power"), BARS)
def test_what_a_paper_bars_a_body_from_its_case_refuses(name: str, kind: str, power: str) -> None:
    bodies = authority(name)
    city = bodies.city
    body = of(city, kind)
    led = {
        rule.matter for rule in city.effective_rules for holder in rule.unit if holder in {body, f"@{kind}"}
    }
    matter = next((one.code for one in city.matters if led.isdisjoint(bodies.wider(one.code))), "unheard_of")
    run = Run(OPEN)
    run.bodies = bodies
    run.report(matter=matter, unit="").do(STREET, c.Triage())
    path = (run.there.location.path,)
    commands: dict[str, tuple[Actor, c.Command, str]] = {
        "execute": (STREET, c.Dispatch(unit=body), "case.barred"),
        "supervise": (Actor("supervisor", body, "p", path), c.Supervise(reason="x"), "case.no_power"),
        "whistle": (
            Actor("street", body, "p", path),
            c.BlowWhistle(level="street", item="whistle.1.1", units=(body,)),
            "case.no_power",
        ),
    }
    actor, command, code = commands[power]
    with pytest.raises(CaseRefusedError) as refused:
        run.do(actor, command)
    assert code in {fault.code for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("name", "kind"),
    sorted(
        {
            (name, grant.holder.removeprefix("@"))
            for name in matrix_presets()
            for grant in matrix(name)
            if grant.held and grant.power == "execute"
        }
    ),
)
def test_what_a_paper_lets_a_body_execute_its_case_does_not_refuse(name: str, kind: str) -> None:
    bodies = authority(name)
    found = [unit.id for unit in bodies.city.units if is_kind(unit.kind, kind)]
    assert found
    assert all(bodies.may_handle(body, "unheard_of") for body in found)
