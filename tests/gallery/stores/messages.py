"""Stores whose outbox loses, doubles or reorders messages."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING, Any
from unittest import mock

from gallery.stores.faulty import faulty
from gov_core.storage.accepting import check_claim
from gov_core.storage.delivery import claimed, redriven
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.memory._lanes import Lanes
from gov_core.storage.outbox import Claim, Sent

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.delivery import Delivery
    from gov_core.storage.outbox import Message, Settlement


@faulty("djjob #2", "https://github.com/seatgeek/djjob/issues/2", "S70")
class ClaimInTwoSteps(MemoryCaseStore):
    """A worker looks what is ready, and marks it as its own a moment later."""

    def outbox_claim(
        self,
        worker: str,
        *,
        lease_us: int,
        limit: int = 100,
        without: Collection[str] = (),
        deadline_s: float | None = None,
    ) -> tuple[Claim, ...]:
        check_claim(worker, lease_us)
        with self._use(deadline_s):
            now_us = self._now_us()
            kept = self._lanes._kept
            ready = sorted(
                (lane.ready_us(kept), lane.numbers[0])
                for (_, endpoint), lane in self._lanes._lanes.items()
                if endpoint not in without and lane.ready_us(kept) <= now_us
            )[: max(limit, 0)]
        sleep(0.001)
        claims = []
        with self._use(deadline_s):
            for _, number in ready:
                one = kept[number]
                if one.delivery.open:
                    one.delivery = claimed(one.delivery, worker, now_us + lease_us)
                    self._lanes._lanes[one.lane].claimed = number
                given = one.delivery
                claims.append(
                    Claim(
                        one.message,
                        one.case_id,
                        number,
                        given.attempts,
                        given.token,
                        one.written_us,
                        now_us + lease_us,
                    )
                )
        return tuple(claims)


@faulty("Celery #14", "https://github.com/celery/celery/issues/14", "S71 X29")
class AcknowledgedTooSoon(MemoryCaseStore):
    """A message is acknowledged when a worker takes it, and is lost with a worker that dies."""

    def outbox_claim(self, worker: str, **options: Any) -> tuple[Claim, ...]:
        with self._use():
            now_us = self._now_us()
            entries = [kept.entry for kept in self._lanes._kept.values()]
            lost = [each for each in entries if each.state == "leased" and each.ready_us <= now_us]
            super().outbox_settle([Sent(each.message.id, each.token) for each in lost])
            return super().outbox_claim(worker, **options)


@faulty("nats-server #4786", "https://github.com/nats-io/nats-server/issues/4786", "S72 X24 X29")
class TokenNotCompared(MemoryCaseStore):
    """A worker that comes too late settles the message that another one has by now."""

    def outbox_settle(self, settlements: Sequence[Settlement], **options: Any) -> list[StorageError | None]:
        with self._use():
            kept = {each.message.id: each.delivery.token for each in self._lanes._kept.values()}
            given = [each._replace(token=kept.get(each.id, each.token)) for each in settlements]
            return super().outbox_settle(given, **options)


@faulty("Occurrent #659", "https://github.com/johanhaleby/occurrent/issues/659", "S75")
class LeaseByTheWorkersClock(MemoryCaseStore):
    """Leases run by the clock of who asks, which may have been set back."""

    def outbox_claim(self, worker: str, **options: Any) -> tuple[Claim, ...]:
        with self._use(), mock.patch.object(self, "_now_us", self._clock):
            return super().outbox_claim(worker, **options)


class _ChangedLanes(MemoryCaseStore):
    kind: type[Lanes] = Lanes

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._lanes = self.kind()


class _Overtaking(Lanes):
    def claim(self, worker: str, now_us: int, **options: Any) -> tuple[Claim, ...]:
        for lane in self._lanes.values():
            lane.numbers.sort(key=lambda number: (self._kept[number].delivery.ready_us > now_us, number))
        claims = super().claim(worker, now_us, **options)
        for lane in self._lanes.values():
            lane.numbers.sort()
        return claims


@faulty("Pulsar #15317", "https://github.com/apache/pulsar/issues/15317", "X22")
class RetriesAreOvertaken(_ChangedLanes):
    """While a message waits to be tried again, those behind it go on."""

    kind = _Overtaking


class _Reused(Lanes):
    def write(self, case_id: str, messages: Sequence[Message], now_us: int) -> None:
        self._last = max(self._kept, default=0)
        super().write(case_id, messages, now_us)


@faulty("EF Core #2432", "https://github.com/dotnet/efcore/issues/2432", "X28")
class NumbersGivenAgain(_ChangedLanes):
    """The next number is one above the highest that is there, so that a forgotten one is given again."""

    kind = _Reused


def _with_first_token(delivery: Delivery, now_us: int) -> Delivery:
    return redriven(delivery, now_us)._replace(token=0)
