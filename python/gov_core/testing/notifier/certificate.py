"""What a run of the kit has shown, as a file: who was tested, with what, and how each promise ended.

There are no levels: it is granted when every promise was put to the notifier and was kept, apart from those
that are about what the notifier honestly does not claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gov_core.testing.kit.certificate import FORMAT, as_json, results, test_of, versions
from gov_core.testing.notifier.promises import promises

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.testing.kit.outcome import Outcome
    from gov_core.testing.notifier.claims import Described
    from gov_core.testing.notifier.promises import Promise


class Certificate(NamedTuple):
    """The outcome of a run.

    Attributes:
        harness: What was asked to be tested.
        described: The notifier as it speaks of itself.
        seed: Of all random numbers.
        scale: How many more messages than usual there were.
        outcomes: Of the promises that were put to it, by name.
    """

    harness: str
    described: Described
    seed: int
    scale: float
    outcomes: Mapping[str, Outcome]

    @property
    def promises(self) -> Sequence[Promise]:
        """All of the kit."""
        return promises()

    @property
    def granted(self) -> bool:
        """Whether all was kept, and what was left out does not concern the notifier."""
        return not any(map(self.open, self.promises))

    def open(self, promise: Promise) -> bool:
        """Whether a promise stands in the way."""
        outcome = self.outcomes.get(promise.name)
        return outcome is None or outcome.outcome == "failed" or self._unfounded(promise, outcome)

    def _unfounded(self, promise: Promise, outcome: Outcome) -> bool:
        """Whether it was skipped though it is about what the certificate says of the notifier."""
        honest = outcome.excuse == "capability" and not self.described.claims.issuperset(promise.needs)
        return outcome.outcome == "skipped" and not honest

    @property
    def verdict(self) -> str:
        """``sms: certified; keeps 23 of 28 promises, 5 do not concern it``."""
        found = [self.outcomes.get(each.name) for each in self.promises]
        kept = sum(outcome is not None and outcome.outcome == "passed" for outcome in found)
        still = sum(map(self.open, self.promises))
        told = f"keeps {kept} of {len(found)} promises, {len(found) - kept - still} do not concern it"
        return f"{self.described.notifier.name}: {f'{still} in the way' if still else 'certified'}; {told}"

    @property
    def command(self) -> str:
        """Runs the kit again, with the same random numbers."""
        return f"pytest --pyargs gov_core.testing.notifier --notifier={self.harness} --seed={self.seed}"

    def values(self) -> dict[str, Any]:
        """The certificate as it is written to a file."""
        notifier, claims = self.described
        return {
            "format": FORMAT,
            "notifier": {
                "name": notifier.name,
                "carries": notifier.carries,
                "address": notifier.address,
                "claims": sorted(claims),
                "contract_version": notifier.contract_version,
                "max_bytes": notifier.max_bytes,
            },
            "harness": self.harness,
            "versions": versions(self.harness),
            "seed": self.seed,
            "scale": self.scale,
            "granted": self.granted,
            **results([self._test(each) for each in self.promises]),
        }

    def _test(self, promise: Promise) -> dict[str, Any]:
        return test_of(promise, self.outcomes.get(promise.name), needs=promise.needs)

    def to_json(self) -> str:
        """The certificate as the text of a file."""
        return as_json(self.values())
