"""What the kit of gov_core needs to put this store to the test.

`gov_core.testing.store.harness` names the hooks that a harness may have besides: to open the store in another
process, to fill its disk, to change its rows. With each the kit can try more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.testing.store import Clock
from gov_core_store_plugname.store import PlugnameCaseStore

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.testing.store.harness import Place


class PlugnameHarness:
    """Stores that are new and empty.

    Args:
        folder: Empty, and its own; for stores that keep files.
    """

    place: Final[Place] = "memory"  # "file" or "server" once it keeps something there

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self._folder = folder
        self._store = self.another()

    def store(self) -> PlugnameCaseStore:
        """The store."""
        return self._store

    def reopen(self) -> PlugnameCaseStore:
        """Close the store and open it again; one in memory would be gone, so it stays."""
        return self._store

    def another(self) -> PlugnameCaseStore:
        """Another store, on the same clock."""
        return PlugnameCaseStore(clock=self.clock)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
