"""The notifier keeps what every notifier promises."""

import pytest

from gov_core.testing.notifier import Promise, Skip, keep, promises


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise.name)
def test_notifier_keeps(promise: Promise) -> None:
    try:
        keep(promise, "gov_core_notify_plugname.harness:PlugnameHarness", scale=0.2)
    except Skip as skip:
        pytest.skip(str(skip))
