"""Casework over memory and over SQLite against a plain model in dicts: one life, told three times.

Two workers share each store, and one of them comes in between the other's decision and its append. Commands
come again, under their own id and under that of another; the file is closed and opened; reads go back in
time. Cases, lists, clocks and stories are the same everywhere.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gov_core.cases.machine import MACHINE
from gov_core.casework import Intake, handling
from gov_core.casework.handling import load
from gov_core.casework.rows import case_row, clock_rows, micros
from gov_core.errors import CaseRefusedError, CommandReusedError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import CaseFilter, Position, RecordedAt
from gov_core.storage.sqlite import SqliteCaseStore
from town import AFTER, COMMUNITY, DISPATCHER, HOTLINE, MONDAY, ROADS, STREET, VERIFIER, Town

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.casework import Outcome

IDS = [f"C-{number}" for number in range(5)]
ANY = [*IDS, *IDS, *(f"{case}.{number}" for case in IDS for number in (1, 2))]
"""Cases and the parts they may be split into."""
MATTERS = ["dirt.rubbish", "leak"]
OPEN = {"collected", "triaged", "whistled", "accepted", "in_progress", "waiting", "handled"}
ENDED = {"closed", "evaluated", "merged"}

STEPS: dict[str, tuple[set[str], str, Callable[[Town, str, str], Outcome]]] = {
    "triage": (
        {"collected"},
        "triaged",
        lambda town, case, id_: town.casework.triage(case, COMMUNITY, command_id=id_),
    ),
    "whistle": (
        {"triaged", "in_progress"},
        "whistled",
        lambda town, case, id_: town.casework.whistle(case, STREET, ("ROADS",), command_id=id_),
    ),
    "report_in": (
        {"whistled"},
        "accepted",
        lambda town, case, id_: town.casework.report_in(case, ROADS, command_id=id_),
    ),
    "start": (
        {"accepted"},
        "in_progress",
        lambda town, case, id_: town.casework.start(case, ROADS, command_id=id_),
    ),
    "feedback": (
        {"in_progress"},
        "handled",
        lambda town, case, id_: town.casework.give_feedback(case, ROADS, evidence=(AFTER,), command_id=id_),
    ),
    "verify": (
        {"handled"},
        "closed",
        lambda town, case, id_: town.casework.verify(case, VERIFIER, command_id=id_),
    ),
    "fail": (
        {"handled"},
        "in_progress",
        lambda town, case, id_: town.casework.verify(
            case, VERIFIER, passed=False, reason="not_done", command_id=id_
        ),
    ),
    "resume": (
        {"waiting"},
        "before",
        lambda town, case, id_: town.casework.resume(case, STREET, command_id=id_),
    ),
    "evaluate": (
        {"closed"},
        "evaluated",
        lambda town, case, id_: town.casework.evaluate(case, STREET, 90, command_id=id_),
    ),
    "urge": (OPEN, "same", lambda town, case, id_: town.casework.urge(case, DISPATCHER, command_id=id_)),
}
"""Name of a step to the states it is for, the state it leads to, and how it is asked for."""

ONWARD = {
    "collected": "triage",
    "triaged": "whistle",
    "whistled": "report_in",
    "accepted": "start",
    "in_progress": "feedback",
    "handled": "verify",
    "closed": "evaluate",
}
"""State of a case to the step that takes it on."""


@dataclass
class Plain:
    """A case as the model has it."""

    matter: str
    state: str = "collected"
    before: str = ""
    until: datetime | None = None
    version: int = 1
    urged: int = 0
    into: str = ""
    duplicates: list[str] = field(default_factory=list)
    parent: str = ""
    children: list[str] = field(default_factory=list)


class Between:
    """A store in which another worker comes in before the next append."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.meddle: Callable[[], object] | None = None

    def _let_in(self) -> None:
        meddle, self.meddle = self.meddle, None
        if meddle is not None:
            meddle()

    def append(self, *args: Any, **more: Any) -> Any:
        self._let_in()
        return self.store.append(*args, **more)

    def append_many(self, *args: Any, **more: Any) -> Any:
        self._let_in()
        return self.store.append_many(*args, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


class CaseworkAgrees(RuleBasedStateMachine):
    """Random work on a few cases."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "cases.db"
        self.now = MONDAY
        self.memory = MemoryCaseStore(clock=lambda: micros(self.now))
        self.cases: dict[str, Plain] = {}
        self.commands: list[tuple[str, Callable[[Town], Outcome], tuple[Any, ...]]] = []
        self.moments: list[tuple[int, datetime, dict[str, tuple[str, int]]]] = []
        self.told: set[tuple[str, str, int]] = set()
        self.count = 0
        self._towns()
        for number, case in enumerate(IDS[:4]):
            self.report(case, "dirt.rubbish")
            for _ in range(2 * number):
                self.onward(case, race=False)

    def _towns(self) -> None:
        self.sqlite = SqliteCaseStore(self.file, clock=lambda: micros(self.now))
        self.stores = [Between(self.memory), Between(self.sqlite)]
        self.towns = [Town(store=store) for store in self.stores]
        self.others = [Town(store=store.store) for store in self.stores]

    def teardown(self) -> None:
        if hasattr(self, "sqlite"):
            self.sqlite.close()
            self.folder.cleanup()

    # What is asked, of both.

    def ask(self, call: Callable[[Town, str], Outcome], *, allowed: bool) -> list[Outcome]:
        """Ask both; either both do it, or both refuse and are as they were."""
        self.count += 1
        command_id = f"command-{self.count}"
        outcomes = []
        for town in self.towns:
            town.now = self.now
            head = town.store.read_feed().head
            if allowed:
                outcomes.append(call(town, command_id))
            else:
                with pytest.raises(CaseRefusedError):
                    call(town, command_id)
                assert town.store.read_feed().head == head
        if outcomes:
            seen = _seen(outcomes[0])
            assert seen == _seen(outcomes[1])
            self.commands.append((command_id, lambda town: call(town, command_id), seen))
        return outcomes

    @rule(case=st.sampled_from(IDS), matter=st.sampled_from(MATTERS))
    def report(self, case: str, matter: str) -> None:
        def call(town: Town, command_id: str) -> Outcome:
            intake = Intake(matter=matter, channel="hotline", case_id=case, place="G1")
            return town.casework.report(intake, HOTLINE, command_id=command_id)

        if self.ask(call, allowed=case not in self.cases):
            self.cases[case] = Plain(matter)

    @rule(case=st.sampled_from(ANY), race=st.booleans())
    def onward(self, case: str, *, race: bool) -> None:
        """The next step of the loop, for else few cases would ever come to their end."""
        if case in self.cases and self.cases[case].state in ONWARD:
            self.do(case, ONWARD[self.cases[case].state], race=race)

    @rule(case=st.sampled_from(ANY), step=st.sampled_from(sorted(STEPS)), race=st.booleans())
    def step(self, case: str, step: str, *, race: bool) -> None:
        """Any step, whether the case is ready for it or not."""
        if case in self.cases:
            self.do(case, step, race=race)

    def do(self, case: str, step: str, *, race: bool) -> None:
        plain = self.cases[case]
        event(f"{step} when {plain.state}")
        sources, target, call = STEPS[step]
        if step == "whistle" and plain.matter == "leak":
            return  # not on the list of ROADS
        allowed = plain.state in sources and not (
            step == "verify" and any(self.cases[child].state in OPEN for child in plain.children)
        )
        race = race and plain.state in OPEN and allowed
        if race:
            self.count += 1
            for store, other in zip(self.stores, self.others, strict=True):
                other.now = self.now
                store.meddle = _urging(other, case, f"race-{self.count}")
        if not self.ask(lambda town, command_id: call(town, case, command_id), allowed=allowed):
            return
        plain.version += 1 + race
        plain.urged += (step == "urge") + race
        plain.state = {"same": plain.state, "before": plain.before}.get(target, target)
        if step == "verify" and plain.parent:
            self.cases[plain.parent].version += 1  # it is told that its part has ended

    @rule(case=st.sampled_from(IDS), days=st.integers(1, 20))
    def suspend(self, case: str, days: int) -> None:
        plain = self.cases.get(case)
        if plain is None:
            return
        until = self.now + timedelta(days=days)

        def call(town: Town, command_id: str) -> Outcome:
            return town.casework.suspend(case, ROADS, until, reason="weather", command_id=command_id)

        if self.ask(call, allowed=plain.state in {"accepted", "in_progress"}):
            plain.version += 1
            plain.before, plain.state, plain.until = plain.state, "waiting", until

    @rule(case=st.sampled_from(IDS), into=st.sampled_from(IDS))
    def merge(self, case: str, into: str) -> None:
        one, other = self.cases.get(case), self.cases.get(into)
        if one is None or other is None:
            return
        mergeable = {"collected", "triaged", "whistled", "accepted", "in_progress"}
        family = one.parent or one.children or one.duplicates
        allowed = case != into and one.state in mergeable and not family and other.state in OPEN
        call = lambda town, id_: town.casework.merge(case, into, DISPATCHER, command_id=id_)  # noqa: E731
        if self.ask(call, allowed=allowed):
            one.version += 1
            other.version += 1
            one.before, one.state, one.into = one.state, "merged", into
            other.duplicates.append(case)

    @rule(case=st.sampled_from(ANY))
    def split(self, case: str) -> None:
        plain = self.cases.get(case)
        if plain is None or len(plain.children) == 2:
            return
        child = f"{case}.{len(plain.children) + 1}"

        def call(town: Town, command_id: str) -> Outcome:
            part = Intake(matter="dirt.rubbish", channel="split")
            return town.casework.split(case, [part], DISPATCHER, command_id=command_id)

        allowed = plain.state in {"triaged", "accepted", "in_progress"} and not plain.parent
        if self.ask(call, allowed=allowed):
            plain.version += 1
            plain.children.append(child)
            self.cases[child] = Plain("dirt.rubbish", parent=case)

    @rule(case=st.sampled_from(IDS))
    def unmerge(self, case: str) -> None:
        plain = self.cases.get(case)
        if plain is None:
            return
        allowed = bool(plain.into) and self.cases[plain.into].state in OPEN | ENDED
        call = lambda town, id_: town.casework.unmerge(case, DISPATCHER, reason="other", command_id=id_)  # noqa: E731
        if self.ask(call, allowed=allowed):
            other = self.cases[plain.into]
            other.duplicates.remove(case)
            other.version += 1
            plain.version += 1
            plain.state, plain.into = plain.before, ""

    # Time, retries, restarts.

    @rule(hours=st.integers(1, 100))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def tick(self) -> None:
        told = []
        for town in self.towns:
            town.now = self.now
            ticks = list(town.casework.tick())
            assert all(tick.refused is None for tick in ticks)
            assert list(town.casework.tick()) == []
            told.append([(tick.due, _seen(tick.outcome)) for tick in ticks if tick.outcome is not None])
        assert told[0] == told[1]
        for due, (*_, events) in told[0]:
            once = (due.case_id, due.clock, due.fires_us)
            assert once not in self.told
            self.told.add(once)
            self.cases[due.case_id].version += len(events)
        for plain in self.cases.values():
            if plain.state == "waiting" and plain.until is not None and plain.until <= self.now:
                plain.state = plain.before

    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """A command that comes again gives its first result; its id with another command is refused."""
        command_id, call, seen = data.draw(st.sampled_from(self.commands))
        for town in self.towns:
            town.now = self.now
            head = town.store.read_feed().head
            outcome = call(town)
            assert outcome.duplicate
            assert _seen(outcome) == seen
            with pytest.raises(CommandReusedError):
                town.casework.urge(min(self.cases), ROADS, command_id=command_id)
            assert town.store.read_feed().head == head

    @rule()
    def reopen(self) -> None:
        self.sqlite.close()
        self._towns()

    @rule()
    def remember(self) -> None:
        heads = {town.store.read_feed().head for town in self.towns}
        assert len(heads) == 1
        states = {case: (plain.state, plain.version) for case, plain in self.cases.items()}
        self.moments.append((heads.pop(), self.now, states))
        self.now += timedelta(seconds=1)

    @precondition(lambda self: self.moments)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        position, then, states = data.draw(st.sampled_from(self.moments))
        for town in self.towns:
            for case, (state, version) in states.items():
                for as_of in (Position(position), RecordedAt(micros(then))):
                    was = town.casework.case(case, as_of=as_of)
                    assert (was.state, was.version) == (state, version)
                assert len(town.casework.timeline(case, as_of=Position(position))) == version

    # What always holds.

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "cases"):
            return
        rows = [town.store.query_cases(order="arrival", limit=50).rows for town in self.towns]
        assert rows[0] == rows[1]
        assert {row.case_id: (row.state, row.open) for row in rows[0]} == {
            case: (plain.state, plain.state in OPEN) for case, plain in self.cases.items()
        }
        due = [town.store.due(micros(self.now) + 10**15) for town in self.towns]
        assert due[0] == due[1]
        for town in self.towns:
            store, clocks = town.store, []
            assert store.count_cases(CaseFilter(open=True)) == sum(
                plain.state in OPEN for plain in self.cases.values()
            )
            for case_id, plain in self.cases.items():
                case, head = load(store, case_id)
                assert (case.state, case.version, case.urged) == (plain.state, plain.version, plain.urged)
                assert (case.merged_into, list(case.duplicates)) == (plain.into, plain.duplicates)
                assert dict(case.children) == {
                    child: self.cases[child].state not in OPEN for child in plain.children
                }
                assert head == store.head(case_id)
                assert store.case_row(case_id) == case_row(case, town.casework.procedure(case))
                clocks += [(row.fires_us, case_id, row.clock) for row in clock_rows(case)]
            assert sorted(clocks) == sorted((one.fires_us, one.case_id, one.clock) for one in due[0])


def _seen(outcome: Outcome) -> tuple[Any, ...]:
    return (outcome.case, outcome.events)


def _urging(town: Town, case: str, command_id: str) -> Callable[[], object]:
    return lambda: town.casework.urge(case, DISPATCHER, command_id=command_id)


class TestCaseworkAgrees(CaseworkAgrees.TestCase):
    settings = settings(max_examples=25, stateful_step_count=40, deadline=None)

    @pytest.fixture(autouse=True)
    def short_cases_have_snapshots_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handling, "SNAPSHOT_EVERY", 6)


def test_the_model_knows_the_states_it_speaks_of() -> None:
    assert MACHINE.open >= OPEN
    assert MACHINE.ended >= ENDED
