"""Places and bodies held against the norms of the city, each with the source of the norm."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.city import norm_flaw, readings
from gov_core.errors import Fault
from gov_core.places._people import in_public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.city import City, Reading
    from gov_core.places import Norm

PEOPLE = {"households", "population"}


def check_norms(city: City) -> Iterator[Finding]:
    """Finds norms that say nothing, are not kept, or cannot be judged."""
    for norm in city.norms:
        if flaw := norm_flaw(norm, city):
            yield Finding("error", flaw)
    unknown: Counter[Norm] = Counter()
    for reading in readings(city):
        if reading.holds is None:
            unknown[reading.norm] += 1
        elif not reading.holds:
            yield Finding(reading.norm.severity, _breach(reading, city))
    for norm, places in unknown.items():
        message = f'{norm.measure} of {places} places of level "{norm.per}" are not known'
        hint = "fill in the counts, or remove the norm"
        where = city.where("norms", norm.id)
        yield Finding("warning", Fault("norm.unmeasured", message, where, hint, (norm.id,)))


def _breach(reading: Reading, city: City) -> Fault:
    norm, value = reading.norm, reading.value or 0
    told = in_public(value) if norm.measure in PEOPLE else f"{value:,.0f}"
    source = f" ({norm.source})" if norm.source else ""
    if reading.place:
        where = city.where("places", reading.place)
        message = f'{norm.measure} {told}: norm "{norm.id}" is {_bounds(norm)}{source}'
        hint = "correct the numbers, or redraw the place"
        return Fault("norm.breach", message, where, hint, (reading.place, norm.id))
    where = city.where("norms", norm.id)
    message = f'{told} places of level "{norm.per}": norm "{norm.id}" is {_bounds(norm)}{source}'
    return Fault("norm.breach", message, where, "correct the places, or the norm", (norm.id,))


def _bounds(norm: Norm) -> str:
    if norm.least == norm.most:
        return f"{norm.least:,.15g}"
    if norm.least is None:
        return f"at most {norm.most:,.15g}"
    if norm.most is None:
        return f"at least {norm.least:,.15g}"
    return f"{norm.least:,.15g} to {norm.most:,.15g}"
