"""What an app asks of a case: why it is due then, and who may do what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.cases.calendar import Calendar, DayOverride
from gov_core.cases.machine import MACHINE
from gov_core.errors import CaseRefusedError, StepError, UnknownCaseError
from gov_core.storage.protocol import CaseFilter
from town import (
    COMMUNITY,
    DISPATCHER,
    GRID_WORKER,
    HOTLINE,
    MONDAY,
    REPORTER,
    ROADS,
    STREET,
    SUPERVISOR,
    VERIFIER,
    WATER,
    Town,
    governance,
)

ACTORS = [COMMUNITY, DISPATCHER, GRID_WORKER, HOTLINE, REPORTER, ROADS, STREET, SUPERVISOR, VERIFIER, WATER]


class TestDeadline:
    def test_it_says_its_rule_and_its_derivation(self) -> None:
        town = Town()
        town.report()
        told = town.casework.explain_deadline("C-1")
        assert (told.rule, told.state, told.light) == ('rule "R-dirt"', "running", "green")
        assert told.due_by is not None
        assert told.due_by.isoformat() == "2026-03-04T09:00:00+08:00"
        assert "2 working days from 2026-03-02 09:00" in str(told)

    def test_clock_of_a_body_is_by_the_procedure(self) -> None:
        town = Town()
        town.whistled()
        told = town.casework.explain_deadline("C-1", "sign_in", "ROADS")
        assert told.rule == 'procedure "whistle_loop"'
        town.later(hours=2)
        assert town.casework.explain_deadline("C-1", "sign_in", "ROADS").light == "red"

    def test_earlier_calendar_explains_what_it_reckoned(self) -> None:
        town = Town()
        town.report()
        decided = DayOverride(MONDAY.date().replace(day=3), "holiday", "flood")
        newer = Calendar(unknown_years="weekdays", overrides=(decided,))
        earlier = replace(governance(), calendar=newer, calendars=(governance().calendar,))
        told = Town(store=town.store, rules=earlier).casework.explain_deadline("C-1")
        assert told.derivation == town.casework.explain_deadline("C-1").derivation
        forgotten = replace(governance(), calendar=newer)
        with pytest.raises(StepError, match=r"clock\.other_calendar"):
            Town(store=town.store, rules=forgotten).casework.explain_deadline("C-1")


class TestWhoMay:
    def test_bodies_that_stand_to_it_and_those_that_may_not(self) -> None:
        town = Town()
        town.handled()
        turns = {turn.trigger: turn for turn in town.casework.who_may("C-1")}
        assert turns["verify_close"].barred == {"ROADS": "case.duties_apart: it did execute"}
        assert turns["verify_close"].bodies == ("SO1",)
        assert "give_feedback" not in turns

    @given(st.sampled_from(["report", "triaged", "whistled", "working", "handled", "closed"]))
    def test_the_answer_is_the_one_the_step_gets(self, stage: str) -> None:
        """Who may urge, escalate or ask for a reopening is told beforehand as it is decided then."""
        for actor in ACTORS:
            town = Town()
            getattr(town, stage)()
            answers = {answer.trigger: answer for answer in town.casework.may("C-1", actor)}
            for trigger, call in {
                "urge": lambda: town.casework.urge("C-1", actor),  # noqa: B023  # called at once
                "escalate": lambda: town.casework.escalate("C-1", actor, 3, reason="hard"),  # noqa: B023
                "request_reopen": lambda: town.casework.request_reopening("C-1", actor, reason="again"),  # noqa: B023
            }.items():
                answer = answers[trigger]
                if answer.allowed:
                    call()
                    break
                with pytest.raises(CaseRefusedError) as caught:
                    call()
                assert {fault.code for fault in answer.reasons} <= {
                    fault.code for fault in caught.value.faults
                }

    def test_every_step_of_the_procedure_has_an_answer(self) -> None:
        town = Town()
        town.report()
        told = {answer.trigger for answer in town.casework.may("C-1", DISPATCHER)}
        steps = town.casework.procedure(town.casework.case("C-1")).steps
        assert told == {name for name in steps if "" not in MACHINE.triggers[name].sources}


def test_lists_by_light_use_the_clock_of_the_casework() -> None:
    town = Town()
    town.report()
    assert town.casework.cases(CaseFilter(light="green")).rows != ()
    town.later(days=3)
    assert [row.case_id for row in town.casework.cases(CaseFilter(light="red")).rows] == ["C-1"]


class TestSight:
    def test_a_body_complained_of_does_not_learn_that_there_is_a_case(self) -> None:
        town = Town()
        town.report(complained_of=(STREET.body,))
        with pytest.raises(UnknownCaseError):
            town.casework.seen_by("C-1", STREET)
        assert town.casework.seen_by("C-1", HOTLINE) == town.casework.case("C-1")

    def test_who_need_not_know_the_reporter_does_not(self) -> None:
        town = Town()
        town.report()
        seen = town.casework.seen_by("C-1", VERIFIER)
        assert (seen.by.person, seen.source.reference) == ("", "")
        assert seen.state == "collected"
