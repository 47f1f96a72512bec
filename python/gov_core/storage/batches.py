"""Appends one by one and in bulk, where a store can take some at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from gov_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gov_core.storage.protocol import Append, AppendResult

_CHUNK: Final = 1000
"""Items that are decided together: enough that statements cost little, few enough for the memory."""


class _TakesMany(Protocol):
    def append_many(
        self, items: Iterable[Append], *, deadline_s: float | None = None
    ) -> list[AppendResult | StorageError]: ...


class OneAsBatch:
    """A store to which one append is a batch of one."""

    def append(self: _TakesMany, item: Append, *, deadline_s: float | None = None) -> AppendResult:
        """Append all events or none, durably."""
        (result,) = self.append_many((item,), deadline_s=deadline_s)
        if isinstance(result, StorageError):
            raise result
        return result


def in_chunks(
    items: Sequence[Append],
    take: Callable[[Sequence[Append]], list[AppendResult | StorageError]],
    *,
    together: bool,
) -> list[AppendResult | StorageError]:
    """Take items, some at a time, in one transaction.

    Args:
        items: All of them.
        take: Takes some; what is wrong with an item is its result.
        together: Whether to raise the first error instead, so that the transaction is rolled back.

    Raises:
        StorageError: The first, if together.
    """
    results: list[AppendResult | StorageError] = []
    for start in range(0, len(items), _CHUNK):
        results += take(items[start : start + _CHUNK])
        for result in results[start:] if together else ():
            if isinstance(result, StorageError):
                raise result
    return results
