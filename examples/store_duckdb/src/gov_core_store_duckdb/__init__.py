"""Cases in a DuckDB file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from gov_core.plugins import written_for

if TYPE_CHECKING:
    from gov_core_store_duckdb.store import DuckdbCaseStore

__all__ = ["open_url"]


@written_for(1)
def open_url(url: str) -> DuckdbCaseStore:
    """Open ``duckdb:///relative.db`` or ``duckdb:////absolute.db``.

    Raises:
        StoreUnavailableError: The address names no file, or the file cannot be opened.
        SchemaMismatchError: The file is of something else.
    """
    from gov_core.errors import Fault, StoreUnavailableError
    from gov_core_store_duckdb.store import DuckdbCaseStore

    parts = urlsplit(url)
    path = unquote(parts.path.removeprefix("/"))
    if parts.netloc or parts.query or parts.fragment or not path:
        hint = "duckdb:///cases.duckdb, or duckdb:////srv/cases.duckdb for a whole path"
        raise StoreUnavailableError([Fault("storage.address", f"{url!r} names no file", "", hint)])
    return DuckdbCaseStore(path)
