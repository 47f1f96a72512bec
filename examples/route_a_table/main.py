"""Events in a polars frame, routed to grids and units."""

import polars as pl
import shapely

from gov_core import City, Router
from gov_core.city import Limit, Matter, Place, Rule, Unit

city = City.from_parts(
    name="Two grids",
    levels=["street", "grid"],
    places=[
        Place("S1", "街道", "street"),
        Place("G-W", "西网格", "grid", "S1"),
        Place("G-E", "东网格", "grid", "S1"),
    ],
    geometries={
        "G-W": shapely.box(118.00, 32.00, 118.01, 32.01).wkb,
        "G-E": shapely.box(118.01, 32.00, 118.02, 32.01).wkb,
    },
    units=[
        Unit("STATION", "社区工作站", "station", ("S1",)),
        Unit("PROPERTY-E", "物业服务企业", "property_company", ("G-E",)),
        Unit("ENFORCEMENT", "综合行政执法局", "enforcement_bureau", ("S1",)),
    ],
    matters=[
        Matter("street", "街面秩序"),
        Matter("stall", "占道经营", "street"),
        Matter("light", "路灯故障"),
    ],
    rules=[
        Rule(
            "any", None, None, None, None, ("@station",), (), Limit(1, "working_day"), Limit(5, "working_day")
        ),
        Rule(
            "street", "street", None, None, None, ("@enforcement_bureau",), (), None, Limit(4, "working_hour")
        ),
        Rule(
            "light",
            "light",
            None,
            None,
            None,
            ("@property_company", "@station"),
            (),
            None,
            Limit(2, "urgent_hour"),
        ),
    ],
)
router = Router.compile(city)

events = pl.DataFrame(
    {
        "id": ["a", "b", "c"],
        "lon": [118.005, 118.015, 118.01],
        "lat": [32.005, 32.005, 32.005],
        "matter": ["stall", "light", "light"],
    }
)
routed = router.route_batch(events)
print(routed.select("id", "path", "unit", "rule", "resolve_within", "status"))
print(router.explain(events.row(2, named=True)))

assert routed["unit"].to_list() == ["ENFORCEMENT", "PROPERTY-E", "PROPERTY-E"]
assert routed["path"].to_list() == ["S1/G-W", "S1/G-E", "S1/G-E"], "the border belongs to the east"
