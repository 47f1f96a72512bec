"""What the rules say once they are put onto the grids: conflicts, oddities, and cases nobody answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.checker._map import some
from gov_core.errors import Fault, RuleError
from gov_core.routing import Router

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._map import CityMap
    from gov_core.city import City


def check_answers(chart: CityMap) -> Iterator[Finding]:
    """Compiles the rules and asks for every grid, matter and grade; without an index nothing is asked."""
    if chart.index is None:
        return
    city = chart.city
    try:
        router = Router.compile(city, index=chart.index)
    except RuleError as error:
        for fault in error.faults:
            yield Finding("error", fault)
        return
    for fault in router.warnings:
        yield Finding("warning", fault)
    yield from _unanswered(city, router)


def _unanswered(city: City, router: Router) -> Iterator[Finding]:
    """Finds each matter and grade that no rule answers for in some grid, where no asset is named."""
    from arro3.core import Array, DataType, RecordBatch

    text = DataType.utf8()
    grids = Array(list(city.grids), text)
    for matter in city.matters:
        without: dict[str | None, list[str]] = {}
        for grade in city.grades or (None,):
            columns = [
                grids,
                Array([matter.code] * len(city.grids), text),
                Array([grade] * len(city.grids), text),
            ]
            routed = router.route_batch(RecordBatch.from_arrays(columns, names=["place", "matter", "grade"]))
            rules = routed.column("rule")
            if rules.null_count:
                found = zip(city.grids, rules.to_pylist(), strict=True)
                without[grade] = [grid for grid, rule in found if rule is None]
        for grade, uncovered in without.items():
            yield Finding("error", _unanswered_case(city, matter.code, grade, uncovered))


def _unanswered_case(city: City, matter: str, grade: str | None, uncovered: list[str]) -> Fault:
    case = f'matter "{matter}"' + (f', grade "{grade}"' if grade is not None else "")
    where = (
        "in any grid"
        if len(uncovered) == len(city.grids)
        else f"in {len(uncovered)} grids: {some(uncovered)}"
    )
    hint = "add a rule, or one with * that catches the rest"
    return Fault(
        "rule.uncovered",
        f"no rule answers for {case} {where}",
        city.where("matters", matter),
        hint,
        (matter,),
    )
