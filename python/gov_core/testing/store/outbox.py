"""What an outbox promises: messages are there with their events or not at all, and one worker has each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

import pytest

from gov_core.errors import LeaseLostError, PayloadRejectedError
from gov_core.storage.outbox import (
    Again,
    Buried,
    Claim,
    EndpointStats,
    Message,
    OutboxEntry,
    OutboxFilter,
    Sent,
    Settlement,
)
from gov_core.storage.protocol import NEW
from gov_core.testing.store.concurrency import restless
from gov_core.testing.store.harness import SECOND, T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append

if TYPE_CHECKING:
    from gov_core.storage.protocol import Append, CaseStore
    from gov_core.testing.store.promises import Trial


def tell(writer: Writer, *messages: tuple[str, str] | Message) -> Append:
    """The next append of a case, with messages as (id, endpoint)."""
    outbox = tuple(
        each if isinstance(each, Message) else Message(*each, body=each[0].encode()) for each in messages
    )
    return writer.append("told")._replace(outbox=outbox)


def claim(store: CaseStore, worker: str = "w", *, limit: int = 100, lease_s: int = 60) -> tuple[Claim, ...]:
    """Claim for a while."""
    return store.outbox_claim(worker, lease_us=lease_s * SECOND, limit=limit)


def ids(claims: tuple[Claim, ...]) -> list[str]:
    """Which messages."""
    return [each.message.id for each in claims]


def entries(store: CaseStore, where: OutboxFilter = OutboxFilter()) -> list[OutboxEntry]:  # noqa: B008
    """All messages, by pages of three."""
    found: list[OutboxEntry] = []
    after: int | None = 0
    while after is not None:
        page = store.outbox_entries(where, after=after, limit=3)
        found += page.entries
        after = page.next
    return found


@promise("S68", "silver", capability="outbox")
def messages_are_written_with_their_events(trial: Trial) -> None:
    """Messages are written with the events that cause them, numbered in that order."""
    store, one, two = trial.store(), Writer("案件-1"), Writer("two")
    message = Message("m1", "端点", bytes(range(256)), 5 * SECOND)
    store.append_many([tell(one, message, ("m2", "b")), tell(two, ("m3", "b"))])
    trial.clock.now_us += SECOND
    store.append(one.append("untold"))
    store = trial.reopen()
    waiting = OutboxEntry(message, "案件-1", 1, "waiting", 0, T0, T0 + 5 * SECOND, None, "", 0)
    found = entries(store)
    assert found[0] == waiting
    assert [(each.message.id, each.number, each.case_id, each.ready_us) for each in found] == [
        ("m1", 1, "案件-1", T0 + 5 * SECOND),
        ("m2", 2, "案件-1", T0),
        ("m3", 3, "two", T0),
    ]
    assert store.verify().sound


@promise("S69", "silver", capability="outbox")
def what_is_not_appended_is_not_told(trial: Trial) -> None:
    """An append that is refused or rolled back leaves no message, nor does one that was applied before."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    item = tell(one, ("m1", "a"))
    store.append(item)
    stale = append("one", NEW, "late", command_id="late")._replace(outbox=(Message("late", "a", b""),))
    assert [type(each).__name__ for each in store.append_many([item, stale, tell(two, ("m2", "a"))])] == [
        "AppendResult",
        "ConcurrencyConflictError",
        "AppendResult",
    ]
    with pytest.raises(PayloadRejectedError):
        store.append_many([tell(two, ("m3", "a")), append("", NEW, "x", command_id="x")], together=True)
    assert [each.message.id for each in entries(store)] == ["m1", "m2"]
    assert ids(claim(store)) == ["m1", "m2"]


@promise("X19", "silver", capability="outbox")
def an_id_of_a_message_is_not_used_twice(trial: Trial) -> None:
    """An id of a message that is there is refused, in the same transaction too."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    store.append(tell(one, ("m1", "a")))
    fresh = append("two", NEW, "again", command_id="again")._replace(outbox=(Message("m1", "b", b""),))
    with pytest.raises(PayloadRejectedError) as caught:
        store.append(fresh)
    assert [fault.code for fault in caught.value.faults] == ["storage.message_reused"]
    good = tell(two, ("m2", "a"))
    again = append("three", NEW, "x", command_id="x")._replace(outbox=(Message("m2", "b", b""),))
    for together in (True, False):
        if together:
            with pytest.raises(PayloadRejectedError):
                store.append_many([good, again], together=True)
            assert store.head("two") == NEW
        else:
            assert isinstance(store.append_many([good, again])[1], PayloadRejectedError)
    assert [each.message.id for each in entries(store)] == ["m1", "m2"]


@promise("X20", "silver", capability="outbox")
def messages_that_cannot_be_kept_are_refused(trial: Trial) -> None:
    """Messages and claims that cannot be kept are refused, with all their faults."""
    store = trial.store()
    good = append("c", NEW, "note", command_id="x")
    message = Message("m", "a", b"")
    for outbox, codes in (
        ([message._replace(id="")], ["empty_text"]),
        ([message._replace(endpoint="\0")], ["nul"]),
        ([message._replace(endpoint="a\ud800")], ["surrogate"]),
        ([message._replace(body=cast("bytes", "text"))], ["not_bytes"]),
        ([message._replace(body=bytes(64 * 2**10 + 1))], ["too_large"]),
        ([message._replace(delay_us=-1)], ["number_out_of_range"]),
        ([message._replace(delay_us=True)], ["not_a_number"]),
        ([message, message], ["message_twice"]),
        ([message._replace(id=str(number)) for number in range(10_001)], ["too_many"]),
    ):
        with pytest.raises(PayloadRejectedError) as caught:
            store.append(good._replace(outbox=outbox))
        assert [fault.code for fault in caught.value.faults] == [f"storage.{code}" for code in codes]
        assert all(fault.place.startswith("outbox") for fault in caught.value.faults)
    for worker, lease_us in (("", 1), ("w", 0), ("w", 2**63), ("\ud800", 1)):
        with pytest.raises(PayloadRejectedError):
            store.outbox_claim(worker, lease_us=lease_us)
    with pytest.raises(PayloadRejectedError):
        store.outbox_redrive(OutboxFilter("sent"))
    store.append(good._replace(outbox=[message._replace(body=bytes(64 * 2**10))]))
    assert ids(claim(store)) == ["m"]


@promise("S74", "silver", capability="outbox")
def a_claim_is_the_first_of_each_lane(trial: Trial) -> None:
    """Only the first message of a case and endpoint is given, and the next one once it is settled."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    store.append(tell(one, ("1", "a"), ("2", "a"), ("3", "b")))
    store.append(tell(two, ("4", "a"), ("5", "a")))
    claims = claim(store)
    assert [(each.message.id, each.case_id, each.number, each.attempt) for each in claims] == [
        ("1", "one", 1, 1),
        ("3", "one", 3, 1),
        ("4", "two", 4, 1),
    ]
    assert {each.until_us for each in claims} == {T0 + 60 * SECOND}
    assert {each.written_us for each in claims} == {T0}
    assert claim(store) == ()
    store.outbox_settle([Sent("1", claims[0].token)])
    assert ids(claim(store)) == ["2"]
    assert claim(store, limit=0) == ()


@promise("X21", "silver", capability="outbox")
def ready_first_comes_first(trial: Trial) -> None:
    """Claims come by when they were ready, then by number, not before their delay is over."""
    store = trial.store()
    for number, delay_s in enumerate((9, 2, 5, 2, 0)):
        message = Message(f"m{number}", "a", b"", delay_s * SECOND)
        store.append(tell(Writer(f"c{number}"), message))
    assert ids(claim(store)) == ["m4"]
    trial.clock.now_us += 2 * SECOND - 1
    assert claim(store) == ()
    trial.clock.now_us += 1
    assert ids(claim(store, limit=1)) == ["m1"]
    trial.clock.now_us += 10 * SECOND
    assert ids(claim(store, limit=2)) == ["m3", "m2"]
    assert ids(claim(store, limit=9)) == ["m0"]


@promise("X22", "silver", capability="outbox")
def a_delay_holds_up_its_lane_and_no_other(trial: Trial) -> None:
    """A message that waits holds up those behind it in its lane, and nobody else's."""
    store, writer = trial.store(), Writer("c")
    store.append(tell(writer, Message("late", "a", b"", 9 * SECOND), ("next", "a"), ("other", "b")))
    assert ids(claim(store)) == ["other"]
    trial.clock.now_us += 9 * SECOND
    (late,) = claim(store)
    assert late.message.id == "late"
    store.outbox_settle([Again("late", late.token, 5 * SECOND, "timeout")])
    trial.clock.now_us += 5 * SECOND - 1
    assert claim(store) == ()
    trial.clock.now_us += 1
    (late,) = claim(store)
    assert (late.message.id, late.attempt) == ("late", 2)
    store.outbox_settle([Buried("late", late.token, "gone")])
    assert ids(claim(store)) == ["next"]


@promise("X23", "silver", capability="outbox")
def endpoints_can_be_left_alone(trial: Trial) -> None:
    """A claim leaves out the endpoints that it is told to, and finds as many others."""
    store = trial.store()
    for number in range(6):
        store.append(tell(Writer(f"c{number}"), (f"m{number}", "abc"[number % 3])))
    found = store.outbox_claim("w", lease_us=SECOND, without={"b", "nobody"}, limit=3)
    assert ids(found) == ["m0", "m2", "m3"]
    assert ids(store.outbox_claim("w", lease_us=SECOND, without=["a", "b"])) == ["m5"]
    assert store.outbox_claim("w", lease_us=SECOND, without=("b",)) == ()
    assert ids(claim(store)) == ["m1", "m4"]


@promise("S70", "silver", capability="outbox")
def no_message_is_claimed_twice_at_once(trial: Trial) -> None:
    """Workers that claim at once never hold the same message, and miss none.

    Look for a message and take it in one statement, or under one lock.
    """
    store = trial.store()
    for case in range(12):
        writer = Writer(f"c{case}")
        store.append(tell(writer, *((f"{case}/{number}", f"e{number % 3}") for number in range(9))))

    def work(worker: int) -> list[str]:
        taken: list[str] = []
        while claims := claim(store, f"w{worker}", limit=5):
            taken += ids(claims)
            assert store.outbox_settle([Sent(each.message.id, each.token) for each in claims]) == [
                None
            ] * len(claims)
        return taken

    with restless(), ThreadPoolExecutor(4) as pool:
        taken = [each for found in pool.map(work, range(4)) for each in found]
    # A worker may find nothing while others have what there is; then one more looks.
    taken += work(4)
    assert sorted(taken) == sorted(f"{case}/{number}" for case in range(12) for number in range(9))
    for case in range(12):
        for endpoint in range(3):
            lane = [each for each in taken if each in {f"{case}/{endpoint + 3 * step}" for step in range(3)}]
            assert len(lane) == 3


@promise("S71", "silver", capability="outbox")
def a_lease_runs_out(trial: Trial) -> None:
    """A message whose lease ran out is given to the next worker, with a larger token, and not before."""
    store = trial.store()
    store.append(tell(Writer("c"), ("m", "a")))
    (first,) = claim(store, "one", lease_s=10)
    trial.clock.now_us += 10 * SECOND - 1
    assert claim(store, "two") == ()
    trial.clock.now_us += 1
    store = trial.reopen()
    (second,) = claim(store, "two")
    assert (second.attempt, second.message) == (2, first.message)
    assert second.token > first.token
    (entry,) = entries(store)
    assert (entry.state, entry.worker, entry.attempts, entry.token) == ("leased", "two", 2, second.token)


@promise("S72", "silver", capability="outbox")
def an_old_token_settles_nothing(trial: Trial) -> None:
    """A worker whose message was given to another settles nothing with its old token.

    Compare the token in the statement that settles.
    """
    store = trial.store()
    store.append(tell(Writer("c"), ("m", "a")))
    (first,) = claim(store, lease_s=10)
    trial.clock.now_us += 10 * SECOND
    (second,) = claim(store, lease_s=10)
    for late in (Sent("m", first.token), Again("m", first.token, 0, "x"), Buried("m", first.token, "x")):
        (refused,) = store.outbox_settle([late])
        assert isinstance(refused, LeaseLostError)
    assert entries(store)[0].state == "leased"
    # Nobody else has taken it since: late, but still the one who has it.
    trial.clock.now_us += 20 * SECOND
    assert store.outbox_settle([Sent("m", second.token)]) == [None]
    assert store.outbox_settle([Sent("m", second.token)]) == [None]
    for late in (Sent("m", first.token), Again("m", second.token, 0, "x"), Buried("m", second.token, "x")):
        (refused,) = store.outbox_settle([late])
        assert isinstance(refused, LeaseLostError)
    (entry,) = entries(store)
    assert (entry.state, entry.settled_us) == ("sent", T0 + 30 * SECOND)
    assert isinstance(store.outbox_settle([Sent("nobody", 1)])[0], LeaseLostError)
    assert isinstance(store.outbox_settle([Sent("\ud800", 1)])[0], PayloadRejectedError)


@promise("X24", "silver", capability="outbox")
def settlements_of_one_call_fail_alone(trial: Trial) -> None:
    """What is wrong with one settlement is its result; the others are written."""
    store = trial.store()
    for number in range(5):
        store.append(tell(Writer(f"c{number}"), (f"m{number}", "a")))
    tokens = {each.message.id: each.token for each in claim(store)}
    results = store.outbox_settle(
        [
            Sent("m0", tokens["m0"]),
            Sent("m1", tokens["m1"] + 1),
            Again("m2", tokens["m2"], -1, "x"),
            Again("m2", tokens["m2"], 7 * SECOND, "http_503"),
            Again("m2", tokens["m2"], 7 * SECOND, "http_503"),
            Buried("m3", tokens["m3"], "e" * 256),
            Buried("m3", tokens["m3"], "rejected"),
            Again("m4", tokens["m4"], 0, "stopped", tried=False),
        ]
    )
    wrong = [type(each).__name__ if each else "" for each in results]
    lost, bad = "LeaseLostError", "PayloadRejectedError"
    assert wrong == ["", lost, bad, "", lost, bad, "", ""]
    found = entries(store)
    assert [(each.state, each.attempts, each.error, each.ready_us, each.settled_us) for each in found] == [
        ("sent", 1, "", T0 + 60 * SECOND, T0),
        ("leased", 1, "", T0 + 60 * SECOND, None),
        ("waiting", 1, "http_503", T0 + 7 * SECOND, None),
        ("buried", 1, "rejected", T0 + 60 * SECOND, T0),
        ("waiting", 0, "", T0, None),
    ]
    (back,) = claim(store)
    assert (back.message.id, back.attempt) == ("m4", 1)
    assert back.token > tokens["m4"]
    assert store.outbox_settle([]) == []


@promise("S73", "silver", capability="outbox")
def what_was_buried_can_be_tried_again(trial: Trial) -> None:
    """A buried message lets its lane go on, and takes its old place again once it is redriven."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    store.append(tell(one, ("1", "a"), ("2", "a"), ("3", "a")))
    store.append(tell(two, ("4", "b")))
    first, other = claim(store)
    store.outbox_settle([Buried("1", first.token, "gone"), Buried("4", other.token, "gone")])
    (second,) = claim(store, lease_s=100)
    assert second.message.id == "2"
    trial.clock.now_us += SECOND
    assert store.outbox_redrive(OutboxFilter(endpoint="a")) == 1
    entry = entries(store)[0]
    assert (entry.state, entry.attempts, entry.settled_us, entry.error) == ("waiting", 0, None, "gone")
    # It stands in front again, but somebody still has another message of the lane.
    assert claim(store) == ()
    store.outbox_settle([Again("2", second.token, 0, "busy")])
    (again,) = claim(store)
    assert (again.message.id, again.attempt) == ("1", 1)
    assert again.token > first.token
    assert claim(store) == ()
    store.outbox_settle([Sent("1", again.token)])
    assert ids(claim(store)) == ["2"]
    assert store.outbox_redrive(OutboxFilter(case_id="two", state="buried")) == 1
    assert store.outbox_redrive() == 0
    assert ids(claim(store)) == ["4"]
    assert store.verify().sound


@promise("X25", "silver", capability="outbox")
def a_lease_that_ran_out_behind_a_redriven_message_lets_it_go_first(trial: Trial) -> None:
    """A message that was redriven goes before one behind it whose lease ran out."""
    store = trial.store()
    store.append(tell(Writer("c"), ("1", "a"), ("2", "a")))
    (first,) = claim(store)
    store.outbox_settle([Buried("1", first.token, "gone")])
    (second,) = claim(store, lease_s=5)
    store.outbox_redrive()
    trial.clock.now_us += 5 * SECOND
    assert ids(claim(store)) == ["1"]
    assert store.outbox_settle([Sent("2", second.token)]) == [None]
    assert claim(store) == ()


@promise("S75", "silver", capability="outbox")
def the_clock_of_the_store_never_goes_back(trial: Trial) -> None:
    """Leases and waits hold when the clock of the machine is set back, also over opening again."""
    store = trial.store()
    store.append(tell(Writer("c"), ("m", "a")))
    trial.clock.now_us += 100 * SECOND
    (first,) = claim(store, lease_s=10)
    assert first.until_us == T0 + 110 * SECOND
    trial.clock.now_us = T0 - 1000 * SECOND
    store = trial.reopen()
    assert claim(store) == ()
    store.outbox_settle([Again("m", first.token, 3 * SECOND, "x")])
    assert entries(store)[0].ready_us == T0 + 103 * SECOND
    store.append(tell(Writer("d"), ("later", "b")))
    assert store.read_case("d")[0].recorded_us == T0 + 100 * SECOND
    (later,) = claim(store)
    assert (later.message.id, later.until_us) == ("later", T0 + 160 * SECOND)
    trial.clock.now_us = T0 + 103 * SECOND
    assert ids(claim(store)) == ["m"]


@promise("X26", "silver", capability="outbox")
def pages_and_filters_of_messages(trial: Trial) -> None:
    """Lists of messages give those that fit, in the order of their numbers, by pages."""
    store = trial.store()
    for number in range(10):
        store.append(tell(Writer(f"c{number % 4}x{number}"), (f"m{number}", f"e{number % 3}")))
    claims = claim(store)
    store.outbox_settle([Sent(each.message.id, each.token) for each in claims[:4]])
    store.outbox_settle([Buried(each.message.id, each.token, "x") for each in claims[4:6]])
    store.outbox_settle([Again(each.message.id, each.token, 0, "x") for each in claims[6:8]])
    found = entries(store)
    assert [each.number for each in found] == list(range(1, 11))
    for where, wanted in (
        (OutboxFilter("sent"), found[:4]),
        (OutboxFilter("buried"), found[4:6]),
        (OutboxFilter("waiting"), found[6:8]),
        (OutboxFilter("leased"), found[8:]),
        (OutboxFilter(endpoint="e1"), found[1::3]),
        (OutboxFilter("sent", "e1"), [found[1]]),
        (OutboxFilter(case_id="c1x5"), [found[5]]),
        (OutboxFilter(case_id="nobody"), []),
        (OutboxFilter(endpoint="\ud800"), []),
    ):
        assert entries(store, where) == wanted
    assert store.outbox_entries(limit=10).next is None
    assert store.outbox_entries(limit=0) == ((), None)
    assert store.outbox_entries(after=2**80) == ((), None)


@promise("X27", "silver", capability="outbox")
def endpoints_say_how_they_stand(trial: Trial) -> None:
    """Endpoints say how many messages wait, were sent and were given up, and since when."""
    store = trial.store()
    for number in range(7):
        store.append(tell(Writer(f"c{number}"), (f"m{number}", "ab"[number // 5])))
        trial.clock.now_us += SECOND
    claims = claim(store)
    store.outbox_settle([Sent("m0", claims[0].token), Buried("m1", claims[1].token, "x")])
    now_us = trial.clock.now_us
    assert store.outbox_stats() == (
        EndpointStats("a", 3, 1, 1, T0 + 2 * SECOND, now_us, T0 + SECOND),
        EndpointStats("b", 2, 0, 0, T0 + 5 * SECOND, None, None),
    )
    assert trial.another().outbox_stats() == ()


@promise("X28", "silver", capability="outbox")
def only_what_was_sent_is_forgotten(trial: Trial) -> None:
    """Pruning takes messages that were sent before a time, no others, and no number is given again."""
    store = trial.store()
    for number in range(4):
        store.append(tell(Writer(f"c{number}"), (f"m{number}", "a"), (f"n{number}", "a")))
    claims = claim(store)
    store.outbox_settle([Sent("m0", claims[0].token), Buried("m1", claims[1].token, "x")])
    trial.clock.now_us += SECOND
    store.outbox_settle([Sent("m2", claims[2].token)])
    assert store.outbox_prune(T0) == 0
    assert store.outbox_prune(T0 + 1) == 1
    assert "m0" not in {each.message.id for each in entries(store)}
    assert ids(claim(store)) == ["n0", "n1", "n2"]
    assert store.outbox_prune(2**80) == 1
    assert store.verify().sound
    # Numbers go on growing, whatever was forgotten.
    last = entries(store)[-1].number
    store.append(tell(Writer("new"), ("new", "a")))
    assert entries(store)[-1].number == last + 1
    alone = trial.another()
    writer = Writer("c")
    for number in range(3):
        alone.append(tell(writer, (f"m{number}", "a")))
        (taken,) = claim(alone)
        assert taken.number == number + 1
        alone.outbox_settle([Sent(taken.message.id, taken.token)])
        assert alone.outbox_prune(2**62) == 1
    assert entries(alone) == []


@promise("X29", "silver", capability="outbox")
def workers_that_die_lose_nothing_and_break_no_order(trial: Trial) -> None:
    """Over workers that die, come too late, retry and give up, every message is sent once."""
    store, rng = trial.store(), trial.rng
    writers = [Writer(f"c{number}") for number in range(5)]
    written: list[str] = []
    for step in range(60):
        writer = rng.choice(writers)
        fresh = [(f"{step}/{number}", rng.choice("abc")) for number in range(rng.randint(0, 3))]
        store.append(tell(writer, *fresh))
        written += [id_ for id_, _ in fresh]
    sent: list[Claim] = []
    lost: list[Claim] = []
    for _ in range(2_000):
        settlements: list[Settlement] = []
        for each in claim(store, limit=rng.randint(1, 6), lease_s=rng.randint(1, 9)):
            outcome = rng.random()
            if outcome < 0.3:
                lost.append(each)  # its worker is gone, or comes back when it is too late
            elif outcome < 0.5:
                settlements.append(Again(each.message.id, each.token, rng.randrange(9 * SECOND), "x"))
            elif outcome < 0.6:
                settlements.append(Buried(each.message.id, each.token, "x"))
            else:
                settlements.append(Sent(each.message.id, each.token))
                sent.append(each)
        assert store.outbox_settle(settlements) == [None] * len(settlements)
        if rng.random() < 0.1:
            store.outbox_redrive()
        trial.clock.now_us += rng.randrange(4 * SECOND)
        if len(sent) == len(written):
            break
    assert sorted(each.message.id for each in sent) == sorted(written)
    assert {each.state for each in entries(store)} == {"sent"}
    refused = store.outbox_settle([Sent(each.message.id, each.token) for each in lost])
    assert {type(each) for each in refused} == {LeaseLostError}
    assert store.verify().sound


@promise("X30", "silver", capability="outbox")
def messages_move_without_the_workers_that_have_them(trial: Trial) -> None:
    """Messages move with their store; what a worker had there may be claimed here, with a larger token."""
    store, copy = trial.store(), trial.another()
    writer = Writer("c")
    for number in range(5):
        store.append(tell(writer, (f"m{number}", f"e{number}"), (f"n{number}", "e0")))
    claims = claim(store, lease_s=1_000)
    store.outbox_settle(
        [
            Sent("m0", claims[0].token),
            Buried("m1", claims[1].token, "gone"),
            Again("m2", claims[2].token, 7 * SECOND, "timeout"),
        ]
    )
    moved = list(store.dump())
    copy.restore(store.describe().store, moved)
    assert list(copy.dump()) == moved
    # What a worker has here may be claimed there at once, and not be settled by it.
    before, after = entries(store), entries(copy)
    assert [each for each in before if each.state != "leased"] == [
        each for each in after if before[each.number - 1].state != "leased"
    ]
    assert [each.state for each in after if before[each.number - 1].state == "leased"] == ["waiting"] * 2
    late = copy.outbox_settle([Sent(each.message.id, each.token) for each in claims[3:]])
    assert {type(each) for each in late} == {LeaseLostError}
    again = claim(copy)
    assert ids(again) == ["n0", "m3", "m4"]
    assert [each.token for each in again[1:]] == [each.token + 1 for each in claims[3:]]
    assert copy.verify().sound
    copy.append(tell(writer, ("new", "e9")))
    assert entries(copy)[-1].number == 11
