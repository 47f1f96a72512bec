"""The kit for stores itself: what is skipped, which level is reached, and what a certificate says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.errors import ConcurrencyConflictError, DeadlineExceededError, HarnessError
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import AppendResult, CaseStore
from gov_core.storage.refusals import late
from gov_core.testing.kit.outcome import Outcome, Skip
from gov_core.testing.store import LEVELS, promises, run
from gov_core.testing.store.calls import MADE, TIMED
from gov_core.testing.store.certificate import Certificate
from gov_core.testing.store.harness import HookMissingError
from gov_core.testing.store.memory import MemoryHarness
from gov_core.testing.store.promises import SUBJECTS, Promise, Trial
from gov_core.testing.store.running import Described, described, harness_of, keep
from gov_core.testing.store.sqlite import SqliteHarness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.storage.protocol import Append, StoreDescription
    from gov_core.testing.store.harness import OldStore

S01, S86 = (next(each for each in promises() if each.number == number) for number in ("S01", "S86"))


# The list of promises


def test_every_number_of_the_contract_is_there_once() -> None:
    numbers = [each.number for each in promises()]
    assert len(numbers) == len(set(numbers))
    assert {f"S{number:02}" for number in range(1, 97)} <= set(numbers)
    extra = sorted(set(numbers) - {f"S{number:02}" for number in range(1, 97)})
    assert extra == [f"X{number:02}" for number in range(1, len(extra) + 1)]


def test_promises_say_what_they_promise() -> None:
    for each in promises():
        assert re.fullmatch(r"[\w, '-]+ .*\.", each.sentence), each.name
        assert each.subject in SUBJECTS
        assert not each.hint or each.hint.endswith(".")


def test_base_promises_need_nothing_but_what_every_durable_store_has() -> None:
    for each in promises():
        if each.base:
            assert each.capability is None, each.name
            assert each.hook is None or each.survives == "process", each.name


def test_levels_hold_each_other() -> None:
    bronze, silver, gold = (promises(level) for level in LEVELS)
    assert bronze == silver[: len(bronze)]
    assert silver == gold[: len(silver)]
    assert {each.level for each in bronze} == {"bronze"}


# Skipping


def made(check: Any, **changes: Any) -> Promise:
    """A promise as S01 is, about something else."""
    return Promise(**(S01.__dict__ | {"check": check, "base": False} | changes))


def kept(trial: Trial) -> None:
    """It is kept."""
    trial.figures["looked"] = 1


def refused(_: Trial) -> None:
    """It cannot be tried here."""
    raise HookMissingError("no compiler")


def test_what_a_store_does_not_claim_is_skipped() -> None:
    with pytest.raises(Skip) as caught:
        keep(made(kept, capability="concurrent_machines"), MemoryHarness)
    assert (caught.value.excuse, caught.value.reason) == (
        "capability",
        "the store does not claim concurrent_machines",
    )
    with pytest.raises(Skip) as caught:
        keep(made(kept, survives="power"), MemoryHarness)
    assert caught.value.excuse == "capability"
    with pytest.raises(Skip) as caught:
        keep(made(kept, places=("server",)), MemoryHarness)
    assert caught.value.excuse == "place"
    assert keep(made(kept), MemoryHarness) == {"looked": 1}


def test_what_a_harness_cannot_do_is_skipped_with_its_reason() -> None:
    with pytest.raises(Skip) as caught:
        keep(made(kept, hook=S86.hook), MemoryHarness)
    assert (caught.value.excuse, caught.value.reason) == (
        "hook",
        "needs a harness that opens this very store in another process (Opens)",
    )
    with pytest.raises(Skip) as caught:
        keep(made(refused), MemoryHarness)
    assert caught.value.excuse == "hook"
    assert "no compiler" in caught.value.reason


def test_a_base_promise_is_not_skipped() -> None:
    for promise in (made(kept, base=True, places=("server",)), made(refused, base=True)):
        with pytest.raises(AssertionError, match="cannot be left out"):
            keep(promise, MemoryHarness)


def test_a_store_that_hangs_is_given_up() -> None:
    def hangs(trial: Trial) -> None:
        store = trial.store()
        assert isinstance(store, MemoryCaseStore)
        store._lock = type("Lock", (), {"acquire": lambda *_, **__: __import__("time").sleep(60)})()
        store.head("c")

    with pytest.raises(AssertionError, match=r"has not come back within 0\.5 s"):
        keep(made(hangs, limit_s=0.5), MemoryHarness)


def test_numbers_come_again_with_their_seed() -> None:
    drawn: list[list[float]] = []

    def draws(trial: Trial) -> None:
        drawn.append([trial.rng.random() for _ in range(3)])

    for seed in (1, 1, 2):
        keep(made(draws), MemoryHarness, seed=seed)
    assert drawn[0] == drawn[1] != drawn[2]


# Harnesses


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("nothing", "names no harness"),
        ("gov_core.nowhere:X", "cannot be imported"),
        ("gov_core.testing.store.memory:Nobody", "has no harness Nobody"),
        ("gov_core.testing.store.memory:", "names no harness"),
    ],
)
def test_a_harness_that_there_is_not(spec: str, why: str) -> None:
    with pytest.raises(HarnessError, match=why) as caught:
        harness_of(spec)
    assert caught.value.faults[0].hint


def test_a_harness_that_gives_no_store() -> None:
    class Broken(MemoryHarness):
        def store(self) -> MemoryCaseStore:
            raise OSError("no such disk")

    class Nowhere(MemoryHarness):
        place = "moon"  # type: ignore[assignment,misc]

    with pytest.raises(HarnessError, match="no such disk"):
        described(Broken)
    with pytest.raises(HarnessError, match="place is 'moon'"):
        described(Nowhere)
    assert described(harness_of("memory")).place == "memory"


# Levels


def outcomes(**changes: Outcome) -> Mapping[str, Outcome]:
    """All passed, but for what is given by number."""
    found = {}
    for each in promises():
        usual = Outcome(each.name, "passed", "", None, 0.1, {})
        found[each.name] = changes.get(each.number, usual)._replace(name=each.name)
    return found


def reached(asked: str = "gold", **changes: Outcome) -> str | None:
    told = described(MemoryHarness)
    return Certificate("memory", told, 0, 1.0, asked, outcomes(**changes)).reached  # type: ignore[arg-type]


def skipped(excuse: Any) -> Outcome:
    return Outcome("", "skipped", "why", excuse, 0.0, {})


FAILED = Outcome("", "failed", "wrong", None, 0.0, {})


def test_a_level_is_reached_when_nothing_stands_in_its_way() -> None:
    assert reached() == "gold"
    assert reached("silver") == "silver"
    assert reached(S90=FAILED) == "silver"
    assert reached(S90=FAILED, S60=FAILED) == "bronze"
    assert reached(S01=FAILED) is None


def test_only_honest_skips_leave_a_level_reached() -> None:
    assert reached(S85=skipped("capability")) == "gold"
    assert reached(S83=skipped("place")) == "gold"
    assert reached(S87=skipped("hook")) == "silver"
    assert reached(S86=skipped("place")) == "silver"  # a base promise


def test_what_was_not_tried_is_not_kept() -> None:
    told = outcomes()
    some = {name: outcome for name, outcome in told.items() if "S70" not in name}
    certificate = Certificate("memory", described(MemoryHarness), 0, 1.0, "gold", some)
    assert certificate.reached == "bronze"
    tests = {test["number"]: test for test in certificate.values()["tests"]}
    assert tests["S70"]["outcome"] == "not_run"
    assert certificate.values()["counts"] == {"passed": len(told) - 1, "not_run": 1}


def test_an_excuse_has_to_fit_what_the_store_says_of_itself() -> None:
    store, place = described(MemoryHarness)
    boasts = store._replace(capabilities=store.capabilities | {"concurrent_processes"})
    for promise in promises("bronze"):
        if promise.capability == "concurrent_processes":
            told = outcomes() | {promise.name: skipped("capability")}
            honest = Certificate("memory", Described(store, place), 0, 1.0, "bronze", told)
            boasting = honest._replace(described=Described(boasts, "file"))
            assert (honest.reached, boasting.reached) == ("bronze", None)
    power = store._replace(durability="power")
    for promise in promises():
        if promise.survives == "power":
            told = outcomes() | {promise.name: skipped("capability")}
            strong = Certificate("memory", Described(power, "file"), 0, 1.0, promise.level, told)
            assert strong.open(promise)
            assert strong._replace(described=Described(store, place)).open(promise) is promise.base
        if promise.places == ("server",):
            told = outcomes() | {promise.name: skipped("place")}
            assert Certificate("memory", Described(store, "server"), 0, 1.0, "gold", told).open(promise)


def test_there_was_nothing_to_migrate_before_the_first_schema() -> None:
    store, place = described(SqliteHarness)
    migrating, other = next(each for each in promises() if each.number == "S42"), S01
    for schema, promise, opened in ((1, migrating, False), (2, migrating, True), (1, other, True)):
        about = Described(store._replace(schema_version=schema), place)
        told = outcomes() | {promise.name: skipped("first")}
        assert Certificate("sqlite", about, 0, 1.0, "gold", told).open(promise) is opened


class Aging(SqliteHarness):
    """Has forgotten the schema before its own."""

    def old_stores(self) -> list[OldStore]:
        return []


def test_a_store_of_the_second_schema_has_to_bring_one_of_the_first() -> None:
    (outcome,) = run(Aging, only=["S42"])
    assert outcome.outcome == "failed"
    assert "no store of an earlier schema" in outcome.reason


def test_no_call_of_the_contract_is_left_out() -> None:
    store = MemoryHarness(Path()).store()
    calls = {name for name in dir(CaseStore) if not name.startswith("_")}
    assert set(MADE) == calls
    assert len(TIMED) == 36
    for name in MADE:
        if name in TIMED:
            with pytest.raises(DeadlineExceededError):
                MADE[name](Slow(store), deadline_s=0.5)
        elif name not in {"close", "restore"}:
            MADE[name](store)


class Slow:
    """Whatever it is asked, its time is over; what it was given is looked at."""

    def __init__(self, store: CaseStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        def call(*given: object, **named: object) -> object:
            signature(getattr(self._store, name)).bind(*given, **named)
            assert named["deadline_s"] == 0.5
            raise late()

        return call


class Outliving(MemoryHarness):
    """In memory, and says that it is safe when the power fails."""

    def store(self) -> CaseStore:
        store = super().store()
        told = store.describe()._replace(durability="power")
        store.describe = lambda: told  # type: ignore[method-assign]
        return store


def test_what_outlives_its_process_is_not_in_its_memory() -> None:
    with pytest.raises(HarnessError, match="its place is memory"):
        described(Outliving)


def test_nothing_is_kept_where_assertions_are_left_out() -> None:
    script = (
        "from gov_core.testing.store import run\n"
        "from gov_core.testing.store.memory import MemoryHarness\n"
        "print({each.outcome for each in run(MemoryHarness, only=['S01'])})"
    )
    made = subprocess.run([sys.executable, "-O", "-c", script], capture_output=True, text=True, check=True)
    assert made.stdout == "{'failed'}\n"


# Faults of a store


class Boasting(MemoryCaseStore):
    """Says that it can do what it cannot."""

    def describe(self) -> StoreDescription:
        told = super().describe()
        return told._replace(capabilities=told.capabilities | {"deadlines", "concurrent_processes"})


class Forgetful(MemoryCaseStore):
    """Applies a command again when it is sent again."""

    def append(self, item: Append, *, deadline_s: float | None = None) -> AppendResult:
        result = super().append(item, deadline_s=deadline_s)
        return result._replace(duplicate=False)


class ForgetfulHarness(MemoryHarness):
    def another(self) -> MemoryCaseStore:
        return Forgetful(clock=self.clock)


def test_run_goes_on_when_nothing_is_raised_that_should_be() -> None:
    class Blind(MemoryCaseStore):
        def append(self, item: Append, *, deadline_s: float | None = None) -> AppendResult:
            try:
                return super().append(item, deadline_s=deadline_s)
            except ConcurrencyConflictError:
                return AppendResult(self.head(item.case_id), 1, 1)

    class Harness(MemoryHarness):
        def another(self) -> MemoryCaseStore:
            return Blind(clock=self.clock)

    found = run(Harness, level="bronze", only=["S02", "S12"])
    assert [each.outcome for each in found] == ["failed", "passed"]
    assert "DID NOT RAISE" in found[0].reason


def test_run_says_where_a_promise_was_broken() -> None:
    found = run(ForgetfulHarness, level="bronze", only=["S01", "S21"])
    assert [(each.name[:3], each.outcome) for each in found] == [("S01", "passed"), ("S21", "failed")]
    assert "idempotency.py:" in found[1].reason
    assert run(ForgetfulHarness, level="bronze", only=["S21", "S22"], stop_at_first=True) == [
        found[1]._replace(seconds=pytest.approx(found[1].seconds, abs=30))
    ]


def test_a_claim_that_does_not_hold_is_a_failure() -> None:
    class Harness(MemoryHarness):
        place = "file"  # type: ignore[assignment,misc]

        def another(self) -> MemoryCaseStore:
            return Boasting(clock=self.clock)

    (described_wrongly,) = run(Harness, only=["X01"])
    assert described_wrongly.outcome == "failed"
    (fork,) = run(Harness, level="bronze", only=["S48"])
    assert (fork.outcome, fork.excuse) == ("skipped", "hook")  # which no level is reached with


# Pytest


def pytest_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with the plugin, in a folder of its own."""
    command = [sys.executable, "-m", "pytest", "-p", "gov_core.testing.plugin", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path]), "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


KIT = ("--pyargs", "gov_core.testing.store")


def test_other_runs_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    for name in ('--store', '--seed', '--level', '--scale', '--certificate'):\n"
        "        parser.addoption(name, default='mine')\n"
    )
    (tmp_path / "test_own.py").write_text(
        "import sys\n"
        "def test_own(request):\n"
        "    assert request.config.getoption('--seed') == '7'\n"
        "    loaded = {each for each in sys.modules if each.startswith('gov_core.')}\n"
        "    assert loaded == {'gov_core._lazy', 'gov_core.testing', 'gov_core.testing.plugin'}\n"
    )
    done = pytest_run(tmp_path, "--seed=7", "--strict-markers", "-W", "error")
    assert done.returncode == 0, done.stdout


def test_the_kit_asks_for_a_store(tmp_path: Path) -> None:
    done = pytest_run(tmp_path, *KIT)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--store=HARNESS" in done.stderr
    done = pytest_run(tmp_path, *KIT, "--store=gov_core.nowhere:X")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "cannot be imported" in done.stderr
    done = pytest_run(tmp_path, *KIT, "--help")
    assert "certifying a store of cases" in done.stdout


def test_a_run_of_some_promises_is_not_judged_by_a_level(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    done = pytest_run(tmp_path, *KIT, "--store=memory", "-k", "S12 or S34", f"--certificate={file}")
    assert done.returncode == 0, done.stdout
    assert "only some promises were tried: no level" in done.stdout
    certificate = json.loads(file.read_text("utf-8"))
    assert certificate["level"] == {"asked": "gold", "reached": None}
    assert certificate["counts"]["passed"] == 2


FAULTY = """
from gov_core.storage.memory import MemoryCaseStore
from gov_core.testing.store.memory import MemoryHarness

class Forgetful(MemoryCaseStore):
    def append(self, item, *, deadline_s=None):
        return super().append(item, deadline_s=deadline_s)._replace(duplicate=False)

class Harness(MemoryHarness):
    def another(self):
        return Forgetful(clock=self.clock)
"""


def test_a_faulty_store_is_told_with_what_was_compared(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FAULTY)
    file = tmp_path / "c.json"
    done = pytest_run(
        tmp_path, *KIT, "--store=mine:Harness", "--level=bronze", f"--certificate={file}", "--seed=3"
    )
    assert done.returncode == 1
    assert "broken S21_a_command_is_applied_once" in done.stdout
    assert "memory: asked bronze, reached none" in done.stdout
    assert "assert AppendResult(" in done.stdout  # what pytest shows of an assertion
    assert "_within" not in done.stdout  # and nothing of how it was put to the store
    certificate = json.loads(file.read_text("utf-8"))
    assert (certificate["seed"], certificate["harness"]) == (3, "mine:Harness")
    assert certificate["store"]["name"] == "memory"
    assert {"gov_core", "python", "system"} <= certificate["versions"].keys()
    tests = {test["number"]: test for test in certificate["tests"]}
    assert tests["S21"]["outcome"] == "failed"
    assert "AssertionError" in tests["S21"]["reason"] or "assert" in tests["S21"]["reason"]
    assert (tests["S44"]["outcome"], tests["S44"]["excuse"]) == ("skipped", "place")
    assert tests["S27"]["outcome"] == "failed"  # of the same fault
    assert tests["S11"]["outcome"] == "passed"


def test_the_shipped_harness_of_sqlite_has_every_hook_of_a_file() -> None:
    hooks = {each.hook for each in promises() if each.hook is not None and "file" in each.places}
    assert not [hook for hook in hooks if not issubclass(SqliteHarness, hook)]


def test_a_file_that_a_server_has_removed_meanwhile_fails_no_store(tmp_path: Path) -> None:
    """As PostgreSQL removes `pg_internal.init`, whenever it likes: a good store was failed for it."""

    class Forgets(SqliteHarness):
        def raw_files(self) -> list[Path]:
            return [*super().raw_files(), tmp_path / "gone"]

    (outcome,) = run(Forgets, only=["S92"], seed=1)
    assert (outcome.outcome, outcome.reason) == ("passed", "")
