"""kill -9 of a writer: what it was told is there, nothing is there twice, and it can go on."""

from __future__ import annotations

import os
import random
import signal
import struct
import time
from typing import TYPE_CHECKING

import pytest

from contract.harness import Writer, clock, row
from gov_core.storage.protocol import Append, AppendResult, CaseFilter
from gov_core.storage.sqlite import SqliteCaseStore

if TYPE_CHECKING:
    from pathlib import Path

KILLS = int(os.environ.get("GOV_KILLS", "120"))
PER_FILE = 100
CASES = 12
NUMBER = struct.Struct("<I")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


def planned(store: SqliteCaseStore, turn: int) -> list[list[Append]]:
    """What the writer of a turn sends, call by call; made before the fork, so that both sides know it."""
    rng = random.Random(turn)
    writers = [Writer(f"case-{number}", store.head(f"case-{number}")) for number in range(CASES)]
    calls = []
    for step in range(120):
        chosen = rng.sample(writers, rng.choice([1, 1, 1, 3]))
        calls.append(
            [
                writer.append(
                    *(["x" * rng.choice([20, 2_000])] * rng.randint(1, 2)),
                    row=row(writer.case_id, state=f"{turn}/{step}"),
                    clocks=[clock("handle", turn, step)],
                    command_id=f"{turn}/{step}/{writer.case_id}",
                )
                for writer in chosen
            ]
        )
    return calls


def write(path: Path, calls: list[list[Append]], pipe: int) -> None:
    """In the child: send, and say so when each call has returned."""
    store = SqliteCaseStore(path)
    for number, items in enumerate(calls, 1):
        store.append_many(items)
        os.write(pipe, NUMBER.pack(number))
        if number % 15 == 0:
            store.seal()


def acknowledged_before_death(path: Path, calls: list[list[Append]], rng: random.Random) -> int:
    """Start a writer, kill it a little later; how many calls it has said were done."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            write(path, calls, write_end)
        finally:
            os._exit(0)
    os.close(write_end)
    first = os.read(read_end, NUMBER.size)  # it is warm
    time.sleep(rng.random() * 0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said = first
    while more := os.read(read_end, 4_096):
        said += more
    os.close(read_end)
    return len(said) // NUMBER.size


def test_nothing_acknowledged_is_lost_and_nothing_doubled(fast_folder: Path) -> None:
    rng = random.Random(9)
    applied_unsaid = 0
    for turn in range(KILLS):
        path = fast_folder / f"{turn // PER_FILE}.db"
        store = SqliteCaseStore(path)
        calls = planned(store, turn)
        before = store.read_feed(limit=1).head
        store.close()
        said = acknowledged_before_death(path, calls, rng)
        assert said > 0

        store = SqliteCaseStore(path)
        for items in calls[:said]:
            for item in items:
                result = store.command_result(item.command_id, item.digest)
                assert result is not None
                assert result.head.hash == item.events[-1].hash
        done = said
        if said < len(calls):
            # The call in flight: as a whole or not at all, and a retry settles it.
            unknown = calls[said]
            applied = [store.command_result(item.command_id) is not None for item in unknown]
            assert len(set(applied)) == 1
            applied_unsaid += applied[0]
            for duplicate in (applied[0], True):
                again = [each for each in store.append_many(unknown) if isinstance(each, AppendResult)]
                assert [each.duplicate for each in again] == [duplicate] * len(unknown)
            done += 1
            unsent = [item for items in calls[done:] for item in items]
            assert all(store.command_result(item.command_id) is None for item in unsent[:20])
        sent = [item for items in calls[:done] for item in items]
        assert store.read_feed(limit=1).head == before + sum(len(item.events) for item in sent)
        last = {item.case_id: item for item in sent}
        due = {(each.case_id, each.clock, each.due_us) for each in store.due(2**60)}
        for case_id, item in last.items():
            assert store.head(case_id).hash == item.events[-1].hash
            assert store.case_row(case_id) == item.row
            assert (case_id, item.clocks[0].clock, item.clocks[0].due_us) in due
        listed = store.query_cases(CaseFilter(open=True), order="arrival", limit=2 * CASES).rows
        assert {each for each in listed if each.case_id in last} == {item.row for item in last.values()}
        if turn % 10 == 9 or turn % PER_FILE == PER_FILE - 1:
            assert store.verify(kept=store.seals()).faults == ()
        store.close()
    print(f"{KILLS} kills, {applied_unsaid} calls applied and not acknowledged, 0 lost, 0 doubled")
