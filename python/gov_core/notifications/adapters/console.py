"""The console: a line for each message, to see what would be told."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Delivered,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
    Retry,
)


class ConsoleNotifier:
    """Writes texts to a stream; a `Notifier`. Where they would go is not written.

    Args:
        stream: Where to; the standard error if None.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def describe(self) -> NotifierDescription:
        """What it is and promises."""
        return NotifierDescription(
            "console", NOTIFIER_CONTRACT, "text", "none", idempotent=True, deadlines=False, max_bytes=20_000
        )

    def send(self, notification: Notification) -> Outcome:
        """Write it."""
        try:
            text = notification.body.decode()
        except UnicodeDecodeError:
            return Rejected("notify.no_text")
        line = " ".join(f"{notification.id} {notification.case_id} {notification.title} {text}".split())
        shown = "".join(letter if letter.isprintable() else "�" for letter in line)
        try:
            with self._lock:
                stream = self._stream or sys.stderr
                stream.write(f"{shown}\n")
                stream.flush()
        except (OSError, ValueError):
            return Retry("console.closed")
        return Delivered()

    def close(self) -> None:
        """Nothing is kept open."""
