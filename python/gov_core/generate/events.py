"""Events of a generated year, for any city: when, where, what, and how many of them are wrong."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from arro3.core import Array, DataType, RecordBatch, Table

from gov_core.generate.ground import Ground
from gov_core.generate.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arro3.core.types import ArrayInput
    from numpy.typing import NDArray

    from gov_core.city import City

BATCH_ROWS = 65_536
REPEATS = 0.01
RESENT = 0.001
_CHANNELS = {"网格员": 0.45, "12345 热线": 0.3, "小程序": 0.2, "巡查车": 0.05}
_FIRST_DAY = date(2025, 1, 1)


def generate_events(
    city: City, count: int, *, days: int = 365, seed: int = 7, start: date = _FIRST_DAY
) -> Table:
    """Generate events as one Arrow table; `event_batches` says what is in it.

    Args:
        city: Where they happen.
        count: How many.
        days: Over how many days they are spread.
        seed: The same seed gives the same events.
        start: The first day, by the clock of China.

    Raises:
        ValueError: A negative count, no day, or a city without matters.

    Examples:
        >>> from gov_core.generate import generate_city
        >>> events = generate_events(generate_city(grids=40, seed=3), 1_000, days=7)
        >>> events.num_rows, events["id"][0].as_py()
        (1000, '202501010000001')
    """
    return Table.from_batches(list(event_batches(city, count, days=days, seed=seed, start=start)))


def event_batches(
    city: City, count: int, *, days: int = 365, seed: int = 7, start: date = _FIRST_DAY
) -> Iterator[RecordBatch]:
    """Yield events in the order of their time, 65,536 at a time, so that any number fits into memory.

    Columns: `id` (day and number within it), `lon` and `lat` (degrees, in the city's CRS), `matter` (one
    without narrower ones), `grade` and `asset` if the city has any, `channel`, which no rule looks at, and
    `reported_at` (UTC, milliseconds).

    - 1 in 100 is a stray: around the city, at 0/0, with longitude and latitude swapped, or without either.
    - 1 in 100 repeats one shortly before it: the same matter some 10 metres away, under an id of its own.
    - 1 in 1,000 is the row before it sent again, id and all.
    - 1 in 1,000 lies exactly on a vertex of a grid or halfway between two.

    Args:
        city: Where they happen.
        count: How many.
        days: Over how many days they are spread.
        seed: The same seed gives the same events.
        start: The first day, by the clock of China.

    Yields:
        At least one batch; an empty one if `count` is 0.

    Raises:
        ValueError: A negative count, no day, or a city without matters.
    """
    if count < 0 or days < 1 or not city.matters:
        raise ValueError(f"needs a day, a matter and no negative count: {days=}, {count=}")
    rng = np.random.default_rng([seed, 0])
    ground = Ground.survey(rng, city.geometries, count)
    moments = Moments.spread(rng, count, days, start)
    choices = _choices(rng, city)
    for batch, first in enumerate(range(0, max(count, 1), BATCH_ROWS)):
        rows = np.arange(first, min(first + BATCH_ROWS, count))
        yield _batch(np.random.default_rng([seed, 1, batch]), rows, ground, moments, choices)


class _Choice:
    """One column of texts, drawn from given values with given weights."""

    def __init__(self, values: Sequence[str | None], weights: NDArray[np.floating]) -> None:
        self._values = Array(list(values), DataType.string())
        self._shares = weights / weights.sum()

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.int32]:
        return rng.choice(len(self._shares), count, p=self._shares).astype(np.int32)

    def column(self, codes: NDArray[np.int32]) -> Array:
        texts = self._values.take(Array.from_numpy(codes))
        return texts.cast(DataType.dictionary(DataType.int32(), DataType.string()))


def _choices(rng: np.random.Generator, city: City) -> dict[str, _Choice]:
    wider = {matter.parent for matter in city.matters}
    leaves = [matter.code for matter in city.matters if matter.code not in wider]
    choices = {"matter": _Choice(leaves, 1 / (2 + rng.permutation(len(leaves))) ** 0.8)}
    if city.grades:
        choices["grade"] = _Choice(city.grades, 0.18 ** np.arange(len(city.grades)))
    if city.asset_classes:
        classes = [None, *(asset.code for asset in city.asset_classes)]
        choices["asset"] = _Choice(classes, np.append(len(classes) * 2.0, np.ones(len(classes) - 1)))
    choices["channel"] = _Choice(list(_CHANNELS), np.array(list(_CHANNELS.values())))
    return choices


def _batch(
    rng: np.random.Generator,
    rows: NDArray[np.int64],
    ground: Ground,
    moments: Moments,
    choices: dict[str, _Choice],
) -> RecordBatch:
    count = len(rows)
    own = np.arange(count)
    before = np.maximum(own - rng.integers(1, 200, count), 0)
    origin = np.where(rng.random(count) < REPEATS, before, own)
    sent = np.maximum(
        own - (rng.random(count) < RESENT), 0
    )  # the row that is sent: its own, or the last again

    points = ground.draw(rng, count)[origin]
    points[origin != own] += ground.nudge(rng.normal(0, 10, (count, 2)))[origin != own]
    moment, ids = moments.draw(rng, rows)
    columns: dict[str, ArrayInput] = {
        "id": Array.from_numpy(ids[sent]).cast(DataType.string()),
        "lon": _degrees(points[sent, 0]),
        "lat": _degrees(points[sent, 1]),
    }
    columns |= {
        name: choice.column(choice.draw(rng, count)[origin][sent]) for name, choice in choices.items()
    }
    columns["reported_at"] = Array.from_numpy(moment[sent]).cast(DataType.timestamp("ms", tz="UTC"))
    return RecordBatch.from_pydict(columns)


def _degrees(values: NDArray[np.float64]) -> Array:
    """Return a column with null where there is no value."""
    numbers: list[float] = values.tolist()
    return Array([None if math.isnan(number) else number for number in numbers], DataType.float64())
