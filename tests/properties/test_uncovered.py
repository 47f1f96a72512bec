"""The cells that no rule answers for are found exactly, though grids that are alike are asked once."""

from __future__ import annotations

import re

import shapely
from hypothesis import given
from hypothesis import strategies as st

from gov_core.checker import check
from gov_core.city import City, Matter, Place, Rule, Unit
from gov_core.routing import ReferenceRouter, Router

STREETS, COMMUNITIES, GRIDS = ["S0", "S1"], ["C0", "C1", "C2"], [f"G{at}" for at in range(7)]
AREAS = [*STREETS, *COMMUNITIES, *GRIDS]
KINDS = ["station", "bureau", "company"]
MATTERS = [Matter("a", ""), Matter("a1", "", "a"), Matter("b", "")]
GRADES = ["general", "major"]


@st.composite
def cities(draw: st.DrawFn) -> City:
    parents = {community: draw(st.sampled_from(STREETS)) for community in COMMUNITIES}
    parents |= {grid: draw(st.sampled_from(COMMUNITIES)) for grid in GRIDS}
    units = [
        Unit(
            f"U{at}",
            "",
            draw(st.sampled_from(KINDS)),
            tuple(draw(st.sets(st.sampled_from(AREAS), max_size=3))),
        )
        for at in range(draw(st.integers(1, 5)))
    ]
    anyone = st.sampled_from([unit.id for unit in units] + [f"@{unit.kind}" for unit in units])
    rules = [
        Rule(
            f"R{at}",
            draw(st.sampled_from([None, "a", "a1", "b"])),
            draw(st.sampled_from([None, *AREAS])),
            None,
            draw(st.sampled_from([None, *GRADES])),
            tuple(draw(st.lists(anyone, min_size=1, max_size=2, unique=True))),
        )
        for at in range(draw(st.integers(1, 5)))
    ]
    return City.from_parts(
        name="any",
        levels=["street", "community", "grid"],
        grades=GRADES,
        places=[
            *(Place(street, "", "street") for street in STREETS),
            *(
                Place(name, "", "grid" if name in GRIDS else "community", above)
                for name, above in parents.items()
            ),
        ],
        geometries={grid: shapely.box(at, 0, at + 1, 1).wkb for at, grid in enumerate(GRIDS)},
        units=units,
        matters=MATTERS,
        rules=rules,
    )


@given(city=cities())
def test_uncovered_cells_are_those_in_which_routing_finds_nobody(city: City) -> None:
    findings = check(city)
    if any(finding.fault.code in {"rule.conflict", "rule.tie"} for finding in findings):
        return
    found = {}
    for finding in findings:
        if finding.fault.code == "rule.uncovered":
            matter, grade = re.findall(r'matter "(\w+)", grade "(\w+)"', finding.fault.message)[0]
            count = re.search(r"in (\d+) of \d+ grids", finding.fault.message)
            found[matter, grade] = (int(count[1]) if count else len(GRIDS), finding.fault.ids[1])

    expected = {}
    for router in (Router.compile(city), ReferenceRouter.compile(city)):
        for matter in MATTERS:
            for grade in GRADES:
                nobody = [
                    grid
                    for grid in GRIDS
                    if router.route(place=grid, matter=matter.code, grade=grade).status == "no_rule"
                ]
                if nobody:
                    expected[matter.code, grade] = (len(nobody), nobody[0])
        assert found == expected
