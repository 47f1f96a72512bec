"""The store keeps what every store of cases promises."""

import pytest
from gov_core.testing.store import Promise, promises, run

from gov_core_store_plugname.harness import PlugnameHarness


@pytest.mark.parametrize("promise", promises("silver"), ids=lambda promise: promise.name)
def test_store_keeps(promise: Promise) -> None:
    (outcome,) = run(PlugnameHarness, only=[promise.number])
    if outcome.outcome == "skipped":
        pytest.skip(outcome.reason)
    assert outcome.outcome == "passed", outcome.reason
