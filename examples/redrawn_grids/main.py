"""Qinghe, June 2010: 6 streets and 1 office become 7 streets, 45 smaller places 41 communities."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import shapely

from gov_core import City, Place, Router, presets
from gov_core.checker import check
from gov_core.city import Abolish, Establish, Matter, Redraw, Reorganisation, Rule, Unit
from gov_core.generate import generate_city
from gov_core.places import Address

# What comes: the preset, down to the grids, with its counts of people.
qinghe = presets.qinghe(buildings=0)
coming = {place.id: place for place in qinghe.places}
grids = dict(zip(qinghe.grids, shapely.from_wkb(list(qinghe.geometries)), strict=True))

# What was: 7 larger and 45 smaller places over the same ground, cut from a generated partition.
pattern = generate_city(grids=45, seed=2010)
shapes = shapely.from_wkb(list(pattern.geometries))
ground = shapely.coverage_union_all(np.array(list(grids.values())))
west, south, east, north = ground.bounds
left, low, right, high = shapely.total_bounds(shapes)
stretch = np.array([(east - west) / (right - left), (north - south) / (high - low)])
shapes = shapely.transform(shapes, lambda xy: np.round((xy - [left, low]) * stretch + [west, south], 9))

larger = list(dict.fromkeys(pattern.path(place)[1] for place in pattern.grids))
kinds = ["community"] * 33 + ["village"] * 11 + ["farm"]
words = {"community": "社区", "village": "村", "farm": "场圃"}
office = larger[-1]
places = [
    Place(name, f"生成{'办事处' if name == office else '街道'} {at}", "street")
    for at, name in enumerate(larger, 1)
]
smaller = {}
for at, (place, kind) in enumerate(zip(pattern.grids, kinds, strict=True), 1):
    smaller[f"V{at:02}"] = Place(
        f"V{at:02}", f"生成{words[kind]} {at}", "community", pattern.path(place)[1], kind=kind
    )
outlines = dict(zip(smaller, shapes, strict=True))

# People live where they will be counted; the old places had them, too.
tree = shapely.STRtree(list(outlines.values()))
homes = {grid: tree.nearest(shape.representative_point()) for grid, shape in grids.items()}
people = Counter()
for grid, at in homes.items():
    people[list(smaller)[at]] += coming[grid].population or 0
places += [replace(place, population=people[name]) for name, place in smaller.items()]
points = {grid: shape.representative_point() for grid, shape in grids.items()}
before = City.from_parts(
    name="清河区 2010 年 6 月以前（生成底图）",
    levels=["street", "community"],
    places=places,
    geometries={name: shape.wkb for name, shape in outlines.items()},
    units=[
        *(Unit(f"{name}-office", "", "street_office", (name,)) for name in larger),
        *(
            Unit(
                f"{name}-committee",
                "",
                "village_committee" if place.kind == "village" else "residents_committee",
                (name,),
            )
            for name, place in smaller.items()
        ),
    ],
    matters=[Matter("any", "各类事项")],
    rules=[Rule("office", None, None, None, None, ("@street_office",))],
    addresses=[
        Address(f"A{at}", list(smaller)[homes[grid]], road="生成路", number=str(at), lon=point.x, lat=point.y)
        for at, (grid, point) in enumerate(points.items(), 1)
    ],
)

streets = [place for place in qinghe.places if place.level == "street"]
communities = [place for place in qinghe.places if place.level == "community"]
reform = Reorganisation(
    date(2010, 6, 1),
    title="6 个街道、1 个办事处 -> 7 个街道、41 个社区、265 个网格",
    source="H-NUM-13, H-NUM-14",
    steps=(
        # Committees end with their villages and communities; those of the new communities begin.
        *(Abolish("units", f"{name}-committee") for name in smaller),
        Redraw(
            tuple(qinghe.places),
            dict(zip(qinghe.grids, qinghe.geometries, strict=True)),
            levels=("street", "community", "grid"),
            partition="grid",
        ),
        # Offices end with their streets, too: which new office takes what over is told by the rules.
        *(Abolish("units", f"{name}-office") for name in larger),
        *(
            Establish("units", Unit(f"{place.id}-office", "", "street_office", (place.id,)))
            for place in streets
        ),
        *(
            Establish("units", Unit(f"{place.id}-committee", "", "residents_committee", (place.id,)))
            for place in communities
        ),
        *(
            Establish("norms", norm)
            for norm in qinghe.norms
            if norm.measure in {"population", "households", "children"}
        ),
    ),
)
outcome = reform.apply(before)
after = outcome.after

print(reform.title)
counts = Counter(change.kind for change in outcome.changes())
print("changes:", dict(counts))
moved = Counter(len(outcome.successors("places", name)) for name in smaller)
print("new communities an old one turned into:", dict(sorted(moved.items())))
of_street = {place.name: place.population for place in after.places if place.level == "street"}
print("people by street:", list(of_street.values()))
breaches = [finding for finding in check(after) if finding.fault.code.startswith("norm.")]
print(f"norms of H-RULE-1 and H-STR-1: {len(breaches)} breaches")

total = sum(place.population or 0 for place in before.places)
assert (
    sum(after_place.population or 0 for after_place in after.places if after_place.level == "grid")
    == total
    == 318_000
)
assert (len(streets), len(communities), len(after.grids)) == (7, 41, 265)
assert max(of_street.values()) < 1.5 * min(of_street.values())  # balanced
assert [
    grids[address.place].intersects(shapely.Point(address.lon, address.lat)) for address in after.addresses
] == [True] * 265
assert not breaches
assert Router.compile(after).route(place=after.grids[0], matter="any").status == "routed"
