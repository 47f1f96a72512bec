"""How the counts of a bulletin of cases add up, and which of them it must not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.cases.machine import MACHINE
from gov_core.places.small_counts import Sum, left_out
from gov_core.replay.tally import ENDED_BY_CLOSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


def not_told(counts: Mapping[Name, int], smallest: int) -> frozenset[Name]:
    """Names of the counts that a bulletin must not tell; see `gov_core.places.small_counts.left_out`.

    Args:
        counts: All counts of the bulletin by name, those of bodies last and in its order.
        smallest: The smallest count that is told.

    Raises:
        ValueError: `smallest` is negative.
    """
    units = list(dict.fromkeys(name[1] for name in counts if name[0] == "unit"))
    rates = [rate for rate, (part, whole) in RATES.items() if part in counts and whole in counts]
    whole = _with_rests(counts, units, rates)
    untold = [name for name in whole if name[0] == _REST]
    return left_out(whole, list(_sums(whole, units, rates)), smallest=smallest, untold=untold)


def _with_rests(counts: Mapping[Name, int], units: Sequence[str], rates: Sequence[str]) -> dict[Name, int]:
    """All counts, bodies by their ids, and what is left between a total and one of its parts."""
    whole = {name: count for name, count in counts.items() if name[0] != "unit"}
    whole |= {
        ("unit", id_, column): counts["unit", id_, column] for id_ in sorted(units) for column in UNIT_COLUMNS
    }
    whole[_REST, "open"] = sum(count for name, count in whole.items() if name[0] == "light")
    whole[_REST, "late"] = sum(count for name, count in whole.items() if name[2:] == ("late",))
    for rate in rates:
        part, all_ = RATES[rate]
        whole[_REST, rate] = whole[all_] - whole[part]
    for id_ in units:
        of = {column: whole["unit", id_, column] for column in UNIT_COLUMNS}
        whole[_REST, id_, "closed"] = of["cases"] - of["closed"]
        whole[_REST, id_, "judged"] = of["cases"] - of["on_time"] - of["late"]
    return whole


def _sums(counts: Mapping[Name, int], units: Sequence[str], rates: Sequence[str]) -> Iterator[Sum[Name]]:
    """How the counts of a bulletin add up."""
    # How many were not worked on, or told before, is told: whoever reads one of these reckons the others.
    yield Sum(("events",), (("opened",),))
    yield Sum(("opened",), (("cases",),))
    states = [name for name in counts if name[0] == "state"]
    lights = tuple(name for name in counts if name[0] == "light")
    yield Sum(("cases",), tuple(states))
    yield Sum((_REST, "open"), tuple(name for name in states if name[1] in MACHINE.open))
    yield Sum((_REST, "open"), lights)
    closed = tuple(name for name in states if name[1] in ENDED_BY_CLOSING)
    graded = tuple(name for name in counts if name[0] == "count" and name[1].startswith("closed_"))
    wholes = {"cases": ("cases",), "late": (_REST, "late"), "overdue": ("light", "red")}
    for rate in rates:
        part, whole = RATES[rate]
        yield Sum(whole, (part, (_REST, rate)))
        if rate == "on_time":
            wholes["on_time"] = part
            yield Sum(whole, (part, (_REST, "late")))
        elif rate == "closed_of_due":
            wholes["closed"] = part
            yield Sum(whole, (part, ("light", "red")))
            yield Sum(part, graded)
            if sum(counts[name] for name in closed) == counts[part]:
                yield Sum(part, closed)
    for column, all_units in wholes.items():
        if all_units in counts:
            yield Sum(all_units, tuple(("unit", id_, column) for id_ in units))
    for id_ in units:
        of = {column: ("unit", id_, column) for column in UNIT_COLUMNS}
        yield Sum(of["cases"], (of["closed"], (_REST, id_, "closed")))
        yield Sum(of["cases"], (of["on_time"], of["late"], (_REST, id_, "judged")))
