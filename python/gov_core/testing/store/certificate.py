"""What a run of the kit has shown, as a file: who was tested, with what, how each promise ended, which level.

A level is reached when every promise up to it was put to the store and was kept, apart from those that the
store honestly does not claim, and those of another kind of store. A base promise cannot be left out at all.
"""

from __future__ import annotations

import json
import platform
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.testing.store.promises import DURABILITIES, LEVELS, promises

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.testing.store.promises import Level, Promise
    from gov_core.testing.store.running import Described, Excuse, Outcome

FORMAT: Final = 1
"""Of the file."""


class Certificate(NamedTuple):
    """The outcome of a run.

    Attributes:
        harness: What was asked to be tested.
        described: The store as it speaks of itself.
        seed: Of all random numbers.
        scale: How much longer than usual the run was.
        asked: Level that was asked for.
        outcomes: Of the promises that were put to it, by name.
    """

    harness: str
    described: Described
    seed: int
    scale: float
    asked: Level
    outcomes: Mapping[str, Outcome]

    @property
    def reached(self) -> Level | None:
        """The highest level that was reached, not above the one that was asked for; None if none was."""
        found: Level | None = None
        for level in LEVELS[: LEVELS.index(self.asked) + 1]:
            if any(each.level == level and self.open(each) for each in promises(level)):
                break
            found = level
        return found

    def open(self, promise: Promise) -> bool:
        """Whether a promise stands in the way of its level."""
        outcome = self.outcomes.get(promise.name)
        if outcome is None or outcome.outcome == "failed":
            return True
        return outcome.outcome == "skipped" and (promise.base or not self._honest(promise, outcome.excuse))

    def _honest(self, promise: Promise, excuse: Excuse | None) -> bool:
        """Whether an excuse fits what the certificate says of the store, not only what a trial was told."""
        store, place = self.described
        if excuse == "capability":
            falls_short = DURABILITIES.index(store.durability) < DURABILITIES.index(promise.survives)
            return falls_short or promise.capability not in (None, *store.capabilities)
        return excuse == "place" and place not in promise.places

    def values(self) -> dict[str, Any]:
        """The certificate as it is written to a file."""
        store, place = self.described
        tests = [self._test(each) for each in promises(self.asked)]
        return {
            "format": FORMAT,
            "store": {
                "name": store.name,
                "place": place,
                "durability": store.durability,
                "capabilities": sorted(store.capabilities),
                "contract_version": store.contract_version,
                "schema_version": store.schema_version,
                "max_event_bytes": store.max_event_bytes,
            },
            "harness": self.harness,
            "versions": versions(self.harness),
            "seed": self.seed,
            "scale": self.scale,
            "level": {"asked": self.asked, "reached": self.reached},
            "counts": Counter(each["outcome"] for each in tests),
            "seconds": round(sum(each["seconds"] for each in tests), 3),
            "tests": tests,
        }

    def _test(self, promise: Promise) -> dict[str, Any]:
        outcome = self.outcomes.get(promise.name)
        return {
            "number": promise.number,
            "name": promise.check.__name__,
            "subject": promise.subject,
            "level": promise.level,
            "base": promise.base,
            "capability": promise.capability,
            "outcome": outcome.outcome if outcome else "not_run",
            "excuse": outcome.excuse if outcome else None,
            "reason": outcome.reason if outcome else "",
            "seconds": round(outcome.seconds, 3) if outcome else 0.0,
            "figures": outcome.figures if outcome else {},
        }

    def to_json(self) -> str:
        """The certificate as the text of a file."""
        return json.dumps(self.values(), ensure_ascii=False, indent=2) + "\n"


def versions(harness: str) -> dict[str, str]:
    """Versions of what takes part: this library, the distribution of the harness, Python and the system."""
    found = {
        "gov_core": _version("gov-core"),
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": platform.platform(),
    }
    package = harness.partition(":")[0].partition(".")[0]
    for distribution in _distributions(package):
        found.setdefault(distribution, _version(distribution))
    return found


def _distributions(package: str) -> Sequence[str]:
    known = packages_distributions().get(package, [])
    return sorted({each for each in known if each != "gov-core"})


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
