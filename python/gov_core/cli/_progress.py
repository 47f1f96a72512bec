"""Progress bars, on stderr and on terminals only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from arro3.core import RecordBatch

    from gov_core.events import EventReader


def with_progress(reader: EventReader) -> Iterator[RecordBatch]:
    """Yield the batches of a reader and show on a terminal how far it has come."""
    if not sys.stderr.isatty():
        yield from reader
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from gov_core.cli._report import notes

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes(), transient=True) as progress:
        task = progress.add_task(reader.path.name, total=reader.bytes_total)
        for batch in reader:
            yield batch
            progress.update(task, completed=reader.bytes_read)


@contextmanager
def measuring(what: str, bytes_total: int | None = None) -> Iterator[Callable[[int], object] | None]:
    """Give a function that shows on a terminal how many bytes are done; None where there is none."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    from gov_core.cli._report import notes

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes(), transient=True) as progress:
        task = progress.add_task(what, total=bytes_total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], object] | None]:
    """Give a function that shows on a terminal how many of how many are done; None where there is none."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from gov_core.cli._report import notes

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
