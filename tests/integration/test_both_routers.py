"""A city of the size of a district and its events: both routers give the same columns."""

from __future__ import annotations

import dataclasses

import pytest

from gov_core.generate import generate_city, generate_events
from gov_core.routing import STATUSES, ReferenceRouter, Router

EVENTS = 3_000


@pytest.mark.parametrize("crs", ["EPSG:4326", "GCJ-02"])
def test_a_generated_city(crs):
    city = dataclasses.replace(generate_city(grids=265, seed=3), crs=crs)
    events = generate_events(city, EVENTS, seed=5)
    fast, plain = (kind.compile(city).route_batch(events) for kind in (Router, ReferenceRouter))
    assert fast.column_names == plain.column_names
    for name in fast.column_names:
        assert fast[name].to_pylist() == plain[name].to_pylist(), name
    # Not a comparison of nothing with nothing: nearly all is routed, strays are there.
    statuses = fast["status"].to_pylist()
    assert set(statuses) <= set(STATUSES)
    assert statuses.count("routed") > 0.8 * EVENTS
    assert {"out_of_area", "no_location"} <= set(statuses)
