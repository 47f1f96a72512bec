"""What workers promise with a notifier: each message once in effect, in order, as long as it takes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from gov_core.notifications.breaker import BreakerRule
from gov_core.notifications.channels import Channels
from gov_core.notifications.delivering import Desk
from gov_core.notifications.endpoints import DEAD_US, Alert
from gov_core.notifications.filling import Speech
from gov_core.notifications.notice import Manner, body_of
from gov_core.notifications.rate import Rate
from gov_core.notifications.schedule import TEN_STEPS, Schedule
from gov_core.notifications.templates import Templates
from gov_core.notifications.worker import Worker
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.outbox import Message, OutboxFilter
from gov_core.testing.notifier.faults import TAKE, Fault, Request, always
from gov_core.testing.notifier.promises import BODY, promise
from gov_core.testing.notifier.working import IMPATIENT, desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gov_core.notifications.worker import Pace
    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.notifier.faults import FaultServer
    from gov_core.testing.notifier.promises import Trial

DAY_US = 24 * 3600 * 1_000_000


@promise("N13", "network")
def waits_are_jittered(trial: Trial) -> None:
    """After a failure a message waits between nothing and its step, and not all wait alike."""
    clock = _Clock()
    store, server = MemoryCaseStore(clock=clock), trial.server(always("answer"))
    put(store, 60, cases=60)
    _work(trial, store, server, replace(IMPATIENT, schedule=Schedule()))
    entries = store.outbox_entries(limit=100).entries
    waits = [entry.ready_us - clock.now_us for entry in entries if entry.attempts == 1]
    assert len(waits) == 60
    assert all(0 <= wait <= TEN_STEPS[0] * 1_000_000 for wait in waits)
    assert len({*waits}) > 50
    assert min(waits) < TEN_STEPS[0] * 250_000
    assert max(waits) > TEN_STEPS[0] * 750_000


@promise("N14", "network")
def schedule_has_ten_steps(trial: Trial) -> None:
    """A message that always fails is tried eleven times, each time within its step after the one before."""
    clock, store, server = _failing(trial)
    tries = [clock.now_us]
    for step_s in TEN_STEPS:
        entry = store.outbox_entries().entries[0]
        assert entry.state == "waiting"
        assert entry.ready_us - clock.now_us <= step_s * 1_000_000
        clock.now_us = max(clock.now_us, entry.ready_us)
        tries.append(clock.now_us)
        _work(trial, store, server, replace(IMPATIENT, schedule=Schedule()))
    assert len(server.requests) == 11
    assert tries == sorted(tries)


@promise("N15", "network")
def what_cannot_be_delivered_is_buried(trial: Trial) -> None:
    """After the last step a message is buried, with a code, and what is behind it goes on."""
    server = trial.server(lambda got: Fault("answer", 500) if got.id == "msg_0" else TAKE)
    store = MemoryCaseStore()
    put(store, 3, cases=1)
    alerts: list[Alert] = []
    _work(trial, store, server, replace(IMPATIENT, schedule=Schedule((0.0,) * 10)), alert=alerts.append)
    entries = store.outbox_entries().entries
    assert [(entry.state, entry.attempts) for entry in entries] == [("buried", 11), ("sent", 1), ("sent", 1)]
    assert entries[0].error
    assert [(alert.kind, alert.message_id) for alert in alerts] == [("buried", "msg_0")]
    assert list(server.effects) == ["msg_1", "msg_2"]


@promise("N16", "network")
def what_was_buried_can_be_redriven(trial: Trial) -> None:
    """A buried message goes out again when somebody says so, with its old id."""
    broken = True
    server = trial.server(lambda _: Fault("answer", 500) if broken else TAKE)
    store = MemoryCaseStore()
    put(store, 2, cases=1)
    pace = replace(IMPATIENT, schedule=Schedule((0.0,) * 2))
    _work(trial, store, server, pace)
    assert [entry.state for entry in store.outbox_entries().entries] == ["buried", "buried"]
    broken = False
    assert store.outbox_redrive(OutboxFilter(endpoint="kit:0")) == 2
    _work(trial, store, server, pace)
    assert list(server.effects) == ["msg_0", "msg_1"]


@promise("N17", "network")
def order_is_kept_under_faults(trial: Trial) -> None:
    """With half of all attempts failing, messages take effect in order, each once, and none is lost."""
    dice = Random(trial.rng.random())
    server = trial.server(lambda _: any_fault(dice))
    store = MemoryCaseStore()
    count = int(200 * trial.scale)
    put(store, count, cases=20)
    _work(trial, store, server, IMPATIENT)
    check_effects([server], count, cases=20)
    trial.figures["failed attempts"] = 1 - count / len(server.requests)


@promise("N18", "network")
def other_lanes_go_on(trial: Trial) -> None:
    """An endpoint that hangs, and a message that never passes, hold up no other endpoint or case."""
    hanging = trial.server(always("hang"))
    server = trial.server(lambda got: Fault("answer", 500) if got.id == "msg_0" else TAKE)
    store = MemoryCaseStore()
    put(store, 100, cases=50, endpoints=2)
    urls = [trial.to(server.url), trial.to(hanging.url)]
    stop = threading.Event()
    pace = replace(
        IMPATIENT, schedule=Schedule((60.0,) * 10), breaker=BreakerRule(4, 60.0, 60.0), lease_s=10.0
    )
    worker = Worker(store, desk_of(trial.notifier(), urls, 2.0), name="w", pace=pace, dice=Random(1))
    thread = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    thread.start()
    blocked = {f"msg_{number}" for number in (0, 50)}  # the first case of the endpoint, and what is behind it
    wanted = {f"msg_{number}" for number in range(0, 100, 2)} - blocked
    _until(lambda: wanted <= set(server.effects), 40)
    stop.set()
    thread.join(20)
    assert set(server.effects) == wanted
    assert not hanging.effects


@promise("N19", "network")
def a_rate_is_kept(trial: Trial) -> None:
    """An endpoint gets no more than its rate and its burst, and that costs no message an attempt."""
    arrived: list[float] = []

    def decide(_: Request) -> Fault:
        arrived.append(time.monotonic())
        return TAKE

    server, store = trial.server(decide), MemoryCaseStore()
    put(store, 30, cases=30)
    desk = desk_of(trial.notifier(), [trial.to(server.url)])
    endpoint = desk.channels.endpoints["kit:0"]._replace(rate=Rate(100.0, 5))
    _run(store, Desk(Channels({"kit:0": endpoint}), Templates(), Speech("kit", {})), IMPATIENT)
    assert len(arrived) == 30
    assert arrived[-1] - arrived[0] >= 0.9 * 24 / 100
    assert {entry.attempts for entry in store.outbox_entries().entries} == {1}


@promise("N20", "network")
def a_worker_that_is_killed_loses_nothing(trial: Trial) -> None:
    """Workers are killed at any moment: nothing is lost, nothing takes effect twice, order is kept."""
    dice = Random(trial.rng.random())
    server = trial.server(lambda _: any_fault(dice))
    count, kills = int(200 * trial.scale), int(4 * trial.scale)
    torn(trial, server, count=count, cases=20, workers=1, kills=kills)


@promise("N21", "network")
def two_workers_share_the_work(trial: Trial) -> None:
    """Two workers on one store send each message once, as long as none of them dies."""
    server = trial.server()
    count = int(200 * trial.scale)
    torn(trial, server, count=count, cases=40, workers=2, kills=0)
    assert server.repeats == 0


@promise("N28", "network")
def an_endpoint_that_is_dead_is_told(trial: Trial) -> None:
    """An endpoint that takes nothing for five days is told, also if the worker was started anew meanwhile."""
    clock, store, server = _failing(trial)
    alerts: list[Alert] = []

    def tell(alert: Alert) -> None:
        alerts.append(alert)

    pace = replace(IMPATIENT, schedule=Schedule())
    for _ in range(4):
        clock.now_us += DAY_US
        _work(trial, store, server, pace, alert=tell, wall_us=clock)
    assert [alert for alert in alerts if alert.kind == "dead"] == []
    put(store, 1, cases=1, first=1)
    clock.now_us += 4 * DEAD_US // 10
    _work(trial, store, server, pace, alert=tell, wall_us=clock)
    assert [alert.endpoint for alert in alerts if alert.kind == "dead"] == ["kit:0"]


class _Clock:
    """The clock of a store, moved by hand."""

    def __init__(self) -> None:
        self.now_us = 1_760_000_000_000_000

    def __call__(self) -> int:
        return self.now_us


def any_fault(dice: Random) -> Fault:
    """Half of all requests fail: before the effect, after it, or in the middle of the answer."""
    roll = dice.random()
    if roll < 0.5:
        return TAKE
    if roll < 0.72:
        return Fault("answer", dice.choice((500, 502, 503, 408)))
    if roll < 0.80:
        return Fault("answer", 429, (("Retry-After", "0"),))
    if roll < 0.90:
        return Fault("reset")
    if roll < 0.96:
        return Fault("lose")
    return Fault("cut") if roll < 0.995 else Fault("hang")


def put(store: CaseStore, count: int, *, cases: int, endpoints: int = 1, first: int = 0) -> None:
    """Write messages, ``msg_0`` of ``C-0`` to ``kit:0``, the next of the next case to the next endpoint.

    Args:
        store: Where to.
        count: How many.
        cases: Of how many cases.
        endpoints: To how many endpoints.
        first: Number of the first.
    """
    from gov_core.storage.protocol import NEW
    from gov_core.testing.store.writing import append

    for number in range(first, first + count):
        case_id = f"C-{number % cases}"
        said = BODY.replace(b'"C-1"', f'"{case_id}"'.encode()).replace(
            b'"version":7', f'"version":{number}'.encode()
        )
        to = str(number % endpoints)
        body = body_of(said, Manner(to, "kit", "zh"))
        head = store.head(case_id) if number >= cases or first else NEW
        item = append(case_id, head, "told", command_id=f"put-{number}")
        store.append(item._replace(outbox=(Message(f"msg_{number}", f"kit:{to}", body),)))


def check_effects(servers: Iterable[FaultServer], count: int, *, cases: int) -> None:
    """Each message took effect once, at one receiver, behind those of its case that were written before."""
    found: list[str] = []
    for server in servers:
        orders: dict[int, list[int]] = defaultdict(list)
        for id_ in server.effects:
            number = int(id_.removeprefix("msg_"))
            orders[number % cases].append(number)
        assert all(order == sorted(order) for order in orders.values())
        found += server.effects
    assert len(found) == len({*found})
    assert {*found} == {f"msg_{number}" for number in range(count)}


def torn(
    trial: Trial, server: FaultServer, *, count: int, cases: int, workers: int, kills: int, url: str = ""
) -> None:
    """Let workers be killed while they deliver, and look at what took effect.

    Args:
        trial: Whose notifier.
        server: Receives.
        count: How many messages.
        cases: Of how many cases.
        workers: How many at once.
        kills: How often one of them is killed, and started anew.
        url: Of the store, new and empty; a file of SQLite if empty.
    """
    from gov_core.storage.opening import open_store

    url = url or f"sqlite:///{trial.folder / 'cases.db'}"
    store = open_store(url)
    put(store, count, cases=cases)
    names = iter(range(1_000_000))
    running = [process(trial.spec, url, next(names), server.url) for _ in range(workers)]
    try:
        for _ in range(kills):
            enough = len(server.requests) + count // (kills + 2) // 2
            _until(partial(_has_come, server, enough), 60)
            time.sleep(trial.rng.random() * 0.05)
            victim = trial.rng.randrange(workers)
            running[victim].kill()
            stop(running[victim])
            running[victim] = process(trial.spec, url, next(names), server.url)
        _until(lambda: _is_done(store), 60 + count / 20)
    finally:
        for each in running:
            stop(each)
        left = [(one.waiting, one.buried) for one in store.outbox_stats()]
        store.close()
    assert left == [(0, 0)]
    check_effects([server], count, cases=cases)
    trial.figures["failed attempts"] = 1 - count / len(server.requests)
    trial.figures["repeats"] = server.repeats


def _has_come(server: FaultServer, enough: int) -> bool:
    return len(server.requests) > enough


def _is_done(store: CaseStore) -> bool:
    return all(one.waiting == one.buried == 0 for one in store.outbox_stats())


def process(spec: str, url: str, number: int, *urls: str) -> subprocess.Popen[bytes]:
    """A worker as a process, see `gov_core.testing.notifier.working`.

    Args:
        spec: Name of the harness.
        url: Of the store.
        number: Of the worker.
        *urls: Of the endpoints.
    """
    command = [sys.executable, "-m", "gov_core.testing.notifier.working", url, spec, f"w{number}", *urls]
    return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603  # this program


def stop(worker: subprocess.Popen[bytes]) -> None:
    """Let a worker end what it has begun, and wait for it."""
    if worker.stdin is not None:
        worker.stdin.close()
    try:
        worker.wait(20)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait(10)


def _until(done: Callable[[], bool], limit_s: float) -> None:
    until = time.monotonic() + limit_s
    while not done():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def _failing(trial: Trial) -> tuple[_Clock, MemoryCaseStore, FaultServer]:
    """A message whose first attempt has failed, on a clock that stands still."""
    clock = _Clock()
    store, server = MemoryCaseStore(clock=clock), trial.server(always("answer"))
    put(store, 1, cases=1)
    _work(trial, store, server, replace(IMPATIENT, schedule=Schedule()))
    return clock, store, server


def _work(trial: Trial, store: CaseStore, server: FaultServer, pace: Pace, **more: object) -> None:
    _run(store, desk_of(trial.notifier(), [trial.to(server.url)]), pace, **more)


def _run(store: CaseStore, desk: Desk, pace: Pace, **more: object) -> None:
    """Work until nothing is ready."""
    worker = Worker(store, desk, name="kit", pace=pace, dice=Random(7), **more)  # type: ignore[arg-type]
    idle = 0
    while idle < 3:  # what waits a moment for its next attempt is worth waiting for
        before = worker.tally.sent + worker.tally.failed + worker.tally.buried
        worker.run(threading.Event(), until_empty=True)
        idle = idle + 1 if before == worker.tally.sent + worker.tally.failed + worker.tally.buried else 0
        time.sleep(0.03)
