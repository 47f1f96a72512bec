"""Who is told what of a case, and how it reaches them: subscriptions, templates, workers, adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.notifications.announcing import Announcer
    from gov_core.notifications.channels import Channels, Endpoint
    from gov_core.notifications.contacts import Contacts, VaultContacts
    from gov_core.notifications.delivering import Desk
    from gov_core.notifications.endpoints import Alert
    from gov_core.notifications.filling import Speech
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
    from gov_core.notifications.rate import Rate
    from gov_core.notifications.schedule import Schedule
    from gov_core.notifications.templates import Template, Templates
    from gov_core.notifications.worker import Pace, Worker

__all__ = [
    "Alert",
    "Announcer",
    "Channels",
    "Contacts",
    "Delivered",
    "Desk",
    "Endpoint",
    "Gone",
    "Notification",
    "Notifier",
    "NotifierDescription",
    "Pace",
    "Rate",
    "Rejected",
    "Retry",
    "Schedule",
    "Speech",
    "Template",
    "Templates",
    "Unknown",
    "VaultContacts",
    "Worker",
]

_HOMES = {
    "Alert": "gov_core.notifications.endpoints",
    "Announcer": "gov_core.notifications.announcing",
    "Channels": "gov_core.notifications.channels",
    "Contacts": "gov_core.notifications.contacts",
    "Delivered": "gov_core.notifications.protocol",
    "Desk": "gov_core.notifications.delivering",
    "Endpoint": "gov_core.notifications.channels",
    "Gone": "gov_core.notifications.protocol",
    "Notification": "gov_core.notifications.protocol",
    "Notifier": "gov_core.notifications.protocol",
    "NotifierDescription": "gov_core.notifications.protocol",
    "Pace": "gov_core.notifications.worker",
    "Rate": "gov_core.notifications.rate",
    "Rejected": "gov_core.notifications.protocol",
    "Retry": "gov_core.notifications.protocol",
    "Schedule": "gov_core.notifications.schedule",
    "Speech": "gov_core.notifications.filling",
    "Template": "gov_core.notifications.templates",
    "Templates": "gov_core.notifications.templates",
    "Unknown": "gov_core.notifications.protocol",
    "VaultContacts": "gov_core.notifications.contacts",
    "Worker": "gov_core.notifications.worker",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
