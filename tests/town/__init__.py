"""A small town and its casework, for tests of the use cases: two streets, a grid of each redrawn once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import shapely

from gov_core.cases.actor import Actor
from gov_core.cases.case import Evidence
from gov_core.casework import Casework, Governance, Intake
from gov_core.checklists import Limit, Matter
from gov_core.city import City, Place, Rule, Unit
from gov_core.organisation import Assignment, Post, System
from gov_core.places import AssetClass
from gov_core.routing import RouterHistory
from gov_core.storage.memory import MemoryCaseStore

if TYPE_CHECKING:
    from gov_core.storage.protocol import CaseStore

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, on a working day."""
REFORM = date(2026, 6, 1)
"""From when on grid G2 belongs to the other street."""

PHOTO = b"\xff\xd8\xff\xe0 a picture"
AFTER = Evidence("ab" * 32, "photo", "after", 1024)

HOTLINE = Actor("hotline", "CC", "p-hotline", ("",))
DISPATCHER = Actor("dispatcher", "CC", "p-dispatcher", ("",))
STREET = Actor("street", "SO1", "p-street", ("S1",))
STREET_2 = Actor("street", "SO2", "p-street-2", ("S2",))
COMMUNITY = Actor("community", "RC1", "p-community", ("S1/C1",))
COMMUNITY_2 = Actor("community", "RC2", "p-community-2", ("S2/C2",))
GRID_WORKER = Actor("grid_worker", "RC1", "p-grid", ("S1/C1/G1",))
WATER = Actor("unit", "WATER", "p-water", ("",))
ROADS = Actor("unit", "ROADS", "p-roads", ("",))
VERIFIER = Actor("verifier", "CC", "p-verifier", ("",))
SUPERVISOR = Actor("supervisor", "DG", "p-supervisor", ("",))
REPORTER = Actor("reporter", "", "p-reporter")


def _box(west: float, east: float) -> bytes:
    return bytes(shapely.to_wkb(shapely.orient_polygons(shapely.box(west, 32.0, east, 32.1)), byte_order=1))


@cache
def city() -> City:
    """The town."""
    return City.from_parts(
        name="town",
        levels=["street", "community", "grid"],
        partition="grid",
        grades=["urgent"],
        places=[
            Place("S1", "东街", "street"),
            Place("S2", "西街", "street"),
            Place("C1", "东社区", "community", "S1"),
            Place("C2", "西社区", "community", "S2"),
            Place("G1", "一网格", "grid", "C1"),
            Place("G2", "二网格", "grid", "C1", valid_to=REFORM),
            Place("G2", "二网格", "grid", "C2", valid_from=REFORM),
            Place("G3", "三网格", "grid", "C2"),
        ],
        geometries={
            "G1": _box(118.0, 118.1),
            "G2": _box(118.1, 118.2),
            f"G2@{REFORM}": _box(118.1, 118.2),
            "G3": _box(118.2, 118.3),
        },
        units=[
            Unit("SO1", "东街办事处", "street_office", ("S1",)),
            Unit("SO2", "西街办事处", "street_office", ("S2",)),
            Unit("RC1", "东居委会", "residents_committee", ("C1",)),
            Unit("RC2", "西居委会", "residents_committee", ("C2",)),
            Unit("WATER", "水务局", "water_bureau", ("S1", "S2")),
            Unit("ROADS", "城管局", "urban_management_bureau", ("S1", "S2")),
            Unit("CC", "指挥中心", "command_centre", ("S1", "S2")),
            Unit("DG", "区政府", "district_government", ("S1", "S2")),
        ],
        matters=[
            Matter("dirt", "市容"),
            Matter("dirt.rubbish", "垃圾", "dirt"),
            Matter("leak", "漏水"),
            Matter("leak.home", "房屋渗漏", "leak", home=True),
            Matter("relief", "救助", sensitive=True),
        ],
        asset_classes=[AssetClass("lamp", "路灯", None)],
        rules=[
            Rule("R-dirt", "dirt", "S1", None, None, ("ROADS",), (), None, Limit(2, "working_day")),
            Rule("R-dirt-2", "dirt", "S2", None, None, ("WATER",), (), None, Limit(3, "working_day")),
            Rule("R-leak", "leak", None, None, None, ("WATER",), (), None, Limit(1, "working_day")),
            Rule("R-relief", "relief", None, None, None, ("RC1",)),
        ],
        posts=[Post("P-manager", "RC1", "grid_manager", 1, 2, "G1"), Post("P-window", "CC", "window_clerk")],
        assignments=[
            Assignment("A-sunk", "sinking", "WATER", "RC1", "sunk_official", 1, ("WATER", "RC1"), "G1")
        ],
        systems=[System("HOT", "12345", "CC", "hotline")],
    )


@cache
def governance(**more: Any) -> Governance:
    """What the town says about its cases."""
    return Governance(city(), RouterHistory.compile(city()), **more)


@dataclass
class Town:
    """The casework of the town, and a clock that stands still until it is moved."""

    now: datetime = MONDAY
    store: CaseStore = field(default_factory=MemoryCaseStore)
    rules: Governance = field(default_factory=governance)
    more: dict[str, Any] = field(default_factory=dict)
    ids: int = 0

    def __post_init__(self) -> None:
        self.casework = Casework(
            self.rules, self.store, now=lambda: self.now, new_id=self._new_id, **self.more
        )

    def _new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def later(self, **time: float) -> Town:
        self.now += timedelta(**time)
        return self

    def report(self, case_id: str = "C-1", **more: Any) -> str:
        """Report a matter by the hotline; the id of the case."""
        intake = Intake(
            **{"channel": "hotline", "matter": "dirt.rubbish", "place": "G1", "case_id": case_id} | more
        )
        return self.casework.report(intake, HOTLINE).case.id

    def triaged(self, case_id: str = "C-1", **more: Any) -> str:
        self.report(case_id, **more)
        self.later(minutes=10).casework.triage(case_id, COMMUNITY)
        return case_id

    def whistled(self, case_id: str = "C-1", *units: str, **more: Any) -> str:
        self.triaged(case_id, **more)
        self.later(minutes=10).casework.whistle(case_id, STREET, units or ("ROADS",))
        return case_id

    def working(self, case_id: str = "C-1", **more: Any) -> str:
        self.whistled(case_id, **more)
        self.later(minutes=10).casework.report_in(case_id, ROADS)
        self.later(minutes=10).casework.start(case_id, ROADS)
        return case_id

    def handled(self, case_id: str = "C-1", **more: Any) -> str:
        self.working(case_id, **more)
        self.later(minutes=10).casework.give_feedback(case_id, ROADS, evidence=(AFTER,))
        return case_id

    def closed(self, case_id: str = "C-1", **more: Any) -> str:
        self.handled(case_id, **more)
        self.later(minutes=10).casework.verify(case_id, VERIFIER)
        return case_id
