"""Stores against a plain model: whatever is done in whatever order, all three say the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gov_core.errors import CommandReusedError, ConcurrencyConflictError, StorageError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import NEW, START, Append, AppendResult, CaseFilter, Head
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.store.harness import SECOND, T0, Clock
from gov_core.testing.store.writing import append, clock, row

CASES = st.sampled_from(["a", "b", "案", "d"])
MEMORY = "/dev/shm"  # noqa: S108 - flushing takes no time there
SECONDS = st.integers(0, 30)


class Stores(RuleBasedStateMachine):
    """A dict of cases and a list of events beside a store in memory and one in a file."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if Path(MEMORY).is_dir() else None)
        self.clock = Clock()
        self.memory = MemoryCaseStore(clock=self.clock)
        self.sqlite = self.open()
        self.cases: dict[str, list[Append]] = {}
        self.heads: dict[str, Head] = {}
        self.feed: list[tuple[str, int]] = []
        self.commands: dict[str, Append] = {}

    def open(self) -> SqliteCaseStore:
        return SqliteCaseStore(Path(self.folder.name) / "cases.db", clock=self.clock)

    def teardown(self) -> None:
        self.sqlite.close()
        self.folder.cleanup()

    def expect(self, item: Append) -> type[StorageError] | bool:
        """Take an append into the model: whether it was a duplicate, or the error."""
        known = self.commands.get(item.command_id)
        if known is not None:
            return True if known.digest == item.digest else CommandReusedError
        if self.heads.get(item.case_id, NEW) != item.expected:
            return ConcurrencyConflictError
        self.commands[item.command_id] = item
        self.cases.setdefault(item.case_id, []).append(item)
        version = item.expected.version
        self.feed += [(item.case_id, version + number) for number in range(1, len(item.events) + 1)]
        self.heads[item.case_id] = Head(version + len(item.events), item.events[-1].hash)
        return False

    def send(self, items: list[Append]) -> None:
        expected = [self.expect(item) for item in items]
        results = self.memory.append_many(items)
        for one, two, wanted in zip(results, self.sqlite.append_many(items), expected, strict=True):
            if isinstance(wanted, bool):
                assert isinstance(one, AppendResult)
                assert one == two
                assert one.duplicate is wanted
            else:
                assert type(one) is type(two) is wanted
                assert str(one) == str(two)

    def made(self, case_id: str, notes: int, due: int | None, fires: list[int]) -> Append:
        command_id = f"x{len(self.commands)}"
        due_us = None if due is None else T0 + due * SECOND
        given = row(case_id, due_us=due_us, yellow_us=due_us, unit=f"U-{notes}", open=notes > 1)
        clocks = [clock(f"clock{number}", second) for number, second in enumerate(fires)]
        head = self.heads.get(case_id, NEW)
        return append(case_id, head, *(["x"] * notes), command_id=command_id, row=given, clocks=clocks)

    @rule(
        case_id=CASES, notes=st.integers(1, 3), due=SECONDS | st.none(), fires=st.lists(SECONDS, max_size=3)
    )
    def append(self, case_id: str, notes: int, due: int | None, fires: list[int]) -> None:
        self.send([self.made(case_id, notes, due, fires)])

    @rule(one=CASES, two=CASES, due=SECONDS)
    def append_together(self, one: str, two: str, due: int) -> None:
        first = self.made(one, 1, due, [due])
        second = self.made(two, 2, None, [])._replace(command_id=f"y{len(self.commands)}")
        self.send([first, second, first])

    @precondition(lambda self: self.commands)
    @rule(data=st.data(), changed=st.booleans())
    def send_again(self, data: st.DataObject, changed: bool) -> None:  # noqa: FBT001
        item = self.commands[data.draw(st.sampled_from(sorted(self.commands)))]
        self.send([item._replace(digest=bytes(32)) if changed else item])

    @rule(case_id=CASES, version=st.integers(0, 4))
    def append_on_another_head(self, case_id: str, version: int) -> None:
        head = Head(version, bytes(32)) if version else NEW
        self.send([append(case_id, head, "x", command_id=f"z{len(self.commands)}-{version}")])

    @rule(seconds=st.integers(-5, 5))
    def pass_time(self, seconds: int) -> None:
        self.clock.now_us += seconds * SECOND

    @rule()
    def reopen(self) -> None:
        self.sqlite.close()
        self.sqlite = self.open()

    @rule()
    def seal(self) -> None:
        one, two = self.memory.seal(), self.sqlite.seal()
        assert one[1:5] == two[1:5]  # number, position, events and root; ids of the stores differ

    @rule(second=SECONDS, limit=st.integers(1, 6))
    def list(self, second: int, limit: int) -> None:
        now_us = T0 + second * SECOND
        assert self.memory.due(now_us, limit=limit) == self.sqlite.due(now_us, limit=limit)
        assert self.memory.next_due_us() == self.sqlite.next_due_us()
        for where in (CaseFilter(), CaseFilter(unit="U-1"), CaseFilter(light="red", now_us=now_us)):
            for order in ("due", "opened", "arrival"):
                one = self.memory.query_cases(where, order=order, limit=limit)  # type: ignore[arg-type]
                assert one == self.sqlite.query_cases(where, order=order, limit=limit)  # type: ignore[arg-type]
            assert self.memory.count_cases(where) == self.sqlite.count_cases(where)

    @invariant()
    def all_say_the_same(self) -> None:
        for store in (self.memory, self.sqlite):
            assert [
                (event.case_id, event.version) for event in store.read_feed(START, limit=10_000).events
            ] == self.feed
            for case_id, items in self.cases.items():
                events = [event for item in items for event in item.events]
                assert [event.envelope for event in store.read_case(case_id)] == events
                assert store.head(case_id) == self.heads[case_id]
                assert store.case_row(case_id) == items[-1].row
            report = store.verify(kept=store.seals(), heads=list(self.heads.items()))
            assert report.faults == ()


TestStores = Stores.TestCase
TestStores.settings = settings(settings.default, max_examples=25, stateful_step_count=30)
