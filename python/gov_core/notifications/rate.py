"""How fast an endpoint may be sent to: a bucket that fills with time and is emptied by what is sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """What an endpoint bears.

    Attributes:
        per_s: Messages a second in the long run; above 0.
        burst: How many at once after a pause; at least 1.
    """

    per_s: float
    burst: int = 1


class Bucket:
    """What is left of a rate.

    Args:
        rate: What the endpoint bears.
        now_s: The present, in seconds of any steady clock.
    """

    def __init__(self, rate: Rate, now_s: float) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._at = now_s

    def take(self, now_s: float) -> bool:
        """Take one message out, if there is one."""
        self._fill(now_s)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    def wait_s(self, now_s: float) -> float:
        """How long until there is one, in seconds; 0 if there is."""
        self._fill(now_s)
        return max(0.0, (1.0 - self._left) / self._rate.per_s)

    def _fill(self, now_s: float) -> None:
        passed = max(0.0, now_s - self._at)  # a clock that stepped back gives nothing, and takes nothing
        self._left = min(float(self._rate.burst), self._left + passed * self._rate.per_s)
        self._at = now_s
