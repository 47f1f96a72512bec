"""Bodies that stand to each other as no bodies can, and rows on them that say nothing or too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._finding import Finding
from gov_core.checker._map import some
from gov_core.checker._references import named_rows
from gov_core.city._closest import Closest
from gov_core.errors import Fault
from gov_core.organisation import KINDS, RELATION_NAMES, ROLES, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gov_core.city import City
    from gov_core.organisation import Provider, Relation, RelationKind, Unit

_ABOVE: tuple[RelationKind, ...] = ("leads", "parent_of")
_OWED: tuple[RelationKind, ...] = ("leads", "serves")
"""Relations that a row about each body of a kind promises to every one of them."""
_BOUGHT = ("purchased", "entrusted", "transferred", "contract", "franchise", "voucher")
"""Ways of supply by somebody else, who has to be registered."""


def check_organisation(city: City) -> Iterator[Finding]:
    """Looks over units, relations, posts, assignments, grants, teams and providers."""
    yield from _kinds(city)
    yield from _roles(city)
    yield from _single(city)
    yield from _without_ground(city)
    yield from _relations(city)
    yield from _left_out(city)
    yield from _assignments(city)
    yield from _seats(city)
    yield from _elsewhere(city)
    yield from _powers(city)
    yield from _providers(city)


def _kinds(city: City) -> Iterator[Finding]:
    """Kinds that are nearly known ones, and kinds that go by two words."""
    closest = Closest(KINDS)
    seen: dict[str, Unit] = {}
    spelt: dict[str, str] = {}
    for unit in city.units:
        if unit.kind in seen:
            continue
        seen[unit.kind] = unit
        where = city.where("units", unit.id)
        code = kind_of(unit.kind)
        if code not in KINDS and (hint := closest(unit.kind)):
            message = f'"{unit.kind}" is no kind of the field, and nearly one'
            yield _warn("unit.kind_near", message, where, hint, unit.id)
        other = spelt.setdefault(code, unit.kind)
        if other != unit.kind:
            message = f'"{unit.kind}" and "{other}" are one kind, {KINDS[code].english}'
            hint = f'write "{other}" here, too: @{other} does not reach this unit'
            yield _warn("unit.kind_spelt_twice", message, where, hint, unit.id)


def _roles(city: City) -> Iterator[Finding]:
    """Roles that are nearly known ones."""
    closest = Closest(ROLES)
    named = [
        *(("posts", row.id, row.role) for row in city.posts),
        *(("assignments", row.id, row.role) for row in city.assignments),
        *(
            ("teams", row.id, role.partition(":")[0])
            for row in city.teams
            for role in (row.lead, *row.members, *row.commanders)
        ),
    ]
    seen = set()
    for part, key, role in named:
        if role in seen or not role or ROLES.find(role) is not None:
            continue
        seen.add(role)
        if hint := closest(role):
            message = f'"{role}" is no role of the field, and nearly one'
            yield _warn(f"{part[:-1]}.role_near", message, city.where(part, key), hint, key)


def _single(city: City) -> Iterator[Finding]:
    """Second bodies of a kind of which no place has two."""
    at: dict[tuple[str, str], str] = {}
    below: dict[tuple[str, str], str] = {}
    for unit in city.units:
        code = kind_of(unit.kind)
        kind = KINDS.get(code)
        if kind is None or not kind.single:
            continue
        paths = [city.path(place) for place in unit.serves]
        first = next(
            (
                found
                for path in paths
                for found in (*(at.get((code, step)) for step in path), below.get((code, path[-1])))
                if found
            ),
            None,
        )
        if first is not None:
            message = f'"{unit.id}" and "{first}" are both {kind.english} ({kind.chinese}) of one place'
            hint = "let each serve ground of its own, or drop one"
            where = city.where("units", unit.id)
            yield Finding("warning", Fault("unit.not_single", message, where, hint, (unit.id, first)))
        for path in paths:
            at.setdefault((code, path[-1]), unit.id)
            for step in path[:-1]:
                below.setdefault((code, step), unit.id)


def _without_ground(city: City) -> Iterator[Finding]:
    """Bodies that serve no place, though others of their kind do; those nothing names are told elsewhere."""
    serving = {unit.kind for unit in city.units if unit.serves}
    idle = [unit for unit in city.units if not unit.serves and unit.kind in serving]
    named = named_rows(city, "units") if idle else set()
    for unit in idle:
        if unit.id in named:
            message = f"it serves no place, and others of its kind, {unit.kind}, do"
            hint = f"fill in serves: what is said of @{unit.kind} does not reach it"
            yield _warn("unit.serves_nothing", message, city.where("units", unit.id), hint, unit.id)


def _relations(city: City) -> Iterator[Finding]:
    """Rows that say nothing, circles of leadership, and pairs that are above and beside each other."""
    for row in city.relations:
        if row.source == row.target and not row.source.startswith("@"):
            message = f'"{row.source}" {row.relation} itself'
            hint = "one of the two ends is meant to be another body"
            yield _error("relation.to_itself", message, _where(city, row), hint, row.source)
    for row in city.graph.empty:
        if row.source != row.target or row.source.startswith("@"):
            message = f'no "{row.source}" and "{row.target}" serve common ground, so the row says nothing'
            yield _warn("relation.empty", message, _where(city, row), "correct serves, or the kinds")
    for circle in city.graph.cycles(*_ABOVE):
        words = ", ".join(f"{edge.source} {edge.relation} {edge.target}" for edge in circle[:8])
        more = f" and {len(circle) - 8} more" if len(circle) > 8 else ""
        ids = tuple(edge.source for edge in circle)
        hint = "one of these rows has its ends swapped, or says too much"
        message = f"a circle of leadership: {words}{more}"
        yield Finding("error", Fault("relation.cycle", message, _where(city, circle[0].row), hint, ids))
    yield from _contradictions(city)
    yield from _dual(city)


def _contradictions(city: City) -> Iterator[Finding]:
    told: set[tuple[Relation, Relation]] = set()
    beside = {
        (edge.source, edge.target): edge.row for edge in city.graph.edges if edge.relation == "parallel"
    }
    for edge in city.graph.edges:
        if edge.relation in _ABOVE and (row := beside.get((edge.source, edge.target))) is not None:
            if (edge.row, row) in told:
                continue
            told.add((edge.row, row))
            message = (
                f'"{edge.source}" {edge.relation} ({RELATION_NAMES[edge.relation]}) "{edge.target}", '
                "and both are said to be parallel (平行)"
            )
            hint = "drop one of the two rows; what is parallel may still supervise or guide"
            ids = (edge.source, edge.target)
            yield Finding("warning", Fault("relation.contradicts", message, _where(city, row), hint, ids))


def _dual(city: City) -> Iterator[Finding]:
    """Bodies under dual management (双重管理) of one, or of three, told once for what one row says."""
    managed: dict[str, list[str]] = {}
    for edge in city.graph.edges:
        if edge.relation == "dual_managed_by":
            managed.setdefault(edge.source, []).append(edge.target)
    wrong: dict[tuple[Relation, int], list[str]] = {}
    for unit, managers in managed.items():
        if len(managers) != 2:
            row = city.graph.whom(unit, "dual_managed_by")[0].row
            wrong.setdefault((row, len(managers)), []).append(unit)
    for (row, number), units in wrong.items():
        message = f"{some(units)}: under dual management (双重管理) of {number}"
        yield _warn("relation.not_dual", message, _where(city, row), "name the two that manage", *units)


def _left_out(city: City) -> Iterator[Finding]:
    """Bodies of which a row says that another leads or serves each of their kind, and none does."""
    empty = set(city.graph.empty)
    kinds: dict[str, list[Unit]] = {}
    for unit in city.units:
        kinds.setdefault(f"@{unit.kind}", []).append(unit)
    seen = set()
    for row in city.relations:
        if row.relation not in _OWED or row in empty or not row.source.startswith("@"):
            continue
        for unit in kinds.get(row.target, ()):
            owed = (unit.id, row.relation)
            if unit.serves and owed not in seen and not city.graph.who(row.relation, unit.id):
                seen.add(owed)
                message = (
                    f"each {row.target} has a {row.source} that {row.relation} it, and this one has none"
                )
                hint = f"let a {row.source} serve its ground, or say who {row.relation} it"
                yield _warn("unit.left_out", message, city.where("units", unit.id), hint, unit.id)


def _assignments(city: City) -> Iterator[Finding]:
    for row in city.assignments:
        where = city.where("assignments", row.id)
        if row.source == row.target:
            message = f'"{row.source}" sends seats to itself'
            hint = "source is the body that sends, target the one that receives"
            yield _error("assignment.to_itself", message, where, hint, row.id)
        appraisers = dict.fromkeys(row.appraisers)
        if len(appraisers) < len(row.appraisers):
            message = f"one appraiser is named twice: {some(row.appraisers)}"
            yield _warn("assignment.appraisers", message, where, "name the other one", row.id)
        elif row.kind == "sinking" and len(appraisers) not in (0, 2):
            message = f"sent-down seats (下沉) have {len(appraisers)} appraisers: {some(appraisers)}"
            hint = "two appraise them, the body they come from and the one they work in"
            yield _warn("assignment.appraisers", message, where, hint, row.id)


def _seats(city: City) -> Iterator[Finding]:
    """Numbers of seats, years and months that no post can have."""
    for post in city.posts:
        where = city.where("posts", post.id)
        if post.seats < 0 or (post.seats_max is not None and post.seats_max < 0):
            yield _error("post.seats", "the number of seats is below zero", where, "count the seats", post.id)
        elif post.seats_max is not None and 0 < post.seats_max < post.seats:
            message = f"at most {post.seats_max} seats, and at least {post.seats}"
            yield _error("post.seats", message, where, "swap them, or write 0 for no upper limit", post.id)
        if post.term_years is not None and post.term_years <= 0:
            message = f"a term of {post.term_years} years"
            yield _error("post.term", message, where, "leave it empty if there is no term", post.id)
    for row in city.assignments:
        where = city.where("assignments", row.id)
        if row.seats < 0:
            message = "the number of seats is below zero"
            yield _error("assignment.seats", message, where, "write 0 if it is not stated", row.id)
        if row.rotates_after_months is not None and row.rotates_after_months <= 0:
            message = f"rotation after {row.rotates_after_months} months"
            yield _error("assignment.rotation", message, where, "leave it empty if there is none", row.id)


def _elsewhere(city: City) -> Iterator[Finding]:
    """Seats and teams at places that their body does not serve."""
    units: dict[str, list[Unit]] = {}
    for unit in city.units:
        units.setdefault(unit.id, []).append(unit)
        units.setdefault(f"@{unit.kind}", []).append(unit)
    rows = [
        *(("posts", post.id, post.body, (post.at,)) for post in city.posts),
        *(("assignments", row.id, row.target, (row.at,)) for row in city.assignments),
        *(("teams", team.id, team.unit, team.serves) for team in city.teams),
    ]
    reach: dict[str, tuple[set[str], set[str]]] = {}
    for part, key, body, places in rows:
        if body is None or not any(place and not place.startswith("@") for place in places):
            continue
        if body not in reach:
            served = {place for unit in units.get(body, ()) for place in unit.serves}
            reach[body] = (served, {step for place in served for step in city.path(place)})
        served, above = reach[body]
        for place in places:
            if not served or place is None or place.startswith("@"):
                continue
            if place not in above and served.isdisjoint(city.path(place)):
                message = f'"{body}" does not serve "{place}"'
                hint = "correct the place, or let the body serve it"
                yield _warn(f"{part[:-1]}.elsewhere", message, city.where(part, key), hint, key)


def _powers(city: City) -> Iterator[Finding]:
    """Grants that reach nobody, and bodies that decide as well as carry out."""
    for grant in city.grants:
        ends = (grant.holder, grant.over or "")
        if any(end.startswith("@") for end in ends) and grant.over and not city.graph.pairs(*ends):
            message = f'no "{grant.holder}" and "{grant.over}" serve common ground, so the grant says nothing'
            where = city.where("grants", f"{grant.holder}/{grant.power}/{grant.over}")
            yield _warn("grant.empty", message, where, "correct serves, or the kinds")
    if "separation_of_powers" in city.hard_rules:
        return
    both: dict[str, list[str]] = {}
    for unit in city.units:
        if city.powers.holds(unit.id, "resolve") and city.powers.holds(unit.id, "execute"):
            both.setdefault(unit.kind, []).append(unit.id)
    for kind, ids in both.items():
        message = f"{some(ids)} ({kind}) may resolve (决议) and execute (执行)"
        hint = "take one of the two powers from it"
        where = city.where("units", ids[0])
        yield Finding("warning", Fault("unit.resolves_and_executes", message, where, hint, tuple(ids)))


def _providers(city: City) -> Iterator[Finding]:
    """Providers without supervision, and services to be bought that no registered provider supplies."""
    for provider in city.providers:
        if provider.supervisor == provider.unit:
            message = f'"{provider.unit}" is to supervise itself'
            where = city.where("providers", provider.unit)
            hint = "name the body that bought the service, or leave it empty"
            yield _warn("provider.supervises_itself", message, where, hint, provider.unit)
    above = {matter.code: matter.parent for matter in city.matters}
    for item in city.items:
        if item.supply not in _BOUGHT:
            continue
        able = [
            provider for provider in city.providers if not provider.modes or item.supply in provider.modes
        ]
        lacking = [
            matter
            for matter in item.matters or (None,)
            if not any(_supplies(provider, matter, above) for provider in able)
        ]
        if lacking:
            named = [matter for matter in lacking if matter is not None]
            what = f" of {some(named)}" if named else ""
            message = f'it is to be supplied as "{item.supply}", and no registered provider{what} does so'
            hint = "register a provider of that mode and matter, or correct supply"
            yield _warn("item.no_provider", message, city.where("items", item.code), hint, item.code)


def _supplies(provider: Provider, matter: str | None, above: Mapping[str, str | None]) -> bool:
    """Whether a provider may supply a matter: it, one above it, or any."""
    while provider.matters and matter is not None and matter not in provider.matters:
        matter = above[matter]
    return not provider.matters or matter is not None


def _where(city: City, row: Relation) -> str:
    return city.where("relations", f"{row.source}/{row.relation}/{row.target}")


def _warn(code: str, message: str, where: str, hint: str, *ids: str) -> Finding:
    return Finding("warning", Fault(code, message, where, hint, ids))


def _error(code: str, message: str, where: str, hint: str, *ids: str) -> Finding:
    return Finding("error", Fault(code, message, where, hint, ids))
