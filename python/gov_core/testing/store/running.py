"""Puts one promise to a store: its own folder and random numbers, a limit of time, and the rules of skipping.

The same steps serve pytest and who runs the kit from Python, see `run`.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from random import Random
from traceback import extract_tb
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from gov_core.testing.kit.naming import asserting, named, no_harness
from gov_core.testing.kit.outcome import Outcome, Skip
from gov_core.testing.store.harness import PLACES, HookMissingError, sentence_of
from gov_core.testing.store.promises import DURABILITIES, Trial, promises

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gov_core.storage.protocol import StoreDescription
    from gov_core.testing.kit.outcome import Excuse
    from gov_core.testing.store.harness import Harness, Make, Place
    from gov_core.testing.store.promises import Level, Promise

SHIPPED: Final = {
    "memory": "gov_core.testing.store.memory:MemoryHarness",
    "sqlite": "gov_core.testing.store.sqlite:SqliteHarness",
    "postgres": "gov_core.testing.store.postgres:PostgresHarness",
}
"""Harnesses that come with the kit, by the name they are asked for."""

_FAST: Final = Path("/dev/shm")  # noqa: S108 - flushing takes no time there, and what is lost with it is nothing


class Described(NamedTuple):
    """A store as it speaks of itself, and where it keeps its cases."""

    store: StoreDescription
    place: Place


def harness_of(spec: str) -> Make:
    """The harness of ``memory``, ``sqlite``, ``postgres``, or ``package.module:Name``.

    Raises:
        HarnessError: There is none of that name, or its module cannot be imported.
    """
    return named(spec, SHIPPED)


def described(make: Make) -> Described:
    """What a store says of itself.

    Raises:
        HarnessError: The harness, or its store, cannot be made or says nothing of use.
    """
    hint = "let the harness take an empty folder, and store() give an empty store"
    with _folder() as folder:
        try:
            harness = make(Path(folder))
            try:
                found = Described(harness.store().describe(), harness.place)
                _ = found.store.capabilities | frozenset()
            finally:
                harness.close()
        except Exception as error:
            raise no_harness(str(make), f"no store can be had of it: {error!r}", hint) from error
    if found.place not in PLACES:
        raise no_harness(str(make), f"its place is {found.place!r}", f"one of {', '.join(PLACES)}")
    shared = found.store.capabilities & {"concurrent_processes", "concurrent_machines"}
    if found.place == "memory" and (found.store.durability != "memory" or shared):
        why = "its place is memory, and it claims to outlive its process or to be shared with others"
        raise no_harness(str(make), why, "say where it keeps its cases: file or server")
    return found


def keep(promise: Promise, make: Make, *, seed: int = 0, scale: float = 1.0) -> dict[str, float]:
    """Put a promise to a new store of a kind; what was counted on the way.

    Raises:
        Skip: It does not concern this store, or cannot be tried.
        AssertionError: It is not kept, or took too long, or is a base promise and cannot be tried.
        HarnessError: Python was told to leave assertions out, so that nothing could be found wrong.
    """
    asserting(promise.number)
    with _folder() as folder:
        return _within(
            promise.limit_s * max(scale, 1.0), lambda: _keep(promise, make, Path(folder), seed, scale)
        )


def run(
    make: Make,
    *,
    level: Level = "gold",
    only: Sequence[str] | None = None,
    seed: int = 0,
    scale: float = 1.0,
    stop_at_first: bool = False,
) -> list[Outcome]:
    """Put promises to a store without pytest; for who tries many stores, one after the other.

    Args:
        make: Makes the harness.
        level: Promises up to this one.
        only: Numbers of promises; all if None.
        seed: Of all random numbers.
        scale: How much longer than usual to go on where a promise is tried again and again.
        stop_at_first: End with the first promise that is broken.
    """
    found: list[Outcome] = []
    for promise in promises(level):
        if only is not None and promise.number not in only:
            continue
        started = time.perf_counter()
        outcome = Outcome(promise.name, "passed", "", None, 0.0, {})
        try:
            outcome = outcome._replace(figures=keep(promise, make, seed=seed, scale=scale))
        except Skip as skip:
            outcome = outcome._replace(outcome="skipped", reason=skip.reason, excuse=skip.excuse)
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - all is an answer
            outcome = outcome._replace(outcome="failed", reason=_told(error, promise))
        found.append(outcome._replace(seconds=time.perf_counter() - started))
        if stop_at_first and found[-1].outcome == "failed":
            break
    return found


def _told(error: BaseException, promise: Promise) -> str:
    """What was raised and where in the promise, as an assertion says nothing of itself without pytest."""
    frames = [
        each
        for each in extract_tb(error.__traceback__)
        if each.filename == promise.check.__code__.co_filename
    ]
    where = f" ({promise.subject}.py:{frames[-1].lineno}: {frames[-1].line})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


def _keep(promise: Promise, make: Make, folder: Path, seed: int, scale: float) -> dict[str, float]:
    harness = make(folder)
    try:
        trial = Trial(harness, Random(f"{seed}/{promise.number}"), scale)
        try:
            _concerns(promise, harness)
            promise.check(trial)
        except HookMissingError as error:
            raise _left_out(promise, f"this machine cannot try it: {error}", "hook") from error
    finally:
        harness.close()
    return trial.figures


def _concerns(promise: Promise, harness: Harness) -> None:
    """Raise `Skip` if the promise cannot be put to this store."""
    told = harness.store().describe()
    if promise.capability is not None and promise.capability not in told.capabilities:
        raise _left_out(promise, f"the store does not claim {promise.capability}", "capability")
    if DURABILITIES.index(told.durability) < DURABILITIES.index(promise.survives):
        lost = "power" if promise.survives == "power" else "its process"
        raise _left_out(promise, f"the store does not claim to survive the loss of {lost}", "capability")
    if harness.place not in promise.places:
        wanted = " or ".join(promise.places)
        raise _left_out(promise, f"for stores in a {wanted}, and this is one in {harness.place}", "place")
    if promise.hook is not None and not isinstance(harness, promise.hook):
        does = sentence_of(promise.hook)
        raise _left_out(promise, f"needs a harness that {does} ({promise.hook.__name__})", "hook")


def _left_out(promise: Promise, reason: str, excuse: Excuse) -> Exception:
    if promise.base:
        return AssertionError(f"{promise.number} cannot be left out: {reason}")
    return Skip(reason, excuse)


def _within(limit_s: float, work: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Do work in a thread of its own, so that a store that hangs does not take the run with it."""
    done: list[dict[str, float]] = []
    raised: list[BaseException] = []

    def do() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again, in the thread that waits
            raised.append(error)

    worker = threading.Thread(target=do, daemon=True)
    worker.start()
    worker.join(limit_s)
    if raised:
        raise raised[0]
    if not done:
        raise AssertionError(f"it has not come back within {limit_s:.2g} s")
    return done[0]


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(
        prefix="gov-core-", dir=_FAST if _FAST.is_dir() else None, ignore_cleanup_errors=True
    )
