"""Guiyang since 2010: 49 street offices end, 94 new communities begin, four levels become three."""

from collections import Counter
from dataclasses import replace
from datetime import date

from gov_core import City, Place, Router, RouterHistory, presets
from gov_core.city import Abolish, Establish, Matter, Redraw, Reorganisation, Rule, Unit
from gov_core.routing import hand_over

guiyang = presets.guiyang()
figures = {figure.id: int(figure.value) for figure in guiyang.figures}
neighbourhoods = [place for place in guiyang.places if place.level == "neighbourhood"]
upper = [place for place in guiyang.places if place.level in {"city", "district"}]

# Before: the same neighbourhoods under 49 streets, spread over the districts.
districts = [place.id for place in upper if place.level == "district"]
communities = [place for place in guiyang.places if place.level == "community"]
in_district = {name: [place for place in communities if place.parent == name] for name in districts}
share, more = divmod(figures["streets_abolished"], len(districts))
streets, street_of = [], {}
for at, name in enumerate(districts):
    own = [Place(f"{name}-J{n}", f"生成街道 {n}", "street", name) for n in range(share + (at < more))]
    streets += own
    for n, community in enumerate(in_district[name]):
        street_of[community.id] = own[n * len(own) // len(in_district[name])].id

committees = [unit for unit in guiyang.units if unit.kind == "residents_committee"]
before = City.from_parts(
    name="贵阳 2010 年以前（生成底图）",
    levels=["city", "district", "street", "neighbourhood"],
    places=[
        *upper,
        *streets,
        *(replace(place, parent=street_of[place.parent or ""]) for place in neighbourhoods),
    ],
    geometries=dict(zip(guiyang.grids, guiyang.geometries, strict=True)),
    units=[*(Unit(f"{place.id}-office", "", "street_office", (place.id,)) for place in streets), *committees],
    matters=[Matter("administration", "行政管理性事务"), Matter("self_government", "居民自治活动")],
    rules=[
        Rule("administration", "administration", None, None, None, ("@street_office",)),
        Rule("self_government", "self_government", None, None, None, ("@residents_committee",)),
    ],
)

reform = Reorganisation(
    date(2010, 2, 1),
    title="撤销 49 个街道办事处，建立 94 个新型社区",
    source="G-NUM-1, G-STR-4",
    steps=(
        # A street's ground goes to the new communities that hold most of it; its office serves them ...
        Redraw(
            guiyang.places,
            dict(zip(guiyang.grids, guiyang.geometries, strict=True)),
            levels=guiyang.levels,
            follows={"street": "community"},
        ),
        # ... until centres take its duties over, and it ends.
        *(
            Establish("units", unit)
            for unit in guiyang.units
            if unit.kind in {"service_centre", "residents_council"}
        ),
        Abolish("rules", "administration"),
        Establish("rules", Rule("centre", "administration", None, None, None, ("@service_centre",))),
        *(Abolish("units", f"{place.id}-office") for place in streets),
    ),
)
outcome = reform.apply(before)
after = outcome.after

print(reform.title)
print("levels:", " > ".join(before.levels), "->", " > ".join(after.levels))
print("bodies before:", dict(Counter(unit.kind for unit in before.units)))
print("bodies after: ", dict(Counter(unit.kind for unit in after.units)))
new = Counter(len(outcome.successors("places", place.id)) for place in streets)
print("new communities a street turned into:", dict(sorted(new.items())))

old_router, new_router = Router.compile(before), Router.compile(after)
open_matters = [
    {
        "id": f"{grid}-{matter}",
        "place": grid,
        "matter": matter,
        "unit": old_router.route(place=grid, matter=matter).unit,
    }
    for grid in before.grids
    for matter in ("administration", "self_government")
]
fates = Counter(fate.how for fate in hand_over(open_matters, new_router, outcome))
print(f"{len(open_matters)} open matters:", dict(fates))

history = RouterHistory([("2000-01-01", old_router), ("2010-02-01", new_router)])
event = {"place": after.grids[0], "matter": "administration"}
for day in ("2009-06-01", "2011-06-01"):
    print(day, history.route(event | {"reported_at": day}).unit)

assert len(streets) == 49
assert len(communities) == 94
assert len(before.levels) == len(after.levels) == 4  # the neighbourhoods are no level of administration
assert "street" not in after.levels
assert fates == {"stays": 376, "rerouted": 376}
assert not [unit for unit in after.units if unit.kind == "street_office"]
