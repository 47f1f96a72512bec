"""A store in memory: the contract in plain Python, for tests and for trying things out.

Lists are made by looking at every case, so that this store is also what others are compared with.
"""

from gov_core.storage.memory._store import MemoryCaseStore

__all__ = ["MemoryCaseStore"]
