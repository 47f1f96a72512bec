"""Notices by plugname: one POST an attempt."""

from __future__ import annotations

import time

from gov_core.errors import NotificationError
from gov_core.notifications.adapters.addresses import target_of
from gov_core.notifications.adapters.http import HttpClient, outcome_of
from gov_core.notifications.protocol import Notification, NotifierDescription, Outcome, Rejected
from gov_core.plugins import written_for

__all__ = ["PlugnameNotifier"]

_MAX_BYTES = 20_000


@written_for(1)
class PlugnameNotifier:
    """Posts messages; a `Notifier`. One attempt a call: when to try again is not its business.

    Args:
        client: Makes the requests: it follows no redirect, goes to no address of a private network, and keeps
            deadlines.
    """

    def __init__(self, client: HttpClient | None = None) -> None:
        self._client = client or HttpClient()

    def describe(self) -> NotifierDescription:
        """What it is and promises: claim nothing that the kit has not seen."""
        return NotifierDescription(
            name="plugname",
            contract_version=1,
            carries="event",  # "text" for people: then the body is what a template made
            address="url",
            idempotent=True,
            deadlines=True,
            max_bytes=_MAX_BYTES,
        )

    def send(self, notification: Notification) -> Outcome:
        """Make one attempt; what goes wrong is an outcome with a code, and never names the address."""
        if len(notification.body) > _MAX_BYTES:
            return Rejected("notify.too_large")
        try:
            target = target_of(notification.to, http=self._client.guard.http)
        except NotificationError:
            return Rejected("notify.bad_address")
        headers = [("Content-Type", "application/json"), ("Idempotency-Key", notification.id)]
        answer = self._client.post(target, headers, notification.body, notification.deadline_s)
        return outcome_of(answer, time.time())

    def close(self) -> None:
        """Let go of connections; a second time does nothing."""
        self._client.close()
