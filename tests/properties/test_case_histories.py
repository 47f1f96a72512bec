"""Random histories keep every rule, read once more from their raw events by a plain oracle.

``GOV_CORE_HISTORIES=100000`` runs as many; by default there are enough to tell within seconds.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from casebook.guards import disable
from casebook.histories import histories
from casebook.oracle import faults_of
from gov_core.cases.codec import decode, decode_case, encode, encode_case
from gov_core.cases.decide import decide
from gov_core.cases.evolve import evolve, replay
from gov_core.cases.machine import MACHINE
from gov_core.errors import CaseRefusedError

NUMBER = int(os.environ.get("GOV_CORE_HISTORIES", "1500"))
SEED = int(os.environ.get("GOV_CORE_SEED", "20261122"))


def test_random_histories_keep_every_rule() -> None:
    taken: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for number, history in enumerate(histories(NUMBER, SEED)):
        faults = list(faults_of(history))
        assert not faults, (number, faults, [event.trigger for event in history.events])
        taken.update(event.trigger for event in history.events)
        told.update(fault.code for refusal in history.refusals for fault in refusal.faults)
    # What never happened proves nothing.
    rare = {"draft", "submit", "approve_extension", "refuse_extension", "review_appeal"}
    assert set(MACHINE.triggers) - set(taken) <= rare
    assert len(told) > 60


@pytest.mark.parametrize(
    "code",
    [
        "case.duties_apart",
        "case.complained_of",
        "case.returned_it",
        "case.too_many_returns",
        "case.on_account_before",
        "case.rest_too_long",
        "case.wrong_role",
        "case.no_reason",
    ],
)
def test_the_oracle_notices_when_a_guard_is_gone(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    disable(code, monkeypatch)
    assert any(any(faults_of(history)) for history in histories(400, SEED + 3))


def test_what_is_stored_gives_the_same_case_and_so_does_deciding_again() -> None:
    for history in histories(NUMBER // 5, SEED + 1):
        case = None
        for event, after, (command, context) in zip(
            history.events, history.cases, history.contexts, strict=True
        ):
            assert decide(case, command, context) == (event,)
            case = evolve(case, decode(event.type, event.schema, encode(event)))
            assert case == after
        if case is not None:
            assert replay(history.events) == case
            assert decode_case(encode_case(case)) == case


def test_every_refusal_says_what_where_and_how_to_mend_it() -> None:
    for history in histories(NUMBER // 5, SEED + 2):
        for refusal in history.refusals:
            for fault in refusal.faults:
                assert fault.message
                assert fault.hint, fault.code
                assert not isinstance(refusal, CaseRefusedError) or fault.code.startswith("case.")
