"""Whatever is told, claimed, sealed, held and erased in whatever order, both stores say the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gov_core.errors import StorageError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.outbox import Again, Buried, Claim, Message, OutboxFilter, Sent
from gov_core.storage.personal import Access, Hold, Personal, RetentionPolicy, SubjectKey
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.store.harness import SECOND, T0, Clock
from gov_core.testing.store.writing import Writer, digest, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.storage.protocol import CaseStore

_T = TypeVar("_T")
CASES = st.sampled_from(["a", "b", "c"])
ENDPOINTS = st.sampled_from(["x", "y", "z"])
SUBJECTS = st.sampled_from(["p", "q", "r", "s"])
SMALL = st.integers(0, 4)


class Beside(RuleBasedStateMachine):
    """Two stores on one clock."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))  # noqa: S108
        self.memory = MemoryCaseStore(clock=self.clock)
        self.file = self.open()
        self.writers = {case_id: Writer(case_id) for case_id in "abc"}
        self.claims: list[Claim] = []
        self.step = 0

    def open(self) -> SqliteCaseStore:
        return SqliteCaseStore(self.folder / "cases.db", clock=self.clock)

    def teardown(self) -> None:
        assert self.file.verify().sound
        copy = SqliteCaseStore(self.folder / "copy.db", clock=self.clock)
        copy.restore(self.memory.describe().store, self.memory.dump())
        assert list(copy.dump()) == list(self.memory.dump())
        assert copy.verify().sound
        for store in (self.file, copy):
            store.close()
        shutil.rmtree(self.folder)

    def both(self, call: Callable[[CaseStore], _T]) -> _T | type[StorageError]:
        """What a call gives, the same of both stores, be it an error."""
        said: list[Any] = []
        for store in (self.memory, self.file):
            try:
                said.append(call(store))
            except StorageError as error:
                said.append(type(error))
        assert said[0] == said[1]
        return said[0]  # type: ignore[no-any-return]

    @rule(
        case_id=CASES,
        endpoints=st.lists(st.tuples(ENDPOINTS, SMALL), max_size=3),
        values=st.lists(st.tuples(SUBJECTS, SMALL), max_size=2),
        subjects=st.lists(SUBJECTS, max_size=2),
        is_open=st.booleans(),
    )
    def append(
        self,
        case_id: str,
        endpoints: list[tuple[str, int]],
        values: list[tuple[str, int]],
        subjects: list[str],
        is_open: bool,  # noqa: FBT001
    ) -> None:
        self.step += 1
        outbox = [
            Message(f"{self.step}/{number}", endpoint, b"told", delay_s * SECOND)
            for number, (endpoint, delay_s) in enumerate(endpoints)
        ]
        personal = [Personal(digest(f"{each}"), each[0], f"{each}".encode()) for each in values]
        writer = self.writers[case_id]
        before = writer.head
        item = writer.append("x", row=row(case_id, open=is_open))._replace(
            outbox=outbox, personal=personal, subjects=subjects
        )
        if isinstance(self.both(lambda store: store.append(item)), type):
            writer.head = before

    @rule(lease_s=st.integers(1, 5), limit=SMALL, without=st.sets(ENDPOINTS, max_size=2))
    def claim(self, lease_s: int, limit: int, without: set[str]) -> None:
        found = self.both(
            lambda store: store.outbox_claim("w", lease_us=lease_s * SECOND, limit=limit, without=without)
        )
        assert isinstance(found, tuple)
        self.claims += found

    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        picked = data.draw(st.lists(st.sampled_from(self.claims), max_size=3)) if self.claims else []
        settlements = [
            data.draw(
                st.sampled_from(
                    [
                        Sent(each.message.id, each.token),
                        Again(each.message.id, each.token, 2 * SECOND, "busy"),
                        Again(each.message.id, each.token, 0, "stopped", tried=False),
                        Buried(each.message.id, each.token, "gone"),
                    ]
                )
            )
            for each in picked
        ]
        self.both(lambda store: [type(each) for each in store.outbox_settle(settlements)])

    @rule(endpoint=st.none() | ENDPOINTS, case_id=st.none() | CASES)
    def redrive(self, endpoint: str | None, case_id: str | None) -> None:
        self.both(lambda store: store.outbox_redrive(OutboxFilter(None, endpoint, case_id)))

    @rule(seconds=SMALL)
    def prune(self, seconds: int) -> None:
        self.both(lambda store: store.outbox_prune(self.clock.now_us - seconds * SECOND))

    @rule(subjects=st.lists(SUBJECTS, max_size=3), turn=SMALL)
    def keep_keys(self, subjects: list[str], turn: int) -> None:
        keys = [SubjectKey(subject, f"{subject}{turn}".encode()) for subject in subjects]
        self.both(lambda store: store.keep_keys(keys))

    @rule(subject=SUBJECTS, wrapped=st.binary(min_size=1, max_size=4))
    def rewrap(self, subject: str, wrapped: bytes) -> None:
        old = self.both(lambda store: store.read_key(subject))
        if isinstance(old, SubjectKey):
            self.both(lambda store: store.rewrap_keys([(old, SubjectKey(subject, wrapped))]))

    @rule(subject=SUBJECTS, command=SMALL, basis=st.sampled_from(["request", "other"]))
    def erase(self, subject: str, command: int, basis: str) -> None:
        self.both(lambda store: store.erase(subject, command_id=f"e{command}", basis=basis))

    @rule(subject=SUBJECTS, basis=st.sampled_from(["suit", "audit"]), seconds=st.none() | SMALL)
    def hold(self, subject: str, basis: str, seconds: int | None) -> None:
        until_us = None if seconds is None else self.clock.now_us + seconds * SECOND
        self.both(lambda store: store.hold(Hold(subject, basis, until_us)))

    @rule(subject=SUBJECTS, basis=st.sampled_from(["suit", "audit"]))
    def release(self, subject: str, basis: str) -> None:
        self.both(lambda store: store.release(subject, basis))

    @rule(seconds=SMALL, dry_run=st.booleans())
    def retain(self, seconds: int, dry_run: bool) -> None:  # noqa: FBT001
        policy = RetentionPolicy("retention", self.clock.now_us - seconds * SECOND)
        self.both(lambda store: store.apply_retention(policy, dry_run=dry_run))

    @rule(subject=SUBJECTS)
    def look(self, subject: str) -> None:
        self.both(lambda store: store.note_accesses([Access(subject, bytes(32), "a", "clerk", "visit")]))

    @rule(seconds=st.sampled_from([-9, -3, 0, 1, 2, 5]))
    def pass_time(self, seconds: int) -> None:
        self.clock.now_us = max(T0, self.clock.now_us + seconds * SECOND)

    @rule()
    def reopen(self) -> None:
        self.file.close()
        self.file = self.open()

    @invariant()
    def all_say_the_same(self) -> None:
        self.both(lambda store: store.outbox_entries())
        self.both(lambda store: store.outbox_stats())
        self.both(lambda store: store.holds())
        self.both(lambda store: store.accesses())
        self.both(lambda store: store.subjects())
        self.both(lambda store: [each._replace(command_id="") for each in store.erasures()])
        for subject in "pqrs":
            self.both(lambda store: (store.personal_of(subject), store.cases_of(subject)))  # noqa: B023


TestBeside = Beside.TestCase
TestBeside.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
