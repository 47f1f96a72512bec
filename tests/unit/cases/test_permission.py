"""Every role, trigger and relation decided as the table declares it; duties kept apart; what may be seen."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from itertools import product
from random import Random
from typing import Any

import pytest

from casebook import AFTER, MONDAY, PLACE, Bodies
from casebook.histories import command_for
from gov_core.cases.actor import Actor, By
from gov_core.cases.calendar import china
from gov_core.cases.case import Case, Hand, Location, Participation, Sealed, Source, Waiting
from gov_core.cases.context import Context
from gov_core.cases.decide import decide
from gov_core.cases.machine import MACHINE, PROGRAMS, ROLES, SIGHTS
from gov_core.cases.permission import permit, who_may
from gov_core.cases.procedure import ALWAYS_APART, Procedure, Stage, StepRule, shipped_procedures
from gov_core.cases.sight import seen_by, sight_of
from gov_core.errors import CaseRefusedError

TABLE: dict[str, Any] = tomllib.loads((files("gov_core.cases") / "machine.toml").read_text("utf-8"))
OPEN = Procedure(
    "open",
    "",
    "",
    "",
    (Stage("all", "", tuple(MACHINE.states)),),
    dict.fromkeys(MACHINE.triggers, StepRule()),
)
"""A procedure that narrows nothing."""

CASE = Case(
    id="case-1",
    version=9,
    state="in_progress",
    procedure="open",
    source=Source("hotline", "4711"),
    by=By("reporter", "", "p-reporter"),
    matter="rubbish",
    location=Location("g1", PLACE),
    owner="owner",
    sealed=(Sealed("contact", "aa", "s1"), Sealed("room", "bb", "s1")),
    evidence=(AFTER,),
    opened_at=MONDAY,
    at=MONDAY,
    participations=(
        Participation("lead", "lead", "working", MONDAY),
        Participation("participant", "assist", "working", MONDAY),
        Participation("called", "assist", "called", MONDAY),
    ),
)
STANDS: dict[str, set[str]] = {
    "reporter": {"all", "reporter"},
    "owner": {"all", "owner", "area"},
    "called": {"all", "called", "area"},
    "participant": {"all", "participant", "area"},
    "lead": {"all", "lead", "participant", "area"},
    "area": {"all", "area"},
    "stranger": {"all"},
}
"""How an actor may stand to the case, to every relation that this is."""

CELLS = list(product(MACHINE.triggers, ROLES, STANDS))
SHIPPED = list(shipped_procedures().values())
WHO = {"case.wrong_role", "case.wrong_relation", "case.wrong_area", "case.complained_of"}


def actor_who(role: Any, stands: str) -> Actor:
    if role in PROGRAMS:
        return Actor(role, role, areas=("",))
    if stands == "reporter":
        return Actor(role, "" if role == "reporter" else "home", "p-reporter")
    return Actor(role, stands, "p-other", ("d/s9",) if stands == "stranger" else ("d/s1",))


def declared(trigger: str, role: str, stands: str, procedure: Procedure) -> bool:
    """Whether the table and the procedure allow a cell, from their words alone."""
    rule = procedure.steps.get(trigger)
    narrowed = rule is not None and rule.roles and role not in rule.roles and role not in PROGRAMS
    cell = set() if narrowed else set(TABLE["triggers"][trigger]["who"].get(role, "").split())
    held = {"all"} if role in PROGRAMS else STANDS[stands]
    return bool(cell & held)


@pytest.mark.parametrize("procedure", [OPEN, *SHIPPED], ids=lambda procedure: procedure.name)
def test_every_cell_is_decided_as_declared(procedure: Procedure) -> None:
    for name, role, stands in CELLS:
        permission = permit(CASE, MACHINE.triggers[name], actor_who(role, stands), procedure, MONDAY)
        assert (permission.relation is not None) == declared(name, role, stands, procedure), (
            name,
            role,
            stands,
        )
        assert bool(permission.faults) == (permission.relation is None)


def test_every_cell_is_decided_so_inside_the_transition_too() -> None:
    dice = Random(7)
    for name, role, stands in CELLS:
        trigger = MACHINE.triggers[name]
        state = min(trigger.sources)
        case = CASE.with_changes(state=state, waiting=Waiting("suspended", MONDAY)) if state else None
        actor = actor_who(role, stands)
        told = codes(case, name, actor, dice) & WHO
        if case is None:
            assert ("case.wrong_role" in told) == (role not in trigger.who), (name, role)
        elif declared(name, role, stands, OPEN):
            assert not told - {"case.complained_of"}, (name, role, stands)
        else:
            assert told, (name, role, stands)


def codes(case: Case | None, trigger: str, actor: Actor, dice: Random) -> set[str]:
    context = Context(MONDAY + timedelta(hours=1), actor, OPEN, china(), Bodies())
    try:
        decide(case, command_for(dice, trigger, case, context.now), context)
    except CaseRefusedError as refused:
        return {fault.code for fault in refused.faults}
    return set()


def test_nobody_else_may_do_anything() -> None:
    """Denied by default: roles that the table does not name, bodies that stand in no relation."""
    named = {(name, role) for name, row in TABLE["triggers"].items() for role in row["who"]}
    for name, role in set(product(MACHINE.triggers, ROLES)) - named:
        for stands in STANDS:
            permission = permit(CASE, MACHINE.triggers[name], actor_who(role, stands), OPEN, MONDAY)
            assert [fault.code for fault in permission.faults] == ["case.wrong_role"]


def test_who_may_says_the_same_as_permit() -> None:
    for state in MACHINE.states:
        for trigger, who in who_may(CASE.with_changes(state=state), OPEN):
            assert state in trigger.sources
            assert who == {
                role: set(cell.split()) for role, cell in TABLE["triggers"][trigger.name]["who"].items()
            }


@pytest.mark.parametrize("way", ["itself", "delegates", "delegated"])
def test_a_body_complained_of_may_nothing_whatever_its_role(way: str) -> None:
    case = CASE.with_changes(complained_of=("lead", "owner"))
    for name, role, body in product(MACHINE.triggers, set(ROLES) - PROGRAMS, ("lead", "owner")):
        actor = Actor(role, body, "p-other", ("",))
        if way != "itself":
            other = Actor(role, "parks", "p-other", ("",), until=MONDAY + timedelta(days=1))
            pair = (
                {"body": "parks", "behalf": body} if way == "delegates" else {"body": body, "behalf": "parks"}
            )
            actor = replace(other, **pair)
        assert permit(case, MACHINE.triggers[name], actor, OPEN, MONDAY).relation is None
        assert seen_by(case, actor, MONDAY) is None


@pytest.mark.parametrize("way", ["body", "behalf", "account"])
@pytest.mark.parametrize("rule", ALWAYS_APART, ids=lambda rule: f"{rule.first}-{rule.second}")
def test_duties_are_kept_apart_whichever_comes_first(rule: Any, way: str) -> None:
    for done, wanted in ((rule.first, rule.second), (rule.second, rule.first)):
        case = CASE.with_changes(hands=(Hand(done, "owner", "p-owner"),))
        for trigger in MACHINE.triggers.values():
            if trigger.act != wanted or not trigger.sources - {""}:
                continue
            for role in set(trigger.who) - PROGRAMS:
                until = MONDAY + timedelta(days=1)
                ways = {
                    "body": Actor(role, "owner", "p-owner", ("",)),
                    "behalf": Actor(role, "owner", "p-owner", ("",), "lead", until),
                    "account": Actor(role, "lead", "p-owner", ("",)),
                }
                told = permit(case, trigger, ways[way], OPEN, MONDAY).faults
                assert "case.duties_apart" in {fault.code for fault in told}, (trigger.name, role)


def test_nobody_checks_the_own_work_for_another_body() -> None:
    case = CASE.with_changes(hands=(Hand("execute", "lead", "p-lead"),), state="closed")
    told = permit(
        case, MACHINE.triggers["verify_close"], Actor("verifier", "x", "p-lead", ("",)), OPEN, MONDAY
    )
    assert [fault.code for fault in told.faults] == ["case.duties_apart"]
    reporter = CASE.with_changes(by=By("grid_worker", "lead", "p-lead"), hands=case.hands)
    told = permit(reporter, MACHINE.triggers["evaluate"], Actor("reporter", "", "p-lead"), OPEN, MONDAY)
    assert [fault.code for fault in told.faults] == ["case.duties_apart"]


@pytest.mark.parametrize("role", sorted(set(ROLES) - PROGRAMS - {"reporter"}))
def test_who_acts_for_no_body_may_nothing(role: Any) -> None:
    for trigger in MACHINE.triggers.values():
        faults = permit(CASE, trigger, Actor(role, "", "p-reporter", ("",)), OPEN, MONDAY).faults
        assert "case.no_body" in {fault.code for fault in faults}


def test_no_program_may_what_another_one_is_for() -> None:
    may = {role: {name for name, row in TABLE["triggers"].items() if role in row["who"]} for role in PROGRAMS}
    assert may["archivist"] == {"archive"}
    assert may["router"] == {"triage", "dispatch", "whistle", "reroute"}
    assert may["importer"] == {"report", "alarm", "merge", "absorb"}
    assert not may["scheduler"] & (may["router"] | may["importer"] | may["archivist"])
    acts = {MACHINE.triggers[name].act for names in may.values() for name in names}
    assert not acts & {"execute", "resolve", "verify", "review", "grant_extension"}


@pytest.mark.parametrize("sight", SIGHTS)
def test_every_sight_is_as_declared(sight: str) -> None:
    for role, stands in product(ROLES, STANDS):
        actor = actor_who(role, stands)
        held = {"all"} if role in PROGRAMS else STANDS[stands]
        may = {name: bool(set(row.get(role, "").split()) & held) for name, row in TABLE["sight"].items()}
        assert (sight in sight_of(CASE, actor, MONDAY)) == (may["case"] and may[sight]), (role, stands)


def test_who_sees_a_case_but_not_its_reporter_sees_nothing_that_leads_to_them() -> None:
    case = CASE.with_changes(hands=(Hand("evaluate", "", "p-reporter"), Hand("execute", "lead", "p-lead")))
    seen = seen_by(case, Actor("district", "district", "p-district", ("",)), MONDAY)
    assert seen is not None
    assert (seen.by.person, seen.source.reference, seen.sealed, seen.evidence) == ("", "", (), ())
    assert [hand.person for hand in seen.hands] == ["", "p-lead"]
    assert "p-reporter" not in repr(seen)
    assert "4711" not in repr(seen)
    assert seen_by(case, Actor("unit", "lead", "p-lead", ("",)), MONDAY) == case
    assert seen_by(case, Actor("unit", "stranger", "p-x", ("",)), MONDAY) is None


def test_an_ended_delegation_shows_nothing() -> None:
    lent = Actor("unit", "parks", "p-parks", ("",), "lead", MONDAY)
    assert seen_by(CASE, lent, MONDAY) is None
    assert seen_by(CASE, lent, MONDAY - timedelta(seconds=1)) is not None


def test_nobody_is_the_reporter_of_an_anonymous_report() -> None:
    case = CASE.with_changes(by=By("reporter"))
    permission = permit(case, MACHINE.triggers["withdraw"], Actor("reporter"), OPEN, MONDAY)
    assert [fault.code for fault in permission.faults] == ["case.wrong_relation"]
    assert seen_by(case, Actor("reporter"), MONDAY) is None
