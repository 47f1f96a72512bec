"""What is published of routed events: no small count of a street, unit, class or area, nor its traces."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from gov_core.report import Bulletin, Outlines, Tally, roll_up, write_html
from gov_core.report.load import HIDDEN, shown_loads


@pytest.fixture
def sparse(city):
    """Two events in the first grid, a hundred in all others."""
    tally = Tally()
    for grid in city.grids:
        count = 2 if grid == city.grids[0] else 100
        tally.places[grid, "routed"] = count
        tally.units["rare" if count == 2 else f"{city.path(grid)[0]}-street_office"] += count
        tally.matters["C01-01-1"] += count
    tally.rows = sum(tally.units.values())
    tally.statuses["routed"] = tally.rows
    return tally


def test_a_small_unit_is_hidden_with_another(city, sparse):
    bulletin = Bulletin.of(city, sparse).published()

    hidden = [row.id for row in bulletin.units if row.events is None]
    assert "rare" in hidden
    assert len(hidden) == 2
    assert all(row.share is None for row in bulletin.units if row.id in hidden)
    assert (bulletin.smallest, bulletin.events) == (5, sparse.rows)
    json.dumps(bulletin.as_dict())


def test_the_busiest_grid_of_a_street_is_hidden_where_the_rest_is_small(city):
    street = city.path(city.grids[0])[0]
    inside = [grid for grid in city.grids if city.path(grid)[0] == street]
    tally = Tally()
    tally.places[inside[0], "routed"], tally.places[inside[1], "routed"] = 90, 3
    tally.rows = 93
    row = next(row for row in Bulletin.of(city, tally).published().streets if row.id == street)

    assert (row.events, row.busiest, row.busiest_events) == (93, "", 0)


def test_a_small_area_is_hidden_with_another_of_its_street(city, sparse):
    statuses = roll_up(city, sparse.places, city.levels[-1] if city.partition is None else city.partition)
    told = shown_loads(city, statuses, city.grids, 5)
    hidden = [area for area, count in told.items() if count is None]

    assert city.grids[0] in hidden
    assert {city.path(area)[0] for area in hidden} == {city.path(city.grids[0])[0]}
    by_street = Counter(city.path(area)[0] for area in hidden)
    assert all(count >= 2 for count in by_street.values())
    assert shown_loads(city, statuses, city.grids, 1) == {
        area: sum(statuses[area].values()) for area in city.grids
    }


def test_the_page_holds_no_hidden_count(city, sparse, tmp_path):
    outlines = Outlines.of(city)
    statuses = roll_up(city, sparse.places, outlines.areas.level)
    write_html(tmp_path / "map.html", city, outlines, statuses, Bulletin.of(city, sparse).published())
    page = (tmp_path / "map.html").read_text("utf-8")
    areas = [
        json.loads(found) for found in re.findall(r'"properties":(\{"id":"[^}]*"statuses":\{[^}]*\}\})', page)
    ]

    assert len(areas) == len(city.grids)
    hidden = [area for area in areas if area["n"] is None]
    assert city.grids[0] in {area["id"] for area in hidden}
    assert all((area["rank"], area["statuses"], area["colour"]) == (None, {}, HIDDEN) for area in hidden)
    assert not any(0 < area["n"] < 5 for area in areas if area["n"] is not None)
