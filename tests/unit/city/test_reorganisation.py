"""Reorganisations: what became of places, bodies, duties and addresses, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely

from gov_core.checklists import Checklist, Item, Matter
from gov_core.city import (
    Abolish,
    AbolishLevel,
    City,
    Establish,
    Merge,
    Move,
    Place,
    Redraw,
    Reorganisation,
    Rule,
    Split,
    TransferDuty,
    Unit,
    VillageToCommunity,
    diff,
)
from gov_core.city._diff import Change
from gov_core.errors import CityError
from gov_core.organisation import Assignment, Grant, Post, Relation
from gov_core.places import Address, Layer, LayerArea, Premises, Void

DAY = date(2010, 6, 1)


def cell(west: float, east: float) -> bytes:
    return shapely.box(west, 32, east, 32.1).wkb


def town(**changes: Any) -> City:
    """One street, two communities, four grids in a row, each 0.1 degrees wide."""
    parts: dict[str, Any] = {
        "name": "Town",
        "levels": ["street", "community", "grid"],
        "places": [
            Place("S", "", "street"),
            Place("C1", "", "community", "S", population=300),
            Place("C2", "", "community", "S", population=200),
            Place("G1", "", "grid", "C1", population=100),
            Place("G2", "", "grid", "C1", population=200),
            Place("G3", "", "grid", "C2", population=150),
            Place("G4", "", "grid", "C2", population=50),
        ],
        "geometries": {f"G{at}": cell(118 + (at - 1) / 10, 118 + at / 10) for at in (1, 2, 3, 4)},
        "units": [
            Unit("ST1", "", "station", ("C1",)),
            Unit("ST2", "", "station", ("C2",)),
            Unit("COM1", "", "committee", ("C1",)),
            Unit("COM2", "", "committee", ("C2",)),
            Unit("OFFICE", "", "street_office", ("S",)),
        ],
        "matters": [Matter("noise", "")],
        "relations": [Relation("ST1", "serves", "COM1"), Relation("ST2", "serves", "COM2")],
        "posts": [Post("P1", "ST1", "social_worker", 5)],
        "rules": [
            Rule("R1", None, None, None, None, ("@station",)),
            Rule("R2", "noise", "C1", None, None, ("ST1", "OFFICE")),
        ],
        "checklists": [Checklist("L", "service", "", "@station"), Checklist("D", "duty", "", "OFFICE")],
        "items": [Item("I1", "L", "", matters=("noise",))],
        "addresses": [Address("A1", "G1", road="东路", number="1", lon=118.05, lat=32.05)],
        "premises": [Premises("B1", "", "building", "G2", lon=118.15, lat=32.05)],
    }
    return City.from_parts(**(parts | changes))


def apply(city: City, *steps: Any) -> Any:
    return Reorganisation(DAY, steps, source="a decision").apply(city)


def codes(city: City, *steps: Any) -> list[str]:
    with pytest.raises(CityError) as caught:
        apply(city, *steps)
    return [fault.code for fault in caught.value.faults]


def test_merged_stations_serve_what_both_served() -> None:
    outcome = apply(town(), Merge(("ST1", "ST2"), Unit("ST", "", "station")))

    assert [unit.id for unit in outcome.after.units] == ["ST", "COM1", "COM2", "OFFICE"]
    assert outcome.after.units[0].serves == ("C1", "C2")
    assert [(edge.source, edge.target) for edge in outcome.after.relations] == [
        ("ST", "COM1"),
        ("ST", "COM2"),
    ]
    assert outcome.after.rules[1].unit == ("ST", "OFFICE")
    assert outcome.after.posts[0].body == "ST"
    assert outcome.successors("units", "ST2") == ("ST",)
    assert outcome.successors("units", "OFFICE") == ("OFFICE",)


def test_both_versions_are_one_city() -> None:
    outcome = apply(town(), Merge(("ST1", "ST2"), Unit("ST", "", "station")))
    city = outcome.joined

    assert city.versions == (date.min, DAY)
    assert [unit.id for unit in city.as_of(date(2010, 5, 31)).units] == [
        "ST1",
        "ST2",
        "COM1",
        "COM2",
        "OFFICE",
    ]
    ended = {unit.id: unit for unit in city.rows("units")}["ST1"]
    assert (ended.valid_to, ended.successors) == (DAY, ("ST",))
    assert not diff(city.as_of(date(2010, 5, 31)), outcome.before)
    assert not diff(city.as_of(DAY), outcome.after)


def test_versions_follow_each_other() -> None:
    first = apply(town(), Merge(("ST1", "ST2"), Unit("ST", "", "station"))).joined
    steps = (Establish("units", Unit("ST3", "", "station", ("S",))), Abolish("units", "ST", "ST3"))
    again = Reorganisation(date(2016, 1, 1), steps).apply(first).joined

    assert again.versions == (date.min, DAY, date(2016, 1, 1))
    assert again.as_of(date(2000, 1, 1)).units[0].id == "ST1"
    assert {unit.id for unit in again.as_of(DAY).units} == {"ST", "COM1", "COM2", "OFFICE"}
    assert again.rules[1].unit == ("ST3", "OFFICE")
    with pytest.raises(CityError) as caught:
        Reorganisation(DAY, ()).apply(again)
    assert [fault.code for fault in caught.value.faults] == ["reorganisation.late"]


def test_a_city_with_a_history_is_reorganised_again() -> None:
    """Its rows have dates, and a version by itself has none."""
    first = apply(town(), Merge(("G1", "G2"), Place("G12", "", "grid"))).joined
    later = date(2016, 1, 1)
    outcome = Reorganisation(later, (Merge(("G3", "G4"), Place("G34", "", "grid")),)).apply(first)

    assert outcome.after.versions == (date.min,)
    both = outcome.joined
    assert [sorted(both.as_of(day).grids) for day in both.versions] == [
        ["G1", "G2", "G3", "G4"],
        ["G12", "G3", "G4"],
        ["G12", "G34"],
    ]
    assert {place.id: place.valid_from for place in both.places}["G12"] == DAY
    unchanged = Reorganisation(later, ()).apply(first)
    assert unchanged.changes() == ()
    assert unchanged.joined.versions == first.versions


def test_what_began_on_the_day_itself_is_not_passed_over() -> None:
    first = apply(town(), Merge(("ST1", "ST2"), Unit("ST", "", "station"))).joined
    assert codes(first, Abolish("rules", "R2")) == ["reorganisation.late"]
    with pytest.raises(CityError, match="has a version of 0001-01-01"):
        Reorganisation(date.min, ()).apply(town())


def test_new_rows_have_no_dates_of_their_own() -> None:
    late = Unit("F", "", "station", ("S",), valid_from=date(2030, 1, 1))
    assert codes(town(), Establish("units", late)) == ["reorganisation.dated"]


def test_a_bar_is_not_lost_in_a_merger() -> None:
    step = Merge(("ST1", "ST2"), Unit("ST", "", "station"))
    grants = [Grant("ST1", "lead"), Grant("ST2", "lead", held=False)]
    assert codes(town(grants=grants), step) == ["reorganisation.conflict"]
    assert len(apply(town(grants=[grants[0], Grant("ST2", "lead")]), step).after.grants) == 1


def test_a_kind_may_be_related_to_itself() -> None:
    edges = [Relation("@station", "parallel", "@station"), Relation("ST1", "parallel", "ST2")]
    outcome = apply(town(relations=edges), Merge(("ST1", "ST2"), Unit("ST", "", "station")))
    assert outcome.after.relations == (edges[0],)
    assert outcome.successors("relations", "ST1/parallel/ST2") == ()


def test_seats_do_not_end_with_who_appraises_them() -> None:
    row = Assignment("A", "secondment", "ST1", "COM1", "social_worker", 1, ("COM2",))
    city = town(assignments=[row])
    assert codes(city, Abolish("units", "COM2")) == ["reorganisation.unheld"]
    assert apply(city, Abolish("units", "COM1")).after.assignments == ()


def test_money_that_moved_is_not_forgotten_with_who_had_it() -> None:
    desk = Unit("DESK", "", "help_desk", ("S",))
    city = town(units=[*town().units, desk], items=[Item("I1", "L", "", ("DESK",), ("noise",))])
    step = TransferDuty(("I1",), "OFFICE", "D", 20_000.0)
    assert codes(city, step, Abolish("units", "DESK")) == ["reorganisation.unheld"] * 2
    after = apply(city, step, Abolish("units", "DESK", "COM1")).after
    assert (after.transfers[0].source, after.transfers[0].funds_yuan) == ("COM1", 20_000)


def test_a_duty_cannot_go_to_who_has_it() -> None:
    assert codes(town(), TransferDuty(("I1",), "@station")) == ["reorganisation.transfer"]
    stray = Establish("items", Item("I9", "NONE", ""))
    assert codes(town(), stray, TransferDuty(("I9",), "OFFICE")) == ["reorganisation.unknown"]


def test_people_of_a_split_place_are_shared_out_or_told() -> None:
    halves = (Place("G1a", "", "grid", "C1"), Place("G1b", "", "grid", "C1"))
    outlines = {"G1a": cell(118.0, 118.04), "G1b": cell(118.04, 118.1)}
    after = apply(town(), Split("G1", halves, outlines)).after
    counted = {place.id: (place.population, place.source) for place in after.places}
    assert counted["G1a"] == (40, "counts shared out by area")
    assert counted["G1b"] == (60, "counts shared out by area")
    partly = (Place("G1a", "", "grid", "C1", population=10), halves[1])
    assert codes(town(), Split("G1", partly, outlines)) == ["reorganisation.uncounted"]
    assert codes(town(), Split("ST1", ())) == ["reorganisation.split"]


def test_rows_that_end_or_multiply_with_others_are_reported() -> None:
    halves = (Place("Ca", "", "community", "S"), Place("Cb", "", "community", "S"))
    outcome = apply(town(), Split("C1", halves, moves={"G1": "Ca", "G2": "Cb"}), Abolish("units", "ST1"))
    assert outcome.successors("rules", "R2") == ("R2/Ca", "R2/Cb")
    assert outcome.successors("posts", "P1") == ()
    assert outcome.successors("relations", "ST1/serves/COM1") == ()
    assert outcome.successors("rules", "R1") == ("R1",)


def test_merged_grids_keep_their_ground_and_their_people() -> None:
    outcome = apply(town(), Merge(("G1", "G2"), Place("G12", "", "grid")))

    grid = outcome.after.places[3]
    assert (grid.id, grid.parent, grid.population) == ("G12", "C1", 300)
    assert shapely.from_wkb(outcome.after.geometries[0]).equals(shapely.box(118.0, 32, 118.2, 32.1))
    assert outcome.after.addresses[0].place == "G12"
    assert outcome.after.premises[0].place == "G12"


def test_merged_communities_take_their_grids_and_bodies_along() -> None:
    city = town(
        rules=[Rule("R", None, "C1", None, None, ("ST1",)), Rule("Q", None, "C2", None, None, ("ST2",))]
    )
    outcome = apply(city, Merge(("C1", "C2"), Place("C", "", "community")), Abolish("rules", "Q"))

    assert {place.parent for place in outcome.after.places if place.level == "grid"} == {"C"}
    assert [unit.serves for unit in outcome.after.units] == [("C",), ("C",), ("C",), ("C",), ("S",)]
    assert [(rule.id, rule.area) for rule in outcome.after.rules] == [("R", "C")]
    assert outcome.after.places[1].population == 500


def test_a_split_grid_sends_each_address_to_its_half() -> None:
    halves = (Place("G1a", "", "grid", "C1"), Place("G1b", "", "grid", "C1"))
    outlines = {"G1a": cell(118.0, 118.04), "G1b": cell(118.04, 118.1)}
    outcome = apply(town(), Split("G1", halves, outlines))

    assert outcome.after.addresses[0].place == "G1b"
    assert outcome.successors("places", "G1") == ("G1a", "G1b")


def test_a_split_community_repeats_its_rules() -> None:
    halves = (Place("Ca", "", "community", "S"), Place("Cb", "", "community", "S"))
    outcome = apply(town(), Split("C1", halves, moves={"G1": "Ca", "G2": "Cb"}))

    assert [(rule.id, rule.area) for rule in outcome.after.rules] == [
        ("R1", None),
        ("R2/Ca", "Ca"),
        ("R2/Cb", "Cb"),
    ]
    assert outcome.after.units[0].serves == ("Ca", "Cb")
    assert [place.parent for place in outcome.after.places if place.id in {"G1", "G2"}] == ["Ca", "Cb"]


def test_what_a_split_leaves_open_has_to_be_said() -> None:
    halves = (Unit("STa", "", "station", ("C1",)), Unit("STb", "", "help_desk", ("C1",)))

    # The rule and the post name ST1; the relation holds for both.
    assert codes(town(), Split("ST1", halves)) == ["reorganisation.unsettled"] * 2
    outcome = apply(town(), Split("ST1", halves, moves={"R2": "STb", "P1": "STa"}))
    assert outcome.after.rules[1].unit == ("STb", "OFFICE")
    assert [edge.source for edge in outcome.after.relations] == ["STa", "STb", "ST2"]
    assert codes(town(), Split("ST1", halves, moves={"R2": "STB", "P1": "STa"})) == [
        "reorganisation.move",
        "reorganisation.unsettled",
    ]


def test_an_abolished_body_leaves_no_duty_behind() -> None:
    alone = [Rule("R2", "noise", "C1", None, None, ("ST1",))]

    assert codes(town(rules=alone), Abolish("units", "ST1")) == ["reorganisation.unheld"]
    outcome = apply(town(), Abolish("units", "ST1"))
    assert outcome.after.rules[1].unit == ("OFFICE",)
    # What is said of a body ends with it.
    assert not outcome.after.posts
    assert [edge.source for edge in outcome.after.relations] == ["ST2"]
    assert outcome.successors("units", "ST1") == ()


def test_streets_end_and_communities_come_below_their_parents() -> None:
    places = [Place("D", "", "district"), Place("S", "", "street", "D"), *town().places[1:]]
    city = town(levels=["district", "street", "community", "grid"], places=places)
    outcome = apply(city, AbolishLevel("street"))

    assert outcome.after.levels == ("district", "community", "grid")
    assert outcome.after.path("G1") == ("D", "C1", "G1")
    assert outcome.after.units[-1].serves == ("C1", "C2")
    with pytest.raises(ValueError, match="levels"):
        outcome.joined  # noqa: B018 - reading it is the test
    assert codes(city, AbolishLevel("grid")) == ["reorganisation.unknown_level"]


def test_a_village_becomes_a_community_with_a_station() -> None:
    outcome = apply(
        town(),
        VillageToCommunity(
            "C2",
            Place("C2x", "", "community"),
            committee=Unit("RC", "", "residents_committee"),
            villagers_committee="COM2",
            station=Unit("STx", "", "service_station"),
        ),
    )

    place = next(place for place in outcome.after.places if place.id == "C2x")
    assert (place.kind, place.parent, place.population) == ("village_to_community", "S", 200)
    served = {unit.id: unit.serves for unit in outcome.after.units}
    assert served["RC"] == served["STx"] == ("C2x",)
    assert "COM2" not in served
    assert outcome.after.relations[1].target == "RC"


def test_a_duty_moves_with_its_money() -> None:
    step = TransferDuty(("I1",), "OFFICE", "D", 20_000.0, earmarked=True, decided_by="COM1", account="ST1")
    outcome = apply(town(), step)

    assert (outcome.after.items[0].holder, outcome.after.items[0].checklist) == (("OFFICE",), "D")
    assert outcome.after.items[0].transferred_from == "@station"
    transfer = outcome.after.transfers[0]
    assert (transfer.source, transfer.target, transfer.on, transfer.funds_yuan) == (
        "@station",
        "OFFICE",
        DAY,
        20_000,
    )


def test_redrawing_keeps_every_person_and_every_address() -> None:
    places = (
        Place("S", "", "street"),
        Place("N1", "", "community", "S"),
        Place("N2", "", "community", "S"),
        Place("X1", "", "grid", "N1"),
        Place("X2", "", "grid", "N1"),
        Place("X3", "", "grid", "N2"),
    )
    outlines = {"X1": cell(118.0, 118.15), "X2": cell(118.15, 118.25), "X3": cell(118.25, 118.4)}
    outcome = apply(town(), Redraw(places, outlines))
    after = outcome.after

    counts = {place.id: place.population for place in after.places}
    assert counts == {"S": None, "N1": 375, "N2": 125, "X1": 200, "X2": 175, "X3": 125}
    assert sum(counts[grid] or 0 for grid in after.grids) == 500
    assert after.addresses[0].place == "X1"
    # Half of G2, where the building stands, went to X2.
    assert after.premises[0].place in {"X1", "X2"}
    assert outcome.successors("places", "C1") == ("N1",)
    assert outcome.successors("places", "G4") == ("X3",)
    assert all(place.source == "counts shared out by area" for place in after.places if place.population)


def test_redrawing_may_change_the_levels() -> None:
    """Streets and communities make way for quarters; what served a street serves its quarters."""
    places = (
        Place("Q1", "", "quarter"),
        Place("Q2", "", "quarter"),
        Place("N1", "", "grid", "Q1"),
        Place("N2", "", "grid", "Q2"),
    )
    outlines = {"N1": cell(118.0, 118.25), "N2": cell(118.25, 118.4)}
    step = Redraw(places, outlines, levels=("quarter", "grid"), follows={"street": "quarter"})
    city = town(
        units=[Unit("OFFICE", "", "station", ("S",))],
        rules=[Rule("R", None, None, None, None, ("@station",))],
        **dict.fromkeys(("relations", "posts", "checklists", "items", "premises"), ()),
    )
    outcome = apply(city, step)

    assert outcome.after.levels == ("quarter", "grid")
    assert outcome.after.units[0].serves == ("Q1", "Q2")
    assert outcome.after.addresses[0].place == "N1"
    assert outcome.successors("places", "C1") == ()
    assert codes(city, Redraw(places, outlines, levels=("quarter", "grid"))) == ["reorganisation.unheld"]


def test_what_lies_in_a_building_stays_there_when_grids_are_redrawn() -> None:
    wider, grids = town().places[:2], (Place("G1", "", "grid", "C1"), Place("G2", "", "grid", "C1"))
    houses = (Place("H1", "", "building", "G1"), Place("H2", "", "building", "G2"))
    city = town(
        levels=["street", "community", "grid", "building"],
        partition="grid",
        places=[*wider, *grids, *houses],
        geometries={"G1": cell(118.0, 118.1), "G2": cell(118.1, 118.2)},
        units=[Unit("OFFICE", "", "station", ("S",))],
        rules=[Rule("R", None, None, None, None, ("@station",))],
        addresses=[
            Address("A1", "H1", number="1", lon=118.05, lat=32.05),
            Address("A2", "H2", number="2"),
            Address("A3", "G2", number="3", lon=118.11, lat=32.05),
        ],
        **dict.fromkeys(("relations", "posts", "checklists", "items", "premises"), ()),
    )
    new = (Place("X1", "", "grid", "C1"), Place("X2", "", "grid", "C1"))
    moved = tuple(replace(house, parent=grid.id) for house, grid in zip(houses, new, strict=True))
    drawn = {"X1": cell(118.0, 118.12), "X2": cell(118.12, 118.2)}
    outcome = apply(city, Redraw((*wider, *new, *moved), drawn))

    assert [address.place for address in outcome.after.addresses] == ["H1", "H2", "X1"]
    assert outcome.successors("places", "H1") == ("H1",)
    assert codes(city, Redraw((*wider, *new, moved[0]), drawn)) == ["reorganisation.unheld"]


def test_a_place_moves_to_another_parent() -> None:
    outcome = apply(town(), Move("G2", "C2"))
    assert outcome.after.path("G2") == ("S", "C2", "G2")
    counts = {place.id: place.population for place in outcome.after.places}
    assert (counts["C1"], counts["C2"]) == (100, 400)


def test_outlines_of_wider_places_follow_their_grids() -> None:
    drawn = town_outlines() | {"C1": cell(118.0, 118.2), "C2": cell(118.2, 118.4)}
    for step in (Move("G2", "C2"), Merge(("G2", "G3"), Place("G23", "", "grid", "C2"))):
        outcome = apply(town(geometries=drawn), step)
        outlines = {name: shapely.from_wkb(wkb).bounds for name, wkb in outcome.after.outlines}
        assert outlines == {
            "C1": (118.0, 32.0, pytest.approx(118.1), 32.1),
            "C2": (pytest.approx(118.1), 32.0, 118.4, 32.1),
        }
        counts = {place.id: place.population for place in outcome.after.places}
        assert (counts["C1"], counts["C2"]) == (100, 400)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Merge(("ST1",), Unit("ST", "", "station")), "reorganisation.merge"),
        (Merge(("ST1", "ST9"), Unit("ST", "", "station")), "reorganisation.unknown"),
        (Merge(("ST1", "ST2"), Unit("OFFICE", "", "station")), "reorganisation.id_taken"),
        (Merge(("C1", "G3"), Place("X", "", "grid")), "reorganisation.merge"),
        (Abolish("places", "G1"), "reorganisation.abolish"),
        (Abolish("unit", "ST1"), "reorganisation.unknown_part"),
        (Abolish("rules", "R9"), "reorganisation.unknown"),
        (Establish("units", Rule("R", None, None, None, None, ("ST1",))), "reorganisation.establish"),
        (Establish("units", Unit("ST1", "", "station")), "reorganisation.establish"),
        (Move("G1", "C9"), "reorganisation.unknown"),
        (TransferDuty(("I9",), "OFFICE"), "reorganisation.unknown"),
        (Redraw((Place("S", "", "street"),), {}), "reorganisation.redraw"),
        ("a step", "reorganisation.step"),
    ],
)
def test_a_step_that_does_not_work_out_says_so(step: Any, code: str) -> None:
    assert codes(town(), step) == [code]


def test_faults_of_all_steps_come_at_once() -> None:
    with pytest.raises(CityError) as caught:
        apply(town(), Move("G9", "C1"), Abolish("rules", "R3"), Move("G1", "C9"))
    assert [fault.place for fault in caught.value.faults] == [
        "step 1 (Move)",
        "step 2 (Abolish)",
        "step 3 (Move)",
    ]
    assert 'did you mean "R1"' in caught.value.faults[1].hint


def test_differences_in_words() -> None:
    outcome = apply(town(), Merge(("ST1", "ST2"), Unit("ST", "大站", "station")), Move("G2", "C2"))
    words = [str(change) for change in outcome.changes()]
    assert words[:6] == [
        'place "C1" changed: population 300 -> 100',
        'place "C2" changed: population 200 -> 400',
        'place "G2" changed: parent C1 -> C2',
        'unit "ST1" removed',
        'unit "ST2" removed',
        'unit "ST" 大站 added',
    ]
    assert 'rule "R2" changed: unit ST1;OFFICE -> ST;OFFICE' in words


def test_a_vertex_more_is_no_difference() -> None:
    finer = town(
        geometries=town_outlines() | {"G1": shapely.segmentize(shapely.box(118.0, 32, 118.1, 32.1), 0.03).wkb}
    )
    assert not diff(town(), finer)
    wider = town(geometries=town_outlines() | {"G4": cell(118.3, 118.41)})
    assert [(change.key, round(change.moved_m2 / 1e6)) for change in diff(town(), wider)] == [("G4", 10)]


def test_voids_settings_and_areas_of_layers_are_compared() -> None:
    lake, beat = cell(118.4, 118.5), cell(118.0, 118.2)
    parts = {"layers": [Layer("police", "")], "voids": [Void("lake", lake)]}
    before = town(**parts, layer_areas=[LayerArea("B1", "", "police", wkb=beat)])
    finer = shapely.segmentize(shapely.from_wkb(beat), 0.05).wkb
    assert not diff(before, town(**parts, layer_areas=[LayerArea("B1", "", "police", wkb=finer)]))

    wider = [LayerArea("B1", "", "police", wkb=cell(118.0, 118.3))]
    after = town(
        layers=parts["layers"], layer_areas=wider, severities={"geometry.t_junction": "off"}, preset="QINGHE"
    )
    found = diff(before, after)
    assert [(change.part, change.key, change.kind) for change in found] == [
        ("city", "severities", "changed"),
        ("city", "preset", "changed"),
        ("voids", "lake", "removed"),
        ("layer_areas", "B1", "changed"),
    ]
    assert round(found[-1].moved_m2 / 1e6) == 105
    assert "b'" not in str(found[-1])


def town_outlines() -> dict[str, bytes]:
    city = town()
    return dict(zip(city.grids, city.geometries, strict=True))


def test_small_counts_of_people_stay_out_of_words() -> None:
    counts = (("population", 1200, 3), ("households", 0, None))
    change = Change("places", "G", "changed", fields=counts)
    assert str(change) == 'place "G" changed: population 1,200 -> fewer than 10; households 0 -> none'
    assert change.fields == counts
