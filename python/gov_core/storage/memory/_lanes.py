"""The outbox of a store in memory: lanes of messages. A claim looks at every lane that has one."""

from __future__ import annotations

from bisect import bisect_right, insort
from heapq import nsmallest
from typing import TYPE_CHECKING

from gov_core.storage.accepting import settlement_refusal
from gov_core.storage.delivery import Delivery, claimed, redriven, settled, unclaimed, written
from gov_core.storage.outbox import Claim, EndpointStats, OutboxEntry, OutboxFilter, OutboxPage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Message, Settlement


class _Kept:
    """A message, and how far it has come."""

    __slots__ = ("case_id", "delivery", "message", "number", "written_us")

    def __init__(self, message: Message, case_id: str, number: int, written_us: int) -> None:
        self.message, self.case_id, self.number, self.written_us = message, case_id, number, written_us
        self.delivery = written(message, written_us)

    @property
    def lane(self) -> tuple[str, str]:
        return self.case_id, self.message.endpoint

    @property
    def entry(self) -> OutboxEntry:
        state, attempts, ready_us, settled_us, error, token, worker = self.delivery
        return OutboxEntry(
            self.message,
            self.case_id,
            self.number,
            state,
            attempts,
            self.written_us,
            ready_us,
            settled_us,
            error,
            token,
            worker,
        )


class _Lane:
    """What of a case and an endpoint is neither sent nor buried."""

    __slots__ = ("claimed", "numbers")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.claimed = 0  # the message that was claimed last

    def ready_us(self, kept: dict[int, _Kept]) -> int:
        """When its first message may be claimed: not while somebody has another one of it.

        That arises when a message in front of it was buried and is to be tried again.
        """
        first, last = kept[self.numbers[0]].delivery, kept.get(self.claimed)
        if last is not None and last.delivery.state == "leased":
            return max(first.ready_us, last.delivery.ready_us)
        return first.ready_us


class Lanes:
    """Messages by number and by lane. What is passed in has been checked."""

    def __init__(self) -> None:
        self._last = 0
        self._kept: dict[int, _Kept] = {}  # in the order of numbers
        self._numbers: dict[str, int] = {}
        self._lanes: dict[tuple[str, str], _Lane] = {}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._numbers

    def write(self, case_id: str, messages: Sequence[Message], now_us: int) -> None:
        """Put messages of a case behind all others."""
        for message in messages:
            self._last += 1
            self._add(_Kept(message, case_id, self._last, now_us))

    def claim(
        self, worker: str, now_us: int, *, lease_us: int, limit: int, without: Collection[str]
    ) -> tuple[Claim, ...]:
        """Give a worker the first message of each lane that is ready."""
        ready = (
            (ready_us, lane.numbers[0])
            for (_, endpoint), lane in self._lanes.items()
            if endpoint not in without and (ready_us := lane.ready_us(self._kept)) <= now_us
        )
        claims = []
        for _, number in nsmallest(limit, ready):
            kept = self._kept[number]
            self._lanes[kept.lane].claimed = number
            _, attempts, until_us, _, _, token, _ = kept.delivery = claimed(
                kept.delivery, worker, now_us + lease_us
            )
            claims.append(
                Claim(kept.message, kept.case_id, number, attempts, token, kept.written_us, until_us)
            )
        return tuple(claims)

    def settle(self, settlements: Sequence[Settlement], now_us: int) -> list[StorageError | None]:
        """Say what became of claims."""
        results: list[StorageError | None] = []
        for settlement in settlements:
            named = "" if settlement_refusal(settlement) else settlement.id
            kept = self._kept.get(self._numbers.get(named, 0))
            after = settled(kept.delivery if kept else None, settlement, now_us)
            if not isinstance(after, Delivery):
                results.append(after)
                continue
            results.append(None)
            if kept is not None:
                self._turn(kept, after)
        return results

    def page(self, where: OutboxFilter, after: int, limit: int) -> OutboxPage:
        """Messages behind a number."""
        found = []
        for entry in self._matching(where):
            if entry.number > after:
                found.append(entry)
                if len(found) > limit:
                    break
        shown = tuple(found[:limit])
        return OutboxPage(shown, shown[-1].number if shown and len(found) > limit else None)

    def stats(self) -> tuple[EndpointStats, ...]:
        """How each endpoint stands."""
        by_endpoint: dict[str, list[OutboxEntry]] = {}
        for entry in self._matching(OutboxFilter()):
            by_endpoint.setdefault(entry.message.endpoint, []).append(entry)
        return tuple(_stats(endpoint, entries) for endpoint, entries in sorted(by_endpoint.items()))

    def redrive(self, where: OutboxFilter, now_us: int) -> int:
        """Let buried messages be tried again."""
        buried = [entry.number for entry in self._matching(where._replace(state="buried"))]
        for number in buried:
            self._turn(self._kept[number], redriven(self._kept[number].delivery, now_us))
        return len(buried)

    def prune(self, settled_before_us: int) -> int:
        """Forget messages that were sent before a time."""
        gone = [
            entry
            for entry in self._matching(OutboxFilter("sent"))
            if entry.settled_us is not None and entry.settled_us < settled_before_us
        ]
        for entry in gone:
            del self._kept[entry.number], self._numbers[entry.message.id]
        return len(gone)

    def entries(self) -> Iterator[OutboxEntry]:
        """All messages, to be moved."""
        return map(unclaimed, self._matching(OutboxFilter()))

    def take(self, entry: OutboxEntry) -> None:
        """Keep a message of another store.

        Raises:
            ValueError: It does not stand behind those that are here, or its id is known.
        """
        message, case_id, number, state, attempts, written_us, ready_us, settled_us, error, token, worker = (
            entry
        )
        if number <= self._last or message.id in self:
            raise ValueError(f"message {number} comes twice or too late")
        kept = _Kept(message, case_id, number, written_us)
        kept.delivery = Delivery(state, attempts, ready_us, settled_us, error, token, worker)
        self._last = number
        self._add(kept)

    def _add(self, kept: _Kept) -> None:
        self._kept[kept.number] = kept
        self._numbers[kept.message.id] = kept.number
        if kept.delivery.open:
            self._lanes.setdefault(kept.lane, _Lane()).numbers.append(kept.number)

    def _turn(self, kept: _Kept, after: Delivery) -> None:
        """Let a message be what it is now, and its lane know it."""
        before, kept.delivery = kept.delivery, after
        if before.open and not after.open:
            numbers = self._lanes[kept.lane].numbers
            del numbers[bisect_right(numbers, kept.number) - 1]
            if not numbers:
                del self._lanes[kept.lane]
        elif after.open and not before.open:
            insort(self._lanes.setdefault(kept.lane, _Lane()).numbers, kept.number)

    def _matching(self, where: OutboxFilter) -> Iterator[OutboxEntry]:
        for kept in self._kept.values():
            if (
                where.state in (None, kept.delivery.state)
                and where.endpoint in (None, kept.message.endpoint)
                and where.case_id in (None, kept.case_id)
            ):
                yield kept.entry


def _stats(endpoint: str, entries: Sequence[OutboxEntry]) -> EndpointStats:
    waiting = [entry for entry in entries if entry.settled_us is None]
    sent = [entry for entry in entries if entry.state == "sent"]
    buried = [entry for entry in entries if entry.state == "buried"]
    return EndpointStats(
        endpoint,
        len(waiting),
        len(sent),
        len(buried),
        min((entry.written_us for entry in waiting), default=None),
        max((entry.settled_us for entry in sent if entry.settled_us is not None), default=None),
        min((entry.written_us for entry in buried), default=None),
    )
