"""Money that follows a duty: its way, each refusal, and any order of steps against sums in a plain model."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gov_core.checklists import Transfer
from gov_core.checklists.funds import (
    Agree,
    Close,
    Deposit,
    Fund,
    FundRules,
    Pay,
    Reassign,
    Spend,
    Step,
    decide,
    evolve,
    replay,
)
from gov_core.errors import StepError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = FundRules(committees=("COMMITTEE",), account="STATION", surplus_may_move=True)
WAY: tuple[Step, ...] = (
    Pay("BUREAU", NOW, 100_000, "STATION"),
    Agree("STATION", NOW, ("STATION", "COMMITTEE"), "meals for the old"),
    Deposit("STATION", NOW, "STATION"),
    Spend("STATION", NOW, 60_000, "I"),
    Close("STATION", NOW),
    Reassign("STATION", NOW, 40_000, "J", "meals on holidays"),
)


def after(count: int) -> Fund:
    return replay("I", WAY[:count])


def codes(fund: Fund, step: Step, rules: FundRules = RULES) -> list[str]:
    with pytest.raises(StepError) as caught:
        decide(fund, step, rules)
    return [fault.code for fault in caught.value.faults]


def test_the_way_of_the_money() -> None:
    states = []
    for count, step in enumerate(WAY):
        assert decide(after(count), step, RULES) == (step,)
        states.append(after(count + 1).state)

    assert states == ["paid", "agreed", "deposited", "deposited", "closed", "closed"]
    assert after(6).left_fen == 0
    assert after(0).transfer() is None
    assert after(6).transfer() == Transfer(
        "I",
        "BUREAU",
        "STATION",
        funds_yuan=1000.0,
        earmarked=True,
        decided_by="STATION",
        account="STATION",
    )


@pytest.mark.parametrize(
    ("done", "step", "code"),
    [
        (0, Deposit("STATION", NOW, "STATION"), "fund.out_of_turn"),
        (1, Deposit("STATION", NOW, "STATION"), "fund.out_of_turn"),
        (0, Pay("BUREAU", NOW, 0, "STATION"), "fund.amount"),
        (1, Agree("STATION", NOW, ("STATION",), "meals"), "fund.not_collective"),
        (1, Agree("STATION", NOW, ("COMMITTEE",), " "), "fund.unsaid"),
        (2, Deposit("STATION", NOW, "STREET"), "fund.account"),
        (3, Spend("STATION", NOW, 100_001, "I"), "fund.overdrawn"),
        (3, Spend("STATION", NOW, 1, "J"), "fund.diverted"),
        (3, Spend("STATION", NOW, -1, "I"), "fund.amount"),
        (3, Reassign("STATION", NOW, 1, "J", "why"), "fund.out_of_turn"),
        (5, Reassign("STATION", NOW, 40_001, "J", "why"), "fund.overdrawn"),
        (5, Reassign("STATION", NOW, 1, "J", ""), "fund.unsaid"),
        (3, Close("STATION", NOW - timedelta(1)), "fund.out_of_time"),
        (3, Close("STATION", NOW.replace(tzinfo=None)), "fund.no_zone"),
    ],
)
def test_what_is_refused(done: int, step: Step, code: str) -> None:
    assert codes(after(done), step) == [code]


def test_surplus_moves_only_where_the_rules_say_so() -> None:
    assert codes(after(5), WAY[5], replace(RULES, surplus_may_move=False)) == ["fund.surplus"]


class AnyOrder(RuleBasedStateMachine):
    """Steps in any order; the model is three sums and how many stages are behind."""

    @initialize()
    def start(self) -> None:
        self.fund, self.taken = Fund("I"), list[Step]()
        self.stage, self.paid, self.gone = 0, 0, 0

    def take(self, step: Step, *, allowed: bool, stage: int) -> None:
        if not allowed:
            codes(self.fund, step)
            return
        for event in decide(self.fund, step, RULES):
            self.fund, self.stage = evolve(self.fund, event), stage
            self.taken.append(event)

    @rule(amount=st.integers(-1, 1000))
    def pay(self, amount: int) -> None:
        allowed = self.stage == 0 and amount > 0
        self.take(Pay("BUREAU", NOW, amount, "STATION"), allowed=allowed, stage=1)
        self.paid += amount if allowed else 0

    @rule(present=st.sets(st.sampled_from(("COMMITTEE", "STATION"))))
    def agree(self, present: set[str]) -> None:
        allowed = self.stage == 1 and "COMMITTEE" in present
        self.take(Agree("STATION", NOW, tuple(sorted(present)), "meals"), allowed=allowed, stage=2)

    @rule(account=st.sampled_from(("STATION", "STREET")))
    def deposit(self, account: str) -> None:
        allowed = self.stage == 2 and account == "STATION"
        self.take(Deposit("STATION", NOW, account), allowed=allowed, stage=3)

    @rule(amount=st.integers(-1, 1000), item=st.sampled_from("IJ"))
    def spend(self, amount: int, item: str) -> None:
        allowed = self.stage == 3 and item == "I" and 0 < amount <= self.paid - self.gone
        self.take(Spend("STATION", NOW, amount, item), allowed=allowed, stage=3)
        self.gone += amount if allowed else 0

    @rule()
    def close(self) -> None:
        self.take(Close("STATION", NOW), allowed=self.stage == 3, stage=4)

    @rule(amount=st.integers(-1, 1000))
    def reassign(self, amount: int) -> None:
        allowed = self.stage == 4 and 0 < amount <= self.paid - self.gone
        self.take(Reassign("STATION", NOW, amount, "J", "why"), allowed=allowed, stage=4)
        self.gone += amount if allowed else 0

    @invariant()
    def no_fen_is_lost_or_made(self) -> None:
        if hasattr(self, "fund"):
            assert self.fund.left_fen == self.paid - self.gone >= 0
            assert self.fund == replay("I", self.taken)


TestAnyOrder = AnyOrder.TestCase
