"""Each hard rule on bodies holds in a city that keeps it, and is broken where it has nothing to look at.

What breaks each of them, and it alone, is in the gallery.
"""

from __future__ import annotations

import pytest

from gallery.cases_hard_rules_organisation import PARTY, RULES, Rule
from gallery.cases_organisation import adding
from gallery.good import good
from gov_core.checker import HARD_RULES, check
from gov_core.checker.hard_rules._bodies import units_of
from gov_core.organisation import Relation, Unit


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_city_that_keeps_the_rule(rule: Rule) -> None:
    parts = good()
    rule.kept(parts)

    assert check(parts.city()) == []


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("committee_is_parent", ["service_station"]),
        ("committee_guides_service_station", ["service_station"]),
        ("service_station_private", ["service_station"]),
        ("party_committee_scope", ["community_party_org"]),
        ("party_org_per_station", ["community_party_org"]),
        ("two_stations_per_committee", ["mass_service_station", "order_workstation"]),
        ("committee_assists_only", ["service_centre"]),
        ("council_and_centre_apart", ["residents_council", "service_centre"]),
        ("centre_and_committee_apart", ["service_centre"]),
    ],
)
def test_a_rule_with_nothing_to_look_at_is_broken(name: str, absent: list[str]) -> None:
    found = list(HARD_RULES[name](good().city()))

    told = [finding.fault.message for finding in found if finding.fault.place == f"hard_rules#{name}"]
    assert len(told) == len(absent)
    for kind, message in zip(absent, told, strict=True):
        assert kind in message


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("party_committee_scope", "community"),
        ("four_layers", "community"),
        ("four_in_one", "community"),
        ("dual_commanders", "community"),
        ("two_whistle_levels", "community"),
        ("one_enforcement_team", "street"),
    ],
)
def test_a_rule_on_a_level_that_there_is_not_is_broken(name: str, level: str) -> None:
    parts = good()
    parts.set(levels=["town" if own == level else own for own in parts.named["levels"]])
    for place in list(parts.named["places"]):
        if place.level == level:
            parts.change("places", place.id, level="town")
    if level == "community":
        parts.change("teams", "T-1", serves=("@town",))
    else:
        parts.drop("norms", "N-units")

    places = [finding.fault.place for finding in HARD_RULES[name](parts.city())]

    assert f"hard_rules#{name}" in places


def test_other_words_for_a_kind_count() -> None:
    """The station is written in five ways; each is a station."""
    parts = good()
    PARTY(parts)
    for name in ("ST1", "ST2"):
        parts.change("units", name, kind="社区工作站")
    for part in ("rules", "relations", "posts", "assignments", "grants", "checklists", "transfers"):
        parts.named[part] = []
    parts.named["items"] = []
    parts.named["item_limits"] = []
    parts.add("relations", Relation("@社区工作站", "serves", "@residents_committee"))
    parts.change("units", "PO2", serves=("C1", "C2"))

    places = sorted(finding.fault.place for finding in HARD_RULES["party_org_per_station"](parts.city()))

    assert places == ["units#PO2", "units#ST1"]


def test_a_bureau_counts_as_a_department() -> None:
    parts = good()
    adding(units=Unit("DEP", "", "finance_bureau", ("S",)))(parts)

    assert [unit.id for unit in units_of(parts.city(), "department")] == ["BUREAU", "DEP"]
