"""Cases in a SQLite file: the embedded default."""

from __future__ import annotations

from gov_core.storage.sqlite._store import SqliteCaseStore

__all__ = ["SqliteCaseStore"]
