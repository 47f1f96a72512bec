"""The notifiers that come along keep what is promised, but for what they are excused from by name."""

from __future__ import annotations

import os

import pytest

from gov_core.testing.kit.outcome import Skip
from gov_core.testing.notifier.claims import WITHOUT
from gov_core.testing.notifier.promises import Promise, promises
from gov_core.testing.notifier.running import keep

SCALE = float(os.environ.get("GOV_CORE_NOTIFIER_SCALE", "0.5"))
NUMBERS = [each.number for each in promises()]
EXCUSED = {
    "webhook": {},
    "sms": dict.fromkeys(("N22", "N23", "N24"), WITHOUT["signs"])
    | dict.fromkeys(("N25", "N26"), WITHOUT["urls"]),
    "file": dict.fromkeys(set(NUMBERS) - {"N01", "N27"}, WITHOUT["network"]),
}
"""What does not concern a notifier, each with its reason; all else it has to keep."""


def test_every_promise_has_its_number() -> None:
    assert [f"N{number:02}" for number in range(1, 29)] == NUMBERS


@pytest.mark.parametrize("spec", EXCUSED)
@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise.name)
def test_a_promise_is_kept_or_excused_by_name(promise: Promise, spec: str) -> None:
    if (reason := EXCUSED[spec].get(promise.number)) is None:
        keep(promise, spec, seed=1, scale=SCALE)
    else:
        with pytest.raises(Skip) as caught:
            keep(promise, spec, seed=1, scale=SCALE)
        assert (caught.value.reason, caught.value.excuse) == (reason, "capability")
