"""What the kit needs of a notifier under test: one small class, and more of it for more promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, runtime_checkable

from gov_core.testing.kit.naming import named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gov_core.notifications.adapters.addresses import Address
    from gov_core.notifications.protocol import Notifier

SHIPPED: Final = {
    "webhook": "gov_core.testing.notifier.shipped:WebhookHarness",
    "sms": "gov_core.testing.notifier.shipped:SmsHarness",
    "file": "gov_core.testing.notifier.shipped:FileHarness",
}
"""Harnesses that come with the kit, by the name they are asked for."""


class Harness(Protocol):
    """One notifier under test. Made anew for every promise, with a folder of its own that is empty."""

    def notifier(self) -> Notifier:
        """The notifier, allowed to go to loopback, where the receiver of the kit listens, without TLS."""
        ...

    def address(self, url: str) -> str | None:
        """What the address of a message has to be so that it goes to an URL.

        Args:
            url: Of the receiver of the kit, which takes a POST with the id of the message in a header
                ``Webhook-Id`` or ``Idempotency-Key``.

        Returns:
            None for a notifier that goes to no network: then `received` has to be there.
        """
        ...

    def received(self) -> Sequence[tuple[str, bytes]] | None:
        """What has arrived, by id and body; None where the receiver of the kit knows it."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...


Make: TypeAlias = "Callable[[Path], Harness]"
"""Makes a harness, given an empty folder that is its own: most often the class itself."""


@runtime_checkable
class Trusts(Protocol):
    """A harness whose notifier speaks TLS."""

    def trusting(self, certificate: Path) -> Notifier:
        """A notifier that may go to loopback, and trusts this certificate authority alone."""
        ...


@runtime_checkable
class Guards(Protocol):
    """A harness whose notifier takes addresses from others, and has to look at them."""

    def strict(self) -> Notifier:
        """A notifier as it is in use: it may not go to loopback."""
        ...

    def resolving(self, resolve: Callable[[str, int], Sequence[Address]], allow: str) -> Notifier:
        """A notifier that resolves names by a function, and may go to one network beside the open ones."""
        ...


@runtime_checkable
class Signs(Protocol):
    """A harness whose notifier signs what it sends."""

    def signing(self, secrets: Sequence[str], now: Callable[[], float]) -> Notifier:
        """A notifier that signs with some keys, at a time in seconds since 1970."""
        ...

    def is_signed(self, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether a receiver that knows one key takes a message now."""
        ...


def harness_of(spec: str) -> Make:
    """The harness of ``webhook``, ``sms``, ``file``, or ``package.module:Name``.

    Raises:
        HarnessError: There is none of that name, or its module cannot be imported.
    """
    return named(spec, SHIPPED)
