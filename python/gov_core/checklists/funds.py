"""Money that follows a duty (费随事转): paid, decided on together, put into its account, spent for it alone.

A pure state machine, as `gov_core.checklists.admission` is. The order is that of the Nanjing paper
(acceptance rows N-RULE-9 to 11, all of them advice):

    unpaid -pay-> paid -agree-> agreed -deposit-> deposited -spend-> ... -close-> closed -reassign-> closed

All that was paid is deposited: there is no step for a part of it, so nothing can be held back (截留).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from gov_core.checklists._checklist import ItemCode, Transfer
from gov_core.errors import Fault, StepError
from gov_core.fields import UnitId

FundState = Literal["unpaid", "paid", "agreed", "deposited", "closed"]
"""未拨付, 已拨付, 已集体决定, 已入专户, 已结项."""


@dataclass(frozen=True, slots=True)
class FundRules:
    """Who handles the money of one community.

    Attributes:
        committees: Ids of the bodies that have to take part in the decision on its use (居委会).
        account: Id of the unit whose special account holds it (专用账户).
        surplus_may_move: Whether the community may give what is left to another item (结余调剂权).
    """

    committees: tuple[UnitId, ...]
    account: UnitId
    surplus_may_move: bool = False


@dataclass(frozen=True, slots=True)
class Pay:
    """The department pays.

    Attributes:
        by: Id of the department the duty came from.
        at: When, with a time zone.
        amount_fen: Amount in fen, 0.01 yuan.
        to: Id of the body that has the duty now.
    """

    by: UnitId
    at: datetime
    amount_fen: int
    to: UnitId


@dataclass(frozen=True, slots=True)
class Agree:
    """The community decides on the use, together with its committee (集体决定).

    Attributes:
        by: Id of the body that called the meeting.
        at: When, with a time zone.
        present: Ids of all bodies that took part.
        use: What was decided.
    """

    by: UnitId
    at: datetime
    present: tuple[UnitId, ...]
    use: str


@dataclass(frozen=True, slots=True)
class Deposit:
    """All of the money goes into a special account."""

    by: UnitId
    at: datetime
    account: UnitId


@dataclass(frozen=True, slots=True)
class Spend:
    """Some of it is spent on an item."""

    by: UnitId
    at: datetime
    amount_fen: int
    item: ItemCode


@dataclass(frozen=True, slots=True)
class Close:
    """The task is done; what is left is surplus."""

    by: UnitId
    at: datetime


@dataclass(frozen=True, slots=True)
class Reassign:
    """Some of the surplus goes to another item."""

    by: UnitId
    at: datetime
    amount_fen: int
    item: ItemCode
    reason: str


Step = Pay | Agree | Deposit | Spend | Close | Reassign
"""What someone does with the money. Taken, a step is the event itself."""


@dataclass(frozen=True, slots=True)
class Fund:
    """The money of one transferred duty.

    Attributes:
        item: Code of the item it is for.
        state: How far it has come.
        paid_by: Id of the department; empty before it paid.
        paid_to: Id of the body that has the duty.
        paid_fen: Amount in fen.
        agreed_by: Id of the body that called the meeting; empty before.
        account: Id of the unit whose account holds it; empty before.
        spent_fen: Spent on the item.
        moved_fen: Surplus that went to other items.
        last_at: Time of the last step; None before one.
    """

    item: ItemCode
    state: FundState = "unpaid"
    paid_by: UnitId = ""
    paid_to: UnitId = ""
    paid_fen: int = 0
    agreed_by: UnitId = ""
    account: UnitId = ""
    spent_fen: int = 0
    moved_fen: int = 0
    last_at: datetime | None = None

    @property
    def left_fen(self) -> int:
        """What is still there, in fen; never below 0."""
        return self.paid_fen - self.spent_fen - self.moved_fen

    def transfer(self) -> Transfer | None:
        """The transfer as a row of a city, earmarked as the rules have it; None before money was paid."""
        if self.state == "unpaid":
            return None
        return Transfer(
            self.item,
            self.paid_by,
            self.paid_to,
            funds_yuan=self.paid_fen / 100,
            earmarked=True,
            decided_by=self.agreed_by or None,
            account=self.account or None,
        )


def decide(fund: Fund, step: Step, rules: FundRules) -> tuple[Step, ...]:
    """What follows from a step: the step itself, as a fact.

    Raises:
        StepError: The step may not be taken; `faults` has every reason.
    """
    faults = [*_out_of_turn(fund, step), *_amiss(fund, step, rules)]
    if faults:
        raise StepError(faults)
    return (step,)


def evolve(fund: Fund, step: Step) -> Fund:
    """The fund after a step that was taken."""
    return replace(_after(fund, step), last_at=step.at)


def _after(fund: Fund, step: Step) -> Fund:
    match step:
        case Pay():
            return replace(fund, state="paid", paid_by=step.by, paid_to=step.to, paid_fen=step.amount_fen)
        case Agree():
            return replace(fund, state="agreed", agreed_by=step.by)
        case Deposit():
            return replace(fund, state="deposited", account=step.account)
        case Spend():
            return replace(fund, spent_fen=fund.spent_fen + step.amount_fen)
        case Close():
            return replace(fund, state="closed")
        case Reassign():
            return replace(fund, moved_fen=fund.moved_fen + step.amount_fen)


def replay(item: ItemCode, steps: Iterable[Step]) -> Fund:
    """The fund of an item after all its steps, the earliest first."""
    fund = Fund(item)
    for step in steps:
        fund = evolve(fund, step)
    return fund


_FROM: dict[type, FundState] = {
    Pay: "unpaid",
    Agree: "paid",
    Deposit: "agreed",
    Spend: "deposited",
    Close: "deposited",
    Reassign: "closed",
}


def _out_of_turn(fund: Fund, step: Step) -> Iterator[Fault]:
    wanted = _FROM[type(step)]
    if fund.state != wanted:
        message = f"{type(step).__name__} is no step while the money is {fund.state}"
        yield _fault("fund.out_of_turn", message, fund, f"it is one once it is {wanted}")
    if step.at.tzinfo is None:
        yield _fault("fund.no_zone", f"{step.at} has no time zone", fund, "give at a tzinfo")
    elif fund.last_at is not None and step.at < fund.last_at:
        message = f"{step.at} is before the last step, of {fund.last_at}"
        yield _fault("fund.out_of_time", message, fund, "record steps in their order")


def _amiss(fund: Fund, step: Step, rules: FundRules) -> Iterator[Fault]:
    match step:
        case Pay() | Spend() | Reassign() if step.amount_fen <= 0:
            yield _fault("fund.amount", f"{step.amount_fen} fen is no amount", fund, "1 or more")
        case Spend() | Reassign() if step.amount_fen > fund.left_fen:
            message = f"{step.amount_fen} fen are more than the {fund.left_fen} left"
            yield _fault("fund.overdrawn", message, fund, "spend what is there")
        case Agree():
            for committee in rules.committees:
                if committee not in step.present:
                    message = f'"{committee}" took no part in the decision'
                    yield _fault("fund.not_collective", message, fund, "decide together with it")
            if not step.use.strip():
                yield _fault("fund.unsaid", "the decision says no use", fund, "fill in use")
        case Deposit() if step.account != rules.account:
            message = f'"{step.account}" is not the special account'
            yield _fault("fund.account", message, fund, f'the account is that of "{rules.account}"')
        case _:
            pass
    if isinstance(step, Spend) and step.item != fund.item:
        message = f'the money is for "{fund.item}", not for "{step.item}"'
        yield _fault("fund.diverted", message, fund, "close it first: surplus alone may move")
    if isinstance(step, Reassign):
        if not rules.surplus_may_move:
            message = "the rules do not let the community move surplus"
            yield _fault("fund.surplus", message, fund, "give it back to the department")
        if not step.reason.strip():
            yield _fault("fund.unsaid", "moving surplus needs a reason", fund, "fill in reason")


def _fault(code: str, message: str, fund: Fund, hint: str) -> Fault:
    return Fault(code, message, f"items#{fund.item}", hint, (fund.item,))
