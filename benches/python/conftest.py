"""Small cities for the project's own benchmarks: quick enough to run once, disabled, in every test run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gov_core.generate import generate_city, generate_events
from gov_core.routing import ReferenceRouter, Router

if TYPE_CHECKING:
    from gov_core.city import City


@dataclass(frozen=True)
class Bench:
    city: City
    router: Router
    reference: ReferenceRouter

    def points(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        events = generate_events(self.city, count, seed=7)
        lon, lat = (np.array(events[name].to_pylist(), dtype=np.float64) for name in ("lon", "lat"))
        return lon, lat


@pytest.fixture(scope="session")
def bench() -> Bench:
    city = generate_city(265, seed=1)
    return Bench(city, Router.compile(city), ReferenceRouter.compile(city))
