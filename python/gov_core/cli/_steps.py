"""Steps of a longer command, told on stderr while they run: a bar on terminals, one line a step elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch


class Steps:
    """Times named steps and tells each when it is done.

    Attributes:
        seconds: Wall clock of the steps that are done.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Run a step; nothing is told of one that fails."""
        from gov_core.cli._report import notes

        console, started = notes(), perf_counter()
        with console.status(f"{name} …") if sys.stderr.isatty() else _nothing():
            yield
        self.seconds[name] = perf_counter() - started
        console.print(f"[green]done[/] {name} [dim]{self.seconds[name]:.2f} s[/]")


class Stopwatch:
    """Adds up the time that an iterator takes to give its items."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def over(self, items: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        """Yield the items."""
        waiting = iter(items)
        while True:
            started = perf_counter()
            item = next(waiting, None)
            self.seconds += perf_counter() - started
            if item is None:
                return
            yield item


def with_rows(batches: Iterable[RecordBatch], total: int, what: str) -> Iterator[RecordBatch]:
    """Yield batches and show on a terminal how many rows of all have come."""
    if not sys.stderr.isatty():
        yield from batches
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from gov_core.cli._report import notes

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=notes(), transient=True) as progress:
        task = progress.add_task(what, total=total)
        for batch in batches:
            yield batch
            progress.update(task, advance=batch.num_rows)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
