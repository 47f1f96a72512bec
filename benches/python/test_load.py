"""A city folder to a city."""

import json
from pathlib import Path

import pytest
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet
from pytest_benchmark.fixture import BenchmarkFixture

from gov_core.city import City
from gov_core.generate import generate_city
from gov_core.places import Address


def as_geoparquet(city: City, folder: Path) -> None:
    """Writes the map of a saved city once more, as GeoParquet."""
    columns = {
        name: Array([getattr(place, name) for place in city.places], DataType.utf8())
        for name in ("id", "name", "level", "parent")
    }
    outlines = city.outlines_ever()
    columns["geometry"] = Array([outlines.get(place.id) for place in city.places], DataType.binary())
    geo = {
        "version": "1.0.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB"}},
    }
    table = Table.from_pydict(columns, metadata={"geo": json.dumps(geo)})
    write_parquet(table, folder / "places.parquet")
    (folder / "places.geojson").unlink()


@pytest.mark.parametrize("form", ["geojson", "parquet"])
def test_load(benchmark: BenchmarkFixture, bench, tmp_path: Path, form: str) -> None:
    bench.city.save(tmp_path)
    if form == "parquet":
        as_geoparquet(bench.city, tmp_path)
    assert benchmark(City.load, tmp_path) == bench.city


def test_load_10_000_grids(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    city = generate_city(10_000, seed=1)
    city.save(tmp_path)
    as_geoparquet(city, tmp_path)
    assert benchmark.pedantic(City.load, [tmp_path], rounds=3) == city


def test_load_addresses(benchmark: BenchmarkFixture, bench, tmp_path: Path) -> None:
    grids = bench.city.grids
    addresses = [
        Address(f"A{n}", grids[n % len(grids)], "清河街道", f"第{n // 99}路", str(n % 99), lon=118 + n / 1e6)
        for n in range(20_000)
    ]
    city = City.from_parts(
        name="",
        crs=bench.city.crs,
        levels=bench.city.levels,
        places=bench.city.places,
        geometries=bench.city.outlines_ever(),
        addresses=addresses,
    )
    city.save(tmp_path)
    assert benchmark.pedantic(City.load, [tmp_path], rounds=3).addresses == city.addresses


def test_save(benchmark: BenchmarkFixture, bench, tmp_path: Path) -> None:
    benchmark(bench.city.save, tmp_path)
    assert City.load(tmp_path) == bench.city
