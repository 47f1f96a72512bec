"""The router answers what the plain reference router answers: random cities, rules and events."""

from __future__ import annotations

import arro3.core as arrow
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gov_core.city import AssetClass, City, Limit, Matter, Place, Rule, Unit
from gov_core.errors import RuleError
from gov_core.places import Asset
from gov_core.routing import Explanation, ReferenceRouter, Router

ORIGIN = (118.0, 32.0)
STEP = 0.125  # exact in binary, so that points can lie exactly on borders
KINDS = ("station", "bureau")
GRADES = ("1", "2")
MATTERS = (
    Matter("m", ""),
    Matter("m1", "", "m"),
    Matter("m2", "", "m"),
    Matter("m11", "", "m1"),
    Matter("101", ""),
)
ASSETS = (AssetClass("a", ""), AssetClass("a1", "", "a"), AssetClass("7", ""))
STREETS, COMMUNITIES = 2, 3


@st.composite
def cities(draw: st.DrawFn) -> City:
    """A lattice of cells shared out among grids: enclaves, holes, several parts and corners that touch."""
    size = draw(st.integers(1, 4))
    owners = draw(st.lists(st.integers(-1, 4), min_size=size * size, max_size=size * size))
    cells: dict[int, list[shapely.Polygon]] = {}
    for at, owner in enumerate(owners):
        x, y = ORIGIN[0] + at % size * STEP, ORIGIN[1] + at // size * STEP
        if owner >= 0:
            cells.setdefault(owner, []).append(shapely.box(x, y, x + STEP, y + STEP))
    assume(cells)
    streets = [Place(f"S{at}", "", "street") for at in range(STREETS)]
    communities = [
        Place(f"C{at}", "", "community", f"S{draw(st.integers(0, STREETS - 1))}") for at in range(COMMUNITIES)
    ]
    grids = [Place(f"G{owner}", "", "grid", f"C{draw(st.integers(0, COMMUNITIES - 1))}") for owner in cells]
    buildings = [
        Place(f"B{at}", "", "building", draw(st.sampled_from(grids)).id)
        for at in range(draw(st.integers(0, 2)))
    ]
    places = draw(st.permutations([*streets, *communities, *grids, *buildings]))
    areas = [place.id for place in places if place.level != "building"]
    ids = [place.id for place in places]
    unit = st.tuples(st.sampled_from(KINDS), st.lists(st.sampled_from(ids), max_size=3, unique=True))
    units = [
        Unit(f"U{at}", "", kind, tuple(serves))
        for at, (kind, serves) in enumerate(draw(st.lists(unit, min_size=1, max_size=5)))
    ]
    graded = draw(st.booleans())
    with_assets = draw(st.booleans())
    refs = st.sampled_from([*(unit.id for unit in units), *(f"@{unit.kind}" for unit in units)])
    any_or = lambda values: st.none() | st.sampled_from(values)  # noqa: E731
    rule = st.tuples(
        any_or([matter.code for matter in MATTERS]),
        any_or(areas),
        any_or([asset.code for asset in ASSETS]) if with_assets else st.none(),
        any_or(GRADES) if graded else st.none(),
        st.lists(refs, min_size=1, max_size=2, unique=True).map(tuple),
        st.lists(refs, max_size=2, unique=True).map(tuple),
        st.none() | st.builds(Limit, st.integers(1, 2), st.just("working_day")),
        st.none() | st.builds(Limit, st.integers(1, 2), st.just("natural_day")),
        st.just(0),
        few(areas),
        few([asset.code for asset in ASSETS]) if with_assets else st.just(()),
        few([matter.code for matter in MATTERS]),
    )
    rules = draw(st.lists(rule, max_size=8, unique_by=lambda rule: rule[:4]))
    return City.from_parts(
        name="drawn",
        crs=draw(st.sampled_from(["EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09"])),
        levels=["street", "community", "grid", "building"],
        partition="grid",
        grades=GRADES if graded else None,
        places=places,
        geometries={f"G{owner}": shapely.union_all(boxes).wkb for owner, boxes in cells.items()},
        units=units,
        matters=MATTERS,
        asset_classes=ASSETS if with_assets else (),
        assets=draw(components(ids, [unit.id for unit in units])) if with_assets else (),
        rules=[Rule(f"R{at}", *fields) for at, fields in enumerate(rules)],
    )


@st.composite
def components(draw: st.DrawFn, places: list[str], units: list[str]) -> list[Asset]:
    """Things named A0 to A2: with or without a place, a point and a manager."""
    half_step = lambda origin: st.none() | st.integers(-1, 9).map(lambda half: origin + half * STEP / 2)  # noqa: E731
    return [
        Asset(
            f"A{at}",
            draw(st.sampled_from(ASSETS)).code,
            manager=draw(st.none() | st.sampled_from(units)),
            lon=draw(half_step(ORIGIN[0])),
            lat=draw(half_step(ORIGIN[1])),
            place=draw(st.none() | st.sampled_from(places)),
        )
        for at in range(draw(st.integers(0, 3)))
    ]


def few(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Nothing most of the time, so that many rules apply; else a value or two."""
    some = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)
    return st.one_of(st.just(()), st.just(()), some)


def degrees(origin: float, bound: float) -> st.SearchStrategy[float | None]:
    """Half steps of the lattice hit borders and corners; the rest hits anything or nothing."""
    return st.one_of(
        st.integers(-1, 9).map(lambda half: origin + half * STEP / 2),
        st.floats(origin - 0.1, origin + 0.6),
        st.sampled_from([None, float("nan"), float("inf"), bound, -bound, bound + 1e-9, 1e308]),
    )


def events(city: City, *, crs: bool) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "lon": degrees(ORIGIN[0], 180.0),
            "lat": degrees(ORIGIN[1], 90.0),
            "place": st.none()
            | st.none()
            | st.sampled_from(["", "nowhere", *(place.id for place in city.places)]),
            "crs": st.sampled_from([None, "", city.crs, "EPSG:4979", "GCJ-02"] if crs else [None]),
            "matter": st.sampled_from([None, "", "m3", *(matter.code for matter in MATTERS)]),
            "grade": st.sampled_from([None, "", "3", *GRADES]),
            "asset": st.sampled_from([None, "", "b", "A0", "A1", "A2", *(asset.code for asset in ASSETS)]),
        }
    )


def routers(city: City) -> tuple[Router, ReferenceRouter]:
    """Both, unless the rules of the city contradict each other."""
    try:
        return Router.compile(city), ReferenceRouter.compile(city)
    except RuleError:
        assume(False)
        raise


@given(st.data())
def test_single_events(data: st.DataObject) -> None:
    city = data.draw(cities())
    fast, plain = routers(city)
    for event in data.draw(st.lists(events(city, crs=True), min_size=1, max_size=20)):
        assert fast.route(event) == plain.route(event), event


@given(st.data())
def test_batches(data: st.DataObject) -> None:
    city = data.draw(cities())
    fast, plain = routers(city)
    rows = data.draw(st.lists(events(city, crs=True), max_size=90))
    table = table_of(rows)
    assert columns_of(fast.route_batch(table)) == columns_of(plain.route_batch(table))


@settings(max_examples=20)
@given(st.data(), st.integers(2, 3))
def test_threads_and_blocks_change_nothing(data: st.DataObject, threads: int) -> None:
    city = data.draw(cities())
    fast, _ = routers(city)
    few = data.draw(st.lists(events(city, crs=True), min_size=1, max_size=40))
    table = table_of(few * 400)
    shared = Router.compile(city, index=fast.index, threads=threads)
    one = columns_of(fast.route_batch(table_of(few)))
    assert columns_of(shared.route_batch(table)) == {name: values * 400 for name, values in one.items()}


@given(st.data())
def test_explanations(data: st.DataObject) -> None:
    city = data.draw(cities())
    fast, plain = routers(city)
    event = data.draw(events(city, crs=True))
    ours, theirs = fast.explain(event), plain.explain(event)
    assert (ours.route, ours.location) == (theirs.route, theirs.location)
    assert [note for note in ours.notes if "grid" not in note] == list(theirs.notes)  # one of them measures
    assert sorted(ours.rules) == sorted(theirs.rules)  # rules that do not apply come in any order
    assert covering(ours) == covering(theirs)


def covering(explanation: Explanation) -> list[str]:
    return [rule for rule in explanation.rules if " is about " not in rule]


def table_of(rows: list[dict[str, object]]) -> arrow.Table:
    types = {"lon": arrow.DataType.float64(), "lat": arrow.DataType.float64()}
    names = ("lon", "lat", "place", "crs", "matter", "grade", "asset")
    return arrow.Table.from_pydict(
        {
            name: arrow.Array([row[name] for row in rows], types.get(name, arrow.DataType.utf8()))
            for name in names
        }
    )


def columns_of(table: arrow.Table) -> dict[str, list[object]]:
    """By name; an `assist` without any answer counts as no column."""
    given = {"lon", "lat", "place_given", "crs", "matter", "grade", "asset"}
    columns = {name: table.column(name).to_pylist() for name in table.column_names if name not in given}
    if not any(columns.get("assist", ())):
        columns.pop("assist", None)
    return columns
