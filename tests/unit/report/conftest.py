"""A small generated city and counts for it, for the tests of what is made of counts."""

from __future__ import annotations

import numpy as np
import pytest

from gov_core.generate import generate_city
from gov_core.report import Bulletin, Outlines, Speed, Tally, roll_up


@pytest.fixture(scope="session")
def city():
    return generate_city(grids=80, seed=4)


@pytest.fixture(scope="session")
def tally(city):
    """Counts as if some thousand events had been routed: the first grid had none."""
    counts = np.random.default_rng(4).geometric(0.01, len(city.grids)).tolist()
    tally = Tally()
    for grid, count in zip(city.grids[1:], counts[1:], strict=True):
        tally.places[grid, "routed"] = count
        tally.units[f"{city.path(grid)[0]}-street_office"] += count
        tally.matters["C01-01-1"] += count
    tally.places[city.grids[1], "unknown_matter"] = 7
    routed = sum(tally.units.values())
    tally.statuses.update({"routed": routed, "out_of_area": 40, "unknown_matter": 7})
    tally.rows = routed + 47
    return tally


@pytest.fixture(scope="session")
def bulletin(city, tally):
    return Bulletin.of(city, tally, (Speed("routing alone", tally.rows, 0.5),))


@pytest.fixture(scope="session")
def outlines(city):
    return Outlines.of(city)


@pytest.fixture(scope="session")
def statuses(city, tally):
    return roll_up(city, tally.places, "grid")
