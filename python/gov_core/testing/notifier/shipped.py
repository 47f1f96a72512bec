"""Harnesses of the notifiers that come along."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING

from gov_core.errors import NotificationError
from gov_core.notifications.adapters.addresses import Guard, networks
from gov_core.notifications.adapters.file import FileNotifier
from gov_core.notifications.adapters.http import HttpClient
from gov_core.notifications.adapters.signing import Signer, new_secret
from gov_core.notifications.adapters.sms import SmsNotifier
from gov_core.notifications.adapters.webhook import WebhookNotifier
from gov_core.notifications.protocol import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gov_core.notifications.adapters.addresses import Address
    from gov_core.notifications.protocol import Notifier, Outcome

_LOOPBACK = networks(("127.0.0.0/8", "::1/128"))


class WebhookHarness:
    """`WebhookNotifier`."""

    def __init__(self, folder: Path) -> None:
        del folder
        self._open: list[Notifier] = []

    def notifier(self) -> Notifier:
        """One that may go to loopback, without TLS."""
        return self._made(HttpClient(Guard(_LOOPBACK, http=True)))

    def address(self, url: str) -> str:
        """The URL itself."""
        return url

    def received(self) -> None:
        """The receiver of the kit knows it."""

    def trusting(self, certificate: Path) -> Notifier:
        """One that trusts a certificate authority."""
        return self._made(
            HttpClient(Guard(_LOOPBACK), tls=ssl.create_default_context(cafile=str(certificate)))
        )

    def strict(self) -> Notifier:
        """One as it is in use, but for TLS: an address that were reached would then be seen to be."""
        return self._made(HttpClient(Guard(http=True)))

    def resolving(self, resolve: Callable[[str, int], Sequence[Address]], allow: str) -> Notifier:
        """One that resolves by a function."""
        return self._made(HttpClient(Guard(networks((allow,)), http=True, resolve=resolve)))

    def signing(self, secrets: Sequence[str], now: Callable[[], float]) -> Notifier:
        """One that signs with some keys."""
        return self._made(HttpClient(Guard(_LOOPBACK, http=True)), secrets, now)

    def is_signed(self, secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether a receiver takes it."""
        try:
            Signer([secret]).verify(body, headers)
        except NotificationError:
            return False
        return True

    def close(self) -> None:
        """Close all."""
        for notifier in self._open:
            notifier.close()

    def _made(
        self, client: HttpClient, secrets: Sequence[str] = (), now: Callable[[], float] | None = None
    ) -> Notifier:
        keys = secrets or [new_secret()]
        made = WebhookNotifier(keys, client) if now is None else WebhookNotifier(keys, client, now=now)
        self._open.append(made)
        return made


class SmsHarness:
    """`SmsNotifier` with a gateway that takes JSON; an URL goes as digits, and the gateway knows it."""

    def __init__(self, folder: Path) -> None:
        del folder
        self._urls: list[str] = []
        self._open: list[Notifier] = []

    def notifier(self) -> Notifier:
        """One whose gateway is the receiver of the kit."""
        return self._made(HttpClient(Guard(_LOOPBACK, http=True)))

    def address(self, url: str) -> str:
        """A phone number that stands for the URL."""
        if url not in self._urls:
            self._urls.append(url)
        return f"1380000{self._urls.index(url):04}"

    def received(self) -> None:
        """The receiver of the kit knows it."""

    def trusting(self, certificate: Path) -> Notifier:
        """One that trusts a certificate authority."""
        return self._made(
            HttpClient(Guard(_LOOPBACK), tls=ssl.create_default_context(cafile=str(certificate)))
        )

    def close(self) -> None:
        """Close all."""
        for notifier in self._open:
            notifier.close()

    def _made(self, client: HttpClient) -> Notifier:
        self._open.append(SmsNotifier(_Exchange(client, self._urls)))
        return self._open[-1]


class _Exchange:
    """A gateway for each number.

    Args:
        client: Makes the requests.
        urls: By the last digits of a number.
    """

    def __init__(self, client: HttpClient, urls: Sequence[str]) -> None:
        self._client, self._urls = client, urls

    def send(self, phone: str, text: str, *, id: str, deadline_s: float) -> Outcome:  # noqa: A002
        from gov_core.notifications.adapters.sms import JsonGateway

        url = self._urls[int(phone[-4:])] if int(phone[-4:]) < len(self._urls) else ""
        if not url:
            return Rejected("notify.bad_address")
        return JsonGateway(url, "token", self._client).send(phone, text, id=id, deadline_s=deadline_s)

    def close(self) -> None:
        self._client.close()


class FileHarness:
    """`FileNotifier`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "notices.ndjson"

    def notifier(self) -> Notifier:
        """One that appends to a file of its own."""
        return FileNotifier(self._path)

    def address(self, url: str) -> None:
        """It goes to no network."""
        del url

    def received(self) -> list[tuple[str, bytes]]:
        """The lines of the file."""
        lines = self._path.read_text("utf-8").splitlines() if self._path.is_file() else []
        values = map(json.loads, lines)
        return [
            (value["id"], json.dumps(value["event"], ensure_ascii=False, separators=(",", ":")).encode())
            for value in values
        ]

    def close(self) -> None:
        """Nothing is open."""
