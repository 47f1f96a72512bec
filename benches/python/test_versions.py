"""Cities with many versions: the city of a day, and the loading of a folder with dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from gov_core.city import City
from gov_core.generate import generate_city

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture

VERSIONS = 50
FIRST = date(2000, 1, 1)


def dated(grids: int) -> City:
    """A city whose grids are renamed one fiftieth after the other, each part on a day of its own."""
    city = generate_city(grids, seed=1)
    outlines = dict(zip(city.grids, city.geometries, strict=True)) | dict(city.outlines)
    parts = ((grid, at * VERSIONS // grids) for at, grid in enumerate(city.grids))
    renamed = {grid: FIRST + timedelta(100 * part) for grid, part in parts if part}
    places = []
    for place in city.places:
        day = renamed.get(place.id)
        if day is None:
            places.append(place)
            continue
        places += [replace(place, valid_to=day), replace(place, name=f"{place.name} 2", valid_from=day)]
        outlines[f"{place.id}@{day}"] = outlines[place.id]
    return City.from_parts(
        name=city.name,
        levels=city.levels,
        grades=city.grades,
        places=places,
        geometries=outlines,
        units=city.units,
        matters=city.matters,
        asset_classes=city.asset_classes,
        rules=city.rules,
    )


@pytest.mark.parametrize("grids", [265, 2_000])
def test_city_of_a_day(benchmark: BenchmarkFixture, grids: int) -> None:
    city = dated(grids)
    assert len(city.versions) == VERSIONS
    day = city.versions[VERSIONS // 2]
    found = benchmark(city.as_of, day)
    assert len(found.grids) == len(city.grids)
    assert 0 < sum(place.name.endswith(" 2") for place in found.places) < len(found.grids)


def test_load_of_a_folder_with_dates(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    city = dated(265)
    city.save(tmp_path)
    assert benchmark(City.load, tmp_path) == city
