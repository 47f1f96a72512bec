"""SMS: a text to a phone number, by whatever gateway a city has; one that takes JSON comes along."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Final, Protocol

from gov_core.notifications.adapters.addresses import target_of
from gov_core.notifications.adapters.http import HttpClient, outcome_of
from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES: Final = 2000
"""About 660 Chinese letters, ten messages of a phone network."""

_PHONE: Final = re.compile(r"\+?[0-9]{3,15}")


class SmsGateway(Protocol):
    """Hands a text to a phone network. One call is one attempt; it never raises and never waits longer."""

    def send(self, phone: str, text: str, *, id: str, deadline_s: float) -> Outcome:  # noqa: A002  # as elsewhere
        """Hand over one text.

        Args:
            phone: Digits, perhaps with a ``+``. Personal: never log it.
            text: What to say.
            id: The same at every attempt.
            deadline_s: How long it may take.
        """
        ...


class JsonGateway:
    """A gateway that takes ``{"id", "phone", "text"}`` as JSON and says by its status what came of it.

    Args:
        url: Where it takes them.
        token: For the header ``Authorization: Bearer``; empty for none.
        client: Makes the requests.
        now: The present, in seconds since 1970.

    Raises:
        NotificationError: ``channel.bad_url``.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        client: HttpClient | None = None,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client or HttpClient()
        self._target = target_of(url, http=self._client.guard.http)
        self._token = token
        self._now = now

    def send(self, phone: str, text: str, *, id: str, deadline_s: float) -> Outcome:  # noqa: A002
        """Post one text."""
        body = json.dumps({"id": id, "phone": phone, "text": text}, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json"), ("Idempotency-Key", id)]
        if self._token:
            headers.append(("Authorization", f"Bearer {self._token}"))
        return outcome_of(self._client.post(self._target, headers, body, deadline_s), self._now())

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


class SmsNotifier:
    """Sends texts by a gateway; a `Notifier`.

    Args:
        gateway: Hands them to the network.
    """

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway

    def describe(self) -> NotifierDescription:
        """What it is and promises."""
        return NotifierDescription(
            "sms", NOTIFIER_CONTRACT, "text", "phone", idempotent=True, deadlines=True, max_bytes=MAX_BYTES
        )

    def send(self, notification: Notification) -> Outcome:
        """Hand it over once; title and text together."""
        phone = re.sub(r"[\s()-]", "", notification.to)
        if not _PHONE.fullmatch(phone):
            return Rejected("notify.bad_address")
        if len(notification.body) > MAX_BYTES:
            return Rejected("notify.too_large")
        try:
            text = notification.body.decode()
        except UnicodeDecodeError:
            return Rejected("notify.no_text")
        if notification.title:
            text = f"【{notification.title}】{text}"
        return self._gateway.send(phone, text, id=notification.id, deadline_s=notification.deadline_s)

    def close(self) -> None:
        """Close what the gateway holds."""
        close = getattr(self._gateway, "close", None)
        if close is not None:
            close()
