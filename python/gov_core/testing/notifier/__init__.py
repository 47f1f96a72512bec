"""The kit for notifiers: what a notifier promises, put to it by a receiver that fails as real ones do.

Run it with ``pytest --pyargs gov_core.testing.notifier --notifier=package.module:Harness``. A notifier is
brought by a `Harness`; ``webhook``, ``sms`` and ``file`` are those that come along.
"""

from __future__ import annotations

from gov_core.testing.kit.outcome import Outcome, Skip
from gov_core.testing.notifier.certificate import Certificate
from gov_core.testing.notifier.faults import Fault, FaultServer, Request
from gov_core.testing.notifier.harness import Guards, Harness, Signs, Trusts
from gov_core.testing.notifier.promises import Promise, Trial, promises
from gov_core.testing.notifier.running import keep

__all__ = [
    "Certificate",
    "Fault",
    "FaultServer",
    "Guards",
    "Harness",
    "Outcome",
    "Promise",
    "Request",
    "Signs",
    "Skip",
    "Trial",
    "Trusts",
    "keep",
    "promises",
]
