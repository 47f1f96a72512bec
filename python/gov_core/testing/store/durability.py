"""What an acknowledged write survives: the death of its process, of the server, of the power.

The harness kills, stops or cuts; what was acknowledged before has to be there, nothing may be there twice or
by half, and the command that was in flight is settled by sending it again.
"""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gov_core.errors import OutcomeUnknownError, StorageError, StoreUnavailableError
from gov_core.storage.protocol import NEW, START, AppendResult, CaseFilter, Head
from gov_core.testing.store.concurrency import at_once
from gov_core.testing.store.harness import KeepsFiles, Opens, StopsServer, Weakens
from gov_core.testing.store.power import acknowledged_states
from gov_core.testing.store.processes import child, rest_of
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, clock, everything, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from gov_core.storage.protocol import Append, CaseStore
    from gov_core.testing.store.promises import Trial

CASES = 12


def planned(heads: dict[str, Head], turn: int) -> Iterator[list[Append]]:
    """What the writer of a turn sends, call by call: the same for who writes and, later, for who checks."""
    rng = random.Random(turn)
    writers = [Writer(case_id, head) for case_id, head in heads.items()]
    for step in count():
        yield [
            writer.append(
                *(["x" * rng.choice([20, 2_000])] * rng.randint(1, 2)),
                row=row(writer.case_id, state=f"{turn}/{step}"),
                clocks=[clock("handle", turn, step)],
                command_id=f"{turn}/{step}/{writer.case_id}",
            )
            for writer in rng.sample(writers, rng.choice([1, 1, 1, 3]))
        ]


def _write(opener: Callable[[], CaseStore], heads: dict[str, Head], turn: int, pipe: Connection) -> None:
    """In a process of its own: send, and say so when each call has returned."""
    store = opener()
    seals = "seals" in store.describe().capabilities
    for number, items in enumerate(planned(heads, turn), 1):
        store.append_many(items)
        pipe.send(number)
        if seals and number % 15 == 0:
            store.seal()


def _acknowledged(opener: Callable[[], CaseStore], heads: dict[str, Head], turn: int, wait_s: float) -> int:
    """Start a writer and kill it a little later; how many calls it has said were done."""
    with child(_write, opener, heads, turn) as (process, pipe):
        said = pipe.recv()  # it is warm
        time.sleep(wait_s)
        process.kill()
        return int(max([said, *rest_of(pipe)]))


def _leave(trial: Trial) -> None:
    """Let go of a store that one process alone can have."""
    if not trial.claims("concurrent_processes"):
        trial.store().close()


def _come_back(trial: Trial) -> CaseStore:
    return trial.store() if trial.claims("concurrent_processes") else trial.reopen()


@promise("S82", "gold", survives="process", hook=Opens, base=True, limit_s=600)
def nothing_acknowledged_is_lost_with_its_process(trial: Trial) -> None:
    """After kill -9 of a writer all that it was told is there, with row, clocks and command; nothing by half.

    Return from append when the commit is durable, not before.
    """
    store, kills = trial.store(), trial.times(50)
    opener = trial.hook(Opens).opener()
    heads = {f"case-{number}": NEW for number in range(CASES)}
    events, unsaid, place = 0, 0, START
    for turn in range(kills):
        _leave(trial)
        said = _acknowledged(opener, heads, turn, trial.rng.random() * 0.02)
        store = _come_back(trial)
        calls = list(islice(planned(heads, turn), said + 3))
        for item in (item for items in calls[:said] for item in items):
            result = store.command_result(item.command_id, item.digest)
            assert result is not None, f"{item.command_id} was acknowledged and is lost"
            assert result.head.hash == item.events[-1].hash
        # The call in flight: as a whole or not at all, and sent again it is there; nothing behind it.
        again = store.append_many(calls[said])
        applied = {result.duplicate for result in again if isinstance(result, AppendResult)}
        assert len(again) == len(calls[said])
        assert len(applied) == 1, "a call was applied by half"
        unsaid += max(applied)
        assert all(store.command_result(item.command_id) is None for item in (*calls[-2], *calls[-1]))
        sent = [item for items in calls[: said + 1] for item in items]
        page = store.read_feed(place, limit=10**6)
        assert len(page.events) == sum(len(item.events) for item in sent)
        events, place = events + len(page.events), page.next
        last = {item.case_id: item for item in sent}
        due = {(each.case_id, each.due_us) for each in store.due(2**60)}
        for case_id, item in last.items():
            heads[case_id] = Head(item.expected.version + len(item.events), item.events[-1].hash)
            assert store.head(case_id) == heads[case_id]
            assert store.case_row(case_id) == item.row
            assert (case_id, item.clocks[0].due_us) in due
        listed = store.query_cases(CaseFilter(open=True), order="arrival").rows
        assert {each for each in listed if each.case_id in last} == {item.row for item in last.values()}
        if turn % 25 == 24:
            store = trial.reopen()
    report = store.verify(heads=[(case_id, head) for case_id, head in heads.items() if head != NEW])
    assert (report.faults, report.events) == ((), events)
    trial.figures |= {"kills": kills, "events": events, "applied_unacknowledged": unsaid}


class _Sent(NamedTuple):
    """What a writer has sent before the server went away."""

    acknowledged: list[Append]
    unknown: list[Append]


def _until_the_end(store: CaseStore, number: int, turn: int, ended: threading.Event) -> _Sent:
    writer = Writer(f"case-{number}", store.head(f"case-{number}"))
    sent = _Sent([], [])
    for step in count():
        before = writer.head
        item = writer.append("x" * 500, row=row(writer.case_id), command_id=f"{turn}/{number}/{step}")
        try:
            store.append(item)
        except (StoreUnavailableError, OutcomeUnknownError) as error:
            if isinstance(error, OutcomeUnknownError):
                sent.unknown.append(item)
                return sent
            writer.head = before
            if ended.is_set():
                return sent
            continue
        sent.acknowledged.append(item)
        if ended.is_set():
            return sent
    return sent


@promise("S83", "gold", survives="process", hook=StopsServer, places=("server",), limit_s=600)
def nothing_acknowledged_is_lost_with_the_server(trial: Trial) -> None:
    """When the server is stopped at once, all that was acknowledged is there when it runs again."""
    stops, acknowledged, unknown = trial.times(2), 0, 0
    for turn in range(stops):
        ended = threading.Event()

        def crash(ended: threading.Event = ended) -> None:
            time.sleep(0.1 + trial.rng.random() / 4)
            trial.hook(StopsServer).crash_server()
            ended.set()

        works = [
            partial(_until_the_end, store, number, turn, ended)
            for number, store in enumerate(trial.handles(4))
        ]
        results = at_once([crash, *works])[1:]
        store = trial.reopen()
        for result in results:
            assert isinstance(result, _Sent), result
            for item in result.acknowledged:
                assert store.command_result(item.command_id, item.digest) is not None, item.command_id
            for item in result.unknown:
                known = store.command_result(item.command_id)
                assert store.append(item).duplicate or known is None
                assert store.append(item).duplicate
            acknowledged += len(result.acknowledged)
            unknown += len(result.unknown)
        assert store.verify().sound
    assert acknowledged
    trial.figures |= {"stops": stops, "acknowledged": acknowledged, "unknown": unknown}


@promise("S84", "gold", survives="power", hook=KeepsFiles, places=("file",), limit_s=900)
def nothing_acknowledged_is_lost_with_the_power(trial: Trial) -> None:
    """In every state that a disk may be in after a loss of power, all that was acknowledged is there.

    Flush before you return from append, and flush the folder when a file was made or removed.
    """
    wanted, states = trial.times(500), 0
    for state in acknowledged_states(trial.hook(KeepsFiles), wanted, trial.rng):
        store = state.opener()
        try:
            found = {event.command_id for event in everything(store, limit=10_000)}
            assert found in state.allowed, (len(found), [len(each) for each in state.allowed])
            if states % 40 == 0:
                assert store.verify().faults == ()
        finally:
            store.close()
        states += 1
    assert states >= wanted
    trial.figures["states"] = states


@promise("S85", "gold", survives="power", hook=Weakens, places=("file", "server"))
def a_store_that_would_forget_is_refused(trial: Trial) -> None:
    """A store is not opened while a switch is off without which acknowledged writes could be lost."""
    store = trial.store()
    store.append(Writer("c").append("x"))
    switches = trial.hook(Weakens).weakened()
    assert switches
    for name, opener in switches.items():
        with pytest.raises(StorageError) as caught:
            opener()
        assert caught.value.faults[0].hint, name
    assert trial.reopen().head("c").version == 1
    trial.figures["switches"] = len(switches)


def _write_one_by_one(
    opener: Callable[[], CaseStore], heads: dict[str, Head], turn: int, pipe: Connection
) -> None:
    """In a process of its own: append one by one, and say so before and after each."""
    store = opener()
    writers = [Writer(case_id, head) for case_id, head in heads.items()]
    for number in count():
        writer = writers[number % len(writers)]
        item = writer.append("x" * 300, command_id=f"{turn}/{number}")
        pipe.send((number, False))
        store.append(item)
        pipe.send((number, True))


@promise("S86", "gold", survives="process", hook=Opens, base=True, limit_s=600)
def an_unknown_outcome_is_settled_by_sending_again(trial: Trial) -> None:
    """A command of which nobody knows whether it was applied is applied once when it is sent again, twice."""
    store, turns = trial.store(), trial.times(25)
    opener = trial.hook(Opens).opener()
    heads = {f"case-{number}": NEW for number in range(3)}
    applied = total = 0
    for turn in range(turns):
        _leave(trial)
        with child(_write_one_by_one, opener, heads, turn) as (process, pipe):
            said = [pipe.recv()]
            time.sleep(trial.rng.random() * 0.01)
            process.kill()
            said += rest_of(pipe)
        store = _come_back(trial)
        writers = [Writer(case_id, head) for case_id, head in heads.items()]
        for number in range(said[-1][0] + 1):
            item = writers[number % len(writers)].append("x" * 300, command_id=f"{turn}/{number}")
            known = store.command_result(item.command_id, item.digest)
            assert known is not None or (number, True) not in said
            again = store.append(item)
            assert again.duplicate or known is None
            # A server may still be at work on what it was sent by one who is no more.
            assert not again.duplicate or known is not None or trial.harness.place == "server"
            applied += again.duplicate and (number, True) not in said
            assert store.append(item).duplicate
        heads = {writer.case_id: writer.head for writer in writers}
        assert {case_id: store.head(case_id) for case_id in heads} == heads
        total += said[-1][0] + 1
    commands = [event.command_id for event in everything(store, limit=10_000)]
    assert len(commands) == len(set(commands)) == total
    trial.figures |= {"turns": turns, "applied_unacknowledged": applied}
