"""One step of a case: decided, applied, written down and read back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from casebook import AFTER, COMMUNITY, STREET, VERIFIER, WATER, Run
from gov_core.cases import commands as c
from gov_core.cases.codec import decode, decode_case, encode, encode_case
from gov_core.cases.decide import decide
from gov_core.cases.evolve import evolve, replay

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

STEPS = {
    "triage": (lambda: Run().report(), COMMUNITY, c.Triage(), "triaged"),
    "whistle_for_two": (
        lambda: Run().triaged(),
        STREET,
        c.BlowWhistle(level="street", item="item-1", units=("water", "roads")),
        "whistled",
    ),
    "report_in": (lambda: Run().whistled("water"), WATER, c.ReportIn(), "accepted"),
    "feedback": (lambda: Run().working(), WATER, c.GiveFeedback(evidence=(AFTER,)), "handled"),
    "close": (lambda: Run().handled(), VERIFIER, c.VerifyClose(), "closed"),
}


@pytest.mark.parametrize("step", STEPS)
def test_decide_and_evolve(benchmark: BenchmarkFixture, step: str) -> None:
    start, actor, command, state = STEPS[step]
    run = start()
    run.now += timedelta(minutes=10)
    context = run.context(actor)

    def one():
        (event,) = decide(run.case, command, context)
        return evolve(run.case, event)

    assert benchmark(one).state == state


def test_write_and_read_an_event(benchmark: BenchmarkFixture) -> None:
    event = Run().whistled().events[-1]
    assert benchmark(lambda: decode(event.type, event.schema, encode(event))) == event


def test_replay_a_closed_case(benchmark: BenchmarkFixture) -> None:
    run = Run().closed()
    assert benchmark(replay, run.events) == run.case


def test_write_and_read_a_snapshot(benchmark: BenchmarkFixture) -> None:
    case = Run().closed().there
    assert benchmark(lambda: decode_case(encode_case(case))) == case
