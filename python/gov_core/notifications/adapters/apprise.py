"""Apprise: DingTalk, WeCom, Feishu and a hundred more, by the library of that name (extra ``apprise``).

Apprise says of an attempt whether it worked, and not why; nor does it know a deadline for the whole of it. So
this notifier promises less than the others: every failure is one to try again, and an attempt may take longer
than its deadline.
"""

from __future__ import annotations

import logging
from typing import Final

from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Delivered,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
    Retry,
    Unknown,
)

MAX_BYTES: Final = 20_000


class AppriseNotifier:
    """Sends texts by the services that Apprise knows; a `Notifier`. The address is an URL of Apprise."""

    def __init__(self) -> None:
        import apprise  # noqa: F401  # so that it is missed here, and not at the first message

        # Its log tells URLs, which hold keys, and bodies.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)

    def describe(self) -> NotifierDescription:
        """What it is and promises."""
        return NotifierDescription(
            "apprise",
            NOTIFIER_CONTRACT,
            "text",
            "any",
            idempotent=False,
            deadlines=False,
            max_bytes=MAX_BYTES,
        )

    def send(self, notification: Notification) -> Outcome:
        """Hand it over once."""
        import apprise

        if len(notification.body) > MAX_BYTES:
            return Rejected("notify.too_large")
        try:
            text = notification.body.decode()
        except UnicodeDecodeError:
            return Rejected("notify.no_text")
        # Timeouts of a connection and of each answer, the nearest to a deadline that it has.
        half = max(0.1, notification.deadline_s / 2)
        mark = "&" if "?" in notification.to else "?"
        try:
            services = apprise.Apprise()
            if not services.add(f"{notification.to}{mark}cto={half}&rto={half}"):
                return Rejected("notify.bad_address")
            taken = services.notify(body=text, title=notification.title)
        except Exception:  # noqa: BLE001  # more than a hundred services, each with errors of its own
            return Unknown("apprise.failed")
        return Delivered() if taken else Retry("apprise.failed")

    def close(self) -> None:
        """Nothing is kept open."""
