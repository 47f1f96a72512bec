"""The kit for stores bites: every faulty store of this gallery is caught, and no good one ever is.

CI puts to each the promises that are said to catch it, and a few others drawn by its name, and to the good
ones all promises in brief. What is marked ``release`` takes long and runs before one, with ``-m release``:
every promise is put to every faulty store, and to the good ones at length with twenty seeds.
GOV_GALLERY_SHARE in the environment, from 0 to 1, takes part of the stores and seeds, to see that it starts.
"""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

import pytest

from gallery.stores.exhibits import FAULTY
from gallery.stores.page import PAGE, written
from gov_core.testing.store import HookMissingError, promises, run
from gov_core.testing.store._postgres_server import server
from gov_core.testing.store.running import harness_of

if TYPE_CHECKING:
    from gallery.stores.faulty import Faulty
    from gov_core.testing.store import Level, Outcome
    from gov_core.testing.store.harness import Make

SHARE = float(os.environ.get("GOV_GALLERY_SHARE", "1"))
SEEDS = range(100, 100 + max(1, round(20 * SHARE)))
SAMPLE = 5
LONGEST_S = 60
"""Within which a faulty store has to be caught."""
PASSED = 0.9
"""How much of what is put to it a faulty store has to pass: it is a good store with one bug."""

GOOD: list[tuple[str, Level]] = [("memory", "silver"), ("sqlite", "gold")]
SERVED: tuple[str, Level] = ("postgres", "gold")
"""Takes a minute, so CI puts it to the kit once, in `tests/contract`."""
BY_NAME = pytest.mark.parametrize("faulty", FAULTY, ids=lambda each: each.name)
NUMBERS = [each.number for each in promises()]


def needs_a_server() -> None:
    """Skips where there is none."""
    try:
        server()
    except HookMissingError as error:
        pytest.skip(str(error))


def make(faulty: Faulty) -> Make:
    """Its harness; skips where there is no server for it."""
    if faulty.good == "postgres":
        needs_a_server()
    return faulty.make


def failed(outcomes: list[Outcome]) -> list[str]:
    return [each.name.partition("_")[0] for each in outcomes if each.outcome == "failed"]


def broken(store: str, level: Level, seed: int, scale: float) -> list[tuple[str, str]]:
    outcomes = run(harness_of(store), level=level, seed=seed, scale=scale)
    return [(each.name, each.reason) for each in outcomes if each.outcome == "failed"]


def test_there_are_enough() -> None:
    assert len(FAULTY) >= 40
    assert len({each.name for each in FAULTY}) == len({each.bug for each in FAULTY}) == len(FAULTY)
    for each in FAULTY:
        assert each.promises
        assert set(each.promises) <= {promise.number for promise in promises(each.level)}
        assert each.url.startswith("https://")


@BY_NAME
def test_a_faulty_store_is_caught_by_name(faulty: Faulty) -> None:
    outcomes = run(make(faulty), only=faulty.promises, seed=1)
    assert failed(outcomes) == [number for number in NUMBERS if number in faulty.promises]
    assert min(each.seconds for each in outcomes) < LONGEST_S


@BY_NAME
def test_a_faulty_store_passes_what_is_not_about_its_bug(faulty: Faulty) -> None:
    known = [each.number for each in promises(faulty.level)]
    others = [each for each in Random(faulty.name).sample(known, SAMPLE) if each not in faulty.promises]
    outcomes = run(make(faulty), only=others, seed=1)
    assert len(failed(outcomes)) <= 2, failed(outcomes)


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", [100, 101])
@pytest.mark.parametrize(("store", "level"), GOOD)
def test_a_good_store_is_not_failed(store: str, level: Level, seed: int) -> None:
    assert broken(store, level, seed, scale=0.1) == []


@pytest.mark.release
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("store", "level"), [*GOOD, SERVED])
def test_a_good_store_is_never_failed(store: str, level: Level, seed: int) -> None:
    if store == "postgres":
        needs_a_server()
    assert broken(store, level, seed, scale=1.0) == []


@pytest.mark.release
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("faulty", FAULTY[: max(1, round(len(FAULTY) * SHARE))], ids=lambda each: each.name)
def test_a_faulty_store_passes_nearly_all(faulty: Faulty) -> None:
    outcomes = run(make(faulty), level=faulty.level, seed=2)
    outcomes = [each for each in outcomes if each.outcome != "skipped"]
    assert set(faulty.promises) <= set(failed(outcomes))
    assert len(failed(outcomes)) <= (1 - PASSED) * len(outcomes), failed(outcomes)


def test_the_page_is_as_the_gallery() -> None:
    assert PAGE.read_text("utf-8") == written()
