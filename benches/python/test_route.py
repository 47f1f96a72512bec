"""Events to units."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from gov_core.generate import generate_events
from gov_core.routing import Router

ANSWERS = ("place", "path", "unit", "rule", "respond_within", "resolve_within", "status", "assist")


def test_compile(benchmark: BenchmarkFixture, bench) -> None:
    router = benchmark(Router.compile, bench.city, index=bench.router.index)
    assert router.digest == bench.router.digest


@pytest.mark.parametrize("count", [1, 1_000, 20_000])
def test_route_batch(benchmark: BenchmarkFixture, bench, count: int) -> None:
    events = generate_events(bench.city, count, seed=7)
    routed = benchmark(bench.router.route_batch, events)
    few = min(count, 200)
    wanted = bench.reference.route_batch(events.slice(0, few))
    assert routed.num_rows == count
    for name in ANSWERS:
        assert routed[name].slice(0, few).to_pylist() == wanted[name].to_pylist()


def test_route_batch_with_precision(benchmark: BenchmarkFixture, bench) -> None:
    events = generate_events(bench.city, 2_000, seed=7)
    routed = benchmark(bench.router.route_batch, events, precision=True)
    wanted = bench.router.route_batch(events)
    for name in ANSWERS:
        assert routed[name].to_pylist() == wanted[name].to_pylist()
    statuses, metres = routed["status"].to_pylist(), routed["border_m"].to_pylist()
    assert all(
        (border is None) == (status != "routed") for border, status in zip(metres, statuses, strict=True)
    )


def test_route(benchmark: BenchmarkFixture, bench) -> None:
    row = generate_events(bench.city, 1, seed=7).select(["lon", "lat", "matter", "grade"])
    event = row.to_batches()[0].to_struct_array().to_pylist()[0]
    assert benchmark(bench.router.route, event) == bench.reference.route(event)


def test_explain(benchmark: BenchmarkFixture, bench) -> None:
    row = generate_events(bench.city, 1, seed=7).select(["lon", "lat", "matter", "grade"])
    event = row.to_batches()[0].to_struct_array().to_pylist()[0]
    assert bench.router.route(event).rule in str(benchmark(bench.router.explain, event))
