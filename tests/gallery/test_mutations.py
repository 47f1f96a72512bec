"""A thousand slips of one hand in the good city: each is caught, does no harm, or is an edit and told as one.

What a checker cannot know is what a city wants: whether a lamp is mended in three days or two. An edit that
leaves a city in which everything fits is no fault; of such edits the test asks that they changed what was
written and nothing else, so that `diff` shows it. They are few, because a city says most things twice.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gallery.good import EAST, NORTH, SOUTH, WEST, good
from gallery.mutate import Mutation, mutation
from gov_core.checker import HARD_RULES, check
from gov_core.city import City, diff
from gov_core.errors import CityError
from gov_core.places import Norm
from gov_core.routing import Router

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ROUNDS, EACH = 4, 250
FIELDS = ("place", "path", "unit", "rule", "assist", "respond_within", "resolve_within", "status")


def events(city: City, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Every grid with every matter, grade and class of asset, and points all over the city."""
    whats = [
        {"matter": matter.code, "grade": grade, "asset": asset}
        for matter in city.matters
        for grade in (None, *(city.grades or ()))
        for asset in (None, *(asset.code for asset in city.asset_classes))
    ]
    lon, lat = rng.uniform(WEST, EAST, len(whats)), rng.uniform(SOUTH, NORTH, len(whats))
    points = [
        what | {"lon": x, "lat": y} for what, x, y in zip(whats, lon.tolist(), lat.tolist(), strict=True)
    ]
    return [*points, *(what | {"place": grid} for what in whats for grid in city.grids)]


def answers(city: City, asked: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    router = Router.compile(city)
    return [tuple(getattr(router.route(event), field) for field in FIELDS) for event in asked]


class Oracle:
    """What the good city is, and answers."""

    def __init__(self, city: City) -> None:
        self._city = city
        rng = np.random.default_rng(5)
        self._asked = {day: events(city.as_of(day), rng) for day in city.versions}
        self._answers = {day: answers(city.as_of(day), asked) for day, asked in self._asked.items()}

    def judge(self, city: City, slip: Mutation) -> str:
        """Says why a slip that was not caught is none.

        Raises:
            AssertionError: It is one.
        """
        changes = self._changes(city)
        part = {"city.toml": "city"}.get(slip.file, slip.file.partition(".")[0])
        assert {change.part for change in changes} <= {part}, f"{slip} changed more: {changes}"
        # Two rows that swap parts of their keys are two rows gone and two that are new.
        assert len({change.key for change in changes}) <= 4, f"{slip} changed more rows: {changes}"
        if city.versions == self._city.versions and all(
            city.as_of(day).digest == self._city.as_of(day).digest for day in city.versions
        ):
            return "harmless"
        if not changes:
            for day, asked in self._asked.items():
                assert answers(city.as_of(day), asked) == self._answers[day], f"{slip} changed an answer"
            return "harmless"
        return "edit"

    def _changes(self, city: City) -> list[Any]:
        days = [day for day in self._city.versions if day >= city.versions[0]]
        return [change for day in days for change in diff(self._city.as_of(day), city.as_of(day))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mutations") / "city"
    parts = good()
    city = parts.city()
    parts.add("norms", Norm("N-committee", "units:residents_committee", "community", 1, 1))
    # Whatever hard rules the city keeps, it is held to here: they are part of what is said twice.
    parts.set(hard_rules=[name for name, rule in HARD_RULES.items() if not list(rule(city))])
    parts.city().save(path)
    assert check(City.load(path)) == []
    return path


@pytest.fixture(scope="module")
def files(folder: Path) -> Mapping[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.is_file()}


@pytest.fixture(scope="module")
def oracle(folder: Path) -> Oracle:
    return Oracle(City.load(folder))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_slip_is_caught_or_does_no_harm(
    folder: Path, files: dict[str, str], oracle: Oracle, seed: int
) -> None:
    rng = random.Random(seed)
    told: Counter[str] = Counter()
    for _ in range(EACH):
        slip = mutation(files, rng)
        (folder / slip.file).write_text(slip.text, encoding="utf-8")
        try:
            city = City.load(folder)
            told["caught" if check(city) else oracle.judge(city, slip)] += 1
        except CityError:
            told["caught"] += 1
        finally:
            (folder / slip.file).write_text(files[slip.file], encoding="utf-8")
    assert told.total() == EACH
    assert told["caught"] >= 0.6 * EACH, told
    assert told["edit"] <= 0.06 * EACH, told
