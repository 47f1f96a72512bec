"""What the kit of gov_core needs to put this notifier to the test.

`gov_core.testing.notifier.harness` names the hooks of a harness. This one has those for TLS and for addresses
that are not allowed; a notifier that signs what it sends has the one for signatures too.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from gov_core.notifications.adapters.addresses import Guard, networks
from gov_core.notifications.adapters.http import HttpClient
from gov_core_notify_plugname import PlugnameNotifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gov_core.notifications.adapters.addresses import Address

_LOOPBACK = networks(("127.0.0.0/8", "::1/128"))


class PlugnameHarness:
    """A notifier that may go to the receiver of the kit.

    Args:
        folder: Empty, and its own; for notifiers that keep files.
    """

    def __init__(self, folder: Path) -> None:
        del folder
        self._open: list[PlugnameNotifier] = []

    def notifier(self) -> PlugnameNotifier:
        """One that may go to loopback, without TLS."""
        return self._made(HttpClient(Guard(_LOOPBACK, http=True)))

    def address(self, url: str) -> str:
        """The URL itself."""
        return url

    def received(self) -> None:
        """The receiver of the kit knows it."""

    def trusting(self, certificate: Path) -> PlugnameNotifier:
        """One that trusts a certificate authority alone."""
        tls = ssl.create_default_context(cafile=str(certificate))
        return self._made(HttpClient(Guard(_LOOPBACK), tls=tls))

    def strict(self) -> PlugnameNotifier:
        """One as it is in use: it may not go to loopback."""
        return self._made(HttpClient(Guard(http=True)))

    def resolving(self, resolve: Callable[[str, int], Sequence[Address]], allow: str) -> PlugnameNotifier:
        """One that resolves names by a function."""
        return self._made(HttpClient(Guard(networks((allow,)), http=True, resolve=resolve)))

    def close(self) -> None:
        """Close all."""
        for notifier in self._open:
            notifier.close()

    def _made(self, client: HttpClient) -> PlugnameNotifier:
        self._open.append(PlugnameNotifier(client))
        return self._open[-1]
