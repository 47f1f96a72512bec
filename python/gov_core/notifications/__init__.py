"""Who is told what of a case, and how it reaches them: subscriptions, templates, workers, adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.notifications.announcing import Announcer
    from gov_core.notifications.protocol import (
        Delivered,
        Gone,
        Notification,
        Notifier,
        NotifierDescription,
        Rejected,
        Retry,
        Unknown,
    )

__all__ = [
    "Announcer",
    "Delivered",
    "Gone",
    "Notification",
    "Notifier",
    "NotifierDescription",
    "Rejected",
    "Retry",
    "Unknown",
]

_HOMES = {
    "Announcer": "gov_core.notifications.announcing",
    **dict.fromkeys(
        (
            *("Delivered", "Gone", "Notification", "Notifier", "NotifierDescription"),
            *("Rejected", "Retry", "Unknown"),
        ),
        "gov_core.notifications.protocol",
    ),
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
