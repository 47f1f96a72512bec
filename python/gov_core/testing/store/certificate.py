"""What a run of the kit has shown, as a file: who was tested, with what, how each promise ended, which level.

A level is reached when every promise up to it was put to the store and was kept, apart from those that the
store honestly does not claim, and those of another kind of store. A base promise cannot be left out at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gov_core.testing.kit.certificate import FORMAT, as_json, results, test_of, versions
from gov_core.testing.store.harness import FIRST_SCHEMA, Ages
from gov_core.testing.store.promises import DURABILITIES, LEVELS, promises

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.testing.kit.outcome import Excuse, Outcome
    from gov_core.testing.store.promises import Level, Promise
    from gov_core.testing.store.running import Described


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
        if excuse == "first":
            return promise.hook is Ages and store.schema_version <= FIRST_SCHEMA
        return excuse == "place" and place not in promise.places

    @property
    def promises(self) -> Sequence[Promise]:
        """Those up to the level that was asked for."""
        return promises(self.asked)

    @property
    def granted(self) -> bool:
        """Whether the level was reached that was asked for."""
        return self.reached == self.asked

    @property
    def verdict(self) -> str:
        """``sqlite: asked gold, reached gold``."""
        return f"{self.described.store.name}: asked {self.asked}, reached {self.reached or 'none'}"

    @property
    def command(self) -> str:
        """Runs the kit again, with the same random numbers."""
        return f"pytest --pyargs gov_core.testing.store --store={self.harness} --seed={self.seed}"

    def values(self) -> dict[str, Any]:
        """The certificate as it is written to a file."""
        store, place = self.described
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
            **results([self._test(each) for each in self.promises]),
        }

    def _test(self, promise: Promise) -> dict[str, Any]:
        return test_of(
            promise,
            self.outcomes.get(promise.name),
            level=promise.level,
            base=promise.base,
            capability=promise.capability,
        )

    def to_json(self) -> str:
        """The certificate as the text of a file."""
        return as_json(self.values())
