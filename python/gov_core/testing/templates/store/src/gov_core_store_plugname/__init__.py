"""Cases in plugname."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.plugins import written_for

if TYPE_CHECKING:
    from gov_core_store_plugname.store import PlugnameCaseStore

__all__ = ["open_url"]


@written_for(1)
def open_url(url: str) -> PlugnameCaseStore:
    """Open a store by its address.

    Args:
        url: ``plugname://``; what stands behind it is yours to define.

    Raises:
        StoreUnavailableError: It is no address of a store.
    """
    from gov_core.errors import Fault, StoreUnavailableError
    from gov_core_store_plugname.store import PlugnameCaseStore

    if url != "plugname://":
        fault = Fault("storage.address", f"{url!r} is no address of a store", "", "give plugname://")
        raise StoreUnavailableError([fault])
    return PlugnameCaseStore()
