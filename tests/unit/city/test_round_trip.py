"""A city written and read again is the same city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gov_core.city import City, Limit, Matter, Place, Rule, Unit, Void

if TYPE_CHECKING:
    from pathlib import Path


def small_city() -> City:
    """One street, one community, two grids side by side and a lake."""
    return City.from_parts(
        name="清河",
        levels=["street", "community", "grid"],
        grades=["urgent", "normal"],
        places=[
            Place("S-1", "街道", "street"),
            Place("C-1", "社区", "community", "S-1"),
            Place("G-1", "", "grid", "C-1"),
            Place("G-2", "", "grid", "C-1"),
        ],
        geometries={
            "G-1": shapely.to_wkb(shapely.box(119.0, 33.0, 119.1, 33.1)),
            "G-2": shapely.to_wkb(shapely.box(119.1, 33.0, 119.2, 33.1)),
        },
        voids=[Void("lake", shapely.to_wkb(shapely.box(119.3, 33.0, 119.4, 33.1)))],
        units=[Unit("U-1", "站", "station", ("C-1",)), Unit("U-2", "", "bureau", ("G-1", "G-2"))],
        matters=[Matter("M", "", None), Matter("M-1", "noise", "M")],
        rules=[
            Rule("R-1", "M", None, None, None, ("@station",)),
            Rule(
                "R-2",
                "M-1",
                "G-1",
                "lamp",
                "urgent",
                ("@bureau", "U-1"),
                ("@station",),
                Limit(2, "urgent_hour"),
                Limit(5, "working_day"),
            ),
        ],
    )


def test_load_gives_back_what_save_wrote(tmp_path: Path) -> None:
    city = small_city()
    city.save(tmp_path)
    again = City.load(tmp_path)
    assert again.places == city.places
    assert again.geometries == city.geometries
    assert again.digest == city.digest
    assert [rule.line for rule in again.rules] == [2, 3]


def test_path_runs_from_the_top_to_the_place() -> None:
    assert small_city().path("G-2") == ("S-1", "C-1", "G-2")
