"""Hard rules on stations, committees and Party organisations: which there are, and who stands above whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._map import some
from gov_core.checker.hard_rules._bodies import Areas, broken, lacking, met, units_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.city import City
    from gov_core.organisation import RelationKind

_FOUR = ("community_party_org", "residents_committee", "owners_committee", "property_company")


def committee_is_parent(city: City) -> Iterator[Finding]:
    """一会两站, 下设: committees have set up the workstation and the service station below them."""
    rule = "committee_is_parent"
    yield from lacking(city, rule, "residents_committee", "community_station", "service_station")
    committees = {unit.id for unit in units_of(city, "residents_committee")}
    for station in units_of(city, "community_station", "service_station"):
        if not any(edge.source in committees for edge in city.graph.who("parent_of", station.id)):
            message = f'no residents\' committee has set up "{station.id}"'
            hint = "add @residents_committee parent_of its kind"
            yield broken(rule, message, city.where("units", station.id), hint, station.id)


def committee_supervises_workstation(city: City) -> Iterator[Finding]:
    """一会两站, 分设: each committee inspects and supervises the workstation of its ground."""
    yield from _committees_over(city, "committee_supervises_workstation", "supervises", "community_station")


def committee_guides_service_station(city: City) -> Iterator[Finding]:
    """一会两站, 分设: the service station works under the guidance of the committees of its ground."""
    yield from _committees_over(city, "committee_guides_service_station", "guides", "service_station")


def _committees_over(city: City, rule: str, relation: RelationKind, kind: str) -> Iterator[Finding]:
    yield from lacking(city, rule, "residents_committee", kind)
    for station, committees in met(city, kind, "residents_committee").items():
        over = {edge.source for edge in city.graph.who(relation, station)}
        without = [committee for committee in committees if committee not in over]
        if without or not committees:
            who = some(without) if without else "no residents' committee"
            message = f"{who} {'does not' if without else 'has ground in common with it and'} {relation} it"
            hint = f"add @residents_committee {relation} @{kind}, and let both serve the same ground"
            yield broken(rule, message, city.where("units", station), hint, station, *without)


def service_station_private(city: City) -> Iterator[Finding]:
    """The service station is registered as a private non-enterprise unit (民办非企业单位)."""
    rule = "service_station_private"
    yield from lacking(city, rule, "service_station")
    for station in units_of(city, "service_station"):
        if station.legal_form != "private_non_enterprise":
            message = f"its legal form is {station.legal_form or 'not stated'}"
            yield broken(
                rule,
                message,
                city.where("units", station.id),
                "private_non_enterprise (民办非企业单位)",
                station.id,
            )


def party_committee_scope(city: City) -> Iterator[Finding]:
    """One Party committee for one or several whole communities, and one for each community."""
    rule = "party_committee_scope"
    areas = Areas(city, "community")
    yield from areas.lacking(rule, "community")
    yield from lacking(city, rule, "community_party_org")
    communities = set(areas.ids)
    serving: dict[str, list[str]] = {area: [] for area in areas.ids}
    for unit in units_of(city, "community_party_org"):
        other = [place for place in unit.serves if place not in communities]
        if other or not unit.serves:
            message = f"it serves {some(other) or 'no place'}, not one or several communities"
            yield broken(rule, message, city.where("units", unit.id), "name communities in serves", unit.id)
        for place in communities.intersection(unit.serves):
            serving[place].append(unit.id)
    for area, units in serving.items():
        if len(units) != 1:
            message = f"{len(units)} Party committees serve the community: {some(units) or 'none'}"
            yield broken(rule, message, city.where("places", area), "let exactly one serve it", area, *units)


def party_org_per_station(city: City) -> Iterator[Finding]:
    """一站多居: each workstation has one Party organisation of its own, and each of those one station."""
    rule = "party_org_per_station"
    yield from lacking(city, rule, "community_station", "community_party_org")
    for kind, other, what in (
        ("community_station", "community_party_org", "Party organisations"),
        ("community_party_org", "community_station", "stations"),
    ):
        for unit, others in met(city, kind, other).items():
            if len(others) != 1:
                message = f"{len(others)} {what} serve its ground: {some(others) or 'none'}"
                hint = "let the Party organisation serve what the station serves, one for one"
                yield broken(rule, message, city.where("units", unit), hint, unit, *others)


def two_stations_per_committee(city: City) -> Iterator[Finding]:
    """一居两站: each committee has set up one residents' service station and one public order workstation."""
    rule = "two_stations_per_committee"
    kinds = ("mass_service_station", "order_workstation")
    yield from lacking(city, rule, "residents_committee", *kinds)
    stations = {kind: {unit.id for unit in units_of(city, kind)} for kind in kinds}
    for committee in units_of(city, "residents_committee"):
        below = {edge.target for edge in city.graph.whom(committee.id, "parent_of")}
        wrong = {kind: below & own for kind, own in stations.items() if len(below & own) != 1}
        if wrong:
            counted = ", ".join(f"{len(own)} of kind {kind}" for kind, own in wrong.items())
            message = f"it has set up {counted}, and is to have one of each"
            hint = "give it stations of its own, and say so: parent_of"
            ids = sorted({name for own in wrong.values() for name in own})
            yield broken(rule, message, city.where("units", committee.id), hint, committee.id, *ids)


def four_in_one(city: City) -> Iterator[Finding]:
    """四位一体: each closed community has Party organisation, committee, owners' committee and property."""
    rule = "four_in_one"
    areas = Areas(city, "community")
    yield from areas.lacking(rule, "community")
    there = {kind: areas.by_area(units_of(city, kind)) for kind in _FOUR}
    for place in city.places:
        if place.level == "community" and place.kind == "closed":
            without = [kind for kind in _FOUR if not there[kind][place.id]]
            if without:
                message = f"the closed community has no {', no '.join(without)}"
                hint = "let such a body serve it, or an estate or grid of it"
                yield broken(rule, message, city.where("places", place.id), hint, place.id)
