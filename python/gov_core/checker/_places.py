"""Codes of places that are none, come twice or contradict the hierarchy, and counts that do not add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.errors import Fault
from gov_core.places import DIVISION, DivisionCode, code_faults, codec_for, parent_of
from gov_core.places._people import in_public

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gov_core.city import City, Place

DIGITS: Mapping[str, tuple[int, ...]] = {
    "province": (6,),
    "city": (6,),
    "district": (6,),
    "county": (6,),
    "street": (9,),
    "town": (9,),
    "township": (9,),
    "community": (12,),
    "village": (12,),
    "grid": (15, 20),
}
"""How long the code of a place is, by the name of its level; a city may have levels of other names."""

STREETS = ("street", "town", "township")
"""What a place with nine digits says it is, by its kind or else its level, and the band it is then in."""

VILLAGE, CONVERTED = "village", "village_to_community"
"""Kinds of communities that have, or may have kept, the number of a village committee."""


def check_places(city: City) -> Iterator[Finding]:
    """Looks over the codes and counts of places."""
    yield from _codes(city)
    yield from _counts(city)


def _codes(city: City) -> Iterator[Finding]:
    places = {place.id: place for place in city.places}
    holders: dict[str, str] = {}
    for place in city.places:
        if not place.code:
            continue
        where = city.where("places", place.id)
        if faults := code_faults(place.code):
            for fault in faults:
                yield Finding("error", replace(fault, place=where, ids=(place.id,)))
            continue
        first = holders.setdefault(place.code, place.id)
        if first != place.id:
            message = f'"{first}" and "{place.id}" both have the code {place.code}'
            fault = Fault("code.duplicate", message, where, "each place has its own", (first, place.id))
            yield Finding("error", fault)
        yield from _against_parent(place, places, where)
        yield from _against_level(place, where)


def _against_parent(place: Place, places: Mapping[str, Place], where: str) -> Iterator[Finding]:
    """Finds a code that does not belong below the code of the nearest place above that has one."""
    above = places.get(place.parent or "")
    while above is not None and (not above.code or code_faults(above.code)):
        above = places.get(above.parent or "")
    if above is None:
        return
    chain = []
    step = parent_of(place.code)
    while step is not None:
        chain.append(step)
        step = parent_of(step)
    if above.code not in chain:
        message = f'code {place.code} is not below {above.code}, the code of its {above.level} "{above.id}"'
        hint = "correct one of the codes, or the parent"
        yield Finding("error", Fault("code.parent", message, where, hint, (place.id, above.id)))


def _against_level(place: Place, where: str) -> Iterator[Finding]:
    digits = DIGITS.get(place.level)
    if digits is not None and len(place.code) not in digits:
        wanted = " or ".join(map(str, digits))
        message = f"code {place.code} has {len(place.code)} digits, which is {codec_for(place.code).name}"
        hint = f"a {place.level} has {wanted} digits"
        yield Finding("warning", Fault("code.level", message, where, hint, (place.id,)))
        return
    if digits is None or place.level == "grid":
        return
    code = DIVISION.parse(place.code)
    if mismatch := _street_mismatch(place, code) or _community_mismatch(place, code):
        message, hint = mismatch
        yield Finding("warning", Fault("code.band", message, where, hint, (place.id,)))


def _street_mismatch(place: Place, code: DivisionCode) -> tuple[str, str] | None:
    if place.level not in STREETS:
        return None
    said = place.kind if place.kind in STREETS else place.level
    band = code.street_band
    if band in {said, "enterprise"}:
        return None
    if band is None:
        return (
            f"number {code.street} of code {code} is beyond the bands of streets and towns",
            "use 001 to 599",
        )
    return f"number {code.street} of code {code} is that of a {band}, not of a {said}", f"kind = {band}?"


def _community_mismatch(place: Place, code: DivisionCode) -> tuple[str, str] | None:
    band = code.community_band
    village = VILLAGE in (place.kind, place.level)
    if not code.community or place.kind == CONVERTED or band == "other":
        return None
    if village == (band == "village_committee"):
        return None
    said = "a village committee" if village else "a residents' committee"
    number = f"number {code.community} of code {code}"
    if village:
        return f"{number} is that of a residents' committee, not of {said}", "is it still a village?"
    return f"{number} is that of a village committee, not of {said}", f"kind = {VILLAGE} or {CONVERTED}?"


def _counts(city: City) -> Iterator[Finding]:
    """Finds places whose count is not the sum of those below; buildings need not all be listed."""
    below: dict[str, list[Place]] = {}
    for place in city.places:
        below.setdefault(place.parent or "", []).append(place)
    complete = city.levels[: city.levels.index(city.partition)]
    for place in city.places:
        for what in ("households", "population"):
            own = getattr(place, what)
            parts = [getattr(part, what) for part in below.get(place.id, ())]
            known = [part for part in parts if part is not None]
            if own is None or not known or (len(known) < len(parts) and sum(known) <= own):
                continue
            if sum(known) > own or (sum(known) < own and place.level in complete):
                message = f"{what} {in_public(own)}, but {in_public(sum(known))} in the places below"
                where = city.where("places", place.id)
                hint = "correct one of the counts, or leave that of the wider place empty"
                yield Finding("warning", Fault("place.counts", message, where, hint, (place.id,)))
