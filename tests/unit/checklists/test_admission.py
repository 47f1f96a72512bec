"""Admission: the way through, each reason for a refusal, and any order of steps against a plain model."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gov_core.checklists import Limit, Transfer
from gov_core.checklists.admission import (
    Admission,
    AdmissionRules,
    Applied,
    Apply,
    Approve,
    Command,
    Enter,
    Entered,
    EnterInEmergency,
    Event,
    Exit,
    Refuse,
    Review,
    Revoke,
    Supervise,
    TurnAway,
    decide,
    evolve,
    replay,
)
from gov_core.errors import StepError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = AdmissionRules(approvers=("JOINT",), reviewers=("CIVIL",))
APPLY = Apply("BUREAU", NOW, "COMMITTEE", "a decree", date(2026, 5, 1), powers=("P1",))
FUNDED = Transfer(
    "I", "BUREAU", "COMMITTEE", funds_yuan=1000, earmarked=True, decided_by="COMMITTEE", account="STATION"
)


def after(*commands: Command, rules: AdmissionRules = RULES) -> Admission:
    admission = Admission("I")
    for command in commands:
        for event in decide(admission, command, rules):
            admission = evolve(admission, event)
    return admission


def codes(admission: Admission, command: Command, rules: AdmissionRules = RULES) -> list[str]:
    with pytest.raises(StepError) as caught:
        decide(admission, command, rules)
    assert all(fault.hint and fault.place == "items#I" for fault in caught.value.faults)
    return [fault.code for fault in caught.value.faults]


APPROVED = after(APPLY, Review("CIVIL", NOW, supports=True), Approve("JOINT", NOW))
ENTERED = after(APPLY, Approve("JOINT", NOW), Enter("JOINT", NOW, FUNDED, ("P1",)))


def test_the_way_from_application_to_exit() -> None:
    steps: list[Command] = [
        APPLY,
        Review("CIVIL", NOW, supports=True),
        Approve("JOINT", NOW),
        Enter("COMMITTEE", NOW, FUNDED, ("P1",)),
        Supervise("CIVIL", NOW, kept=True),
        Exit("BUREAU", NOW, "the census is done"),
    ]
    states = [after(*steps[: count + 1]).state for count in range(len(steps))]

    assert states == ["applied", "reviewed", "approved", "entered", "entered", "exited"]


def test_an_application_carries_the_limits_of_the_rules() -> None:
    (applied,) = decide(Admission("I"), APPLY, RULES)

    assert isinstance(applied, Applied)
    assert applied.apply_ahead == Limit(30, "working_day")
    assert applied.decide_within == Limit(15, "working_day")
    shorter = replace(RULES, decide_within=Limit(5, "natural_day"))
    assert decide(Admission("I"), APPLY, shorter) == (
        replace(applied, decide_within=Limit(5, "natural_day")),
    )


def test_who_is_not_admitted_for_an_item_turns_it_away() -> None:
    away = TurnAway("COMMITTEE", NOW, "it is on no list")

    assert after(away).state == "draft"
    assert not APPROVED.admits("COMMITTEE")
    assert evolve(APPROVED, *decide(APPROVED, away, RULES)) == replace(APPROVED, last_at=NOW)
    assert ENTERED.admits("COMMITTEE")
    assert codes(ENTERED, away) == ["admission.admitted"]
    # The admission is for one body; another one is not bound by it.
    assert decide(ENTERED, replace(away, by="OTHER"), RULES)


def test_an_emergency_needs_no_approval() -> None:
    flood = EnterInEmergency("BUREAU", NOW, "COMMITTEE", "flood")

    admitted = after(flood)
    assert (admitted.state, admitted.emergency) == ("entered", "flood")
    assert admitted.admits("COMMITTEE")
    assert after(flood, Exit("JOINT", NOW, "the flood is over")).emergency == ""
    assert codes(Admission("I"), flood, replace(RULES, emergencies_exempt=False)) == [
        "admission.no_exemption"
    ]


def test_the_joint_conference_alone_decides() -> None:
    applied = after(APPLY)

    assert codes(applied, Approve("CIVIL", NOW)) == ["admission.not_entitled"]
    assert codes(applied, Refuse("BUREAU", NOW, "no")) == ["admission.not_entitled"]
    assert codes(applied, Review("JOINT", NOW, supports=True)) == ["admission.not_entitled"]
    assert codes(ENTERED, Revoke("COMMITTEE", NOW, "no")) == ["admission.not_entitled"]
    assert codes(ENTERED, Supervise("BUREAU", NOW, kept=True)) == ["admission.not_entitled"]
    assert codes(APPROVED, Enter("BUREAU", NOW, FUNDED, ("P1",))) == ["admission.not_entitled"]
    assert codes(applied, Approve("JOINT", NOW), AdmissionRules(())) == ["admission.not_entitled"]
    # Without reviewers of their own the approvers review.
    assert decide(applied, Review("JOINT", NOW, supports=True), AdmissionRules(("JOINT",)))


def test_nobody_approves_what_it_applied_for() -> None:
    own = after(replace(APPLY, by="JOINT"))

    assert codes(own, Approve("JOINT", NOW)) == ["admission.own_application"]


@pytest.mark.parametrize(
    ("admission", "command"),
    [
        (after(APPLY), Refuse("JOINT", NOW, " ")),
        (after(APPLY), Review("CIVIL", NOW, supports=False)),
        (ENTERED, Revoke("JOINT", NOW, "")),
        (ENTERED, Exit("BUREAU", NOW, "")),
        (ENTERED, Supervise("CIVIL", NOW, kept=False)),
        (Admission("I"), TurnAway("COMMITTEE", NOW, "")),
        (Admission("I"), EnterInEmergency("BUREAU", NOW, "COMMITTEE", "")),
        (Admission("I"), replace(APPLY, basis="")),
        (Admission("I"), replace(APPLY, receiver="")),
        (Admission("I"), replace(APPLY, by="")),
    ],
)
def test_what_has_to_be_said_is_asked_for(admission: Admission, command: Command) -> None:
    assert codes(admission, command) == ["admission.unsaid"]


def test_money_that_does_not_follow_is_a_lack_or_an_error() -> None:
    bare = Enter("JOINT", NOW)
    loose = Enter("JOINT", NOW, Transfer("I", "BUREAU", "COMMITTEE", funds_yuan=5), ("P1",))
    strict = replace(RULES, funds="error", powers="error")

    (entered,) = decide(APPROVED, bare, RULES)
    assert isinstance(entered, Entered)
    assert [lack.code for lack in entered.lacks] == ["admission.unfunded", "admission.powerless"]
    assert codes(APPROVED, bare, strict) == ["admission.unfunded", "admission.powerless"]
    assert codes(APPROVED, loose, strict) == [
        "admission.not_earmarked",
        "admission.undecided",
        "admission.no_account",
    ]
    assert decide(APPROVED, bare, replace(RULES, funds="off", powers="off")) == (
        Entered("JOINT", NOW, "COMMITTEE"),
    )
    (clean,) = decide(APPROVED, Enter("JOINT", NOW, FUNDED, ("P1",)), strict)
    assert isinstance(clean, Entered)
    assert clean.lacks == ()


def test_a_transfer_is_that_of_the_admission() -> None:
    other = replace(FUNDED, item="J", target="STATION")

    assert codes(APPROVED, Enter("JOINT", NOW, other, ("P1",))) == ["admission.other_transfer"] * 2


def test_times_have_a_zone_and_go_forward() -> None:
    assert codes(Admission("I"), replace(APPLY, at=NOW.replace(tzinfo=None))) == ["admission.no_zone"]
    assert codes(after(APPLY), Approve("JOINT", NOW - timedelta(seconds=1))) == ["admission.out_of_time"]


def test_all_reasons_come_at_once() -> None:
    wrong = Refuse("BUREAU", NOW.replace(tzinfo=None), "")

    assert codes(ENTERED, wrong) == [
        "admission.out_of_turn",
        "admission.no_zone",
        "admission.not_entitled",
        "admission.unsaid",
    ]


BODIES = ("BUREAU", "CIVIL", "COMMITTEE", "JOINT")


class AnyOrder(RuleBasedStateMachine):
    """Commands in any order by anybody; the model is a state name, an applicant and a receiver."""

    @initialize(exempt=st.booleans(), strict=st.booleans())
    def start(self, *, exempt: bool, strict: bool) -> None:
        self.rules = replace(RULES, emergencies_exempt=exempt, funds="error" if strict else "warning")
        self.admission = Admission("I")
        self.events: list[Event] = []
        self.now = NOW
        self.state, self.applicant, self.receiver = "draft", "", ""

    def take(self, command: Any, *, allowed: bool, to: str | None = None) -> None:
        """Runs a command, which has to succeed exactly if the model allows it."""
        if not allowed:
            with pytest.raises(StepError) as caught:
                decide(self.admission, command, self.rules)
            assert all(fault.code.startswith("admission.") for fault in caught.value.faults)
            return
        for event in decide(self.admission, command, self.rules):
            self.admission = evolve(self.admission, event)
            self.events.append(event)
        self.state = to or self.state

    def later(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now

    @rule(by=st.sampled_from(BODIES), receiver=st.sampled_from(("", "COMMITTEE", "STATION")))
    def apply(self, by: str, receiver: str) -> None:
        allowed = self.state in {"draft", "refused", "exited"} and receiver != ""
        self.take(Apply(by, self.later(), receiver, "a decree"), allowed=allowed, to="applied")
        if allowed:
            self.applicant, self.receiver = by, receiver

    @rule(by=st.sampled_from(BODIES), supports=st.booleans(), reason=st.sampled_from(("", "because")))
    def review(self, by: str, reason: str, *, supports: bool) -> None:
        running = self.state in {"applied", "reviewed"}
        allowed = running and by == "CIVIL" and (supports or reason != "")
        self.take(Review(by, self.later(), supports, reason), allowed=allowed, to="reviewed")

    @rule(by=st.sampled_from(BODIES))
    def approve(self, by: str) -> None:
        running = self.state in {"applied", "reviewed"}
        allowed = running and by == "JOINT" != self.applicant
        self.take(Approve(by, self.later()), allowed=allowed, to="approved")

    @rule(by=st.sampled_from(BODIES), reason=st.sampled_from(("", "because")))
    def refuse(self, by: str, reason: str) -> None:
        allowed = self.state in {"applied", "reviewed"} and by == "JOINT" and reason != ""
        self.take(Refuse(by, self.later(), reason), allowed=allowed, to="refused")
        if allowed:
            self.receiver = ""

    @rule(by=st.sampled_from(BODIES), funded=st.booleans())
    def enter(self, by: str, *, funded: bool) -> None:
        transfer = replace(FUNDED, target=self.receiver) if funded else None
        entitled = by in {"JOINT", self.receiver}
        allowed = self.state == "approved" and entitled and (funded or self.rules.funds == "warning")
        self.take(Enter(by, self.later(), transfer), allowed=allowed, to="entered")

    @rule(by=st.sampled_from(BODIES), receiver=st.sampled_from(("COMMITTEE", "STATION")))
    def enter_in_emergency(self, by: str, receiver: str) -> None:
        allowed = self.state != "entered" and self.rules.emergencies_exempt
        self.take(EnterInEmergency(by, self.later(), receiver, "flood"), allowed=allowed, to="entered")
        if allowed:
            self.receiver = receiver

    @rule(by=st.sampled_from(BODIES), kept=st.booleans())
    def supervise(self, by: str, *, kept: bool) -> None:
        allowed = self.state == "entered" and by in {"CIVIL", "JOINT", self.receiver} and kept
        self.take(Supervise(by, self.later(), kept), allowed=allowed)

    @rule(by=st.sampled_from(BODIES))
    def revoke(self, by: str) -> None:
        allowed = self.state in {"approved", "entered"} and by == "JOINT"
        self.take(Revoke(by, self.later(), "because"), allowed=allowed, to="exited")
        if allowed:
            self.receiver = ""

    @rule(by=st.sampled_from(BODIES))
    def exit(self, by: str) -> None:
        allowed = self.state == "entered" and by in {"JOINT", self.applicant}
        self.take(Exit(by, self.later(), "because"), allowed=allowed, to="exited")
        if allowed:
            self.receiver = ""

    @rule(by=st.sampled_from(BODIES))
    def turn_away(self, by: str) -> None:
        allowed = not (self.state == "entered" and by == self.receiver)
        self.take(TurnAway(by, self.later(), "on no list"), allowed=allowed)

    @invariant()
    def it_is_where_the_model_is(self) -> None:
        if hasattr(self, "admission"):
            assert (self.admission.state, self.admission.receiver) == (self.state, self.receiver)
            assert [body for body in (*BODIES, "STATION") if self.admission.admits(body)] == (
                [self.receiver] if self.state == "entered" else []
            )

    @invariant()
    def its_events_alone_say_where_it_is(self) -> None:
        if hasattr(self, "admission"):
            assert replay("I", self.events) == self.admission


TestAnyOrder = AnyOrder.TestCase
