"""Cases in a PostgreSQL database, for several workers on several machines. Extra ``postgres``."""

from __future__ import annotations

from gov_core.storage.postgres._store import PostgresCaseStore

__all__ = ["PostgresCaseStore"]
