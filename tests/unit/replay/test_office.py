"""A generated office over opened cases: the same whatever comes in between, and only what cases allow."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import islice, pairwise
from random import Random
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from gov_core.cases.codec import decode
from gov_core.cases.evolve import evolve
from gov_core.casework import Governance
from gov_core.city import Matter
from gov_core.events import write_events
from gov_core.generate import event_batches, generate_city
from gov_core.replay import Replay, read_habits, shipped_habits
from gov_core.replay.dice import Dice
from gov_core.routing import Router
from gov_core.storage.opening import open_store
from gov_core.storage.protocol import START, CaseFilter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from arro3.core import RecordBatch

    from gov_core.storage.protocol import CaseStore, RecordedEvent

CITY = generate_city(40, seed=3)
ROUTER = Router.compile(CITY)
GOVERNANCE = Governance(CITY, ROUTER)
EVENTS, CASES = 400, 250


def routed(governance: Governance = GOVERNANCE) -> Iterable[RecordBatch]:
    return governance.router.route_stream(event_batches(CITY, EVENTS, seed=5))


def whole(store: CaseStore, governance: Governance = GOVERNANCE, **more: int) -> Replay:
    replay = Replay(store, governance, cases=CASES, **more)
    for _ in replay.open(routed(governance)):
        pass
    for _ in replay.work():
        pass
    return replay


def feed(store: CaseStore) -> list[RecordedEvent]:
    return list(store.read_feed(START, limit=100_000).events)


def told(store: CaseStore) -> list[tuple[str, int, bytes]]:
    return [(event.case_id, event.version, event.envelope.hash) for event in feed(store)]


@pytest.fixture(scope="module")
def store() -> CaseStore:
    return open_store("memory://")


@pytest.fixture(scope="module")
def uninterrupted(store: CaseStore) -> Replay:
    return whole(store)


def test_every_case_is_one_and_every_step_is_sound(uninterrupted: Replay, store: CaseStore):
    bulletin = uninterrupted.bulletin()
    assert bulletin.cases == CASES == sum(row.cases for row in bulletin.states)
    assert sum(row.cases for row in bulletin.units) == CASES
    assert bulletin.opened == store.count_cases() == EVENTS - bulletin.known
    assert store.verify().sound
    assert uninterrupted.ran.steps == len(feed(store)) - bulletin.opened


def test_years_are_told_in_the_order_of_their_time(uninterrupted: Replay, store: CaseStore):
    worked = [event.envelope.at_us for event in feed(store)[uninterrupted.bulletin().opened :]]
    assert all(before <= after for before, after in pairwise(worked))
    assert worked[-1] <= uninterrupted.opened.latest_us


def test_the_office_does_what_offices_do(uninterrupted: Replay, store: CaseStore):
    kinds = {event.envelope.type for event in feed(store)}
    assert kinds >= {
        "case_reported", "case_triaged", "whistle_blown", "reported_in", "case_returned", "work_started",
        "feedback_given", "check_failed", "case_closed", "case_evaluated", "satisfaction_rated",
        "clock_fired", "extension_requested", "extension_approved", "case_suspended", "case_resumed",
        "case_rejected",
    }  # fmt: skip
    counts = uninterrupted.bulletin().counts
    assert min(counts[name] for name in ("returned", "reworked", "extended", "rested", "escalated")) > 0


@pytest.mark.parametrize("url", ["memory://", "sqlite"])
def test_a_replay_stopped_anywhere_ends_as_one_that_was_not(
    url: str, uninterrupted: Replay, store: CaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gov_core.replay.opening.BATCH_ROWS", 64)
    monkeypatch.setattr("gov_core.replay.running._TRANSACTION", 50)
    broken = open_store(url if url == "memory://" else f"sqlite:///{tmp_path / 'cases.db'}")
    chance = Random(7)
    for _ in range(6):
        replay = Replay(broken, GOVERNANCE, cases=CASES)
        opened = list(islice(replay.open(routed()), chance.randrange(1, 12)))
        if opened[-1].rows == EVENTS:
            list(islice(replay.work(), chance.randrange(1, 12)))
    again = whole(broken)
    assert told(broken) == told(store)
    assert again.bulletin() == uninterrupted.bulletin()
    assert broken.verify().sound
    broken.close()


def test_another_seed_is_another_office(uninterrupted: Replay):
    other = whole(open_store("memory://"), seed=2)
    assert other.bulletin().digest != uninterrupted.bulletin().digest
    assert other.opened.digest == uninterrupted.opened.digest


def test_sensitive_matters_are_opened_and_left_alone():
    codes = {matter.code for matter in CITY.matters if matter.parent is None}
    hidden = min(codes)
    matters = tuple(replace(matter, sensitive=matter.code == hidden) for matter in CITY.matters)
    assert all(isinstance(matter, Matter) for matter in matters)
    city = replace(CITY, matters=matters)
    governance = Governance(city, Router.compile(city))
    store = open_store("memory://")
    bulletin = whole(store, governance).bulletin()
    sensitive = CaseFilter(sensitive=True)
    assert store.count_cases(sensitive) > 10
    assert store.count_cases(sensitive) == store.count_cases(sensitive._replace(state="collected"))
    cases = {}
    for event in feed(store):
        kind, schema, _, data, _ = event.envelope
        cases[event.case_id] = evolve(cases.get(event.case_id), decode(kind, schema, data))
    assert all(case.version == 1 for case in cases.values() if case.sensitive)
    assert bulletin.cases <= store.count_cases(CaseFilter(sensitive=False))


def test_a_process_killed_again_and_again_ends_with_the_same_digest(tmp_path: Path):
    CITY.save(tmp_path / "city")
    write_events(tmp_path / "events.parquet", event_batches(CITY, EVENTS, seed=5))
    program = (
        "import sys, gov_core.replay.opening as o, gov_core.replay.running as r; "
        "o.BATCH_ROWS, r._TRANSACTION = 40, 20; "
        "from gov_core.cli import main; sys.argv = ['gov-core', *sys.argv[1:]]; main()"
    )

    def command(name: str) -> list[str]:
        where = [str(tmp_path / "city"), str(tmp_path / "events.parquet")]
        store = ["--store", f"sqlite:///{tmp_path / name}", "--cases", str(CASES), "--json"]
        return [sys.executable, "-c", program, "replay", *where, *store]

    chance, killed = Random(3), 0
    began = monotonic()
    clean = subprocess.run(command("clean.db"), capture_output=True, check=True)
    took = monotonic() - began
    for _ in range(4):
        child = subprocess.Popen(command("killed.db"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sleep(chance.uniform(0.3, 1) * took)
        if child.poll() is None:
            os.kill(child.pid, signal.SIGKILL)
            killed += 1
        child.wait()
    assert killed > 0
    ended = subprocess.run(command("killed.db"), capture_output=True, check=True)
    assert json.loads(ended.stdout) == json.loads(clean.stdout)
    one, other = (open_store(f"sqlite:///{tmp_path / name}") for name in ("clean.db", "killed.db"))
    assert told(one) == told(other)
    assert other.verify().sound
    one.close()
    other.close()


def test_habits_that_no_case_could_follow_are_refused():
    text = 'spread = 1\nneglect = 0\nlying = 1\nassist = 0\n[desks]\n[[steps]]\nstate = "closed"\n'
    with pytest.raises(ValueError, match="no case that is closed takes the step triage"):
        read_habits(f'{text}trigger = "triage"\nshare = 1\nby = ["dispatcher"]\nlimit = 1')
    with pytest.raises(ValueError, match="either limit or days"):
        read_habits(f'{text}trigger = "evaluate"\nshare = 1\nby = ["supervisor"]')


def test_chances_are_as_likely_as_their_weights_and_have_no_memory():
    first = [Dice(f"case/{number}").order([(8, "a"), (2, "b")], 0)[0] for number in range(4_000)]
    assert 0.77 < first.count("a") / len(first) < 0.83
    assert first == [Dice(f"case/{number}").order([(8, "a"), (2, "b")], 0)[0] for number in range(4_000)]
    median = sorted(Dice(f"{number}").around(10, 0.75, 0) for number in range(4_001))[2_000]
    assert 9 < median < 11


def test_the_office_knows_no_state_that_the_machine_has_not():
    habits = shipped_habits()
    assert {habit.state for habit in habits.steps} >= {
        "collected",
        "triaged",
        "whistled",
        "handled",
        "closed",
    }
    assert not habits.of("archived")
