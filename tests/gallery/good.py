"""A small city with a row in every table, in two versions, in which nothing is wrong.

One street of two communities, west and east. The west has two grids; the east had one, G20, which became
two in 2020. All bodies are made up; their names say so (生成).
"""

from __future__ import annotations

from datetime import date

import shapely

from gallery.parts import Parts
from gov_core.cases.procedure_use import ProcedureUse
from gov_core.cases.subscription import Subscription
from gov_core.checklists import Checklist, Item, ItemLimit, Limit, Matter, Transfer
from gov_core.city import Figure, Rule, Term
from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team, Unit
from gov_core.places import Address, Asset, AssetClass, Layer, LayerArea, Norm, Place, Premises

SPLIT = date(2020, 1, 1)
WEST, MIDDLE, EAST = 119.00, 119.01, 119.02
SOUTH, HALF, NORTH = 33.00, 33.01, 33.02


def outline(west: float, south: float, east: float, north: float) -> bytes:
    """A rectangle with a vertex wherever a corner of the city meets its sides."""
    xs = [x for x in (WEST, MIDDLE, EAST) if west <= x <= east]
    ys = [y for y in (SOUTH, HALF, NORTH) if south <= y <= north]
    ring = [(x, south) for x in xs] + [(east, y) for y in ys[1:]]
    ring += [(x, north) for x in reversed(xs[:-1])] + [(west, y) for y in reversed(ys[1:-1])]
    return bytes(shapely.Polygon(ring).wkb)


def grid(name: str, parent: str, **others: date | tuple[str, ...]) -> Place:
    return Place(name, f"生成网格 {name}", "grid", parent, households=400, population=1200, **others)  # type: ignore[arg-type]


NIGHT_NOISE = """# Noise at night is dealt with before the night is over.
name = "night_noise"
chinese = "夜间噪声"
english = "Noise at night"
source = "practice"
extends = "plain"
clocks = [
    { name = "handling", starts = ["report"], meets = ["give_feedback"], amount = 4, unit = "urgent_hour" },
]
"""


def good() -> Parts:
    """The parts anew each time, to be broken."""
    return Parts(
        {
            "name": "生成城市",
            "levels": ["street", "community", "grid", "building"],
            "partition": "grid",
            "grades": ["general", "major"],
            "hard_rules": [],
            "severities": {},
            "places": [
                Place("S", "生成街道", "street"),
                Place("C1", "生成西社区", "community", "S"),
                Place("C2", "生成东社区", "community", "S"),
                grid("G11", "C1"),
                grid("G12", "C1"),
                grid("G20", "C2", valid_to=SPLIT, successors=("G21", "G22")),
                grid("G21", "C2", valid_from=SPLIT),
                grid("G22", "C2", valid_from=SPLIT),
                Place("B1", "1幢", "building", "G11", households=60),
            ],
            "geometries": {
                "S": outline(WEST, SOUTH, EAST, NORTH),
                "C1": outline(WEST, SOUTH, MIDDLE, NORTH),
                "C2": outline(MIDDLE, SOUTH, EAST, NORTH),
                "G11": outline(WEST, SOUTH, MIDDLE, HALF),
                "G12": outline(WEST, HALF, MIDDLE, NORTH),
                "G20": outline(MIDDLE, SOUTH, EAST, NORTH),
                f"G21@{SPLIT}": outline(MIDDLE, SOUTH, EAST, HALF),
                f"G22@{SPLIT}": outline(MIDDLE, HALF, EAST, NORTH),
            },
            "voids": [],
            "units": [
                Unit("BUREAU", "生成城市管理局", "urban_management_bureau", ("S",), "government_organ"),
                Unit("OFFICE", "生成街道办事处", "street_office", ("S",), "government_organ", ("budget",)),
                Unit("ST1", "生成社区工作站 1", "community_station", ("C1",)),
                Unit("ST2", "生成社区工作站 2", "community_station", ("C2",)),
                Unit("RC1", "生成居民委员会 1", "residents_committee", ("C1",), "self_government"),
                Unit("RC2", "生成居民委员会 2", "residents_committee", ("C2",), "self_government"),
                Unit("ESTATE", "生成物业服务企业", "property_company", ("G11",), "enterprise", ("fees",)),
            ],
            "matters": [
                Matter("order", "生成市容"),
                Matter("noise", "生成噪声", "order"),
                Matter("lamp", "生成路灯", "order"),
                Matter("relief", "生成救助", sensitive=True),
            ],
            "asset_classes": [AssetClass("street_light", "生成路灯"), AssetClass("estate", "生成小区设施")],
            "rules": [
                Rule(
                    "R-any",
                    None,
                    None,
                    None,
                    None,
                    ("@community_station",),
                    (),
                    None,
                    Limit(5, "working_day"),
                ),
                Rule(
                    "R-noise",
                    "noise",
                    None,
                    None,
                    None,
                    ("@urban_management_bureau",),
                    ("@community_station",),
                    Limit(2, "urgent_hour"),
                    Limit(8, "urgent_hour"),
                ),
                Rule(
                    "R-lamp-major",
                    "lamp",
                    None,
                    None,
                    "major",
                    ("OFFICE",),
                    (),
                    None,
                    Limit(1, "working_day"),
                ),
                Rule(
                    "R-estate",
                    "lamp",
                    None,
                    "estate",
                    None,
                    ("@property_company", "@community_station"),
                    (),
                    None,
                    Limit(3, "natural_day"),
                ),
            ],
            "relations": [
                Relation("@street_office", "guides", "@residents_committee"),
                Relation("@community_station", "serves", "@residents_committee"),
            ],
            "posts": [
                Post("P-manager", "@community_station", "grid_manager", 1, at="@grid", full_time=True),
                Post("P-volunteer", "@community_station", "grid_volunteer", 2, at="@grid", full_time=False),
            ],
            "assignments": [
                Assignment(
                    "A-1",
                    "sinking",
                    "OFFICE",
                    "@community_station",
                    "liaison_officer",
                    1,
                    ("OFFICE", "@community_station"),
                ),
            ],
            "grants": [
                Grant("@street_office", "execute"),
                Grant("@community_station", "serve"),
                Grant("@residents_committee", "resolve"),
            ],
            "teams": [
                Team("T-1", "生成队", "urban_management", ("@community",), "BUREAU", "enforcement_officer")
            ],
            "providers": [Provider("ESTATE", None, ("contract",), ("lamp",), supervisor="OFFICE")],
            "systems": [System("SYS", "生成平台", "OFFICE")],
            "layers": [Layer("beats", "生成警务区", "police_beat", covers=True)],
            "layer_areas": [
                LayerArea("BEAT-1", "", "beats", None, outline(WEST, SOUTH, MIDDLE, NORTH)),
                LayerArea("BEAT-2", "", "beats", None, outline(MIDDLE, SOUTH, EAST, NORTH)),
            ],
            "assets": [
                Asset("L-1", "street_light", "", "BUREAU", "BUREAU", "BUREAU", 119.005, 33.005, accuracy="A"),
                Asset("L-2", "estate", "", "ESTATE", "ESTATE", "ESTATE", place="B1"),
            ],
            "premises": [
                Premises(
                    "E-1", "生成小区", "estate", "G11", unit="ESTATE", estate_kind="commercial", households=60
                )
            ],
            "addresses": [
                Address("AD-11", "G11", "生成街道", "生成路", "1号"),
                Address("AD-12", "G12", "生成街道", "生成路", "3号"),
                Address("AD-20", "G20", "生成街道", "生成路", "2号", valid_to=SPLIT),
                Address("AD-21", "G21", "生成街道", "生成路", "2号", valid_from=SPLIT),
                Address("AD-22", "G22", "生成街道", "生成路", "4号", valid_from=SPLIT),
            ],
            "checklists": [
                Checklist("power", "power", "生成权力清单", "@street_office", expected_count=1),
                Checklist("service", "service", "生成服务清单", "@community_station", expected_count=1),
            ],
            "items": [
                Item(
                    "P-1",
                    "power",
                    "生成巡查",
                    (),
                    ("order",),
                    shared_with=("@community_station",),
                    basis="生成依据",
                ),
                Item(
                    "S-1",
                    "service",
                    "生成救助申请",
                    (),
                    ("relief",),
                    resolve_within=Limit(10, "working_day"),
                    sensitive=True,
                    supply="direct",
                    transferred_from="OFFICE",
                    powers=("P-1",),
                ),
            ],
            "procedures": [
                ProcedureUse(None, None, "plain"),
                ProcedureUse("noise", "major", "night_noise", source="practice"),
            ],
            "subscriptions": [
                Subscription("case_closed", None, "reporter", "sms"),
                Subscription("whistle_blown", "noise", "called", "hook", "en"),
            ],
            "procedure_files": [("night_noise.toml", NIGHT_NOISE)],
            "item_limits": [ItemLimit("S-1", None, "major", None, Limit(5, "working_day"))],
            "transfers": [
                Transfer(
                    "S-1",
                    "OFFICE",
                    "@community_station",
                    SPLIT,
                    100000.0,
                    earmarked=True,
                    decided_by="@residents_committee",
                    account="ST1",
                )
            ],
            "norms": [
                Norm("N-grid", "population", "grid", 1000, 1500),
                Norm("N-units", "children", "street", 2, 2),
            ],
            "figures": [Figure("F-1", "生成人口", 4800, "people")],
            "terms": [Term("W-1", "meetings", "议事会", "consultation meeting", 1)],
        }
    )
