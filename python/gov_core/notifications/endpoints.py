"""How the endpoints of a worker stand: which get something now, which are left alone, and which are dead.

One worker knows what it saw itself; what all have to know is in the store. An endpoint that has gone is one
with a message buried under `GONE`, so that it stays shut in every worker, also after a restart, until
somebody redrives those messages. An endpoint is dead if it owes a message for days and has taken none since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from gov_core.notifications.breaker import Breaker, BreakerRule
from gov_core.notifications.rate import Bucket

if TYPE_CHECKING:
    from gov_core.notifications.channels import Endpoint
    from gov_core.storage.outbox import EndpointStats

DEAD_US: Final = 5 * 24 * 3600 * 1_000_000
"""After how long an endpoint that takes nothing is called dead: five days."""

AlertKind = Literal["gone", "dead", "buried"]


class Alert(NamedTuple):
    """Something that somebody has to look at.

    Attributes:
        kind: ``gone``: an endpoint is shut, for it said that it is gone. ``dead``: it has taken nothing for
            five days. ``buried``: a message was given up.
        endpoint: Which.
        message_id: Of the message that was buried; empty for others.
        error: Why, as a code.
    """

    kind: AlertKind
    endpoint: str
    message_id: str = ""
    error: str = ""


def is_dead(stats: EndpointStats, now_us: int) -> bool:
    """Whether an endpoint that has just failed owes a message for five days, and has taken none since.

    Args:
        stats: How it stands in the store.
        now_us: The present, by the clock of the store.
    """
    owed = [at for at in (stats.oldest_us, stats.buried_us) if at is not None]
    since = now_us - DEAD_US
    return bool(owed) and min(owed) <= since and (stats.sent_us is None or stats.sent_us <= since)


@dataclass
class Standing:
    """How one endpoint stands in one worker.

    Attributes:
        breaker: Whether it is left alone.
        bucket: What is left of its rate; None without one.
        busy: How many attempts are under way.
        concurrency: How many may be.
        rest_until_s: Until when it asked to be left alone.
    """

    breaker: Breaker
    bucket: Bucket | None
    busy: int
    concurrency: int
    rest_until_s: float = 0.0

    @classmethod
    def of(cls, endpoint: Endpoint, rule: BreakerRule, now_s: float) -> Standing:
        """A fresh one."""
        bucket = None if endpoint.rate is None else Bucket(endpoint.rate, now_s)
        return cls(Breaker(rule), bucket, 0, endpoint.concurrency)

    def shut_s(self, now_s: float) -> float:
        """How long it is to be left alone, in seconds; 0 if it is not."""
        return max(self.breaker.wait_s(now_s), self.rest_until_s - now_s, 0.0)

    def admit(self, now_s: float) -> bool:
        """Let one attempt begin, if one may."""
        # One that hangs must not have all threads of a worker until its breaker opens.
        most = 1 if self.breaker.suspect else self.concurrency
        if self.busy >= most or self.rest_until_s > now_s or self.breaker.is_open(now_s):
            return False
        if self.bucket is not None and not self.bucket.take(now_s):
            return False
        self.breaker.admit(now_s)
        self.busy += 1
        return True
