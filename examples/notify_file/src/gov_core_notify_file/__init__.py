"""Notices as files in a folder, for a program that picks them up: a print room, a machine off the network."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

from gov_core.notifications.protocol import (
    Delivered,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
    Retry,
)
from gov_core.plugins import written_for

__all__ = ["SpoolNotifier"]

_MAX_BYTES = 20_000


@written_for(1)
class SpoolNotifier:
    """Puts each message into a file of its own; a `Notifier`.

    A file appears whole or not at all, and what is said to be delivered is on the disk. Its name is made of
    the number and the id of the message: names sort as messages were written, and one that comes again makes
    no second file. It holds ``id``, ``case``, ``seq`` and ``event`` as JSON.

    Args:
        folder: Where to; it has to be there.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def describe(self) -> NotifierDescription:
        """What it is and promises. No deadlines: a disk that hangs holds the call."""
        return NotifierDescription(
            name="spool",
            contract_version=1,
            carries="event",
            address="none",
            idempotent=True,
            deadlines=False,
            max_bytes=_MAX_BYTES,
        )

    def send(self, notification: Notification) -> Outcome:
        """Write the file."""
        if len(notification.body) > _MAX_BYTES:
            return Rejected("notify.too_large")
        try:
            event = json.loads(notification.body)
        except ValueError:
            return Rejected("notify.no_text")
        values = {
            "id": notification.id,
            "case": notification.case_id,
            "seq": notification.seq,
            "event": event,
        }
        # An id is made by others: of any text a hash makes a name that stays in the folder.
        name = f"{notification.seq:016}-{sha256(notification.id.encode()).hexdigest()[:32]}"
        draft, file = self._folder / f"{name}.part{os.getpid()}", self._folder / f"{name}.json"
        try:
            with draft.open("w", encoding="utf-8") as opened:
                json.dump(values, opened, ensure_ascii=False, separators=(",", ":"))
                opened.flush()
                os.fsync(opened.fileno())
            draft.replace(file)
            _flush(self._folder)
        except OSError:
            return Retry("spool.failed")
        return Delivered()

    def close(self) -> None:
        """Nothing is kept open."""


def _flush(folder: Path) -> None:
    """Make the name of a new file durable, where folders can be flushed."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
