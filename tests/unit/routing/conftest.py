"""A small city that every status can be had from."""

import pytest
import shapely

from gov_core.city import AssetClass, City, Limit, Matter, Place, Rule, Unit
from gov_core.routing import Router


def cell(x: float, y: float) -> bytes:
    return shapely.box(118 + x / 10, 32 + y / 10, 118 + (x + 1) / 10, 32 + (y + 1) / 10).wkb


def make_city(**changes) -> City:
    """Two streets: S1 with C1 (G1, G2) and C2 (G3), S2 with C3 (G4); the grids from west to east."""
    parts = {
        "name": "Four grids",
        "levels": ["street", "community", "grid"],
        "grades": ["normal", "urgent"],
        "places": [
            Place("S1", "", "street"),
            Place("S2", "", "street"),
            Place("C1", "", "community", "S1"),
            Place("C2", "", "community", "S1"),
            Place("C3", "", "community", "S2"),
            Place("G1", "", "grid", "C1"),
            Place("G2", "", "grid", "C1"),
            Place("G3", "", "grid", "C2"),
            Place("G4", "", "grid", "C3"),
        ],
        "geometries": {"G1": cell(0, 0), "G2": cell(1, 0), "G3": cell(2, 0), "G4": cell(3, 0)},
        "units": [
            Unit("station-1", "", "station", ("S1",)),
            Unit("station-2", "", "station", ("S2",)),
            Unit("post-2", "", "station", ("C2",)),
            Unit("water", "", "bureau", ()),
            Unit("estate", "", "property", ("G1",)),
        ],
        "matters": [
            Matter("noise", ""),
            Matter("pipes", ""),
            Matter("leak", "", "pipes"),
            Matter("fire", ""),
        ],
        "asset_classes": [AssetClass("lamp", ""), AssetClass("main", "")],
        "rules": [
            Rule("any-noise", "noise", None, None, None, ("@station",), (), None, Limit(5, "working_day")),
            Rule(
                "pipes", "pipes", None, None, None, ("water",), ("@station",), Limit(2, "urgent_hour"), None
            ),
            Rule("leak-at-home", "leak", "S1", None, None, ("@property",)),
            Rule("urgent-noise", "noise", None, None, "urgent", ("water",)),
            Rule("mains", None, None, "main", None, ("water",)),
        ],
    }
    return City.from_parts(**(parts | changes))


@pytest.fixture(scope="session")
def make():
    return make_city


@pytest.fixture(scope="session")
def city():
    return make_city()


@pytest.fixture(scope="session")
def router(city):
    return Router.compile(city)
