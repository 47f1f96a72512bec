"""One city with rows in every table, most of whose columns say something; its grids are redrawn once."""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely

from gov_core.cases.procedure_use import ProcedureUse
from gov_core.cases.subscription import Subscription
from gov_core.checklists import Checklist, Item, ItemLimit, Limit, Matter, Transfer
from gov_core.city import Figure, Place, Rule, Term, Unit, Void
from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team
from gov_core.places import Address, Asset, AssetClass, Layer, LayerArea, Norm, Premises

REFORM = date(2010, 6, 1)


def area(west: float, east: float) -> bytes:
    return shapely.to_wkb(shapely.orient_polygons(shapely.box(west, 32, east, 32.1)), byte_order=1)


def parts(**changes: Any) -> dict[str, Any]:
    """The arguments of `City.from_parts`, with changes."""
    return {
        "name": "清河 every part",
        "levels": ["street", "grid", "building"],
        "partition": "grid",
        "grades": ["urgent"],
        "preset": "QINGHE",
        "hard_rules": ["two_lists"],
        "severities": {"geometry.gap": "warning", "place.norm": "off"},
        "places": [
            Place("S", "街道", "street", code="320812003", source="generated"),
            Place("A", "", "grid", "S", kind="general", households=300, population=0, valid_to=REFORM),
            Place("A", "第一网格", "grid", "S", households=412, valid_from=REFORM, successors=("B",)),
            Place("B", "", "grid", "S"),
            Place("B-1", "1幢", "building", "B"),
        ],
        "geometries": {
            "S": area(118.0, 118.2),
            "A": area(118.0, 118.1),
            f"A@{REFORM}": area(118.0, 118.11),
            "B": area(118.11, 118.2),
        },
        "voids": [Void("lake", area(118.3, 118.4))],
        "units": [
            Unit(
                *("ST", "综治中心", "station", ("S",), "public_institution", ("budget", "purchase")),
                valid_to=REFORM,
                successors=("NEW",),
                standing="practised",
                source="Q-ORG-1",
            ),
            Unit("NEW", "", "station", ("S",), valid_from=REFORM),
            Unit("CO", "物业", "property_company", ("A", "B"), legal_form="enterprise"),
        ],
        "matters": [Matter("M", "all", category="economy"), Matter("M-1", "", "M", sensitive=True)],
        "asset_classes": [AssetClass("lamp", "灯", None), AssetClass("lamp.street", "", "lamp")],
        "rules": [
            Rule("R", "M", None, None, "urgent", ("@station", "CO"), ("CO",), Limit(2, "urgent_hour")),
            Rule(
                *("R-2", None, "A", "lamp", None, ("CO",)),
                except_areas=("B",),
                except_assets=("lamp.street",),
                except_matters=("M-1",),
                valid_from=REFORM,
                source="rules of 2010",
            ),
        ],
        "relations": [Relation("@station", "guides", "CO", valid_to=REFORM, origin="Q-1")],
        "posts": [
            Post("P", "@station", "grid_manager", 1, 3, "@grid", full_time=True, elected=False, term_years=5),
            Post("P-2", "CO", "guard", 0, 0, skills=("patrol", "repair"), pay_grade="甲等"),
        ],
        "assignments": [Assignment("AS", "sinking", "CO", "@station", "guard", 2, ("CO", "@station"), "A")],
        "grants": [Grant("@station", "execute"), Grant("CO", "resolve", "@station", held=False)],
        "teams": [Team("T", "", "police", ("@grid",), "CO", "guard", ("guard:1",), ("guard", "chief"))],
        "providers": [Provider("CO", "mutual", ("purchased", "smart"), ("M",), ("Q1",), date(2020, 2, 29))],
        "systems": [System("SYS", "12345", "CO", "hotline", placeholder=True)],
        "layers": [Layer("beats", "警务区", "police_beat", overlaps=True, covers=False, source="x")],
        "layer_areas": [LayerArea("BE-1", "", "beats", "CO", area(118.0, 118.05))],
        "assets": [
            Asset("L-1", "lamp", "", "CO", "CO", "CO", 118.05, 32.05, accuracy="A"),
            Asset("L-2", "lamp", wkb=shapely.to_wkb(shapely.LineString([(118.1, 32.1), (118.2, 1 / 3)]))),
            Asset("L-3", "lamp", place="B-1", valid_from=REFORM),
        ],
        "premises": [Premises("H", "东园", "estate", "A", None, None, "CO", "old", 120, 310)],
        "addresses": [Address("AD", "B-1", "清河街道", "长江路", "0101", ("东园", "East"), "1", lon=118.15)],
        "checklists": [Checklist("L", "power", "权力清单", "@station", 40, 6, standing="recommended")],
        "items": [
            Item(
                *(
                    "I",
                    "L",
                    "巡查",
                    ("@station", "CO"),
                    ("M",),
                    ("A",),
                    ("B",),
                    ("lamp",),
                    ("lamp.street",),
                ),
                except_matters=("M-1",),
                assist=("CO",),
                respond_within=Limit(4, "working_hour"),
                basis='第一条 "巡查"\n第二条, 其余',
                steps=("受理", "办结"),
                sensitive=True,
                supply="purchased",
                funding="fees",
                admission="approved",
                transferred_from="@station",
                valid_from=date(2009, 1, 1),
            ),
            Item("I-2", "L", "未列明", placeholder=True, powers=("I",), valid_from=date(2009, 1, 1)),
        ],
        "procedures": [ProcedureUse("M-1", None, "plain")],
        "subscriptions": [Subscription("case_closed", "M", "@station", "hook", "en", "short")],
        "item_limits": [ItemLimit("I", "M-1", None, None, Limit(3, "natural_day"))],
        "transfers": [Transfer("I", "@station", "CO", REFORM, 1234.56, earmarked=True, decided_by="CO")],
        "norms": [Norm("N", "households", "grid", 300, 500.5, "error")],
        "figures": [Figure("F", "人口", 1e7, "people", REFORM, claim=True, note="two\nlines")],
        "terms": [Term("W", "meetings", "居民会议", "residents' meeting", 1)],
    } | changes
