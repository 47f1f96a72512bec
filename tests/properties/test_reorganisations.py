"""Reorganisations of random cities: both versions come back, nobody is lost, each row has its fate told."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st

from gov_core.checklists import Checklist, Item, ItemLimit, Matter
from gov_core.city import (
    Abolish,
    City,
    Establish,
    Merge,
    Move,
    Place,
    Reorganisation,
    Rule,
    Split,
    TransferDuty,
    Unit,
    VillageToCommunity,
    diff,
)
from gov_core.city._sheets import BY_PART, SHEETS
from gov_core.errors import CityError
from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team
from gov_core.places import Address, Premises

FIRST = date(2010, 6, 1)
DATED = [sheet.part for sheet in SHEETS if hasattr(sheet.record, "valid_from")]
KINDS = ("station", "committee", "office")


def box(west: float, east: float) -> bytes:
    return shapely.box(118 + west / 100, 32, 118 + east / 100, 32.05).wkb


@st.composite
def cities(draw: st.DrawFn) -> City:
    """Up to six grids in a row, in up to three communities of two streets, with a little of everything."""
    homes = draw(st.lists(st.sampled_from(("C1", "C2", "C3")), min_size=3, max_size=6))
    people = draw(st.lists(st.integers(0, 900), min_size=len(homes), max_size=len(homes)))
    communities = sorted(set(homes))
    grids = [f"G{at}" for at in range(len(homes))]
    streets = {name: draw(st.sampled_from(("S1", "S2"))) for name in communities}
    spots = st.sampled_from([*sorted(set(streets.values())), *communities, *grids])
    units = [
        Unit(f"U{at}", "", draw(st.sampled_from(KINDS)), tuple(draw(st.sets(spots, max_size=3))))
        for at in range(draw(st.integers(3, 6)))
    ]
    body = st.sampled_from([unit.id for unit in units])
    holder = st.one_of(body, st.sampled_from([f"@{unit.kind}" for unit in units]))
    some = st.integers(0, 3)
    chain = st.lists(holder, min_size=1, max_size=3, unique=True).map(tuple)
    ends = st.lists(st.tuples(holder, holder), max_size=3, unique=True)
    inside = [at + draw(st.floats(0.1, 0.9)) for at in range(len(homes))]
    return City.from_parts(
        name="Random",
        levels=["street", "community", "grid"],
        places=[
            *(Place(name, "", "street") for name in sorted(set(streets.values()))),
            *(
                Place(name, "", "community", street, population=_sum(homes, people, name))
                for name, street in streets.items()
            ),
            *(
                Place(*spot, population=number)
                for *spot, number in zip(
                    grids, [""] * len(homes), ["grid"] * len(homes), homes, people, strict=True
                )
            ),
        ],
        geometries={grid: box(at, at + 1) for at, grid in enumerate(grids)},
        units=units,
        matters=[Matter("m", "")],
        relations=[Relation(*(source, "guides", target)) for source, target in draw(ends)],
        posts=[Post(f"P{at}", draw(holder), "clerk", at=draw(st.none() | spots)) for at in range(draw(some))],
        assignments=[
            Assignment(f"A{at}", "sinking", draw(holder), draw(holder), "clerk", 1, draw(chain))
            for at in range(draw(some))
        ],
        grants=[Grant(name, "serve", held=draw(st.booleans())) for name in draw(st.lists(body, unique=True))],
        teams=[
            Team(f"T{at}", "", "safety", (draw(spots),), draw(st.none() | body)) for at in range(draw(some))
        ],
        providers=[Provider(name) for name in draw(st.lists(body, max_size=2, unique=True))],
        systems=[System(f"Y{at}", "", draw(body)) for at in range(draw(some))],
        rules=[
            Rule(f"R{at}", "m", draw(st.none() | spots), None, None, draw(chain)) for at in range(draw(some))
        ],
        checklists=[Checklist("L", "duty", "", draw(holder))],
        items=[
            Item(
                "I", "L", "", draw(st.just(()) | chain), ("m",), areas=tuple(draw(st.sets(spots, max_size=2)))
            )
        ],
        item_limits=[ItemLimit("I", "m")] * draw(st.integers(0, 1)),
        addresses=[
            Address(f"N{at}", grid, number=str(at), lon=118 + spot / 100, lat=32.01)
            for at, (grid, spot) in enumerate(zip(grids, inside, strict=True))
        ],
        premises=[Premises("B", "", "building", grids[0])],
    )


def _sum(homes: list[str], people: list[int], name: str) -> int:
    return sum(number for home, number in zip(homes, people, strict=True) if home == name)


@st.composite
def steps(draw: st.DrawFn, city: City, mark: str) -> Any:
    """One step that names what the city has, and makes what is marked as new."""
    places = {level: [place for place in city.places if place.level == level] for level in city.levels}
    units = [unit.id for unit in city.units]
    body, grid = st.sampled_from(units), st.sampled_from(city.grids)
    community = st.sampled_from([place.id for place in places["community"]])
    match draw(st.integers(0, 8)):
        case 0:
            names = draw(st.permutations(units))[:2]
            return Merge(
                tuple(names),
                Unit(draw(st.sampled_from([names[0], f"U{mark}"])), "", draw(st.sampled_from(KINDS))),
            )
        case 1:
            level = draw(
                st.sampled_from(
                    [level for level in ("community", "grid") if len(places[level]) > 1] or ["street"]
                )
            )
            names = draw(st.permutations([place.id for place in places[level]]))[:2]
            parent = next(place.parent for place in city.places if place.id == names[0])
            return Merge(
                tuple(names), Place(draw(st.sampled_from([names[0], f"X{mark}"])), "", level, parent)
            )
        case 2:
            chosen = draw(grid)
            place = next(place for place in city.places if place.id == chosen)
            shape = shapely.from_wkb(city.geometries[city.grids.index(place.id)])
            west, south, east, north = shape.bounds
            middle = west + (east - west) * draw(st.floats(0.2, 0.8))
            halves = (
                Place(f"X{mark}a", "", "grid", place.parent),
                Place(f"X{mark}b", "", "grid", place.parent),
            )
            cuts = (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north))
            outlines = {
                half.id: shapely.intersection(shape, cut).wkb for half, cut in zip(halves, cuts, strict=True)
            }
            return Split(place.id, halves, outlines, {"B": halves[0].id, **_moves(city, halves[0].id)})
        case 3:
            name = draw(body)
            unit = next(unit for unit in city.units if unit.id == name)
            halves = (replace(unit, id=f"U{mark}a"), replace(unit, id=f"U{mark}b"))
            return Split(name, halves, moves=_moves(city, halves[0].id))
        case 4:
            name, heir = draw(st.permutations([*units, "nobody"]))[:2]
            return Abolish("units", name, draw(st.sampled_from([heir, None])))
        case 5:
            return Establish("units", Unit(f"U{mark}", "", draw(st.sampled_from(KINDS)), (draw(grid),)))
        case 6:
            return Move(draw(grid), draw(community))
        case 7:
            return TransferDuty(("I",), draw(body), funds_yuan=1.0)
        case _:
            name = draw(community)
            return VillageToCommunity(
                name, Place(f"X{mark}", "", "community"), Unit(f"U{mark}", "", "committee")
            )


def _moves(city: City, to: str) -> dict[str, str]:
    """All that is not told by coordinates goes to one of the parts."""
    return {
        BY_PART[part].key_of(row): to
        for part in (
            "rules",
            "items",
            "posts",
            "assignments",
            "checklists",
            "grants",
            "teams",
            "systems",
            "providers",
            "transfers",
        )
        for row in getattr(city, part)
    }


def content(city: City) -> dict[str, set[Any]]:
    """Rows without dates, and outlines."""
    found = {part: {_plain(row) for row in getattr(city, part)} for part in ("places", *DATED)}
    return found | {"outlines": set(zip(city.grids, city.geometries, strict=True)) | set(city.outlines)}


def _plain(row: Any) -> Any:
    dates: dict[str, Any] = {"valid_from": None, "valid_to": None, "successors": ()}
    return replace(row, **{field.name: dates[field.name] for field in fields(row) if field.name in dates})


def key_of(part: str, row: Any) -> str:
    return row.id if part == "places" else BY_PART[part].key_of(row)


@given(st.data())
def test_versions_come_back_and_nothing_is_lost(data: st.DataObject) -> None:
    city = data.draw(cities())
    versions = [(FIRST - timedelta(1), content(city))]
    people = sum(place.population or 0 for place in city.places if place.level == "grid")
    for at in range(data.draw(st.integers(1, 4))):
        day = FIRST + timedelta(10 * at)
        step = data.draw(steps(city, f"n{at}"))
        try:
            outcome = Reorganisation(day, (step,)).apply(city)
        except CityError:
            # What does not work out is said, and changes nothing.
            continue
        after = outcome.after
        assert sum(place.population or 0 for place in after.places if place.level == "grid") == people
        for community in (place for place in after.places if place.level == "community"):
            inside = [place.population or 0 for place in after.places if place.parent == community.id]
            assert community.population == sum(inside)
        there = {part: {key_of(part, row) for row in getattr(after, part)} for part in ("places", *BY_PART)}
        for part in ("places", *BY_PART):
            for row in getattr(outcome.before, part):
                assert set(outcome.successors(part, key_of(part, row))) <= there[part], (part, row)
        versions.append((day, content(after)))
        city = outcome.joined
        for known, wanted in versions:
            assert content(city.as_of(known)) == wanted
    assert diff(city, city) == ()
    unchanged = Reorganisation(date(2030, 1, 1), ()).apply(city)
    assert unchanged.changes() == ()
    assert content(unchanged.after) == content(city)
    assert unchanged.joined.versions == city.versions
