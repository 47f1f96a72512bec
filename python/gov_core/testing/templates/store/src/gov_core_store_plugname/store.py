"""The store: what is not written here yet, memory does."""

from __future__ import annotations

from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import StoreDescription


class PlugnameCaseStore(MemoryCaseStore):
    """Cases in plugname.

    `gov_core.storage.protocol.CaseStore` says what each call promises. Begin with `append_many`, `read_case`,
    `head`, `command_result` and `read_feed`; `append` calls `append_many`. When nothing of memory is left,
    let the base be `gov_core.storage.batches.OneAsBatch`, which is that.

    Args:
        clock: The store's own clock, microseconds since 1970 UTC.
    """

    def describe(self) -> StoreDescription:
        """What this store is and promises: claim nothing that the kit has not seen."""
        return super().describe()._replace(name="plugname")
