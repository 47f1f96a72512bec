"""Each hard rule of each preset: a city of the preset that breaks it alone, and exactly what is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from gov_core import presets
from gov_core.checker import HARD_RULES, check
from gov_core.checklists import Matter
from gov_core.city import City, Rule
from gov_core.city._sheets import SHEETS
from gov_core.organisation import Grant, Post, Relation, Unit

Rows = dict[str, list]
"""Rows of a city by table, ``places`` and ``grades`` among them."""
Change = Callable[[Rows], object]


def also(part: str, *more: object) -> Change:
    """Adds rows."""
    return lambda rows: rows[part].extend(more)


def without(part: str, **fields: object) -> Change:
    """Takes away the rows whose fields are these; there is at least one."""

    def change(rows: Rows) -> None:
        kept = [row for row in rows[part] if any(getattr(row, name) != fields[name] for name in fields)]
        assert len(kept) < len(rows[part])
        rows[part] = kept

    return change


def changed(part: str, key: str, **fields: object) -> Change:
    """Changes the row with this id."""

    def change(rows: Rows) -> None:
        (at,) = [at for at, row in enumerate(rows[part]) if row.id == key]
        rows[part][at] = replace(rows[part][at], **fields)

    return change


def in_all_but_the_first(relation: str, kind: str, end: str) -> Change:
    """Lets a relation of committees to stations of a kind hold in each community but the first."""

    def change(rows: Rows) -> None:
        without("relations", relation=relation, target=f"@{kind}")(rows)
        committees = [unit.id for unit in rows["units"] if unit.kind == "residents_committee"]
        for committee in committees[1:]:
            station = committee.replace("committee", end)
            rows["relations"].append(Relation(committee, relation, station))

    return change


def swapped(*kinds: str) -> Change:
    """Swaps a community of the first station with one of the last, for bodies of each kind."""

    def change(rows: Rows) -> None:
        for kind in kinds:
            bodies = [unit for unit in rows["units"] if unit.kind == kind]
            first, last = bodies[0], bodies[-1]
            changed("units", first.id, serves=(*first.serves[:-1], last.serves[-1]))(rows)
            changed("units", last.id, serves=(*last.serves[:-1], first.serves[-1]))(rows)

    return change


def one_for_two_stations(rows: Rows) -> None:
    """Lets the Party organisation of the first station take the place of that of the second."""
    first, second = rows["units"][0], rows["units"][1]
    assert first.kind == second.kind == "community_station"
    without("units", id="party-2")(rows)
    changed("units", "party-1", serves=first.serves + second.serves)(rows)


def all_of(*changes: Change) -> Change:
    return lambda rows: [change(rows) for change in changes]


def no_addresses(rows: Rows) -> None:
    rows["addresses"].clear()


def two_grades(rows: Rows) -> None:
    rows["grades"].remove("major")
    rows["rules"] = [rule for rule in rows["rules"] if rule.grade != "major"]
    rows["procedures"] = []  # handling by grade needs all three


def economic_task(rows: Rows) -> None:
    rows["matters"].append(Matter("economy", "招商引资", category="economy"))
    rows["rules"].append(Rule("economy", "economy", None, None, None, ("@service_centre",)))


def lists_of_all_but_the_first(rows: Rows) -> None:
    """Gives each committee but the first a list of assistance of its own."""
    (assistance,) = [one for one in rows["checklists"] if one.id == "assistance"]
    items = [item for item in rows["items"] if item.checklist == "assistance"]
    without("checklists", id="assistance")(rows)
    without("items", checklist="assistance")(rows)
    committees = [unit.id for unit in rows["units"] if unit.kind == "residents_committee"]
    for committee in committees[1:]:
        own = f"{committee}.assistance"
        rows["checklists"].append(replace(assistance, id=own, holder=committee))
        rows["items"] += [replace(item, code=f"{committee}.{item.code}", checklist=own) for item in items]


BROKEN: dict[tuple[str, str], tuple[Change, list[str]]] = {
    ("YANTIAN_2002", "committee_is_parent"): (
        in_all_but_the_first("parent_of", "service_station", "service"),
        ["units#440308001002-service"],
    ),
    ("YANTIAN_2004", "committee_supervises_workstation"): (
        in_all_but_the_first("supervises", "community_station", "workstation"),
        ["units#440308001002-workstation"],
    ),
    ("YANTIAN_2004", "committee_guides_service_station"): (
        in_all_but_the_first("guides", "service_station", "service"),
        ["units#440308001002-service"],
    ),
    ("YANTIAN_2004", "service_station_private"): (
        changed("units", "440308001002-service", legal_form="public_institution"),
        ["units#440308001002-service"],
    ),
    ("JIANYE", "dual_management"): (
        changed("assignments", "organs", appraisers=()),
        ["assignments#organs"],
    ),
    ("JIANYE", "party_committee_scope"): (
        changed("units", "party-1", serves=("320105001",)),
        ["units#party-1", "places#320105001001", "places#320105001004"],
    ),
    ("ZHABEI_2005", "shared_station_adjacent"): (
        swapped("community_station"),
        ["units#station-1", "units#station-13"],
    ),
    ("LUOHU", "shared_station_adjacent"): (
        swapped("community_station", "community_party_org"),
        ["units#station-1", "units#station-43"],
    ),
    ("LUOHU", "party_org_per_station"): (one_for_two_stations, ["units#party-1"]),
    ("QINGBO", "separation_of_powers"): (also("grants", Grant("station.1", "resolve")), ["units#station.1"]),
    ("QINGBO", "four_layers"): (
        without("units", id="330102001051.supervision"),
        ["places#330102001051"],
    ),
    ("GUIYANG", "no_street_level"): (
        all_of(
            also("units", Unit("office", "街道办事处", "street_office", ("520102-C01",))),
            also("relations", Relation("office", "guides", "520102-C01-centre")),
        ),
        ["units#office"],
    ),
    ("GUIYANG", "separation_of_powers"): (
        also("grants", Grant("520102-C01-council", "execute")),
        ["units#520102-C01-council"],
    ),
    ("GUIYANG", "council_and_centre_apart"): (
        also("relations", Relation("520102-C01-centre", "parent_of", "520102-C01-council")),
        ["relations#520102-C01-centre/parent_of/520102-C01-council"],
    ),
    ("GUIYANG", "committee_assists_only"): (
        also("grants", Grant("520102-C01-N1-committee", "serve")),
        ["units#520102-C01-N1-committee"],
    ),
    ("GUIYANG", "two_stations_per_committee"): (
        without("units", id="520102-C01-N1-order-station"),
        ["units#520102-C01-N1-committee"],
    ),
    ("GUIYANG", "no_economic_tasks"): (economic_task, ["rules#economy"]),
    ("QINHUAI", "standard_addresses_without_gaps"): (no_addresses, ["addresses"]),
    ("QINHUAI", "one_enforcement_team"): (
        all_of(
            also("units", Unit("second", "第二支执法队", "enforcement_team", ("320104001",))),
            also("relations", Relation("320104001.office", "parent_of", "second")),
        ),
        ["places#320104001"],
    ),
    ("QINHUAI", "dual_commanders"): (
        also("posts", Post("third", "320104001001.committee", "commander", 1, at="320104001001")),
        ["places#320104001001"],
    ),
    ("QINHUAI", "four_forces"): (without("teams", force="police"), ["places#320104001001001"]),
    ("QINHUAI", "two_whistle_levels"): (
        also("grants", Grant("320104001.office", "report_in", held=False)),
        ["units#320104001.office"],
    ),
    ("QINGHE", "three_grades"): (two_grades, ["grades"]),
    ("QINGHE_PROPOSAL", "no_street_level"): (
        all_of(
            also("units", Unit("office", "街道办事处", "street_office", ("D1",))),
            also("relations", Relation("office", "guides", "D1-C01.centre")),
        ),
        ["units#office"],
    ),
    ("QINGHE_PROPOSAL", "centre_and_committee_apart"): (
        all_of(
            without("relations", relation="parallel"),
            also("relations", Relation("D1-C01.centre", "parent_of", "D1-C01.committee")),
        ),
        ["relations#D1-C01.centre/parent_of/D1-C01.committee"],
    ),
    ("QINGHE_PROPOSAL", "separation_of_powers"): (
        also("grants", Grant("D1-C01.committee", "execute")),
        ["units#D1-C01.committee"],
    ),
    ("SHANDONG", "four_in_one"): (
        all_of(without("units", id="S1-C1.owners"), without("relations", target="S1-C1.owners")),
        ["places#S1-C1"],
    ),
    ("SHANDONG", "two_lists"): (lists_of_all_but_the_first, ["units#S1-C1.committee"]),
    ("SHANDONG", "station_in_converted_communities"): (
        changed("places", "S3-C1", kind="village_to_community"),
        ["places#S3-C1"],
    ),
}


@cache
def made(name: str) -> City:
    return presets.load(name)


@cache
def told_of(name: str) -> Counter:
    return told(made(name))


def told(city: City) -> Counter:
    return Counter((finding.fault.code, finding.fault.place) for finding in check(city))


def broken(city: City, change: Change) -> City:
    rows: Rows = {sheet.part: list(getattr(city, sheet.part)) for sheet in SHEETS}
    rows["grades"], rows["places"] = list(city.grades or ()), list(city.places)
    change(rows)
    return City.from_parts(
        name=city.name,
        levels=city.levels,
        partition=city.partition,
        grades=rows.pop("grades") or None,
        geometries=dict(zip(city.grids, city.geometries, strict=True)),
        hard_rules=city.hard_rules,
        preset=city.preset,
        **rows,
    )


@pytest.mark.parametrize(("name", "rule"), BROKEN)
def test_a_city_that_breaks_one_hard_rule_is_told_so_and_nothing_else(name, rule):
    change, places = BROKEN[name, rule]
    found = told(broken(made(name), change))
    assert sorted((found - told_of(name)).elements()) == sorted(
        (f"hard_rule.{rule}", place) for place in places
    )
    assert not told_of(name) - found


def test_each_hard_rule_of_each_preset_is_broken_here():
    held_to = {(name, rule) for name in presets.NAMES for rule in presets.describe(name).hard_rules}
    assert set(BROKEN) == held_to
    assert {rule for _, rule in held_to} <= set(HARD_RULES)
