"""Webhooks: an event as JSON, signed as Standard Webhooks has it, to an URL of the open internet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from gov_core.errors import NotificationError
from gov_core.notifications.adapters.addresses import target_of
from gov_core.notifications.adapters.http import HttpClient, outcome_of
from gov_core.notifications.adapters.signing import Signer
from gov_core.notifications.notice import MAX_BYTES
from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gov_core.notifications.adapters.addresses import Target

_KNOWN: Final = 1024
"""How many addresses are remembered as read."""


class WebhookNotifier:
    """Posts events; a `Notifier`.

    Args:
        secrets: Keys to sign with, the newest first; several while they change.
        client: Makes the requests; by default one that only goes to the open internet, encrypted.
        now: The present, in seconds since 1970.

    Raises:
        NotificationError: ``webhook.bad_secret``.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        client: HttpClient | None = None,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._signer = Signer(secrets)
        self._client = client or HttpClient()
        self._now = now
        self._targets: dict[str, Target] = {}

    def describe(self) -> NotifierDescription:
        """What it is and promises."""
        return NotifierDescription(
            "webhook",
            NOTIFIER_CONTRACT,
            "event",
            "url",
            idempotent=True,
            deadlines=True,
            max_bytes=MAX_BYTES,
        )

    def send(self, notification: Notification) -> Outcome:
        """Post it once."""
        if len(notification.body) > MAX_BYTES:
            return Rejected("notify.too_large")
        try:
            target = self._target(notification.to)
            signed = self._signer.headers(notification.id, notification.body, self._now())
        except NotificationError as error:
            return Rejected(error.code)
        except UnicodeDecodeError:
            return Rejected("notify.no_text")
        headers = [("Content-Type", "application/json"), *signed]
        answer = self._client.post(target, headers, notification.body, notification.deadline_s)
        return outcome_of(answer, self._now())

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _target(self, url: str) -> Target:
        target = self._targets.get(url)
        if target is None:
            target = target_of(url, http=self._client.guard.http)
            if len(self._targets) >= _KNOWN:
                self._targets.clear()
            self._targets[url] = target
        return target
