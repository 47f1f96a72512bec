"""Notices event ids that come twice, in memory that is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arro3.core import Array

#: Ids that are remembered, about 70 bytes each; later ids are compared with these only.
REMEMBERED = 20_000_000


class SeenIds:
    """The ids of a file so far, as 64-bit hashes.

    Two different ids share a hash with a chance of 3e-8 in a million ids; one of them would then be
    reported as a duplicate. Nothing else depends on it: no event is dropped.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._hashes: set[int] = set()
        self._remembered = remembered

    def again(self, ids: Array) -> list[int]:
        """Return the rows whose id has come before, in this column or an earlier one; nulls are no ids.

        Args:
            ids: The ids of the next rows, of any type.
        """
        hashes = [hash(value) for value in ids.to_pylist() if value is not None]
        fresh = set(hashes)
        if len(fresh) == len(hashes) and self._hashes.isdisjoint(fresh):
            self._remember(fresh)
            return []
        rows = []
        for row, value in enumerate(ids.to_pylist()):
            if value is None:
                continue
            if hash(value) in self._hashes:
                rows.append(row)
            else:
                self._remember({hash(value)})
        return rows

    def _remember(self, hashes: set[int]) -> None:
        if len(self._hashes) < self._remembered:
            self._hashes |= hashes
