"""The clock of a store, unless it is given another."""

from __future__ import annotations

import time


def now_us() -> int:
    """The time of this machine, in microseconds since 1970 UTC."""
    return time.time_ns() // 1000
