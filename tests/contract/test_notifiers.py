"""The notifiers that come along are put to the kit; what it skips is what they do not have."""

from __future__ import annotations

import os

import pytest

from gov_core.testing.notifier.collecting import keep
from gov_core.testing.notifier.harness import Skip
from gov_core.testing.notifier.promises import Promise, promises

SCALE = float(os.environ.get("GOV_CORE_NOTIFIER_SCALE", "0.5"))


def test_every_promise_has_its_number() -> None:
    assert [each.number for each in promises()] == [f"N{number:02}" for number in range(1, 29)]


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise.name)
def test_webhooks_keep_every_promise(promise: Promise) -> None:
    keep(promise, "webhook", seed=1, scale=SCALE)


@pytest.mark.parametrize("spec", ["sms", "file"])
@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise.name)
def test_others_keep_what_concerns_them(promise: Promise, spec: str) -> None:
    try:
        keep(promise, spec, seed=1, scale=SCALE)
    except Skip as skip:
        pytest.skip(str(skip))
