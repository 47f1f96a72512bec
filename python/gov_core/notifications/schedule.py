"""When to try again: ten waits, each drawn from zero to its step (full jitter), then no more.

Waits that are drawn spread the attempts of messages that failed together. Where the receiver says how long it
wants to be left alone (Retry-After), it is left alone at least that long, within bounds: a receiver can slow
its own messages down, and not for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

MINUTE: Final = 60.0
HOUR: Final = 3600.0

TEN_STEPS: Final = (
    *(5.0, 30.0, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 24 * HOUR),
)
"""Longest wait after the first failure, the second …, in seconds: 2.3 days in all at most, half of it on
average, so that a receiver that is down over a weekend's night loses nothing."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often, and how far apart, a message is tried.

    Attributes:
        steps_s: Longest wait after each failure, in seconds; after one more failure it is given up.
        longest_s: Longest wait that a receiver can ask for, in seconds.
    """

    steps_s: tuple[float, ...] = TEN_STEPS
    longest_s: float = 24 * HOUR

    def wait_s(self, attempt: int, dice: Random, asked_s: float | None = None) -> float | None:
        """How long to wait after an attempt that failed, in seconds; None to give it up.

        Args:
            attempt: Which attempt failed, from 1.
            dice: What the wait is drawn with.
            asked_s: What the receiver asked for; None if it asked for nothing.
        """
        if attempt > len(self.steps_s):
            return None
        drawn = dice.uniform(0.0, self.steps_s[attempt - 1])
        return max(drawn, bounded(asked_s, self.longest_s))


def bounded(asked_s: float | None, longest_s: float) -> float:
    """What a receiver asked for, within bounds: 0 if it is no number, or a time that is over."""
    if asked_s is None or not asked_s > 0.0:
        return 0.0
    return min(asked_s, longest_s)
