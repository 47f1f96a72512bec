"""A worker: claims messages, hands them over, and settles what came of it, until it is told to stop.

One thread talks to the store and decides; a pool of threads makes the attempts. Threads, and not coroutines,
because a notifier blocks: mail, Apprise, and whatever the author of a plugin writes. Everything that is
decided is decided in the one thread, by values that are passed in, so there is nothing to lock.

What a worker has claimed and not begun it gives back untried when it stops, when the endpoint is to be left
alone, or when its lease would end before the attempt could. What it has begun, it settles. A worker that is
killed leaves its leases to run out; the messages are claimed again, with the same ids.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.errors import (
    DeadlineExceededError,
    Fault,
    GovCoreError,
    LeaseLostError,
    NotificationError,
    OutcomeUnknownError,
    StorageError,
    StoreUnavailableError,
)
from gov_core.notifications.breaker import Breaker, BreakerRule
from gov_core.notifications.delivering import GONE, Ready, settlement_of
from gov_core.notifications.describing import checked
from gov_core.notifications.endpoints import Alert, Standing, is_dead
from gov_core.notifications.protocol import Gone, Outcome, Retry, Unknown
from gov_core.notifications.schedule import Schedule, bounded
from gov_core.storage.clock import now_us
from gov_core.storage.outbox import Again, Buried, OutboxFilter, Sent

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from gov_core.notifications.delivering import Desk
    from gov_core.storage.outbox import Claim, Outbox, Settlement

_log = logging.getLogger("gov_core.notifications")
_log.addHandler(logging.NullHandler())

_SCHEDULE: Final = Schedule()
_RULE: Final = BreakerRule()
_SETTLE_S: Final = 0.02
"""How long results are gathered before they are settled together: a durable write a batch, not a message."""
_SPARE_S: Final = 1.0
"""How much longer than an attempt a lease is at least: it has to be settled, too."""
_AHEAD: Final = 2
"""How many attempts may wait for a thread for each that is under way, so that no thread is idle meanwhile."""
_LOOK_S: Final = 30.0
"""How often the store is asked which endpoints have gone, and who has come back."""
_ALARM_S: Final = 3600.0
"""How often the same alert about an endpoint is given at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a worker works.

    Attributes:
        threads: How many attempts it makes at once.
        batch: How many messages it claims at once.
        lease_s: How long it claims them for; longer than any attempt may take.
        poll_s: How long it waits when there is nothing to do.
        schedule: When to try again.
        breaker: When an endpoint is left alone.
    """

    threads: int = 8
    batch: int = 200
    lease_s: float = 120.0
    poll_s: float = 0.5
    schedule: Schedule = _SCHEDULE
    breaker: BreakerRule = _RULE


class _Done(NamedTuple):
    """An attempt that was made, or was not begun: then there is no outcome."""

    claim: Claim
    endpoint: str
    outcome: Outcome | None
    personal: bool


@dataclass
class Tally:
    """What a worker has done.

    Attributes:
        sent: Messages that were taken.
        failed: Attempts that were not, and are made again.
        buried: Messages that were given up.
    """

    sent: int = 0
    failed: int = 0
    buried: int = 0


def tell_the_log(alert: Alert) -> None:
    """An alert as a line of the log ``gov_core.notifications``."""
    _log.warning("%s: endpoint %s, message %s, %s", *alert[:2], alert.message_id or "-", alert.error or "-")


class Worker:
    """Delivers the messages of a store.

    Args:
        store: Where they are.
        desk: Makes them ready.
        name: Of the worker, for the operator.
        pace: How it works.
        alert: Who hears of what somebody has to look at; called in the thread of `run`.
        clock: A steady clock, in seconds.
        wall_us: The present, in microseconds since 1970.
        dice: What waits are drawn with.

    Raises:
        NotificationError: ``worker.short_lease``: an attempt could outlive its lease.
    """

    def __init__(
        self,
        store: Outbox,
        desk: Desk,
        *,
        name: str,
        pace: Pace = Pace(),  # immutable
        alert: Callable[[Alert], None] = tell_the_log,
        clock: Callable[[], float] = time.monotonic,
        wall_us: Callable[[], int] = now_us,
        dice: Random | None = None,
    ) -> None:
        _check_lease(desk, pace)
        self.tally = Tally()
        self._store, self._desk, self._name, self._pace = store, desk, name, pace
        self._alert, self._clock, self._wall_us = alert, clock, wall_us
        self._dice = dice or Random()  # noqa: S311  # spreads waits, keeps nothing secret
        self._standings: dict[str, Standing] = {}
        self._held: dict[str, deque[Claim]] = {}
        self._claimed_s: dict[str, float] = {}
        self._done: SimpleQueue[_Done] = SimpleQueue()
        self._unsettled: list[Settlement] = []
        self._gone: frozenset[str] = frozenset()
        self._looked_s = self._settled_s = float("-inf")
        self._alarmed_s: dict[tuple[str, str], float] = {}
        self._busy = 0

    def run(self, stop: threading.Event, *, until_empty: bool = False) -> Tally:
        """Work until told to stop.

        Args:
            stop: Set from outside, it lets the attempts that are under way end, and nothing begin.
            until_empty: Stop also when nothing is ready and nothing is under way.

        Returns:
            What was done.

        Raises:
            StorageError: The store cannot go on. A store that cannot be reached for a while is waited for.
        """
        with ThreadPoolExecutor(self._pace.threads, thread_name_prefix="gov-core-notify") as pool:
            try:
                while not stop.is_set():
                    claimed = self._claim()
                    self._begin(pool)
                    if self._busy:
                        self._gather(_SETTLE_S)
                    elif self._held:
                        stop.wait(_SETTLE_S)  # they wait for their rate
                    elif not claimed and not self._unsettled:
                        if until_empty:
                            break
                        stop.wait(self._pace.poll_s)
                    self._settle(at_once=not self._busy)
            finally:
                self._give_back()
                while self._busy:
                    self._gather(1.0)
                self._settle(at_once=True)
        return self.tally

    def _claim(self) -> int:
        """Claim as much as there is room for; how many."""
        room = self._pace.batch - self._busy - sum(map(len, self._held.values()))
        if room < self._pace.batch // 2 or len(self._unsettled) >= self._pace.batch:
            return 0
        now_s = self._clock()
        self._look(now_s)
        shut = {id_ for id_, standing in self._standings.items() if standing.shut_s(now_s) > 0}
        full = {id_ for id_, held in self._held.items() if len(held) >= self._standings[id_].concurrency * 4}
        try:
            claims = self._store.outbox_claim(
                self._name,
                lease_us=int(self._pace.lease_s * 1_000_000),
                limit=room,
                without=self._gone | shut | full,
            )
        except StorageError as error:
            self._bear(error)
            return 0
        for claim in claims:
            self._held.setdefault(claim.message.endpoint, deque()).append(claim)
            self._claimed_s[claim.message.id] = now_s
            self._standing(claim.message.endpoint, now_s)
        return len(claims)

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        """Begin what may begin, and give back what may not for too long."""
        now_s = self._clock()
        for id_ in list(self._held):
            standing, held = self._standing(id_, now_s), self._held[id_]
            wait_s = standing.shut_s(now_s)
            if wait_s > 0 or id_ in self._gone:
                self._return(held, wait_s or self._pace.poll_s)
            while held and self._is_late(held[0], now_s):
                self._return(held, self._pace.poll_s, 1)
            before = self._busy
            while held and self._busy < self._pace.threads * _AHEAD and standing.admit(now_s):
                self._busy += 1
                pool.submit(self._attempt, held.popleft())
            if not held or self._busy > before:
                del self._held[id_]
            if held and self._busy > before:
                self._held[id_] = held  # behind the others: each has its turn

    def _attempt(self, claim: Claim) -> None:
        """Make one attempt; in a thread of the pool."""
        personal = False
        outcome: Outcome | None
        if self._is_late(claim, self._clock()):  # it waited for a thread for too long
            self._done.put(_Done(claim, claim.message.endpoint, None, personal=False))
            return
        try:
            ready = self._desk.prepare(claim)
            if isinstance(ready, Ready):
                personal = ready.personal
                outcome = checked(ready.endpoint.notifier.send(ready.notification))
            else:
                outcome = ready
        except GovCoreError as error:
            outcome = Retry(error.code)
        except Exception as error:  # noqa: BLE001  # a notifier of others must not stop the worker
            # Neither message nor traceback: they may hold the address.
            _log.warning("a notifier raised %s for message %s", type(error).__name__, claim.message.id)
            outcome = Unknown("notify.raised")
        self._done.put(_Done(claim, claim.message.endpoint, outcome, personal))

    def _gather(self, wait_s: float) -> None:
        """Take in what has been done, as soon as anything has."""
        try:
            self._take(self._done.get(timeout=wait_s))
            while True:
                self._take(self._done.get_nowait())
        except Empty:
            return

    def _take(self, done: _Done) -> None:
        now_s = self._clock()
        standing = self._standing(done.endpoint, now_s)
        standing.busy -= 1
        self._busy -= 1
        outcome, claim = done.outcome, done.claim
        if outcome is None:
            standing.breaker.skipped()
            self._return(deque([claim]), 0.0)
            return
        self._claimed_s.pop(claim.message.id, None)
        if isinstance(outcome, Retry | Unknown):  # the endpoint, not the message, is at fault
            standing.breaker.failed(now_s)
            if isinstance(outcome, Retry) and outcome.after_s is not None:
                rest_s = bounded(outcome.after_s, self._pace.schedule.longest_s)
                standing.rest_until_s = max(standing.rest_until_s, now_s + rest_s)
            self._check_dead(done.endpoint, now_s, outcome.error)
        else:
            standing.breaker.taken()
        settlement = settlement_of(claim, outcome, self._pace.schedule, self._dice, personal=done.personal)
        if isinstance(outcome, Gone) and not done.personal:
            self._gone |= {done.endpoint}
            if self._is_due("gone", done.endpoint, now_s):
                self._alarmed_s["gone", done.endpoint] = now_s
                self._tell(Alert("gone", done.endpoint, "", GONE))
        match settlement:
            case Sent():
                self.tally.sent += 1
            case Again():
                self.tally.failed += 1
            case Buried(id=id_, error=error):
                self.tally.buried += 1
                self._tell(Alert("buried", done.endpoint, id_, error))
        self._unsettled.append(settlement)

    def _settle(self, *, at_once: bool) -> None:
        """Say what became of claims; if the store cannot be reached, say it the next time."""
        few = len(self._unsettled) < self._pace.batch // 4 and self._clock() - self._settled_s < _SETTLE_S
        if not self._unsettled or (few and not at_once):
            return
        self._settled_s = self._clock()
        try:
            results = self._store.outbox_settle(self._unsettled)
        except StorageError as error:
            self._bear(error)
            return
        for settlement, refused in zip(self._unsettled, results, strict=True):
            if isinstance(refused, LeaseLostError):
                _log.info("the lease on message %s was lost", settlement.id)
            elif refused is not None:
                _log.warning("message %s cannot be settled: %s", settlement.id, refused.code)
        self._unsettled = []

    def _bear(self, error: StorageError) -> None:
        """What passes is waited for; what does not, ends the worker."""
        if not isinstance(error, StoreUnavailableError | DeadlineExceededError | OutcomeUnknownError):
            raise error
        _log.warning("the store does not answer: %s", error.code)
        time.sleep(self._pace.poll_s)

    def _give_back(self) -> None:
        for held in self._held.values():
            self._return(held, 0.0)
        self._held.clear()

    def _return(self, held: deque[Claim], wait_s: float, most: int | None = None) -> None:
        for _ in range(len(held) if most is None else most):
            claim = held.popleft()
            self._claimed_s.pop(claim.message.id, None)
            after_us = int(wait_s * 1_000_000)
            self._unsettled.append(
                Again(claim.message.id, claim.token, after_us, "notify.untried", tried=False)
            )

    def _is_late(self, claim: Claim, now_s: float) -> bool:
        """Whether its lease could end before an attempt does."""
        endpoint = self._desk.channels.of(claim.message.endpoint)
        needs_s = _SPARE_S + (0.0 if endpoint is None else endpoint.deadline_s)
        return now_s - self._claimed_s.get(claim.message.id, now_s) + needs_s > self._pace.lease_s

    def _standing(self, id_: str, now_s: float) -> Standing:
        known = self._standings.get(id_)
        if known is None:
            endpoint = self._desk.channels.of(id_)
            rule = self._pace.breaker
            known = (
                Standing(Breaker(rule), None, 0, 1)
                if endpoint is None
                else Standing.of(endpoint, rule, now_s)
            )
            self._standings[id_] = known
        return known

    def _look(self, now_s: float) -> None:
        """Ask the store which endpoints have gone."""
        if now_s - self._looked_s < _LOOK_S:
            return
        self._looked_s = now_s
        try:
            stats = self._store.outbox_stats()
            self._gone = frozenset(
                one.endpoint for one in stats if one.buried and self._has_gone(one.endpoint)
            )
        except StorageError as error:
            self._bear(error)

    def _has_gone(self, endpoint: str) -> bool:
        after: int | None = 0
        while after is not None:
            page = self._store.outbox_entries(OutboxFilter("buried", endpoint), after=after, limit=500)
            if any(entry.error == GONE for entry in page.entries):
                return True
            after = page.next
        return False

    def _check_dead(self, endpoint: str, now_s: float, error: str) -> None:
        if not self._is_due("dead", endpoint, now_s):
            return
        try:
            stats = next((one for one in self._store.outbox_stats() if one.endpoint == endpoint), None)
        except StorageError:
            return
        self._alarmed_s["dead", endpoint] = now_s
        if stats is not None and is_dead(stats, self._wall_us()):
            self._tell(Alert("dead", endpoint, "", error))

    def _tell(self, alert: Alert) -> None:
        try:
            self._alert(alert)
        except Exception as error:  # noqa: BLE001  # whoever is told must not stop the worker
            _log.warning("nobody could be told of %s: %s", alert.endpoint, type(error).__name__)

    def _is_due(self, kind: str, endpoint: str, now_s: float) -> bool:
        return now_s - self._alarmed_s.get((kind, endpoint), float("-inf")) >= _ALARM_S


def _check_lease(desk: Desk, pace: Pace) -> None:
    """An attempt that outlives its lease is made twice at once."""
    channels = desk.channels
    faults = [
        Fault(
            "worker.short_lease",
            f"an attempt may take {endpoint.deadline_s:g} s, and a lease is {pace.lease_s:g} s",
            endpoint.id,
            f"give a lease above {endpoint.deadline_s + _SPARE_S:g} s",
        )
        for endpoint in (*channels.endpoints.values(), *channels.open.values())
        if endpoint.deadline_s + _SPARE_S >= pace.lease_s
    ]
    if faults:
        raise NotificationError(faults)
