"""The harness of the store in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from gov_core.storage.memory import MemoryCaseStore
from gov_core.testing.store.harness import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.store.harness import Place


class MemoryHarness:
    """Stores in memory. Closed is gone, so `reopen` gives the store that is there.

    Attributes:
        kind: The class of the stores; of one that changes the store in memory, put here by a subclass.

    Args:
        folder: Not used; nothing is written.
    """

    place: Final[Place] = "memory"
    kind: ClassVar[type[MemoryCaseStore]] = MemoryCaseStore

    def __init__(self, folder: Path) -> None:
        del folder
        self.clock = Clock()
        self._store = self.another()

    def store(self) -> CaseStore:
        """The store."""
        return self._store

    def reopen(self) -> CaseStore:
        """The same store."""
        return self._store

    def another(self) -> CaseStore:
        """A new store."""
        return self.kind(clock=self.clock)

    def close(self) -> None:
        """Forget it."""
        self._store.close()
