"""320802 and 320811 become 320812: bodies merge, open matters are handed over, both versions stay."""

from collections import Counter
from dataclasses import replace
from datetime import date

import shapely

from gov_core import City, Place, Router
from gov_core.city import Matter, Merge, Reorganisation, Rule, Unit
from gov_core.generate import generate_city, generate_events
from gov_core.places import divisions_in, present_code
from gov_core.routing import hand_over

DAY = date(2016, 10, 8)  # the table of divisions is yearly; the day itself is this example's own
old = [row for row in divisions_in(2015) if row.present_code == "320812"]
new = next(row for row in divisions_in(2016) if row.code == "320812")

# Streets west of the middle are the one district, those east of it the other.
ground = generate_city(grids=150, seed=16)
outlines = dict(zip(ground.grids, shapely.from_wkb(list(ground.geometries)), strict=True))
streets = [place for place in ground.places if place.level == "street"]
middle = {
    street.id: shapely.union_all(
        [outlines[grid] for grid in ground.grids if ground.path(grid)[0] == street.id]
    ).centroid.x
    for street in streets
}
west = sorted(middle, key=middle.__getitem__)[: len(streets) // 2]
district_of = {street: old[0].code if street in west else old[1].code for street in middle}
places = [Place(row.code, row.name, "district", code=row.code) for row in old]
places += [replace(place, parent=district_of.get(place.id, place.parent)) for place in ground.places]

units = [
    Unit(f"{row.code}-{kind}", f"{row.name}{title}", kind, (row.code,))
    for row in old
    for kind, title in (("district_government", "政府"), ("urban_management_bureau", "城市管理局"))
]
units += [Unit(f"{street.id}-office", street.name, "street_office", (street.id,)) for street in streets]
before = City.from_parts(
    name="清河、清浦（生成底图）",
    levels=("district", *ground.levels),
    places=places,
    geometries=dict(zip(ground.grids, ground.geometries, strict=True)),
    units=units,
    matters=[Matter("order", "市容秩序"), Matter("other", "其他")],
    rules=[
        Rule("order", "order", None, None, None, ("@urban_management_bureau",)),
        Rule("other", "other", None, None, None, ("@street_office",)),
    ],
)

codes = tuple(row.code for row in old)
reform = Reorganisation(
    DAY,
    title=f"{old[0].name}、{old[1].name} -> {new.name}",
    steps=(
        Merge(codes, Place(new.code, new.name, "district", code=new.code)),
        *(
            Merge(
                tuple(f"{code}-{kind}" for code in codes),
                Unit(f"{new.code}-{kind}", f"{new.name}{title}", kind),
            )
            for kind, title in (("district_government", "政府"), ("urban_management_bureau", "城市管理局"))
        ),
    ),
)
outcome = reform.apply(before)
print(reform.title)
for change in outcome.changes()[:6]:
    print(" ", change)

# What is open on the day goes on: with the street, or with the bureau that took over.
events = generate_events(before, 5_000, seed=3).to_struct_array().to_pylist()
router = Router.compile(before)
open_matters = [event | {"unit": router.route(event).unit} for event in events]
open_matters = [event for event in open_matters if event["unit"] is not None]
fates = Counter(fate.how for fate in hand_over(open_matters, Router.compile(outcome.after), outcome))
print(f"{len(open_matters):,} open matters:", dict(fates))

# Both versions are one city with dates.
city = outcome.joined
city.save("qingjiangpu")
print("versions of the folder:", [str(day) for day in City.load("qingjiangpu").versions])

assert present_code("320802", 2015) == new.code
assert fates.keys() == {"stays", "succeeded"}
assert outcome.after.path(outcome.after.grids[0])[0] == "320812"
assert city.as_of(date(2016, 10, 7)).path(city.grids[0])[0] in codes
assert (
    Router.compile(city).route(place=city.grids[0], matter="order").unit == "320812-urban_management_bureau"
)
assert City.load("qingjiangpu") == city
