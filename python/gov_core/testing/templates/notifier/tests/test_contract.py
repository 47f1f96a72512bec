"""The notifier keeps what every notifier promises, but for what it says that it does not do."""

import pytest

from gov_core.testing.notifier import Promise, Skip, keep, promises

HARNESS = "gov_core_notify_plugname.harness:PlugnameHarness"
EXCUSED = ("N22", "N23", "N24")  # it does not sign


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise.name)
def test_notifier_keeps(promise: Promise) -> None:
    if promise.number not in EXCUSED:
        keep(promise, HARNESS, scale=0.2)
        return
    with pytest.raises(Skip) as caught:
        keep(promise, HARNESS, scale=0.2)
    assert caught.value.excuse == "capability"
