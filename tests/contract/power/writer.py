"""Writes to a store under the shim, and says after each call what is now acknowledged.

Usage: writer.py STORE SHIM SEED STEPS, with LD_PRELOAD=SHIM. Prints one JSON array a call: the command ids
that it acknowledged.
"""

from __future__ import annotations

import ctypes
import json
import random
import sys

from contract.harness import Writer, clock, row
from gov_core.storage.sqlite import SqliteCaseStore, _connections

_connections._CHECKPOINT_PAGES = 60  # so that a short run carries the log over many times


def main(path: str, shim: str, seed: str, steps: str) -> None:
    acknowledge = ctypes.CDLL(shim).acknowledge
    acknowledge.argtypes = [ctypes.c_uint64]
    rng = random.Random(seed)
    writers = [Writer(f"case-{number}") for number in range(8)]
    store = SqliteCaseStore(path)
    for step in range(int(steps)):
        chosen = rng.sample(writers, rng.choice([1, 1, 1, 4]))
        items = [
            writer.append(
                *(["x" * rng.choice([10, 500, 6_000])] * rng.randint(1, 3)),
                row=row(writer.case_id),
                clocks=[clock("handle", step)],
            )
            for writer in chosen
        ]
        store.append_many(items)
        acknowledge(step + 1)
        print(json.dumps([item.command_id for item in items]))
        if rng.random() < 0.1:
            store.seal()
        if rng.random() < 0.1:
            store.close()
            store = SqliteCaseStore(path)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
