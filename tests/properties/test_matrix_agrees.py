"""The responsibility matrix, and a router compiled from the same lists, say the same of who does what."""

from __future__ import annotations

from itertools import product

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from gov_core.checklists import Checklist, Item
from gov_core.checklists._ground import Terrain, meet
from gov_core.checklists.matrix import ResponsibilityMatrix, responsibility_matrix
from gov_core.city import AssetClass, City, Matter, Place, Unit
from gov_core.errors import RuleError
from gov_core.routing import Router

PLACES = (
    Place("S1", "", "street"),
    Place("S2", "", "street"),
    Place("G1", "", "grid", "S1"),
    Place("G2", "", "grid", "S1"),
    Place("G3", "", "grid", "S2"),
)
GRIDS = ("G1", "G2", "G3")
MATTERS = (Matter("m", ""), Matter("m1", "", "m"), Matter("m11", "", "m1"), Matter("n", ""))
UNITS = (
    Unit("office", "", "office", ("S1", "S2")),
    Unit("water", "", "bureau"),
    Unit("team-1", "", "team", ("S1",)),
    Unit("guard-3", "", "guard", ("G3",)),
    Unit("post-1", "", "post", ("G1", "S2")),
)
# The office serves the whole city, and so does the bureau that names no place; the others serve a part.
# Nobody is named both ways: to be led by a unit here and by its kind there is one answer only if both say so.
HOLDERS = ("office", "water", "post-1", "guard-3", "@team")
ASSETS = (AssetClass("a", ""), AssetClass("a1", "", "a"))
LISTS = (
    Checklist("duty", "duty", "", "office"),
    Checklist("work", "work", "", "@team"),
    Checklist("help", "assistance", "", "@guard"),
)


KINDS = {unit.id: f"@{unit.kind}" for unit in UNITS}
ASSISTING = {"holds", "shares", "assists"}


def some(values: list[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique=True).map(tuple)


def rarely(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.just(()), some(values, 1))


item = st.builds(
    Item,
    code=st.just(""),
    checklist=st.sampled_from([each.id for each in LISTS]),
    title=st.just(""),
    holder=rarely(list(HOLDERS)),
    matters=some([matter.code for matter in MATTERS], 1),
    areas=rarely([place.id for place in PLACES]),
    except_areas=rarely([place.id for place in PLACES]),
    except_matters=rarely([matter.code for matter in MATTERS]),
    assets=rarely([asset.code for asset in ASSETS]),
    except_assets=rarely([asset.code for asset in ASSETS]),
    shared_with=rarely(list(HOLDERS)),
    assist=rarely(list(HOLDERS)),
    placeholder=st.sampled_from([False, False, True]),
    admission=st.sampled_from(["entered", "entered", "applied"]),
)


@st.composite
def cities(draw: st.DrawFn) -> City:
    drawn = draw(st.lists(item, min_size=1, max_size=5))
    names = Item.__dataclass_fields__
    items = [
        Item(**{**{name: getattr(each, name) for name in names}, "code": f"I{at}"})
        for at, each in enumerate(drawn)
    ]
    return City.from_parts(
        name="lists",
        levels=["street", "grid"],
        places=PLACES,
        geometries={grid: shapely.box(119 + at, 33, 120 + at, 34).wkb for at, grid in enumerate(GRIDS)},
        units=UNITS,
        grades=("urgent",),
        matters=MATTERS,
        asset_classes=ASSETS,
        checklists=LISTS,
        items=items,
    )


@given(cities())
def test_who_is_routed_to_holds_and_who_is_not_is_a_gap(city: City) -> None:
    matrix = responsibility_matrix(city)
    if matrix.rivals:
        with pytest.raises(RuleError) as caught:
            Router.compile(city)
        assert {fault.code for fault in caught.value.faults} == {"rule.conflict"}
        return
    try:
        router = Router.compile(city)
    except RuleError:
        # One holder, but two items have others beside it: the matrix shows both, a router has to choose.
        assume(all(not one.assist and not one.shared_with for one in city.items))
        raise
    missing: dict[str, set[str]] = {}
    cases = product(GRIDS, [matter.code for matter in MATTERS], (None, "a", "a1"), (None, "urgent"))
    for grid, matter, asset, grade in cases:
        event = {"place": grid, "matter": matter, "asset": asset, "grade": grade}
        route = router.route(event)
        if route.unit is None:
            missing.setdefault(matter, set()).add(grid)
            continue
        assert "holds" in parts(matrix, city, route.unit, event)
        # Of two items that share a case and leave out different parts of it the second assists in both.
        for unit in route.assist:
            assert {*matrix.parts(unit, matter), *matrix.parts(KINDS[unit], matter)} & ASSISTING
    said = any(holding.matters for holding in matrix.holdings)
    # Gaps are told of the lowest matters; a duty for some assets leaves none.
    for gap in matrix.gaps:
        assert gap.missing <= len(missing.get(gap.matter, ()))
    assets_named = any(one.assets or one.except_assets for one in city.items)
    if said and not assets_named:
        expected = {matter: len(missing[matter]) for matter in ("m11", "n") if matter in missing}
        assert {gap.matter: gap.missing for gap in matrix.gaps} == expected


def parts(matrix: ResponsibilityMatrix, city: City, unit: str, event: dict[str, str | None]) -> set[str]:
    """What the matrix has a unit do in a case, by its id or by its kind."""
    parents = {each.code: each.parent for each in ASSETS}
    asset = event["asset"]
    line = {asset, parents[asset]} - {None} if asset else set()
    here = Terrain(city.places, city.partition).of([str(event["place"])])
    return {
        holding.part
        for name in (unit, KINDS[unit])
        for holding in matrix.at(name, str(event["matter"]))
        if meet(holding.ground, here)
        and (not holding.assets or line & set(holding.assets))
        and not line & set(holding.except_assets)
    }
