"""Odd input is refused with a code, and nothing comes out of it that could not be read again."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from casebook import DISPATCHER, HOTLINE, STREET, WATER, Run
from casebook.histories import histories
from gov_core.cases import commands as c
from gov_core.cases.case import Evidence, Sealed
from gov_core.cases.decide import decide
from gov_core.cases.procedure import StepRule, TaskRule, shipped_procedures
from gov_core.errors import CaseRefusedError, GovCoreError, PayloadRejectedError

if TYPE_CHECKING:
    from gov_core.cases.actor import Actor

BEFORE_ALL = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))
AFTER_ALL = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-8)))


def codes(run: Run, actor: Actor, command: c.Command) -> set[str]:
    with pytest.raises(CaseRefusedError) as refused:
        run.do(actor, command)
    return {fault.code for fault in refused.value.faults}


@pytest.mark.parametrize("at", [BEFORE_ALL, AFTER_ALL])
def test_ends_of_the_calendar_are_no_times(at: datetime) -> None:
    with pytest.raises(CaseRefusedError, match=r"case\.time_out_of_range"):
        Run().report(occurred_at=at)
    assert codes(Run().working(), WATER, c.Suspend(until=at, reason="x")) == {"case.time_out_of_range"}
    with pytest.raises(CaseRefusedError, match=r"case\.time_out_of_range"):
        Run(start=at).do(HOTLINE, c.Urge(), after=timedelta())


def test_time_without_a_zone_is_none() -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  # on purpose
    assert codes(Run().working(), WATER, c.Suspend(until=naive, reason="x")) == {"case.naive_time"}
    assert "case.naive_time" in codes(Run().working(), WATER, c.Attach(occurred_at=naive))


@pytest.mark.parametrize("odd", [{"role": "boss"}, {"person": None}, {"body": None}, {"behalf": 7}])
def test_actor_of_other_types_is_nobody(odd: dict[str, Any]) -> None:
    assert codes(Run().triaged(), replace(STREET, **odd), c.Urge()) == {"case.no_actor"}


def test_last_day_that_is_reckoned_with_is_far_enough() -> None:
    far = datetime(9999, 12, 1, tzinfo=UTC)
    assert codes(Run().working(), WATER, c.Suspend(until=far, reason="x")) == {"case.rest_too_long"}


def test_each_task_has_an_id_of_its_own_whatever_others_are_called() -> None:
    begins = (TaskRule("back_office", "station"), TaskRule("back_office", "community"))
    plain = shipped_procedures()["plain"]
    steps = {**plain.steps, "start": StepRule(begins=begins)}
    run = Run(replace(plain, steps=steps)).triaged()
    run.do(STREET, c.AssignTask(id="back_office-1", kind="follow_up", to="street"))
    run.do(DISPATCHER, c.Dispatch(unit="water")).do(WATER, c.Claim()).do(WATER, c.Start())
    assert [task.id for task in run.there.tasks] == ["back_office-1", "back_office-2", "back_office-3"]


@pytest.mark.parametrize(
    "command",
    [
        c.Attach(evidence=(Evidence("the roof of No. 5", "photo"),)),
        c.Attach(evidence=(Evidence("ab" * 32, "photo", "roof of No. 5"),)),
        c.Attach(evidence=(Evidence("ab" * 32, "Photo"),)),
    ],
)
def test_evidence_says_nothing_in_words(command: c.Command) -> None:
    assert codes(Run().working(), WATER, command) <= {"case.not_sealed", "case.no_code"}


def test_what_is_sealed_is_a_commitment() -> None:
    with pytest.raises(CaseRefusedError, match=r"case\.not_sealed"):
        Run().report(sealed=(Sealed("text", "the roof of No. 5", "s-1"),))
    with pytest.raises(CaseRefusedError, match=r"case\.no_code"):
        Run().report(sealed=(Sealed("roof of No. 5", "ab" * 32, "s-1"),))


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.Suspend(until="tomorrow", reason="x"), "suspend.until"),  # type: ignore[arg-type]
        (c.Suspend(until=None, reason=7), "suspend.reason"),  # type: ignore[arg-type]
        (c.Attach(evidence=None), "attach.evidence"),  # type: ignore[arg-type]
        (c.Attach(evidence=(7,)), "attach.evidence.0"),  # type: ignore[arg-type]
        (c.Attach(occurred_at="now"), "attach.occurred_at"),  # type: ignore[arg-type]
    ],
)
def test_field_of_another_type_is_named(command: c.Command, field: str) -> None:
    with pytest.raises(PayloadRejectedError) as refused:
        Run().working().do(WATER, command)
    told = {fault.place: fault.code for fault in refused.value.faults}
    assert told[field] == "command.bad_field"


def test_whatever_a_field_holds_the_answer_is_typed() -> None:
    refused = 0
    for history in histories(27, 5):
        case = None
        for after, (command, context) in zip(history.cases, history.contexts, strict=True):
            for item, odd in product(fields(command), (None, 7, "x", ("x",), (7,), {"x": ()}, b"")):
                try:
                    decide(case, replace(command, **{item.name: odd}), context)
                except GovCoreError:
                    refused += 1
            case = after
    assert refused > 1000
