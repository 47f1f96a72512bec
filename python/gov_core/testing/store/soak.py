"""What a store promises over a long run: it does not grow in memory with what it has kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gov_core.storage.protocol import START, AppendResult
from gov_core.testing.store.harness import HookMissingError
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, clock, row

if TYPE_CHECKING:
    from gov_core.testing.store.promises import Trial

_STATUS = Path("/proc/self/status")
BATCH = 1_000
SLACK_BYTES = 96 * 2**20
"""Caches of pages that a driver may fill over a run, however long it is."""
PER_MILLION_BYTES = 2**20


def _resident_bytes() -> int:
    if not _STATUS.exists():
        raise HookMissingError("it does not say how much memory is in use (/proc/self/status)")
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1_024


@promise("S96", "gold", places=("file", "server"), limit_s=1_800)
def a_long_run_does_not_grow(trial: Trial) -> None:
    """Over a long run of appends and reads the process grows by no more than a cache, whatever was kept.

    At scale 40 this is a million events.
    """
    store, events = trial.store(), max(trial.times(25_000), 10 * BATCH)
    cases, cursor, read = 200, START, 0
    writers = [Writer(f"c{number}") for number in range(cases)]
    before = 0
    for start in range(0, events, BATCH):
        if start == 2 * BATCH:
            before = _resident_bytes()
        items = [
            writer.append(
                *(["x" * 60] * (BATCH // cases)), row=row(writer.case_id), clocks=[clock("handle", start)]
            )
            for writer in writers
        ]
        assert all(isinstance(result, AppendResult) for result in store.append_many(items))
        page = store.read_feed(cursor, limit=2 * BATCH)
        read += len(page.events)
        cursor = page.next
        store.checkpoint_set("reader", cursor, expected=store.checkpoint_get("reader"))
        trial.clock.now_us += 1
    grown = _resident_bytes() - before
    assert read == events
    assert {store.head(writer.case_id) for writer in writers} == {writer.head for writer in writers}
    assert grown < SLACK_BYTES + PER_MILLION_BYTES * events / 10**6
    trial.figures |= {"events": events, "grown_bytes": grown}
