"""kill -9 of a writer: what it was told is there, nothing is there twice, and it can go on."""

from __future__ import annotations

import os
import random
import signal
import struct
import time
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from contract.harness import Writer, clock, row
from gov_core.storage.protocol import NEW, AppendResult, CaseFilter, Head
from gov_core.storage.sqlite import SqliteCaseStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.storage.protocol import Append

KILLS = int(os.environ.get("GOV_KILLS", "100"))
PER_FILE = 100
CASES = 12
NUMBER = struct.Struct("<I")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


def planned(heads: dict[str, Head], turn: int) -> Iterator[list[Append]]:
    """What the writer of a turn sends, call by call: the same for the child and, later, for the parent."""
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


def write(path: Path, calls: Iterator[list[Append]], pipe: int) -> None:
    """In the child: send, and say so when each call has returned."""
    store = SqliteCaseStore(path)
    for number, items in enumerate(calls, 1):
        store.append_many(items)
        os.write(pipe, NUMBER.pack(number))
        if number % 15 == 0:
            store.seal()


def acknowledged_before_death(path: Path, calls: Iterator[list[Append]], rng: random.Random) -> int:
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


@pytest.mark.parametrize("file", range(-(-KILLS // PER_FILE)))
def test_nothing_acknowledged_is_lost_and_nothing_doubled(file: int, fast_folder: Path) -> None:
    rng = random.Random(file)
    path = fast_folder / "cases.db"
    store = SqliteCaseStore(path)  # has no connection open while the child lives: forking closes them
    heads = {f"case-{number}": NEW for number in range(CASES)}
    events = applied_unsaid = 0
    for turn in range(min(PER_FILE, KILLS)):
        said = acknowledged_before_death(path, planned(heads, turn), rng)
        assert said > 0
        calls = list(islice(planned(heads, turn), said + 3))
        for item in (item for items in calls[:said] for item in items):
            result = store.command_result(item.command_id, item.digest)
            assert result is not None
            assert result.head.hash == item.events[-1].hash
        # The call in flight: as a whole or not at all, and a retry settles it.
        applied = {store.command_result(item.command_id) is not None for item in calls[said]}
        assert len(applied) == 1
        applied_unsaid += max(applied)
        for duplicate in (max(applied), True):
            again = [each for each in store.append_many(calls[said]) if isinstance(each, AppendResult)]
            assert [each.duplicate for each in again] == [duplicate] * len(calls[said])
        assert all(store.command_result(item.command_id) is None for item in (*calls[-2], *calls[-1]))

        sent = [item for items in calls[: said + 1] for item in items]
        events += sum(len(item.events) for item in sent)
        assert store.read_feed(limit=1).head == events
        due = {(each.case_id, each.due_us) for each in store.due(2**60)}
        last = {item.case_id: item for item in sent}
        for case_id, item in last.items():
            heads[case_id] = Head(item.expected.version + len(item.events), item.events[-1].hash)
            assert store.head(case_id) == heads[case_id]
            assert store.case_row(case_id) == item.row
            assert (case_id, item.clocks[0].due_us) in due
        listed = store.query_cases(CaseFilter(open=True), order="arrival").rows
        assert {each for each in listed if each.case_id in last} == {item.row for item in last.values()}
        if turn % 25 == 24:
            assert store.verify(kept=store.seals(), heads=list(heads.items())).faults == ()
    store.close()
    print(f"{turn + 1} kills, {applied_unsaid} calls applied and not acknowledged, 0 lost, 0 doubled")
