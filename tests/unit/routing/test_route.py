"""Single events: every status, its precedence, and what a place above the grids comes to."""

from __future__ import annotations

import dataclasses
import itertools
import math
import pickle
import subprocess
import sys
from types import MappingProxyType

import pytest

from gov_core.city import Limit, Rule, Unit
from gov_core.errors import CoverageError, EventError, IndexFileError, RuleError
from gov_core.routing import GridIndex, ReferenceRouter, Route, Router, convert

INSIDE = {"lon": 118.05, "lat": 32.05}
SOUND = {**INSIDE, "matter": "noise", "grade": "normal"}


@pytest.fixture(scope="module", params=[Router, ReferenceRouter])
def either(request, city):
    return request.param.compile(city)


def test_a_routed_event(either):
    assert either.route(SOUND) == Route(
        place="G1",
        path="S1/C1/G1",
        unit="station-1",
        rule="any-noise",
        assist=(),
        respond_within=None,
        resolve_within=Limit(5, "working_day"),
        status="routed",
    )


def test_assistants_and_both_limits(either):
    route = either.route(**INSIDE, matter="pipes")
    assert (route.unit, route.assist) == ("water", ("station-1",))
    assert (route.respond_within, route.resolve_within) == (Limit(2, "urgent_hour"), None)


def test_the_unit_that_serves_lowest_is_nearest(either):
    assert either.route(lon=118.25, lat=32.05, matter="noise").unit == "post-2"
    assert either.route(lon=118.35, lat=32.05, matter="noise").unit == "station-2"


def test_a_rule_that_finds_nobody_lets_the_next_decide(either):
    at_home, elsewhere = ({"lon": lon, "lat": 32.05, "matter": "leak"} for lon in (118.05, 118.15))
    assert (either.route(at_home).unit, either.route(at_home).rule) == ("estate", "leak-at-home")
    assert (either.route(elsewhere).unit, either.route(elsewhere).rule) == ("water", "pipes")


BAD = {"lon": math.nan}
STATUSES = [
    (BAD, "bad_coordinate"),
    ({"place": "nowhere"}, "unknown_place"),
    ({"lon": None}, "no_location"),
    ({"lon": 119.0}, "out_of_area"),
    ({"matter": "nose"}, "unknown_matter"),
    ({"grade": "awful"}, "unknown_grade"),
    ({"asset": "bench"}, "unknown_asset"),
    ({"matter": "fire"}, "no_rule"),
]


@pytest.mark.parametrize(("change", "status"), STATUSES)
def test_each_status(either, change, status):
    route = either.route({**SOUND, **change})
    assert route.status == status
    assert route.unit is route.rule is route.respond_within is route.resolve_within is None
    assert (route.place is not None) == (
        status in {"unknown_matter", "unknown_grade", "unknown_asset", "no_rule"}
    )
    assert route.reason


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(STATUSES, 2)))
def test_the_first_of_two_faults_is_the_status(either, first, second):
    (earlier, status), (later, _) = first, second
    assert either.route({**SOUND, **later, **earlier}).status == status


@pytest.mark.parametrize("lon", [math.nan, math.inf, -math.inf, 180.00001, -181, 1e308])
@pytest.mark.parametrize("place", [None, "G1"])
def test_a_bad_coordinate_is_bad_even_beside_a_place(either, lon, place):
    assert either.route(lon=lon, lat=32.05, place=place, matter="noise").status == "bad_coordinate"
    assert either.route(lon=lon, matter="noise", place=place).status == "bad_coordinate"


def test_missing_means_none_or_not_there_or_empty(either):
    empty = {"place": "", "asset": "", "grade": "", "crs": ""}
    assert either.route({**SOUND, **empty}) == either.route({**SOUND, **dict.fromkeys(empty)})
    assert either.route(matter="noise").status == "no_location"
    assert either.route({**SOUND, "matter": ""}).status == "unknown_matter"
    assert either.route({**SOUND, "matter": None}).status == "unknown_matter"


def test_without_a_grade_only_rules_for_any_grade_apply(either):
    assert either.route(**INSIDE, matter="noise", grade="urgent").rule == "urgent-noise"
    assert either.route(**INSIDE, matter="noise").rule == "any-noise"


def test_a_place_wins_over_coordinates(either):
    assert either.route({**SOUND, "place": "G4"}).path == "S2/C3/G4"
    assert either.route(place="G4", matter="noise").unit == "station-2"
    assert either.route({**SOUND, "lon": 0.0, "place": "G4"}).unit == "station-2"


def test_a_wide_place_is_enough_where_all_its_grids_agree(either):
    route = either.route(place="C1", matter="noise")
    assert (route.place, route.path, route.unit, route.status) == ("C1", "S1/C1", "station-1", "routed")
    split = either.route(place="S1", matter="noise")
    assert (split.place, split.unit, split.status) == ("S1", None, "no_location")
    assert either.route(place="S1", matter="fire").status == "no_rule"
    assert either.route(place="S1", matter="nose").status == "unknown_matter"
    assert either.route(place="S1", asset="main", matter="fire").unit == "water"


def test_a_city_without_grades_or_assets_looks_at_neither(make):
    rules = [Rule("R", None, None, None, None, ("water",))]
    plain = make(grades=None, asset_classes=(), rules=rules)
    for kind in (Router, ReferenceRouter):
        assert kind.compile(plain).route({**SOUND, "grade": "awful", "asset": "bench"}).status == "routed"


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("kind", [Router, ReferenceRouter])
def test_coordinates_in_another_system_are_converted(make, crs, kind):
    router = kind.compile(make(crs="GCJ-02"))
    # In GCJ-02 a hair west of the border between G1 and G2.
    lon, lat = convert(118.1 - 1e-5, 32.05, source="GCJ-02", target=crs)
    assert router.route(lon=lon, lat=lat, crs=crs, matter="noise").place == "G1"
    lon, lat = convert(118.1 + 1e-5, 32.05, source="GCJ-02", target=crs)
    assert router.route(lon=lon, lat=lat, crs=crs, matter="noise").place == "G2"


def test_an_unknown_system_is_a_bad_coordinate(either):
    assert either.route({**SOUND, "crs": "EPSG:3857"}).status == "bad_coordinate"
    assert either.route({**SOUND, "crs": "gcj-02"}).status == "bad_coordinate"
    assert either.route(place="G1", crs="EPSG:3857", matter="noise").status == "routed"


def test_borders_belong_to_the_east(either):
    assert either.route(lon=118.1, lat=32.05, matter="noise").place == "G2"
    assert either.route(lon=118.4, lat=32.05, matter="noise").place == "G4"


def test_events_come_as_any_mapping(router):
    assert router.route(MappingProxyType(SOUND)) == router.route(SOUND) == router.route(**SOUND)
    with pytest.raises(TypeError, match="mapping"):
        router.route([1])


def test_wrong_types_are_refused_all_at_once(router):
    with pytest.raises(EventError) as caught:
        router.route(lon="118", lat=[], matter=1.5, grade=b"urgent")
    assert [fault.place for fault in caught.value.faults] == ["lon", "lat", "matter", "grade"]
    assert {fault.code for fault in caught.value.faults} == {"event.wrong_type"}


def test_integers_stand_for_their_decimal_text(make):
    from gov_core.city import Matter

    rules = [Rule("R", "101", None, None, None, ("water",))]
    router = Router.compile(make(matters=[Matter("101", ""), Matter("007", "")], rules=rules))
    assert router.route(**INSIDE, matter=101).rule == "R"
    assert router.route(**INSIDE, matter="101").rule == "R"
    assert router.route(**INSIDE, matter=7).status == "unknown_matter"


def test_routes_are_values(router):
    route = router.route(SOUND)
    assert pickle.loads(pickle.dumps(route)) == route
    assert hash(route) == hash(router.route(SOUND))
    with pytest.raises(AttributeError):
        route.unit = "me"  # type: ignore[misc]


def test_conflicts_are_refused_with_a_witness(make, city):
    again = Rule("again", "noise", None, None, None, ("water",), line=7)
    with pytest.raises(RuleError) as caught:
        Router.compile(make(rules=[*city.rules, again]))
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("rule.conflict", "rules.csv:7")
    assert 'rule "again" contradicts rule "any-noise"' in fault.message
    assert 'matter "noise"' in fault.message


def test_ties_are_refused_with_both_units(make, city):
    with pytest.raises(RuleError, match=r"rule\.tie.*@station.*\"station-1\" and \"second\" serve \"S1\""):
        Router.compile(make(units=[*city.units, Unit("second", "", "station", ("S1",))]))


def test_odd_rules_are_warnings(make, city):
    repeated = dataclasses.replace(city.rules[0], id="repeated", line=9)
    crossing = Rule("crossing", None, "C1", None, None, ("water",))
    router = Router.compile(make(rules=[*city.rules, repeated, crossing]))
    assert {warning.code for warning in router.warnings} >= {"rule.duplicate", "rule.crossing"}
    assert "rules.csv:9" in {warning.place for warning in router.warnings}


def test_overlaps_are_refused_with_ids(make, city):
    geometries = dict(zip(city.grids, city.geometries, strict=True)) | {"G2": city.geometries[0]}
    with pytest.raises(CoverageError, match=r"G1.*G2"):
        Router.compile(make(geometries=geometries))


def test_an_index_of_another_city_is_refused(city):
    with pytest.raises(ValueError, match="the index has 1 grids, the city 4"):
        Router.compile(city, index=GridIndex.build(city.geometries[:1]))
    for other in ({"ids": city.grids[::-1]}, {"ids": city.grids, "digest": "another"}):
        with pytest.raises(IndexFileError, match=r"index_file\.other_city"):
            Router.compile(city, index=GridIndex.build(city.geometries, **other))


def test_an_index_may_be_shared(city, router):
    assert Router.compile(city, index=router.index).route(SOUND) == router.route(SOUND)


def test_a_router_pickles(router):
    copy = pickle.loads(pickle.dumps(router))
    assert copy.route(SOUND) == router.route(SOUND)
    assert (copy.digest, copy.warnings, copy.matters) == (router.digest, router.warnings, router.matters)


def test_the_digest_is_that_of_the_answers(make, city, router):
    assert router.digest == Router.compile(make()).digest
    assert router.digest != Router.compile(make(rules=city.rules[:-1])).digest
    assert city.digest in router.digest


def test_the_reference_never_loads_the_extension():
    code = """
import sys
from types import SimpleNamespace as Thing
sys.modules["gov_core._core"] = None  # importing it fails now
import arro3.core as arrow
import shapely
from gov_core.routing import ReferenceRouter

rule = Thing(id="R", matter="noise", area=None, asset=None, grade=None, unit=("@station",), assist=(),
             except_areas=(), except_assets=(), except_matters=(), respond_within=None,
             resolve_within="5 working_day")
city = Thing(name="", crs="EPSG:4326", grades=None, asset_classes=(), addresses=(), assets=(),
             effective_rules=(rule,),
             grids=("G",), places=(Thing(id="S", parent=None), Thing(id="G", parent="S")),
             geometries=(shapely.box(118, 32, 119, 33).wkb,), matters=(Thing(code="noise", parent=None),),
             units=(Thing(id="U", kind="station", serves=("S",)),))
router = ReferenceRouter.compile(city)
assert router.route(lon=118.5, lat=32.5, matter="noise").unit == "U"
events = arrow.Table.from_pydict({"place": arrow.Array(["G"], arrow.DataType.utf8()),
                                  "matter": arrow.Array(["noise"], arrow.DataType.utf8())})
assert router.route_batch(events)["path"].to_pylist() == ["S/G"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)
