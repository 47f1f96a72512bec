"""The responsibility matrix, and a router compiled from the same lists, say the same of who does what."""

from __future__ import annotations

from itertools import product

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gov_core.checklists import Checklist, Item
from gov_core.checklists.matrix import responsibility_matrix
from gov_core.city import City, Matter, Place, Unit
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
)
# Units named by their ids serve the whole city here: where they serve less, a rule sends them beyond it.
HOLDERS = ("office", "water", "@team", "@guard", "@office")
LISTS = (
    Checklist("duty", "duty", "", "office"),
    Checklist("work", "work", "", "@team"),
    Checklist("help", "assistance", "", "@guard"),
)


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
        matters=MATTERS,
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
    router = Router.compile(city)
    kinds = {unit.id: f"@{unit.kind}" for unit in UNITS}
    missing: dict[str, int] = {}
    for grid, matter in product(GRIDS, ("m11", "n")):
        unit = router.route(place=grid, matter=matter).unit
        if unit is None:
            missing[matter] = missing.get(matter, 0) + 1
        else:
            parts = (*matrix.parts(unit, matter), *matrix.parts(kinds[unit], matter))
            assert "holds" in parts
    said = any(holding.matters for holding in matrix.holdings)
    assert {gap.matter: gap.missing for gap in matrix.gaps} == (missing if said else {})
