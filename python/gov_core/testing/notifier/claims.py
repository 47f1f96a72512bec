"""What a notifier claims to be and to do: a promise about anything else does not concern it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from gov_core.testing.notifier.harness import Signs

if TYPE_CHECKING:
    from gov_core.notifications.protocol import NotifierDescription
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


class Described(NamedTuple):
    """A notifier as it speaks of itself, and what it claims with that and by its harness."""

    notifier: NotifierDescription
    claims: frozenset[Claim]


def described(harness: Harness) -> Described:
    """What the notifier of a harness says of itself.

    Raises:
        ValueError: It says that it needs addresses, and the harness that it goes to no network.
    """
    told = harness.notifier().describe()
    found: dict[Claim, bool] = {
        "network": harness.address("http://localhost:1/") is not None,
        "idempotent": told.idempotent,
        "deadlines": told.deadlines,
        "urls": told.address in ("url", "any"),
        "signs": isinstance(harness, Signs),
    }
    if told.address != "none" and not found["network"]:
        raise ValueError(
            f"its address is {told.address!r}, and its harness has none for the receiver of the kit"
        )
    return Described(told, frozenset(claim for claim, holds in found.items() if holds))
