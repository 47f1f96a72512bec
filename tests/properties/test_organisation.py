"""Whatever rows on bodies a city holds, they are looked over: no crash, no unknown code, no order lost."""

from __future__ import annotations

from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st

from gov_core.checker import HARD_RULES, diagnostic
from gov_core.checker._organisation import check_organisation
from gov_core.city import City, Place, Unit
from gov_core.organisation import (
    ASSIGNMENT_KINDS,
    FORCES,
    POWERS,
    RELATION_KINDS,
    Assignment,
    Grant,
    Post,
    Relation,
    Team,
)

LEVELS = ("street", "community", "grid")
PLACES = [
    Place("S", "", "street"),
    Place("C1", "", "community", "S", kind="closed"),
    Place("C2", "", "community", "S"),
    Place("G1", "", "grid", "C1"),
    Place("G2", "", "grid", "C2"),
]
OUTLINES = {name: shapely.to_wkb(shapely.box(at, 0, at + 1, 1)) for at, name in enumerate(("G1", "G2"))}
KINDS = (
    *("residents_committee", "community_station", "社区工作站", "service_station", "service_centre"),
    *("residents_council", "community_party_org", "street_office", "mass_service_station", "lighthouse"),
)
RULES = [
    HARD_RULES[name]
    for name in (
        *("committee_is_parent", "committee_supervises_workstation", "committee_guides_service_station"),
        *("service_station_private", "party_committee_scope", "party_org_per_station", "four_in_one"),
        *("two_stations_per_committee", "separation_of_powers", "four_layers", "committee_assists_only"),
        *("council_and_centre_apart", "centre_and_committee_apart", "dual_management", "dual_commanders"),
        *("one_enforcement_team", "four_forces", "two_whistle_levels"),
    )
]
IDS = [f"U{n}" for n in range(6)]

places = st.sampled_from([place.id for place in PLACES])
spots = places | st.sampled_from([f"@{level}" for level in LEVELS])
ends = st.sampled_from([*IDS, *(f"@{kind}" for kind in KINDS)])
units = st.lists(
    st.tuples(st.sampled_from(KINDS), st.lists(places, unique=True, max_size=2)), min_size=6, max_size=6
).map(lambda rows: [Unit(name, "", kind, tuple(on)) for name, (kind, on) in zip(IDS, rows, strict=True)])
roles = st.sampled_from(["grid_worker", "grid_workr", "commander", "commander:2", "commander:x", "own"])
numbers = st.integers(-1, 3)
relations = st.builds(Relation, ends, st.sampled_from(RELATION_KINDS), ends)
grants = st.builds(Grant, ends, st.sampled_from(POWERS), st.none() | ends, st.booleans())
posts = st.builds(Post, st.uuids().map(str), ends, roles, numbers, st.none() | numbers, st.none() | spots)
assignments = st.builds(
    Assignment,
    st.uuids().map(str),
    st.sampled_from(ASSIGNMENT_KINDS),
    ends,
    ends,
    roles,
    numbers,
    st.lists(ends, max_size=3).map(tuple),
)
teams = st.builds(
    Team,
    st.uuids().map(str),
    st.just(""),
    st.sampled_from(FORCES),
    st.lists(spots, max_size=2).map(tuple),
    st.none() | st.sampled_from(IDS),
    roles,
    commanders=st.lists(roles, max_size=3).map(tuple),
)


def within(rows: list[Any], names: set[str | None], key: str, *fields: str) -> list[Any]:
    """The rows whose fields name bodies of the city, none of them twice."""
    once = {tuple(getattr(row, part) for part in key.split()): row for row in rows}
    return [row for row in once.values() if all(getattr(row, field) in names for field in fields)]


@st.composite
def cities(draw: st.DrawFn) -> City:
    bodies = draw(units)
    names: set[str | None] = {name for unit in bodies for name in (unit.id, f"@{unit.kind}")} | {None}
    sent = draw(st.lists(assignments, max_size=3))
    return City.from_parts(
        name="any",
        levels=LEVELS,
        places=PLACES,
        geometries=OUTLINES,
        units=bodies,
        relations=within(
            draw(st.lists(relations, max_size=8)), names, "source relation target", "source", "target"
        ),
        grants=within(draw(st.lists(grants, max_size=6)), names, "holder power over", "holder", "over"),
        posts=within(draw(st.lists(posts, max_size=3)), names, "id", "body"),
        assignments=[
            row for row in within(sent, names, "id", "source", "target") if names.issuperset(row.appraisers)
        ],
        teams=draw(st.lists(teams, max_size=3)),
    )


@given(cities())
def test_any_rows_are_looked_over(city: City) -> None:
    found = list(check_organisation(city))
    assert found == list(check_organisation(city))
    found += [finding for rule in RULES for finding in rule(city)]

    for finding in found:
        assert diagnostic(finding.fault.code).severity == finding.severity
        assert finding.fault.message
        assert finding.fault.hint
