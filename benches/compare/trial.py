"""One contestant in a process of its own: pinned to one core unless said, several runs, the median counts."""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Record = dict[str, Any]

BENCHES = Path(__file__).parents[1]
RUNS = 7
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "TOKIO_WORKER_THREADS",
)


@dataclass(frozen=True)
class Timing:
    """Seconds of each run: by the clock on the wall, and of work done by this process in all its threads."""

    wall: list[float]
    cpu: list[float]

    @property
    def seconds(self) -> float:
        """The median that counts: of work where the process has one core, of the clock where it has more.

        On a quiet machine the two are the same; on a busy one a pinned process waits for its core.
        """
        return statistics.median(self.cpu if _is_pinned() else self.wall)


def timed(work: Callable[[], T], runs: int = RUNS) -> tuple[Timing, T]:
    """Run once to warm up, then `runs` times; returns the time of each and the first result."""
    result = work()
    wall, cpu = [], []
    for _ in range(runs):
        by_wall, by_cpu = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - by_wall)
        cpu.append(time.process_time() - by_cpu)
    return Timing(wall, cpu), result


def per_item(timing: Timing, items: int) -> Record:
    """What a record says about runs over a number of items."""
    return {
        "runs": len(timing.wall),
        "items": items,
        "seconds": timing.seconds,
        "wall_seconds": statistics.median(timing.wall),
        "ns": timing.seconds / items * 1e9,
    }


def contest(
    row: str, contestant: str, *, threads: int = 1, level: str | None = None, **given: object
) -> Record:
    """Run a contestant of a row in a new process and return its record.

    Args:
        row: Module in compare.rows.
        contestant: Function in it; returns a dict and asserts its own answers.
        threads: With 1 the process is pinned to the last core; else all cores are free to it.
        level: Lowers the instruction set that gov_core uses.
        **given: Passed to the function; the record repeats them.
    """
    command = [sys.executable, "-m", "compare.trial", row, contestant, json.dumps(given)]
    done = _run(command, threads=threads, level=level)
    record = {"contestant": contestant, "threads": threads, **given, **json.loads(done.splitlines()[-1])}
    said = " ".join(str(value) for value in given.values())
    tell(f"  {contestant} {said} {level or ''} {threads} thread(s): {record['ns']:,.1f} ns")
    return record


def whole_process(command: list[str], *, threads: int = 1, runs: int = RUNS) -> Timing:
    """Time a command from start to exit by the wall clock, after one run to warm the caches of files."""
    return timed(partial(_run, command, threads=threads), runs)[0]


def output_of(command: list[str]) -> str:
    """What a command prints, pinned to one core and run in the repository."""
    return _run(command, threads=1)


def tell(line: str) -> None:
    """Say on stderr how far it is."""
    print(line, file=sys.stderr, flush=True)


def peak_rss() -> int:
    """The most memory this process has had so far, in bytes (Linux)."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _run(command: list[str], *, threads: int, level: str | None = None) -> str:
    env = dict(os.environ, PYTHONPATH=str(BENCHES))
    if threads == 1:
        env |= dict.fromkeys(_ONE_THREAD, "1")
    if level:
        env["GOV_CORE_LEVEL"] = level
    pin = _pin if threads == 1 and hasattr(os, "sched_setaffinity") else None
    done = subprocess.run(
        command, cwd=BENCHES.parent, env=env, preexec_fn=pin, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def _is_pinned() -> bool:
    return hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) == 1


def _pin() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    _, row, contestant, given = sys.argv
    print(
        json.dumps(getattr(importlib.import_module(f"compare.rows.{row}"), contestant)(**json.loads(given)))
    )
