"""Generated inputs, cached under benches/data: delete that folder to make them anew."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parents[1] / "data"
SEED = 1
_CHUNK = 1_000_000


def cached(name: str, make: Callable[[Path], object]) -> Path:
    """Return benches/data/NAME; what `make` writes appears there whole or not at all."""
    path = DATA / name
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        unfinished = path.with_name(f"unfinished-{os.getpid()}-{name}")
        make(unfinished)
        unfinished.rename(path)
    return path


def outlines(grids: int) -> list[bytes]:
    """WKB of the grids of a generated city, by slot."""

    def make(path: Path) -> None:
        from gov_core.generate import generate_city

        pieces = generate_city(grids, SEED).geometries
        ends = np.cumsum([len(piece) for piece in pieces])
        with path.open("wb") as file:
            np.savez(file, wkb=np.frombuffer(b"".join(pieces), np.uint8), ends=ends)

    with np.load(cached(f"grids-{grids}.npz", make)) as stored:
        wkb, ends = stored["wkb"].tobytes(), stored["ends"].tolist()
    return [wkb[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def shapes(grids: int) -> np.ndarray:
    """The same as prepared shapely polygons."""
    import shapely

    polygons = shapely.from_wkb(outlines(grids))
    shapely.prepare(polygons)
    return polygons


def points(grids: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes in no order: hot spots, 1 % strays, 0.1 % exactly on borders."""

    def make(path: Path) -> None:
        from gov_core.generate.ground import Ground

        ground = Ground.survey(np.random.default_rng([SEED, 0]), outlines(grids), count)
        parts = []
        for part, start in enumerate(range(0, count, _CHUNK)):
            drawn = ground.draw(np.random.default_rng([SEED, 1, part]), min(_CHUNK, count - start))
            parts.append(np.nan_to_num(drawn, nan=0.0))  # no rival has a word for "no coordinates"
        with path.open("wb") as file:
            np.save(file, np.ascontiguousarray(np.concatenate(parts).T))

    lon, lat = np.load(cached(f"points-{grids}-{count}.npy", make))
    return lon, lat


NOWHERE = np.uint32(2**32 - 1)
_BORDER = np.uint32(2**32 - 2)


@dataclass(frozen=True)
class Truth:
    """Who owns points according to shapely's ``intersects``.

    Attributes:
        owner: The one grid that holds each point, or `NOWHERE`; a mark of its own for points on borders.
        on_border: Points that several grids hold, once for each of them.
        beside: That grid.
    """

    owner: np.ndarray
    on_border: np.ndarray
    beside: np.ndarray

    def check(self, slots: np.ndarray) -> None:
        """Assert that answers for the first points are right; on a border any grid beside it is."""
        count = len(slots)
        owner = self.owner[:count]
        one = owner != _BORDER
        wrong = np.flatnonzero(slots[one] != owner[one])
        assert not len(wrong), f"{len(wrong)} of {count} points are in another grid, the first at {wrong[0]}"
        here = self.on_border < count
        on_border, beside = self.on_border[here], self.beside[here]
        good = np.zeros(count, bool)
        good[on_border[slots[on_border] == beside]] = True
        assert good[~one].all(), f"{np.count_nonzero(~good[~one])} points on borders have a wrong owner"


def truth(grids: int, count: int) -> Truth:
    """What shapely says about `points`."""

    def make(path: Path) -> None:
        import shapely

        polygons = shapes(grids)
        tree = shapely.STRtree(polygons)
        lon, lat = points(grids, count)
        owner = np.full(count, NOWHERE, np.uint32)
        on_border, beside = [], []
        for start in range(0, count, _CHUNK):
            x, y = lon[start : start + _CHUNK], lat[start : start + _CHUNK]
            point, grid = tree.query(shapely.points(x, y))
            held = shapely.intersects_xy(polygons[grid], x[point], y[point])
            point, grid = point[held], grid[held]
            several = np.bincount(point, minlength=len(x))[point] > 1
            owner[start + point] = np.where(several, _BORDER, grid.astype(np.uint32))
            on_border.append(start + point[several])
            beside.append(grid[several].astype(np.uint32))
        with path.open("wb") as file:
            np.savez(file, owner=owner, on_border=np.concatenate(on_border), beside=np.concatenate(beside))

    with np.load(cached(f"truth-{grids}-{count}.npz", make)) as stored:
        return Truth(stored["owner"], stored["on_border"], stored["beside"])


def city_folder(grids: int) -> Path:
    """A generated city as a folder."""

    def make(path: Path) -> None:
        from gov_core.generate import generate_city

        generate_city(grids, SEED).save(path)

    return cached(f"city-{grids}", make)


def events_file(grids: int, count: int) -> Path:
    """Generated events of that city: id, lon, lat, matter, grade, reported_at, channel."""

    def make(path: Path) -> None:
        from gov_core.city import City
        from gov_core.events import write_events
        from gov_core.generate import generate_events

        events = generate_events(City.load(city_folder(grids)), count)
        kept = [name for name in events.column_names if name != "asset"]
        write_events(path, events.select(kept).to_batches())

    return cached(f"events-{grids}-{count}.parquet", make)
