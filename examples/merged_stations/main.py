"""Qingbo: the stations of five communities become two, and nothing is left to nobody."""

from dataclasses import replace
from datetime import date

from gov_core import City, presets
from gov_core.city import Merge, Reorganisation, Unit

DAY = date(2016, 1, 1)  # the paper gives no day
qingbo = presets.load("QINGBO")
names = {place.id: place.name for place in qingbo.places}
two = [unit for unit in qingbo.units if unit.kind == "community_station"]

# Before: one station a community.
five = [
    Unit(f"{place.id}-station", f"{place.name}公共服务站", "community_station", (place.id,))
    for place in qingbo.places
    if place.level == "community"
]
others = [unit for unit in qingbo.units if unit.kind != "community_station"]
shared = {station.id for station in two}
assert not [edge for edge in qingbo.relations if {edge.source, edge.target} & shared]
before = City.from_parts(
    name="清波街道，合并以前",
    levels=qingbo.levels,
    places=qingbo.places,
    geometries=dict(zip(qingbo.grids, qingbo.geometries, strict=True)),
    units=[*others, *five],
    matters=qingbo.matters,
    relations=qingbo.relations,
    checklists=qingbo.checklists,
    items=qingbo.items,
)

reform = Reorganisation(
    DAY,
    title="五个社区公共服务站合并为两个",
    source="Q-STR-2, Q-STR-3",
    steps=tuple(
        Merge(tuple(f"{place}-station" for place in station.serves), replace(station, serves=()))
        for station in two
    ),
)
outcome = reform.apply(before)
print(reform.title)
for change in outcome.changes():
    print(" ", change)
for station in two:
    print(station.name, "serves", "、".join(names[place] for place in station.serves))

after = {unit.id: set(unit.serves) for unit in outcome.after.units if unit.kind == "community_station"}
assert after == {unit.id: set(unit.serves) for unit in two}
assert [len(unit.serves) for unit in two] in ([3, 2], [2, 3])
assert outcome.successors("units", five[0].id) in {(unit.id,) for unit in two}
assert len(outcome.joined.as_of(date(2015, 12, 31)).units) == len(outcome.joined.units) + 3
