"""Hard rules on forces, commanders, whistles and seats that are sent down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._map import some
from gov_core.checker.hard_rules._bodies import Areas, broken, lacking, units_of
from gov_core.organisation import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.city import City

_ENFORCING = ("street_enforcement_bureau", "enforcement_team", "enforcement_office")
_MERGED = ("urban_management_squadron", "market_regulation_branch", "work_safety_station")
_LAID_OVER = ("party", "urban_management", "police", "safety")


def dual_management(city: City) -> Iterator[Finding]:
    """双重管理和考核: seats that are sent down (下沉) are appraised by two bodies."""
    for row in city.assignments:
        appraisers = dict.fromkeys(row.appraisers)
        if row.kind == "sinking" and len(appraisers) != 2:
            message = f"{len(appraisers)} appraise the seats: {some(appraisers) or 'nobody'}"
            hint = "name the body they come from and the one they work in"
            yield broken("dual_management", message, city.where("assignments", row.id), hint, row.id)


def one_enforcement_team(city: City) -> Iterator[Finding]:
    """一支队伍管执法: one body enforces in a street, and the teams it was made of are part of it."""
    rule = "one_enforcement_team"
    areas = Areas(city, "street")
    yield from areas.lacking(rule, "street")
    for area, units in areas.by_area(units_of(city, *_ENFORCING)).items():
        if len(units) != 1:
            message = f"{len(units)} bodies enforce in the street: {some(units) or 'none'}"
            yield broken(rule, message, city.where("places", area), "let exactly one serve it", area, *units)
    enforcing = {unit.id for unit in units_of(city, *_ENFORCING)}
    for unit in units_of(city, *_MERGED):
        above = {edge.source for edge in city.graph.who("parent_of", unit.id)}
        above |= {edge.target for edge in city.graph.whom(unit.id, "member_of")}
        if enforcing.isdisjoint(above):
            message = "it still stands on its own beside the body that enforces"
            hint = "remove it, or make it part of that body: member_of"
            yield broken(rule, message, city.where("units", unit.id), hint, unit.id)


def dual_commanders(city: City) -> Iterator[Finding]:
    """双指挥长: the forces of each community have two commanders, by its posts or by its teams."""
    rule = "dual_commanders"
    areas = Areas(city, "community")
    yield from areas.lacking(rule, "community")
    posts: dict[str, int] = dict.fromkeys(areas.ids, 0)
    for post in city.posts:
        role = ROLES.find(post.role)
        if role is None or role.code != "commander":
            continue
        bodies = [unit for unit in city.units if post.body in (unit.id, f"@{unit.kind}")]
        reached = areas.touched(place for unit in bodies for place in unit.serves)
        for area in reached if post.at is None else reached & areas.touched([post.at]):
            posts[area] += post.seats
    stated: dict[str, set[int]] = {area: {seats} if seats else set() for area, seats in posts.items()}
    for team in city.teams:
        if team.commanders:
            number = sum(_seats(role) for role in team.commanders)
            for area in areas.touched(team.serves):
                stated[area].add(number)
    for area, numbers in stated.items():
        if numbers != {2}:
            message = (
                f"its forces have {', '.join(map(str, sorted(numbers))) or 'no'} commanders; two are due"
            )
            hint = "give a body of the community a post commander with 2 seats, or its teams two commanders"
            yield broken(rule, message, city.where("places", area), hint, area)


def _seats(role: str) -> int:
    """How many a team has of a role: ``grid_manager:2`` is two."""
    number = role.partition(":")[2]
    return int(number) if number.isdecimal() else 1


def four_forces(city: City) -> Iterator[Finding]:
    """Party, urban management, police and safety are laid over each grid."""
    rule = "four_forces"
    areas = Areas(city, city.partition)
    there: dict[str, set[str]] = {grid: set() for grid in areas.ids}
    for team in city.teams:
        for grid in areas.touched(team.serves):
            there[grid].add(team.force)
    without: dict[tuple[str, ...], list[str]] = {}
    for grid, forces in there.items():
        missing = tuple(force for force in _LAID_OVER if force not in forces)
        if missing:
            without.setdefault(missing, []).append(grid)
    for missing, grids in without.items():
        message = f"no force of {', '.join(missing)} is laid over {some(grids)}"
        hint = "add a team of each force that serves them, or @grid"
        yield broken(rule, message, city.where("places", grids[0]), hint, *grids)


def two_whistle_levels(city: City) -> Iterator[Finding]:
    """Streets whistle and departments report in; communities whistle and streets report in."""
    rule = "two_whistle_levels"
    areas = Areas(city, "community")
    yield from areas.lacking(rule, "community")
    yield from lacking(city, rule, "street_office")
    hint = "grant it so; the matrix of QINHUAI has the grants"
    offices = units_of(city, "street_office")
    for office in offices:
        for decision in (city.powers.holds(office.id, "whistle"), city.powers.holds(office.id, "report_in")):
            if not decision:
                yield broken(rule, decision.words, city.where("units", office.id), hint, office.id)
    holders = {name for office in offices for name in (office.id, f"@{office.kind}")}
    summoned = {grant.over for grant in city.grants if grant.power == "whistle" and grant.holder in holders}
    for unit in city.units:
        decision = city.powers.holds(unit.id, "report_in")
        if not decision and not summoned.isdisjoint((unit.id, f"@{unit.kind}")):
            yield broken(
                rule,
                f"a street may summon it, and {decision.words}",
                city.where("units", unit.id),
                hint,
                unit.id,
            )
    local = [
        unit for unit in city.units if areas.within(unit.serves) and city.powers.holds(unit.id, "whistle")
    ]
    for area, units in areas.by_area(local).items():
        if not units:
            yield broken(rule, "no body of the community may whistle", city.where("places", area), hint, area)
