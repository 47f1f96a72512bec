"""A file: a line of JSON for each message, for a program that reads along, and for tests."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Delivered,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
    Retry,
)


class FileNotifier:
    """Appends messages to a file; a `Notifier`. What it says it has taken is on the disk.

    A line has ``id``, ``case``, ``seq``, ``attempt`` and ``event``. A worker that dies between disk and
    outbox sends a message again: who reads knows it by its id.

    Args:
        path: Of the file; made if it is not there.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()

    def describe(self) -> NotifierDescription:
        """What it is and promises."""
        return NotifierDescription(
            "file", NOTIFIER_CONTRACT, "event", "none", idempotent=True, deadlines=False, max_bytes=20_000
        )

    def send(self, notification: Notification) -> Outcome:
        """Append it."""
        if len(notification.body) > self.describe().max_bytes:
            return Rejected("notify.too_large")
        try:
            event = json.loads(notification.body)
        except ValueError:
            return Rejected("notify.no_text")
        values = {
            "id": notification.id,
            "case": notification.case_id,
            "seq": notification.seq,
            "attempt": notification.attempt,
            "event": event,
        }
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            # One write to the end of the file: several workers do not tear each other's lines apart.
            with self._lock:
                opened = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    if os.write(opened, line) != len(line):
                        return Retry("file.full")
                    os.fsync(opened)
                finally:
                    os.close(opened)
        except OSError:
            return Retry("file.failed")
        return Delivered()

    def close(self) -> None:
        """Nothing is kept open."""
