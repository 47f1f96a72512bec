"""The kit for stores of cases: what a store promises, put to any store, and a certificate of it.

Run it with ``pytest --pyargs gov_core.testing.store --store=package.module:Harness --level=gold --seed=1``
or with ``gov-core certify``. A store is brought by a `Harness`.
"""

from __future__ import annotations

from gov_core.testing.kit.outcome import Outcome, Skip
from gov_core.testing.store.certificate import Certificate
from gov_core.testing.store.harness import Clock, Harness, HookMissingError, OldStore
from gov_core.testing.store.promises import LEVELS, Level, Promise, Trial, promises
from gov_core.testing.store.running import run

__all__ = [
    "LEVELS",
    "Certificate",
    "Clock",
    "Harness",
    "HookMissingError",
    "Level",
    "OldStore",
    "Outcome",
    "Promise",
    "Skip",
    "Trial",
    "promises",
    "run",
]
