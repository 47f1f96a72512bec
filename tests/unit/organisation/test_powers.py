"""Who may do what: denied by default, the unit before its kind, bars before grants, and the matrix."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gov_core.organisation import (
    KINDS,
    POWERS,
    Grant,
    Power,
    Powers,
    Unit,
    matrix,
    matrix_presets,
    power_table,
)

PARENTS = {"S": None, "C1": "S", "C2": "S"}
UNITS = [
    Unit("RC1", "", "residents_committee", ("C1",)),
    Unit("RC2", "", "residents_committee", ("C2",)),
    Unit("ST1", "", "community_station", ("C1",)),
    Unit("ST2", "", "community_station", ("C2",)),
    Unit("SO", "", "street_office", ("S",)),
]


def powers_of(*grants: Grant) -> Powers:
    return Powers.of(grants, UNITS, PARENTS)


def test_what_no_grant_gives_is_not_held() -> None:
    decision = powers_of().holds("RC1", "resolve")

    assert not decision
    assert decision.grant is None
    assert decision.words == '"RC1" does not hold "resolve" (决议、自治): no grant gives it'


def test_a_kind_holds_what_is_granted_to_it() -> None:
    grant = Grant("@residents_committee", "resolve", source="Q-RULE-2")

    decision = powers_of(grant).holds("RC1", "resolve")

    assert decision
    assert decision.grant is grant
    assert decision.words == '"RC1" holds "resolve" (决议、自治) as "@residents_committee" [Q-RULE-2]'
    assert not powers_of(grant).holds("ST1", "resolve")


def test_the_unit_wins_over_its_kind() -> None:
    powers = powers_of(Grant("@residents_committee", "execute", held=False), Grant("RC1", "execute"))

    assert powers.holds("RC1", "execute")
    assert not powers.holds("RC2", "execute")
    assert powers.holds("RC2", "execute").words.startswith('"RC2" is barred from "execute"')


def test_a_bar_wins_over_a_grant_of_the_same_weight() -> None:
    assert not powers_of(Grant("RC1", "execute"), Grant("RC1", "execute", held=False)).holds("RC1", "execute")


def test_over_limits_a_power() -> None:
    powers = powers_of(Grant("@residents_committee", "supervise", over="@community_station"))

    assert powers.holds("RC1", "supervise", over="ST1")
    assert not powers.holds("RC1", "supervise", over="SO")
    assert powers.holds("RC1", "supervise").words == (
        '"RC1" holds "supervise" (监督), over "@community_station" as "@residents_committee"'
    )


def test_a_power_ends_where_the_ground_does() -> None:
    grant = Grant("@residents_committee", "supervise", over="@community_station")

    assert not powers_of(grant).holds("RC1", "supervise", over="ST2")
    assert "no common ground" in powers_of(grant).holds("RC1", "supervise", over="ST2").words
    assert Powers.of([grant], UNITS).holds("RC1", "supervise", over="ST2")
    assert powers_of(Grant("RC1", "supervise", over="ST2")).holds("RC1", "supervise", over="ST2")
    assert powers_of(Grant("SO", "lead")).holds("SO", "lead", over="ST2")


def test_a_general_bar_leaves_what_is_granted_over_some() -> None:
    bar, some = Grant("@street_office", "lead", held=False), Grant("@street_office", "lead", over="ST1")

    assert powers_of(bar, some).holds("SO", "lead", over="ST1")
    assert not powers_of(bar, some).holds("SO", "lead", over="ST2")
    assert powers_of(bar, some).holds("SO", "lead")
    assert not powers_of(Grant("SO", "lead", held=False), some).holds("SO", "lead")


def test_an_unknown_unit_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        powers_of().holds("NOBODY", "lead")


GRANTS = st.lists(
    st.builds(
        Grant,
        st.sampled_from(["@residents_committee", "RC1", "RC2", "@street_office"]),
        st.sampled_from(["lead", "execute"]),
        st.sampled_from([None, "@community_station", "ST1", "ST2"]),
        st.booleans(),
    ),
    max_size=8,
)


@given(GRANTS, st.sampled_from(["RC1", "RC2", "SO"]), st.sampled_from(["ST1", "ST2", "RC2"]))
def test_the_decision_is_that_of_the_weightiest_grant(grants: list[Grant], unit: str, over: str) -> None:
    """The rule read out: unit before kind, then named before kind before all, then bar before grant."""
    kind = {body.id: f"@{body.kind}" for body in UNITS}
    ladder = [
        (holder, target, held)
        for holder in (unit, kind[unit])
        for target in (over, kind[over], None)
        for held in (False, True)
    ]
    stated = {(grant.holder, grant.over, grant.held) for grant in grants if grant.power == "lead"}
    expected = next((held for *row, held in ladder if (*row, held) in stated), False)

    assert bool(Powers.of(grants, UNITS).holds(unit, "lead", over=over)) is expected


@given(GRANTS, st.permutations(range(8)), st.sampled_from(["RC1", "SO"]))
@example(
    grants=[Grant("@street_office", "lead", "ST1"), Grant("@street_office", "lead", "ST2")],
    order=[1, 0, 2, 3, 4, 5, 6, 7],
    unit="SO",
)
def test_the_order_of_grants_decides_nothing(grants: list[Grant], order: list[int], unit: str) -> None:
    shuffled = [grants[at] for at in order if at < len(grants)]

    for over in (None, "ST1"):
        one, other = (powers_of(*rows).holds(unit, "lead", over=over) for rows in (grants, shuffled))
        assert (one.held, one.words) == (other.held, other.words)


PRESETS = (
    *("GUIYANG", "JIANYE", "LUOHU", "QINGBO", "QINGHE", "QINGHE_PROPOSAL", "QINHUAI", "SHANDONG"),
    *("YANTIAN_2002", "YANTIAN_2004", "ZHABEI_2005"),
)


def test_the_matrix_speaks_of_every_model() -> None:
    assert matrix_presets() == PRESETS


def test_an_unknown_model_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="ATLANTIS"):
        matrix("ATLANTIS")


ALL = ("practised", "recommended", "background")


@pytest.mark.parametrize("preset", PRESETS)
def test_the_matrix_is_whole(preset: str) -> None:
    grants = matrix(preset, standings=ALL)

    keys = [(grant.holder, grant.power, grant.over) for grant in grants]
    assert len(keys) == len(set(keys))
    for grant in grants:
        assert grant.holder.removeprefix("@") in KINDS
        assert grant.over is None or grant.over.removeprefix("@") in KINDS
        assert grant.power in POWERS
        assert grant.source
        assert grant.standing in ALL


@pytest.mark.parametrize("preset", PRESETS)
def test_no_model_gives_one_kind_both_resolution_and_execution(preset: str) -> None:
    """Qinghe as practised is no exception: what its committees carried and the resolving is not one row."""
    held = {(grant.holder, grant.power) for grant in matrix(preset) if grant.held}

    assert not any((holder, "execute") in held for holder, power in held if power == "resolve")


@pytest.mark.parametrize(
    ("preset", "kind", "power", "held"),
    [
        ("QINGBO", "community_party_org", "lead", True),
        ("QINGBO", "community_station", "execute", True),
        ("QINGBO", "community_station", "resolve", False),
        ("QINGBO", "residents_committee", "serve", True),  # Q-RULE-13; Guiyang's only assists
        ("QINGBO", "deliberation_council", "resolve", True),
        ("QINGBO", "qa_assembly", "resolve", True),
        ("QINGBO", "supervision_committee", "supervise", True),
        ("GUIYANG", "residents_committee", "serve", False),
        ("GUIYANG", "residents_committee", "execute", False),
        ("GUIYANG", "residents_council", "supervise", True),
        ("GUIYANG", "service_centre", "execute", True),
        ("YANTIAN_2004", "residents_committee", "supervise", True),
        ("YANTIAN_2002", "residents_committee", "supervise", False),
        ("QINHUAI", "street_office", "whistle", True),
        ("QINHUAI", "residents_committee", "whistle", True),
        ("QINHUAI", "department", "whistle", False),
        ("QINHUAI", "department", "report_in", True),
        ("QINHUAI", "street_office", "appraise", False),  # two-way appraisal is advice
        ("QINGHE", "residents_committee", "execute", True),
        ("ZHABEI_2005", "community_station", "execute", False),
    ],
)
def test_cells_of_the_matrix(preset: str, kind: str, power: Power, held: bool) -> None:  # noqa: FBT001
    assert bool(Powers.of(matrix(preset), [Unit("U", "", kind)]).holds("U", power)) is held


def test_what_is_recommended_is_on_when_asked_for() -> None:
    grants = matrix("QINHUAI", standings=["practised", "recommended"])

    assert Powers.of(grants, [Unit("U", "", "street_office")]).holds("U", "appraise")


def test_a_wide_kind_goes_to_the_kinds_a_city_has() -> None:
    grants = matrix("QINHUAI", kinds={"water_bureau", "housing_bureau", "街道办"})

    assert {grant.holder for grant in grants if grant.power == "report_in"} == {
        "@water_bureau",
        "@housing_bureau",
        "@街道办",
    }
    assert [grant.over for grant in grants if grant.holder == "@街道办" and grant.power == "whistle"] == [
        "@housing_bureau",
        "@water_bureau",
    ]
    assert not any("residents_committee" in grant.holder for grant in grants)


def test_the_table_shows_bars_limits_and_standing() -> None:
    table = power_table(
        [
            Grant("@a", "lead"),
            Grant("@a", "execute", held=False),
            Grant("@b", "execute", over="@c", standing="recommended"),
            Grant("@b", "execute", over="@d", held=False),
        ]
    )

    assert table.splitlines() == [
        "|  | lead 领导决策 | execute 行政执行 |",
        "| --- | --- | --- |",
        "| @a | yes | no |",
        "| @b |  | over @c (recommended); not over @d |",
    ]
