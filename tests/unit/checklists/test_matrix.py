"""The responsibility matrix: each thing it finds, and all of it against loops over cells."""

from dataclasses import replace
from itertools import combinations, product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.checklists import Checklist, Item, Matter, Transfer
from gov_core.checklists.matrix import Gap, Misplacement, Overstep, Rivals, responsibility_matrix
from gov_core.city import Rule
from gov_core.organisation import Grant, Unit
from gov_core.places import AssetClass, Place

PLACES = [
    Place("S1", "", "street"),
    Place("G1", "", "grid", "S1"),
    Place("B1", "", "building", "G1"),
    Place("G2", "", "grid", "S1"),
    Place("S2", "", "street"),
    Place("G3", "", "grid", "S2"),
    Place("G4", "", "grid", "S2"),
]
UNITS = [
    Unit("ST1", "", "community_station", ("S1",)),
    Unit("ST2", "", "community_station", ("S2",)),
    Unit("COM", "", "residents_committee", ("S1", "S2")),
    Unit("BUREAU", "", "urban_management_bureau"),
    Unit("STREET", "", "street_office", ("S1", "S2")),
]
MATTERS = [Matter("M", ""), Matter("M1", "", "M"), Matter("M2", "", "M"), Matter("N", "")]
ASSETS = [AssetClass("LIGHT", ""), AssetClass("LAMP", "", "LIGHT"), AssetClass("BIN", "")]
LISTS = [
    Checklist("DUTY", "duty", "", "@community_station"),
    Checklist("POWER", "power", "", "BUREAU"),
    Checklist("SELF", "self_government", "", "@residents_committee"),
    Checklist("HELP", "assistance", "", "@residents_committee"),
    Checklist("NOT", "negative", "", "@residents_committee"),
    Checklist("BACK", "withdrawn", "", "STREET"),
]
ALL = Item("ALL", "DUTY", "", matters=("M", "N"))


def governed(*items: Item, **tables: Any) -> Any:
    names = {"grants": [], "transfers": [], "rules": [], "asset_classes": ASSETS, "checklists": LISTS}
    given_ = {"partition": "grid", "places": PLACES, "units": UNITS, "matters": MATTERS, "items": items}
    return SimpleNamespace(**(names | given_ | tables))


def test_a_city_whose_lists_hold_everything_once_is_clean() -> None:
    matrix = responsibility_matrix(governed(ALL))

    assert matrix.bodies == ("@community_station",)
    assert matrix.parts("@community_station", "M2") == ("holds",)
    assert matrix.parts("BUREAU", "M2") == ()
    assert (matrix.gaps, matrix.rivals, matrix.oversteps, matrix.misplacements) == ((), (), (), ())


def test_what_is_counted_and_not_named_holds_nothing() -> None:
    assert responsibility_matrix(governed(replace(ALL, placeholder=True))).holdings == ()


def test_a_city_without_items_on_matters_has_no_gaps() -> None:
    assert responsibility_matrix(governed(Item("I", "DUTY", ""))).gaps == ()


def test_a_matter_on_no_list_is_a_gap() -> None:
    assert responsibility_matrix(governed(replace(ALL, except_matters=("M1",)))).gaps == (
        Gap("M1", 4, 4, ("G1", "G2", "G3")),
    )


def test_a_matter_held_in_a_part_of_the_city_is_a_gap_in_the_rest() -> None:
    here = replace(ALL, areas=("S1",), except_areas=("G2",))

    assert [gap.witnesses for gap in responsibility_matrix(governed(here)).gaps] == [("G2", "G3", "G4")] * 3


def test_help_alone_leaves_a_gap_and_power_alone_does_not() -> None:
    helped = Item("H", "HELP", "", matters=("N",))
    empowered = Item("P", "POWER", "", matters=("M",))

    assert [gap.matter for gap in responsibility_matrix(governed(helped, empowered)).gaps] == ["N"]


def test_where_the_first_of_a_chain_serves_the_second_does_not_hold() -> None:
    first = Item("I", "DUTY", "", holder=("ST1", "STREET"), matters=("M",))
    second = Item("J", "DUTY", "", holder=("STREET",), matters=("M",), areas=("S1",))
    third = Item("K", "DUTY", "", holder=("BUREAU",), matters=("M",))

    found = responsibility_matrix(governed(first, second, third)).rivals
    assert found == (
        Rivals(("I", "K"), ("ST1", "BUREAU"), ("M",), "G1"),
        Rivals(("I", "K"), ("STREET", "BUREAU"), ("M",), "G3"),
    )


def test_rivals_that_share_are_none() -> None:
    second = Item("J", "DUTY", "", holder=("BUREAU",), matters=("M1", "N"))
    shared = replace(second, shared_with=("@community_station",))

    assert responsibility_matrix(governed(ALL, second)).rivals == (
        # M1 is narrower than the M of the other: no rival there.
        Rivals(("ALL", "J"), ("@community_station", "BUREAU"), ("N",), "G1"),
    )
    assert responsibility_matrix(governed(ALL, shared)).rivals == ()
    assert responsibility_matrix(governed(ALL, replace(second, holder=("ST2",)))).rivals == ()


def test_items_that_meet_in_no_asset_class_are_no_rivals() -> None:
    first = Item("I", "DUTY", "", holder=("STREET",), matters=("M",), assets=("LIGHT", "LAMP"))
    second = replace(first, code="J", holder=("BUREAU",), assets=("LAMP", "BIN"), except_assets=("LAMP",))

    assert responsibility_matrix(governed(first, second)).rivals == ()
    assert responsibility_matrix(governed(first, replace(second, except_assets=()))).rivals != ()


def test_who_helps_acts_beside_the_holder() -> None:
    item = Item(
        "I",
        "DUTY",
        "",
        holder=("ST1",),
        matters=("M",),
        shared_with=("ST2",),
        assist=("@residents_committee",),
    )
    matrix = responsibility_matrix(governed(item))

    grounds = {holding.body: holding.ground for holding in matrix.holdings}
    assert grounds["ST1"] == grounds["ST2"] == grounds["@residents_committee"]


def test_items_that_meet_in_no_grid_are_no_rivals() -> None:
    first = Item("I", "DUTY", "", holder=("STREET",), matters=("M",), areas=("S1",))
    second = Item(
        "J", "DUTY", "", holder=("BUREAU",), matters=("M",), areas=("S1", "S2"), except_areas=("G1", "G2")
    )

    assert responsibility_matrix(governed(first, second)).rivals == ()


@pytest.mark.parametrize("narrow", [{"assets": ("LAMP",)}, {"areas": ("G1",)}])
def test_the_narrower_item_has_no_rival(narrow: dict[str, Any]) -> None:
    assert (
        responsibility_matrix(governed(ALL, Item("J", "DUTY", "", ("BUREAU",), ("M",), **narrow))).rivals
        == ()
    )


def test_what_a_negative_list_takes_back_as_a_whole_is_an_overstep() -> None:
    bar = Item("BAR", "NOT", "", matters=("M",), areas=("S2",))
    own = Item("OWN", "SELF", "", matters=("M1",), areas=("S2",))
    elsewhere = replace(own, code="ELSE", areas=("S1",))
    wider = replace(own, code="WIDE", areas=())

    found = responsibility_matrix(governed(ALL, bar, own, elsewhere, wider)).oversteps
    assert found == (Overstep("barred", "@residents_committee", "item", "OWN", "BAR", ("M1",)),)


def test_a_withdrawn_item_is_done_by_who_took_it_back() -> None:
    back = Item("W", "BACK", "", holder=("BUREAU",), matters=("M", "N"))
    still = Item("I", "DUTY", "", holder=("STREET",), matters=("N",))

    matrix = responsibility_matrix(governed(back, still))
    assert matrix.gaps == ()
    assert matrix.parts("BUREAU", "M1") == ("holds",)
    assert [(step.why, step.name, step.against) for step in matrix.oversteps] == [("barred", "I", "W")]


def test_rules_are_held_against_the_lists() -> None:
    rules = [
        Rule("R1", "M", None, None, None, ("BUREAU",)),
        Rule("R2", "N", None, None, None, ("@community_station", "BUREAU")),
        Rule("R3", None, None, None, None, ("BUREAU",)),
    ]

    assert responsibility_matrix(governed(ALL, rules=rules)).oversteps == (
        Overstep("of_another", "BUREAU", "rule", "R1", "ALL", ("M", "M1", "M2")),
    )


def test_a_rule_that_a_narrower_one_replaces_does_not_decide() -> None:
    bar = Item("BAR", "NOT", "", matters=("M1", "M2"))
    rules = [
        Rule("R1", "M", None, None, None, ("COM",)),
        Rule("R2", "M1", None, None, None, ("@community_station",)),
        Rule("R3", "M2", "S1", None, None, ("@community_station",)),
    ]
    barred = [
        step
        for step in responsibility_matrix(governed(ALL, bar, rules=rules)).oversteps
        if step.why == "barred"
    ]

    # R2 takes M1 away from R1 everywhere, R3 takes M2 only in one street.
    assert barred == [Overstep("barred", "COM", "rule", "R1", "BAR", ("M2",))]


def test_help_of_a_barred_body_is_an_overstep_of_the_rule() -> None:
    bar = Item("BAR", "NOT", "", matters=("N",))
    rule = Rule("R", "N", None, None, None, ("@community_station",), assist=("COM",))

    found = responsibility_matrix(governed(ALL, bar, rules=[rule])).oversteps
    assert found == (Overstep("barred", "COM", "rule", "R", "BAR", ("N",)),)


def test_a_rule_that_routes_what_is_not_admitted() -> None:
    asked = Item("NEW", "SELF", "", matters=("N",), admission="applied")
    rule = Rule("R", "N", None, None, None, ("COM",))

    matrix = responsibility_matrix(governed(ALL, asked, rules=[rule]))
    assert matrix.not_admitted == (("R", "NEW", "COM"),)
    assert matrix.oversteps == ()
    assert (
        responsibility_matrix(governed(ALL, replace(asked, admission="entered"), rules=[rule])).not_admitted
        == ()
    )


def test_duties_need_powers() -> None:
    power = Item("P", "POWER", "", matters=("M",))
    duty = replace(ALL, powers=("P",))
    barred = [
        Grant("@residents_committee", "resolve", held=False),
        Grant("@community_station", "execute", held=False),
    ]
    own = Item("OWN", "SELF", "")

    assert responsibility_matrix(governed(duty, power)).oversteps == (
        Overstep("no_power", "@community_station", "item", "ALL", "P"),
    )
    assert (
        responsibility_matrix(governed(duty, replace(power, holder=("@community_station",)))).oversteps == ()
    )
    assert responsibility_matrix(governed(ALL, own, grants=barred)).oversteps == (
        Overstep("no_power", "@residents_committee", "item", "OWN", "resolve"),
    )
    # What a unit is granted itself wins over its kind.
    granted = [*barred, Grant("COM", "resolve")]
    lists = [replace(LISTS[2], holder="COM")]
    assert responsibility_matrix(governed(own, checklists=lists, grants=granted)).oversteps == ()


def test_what_is_with_the_wrong_sort_of_body() -> None:
    lists = [
        Checklist("SELF", "self_government", "", "STREET"),
        Checklist("HELP", "assistance", "", "BUREAU"),
        Checklist("BASIC", "basic", "", "@community_station"),
        Checklist("POWER", "power", "", "COM"),
    ]
    items = [Item(f"I-{each.id}", each.id, "") for each in lists]
    found = responsibility_matrix(governed(*items, checklists=lists)).misplacements

    assert [(each.item, each.why, each.body) for each in found] == [
        ("I-SELF", "kind_of_list", "STREET"),
        ("I-HELP", "kind_of_list", "BUREAU"),
        ("I-BASIC", "kind_of_list", "@community_station"),
        ("I-POWER", "kind_of_list", "COM"),
    ]


def test_affairs_of_residents_are_not_for_the_government() -> None:
    matters = [Matter("R", "", category="residents"), Matter("G", "", category="government")]
    items = [
        Item("I", "DUTY", "", matters=("R",)),
        Item("J", "SELF", "", matters=("G",)),
        Item("K", "HELP", "", matters=("G",)),
    ]

    assert responsibility_matrix(governed(*items, matters=matters)).misplacements == (
        Misplacement("affair", "I", "@community_station", "a body for residents affairs"),
        Misplacement("affair", "J", "@residents_committee", "a body for government affairs"),
    )


def test_a_transferred_duty_is_where_it_went() -> None:
    moved = Transfer("ALL", "BUREAU", "STREET")

    assert responsibility_matrix(governed(ALL, transfers=[moved])).misplacements == (
        Misplacement("transferred", "ALL", "@community_station", "STREET"),
    )
    back = replace(moved, target="@community_station")
    assert responsibility_matrix(governed(ALL, transfers=[moved, back])).misplacements == ()


@pytest.mark.parametrize(
    ("own", "barred", "meet"),
    [
        ({}, {}, True),
        ({"assets": ("LAMP",)}, {}, True),
        ({"assets": ("LAMP",)}, {"assets": ("LIGHT",)}, True),
        ({"assets": ("LAMP",)}, {"except_assets": ("BIN",)}, True),
        ({"except_assets": ("LIGHT",)}, {"except_assets": ("LIGHT",)}, True),
        # What is taken back of a part is an exception.
        ({}, {"assets": ("LIGHT",)}, False),
        ({}, {"except_assets": ("LIGHT",)}, False),
        ({"assets": ("LIGHT",)}, {"assets": ("LAMP",)}, False),
        ({"assets": ("BIN",)}, {"assets": ("LIGHT",)}, False),
        ({"assets": ("LAMP",)}, {"except_assets": ("LIGHT",)}, False),
        ({"assets": ("LAMP", "BIN")}, {"except_assets": ("LIGHT",)}, False),
    ],
)
def test_what_is_about_other_assets_is_not_barred(
    own: dict[str, Any], barred: dict[str, Any], *, meet: bool
) -> None:
    items = [Item("OWN", "SELF", "", matters=("N",), **own), Item("BAR", "NOT", "", matters=("N",), **barred)]

    assert (responsibility_matrix(governed(ALL, *items)).oversteps != ()) == meet


def test_a_rule_for_a_grade_or_an_asset_refines_what_lists_say() -> None:
    graded = Rule("R1", "N", None, None, "major", ("BUREAU",))
    of_lamps = Rule("R2", "N", None, "LAMP", None, ("BUREAU",))

    assert responsibility_matrix(governed(ALL, rules=[graded, of_lamps])).oversteps == ()
    said = replace(ALL, assets=("LIGHT",))
    found = responsibility_matrix(governed(said, rules=[graded, of_lamps])).oversteps
    assert [step.name for step in found] == ["R2"]


# --- against loops over cells

GRIDS = ("G1", "G2", "G3", "G4")
GROUND = (*GRIDS, "B1")
PARENTS = {place.id: place.parent for place in PLACES}
ABOVE = {matter.code: matter.parent for matter in MATTERS}
BODIES = ("ST1", "ST2", "COM", "BUREAU", "STREET", "@community_station", "@residents_committee")
places = st.sets(st.sampled_from([place.id for place in PLACES]), max_size=2).map(sorted).map(tuple)


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    count = draw(st.integers(0, 4))
    return [
        Item(
            f"I{at}",
            draw(st.sampled_from(("DUTY", "SELF", "POWER", "HELP", "NOT"))),
            "",
            holder=draw(st.lists(st.sampled_from(BODIES), max_size=2, unique=True).map(tuple)),
            matters=draw(
                st.sets(st.sampled_from(list(ABOVE)), min_size=1, max_size=2).map(sorted).map(tuple)
            ),
            areas=draw(places),
            except_areas=draw(places),
            except_matters=draw(st.sets(st.sampled_from(["M1", "M2"]), max_size=1).map(tuple)),
            shared_with=draw(st.sets(st.sampled_from(BODIES), max_size=1).map(tuple)),
        )
        for at in range(count)
    ]


def lineage(tree: dict[str, str | None], node: str | None) -> list[str]:
    return [] if node is None else [node, *lineage(tree, tree[node])]


def serves(body: str, place: str) -> bool:
    units = [unit for unit in UNITS if body in {unit.id, f"@{unit.kind}"}]
    everywhere = not body.startswith("@") and not units[0].serves
    return everywhere or any(set(unit.serves) & set(lineage(PARENTS, place)) for unit in units)


def holder_at(item: Item, place: str) -> str | None:
    """Who of an item's chain has it at a place."""
    path = set(lineage(PARENTS, place))
    if (item.areas and not path & set(item.areas)) or path & set(item.except_areas):
        return None
    kind = {each.id: each for each in LISTS}[item.checklist]
    chain = item.holder or (kind.holder,)
    return next((body for body in chain if serves(body, place)), None)


def covers(item: Item, matter: str) -> bool:
    path = set(lineage(ABOVE, matter))
    return bool(path & set(item.matters)) and not path & set(item.except_matters)


def same(first: str, second: str) -> bool:
    kinds = {unit.id: f"@{unit.kind}" for unit in UNITS}
    return first == second or kinds.get(first) == second or kinds.get(second) == first


def shared_at(item: Item, place: str) -> list[str]:
    """Who shares an item at a place: beside its holder, a unit named by its id wherever that is."""
    there = item.shared_with if holder_at(item, place) else ()
    return [body for body in there if not body.startswith("@") or serves(body, place)]


@given(items())
def test_gaps_are_the_cells_that_nobody_holds(drawn: list[Item]) -> None:
    held = [item for item in drawn if item.checklist in {"DUTY", "SELF", "POWER"}]
    gaps = {}
    for matter in ("M1", "M2", "N"):
        doing = [item for item in held if covers(item, matter)]
        without = [
            grid
            for grid in GRIDS
            if not any(holder_at(item, grid) or shared_at(item, grid) for item in doing)
        ]
        if without:
            gaps[matter] = (len(without), tuple(without[:3]))
    said = any(covers(item, matter) for item in drawn for matter in ABOVE)

    found = responsibility_matrix(governed(*drawn)).gaps
    assert {gap.matter: (gap.missing, gap.witnesses) for gap in found} == (gaps if said else {})


@given(items())
def test_rivals_are_the_cells_that_two_hold(drawn: list[Item]) -> None:
    rivals = set()
    duties = [item for item in drawn if item.checklist in {"DUTY", "SELF"}]
    for (first, second), place in product(combinations(duties, 2), GROUND):
        one, other = holder_at(first, place), holder_at(second, place)
        matters = set(first.matters) & set(second.matters)
        same_name = [matter for matter in matters if covers(first, matter) and covers(second, matter)]
        same_area = set(first.areas or ("",)) & set(second.areas or ("",))
        if one and other and same_name and same_area and not same(one, other):
            shared = [same(body, other) for body in first.shared_with]
            shared += [same(body, one) for body in second.shared_with]
            if not any(shared):
                rivals.add(frozenset({(first.code, one), (second.code, other)}))

    found = responsibility_matrix(governed(*drawn)).rivals
    assert {frozenset(zip(each.items, each.bodies, strict=True)) for each in found} == rivals


@given(items())
def test_barred_are_the_cells_that_a_list_bars(drawn: list[Item]) -> None:
    barred = set()
    bars = [item for item in drawn if item.checklist == "NOT"]
    others = [item for item in drawn if item.checklist != "NOT"]
    for bar, item in product(bars, others):
        if not any(covers(item, matter) and covers(bar, matter) for matter in item.matters):
            continue
        where = {place: {holder_at(item, place)} | {*shared_at(item, place)} for place in GROUND}
        for body in {body for bodies in where.values() for body in bodies if body}:
            own = [place for place, bodies in where.items() if body in bodies and serves(body, place)]
            by = {holder_at(bar, place) for place in own}
            if len(by) == 1 and same(body, by.pop() or ""):
                barred.add((item.code, body, bar.code))

    found = responsibility_matrix(governed(*drawn)).oversteps
    assert {(step.name, step.body, step.against) for step in found if step.why == "barred"} == barred
