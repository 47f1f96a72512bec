"""Checking a city and mending it."""

import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from gov_core.checker import check
from gov_core.checker.repair import repair


def test_check(benchmark: BenchmarkFixture, bench) -> None:
    assert benchmark(check, bench.city) == []


def test_check_of_what_is_wrong(benchmark: BenchmarkFixture, bench) -> None:
    grid, wkb = bench.city.grids[100], bench.city.geometries[100]
    moved = shapely.transform(shapely.from_wkb(wkb), lambda xy: xy + 2e-5)
    broken = bench.city.redrawn({grid: moved.wkb})
    findings = benchmark(check, broken)
    assert {found.fault.code.partition(".")[0] for found in findings} == {"geometry"}


def test_repair(benchmark: BenchmarkFixture, bench) -> None:
    grid, wkb = bench.city.grids[100], bench.city.geometries[100]
    moved = shapely.transform(shapely.from_wkb(wkb), lambda xy: xy + 2e-6)
    broken = bench.city.redrawn({grid: moved.wkb})
    done = benchmark(repair, broken, max_gap_m=0.5, max_overlap_m=0.5)
    assert done.changes
    assert not done.refused
