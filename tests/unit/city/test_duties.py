"""A city without rules routes by its checklists."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from gov_core.checklists import CHECKLIST_BEARINGS, CHECKLIST_KINDS, Checklist, Item, ItemLimit, Limit
from gov_core.city import AssetClass, City, Matter, Place, Rule, Unit
from gov_core.errors import CityError, RuleError
from gov_core.routing import ReferenceRouter, Router

DAYS = [Limit(amount, "working_day") for amount in range(10)]
POWER = Checklist("L-power", "power", "", "@bureau")
SERVICE = Checklist("L-service", "service", "", "@station")
OWN = Checklist("L-own", "self_government", "", "@committee")
HELP = Checklist("L-help", "assistance", "", "@committee")


def make(lists, items, **parts) -> City:
    """Two communities of one street, a grid each; G1 has a building."""
    box = shapely.box
    named = {
        "name": "Lists",
        "levels": ["street", "community", "grid", "building"],
        "partition": "grid",
        "grades": ["urgent"],
        "places": [
            Place("S", "", "street"),
            Place("C1", "", "community", "S"),
            Place("C2", "", "community", "S"),
            Place("G1", "", "grid", "C1"),
            Place("G2", "", "grid", "C2"),
            Place("B1", "", "building", "G1"),
        ],
        "geometries": {"G1": box(118, 32, 119, 33).wkb, "G2": box(119, 32, 120, 33).wkb},
        "units": [
            Unit("water", "", "bureau", ("S",)),
            Unit("st-1", "", "station", ("C1",)),
            Unit("st-2", "", "station", ("C2",)),
            Unit("rc-1", "", "committee", ("C1",)),
            Unit("rc-2", "", "committee", ("C2",)),
        ],
        "matters": [Matter("pipes", ""), Matter("leak", "", "pipes"), Matter("relief", "")],
        "asset_classes": [AssetClass("main", ""), AssetClass("lamp", "")],
        "checklists": lists,
        "items": items,
    }
    return City.from_parts(**(named | parts))


def item(code, checklist, *matters, **fields) -> Item:
    return Item(code, checklist.id, "", matters=matters, **fields)


def answer(city, place, matter, **event):
    """Of both routers."""
    event = {"place": place, "matter": matter, **event}
    route = Router.compile(city).route(event)
    assert ReferenceRouter.compile(city).route(event) == route
    return route


def test_a_city_without_rules_routes_by_its_lists():
    city = make([POWER, SERVICE], [item("P1", POWER, "pipes"), item("S1", SERVICE, "relief")])
    assert answer(city, "G1", "leak").unit == "water"
    route = answer(city, "G2", "relief")
    assert (route.unit, route.rule, route.status) == ("st-2", "S1/relief", "routed")


def test_rules_win_as_a_whole():
    rule = Rule("R", None, None, None, None, ("rc-1",))
    city = make([POWER], [item("P1", POWER, "pipes")], rules=[rule])
    assert city.effective_rules == (rule,)
    assert answer(city, "G1", "leak").unit == "rc-1"
    assert make([], []).effective_rules == ()


def test_the_digest_is_that_of_the_duties():
    one = make([POWER], [item("P1", POWER, "pipes")])
    same = make([POWER], [item("P1", POWER, "pipes", basis="of another year")])
    other = make([POWER], [item("P1", POWER, "leak")])
    assert one.digest == same.digest != other.digest


@pytest.mark.parametrize(
    "fields",
    [
        {"admission": "approved"},
        {"admission": "refused"},
        {"admission": "exited"},
        {"placeholder": True},
        {"matters": ()},
    ],
)
def test_items_that_do_not_count(fields):
    assert make([POWER], [replace(item("P1", POWER, "pipes"), **fields)]).effective_rules == ()


def test_every_kind_of_list_has_a_bearing():
    assert set(CHECKLIST_BEARINGS) == set(CHECKLIST_KINDS)


@pytest.mark.parametrize(("kind", "bearing"), CHECKLIST_BEARINGS.items())
def test_what_a_list_makes_of_its_holder(kind, bearing):
    own = Checklist("L", kind, "", "@committee")
    city = make([POWER, own], [item("P1", POWER, "pipes"), item("X", own, "leak")])
    route = answer(city, "G1", "leak")
    assert (route.unit, route.assist) == {
        "lead": ("rc-1", ()),
        "assist": ("water", ("rc-1",)),
        "forbid": ("water", ()),
        "none": ("water", ()),
    }[bearing]


def test_an_item_applies_to_each_of_its_areas_and_assets():
    city = make(
        [POWER],
        [item("P1", POWER, "pipes", "relief", areas=("C1",), assets=("main", "lamp"), assist=("st-1",))],
    )
    assert [rule.id for rule in city.effective_rules] == [
        "P1/pipes@C1+main",
        "P1/pipes@C1+lamp",
        "P1/relief@C1+main",
        "P1/relief@C1+lamp",
    ]
    assert answer(city, "G1", "leak", asset="lamp").assist == ("st-1",)
    assert answer(city, "G1", "leak").status == answer(city, "G2", "leak", asset="lamp").status == "no_rule"


def test_a_holder_leads_where_it_serves_and_then_the_next():
    city = make([POWER], [item("P1", POWER, "pipes", holder=("st-1", "@committee"))])
    assert answer(city, "G1", "leak").unit == "st-1"
    assert answer(city, "G2", "leak").unit == "rc-2"
    alone = make([POWER], [item("P1", POWER, "pipes", holder=("st-1",)), item("P2", POWER, "leak")])
    assert answer(alone, "G1", "pipes").unit == "st-1"
    assert answer(alone, "G2", "pipes").status == "no_rule"
    # To serve a part makes nothing narrower: the lower matter decides as it would everywhere.
    assert answer(alone, "G1", "leak").unit == answer(alone, "G2", "leak").unit == "water"


def test_a_holder_without_ground_serves_everywhere_and_one_below_the_grids_nowhere():
    units = [Unit("bureau", "", "bureau"), Unit("house", "", "committee", ("B1",))]
    city = make([POWER], [item("P1", POWER, "pipes", holder=("house", "bureau"))], units=units)
    assert answer(city, "G1", "leak").unit == answer(city, "G2", "leak").unit == "bureau"
    assert answer(city, "B1", "leak").unit == "bureau"


def test_each_committee_helps_on_its_own_ground():
    lists = [POWER, *(Checklist(f"H{at}", "assistance", "", f"rc-{at}") for at in (1, 2))]
    helps = [item(f"H{at}", each, "leak") for at, each in enumerate(lists[1:], start=1)]
    city = make(lists, [item("P1", POWER, "pipes"), *helps])
    assert [answer(city, grid, "leak").assist for grid in ("G1", "G2")] == [("rc-1",), ("rc-2",)]
    assert answer(city, "G1", "pipes").assist == ()
    # Each half of the city has a copy of its own: the duty is no less decisive for it.
    assert Router.compile(make(lists, [item("P1", POWER, "leak"), *helps])).warnings == ()


def test_who_shares_a_duty_leads_where_the_first_does_not_serve():
    shared = [
        item("P1", POWER, "pipes", holder=("st-1",), shared_with=("water",)),
        item("P2", POWER, "pipes", holder=("water",)),
    ]
    city = make([POWER], shared)
    assert (answer(city, "G1", "leak").unit, answer(city, "G1", "leak").assist) == ("st-1", ("water",))
    assert answer(city, "G2", "leak").unit == "water"


def test_who_shares_a_duty_leads_in_what_the_first_leaves_out():
    shared = [
        item("P1", POWER, "pipes", shared_with=("st-1",), except_assets=("lamp",)),
        item("P2", POWER, "pipes", holder=("st-1",)),
    ]
    city = make([POWER], shared)
    assert answer(city, "G1", "leak").unit == "water"
    assert answer(city, "G1", "leak", asset="lamp").unit == "st-1"
    assert answer(city, "G2", "leak", asset="lamp").status == "no_rule"


def test_a_ban_holds_where_the_narrower_holder_serves_no_ground():
    gone = Checklist("gone", "withdrawn", "", "water")
    city = make(
        [POWER, OWN, gone],
        [
            item("P1", POWER, "pipes"),
            item("O1", OWN, "leak", holder=("st-1",)),
            item("W1", gone, "leak"),
        ],
    )
    assert answer(city, "G1", "leak").unit == "st-1"
    assert answer(city, "G2", "leak").status == "no_rule"
    assert answer(city, "G2", "pipes").unit == "water"


def test_exceptions_let_the_next_item_decide():
    city = make(
        [POWER, OWN],
        [
            item("P1", POWER, "pipes"),
            item("O1", OWN, "leak", except_areas=("C2",), except_assets=("main",), except_matters=()),
        ],
    )
    assert answer(city, "G1", "leak").unit == "rc-1"
    assert answer(city, "G2", "leak").unit == answer(city, "G1", "leak", asset="main").unit == "water"


def test_limits_by_condition_and_grade():
    item_limits = [
        ItemLimit("P1", None, "urgent", DAYS[1], DAYS[2]),
        ItemLimit("P1", "leak", None, None, DAYS[3]),
        ItemLimit("P1", "leak", "urgent", None, DAYS[4]),
        ItemLimit("P1", "relief", None, None, DAYS[9]),  # none of its matters
    ]
    city = make(
        [POWER],
        [item("P1", POWER, "pipes", respond_within=DAYS[5], resolve_within=DAYS[6])],
        item_limits=item_limits,
    )

    def limits(*event, **more):
        return answer(city, *event, **more)[5:7]

    assert limits("G1", "pipes") == (DAYS[5], DAYS[6])
    assert limits("G1", "pipes", grade="urgent") == (DAYS[1], DAYS[2])
    assert limits("G1", "leak") == (DAYS[5], DAYS[3])
    assert limits("G1", "leak", grade="urgent") == (DAYS[1], DAYS[4])
    assert answer(city, "G1", "relief").status == "no_rule"


def test_lists_of_one_holder_that_mirror_each_other_are_one_duty():
    duty = Checklist("L-duty", "responsibility", "", "@bureau")
    city = make(
        [POWER, duty],
        [item("P1", POWER, "pipes"), item("D1", duty, "pipes", resolve_within=DAYS[3], assist=("st-1",))],
    )
    assert [rule.id for rule in city.effective_rules] == ["P1/pipes"]
    route = answer(city, "G1", "pipes")
    assert (route.unit, route.assist, route.resolve_within) == ("water", ("st-1",), DAYS[3])
    assert Router.compile(city).warnings == ()


def test_who_shares_a_duty_assists():
    shared = item("P1", POWER, "pipes", shared_with=("@committee",))
    assert answer(make([POWER], [shared]), "G2", "pipes").assist == ("rc-2",)
    # Both lists name it, in either order.
    both = [shared, item("O1", OWN, "pipes")]
    assert answer(make([POWER, OWN], both), "G2", "pipes")[2:5] == ("water", "P1/pipes", ("rc-2",))
    assert answer(make([POWER, OWN], both[::-1]), "G2", "pipes")[2:5] == ("rc-2", "O1/pipes", ("water",))


def test_two_holders_of_one_case_are_refused_in_the_file_of_the_items():
    city = make([POWER, OWN], [item("P1", POWER, "pipes"), item("O1", OWN, "pipes")])
    with pytest.raises(RuleError) as caught:
        Router.compile(city)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("rule.conflict", "items#O1")]


def test_a_saved_city_names_the_line_of_the_item(tmp_path):
    make([POWER, OWN], [item("P1", POWER, "pipes"), item("O1", OWN, "pipes")]).save(tmp_path / "city")
    with pytest.raises(RuleError, match=r"items\.csv:3"):
        Router.compile(City.load(tmp_path / "city"))


def test_assistance_in_a_part_of_a_duty_leaves_the_rest_as_it_is():
    city = make([POWER, HELP], [item("P1", POWER, "pipes"), item("H1", HELP, "leak", areas=("C1",))])
    assert answer(city, "G1", "leak")[2:5] == ("water", "P1/leak@C1", ("rc-1",))
    assert answer(city, "G2", "leak").assist == answer(city, "G1", "pipes").assist == ()


def test_what_is_withdrawn_passes_to_whoever_took_it():
    back = Checklist("L-back", "withdrawn", "", "@station")
    items = [item("S1", SERVICE, "pipes"), item("W1", back, "leak", holder=("water",))]
    city = make([SERVICE, back], items)
    assert answer(city, "G1", "pipes").unit == "st-1"
    assert answer(city, "G1", "leak")[2:4] == ("water", "W1/leak")
    nobody = make([SERVICE, back], [items[0], item("W1", back, "leak")])
    assert answer(nobody, "G1", "leak").status == "no_rule"
    assert nobody.effective_rules[0].except_matters == ("leak",)


def test_a_ban_on_one_unit_holds_where_it_serves():
    ban = Checklist("L-ban", "negative", "", "st-1")
    city = make([SERVICE, ban], [item("S1", SERVICE, "relief"), item("N1", ban, "relief")])
    assert answer(city, "G1", "relief").status == "no_rule"
    assert answer(city, "G2", "relief").unit == "st-2"


def test_a_ban_leaves_the_rest_of_a_chain():
    ban = Checklist("L-ban", "negative", "", "@station")
    chained = item("S1", SERVICE, "relief", holder=("@station", "@committee"))
    city = make([SERVICE, ban], [chained, item("N1", ban, "relief", areas=("C1",))])
    assert answer(city, "G1", "relief").unit == "rc-1"
    assert answer(city, "G2", "relief").unit == "st-2"


def test_a_ban_that_no_rule_can_express_is_refused():
    ban = Checklist("L-ban", "negative", "", "@bureau")
    with pytest.raises(CityError) as caught:
        make([POWER, ban], [item("P1", POWER, "pipes"), item("N1", ban, "leak", areas=("C1",))])
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("item.withdrawn_in_part", "items#N1")
    ]


def test_events_at_a_building_are_answered_by_its_grid():
    city = make([SERVICE], [item("S1", SERVICE, "relief")])
    route = answer(city, "B1", "relief")
    assert (route.path, route.unit) == ("S/C1/G1/B1", "st-1")
    with pytest.raises(CityError, match=r"item\.area_below_grid"):
        make([SERVICE], [item("S1", SERVICE, "relief", areas=("B1",))])


def test_explanations_name_the_item_and_its_list():
    city = make([POWER, OWN], [item("P1", POWER, "pipes"), item("O1", OWN, "leak", except_areas=("C2",))])
    for kind in (Router, ReferenceRouter):
        words = str(kind.compile(city).explain(place="G2", matter="leak"))
        assert '"P1/pipes" decides: "water" is the @bureau that serves "S"' in words
        assert 'from item "P1" of checklist "L-power"' in words
        assert '"O1/leak" covers the event, but it is excluded by except_areas "C2"' in words
