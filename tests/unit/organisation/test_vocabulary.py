"""Kinds of bodies and roles of posts are data: found by every word, traced to rows, clear of each other."""

from __future__ import annotations

from collections import Counter

import pytest

from gov_core.fields import STANDINGS
from gov_core.generate import bodies
from gov_core.organisation import AFFAIRS, KINDS, LAYERS, NATURES, ROLES, Vocabulary, is_kind, kind_of

ROWS_OF_BODIES = (
    [f"Q-ORG-{n}" for n in range(1, 19)]
    + ["Y-ORG-1"]
    + [f"G-ORG-{n}" for n in range(1, 7)]
    + [f"N-ORG-{n}" for n in range(1, 6)]
    + [f"H-ORG-{n}" for n in range(1, 8)]
)
ROWS_OF_ROLES = (
    [f"Q-ROLE-{n}" for n in range(1, 6)]
    + [f"N-ROLE-{n}" for n in range(1, 5)]
    + [f"H-ROLE-{n}" for n in range(1, 6)]
)


@pytest.mark.parametrize(("terms", "rows"), [(KINDS, ROWS_OF_BODIES), (ROLES, ROWS_OF_ROLES)])
def test_every_row_of_the_acceptance_table_is_carried(terms: Vocabulary, rows: list[str]) -> None:
    carried = {source for term in terms.values() for source in term.sources}

    assert set(rows) <= carried


@pytest.mark.parametrize("terms", [KINDS, ROLES])
def test_no_word_stands_for_two_terms(terms: Vocabulary) -> None:
    words = Counter(word for term in terms.values() for word in (term.code, term.chinese, *term.aliases))

    assert [word for word, times in words.items() if times > 1] == []
    assert all(terms.find(word) is not None for word in words)


@pytest.mark.parametrize("terms", [KINDS, ROLES])
def test_every_term_is_complete(terms: Vocabulary) -> None:
    for term in terms.values():
        assert term.code.isidentifier()
        assert term.code == term.code.casefold()
        assert term.chinese
        assert not term.chinese.isascii()
        assert term.english.isascii()
        assert term.sources
        assert term.standing in STANDINGS


def test_kinds_hold_known_values() -> None:
    for kind in KINDS.values():
        assert kind.layer is None or kind.layer in LAYERS
        assert kind.affair is None or kind.affair in AFFAIRS
        assert kind.nature is None or kind.nature in NATURES
        assert kind.within is None or KINDS[kind.within].within is None
        assert set(kind.levels) <= {"district", "street", "community", "estate", "grid"}


@pytest.mark.parametrize(
    "word", ["社区公共服务站", "社区公共服务工作站", "公共服务工作站", "公共服务站", "社区工作站"]
)
def test_the_five_spellings_of_the_station_are_one_kind(word: str) -> None:
    assert kind_of(word) == "community_station"


def test_the_stations_of_yantian_are_two_kinds() -> None:
    assert kind_of("社区工作站") != kind_of("社区服务站") == "service_station"


def test_width_and_case_do_not_count() -> None:
    assert kind_of(" Ｓtreet_Office ") == "street_office"


def test_a_kind_of_ones_own_stays_as_it_is() -> None:
    assert kind_of("lighthouse") == "lighthouse"
    assert KINDS.find("lighthouse") is None
    assert "lighthouse" not in KINDS
    assert not is_kind("lighthouse", "department")


def test_a_bureau_is_a_department() -> None:
    assert is_kind("城市管理局", "department")
    assert is_kind("department", "department")
    assert not is_kind("street_office", "department")


def test_generated_cities_use_kinds_of_the_field() -> None:
    stated = {kind for kind, _ in (*bodies._DEPARTMENTS, *bodies._STREET_BODIES)}

    assert stated | {"residents_committee", "community_station", "property_company"} <= set(KINDS)


def test_layers_are_those_of_a_community() -> None:
    layers = {kind.layer: kind.code for kind in KINDS.values() if "Q-STR-4" in kind.sources}

    assert layers == {
        "decision": "community_party_org",
        "execution": "community_station",
        "deliberation": "residents_committee",
        "supervision": "supervision_committee",
    }
