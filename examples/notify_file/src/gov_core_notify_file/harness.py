"""What the kit of gov_core needs to put this notifier to the test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gov_core_notify_file import SpoolNotifier

if TYPE_CHECKING:
    from pathlib import Path


class SpoolHarness:
    """A notifier whose folder is empty.

    Args:
        folder: Empty, and its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "spool"
        self._folder.mkdir(exist_ok=True)

    def notifier(self) -> SpoolNotifier:
        """The notifier."""
        return SpoolNotifier(str(self._folder))

    def address(self, url: str) -> None:
        """It goes to no network."""
        del url

    def received(self) -> list[tuple[str, bytes]]:
        """The files, in the order of their names."""
        files = sorted(self._folder.glob("*.json"))
        values = [json.loads(file.read_text("utf-8")) for file in files]
        return [(value["id"], json.dumps(value["event"], ensure_ascii=False).encode()) for value in values]

    def close(self) -> None:
        """Nothing is open."""
