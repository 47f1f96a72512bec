"""What a notifier claims to be and to do: a promise about anything else does not concern it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gov_core.testing.notifier.harness import Signs

if TYPE_CHECKING:
    from gov_core.testing.notifier.harness import Harness

Claim: TypeAlias = Literal["network", "idempotent", "deadlines", "urls", "signs"]
"""``network``: it goes to one. ``idempotent``, ``deadlines``: as in `NotifierDescription`. ``urls``: it goes
to URLs that others name. ``signs``: it signs what it sends."""

WITHOUT: Final[dict[Claim, str]] = {
    "network": "it goes to no network",
    "idempotent": "it does not say that the id goes along",
    "deadlines": "it does not promise deadlines",
    "urls": "it goes to no URLs that others name",
    "signs": "it does not sign",
}
"""Why a promise does not concern a notifier without a claim."""


def claims_of(harness: Harness) -> frozenset[Claim]:
    """What the notifier of a harness claims."""
    told = harness.notifier().describe()
    found: dict[Claim, bool] = {
        "network": harness.address("http://localhost:1/") is not None,
        "idempotent": told.idempotent,
        "deadlines": told.deadlines,
        "urls": told.address in ("url", "any"),
        "signs": isinstance(harness, Signs),
    }
    return frozenset(claim for claim, holds in found.items() if holds)
