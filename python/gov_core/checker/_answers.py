"""What the rules say once they are put onto the grids: conflicts, oddities, and cases nobody answers for."""

from __future__ import annotations

from itertools import product, repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from gov_core.checker._alike import alike
from gov_core.checker._finding import Finding
from gov_core.checker._map import some
from gov_core.errors import Fault, RuleError
from gov_core.routing import Router

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gov_core.checker._map import CityMap
    from gov_core.city import City

ROWS = 1 << 20
"""Cells asked at a time: 100 MB of columns."""


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
    """Finds each matter and grade that no rule answers for in some grid, where no asset is named.

    Every cell of matter, grid and grade is decided, but grids that rules cannot tell apart are asked once.
    """
    groups = alike(city)
    grades = city.grades or (None,)
    rank = {grid: at for at, grid in enumerate(city.grids)}
    witnesses = [group[0] for group in groups]
    step = max(1, ROWS // (len(witnesses) * len(grades)))
    for start in range(0, len(city.matters), step):
        matters = [matter.code for matter in city.matters[start : start + step]]
        unanswered = _without_rule(router, matters, grades, witnesses)
        for case, at in zip(product(matters, grades), unanswered, strict=True):
            if len(at):
                grids = sorted((grid for group in at for grid in groups[group]), key=rank.__getitem__)
                yield Finding("error", _unanswered_case(city, *case, grids))


def _without_rule(
    router: Router, matters: Sequence[str], grades: Sequence[str | None], grids: Sequence[str]
) -> Iterator[NDArray[np.intp]]:
    """For each matter and grade, in this order, the positions of the grids in which no rule answers."""
    from arro3.core import Array, DataType, RecordBatch

    text = DataType.utf8()
    columns: dict[str, list[Any]] = {
        "place": [*grids] * (len(matters) * len(grades)),
        "matter": [matter for matter in matters for _ in range(len(grades) * len(grids))],
        "grade": [grade for grade in grades for _ in grids] * len(matters),
    }
    asked = RecordBatch.from_arrays([Array(cells, text) for cells in columns.values()], names=[*columns])
    rules = router.route_batch(asked).column("rule")
    if not rules.null_count:
        return repeat(np.empty(0, dtype=np.intp), len(matters) * len(grades))
    nothing = np.fromiter((rule is None for rule in rules.to_pylist()), dtype=np.bool_)
    return map(np.flatnonzero, nothing.reshape(-1, len(grids)))


def _unanswered_case(city: City, matter: str, grade: str | None, grids: list[str]) -> Fault:
    case = f'matter "{matter}"' + (f', grade "{grade}"' if grade is not None else "")
    where = (
        "in any grid"
        if len(grids) == len(city.grids)
        else f"in {len(grids)} of {len(city.grids)} grids: {some(grids)}"
    )
    message = f"no rule answers for {case} {where}"
    hint = "add a rule, or one with * that catches the rest"
    return Fault("rule.uncovered", message, city.where("matters", matter), hint, (matter, grids[0]))
