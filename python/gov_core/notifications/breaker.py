"""Leaves an endpoint alone that takes nothing: after some failures in a row, for a while that doubles.

Closed, it lets everything pass. Open, nothing. When its while is over one attempt may pass; if that is taken
it closes, else it opens for twice as long, up to a bound. Messages wait in the store meanwhile, and their
attempts are not used up against a wall.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When an endpoint is left alone.

    Attributes:
        failures: After how many in a row; at least 1.
        first_s: For how long at first, in seconds.
        longest_s: For how long at most.
    """

    failures: int = 10
    first_s: float = 5.0
    longest_s: float = 900.0


class Breaker:
    """How one endpoint stands.

    Args:
        rule: When it is left alone.
    """

    def __init__(self, rule: BreakerRule) -> None:
        self._rule = rule
        self._failures = 0
        self._times = 0
        self._until = 0.0
        self._trying = False

    @property
    def suspect(self) -> bool:
        """Whether a third of the failures that open it came in a row: it may hang, and others would wait."""
        return self._failures >= max(1, self._rule.failures // 3)

    def is_open(self, now_s: float) -> bool:
        """Whether nothing may pass now, in seconds of any steady clock."""
        return self._times > 0 and (now_s < self._until or self._trying)

    def admit(self, now_s: float) -> bool:
        """Let one attempt pass, if one may; of one that is open after its while, a single one."""
        if self.is_open(now_s):
            return False
        self._trying = self._times > 0
        return True

    def taken(self) -> None:
        """An attempt was answered: the endpoint is there."""
        self._failures = self._times = 0
        self._trying = False

    def skipped(self) -> None:
        """An attempt that was let pass was not made."""
        self._trying = False

    def failed(self, now_s: float) -> bool:
        """An attempt failed; whether the breaker has opened by that."""
        self._failures += 1
        if self._times == 0 and self._failures < self._rule.failures:
            return False
        if self._times > 0 and not self._trying:
            return False  # an attempt that was under way when it opened
        self._trying = False
        self._times += 1
        self._until = now_s + min(self._rule.longest_s, self._rule.first_s * 2.0 ** (self._times - 1))
        return True

    def wait_s(self, now_s: float) -> float:
        """How long nothing may pass, in seconds; 0 if something may."""
        return max(0.0, self._until - now_s) if self._times > 0 else 0.0
