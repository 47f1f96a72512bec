"""How the counts of a bulletin of cases add up, and which of them it must not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.cases.machine import MACHINE
from gov_core.places.small_counts import Sum, left_out
from gov_core.replay.tally import ENDED_BY_CLOSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.replay.bulletin import CaseBulletin

Name = tuple[str, ...]
"""Of a count: ``("unit", "ROADS", "late")``, ``("state", "closed")``, ``("cases",)``."""

UNIT_COLUMNS: Final = ("cases", "closed", "on_time", "late", "overdue")

RATES: Final[dict[str, tuple[Name, Name]]] = {
    "on_time": (("on_time",), ("judged",)),
    "closed_of_due": (("count", "closed"), ("due",)),
    "in_grid": (("count", "in_grid"), ("count", "closed")),
    "rework": (("count", "reworked"), ("count", "handled")),
    "satisfied": (("count", "satisfied"), ("count", "rated")),
}
"""Numerator and denominator of each rate, by its name."""

_REST: Final = "rest"
"""First word of the names of counts that are not told, and follow from two that are."""


def not_told(bulletin: CaseBulletin, smallest: int) -> frozenset[Name]:
    """Names of the counts that a bulletin must not tell; see `gov_core.places.small_counts.left_out`.

    Args:
        bulletin: With all of its counts.
        smallest: The smallest count that is told.

    Raises:
        ValueError: `smallest` is negative.
    """
    counts = _counts(bulletin)
    untold = [name for name in counts if name[0] == _REST]
    return left_out(counts, list(_sums(bulletin, counts)), smallest=smallest, untold=untold)


def _counts(bulletin: CaseBulletin) -> dict[Name, int]:
    """All counts of a bulletin, and what is left between a total and one of its parts."""
    told: dict[Name, int | None] = {
        ("cases",): bulletin.cases,
        ("opened",): bulletin.opened,
        ("events",): bulletin.events,
    }
    told |= {("state", row.state): row.cases for row in bulletin.states}
    told |= {("light", light): count for light, count in bulletin.lights.items()}
    told |= {("count", name): count for name, count in bulletin.counts.items()}
    for rate in bulletin.rates:
        told |= dict(zip(RATES[rate.name], (rate.numerator, rate.denominator), strict=True))
    for row in sorted(bulletin.units, key=lambda row: row.id):
        told |= {("unit", row.id, column): getattr(row, column) for column in UNIT_COLUMNS}
    counts = {name: count or 0 for name, count in told.items()}
    counts[_REST, "open"] = sum(count for name, count in counts.items() if name[0] == "light")
    counts[_REST, "late"] = sum(count for name, count in counts.items() if name[2:] == ("late",))
    for rate in bulletin.rates:
        part, whole = RATES[rate.name]
        counts[_REST, rate.name] = counts[whole] - counts[part]
    for row in bulletin.units:
        of = {column: counts["unit", row.id, column] for column in UNIT_COLUMNS}
        counts[_REST, row.id, "closed"] = of["cases"] - of["closed"]
        counts[_REST, row.id, "judged"] = of["cases"] - of["on_time"] - of["late"]
    return counts


def _sums(bulletin: CaseBulletin, counts: dict[Name, int]) -> Iterator[Sum[Name]]:
    """How the counts of a bulletin add up."""
    # How many were not worked on, or told before, is told: whoever reads one of these reckons the others.
    yield Sum(("events",), (("opened",),))
    yield Sum(("opened",), (("cases",),))
    states = [("state", row.state) for row in bulletin.states]
    lights = tuple(("light", light) for light in bulletin.lights)
    yield Sum(("cases",), tuple(states))
    yield Sum((_REST, "open"), tuple(name for name in states if name[1] in MACHINE.open))
    yield Sum((_REST, "open"), lights)
    closed = tuple(name for name in states if name[1] in ENDED_BY_CLOSING)
    graded = tuple(name for name in counts if name[0] == "count" and name[1].startswith("closed_"))
    wholes = {"cases": ("cases",), "late": (_REST, "late"), "overdue": ("light", "red")}
    for rate in bulletin.rates:
        part, whole = RATES[rate.name]
        yield Sum(whole, (part, (_REST, rate.name)))
        if rate.name == "on_time":
            wholes["on_time"] = part
            yield Sum(whole, (part, (_REST, "late")))
        elif rate.name == "closed_of_due":
            wholes["closed"] = part
            yield Sum(whole, (part, ("light", "red")))
            yield Sum(part, graded)
            if sum(counts[name] for name in closed) == counts[part]:
                yield Sum(part, closed)
    for column, all_units in wholes.items():
        if all_units in counts:
            yield Sum(all_units, tuple(("unit", row.id, column) for row in bulletin.units))
    for row in bulletin.units:
        of = {column: ("unit", row.id, column) for column in UNIT_COLUMNS}
        yield Sum(of["cases"], (of["closed"], (_REST, row.id, "closed")))
        yield Sum(of["cases"], (of["on_time"], of["late"], (_REST, row.id, "judged")))
