"""What the papers do not say is not said in their name, and what is about watched people is nowhere."""

from __future__ import annotations

import csv
from dataclasses import fields

import pytest

from acceptance.carriers import ROOT
from gov_core import presets
from gov_core.checker import catalogue, check
from gov_core.city._sheets import SHEETS
from gov_core.organisation import KINDS, ROLES
from gov_core.places import norm_sets


@pytest.fixture(scope="module")
def cities():
    return {
        name: presets.load(name, options=[option.name for option in presets.describe(name).options])
        for name in presets.NAMES
    }


@pytest.fixture(scope="module")
def standing():
    with (ROOT / "tests/acceptance.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["standing"] for row in csv.DictReader(file)}


def texts(city):
    """(table/key, text) of all that a city says, notes aside: they may say what is left out."""
    for sheet in SHEETS:
        for row in city.rows(sheet.part):
            for one in fields(row):
                value = getattr(row, one.name)
                if isinstance(value, str) and one.name not in {"note", "source", "origin"}:
                    yield f"{sheet.part}/{sheet.key_of(row)}", value


def saying(cities, word):
    return {f"{name}/{where}" for name, city in cities.items() for where, text in texts(city) if word in text}


def by_id(rows):
    return {row.id: row for row in rows}


@pytest.mark.parametrize("word", ["负面清单", "督办", "网格长", "响应率", "解决率"])
def test_words_that_no_paper_has_are_in_no_preset_and_no_vocabulary(cities, word):
    assert saying(cities, word) == set()
    for term in (*KINDS.values(), *ROLES.values()):
        named = {source for source in term.sources if source != "practice"}
        assert not named or word not in (term.chinese, *term.aliases)


def test_admission_is_spoken_of_once_and_recommended(cities):
    assert saying(cities, "准入") == {"QINGBO/terms/admission.1"}
    assert not [term for term in presets.qingbo().terms if "准入" in term.name]


def test_what_is_counted_and_not_named_is_a_placeholder(cities):
    def unnamed(name, part):
        return sum(row.placeholder for row in getattr(cities[name], part))

    assert unnamed("QINGBO", "items") == 40 + 150 + 18
    assert (unnamed("QINHUAI", "items"), unnamed("QINHUAI", "systems")) == (22, 30 - 3)
    assert sum(unit.kind == "department" and unit.placeholder for unit in cities["QINHUAI"].units) == 16
    assert (unnamed("QINGHE", "items"), unnamed("QINGHE", "units")) == (73, 38 + 21)
    assert unnamed("QINGHE_PROPOSAL", "units") == 11 - 3
    assert unnamed("SHANDONG", "items") == 30


def test_the_three_lists_belong_to_three_bodies(cities):
    lists = by_id(cities["QINGBO"].checklists)
    held = {lists[name].holder: lists[name].expected_count for name in ("power", "service", "responsibility")}
    assert held == {"@street_department": 40, "centre": 150, "@community_party_org": 18}


def test_the_whistle_has_no_deadline_and_its_catalogue_is_the_streets(cities):
    city = cities["QINHUAI"]
    assert city.item_limits == ()
    (whistle,) = [one for one in city.checklists if one.kind == "whistle"]
    assert whistle.holder == "@street_office"


def test_what_is_only_proposed_is_in_the_proposal_alone(cities, standing):
    proposed = {"H-STR-3", "H-STR-4", "H-STR-5", "H-STR-7", "H-STR-10", "H-STR-11", "H-STR-12", "H-RULE-16"}
    assert [name for name in presets.NAMES if presets.describe(name).proposal] == ["QINGHE_PROPOSAL"]
    assert {standing[row] for row in proposed} == {"recommended"}
    for name, city in cities.items():
        named = {row.source for part in ("units", "figures", "terms") for row in getattr(city, part)}
        assert bool(named & proposed) == (name == "QINGHE_PROPOSAL")


def test_slips_of_the_papers_are_noted_and_not_repeated(cities):
    figures = by_id(cities["QINGHE"].figures)
    assert "249" in figures["community_staff"].note
    assert saying(cities, "网络管理责任区") == set()
    term = by_id(cities["QINGHE_PROPOSAL"].figures)["term"]
    assert (term.value, "five years since 2018" in term.note) == (3, True)
    assert {figures[name].measure for name in ("posts.administrative", "posts.institution.2011")} == {"posts"}
    assert figures["street_staff.2011"].measure == "people"


def test_five_words_for_the_station_are_one_kind_of_body():
    words = ("社区公共服务站", "社区公共服务工作站", "公共服务工作站", "公共服务站", "社区工作站")
    assert {KINDS.find(word).code for word in words} == {"community_station"}


def test_the_full_name_of_the_community_is_kept(cities):
    assert "柳翠井巷社区" in {place.name for place in cities["QINGBO"].places}


@pytest.mark.parametrize(
    "row",
    [
        *("N-RULE-5", "N-RULE-6", "N-RULE-7", "N-RULE-9", "N-RULE-10", "H-DATA-5", "H-RULE-19", "H-RULE-20"),
        *("Q-PROC-4", "Q-RULE-14", "Q-LIST-4", "Q-PLAT-1", "Q-PLAT-2", "Q-PLAT-3", "Q-PLAT-4"),
    ],
)
def test_what_is_only_advised_is_recommended(standing, row):
    assert standing[row] == "recommended"


@pytest.mark.parametrize("row", ["Q-LIST-8", "Q-LIST-9", "Q-PROC-6", "Q-STR-13"])
def test_general_talk_is_background(standing, row):
    assert standing[row] == "background"


def test_qingbo_keeps_its_departments(cities):
    assert {"城市管理部", "经济服务部"} <= {unit.name for unit in cities["QINGBO"].units}


def test_no_preset_has_a_level_of_households_or_persons(cities):
    levels = {level for city in cities.values() for level in city.levels}
    assert levels == {"city", "district", "street", "community", "neighbourhood", "grid", "building"}


def test_a_community_of_jianye_has_one_party_committee(cities):
    city = cities["JIANYE"]
    served = [place for unit in city.units if unit.kind == "community_party_org" for place in unit.serves]
    assert sorted(served) == sorted(place.id for place in city.places if place.level == "community")


def test_committees_only_assist_in_guiyang_alone(cities):
    assert [name for name, city in cities.items() if "committee_assists_only" in city.hard_rules] == [
        "GUIYANG"
    ]
    held = {
        name: {grant.power: grant.held for grant in city.grants if grant.holder == "@residents_committee"}
        for name, city in cities.items()
    }
    assert (held["QINGBO"]["serve"], held["QINGHE"]["execute"], held["GUIYANG"]["execute"]) == (
        True,
        True,
        False,
    )


def test_bodies_of_qingbo_that_talk_also_resolve(cities):
    resolve = {grant.holder for grant in cities["QINGBO"].grants if grant.power == "resolve" and grant.held}
    assert {"@deliberation_council", "@qa_assembly"} <= resolve


def test_the_two_joint_conferences_are_two_kinds(cities):
    kinds = ("party_joint_conference", "governance_joint_conference")
    found = {
        kind: {name for name, city in cities.items() for unit in city.units if unit.kind == kind}
        for kind in kinds
    }
    assert found == {"party_joint_conference": {"QINGBO"}, "governance_joint_conference": {"QINGHE"}}


def test_three_level_linkage_is_a_framework_in_one_place_and_a_relay_in_another(cities):
    framework = [term.name for term in cities["QINHUAI"].terms if term.catalogue == "three_level_linkage"]
    relay = [term.name for term in cities["QINGHE"].terms if term.catalogue == "linkage"]
    assert framework == ["区委统", "街道联", "社区拢"]
    assert relay == ["社区报送", "街道代理", "区级办理"]


def test_words_that_mean_less_than_they_seem_say_so(cities):
    qinghe, qingbo, qinhuai = (by_id(cities[name].terms) for name in ("QINGHE", "QINGBO", "QINHUAI"))
    assert "circulated to the units concerned" in qinghe["bulletin.daily"].note
    assert "No by-election" in qingbo["membership.1"].note
    assert qinghe["method.1"].catalogue == "meeting_methods"
    assert qinhuai["supply.1"].catalogue == "supply_modes"


def test_an_unfunded_transfer_is_a_warning():
    assert catalogue()["transfer.unfunded"].severity == "warning"


def test_floating_people_put_grids_above_the_norm_and_that_is_a_warning():
    findings = check(presets.qinghe(floating=104_100, buildings=0))
    breaches = [one for one in findings if one.fault.code == "norm.breach"]
    assert breaches
    assert {one.severity for one in findings} <= {"warning"}


def test_claims_of_the_papers_are_marked_and_held_against_nothing(cities):
    claims = {one.source: one.value for city in cities.values() for one in city.figures if one.claim}
    assert claims == {
        "N-NUM-3": 90,
        "H-KPI-1": -22.5,
        "H-KPI-2": -12.6,
        "S-KPI-1": 30,
        "S-KPI-2": 85,
        "S-KPI-3": 99,
        "S-KPI-4": 98.5,
    }
    assert not {norm.source for city in cities.values() for norm in city.norms} & claims.keys()
    assert "never a score" in by_id(cities["QINGHE"].figures)["claim.petitions"].note


def test_the_old_law_is_no_norm_of_a_paper():
    assert not norm_sets()["committee_law_1989"].paper


@pytest.mark.parametrize(
    "word", ["重点人员", "人群管理", "社会管控", "舆情", "异常人员", "特殊群体", "特殊人群"]
)
def test_people_who_are_watched_are_nowhere(cities, word):
    assert saying(cities, word) == set()
    assert not [
        term for term in (*KINDS.values(), *ROLES.values()) if word in "".join((term.chinese, *term.aliases))
    ]


def test_floating_people_are_one_count(cities):
    assert saying(cities, "流动人口") == {"QINGHE/figures/floating"}


def test_no_record_has_a_field_for_a_person():
    personal = {
        "person",
        "phone",
        "mobile",
        "id_number",
        "identity",
        "birth",
        "gender",
        "party_member",
        "holder_name",
    }
    assert not [sheet.part for sheet in SHEETS for one in fields(sheet.record) if one.name in personal]


def test_matters_about_people_in_need_are_sensitive(cities):
    words = ("救助", "救济", "矫正", "青少年", "法律援助", "信访")
    needy = [
        matter
        for city in cities.values()
        for matter in city.matters
        if any(word in matter.name for word in words)
    ]
    assert len(needy) > 5
    assert [matter.name for matter in needy if not matter.sensitive] == []
