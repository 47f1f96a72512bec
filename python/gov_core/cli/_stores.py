"""Opens stores that have to be there: a command that reads makes none by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import typer

if TYPE_CHECKING:
    from gov_core.storage.protocol import CaseStore

STORE = typer.Option("--store", metavar="URL", help="Of the cases: sqlite:///cases.db.")


def existing(url: str) -> CaseStore:
    """Open a store.

    Args:
        url: See `gov_core.storage.opening.open_store`.

    Raises:
        StoreUnavailableError: There is none.
    """
    from pathlib import Path

    from gov_core.errors import Fault, StoreUnavailableError
    from gov_core.storage.opening import open_store

    scheme, _, path = url.partition(":///")
    if scheme == "sqlite" and not Path(unquote(path)).is_file():
        hint = "gov-core replay CITY EVENTS --store URL makes one"
        raise StoreUnavailableError([Fault("storage.no_store", f"there is no store at {url!r}", url, hint)])
    return open_store(url)
