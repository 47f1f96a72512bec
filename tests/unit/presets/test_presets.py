"""What holds for every preset: it loads, is sound, answers everything, and says where its values are from."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
import shapely

from gov_core import presets
from gov_core.checker import check
from gov_core.city import City
from gov_core.city._sheets import SHEETS
from gov_core.errors import PresetError
from gov_core.fields import Standing
from gov_core.generate import generate_events
from gov_core.presets._tables import rows_of
from gov_core.routing import Router

NOT_PAPER = ("负面清单", "督办", "网格长", "人群管理", "社会管控", "舆情研判", "重点人员")
"""Words that no paper has, and what is about people who are watched (A.0, A.0.2)."""

SMALL = {
    "GUIYANG": {"districts": 1, "communities": 1, "neighbourhoods": 2},
    "QINGHE": {"streets": 1, "communities": 1, "grids": 5, "buildings": 1},
    "QINHUAI": {"streets": 1, "communities": 1, "grids": 3, "buildings": 1},
}
"""Districts in which all that options add is still there, and which are made in no time."""


@pytest.fixture(scope="module", params=presets.NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def city(name):
    return presets.load(name)


@pytest.fixture(scope="module")
def full(name):
    """The preset with all of its options on."""
    return presets.load(name, options=[option.name for option in presets.describe(name).options])


def rows(city):
    return [(sheet.part, row) for sheet in SHEETS for row in city.rows(sheet.part)]


def added(more, city):
    """What an option adds; the powers of a kind go to each body of it, and are nothing the option adds."""
    before = Counter(rows(city))
    return [
        row
        for part, row in Counter(rows(more)) - before
        if hasattr(row, "standing") and not (part == "grants" and row.standing == "practised")
    ]


def test_it_checks_without_an_error(city, full):
    for one in (city, full):
        assert [finding for finding in check(one) if finding.severity == "error"] == []


def test_it_is_held_to_its_hard_rules(name, city):
    assert city.preset == name
    assert city.hard_rules == presets.describe(name).hard_rules != ()


def test_a_folder_of_it_loads_as_the_same_city(city, tmp_path):
    city.save(tmp_path)
    assert City.load(tmp_path) == city


def test_it_routes_every_event_inside_the_area(city, full):
    for one, events in ((city, 100_000), (full, 10_000)):
        routed = Router.compile(one).route_batch(generate_events(one, events))
        status = Counter(routed.column("status").to_pylist())
        assert status.keys() <= {"routed", "out_of_area", "no_location", "bad_coordinate"}
        assert status["routed"] > 0.9 * events
        ground = shapely.union_all(shapely.from_wkb(list(one.geometries)))
        left = routed.select(["lon", "lat", "status"]).to_struct_array().to_pylist()
        strays = [(row["lon"], row["lat"]) for row in left if row["status"] == "out_of_area"]
        assert not shapely.contains_xy(ground, *zip(*strays, strict=True)).any()


def test_every_value_says_where_it_is_from(city, full):
    for one in (city, full):
        for part, row in rows(one):
            source = getattr(row, "origin", "") or getattr(row, "source", "")
            standing = getattr(row, "standing", None)
            if part in {
                "addresses",
                "layer_areas",
                "layers",
                "premises",
                "assets",
                "asset_classes",
                "item_limits",
            }:
                continue
            assert source, row
            assert standing in get_args(Standing), row


def test_what_is_only_recommended_is_an_option_that_is_off(name, city, full):
    if presets.describe(name).proposal:
        return
    assert {row.standing for _, row in rows(city) if hasattr(row, "standing")} <= {"practised", None}
    assert {row.standing for row in added(full, city)} <= {"recommended", "background"}


def test_each_option_adds_what_it_says_it_carries(name):
    bare = presets.load(name, **SMALL.get(name, {}))
    for option in presets.describe(name).options:
        carried = {
            source
            for row in added(presets.load(name, options=[option.name], **SMALL.get(name, {})), bare)
            for source in (getattr(row, "origin", "") or getattr(row, "source", "")).split(";")
        }
        assert carried == set(option.sources), option.name


def test_it_carries_a_body_a_matter_and_a_rule_of_its_paper(name, city):
    letter = {"000": "QYJLDZ", "001": "G", "002": "N", "003": "H", "004": "S"}[presets.describe(name).paper]
    for part in ("units", "matters"):
        assert any(row.source[:1] in letter for row in getattr(city, part)), part
    assert any(row.source[:1] in letter for row in (*city.rules, *city.items))


def test_it_keeps_out_what_no_paper_says_and_what_is_about_people(name):
    for sheet in SHEETS:
        for row in rows_of(name.lower(), sheet.part):
            texts = [text for column, text in row.items() if column != "note"]
            assert not [word for word in NOT_PAPER for text in texts if text and word in text], row


def test_generated_places_say_so(city):
    for place in city.places:
        assert place.source, place
        if place.source == "generated":
            assert "生成" in place.name or place.parent is not None


def test_the_same_seed_gives_the_same_city_and_another_seed_another(name, city):
    assert presets.load(name) == city
    other = presets.load(name, seed=2)
    assert other.geometries != city.geometries
    assert [place.id for place in other.places] == [place.id for place in city.places]


def test_every_column_of_the_tables_is_known_and_every_option_used(name):
    options = {option.name for option in presets.describe(name).options}
    used = {row.get("option") for sheet in SHEETS for row in rows_of(name.lower(), sheet.part)}
    assert used - {None, ""} == options


def test_an_unknown_preset_or_parameter_is_refused_with_a_hint():
    with pytest.raises(PresetError) as caught:
        presets.load("QINGHEE")
    assert [(fault.code, fault.hint) for fault in caught.value.faults] == [
        ("preset.unknown", 'did you mean "QINGHE"?')
    ]
    with pytest.raises(PresetError) as caught:
        presets.load("QINGHE", street=7, colour="red")
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("preset.unknown_parameter", "QINGHE.street"),
        ("preset.unknown_parameter", "QINGHE.colour"),
    ]
    with pytest.raises(PresetError):
        presets.describe("qinghe")


@pytest.mark.parametrize("name", presets.NAMES)
def test_ground_that_cannot_be_drawn_is_refused(name):
    with pytest.raises(PresetError) as caught:
        presets.load(name, km2=float("nan"), centre=(181, 71), seed=-1)
    assert [fault.place for fault in caught.value.faults] == [
        f"{name}.{parameter}" for parameter in ("km2", "seed", "centre[0]", "centre[1]")
    ]
    with pytest.raises(PresetError, match="not a longitude and a latitude"):
        presets.load(name, centre=119.0)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("QINGHE", {"streets": 1, "communities": 1, "grids": 7, "buildings": 0}),
        ("QINGHE_PROPOSAL", {"communities": 1, "grids": 1}),
        ("QINGBO", {"communities": 1, "stations": 1}),
        ("QINHUAI", {"streets": 1, "communities": 1, "grids": 1, "buildings": 0}),
        ("SHANDONG", {"streets": 2, "closed": 0, "old": 2, "high_end": 0, "village_to_community": 0}),
        ("SHANDONG", {"streets": 1, "closed": 1, "old": 0, "high_end": 0, "village_to_community": 0}),
        ("YANTIAN_2002", {"streets": 1, "communities": 1}),
        ("YANTIAN_2004", {"streets": 1, "communities": 1}),
        ("JIANYE", {"streets": 1, "communities": 1}),
        ("ZHABEI_2005", {"streets": 1, "communities": 1}),
        ("LUOHU", {"streets": 1, "communities": 1}),
        ("GUIYANG", {"districts": 1, "communities": 1, "neighbourhoods": 1}),
    ],
)
def test_the_smallest_district_is_a_sound_city_too(name, parameters):
    city = presets.load(name, **parameters)
    assert [finding for finding in check(city) if finding.severity == "error"] == []
    routed = Router.compile(city).route_batch(generate_events(city, 1_000))
    assert "no_rule" not in routed.column("status").to_pylist()


def test_an_option_that_needs_a_level_is_refused_without_it():
    with pytest.raises(PresetError, match="compound managers have buildings"):
        presets.qinghe(buildings=0, options=["compound_managers"])
