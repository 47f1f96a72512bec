"""How a store is read as a whole, and becomes another one, whatever it keeps its entries in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gov_core.errors import ConcurrencyConflictError, PayloadRejectedError
from gov_core.storage.refusals import UNREADABLE, no_entry, unsound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gov_core.storage.protocol import Entry, VerifyReport


def in_pages(page: Callable[[int], tuple[Iterable[Entry], int]]) -> Iterator[Entry]:
    """All that is in a store, each page as of a moment of its own, so that nobody waits for it.

    Args:
        page: Given a position: events behind it with their cases, and the last position of these. Behind the
            last event: all the rest, seen in the moment in which there was no further event, so that nothing
            in it speaks of one that is not given; and the same position again.
    """
    after, done = 0, False
    while not done:
        entries, last = page(after)
        yield from entries
        done, after = last == after, last


def check_empty(store: str, head: int) -> None:
    """Refuse to put another store into one that has something.

    Raises:
        ConcurrencyConflictError: Its newest position is not 0.
    """
    if head:
        raise ConcurrencyConflictError(store, 0, head)


@contextmanager
def restoring(*also: type[Exception]) -> Iterator[None]:
    """Within, entries are put into a store.

    Args:
        *also: What the driver raises for a row that cannot be.

    Raises:
        IntegrityViolationError: Something was no entry, or did not fit those before it.
    """
    refused: tuple[type[Exception], ...] = (*UNREADABLE, PayloadRejectedError, *also)
    try:
        yield
    except refused as error:
        raise no_entry(error) from error


def check_sound(report: VerifyReport) -> None:
    """Refuse what was restored if it does not hold together.

    Raises:
        IntegrityViolationError: With all that is wrong.
    """
    if not report.sound:
        raise unsound(report.faults)
