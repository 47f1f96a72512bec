"""How long a connection may take: for others that have the file, and for its own statements."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_STEPS: Final = 1000
"""Steps of SQLite's machine between two looks at the clock: some 20 microseconds."""

_LONGEST_S: Final = 1e6
"""As long as anybody waits; locks and drivers count in numbers that know no more than some weeks."""

_UNLIMITED: Final = nullcontext()


def limited(
    connection: sqlite3.Connection, until: float | None, usual_s: float
) -> AbstractContextManager[None]:
    """Within, statements wait for others and work no longer than until a time.

    Args:
        connection: Which.
        until: By `time.monotonic`; None for as long as it takes.
        usual_s: How long it waits for others when there is no such time.
    """
    return _UNLIMITED if until is None else _limited(connection, until, usual_s)


@contextmanager
def _limited(connection: sqlite3.Connection, until: float, usual_s: float) -> Iterator[None]:
    connection.execute(f"PRAGMA busy_timeout = {max(int((until - monotonic()) * 1000), 0)}")
    connection.set_progress_handler(lambda: monotonic() > until, _STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)
        connection.execute(f"PRAGMA busy_timeout = {int(usual_s * 1000)}")


def patience(deadline_s: float) -> float:
    """How long to wait for a deadline of any size, in seconds."""
    return min(deadline_s, _LONGEST_S) if deadline_s > 0 else 0.0


def left(deadline_s: float | None, started: float) -> float | None:
    """What is left of a deadline that began at a time by `time.monotonic`, in seconds."""
    return None if deadline_s is None else deadline_s - (monotonic() - started)
