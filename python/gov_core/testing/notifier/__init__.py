"""The kit for notifiers: what a notifier promises, put to it by a receiver that fails as real ones do.

Run it with ``pytest --pyargs gov_core.testing.notifier --notifier=package.module:Harness``. A notifier is
brought by a `Harness`; ``webhook``, ``sms`` and ``file`` are those that come along.
"""

from __future__ import annotations

from gov_core.testing.notifier.faults import Fault, FaultServer, Request
from gov_core.testing.notifier.harness import Guards, Harness, Signs, Trusts
from gov_core.testing.notifier.promises import Promise, Trial, promises
from gov_core.testing.notifier.running import Skip, keep

__all__ = [
    "Fault",
    "FaultServer",
    "Guards",
    "Harness",
    "Promise",
    "Request",
    "Signs",
    "Skip",
    "Trial",
    "Trusts",
    "keep",
    "promises",
]
