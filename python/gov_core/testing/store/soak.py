"""What a store promises over a long run: it does not grow in memory with what it has kept."""

from __future__ import annotations

import gc
import tracemalloc
from collections import deque
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

from gov_core.storage.protocol import START, AppendResult
from gov_core.testing.store.harness import HookMissingError
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, clock, row

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from gov_core.testing.store.promises import Trial

_STATUS = Path("/proc/self/status")
BATCH = 1_000
LEAST = 10 * BATCH
CACHE_BYTES = 96 * 2**20
"""Caches of pages that a driver may fill over a run, however long it is."""
PER_MILLION_BYTES = 2**20
NOISE_BYTES = 64 * 2**10
"""What Python keeps now and not a while ago, without growing: a page being read, a list about to be freed."""


def _resident_bytes() -> int:
    if not _STATUS.exists():
        raise HookMissingError("it does not say how much memory is in use (/proc/self/status)")
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1_024


def _traced_bytes() -> int:
    """What Python keeps of all that was made since tracing began."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@contextmanager
def _tracing() -> Iterator[None]:
    already = tracemalloc.is_tracing()
    if not already:
        tracemalloc.start()
    try:
        yield
    finally:
        if not already:
            tracemalloc.stop()


@promise("S96", "gold", places=("file", "server"), limit_s=1_800)
def a_long_run_does_not_grow(trial: Trial) -> None:
    """Over a long run of appends and reads nothing is kept of an event but what a cache of bounded size has.

    In the second half of the run each thing that Python makes is traced, so that a list that grows by one
    number an event is seen; what a driver keeps shows in the memory of the process, over the whole run. At
    scale 40 this is a million events.
    """
    half = max(trial.times(12_500), LEAST) // BATCH
    run = _run(trial)
    deque(islice(run, 2), maxlen=0)  # it is warm
    before = _resident_bytes()
    deque(islice(run, half - 2), maxlen=0)
    with _tracing():
        # What the first half made and the second replaces was not traced: the first batches make it anew.
        deque(islice(run, half // 5), maxlen=0)
        settled = _traced_bytes()
        deque(islice(run, half - half // 5), maxlen=0)
        kept = _traced_bytes() - settled
    grown = _resident_bytes() - before
    run.close()
    events, traced = 2 * half * BATCH, (half - half // 5) * BATCH
    trial.figures |= {"events": events, "grown_bytes": grown, "kept_bytes_an_event": round(kept / traced, 3)}
    assert kept < NOISE_BYTES + PER_MILLION_BYTES * traced / 10**6, f"{kept / traced:.1f} bytes an event"
    assert grown < CACHE_BYTES + PER_MILLION_BYTES * events / 10**6
    assert len(trial.store().read_case("c0")) == events // CASES


CASES = 200


def _run(trial: Trial) -> Generator[None, None, None]:
    """Append a batch of events and read it, again and again."""
    store, cursor = trial.store(), START
    writers = [Writer(f"c{number}") for number in range(CASES)]
    for number in count():
        items = [
            writer.append(
                *(["x" * 60] * (BATCH // CASES)), row=row(writer.case_id), clocks=[clock("handle", number)]
            )
            for writer in writers
        ]
        assert all(isinstance(result, AppendResult) for result in store.append_many(items))
        page = store.read_feed(cursor, limit=2 * BATCH)
        assert len(page.events) == BATCH
        cursor = page.next
        store.checkpoint_set("reader", cursor, expected=store.checkpoint_get("reader"))
        assert store.head(writers[number % CASES].case_id) == writers[number % CASES].head
        trial.clock.now_us += 1
        del items, page
        yield
