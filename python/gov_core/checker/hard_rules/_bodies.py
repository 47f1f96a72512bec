"""What hard rules on bodies ask of a city: units by kind, who meets whom, which areas are touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.errors import Fault
from gov_core.organisation import KINDS, is_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gov_core.city import City
    from gov_core.organisation import Unit


def broken(rule: str, message: str, where: str, hint: str, *ids: str) -> Finding:
    """A finding that a hard rule is broken."""
    return Finding("error", Fault(f"hard_rule.{rule}", message, where, hint, ids))


def units_of(city: City, *kinds: str) -> list[Unit]:
    """The units of some kinds, by any of their names, narrower kinds included; in the order of the city."""
    named = {unit.kind for unit in city.units}
    meant = {own for own in named if any(is_kind(own, kind) for kind in kinds)}
    return [unit for unit in city.units if unit.kind in meant]


def lacking(city: City, rule: str, *kinds: str) -> Iterator[Finding]:
    """A finding for each kind that a rule speaks of and the city has no body of.

    A rule that has nothing to look at must not pass for one that holds.
    """
    for kind in kinds:
        if not units_of(city, kind):
            what = f"{KINDS[kind].english} ({KINDS[kind].chinese})"
            message = f"the rule speaks of a {kind}, {what}, and the city has none"
            hint = "add such bodies, or do not hold the city to the rule"
            yield broken(rule, message, city.where("hard_rules", rule), hint, rule)


def met(city: City, kind: str, other: str) -> dict[str, list[str]]:
    """Each unit of a kind with the units of another that it has ground in common with."""
    found: dict[str, list[str]] = {unit.id: [] for unit in units_of(city, kind)}
    owns = dict.fromkeys(unit.kind for unit in units_of(city, kind))
    others = dict.fromkeys(unit.kind for unit in units_of(city, other))
    for own in owns:
        for one in others:
            for unit, met_there in city.graph.pairs(f"@{own}", f"@{one}"):
                found[unit].append(met_there)
    return found


class Areas:
    """The places of one level, and which of them other places and units touch.

    Attributes:
        ids: The places, in the order of the city.
    """

    def __init__(self, city: City, level: str) -> None:
        self._city = city
        self.ids = [place.id for place in city.places if place.level == level]
        self._ids = set(self.ids)
        self._below: dict[str, list[str]] = {}
        for area in self.ids:
            for above in city.path(area)[:-1]:
                self._below.setdefault(above, []).append(area)

    def lacking(self, rule: str, level: str) -> Iterator[Finding]:
        """A finding if there is no such place: the rule would have nothing to look at."""
        if not self.ids:
            message = f"the rule speaks of each {level}, and the city has none"
            hint = "add the level, or do not hold the city to the rule"
            yield broken(rule, message, self._city.where("hard_rules", rule), hint, rule)

    def touched(self, places: Iterable[str]) -> set[str]:
        """The areas that places lie in, are, or hold; ``@level`` is each place of the level."""
        found: set[str] = set()
        for place in places:
            if place.startswith("@"):
                found |= self.touched(own.id for own in self._city.places if own.level == place[1:])
            else:
                inside = self._ids.intersection(self._city.path(place))
                found |= inside or set(self._below.get(place, ()))
        return found

    def within(self, places: Iterable[str]) -> bool:
        """Whether places lie in areas, all of them; not if there are none."""
        inside = [not self._ids.isdisjoint(self._city.path(place)) for place in places]
        return bool(inside) and all(inside)

    def by_area(self, units: Iterable[Unit]) -> dict[str, list[str]]:
        """Each area with the ids of the units that serve ground of it."""
        found: dict[str, list[str]] = {area: [] for area in self.ids}
        for unit in units:
            for area in self.touched(unit.serves):
                found[area].append(unit.id)
        return found
