"""A worker over a store: what it sends, tries again, gives up, gives back and leaves alone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.errors import (
    Fault,
    NotificationError,
    OutcomeUnknownError,
    PayloadRejectedError,
    StorageError,
    StoreClosedError,
    StoreUnavailableError,
    UnsealError,
)
from gov_core.notifications.breaker import BreakerRule
from gov_core.notifications.channels import Channels, Endpoint
from gov_core.notifications.delivering import GONE, Desk
from gov_core.notifications.endpoints import Alert, Standing, is_dead
from gov_core.notifications.filling import Speech
from gov_core.notifications.notice import Manner, body_of
from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    Delivered,
    Gone,
    Notification,
    NotifierDescription,
    Outcome,
    Rejected,
    Retry,
    Unknown,
)
from gov_core.notifications.rate import Rate
from gov_core.notifications.schedule import Schedule
from gov_core.notifications.templates import Template, Templates
from gov_core.notifications.worker import Pace, Worker
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.outbox import EndpointStats, Message, OutboxFilter
from gov_core.testing.store.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

PAYLOAD = (
    b'{"type":"case_closed","timestamp":"2026-03-02T01:00:00.000000Z",'
    b'"data":{"case":"C-1","version":1,"state":"closed","event":{}}}'
)
FAST = Pace(threads=4, poll_s=0.01, schedule=Schedule((0.0,) * 10), breaker=BreakerRule(1000, 0.01, 0.01))


class Script:
    """A notifier that answers by a rule, and keeps what it was given."""

    def __init__(self, answer: Callable[[Notification], Outcome], carries: Any = "event") -> None:
        self.answer, self.carries = answer, carries
        self.given: list[Notification] = []
        self._lock = threading.Lock()

    def describe(self) -> NotifierDescription:
        return NotifierDescription(
            "script",
            NOTIFIER_CONTRACT,
            self.carries,
            "url",
            idempotent=True,
            deadlines=True,
            max_bytes=20_000,
        )

    def send(self, notification: Notification) -> Outcome:
        with self._lock:
            self.given.append(notification)
        return self.answer(notification)

    def close(self) -> None:
        pass


def taken(notification: Notification) -> Outcome:
    del notification
    return Delivered()


def outbox(*messages: tuple[str, str, str], **manner: str) -> MemoryCaseStore:
    """A store with messages: id, case, endpoint."""
    store = MemoryCaseStore()
    writers: dict[str, Writer] = {}
    for id_, case_id, endpoint in messages:
        channel, _, to = endpoint.partition(":")
        said = {"to": to, "channel": channel, "language": "zh"} | manner
        body = body_of(PAYLOAD, Manner(**said))  # type: ignore[arg-type]
        item = writers.setdefault(case_id, Writer(case_id)).append(id_)
        store.append(item._replace(outbox=(Message(id_, endpoint, body),)))
    return store


def desk(script: Script, *ids: str, templates: Templates | None = None, **more: Any) -> Desk:
    endpoints = {id_: Endpoint(id_, script, f"to-{id_}", **more) for id_ in ids or ("hook:A", "hook:B")}
    return Desk(Channels(endpoints), templates or Templates(), Speech("town", {}))


def work(store: MemoryCaseStore, by: Desk, pace: Pace = FAST, **more: Any) -> Worker:
    worker = Worker(store, by, name="w", pace=pace, dice=Random(1), **more)
    worker.run(threading.Event(), until_empty=True)
    return worker


def states(store: MemoryCaseStore) -> dict[str, tuple[str, str]]:
    return {entry.message.id: (entry.state, entry.error) for entry in store.outbox_entries().entries}


def test_what_waits_is_sent_once_and_in_order() -> None:
    ids = [(f"m{n}", f"C-{n % 3}", "hook:A") for n in range(30)]
    script = Script(taken)
    worker = work(outbox(*ids), desk(script))
    assert worker.tally.sent == 30
    assert sorted(each.id for each in script.given) == sorted(id_ for id_, *_ in ids)
    for case in range(3):
        seqs = [each.seq for each in script.given if each.case_id == f"C-{case}"]
        assert seqs == sorted(seqs)
    assert {(each.to, each.body, each.title) for each in script.given} == {("to-hook:A", PAYLOAD, "")}


def test_what_fails_is_tried_again_before_what_is_behind_it() -> None:
    script = Script(lambda sent: Delivered() if sent.attempt > 2 else Retry("http.503"))
    work(outbox(("m1", "C-1", "hook:A"), ("m2", "C-1", "hook:A")), desk(script))
    assert [(each.id, each.attempt) for each in script.given] == [
        *(("m1", attempt) for attempt in (1, 2, 3)),
        *(("m2", attempt) for attempt in (1, 2, 3)),
    ]


@pytest.mark.parametrize("outcome", [Retry("net.refused"), Unknown("net.timeout")])
def test_after_the_last_step_it_is_given_up_and_the_rest_goes_on(outcome: Outcome) -> None:
    script = Script(lambda sent: outcome if sent.id == "m1" else Delivered())
    alerts: list[Alert] = []
    store = outbox(("m1", "C-1", "hook:A"), ("m2", "C-1", "hook:A"))
    work(store, desk(script), alert=alerts.append)
    assert states(store) == {"m1": ("buried", outcome.error), "m2": ("sent", "")}  # type: ignore[union-attr]
    assert [each.attempt for each in script.given if each.id == "m1"] == list(range(1, 12))
    assert alerts == [Alert("buried", "hook:A", "m1", outcome.error)]  # type: ignore[union-attr]
    assert store.outbox_redrive() == 1
    script.answer = taken
    work(store, desk(script))
    assert states(store)["m1"][0] == "sent"


def test_what_is_rejected_is_not_tried_again() -> None:
    script = Script(lambda _: Rejected("http.400"))
    store = outbox(("m1", "C-1", "hook:A"))
    work(store, desk(script))
    assert states(store) == {"m1": ("buried", "http.400")}
    assert len(script.given) == 1


def test_an_endpoint_that_has_gone_gets_nothing_until_it_is_redriven() -> None:
    script = Script(lambda sent: Gone() if sent.to == "to-hook:A" else Delivered())
    alerts: list[Alert] = []
    store = outbox(("m1", "C-1", "hook:A"), ("m2", "C-1", "hook:A"), ("m3", "C-1", "hook:B"))
    work(store, desk(script), alert=alerts.append)
    assert states(store) == {"m1": ("buried", GONE), "m2": ("waiting", ""), "m3": ("sent", "")}
    assert Alert("gone", "hook:A", "", GONE) in alerts
    work(store, desk(script))  # another worker learns it from the store
    assert [each.id for each in script.given if each.to == "to-hook:A"] == ["m1"]
    assert store.outbox_redrive(OutboxFilter(endpoint="hook:A")) == 1
    script.answer = taken
    work(store, desk(script))
    assert {state for state, _ in states(store).values()} == {"sent"}


def test_a_notifier_that_raises_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def answer(sent: Notification) -> Outcome:
        if sent.id == "m1":
            raise RuntimeError(f"cannot reach {sent.to}")
        return Delivered()

    store = outbox(("m1", "C-1", "hook:A"), ("m2", "C-2", "hook:A"))
    work(store, desk(Script(answer)))
    assert states(store) == {"m1": ("buried", "notify.raised"), "m2": ("sent", "")}
    assert "to-hook:A" not in caplog.text


def test_a_template_that_fails_buries_its_own_message_alone() -> None:
    own = Template("long", "zh", "t", "{% for x in case %}{{ case }}{{ city }}{% endfor %}" * 100)
    templates = Templates({("long", "zh"): own})
    store = outbox(("m1", "C-1", "hook:A"), template="long")
    store.append(Writer("C-2").append("x")._replace(outbox=(_plain("m2"),)))
    script = Script(taken, "text")
    work(store, desk(script, templates=templates))
    assert states(store) == {"m1": ("buried", "template.too_long"), "m2": ("sent", "")}


def _plain(id_: str) -> Message:
    return Message(id_, "hook:A", body_of(PAYLOAD, Manner("A", "hook", "zh")))


def test_bodies_of_others_are_buried() -> None:
    store = MemoryCaseStore()
    bad = (Message("m1", "hook:A", b"\xff"), Message("m2", "hook:A", b"{}\n" + PAYLOAD))
    store.append(Writer("C-1").append("x")._replace(outbox=(*bad, _plain("m3"))))
    script = Script(taken, "text")
    work(store, desk(script))
    assert [error for _, error in states(store).values()] == ["notice.unreadable", "notice.unreadable", ""]


def test_an_endpoint_that_nobody_knows_is_tried_by_the_schedule() -> None:
    store = outbox(("m1", "C-1", "hook:NEW"))
    work(store, desk(Script(taken)))
    assert states(store) == {"m1": ("buried", "notify.no_endpoint")}


def test_a_rate_holds_messages_back_and_costs_no_attempts() -> None:
    ids = [(f"m{n}", f"C-{n}", "hook:A") for n in range(10)]
    script = Script(taken)
    started = time.monotonic()
    work(outbox(*ids), desk(script, rate=Rate(50.0, 2)))
    assert time.monotonic() - started >= 8 / 50
    assert {each.attempt for each in script.given} == {1}


def test_no_more_is_under_way_than_the_endpoint_takes() -> None:
    under_way, most = 0, 0
    lock = threading.Lock()

    def answer(_: Notification) -> Outcome:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.005)
        with lock:
            under_way -= 1
        return Delivered()

    work(outbox(*[(f"m{n}", f"C-{n}", "hook:A") for n in range(30)]), desk(Script(answer), concurrency=2))
    assert most <= 2


def test_a_breaker_that_opens_gives_back_what_was_not_tried() -> None:
    script = Script(lambda _: Retry("net.refused"))
    pace = Pace(threads=2, poll_s=0.01, schedule=Schedule((60.0,)), breaker=BreakerRule(3, 60.0, 60.0))
    store = outbox(*[(f"m{n}", f"C-{n}", "hook:A") for n in range(40)], ("b", "C-1", "hook:B"))
    worker = Worker(store, desk(script, concurrency=1), name="w", pace=pace, dice=Random(1))
    stop = threading.Event()

    def watch() -> None:
        while len(script.given) < 4:  # three of the one endpoint, one of the other
            time.sleep(0.01)
        time.sleep(0.2)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    worker.run(stop)
    entries = store.outbox_entries(OutboxFilter(endpoint="hook:A")).entries
    assert sum(entry.attempts for entry in entries) == 3
    assert {entry.state for entry in entries} == {"waiting"}


def test_a_stop_gives_back_what_was_not_begun_and_settles_what_was() -> None:
    stop = threading.Event()

    def answer(_: Notification) -> Outcome:
        stop.set()
        time.sleep(0.05)
        return Delivered()

    store = outbox(*[(f"m{n}", f"C-{n}", "hook:A") for n in range(20)])
    worker = Worker(store, desk(Script(answer), concurrency=2), name="w", pace=FAST)
    worker.run(stop)
    entries = store.outbox_entries().entries
    assert {entry.state for entry in entries} == {"waiting", "sent"}
    assert all(entry.attempts == (entry.state == "sent") for entry in entries)


def test_two_workers_share_the_work() -> None:
    script = Script(taken)
    store = outbox(*[(f"m{n}", f"C-{n % 20}", "hook:A") for n in range(200)])
    workers = [Worker(store, desk(script), name=f"w{n}", pace=FAST) for n in range(2)]
    threads = [
        threading.Thread(target=worker.run, args=(threading.Event(),), kwargs={"until_empty": True})
        for worker in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    work(store, desk(script))
    assert len({each.id for each in script.given}) == len(script.given) == 200


def test_retry_after_rests_the_whole_endpoint() -> None:
    script = Script(lambda sent: Retry("http.429", 0.2) if sent.attempt == 1 else Delivered())
    store = outbox(("m1", "C-1", "hook:A"), ("m2", "C-2", "hook:A"))
    started = time.monotonic()
    stop = threading.Event()
    worker = Worker(store, desk(script, concurrency=1), name="w", pace=FAST)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    while worker.tally.sent < 2 and time.monotonic() - started < 10:
        time.sleep(0.01)
    stop.set()
    thread.join(10)
    assert worker.tally.sent == 2
    assert time.monotonic() - started >= 0.2


def test_a_message_that_is_too_large_is_refused_or_buried_and_the_rest_goes_on() -> None:
    store = MemoryCaseStore()

    def large(size: int) -> Message:
        payload = PAYLOAD.replace(b'"state"', b'"x":"' + b"x" * size + b'","state"')
        return Message("m1", "hook:A", body_of(payload, Manner("A", "hook", "zh")))

    with pytest.raises(PayloadRejectedError):
        store.append(Writer("C-1").append("x")._replace(outbox=(large(10_000_000),)))
    first = large(30_000)
    store.append(Writer("C-1").append("x")._replace(outbox=(first, _plain("m2"))))
    work(store, desk(Script(taken)))
    assert states(store) == {"m1": ("buried", "notify.too_large"), "m2": ("sent", "")}


class Flaky(MemoryCaseStore):
    """A store that answers every other time; what it was asked to settle may have been settled."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[type[StorageError]] = Counter()

    def _maybe(self, error: type[StorageError]) -> None:
        self.calls[error] += 1
        if self.calls[error] % 2:
            raise error([Fault("storage.test", "not now")])

    def outbox_claim(self, *args: Any, **more: Any) -> Any:
        self._maybe(StoreUnavailableError)
        return super().outbox_claim(*args, **more)

    def outbox_settle(self, *args: Any, **more: Any) -> Any:
        found = super().outbox_settle(*args, **more)
        self._maybe(OutcomeUnknownError)
        return found


def test_a_store_that_cannot_be_reached_for_a_while_is_waited_for() -> None:
    store = Flaky()
    store.append(Writer("C-1").append("x")._replace(outbox=tuple(_plain(f"m{n}") for n in range(9))))
    script = Script(taken)
    for _ in range(20):
        work(store, desk(script))
    assert {state for state, _ in states(store).values()} == {"sent"}
    assert len(script.given) == 9


def test_a_store_that_is_closed_ends_the_worker() -> None:
    store = outbox(("m1", "C-1", "hook:A"))
    store.close()
    with pytest.raises(StoreClosedError):
        work(store, desk(Script(taken)))


def test_a_lease_shorter_than_an_attempt_is_refused() -> None:
    with pytest.raises(NotificationError) as caught:
        Worker(MemoryCaseStore(), desk(Script(taken), deadline_s=30.0), name="w", pace=Pace(lease_s=30.0))
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("worker.short_lease", "hook:A"),
        ("worker.short_lease", "hook:B"),
    ]


def test_who_is_told_and_fails_does_not_stop_the_worker() -> None:
    def tell(_: Alert) -> None:
        raise RuntimeError

    store = outbox(("m1", "C-1", "hook:A"), ("m2", "C-1", "hook:A"))
    script = Script(lambda sent: Rejected("http.400") if sent.id == "m1" else Delivered())
    work(store, desk(script), alert=tell)
    assert states(store)["m2"] == ("sent", "")


def test_an_endpoint_that_hangs_takes_one_thread_in_the_end() -> None:
    rule = BreakerRule(30, 60.0, 60.0)
    endpoint = Endpoint("hook:A", Script(taken), "x", concurrency=4)
    standing = Standing.of(endpoint, rule, 0.0)
    assert [standing.admit(0.0) for _ in range(5)] == [True] * 4 + [False]
    for _ in range(10):
        standing.breaker.failed(0.0)
    standing.busy = 0
    assert [standing.admit(0.0) for _ in range(2)] == [True, False]
    standing.breaker.taken()
    assert standing.admit(0.0)


@pytest.mark.parametrize(
    ("sent_days", "waiting_days", "buried_days", "dead"),
    [
        (None, 6, None, True),
        (None, None, 6, True),
        (6, 6, None, True),
        (1, 6, 6, False),
        (None, 4, 4, False),
        (None, None, None, False),
        (6, 1, None, False),
    ],
)
def test_when_an_endpoint_is_dead(
    sent_days: int | None,
    waiting_days: int | None,
    buried_days: int | None,
    dead: bool,  # noqa: FBT001
) -> None:
    now_us = 10**15

    def ago(days: int | None) -> int | None:
        return None if days is None else now_us - days * 86_400_000_000

    stats = EndpointStats("hook:A", 1, 0, 0, ago(waiting_days), ago(sent_days), ago(buried_days))
    assert is_dead(stats, now_us) is dead


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (None, "notify.no_outcome"),
        ("taken", "notify.no_outcome"),
        (Retry("the user at 13912345678 is unknown"), "notify.no_code"),
        (Retry("x" * 1000), "notify.no_code"),
        (Unknown(None), "notify.no_code"),  # type: ignore[arg-type]
        (Rejected("pager.off"), "pager.off"),
        (Retry("pager.off", "soon"), "pager.off"),  # type: ignore[arg-type]
        (Retry("pager.off", float("nan")), "pager.off"),
    ],
)
def test_what_is_no_outcome_stops_nobody(given: Any, error: str) -> None:
    script = Script(lambda sent: given if sent.id == "m1" else Delivered())
    store = outbox(("m1", "C-1", "hook:A"), ("m2", "C-2", "hook:A"))
    work(store, desk(script))
    assert states(store) == {"m1": ("buried", error), "m2": ("sent", "")}


def test_each_endpoint_has_its_turn() -> None:
    ids = [f"hook:{n}" for n in range(6)]
    script = Script(taken)
    store = outbox(*[(f"m{n}", f"C-{n}", ids[n % 6]) for n in range(180)])
    pace = Pace(threads=1, batch=400, poll_s=0.01)
    work(store, desk(script, *ids, concurrency=8), pace)
    firsts = [sent.to for sent in script.given[:60]]
    assert {firsts.count(f"to-{id_}") >= 2 for id_ in ids} == {True}


def test_what_waits_for_a_thread_past_its_lease_is_given_back() -> None:
    def slow(_: Notification) -> Outcome:
        time.sleep(0.3)
        return Delivered()

    script = Script(slow)
    store = outbox(*[(f"m{n}", f"C-{n}", f"hook:{n}") for n in range(12)])
    by = desk(script, *[f"hook:{n}" for n in range(12)], deadline_s=0.05)
    pace = Pace(threads=1, poll_s=0.01, lease_s=1.5)
    workers = [Worker(store, by, name=f"w{n}", pace=pace) for n in range(2)]
    threads = [
        threading.Thread(target=worker.run, args=(threading.Event(),), kwargs={"until_empty": True})
        for worker in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    work(store, by, pace)
    assert sorted(sent.id for sent in script.given) == sorted(f"m{n}" for n in range(12))
    assert {sent.attempt for sent in script.given} == {1}


def test_contacts_that_do_not_open_are_not_held_against_the_endpoint() -> None:
    """A few cases whose contact was damaged must not stop the messages of all reporters."""

    class Damaged:
        def contact(self, case_id: str) -> str:
            if case_id.startswith("BAD"):
                raise UnsealError([Fault("privacy.unreadable", "it does not open")])
            return "13800000000"

    script = Script(taken, "text")
    store = MemoryCaseStore()
    for case in (*(f"BAD-{n}" for n in range(8)), "C-1"):
        body = body_of(PAYLOAD, Manner("reporter", "sms", "zh", "", case))
        item = Writer(case).append(case)
        store.append(item._replace(outbox=(Message(f"m-{case}", "sms:reporter", body),)))
    endpoint = Endpoint("sms:reporter", script, "", concurrency=1)
    ready = Desk(Channels({endpoint.id: endpoint}), Templates(), Speech("town", {}), Damaged())
    pace = Pace(threads=1, poll_s=0.01, schedule=Schedule((3600.0,)), breaker=BreakerRule(3, 60.0, 60.0))
    work(store, ready, pace)
    assert states(store)["m-C-1"] == ("sent", "")
    assert states(store)["m-BAD-0"] == ("buried", "privacy.unreadable")
