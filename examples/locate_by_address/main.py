"""Reports with addresses, points, or both: the address decides, and disagreement is told in metres."""

from dataclasses import replace

import polars as pl

from gov_core.generate import generate_addresses, generate_city
from gov_core.places import ParsedAddress
from gov_core.routing import Router, address_coverage

city = generate_city(grids=60, seed=5)
city = replace(city, addresses=generate_addresses(city, per_grid=12, seed=5))
print(address_coverage(city))

house, block = city.addresses[0], city.addresses[-1]
written = str(ParsedAddress.of(block)).replace("幢", "号楼") + "５０１室"
alias = block.estate[1] + block.building
reports = pl.DataFrame(
    [
        {"id": "both agree", "address": str(ParsedAddress.of(house)), "lon": house.lon, "lat": house.lat},
        {
            "id": "both, far apart",
            "address": str(ParsedAddress.of(house)),
            "lon": block.lon,
            "lat": block.lat,
        },
        {"id": "a room, no point", "address": written, "lon": None, "lat": None},
        {"id": "by its other name", "address": alias, "lon": None, "lat": None},
        {"id": "unknown, with a point", "address": "不知路1号", "lon": house.lon, "lat": house.lat},
        {"id": "beside it, with a point", "address": f"{alias}对面", "lon": house.lon, "lat": house.lat},
        {"id": "unknown, no point", "address": "不知路1号", "lon": None, "lat": None},
    ]
).with_columns(
    matter=pl.lit(city.matters[-1].code), grade=pl.lit("general"), asset=pl.lit(None, dtype=pl.String)
)
router = Router.compile(city)
routed = router.route_batch(reports)
with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, fmt_str_lengths=30):
    print(routed.select("id", "place", "located_by", "disagree_m", "status"))
print(router.explain(reports.row(1, named=True)))

assert routed["located_by"].to_list() == [
    *["address"] * 4,
    "coordinates",
    "coordinates",
    None,
]
assert routed["place"].to_list() == [
    *[house.place] * 2,
    *[block.place] * 2,
    *[house.place] * 2,
    None,
]
assert routed["disagree_m"][0] == 0
assert routed["disagree_m"][1] > 0
assert routed["status"][-1] == "no_location"
