"""Events with addresses: which of place, address and coordinates wins, and what if they disagree."""

from __future__ import annotations

import pickle

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import shapely

from gov_core.city import City, Matter, Place, Rule, Unit
from gov_core.errors import EventError
from gov_core.places import Address
from gov_core.routing import Router

HOUSE = Address("A1", "G1", road="柳湾路", number="12号", estate=("阳光花园",))
FAR = Address("A2", "G4", road="柳湾路", number="14号")
TWINS = (Address("A3", "G1", road="云水路", number="1"), Address("A4", "G3", road="云水路", number="1"))


@pytest.fixture(scope="module")
def addressed(make) -> Router:
    return Router.compile(make(addresses=[HOUSE, FAR, *TWINS]))


def test_an_address_is_enough(addressed):
    route = addressed.route(address="柳湾路１２号三楼", matter="noise")
    assert (route.place, route.unit, route.status) == ("G1", "station-1", "routed")
    assert (route.located_by, route.disagree_m) == ("address", None)


def test_an_address_wins_over_coordinates_and_says_how_far_they_are_off(addressed):
    inside = addressed.route(address="柳湾路12号", lon=118.05, lat=32.05, matter="noise")
    assert (inside.place, inside.located_by, inside.disagree_m) == ("G1", "address", 0)
    border = addressed.route(address="柳湾路12号", lon=118.1, lat=32.05, matter="noise")
    assert (border.place, border.disagree_m) == ("G1", pytest.approx(0, abs=1e-6))
    beside = addressed.route(address="柳湾路12号", lon=118.11, lat=32.05, matter="noise")
    # 0.01 degrees of longitude at 32.05 degrees north.
    assert (beside.place, beside.disagree_m) == ("G1", pytest.approx(944.2, rel=1e-3))
    outside = addressed.route(address="柳湾路12号", lon=117.99, lat=32.05, matter="noise")
    assert (outside.place, outside.status) == ("G1", "routed")
    assert outside.disagree_m == pytest.approx(944.2, rel=1e-3)


def test_the_point_is_converted_before_it_is_measured(addressed):
    point = {"lon": 118.1050, "lat": 32.05, "matter": "noise"}
    as_it_is = addressed.route(address="柳湾路12号", **point).disagree_m
    converted = addressed.route(address="柳湾路12号", crs="GCJ-02", **point).disagree_m
    assert as_it_is == pytest.approx(472, abs=1)
    assert converted == 0  # GCJ-02 lies some 500 m east of WGS-84 there


def test_a_place_wins_over_the_address(addressed):
    route = addressed.route(place="G3", address="柳湾路12号", lon=118.05, lat=32.05, matter="noise")
    assert (route.place, route.located_by, route.disagree_m) == ("G3", "place", None)
    unknown = addressed.route(place="nowhere", address="柳湾路12号", matter="noise")
    assert (unknown.status, unknown.place, unknown.located_by) == ("unknown_place", None, None)


@pytest.mark.parametrize("address", ["", None, "云水路1号", "柳湾路12号对面", "白鹭路1号"])
def test_without_an_answer_the_coordinates_count(addressed, address):
    route = addressed.route(address=address, lon=118.25, lat=32.05, matter="noise")
    assert (route.place, route.located_by, route.disagree_m) == ("G3", "coordinates", None)
    assert addressed.route(address=address, matter="noise").status == "no_location"


@pytest.fixture(scope="module")
def built() -> Router:
    """A city with buildings below its grids: two of one number in W, one of another in W and one in E."""
    outlines = {
        "W": shapely.box(118.0, 32.0, 118.1, 32.1).wkb,
        "E": shapely.box(118.1, 32.0, 118.2, 32.1).wkb,
    }
    rows = [("B1", "1", "1幢"), ("B2", "1", "2幢"), ("B2", "3", "1幢"), ("B3", "3", "2幢")]
    return Router.compile(
        City.from_parts(
            name="buildings",
            levels=["grid", "building"],
            partition="grid",
            places=[
                *(Place(grid, "", "grid") for grid in outlines),
                *(Place(one, "", "building", grid) for one, grid in (("B1", "W"), ("B2", "W"), ("B3", "E"))),
            ],
            geometries=outlines,
            units=[Unit("U", "", "station", ("W", "E"))],
            matters=[Matter("noise", "")],
            rules=[Rule("R", None, None, None, None, ("U",))],
            addresses=[
                Address(f"{place}-{number}", place, road="柳湾路", number=number, building=building)
                for place, number, building in rows
            ],
        )
    )


def test_several_buildings_of_one_grid_are_in_that_grid(built: Router) -> None:
    both = built.route(address="柳湾路1号", lon=118.15, lat=32.05, matter="noise")
    assert (both.place, both.located_by) == ("W", "address")
    assert both.disagree_m > 4000
    assert built.route(address="柳湾路1号2幢", matter="noise").place == "B2"
    assert built.route(address="柳湾路3号", matter="noise").status == "no_location"
    assert built.route(address="柳湾路1号旁边", matter="noise").status == "no_location"
    assert '"B1-1", "B2-1" in W' in str(built.explain(address="柳湾路1号", matter="noise"))
    again = pickle.loads(pickle.dumps(built))
    events = pa.table({"id": ["1", "2"], "address": ["柳湾路1号", "柳湾路3号"], "matter": ["noise"] * 2})
    assert again.route_batch(events)["place"].to_pylist() == ["W", None]


def test_statuses_keep_their_meaning(addressed):
    bad = addressed.route(address="柳湾路12号", lon=float("nan"), lat=32.05, matter="noise")
    assert (bad.status, bad.place, bad.located_by) == ("bad_coordinate", None, None)
    assert addressed.route(address="柳湾路12号", matter="unheard").status == "unknown_matter"
    assert addressed.route(address="白鹭路", lon=10, lat=32, matter="noise").status == "out_of_area"


def test_events_without_the_field_are_as_ever(addressed, router):
    event = {"lon": 118.05, "lat": 32.05, "matter": "noise", "grade": "normal"}
    assert addressed.route(event) == router.route(event)
    table = pl.DataFrame([event])
    assert addressed.route_batch(table).columns == router.route_batch(table).columns


def test_a_city_without_addresses_passes_them_through(router):
    event = {"lon": 118.05, "lat": 32.05, "matter": "noise", "grade": "normal", "address": "柳湾路12号"}
    assert router.route(event).located_by is None
    routed = router.route_batch(pl.DataFrame([event]))
    assert routed["address"].to_list() == ["柳湾路12号"]
    assert "located_by" not in routed.columns


ROWS = {
    "lon": [118.11, None, 118.25, None],
    "lat": [32.05, None, 32.05, None],
    "matter": ["noise"] * 4,
    "grade": ["normal"] * 4,
    "place": [None, "", "G2", None],
    "address": ["柳湾路12号", "柳湾路14号", "柳湾路12号", "白鹭路"],
}


@pytest.mark.parametrize(
    "kind",
    [
        pl.DataFrame,
        pd.DataFrame,
        pa.table,
        lambda rows: pa.record_batch(pa.table(rows).to_batches()[0].columns, names=list(rows)),
        lambda rows: pl.DataFrame(rows).with_columns(pl.col("address").cast(pl.Categorical)),
    ],
)
def test_tables_of_all_kinds(addressed, kind):
    routed = addressed.route_batch(kind(ROWS))
    assert type(routed) is type(kind(ROWS))
    columns = pa.table(pl.DataFrame(routed)).to_pydict()
    assert columns["place"] == ["G1", "G4", "G2", None]
    assert columns["located_by"] == ["address", "address", "place", None]
    assert columns["disagree_m"] == [pytest.approx(944.2, rel=1e-3), None, None, None]
    assert columns["address"] == ROWS["address"]
    assert columns["status"] == ["routed", "routed", "routed", "no_location"]


def test_a_table_may_have_addresses_alone(addressed):
    routed = addressed.route_batch(
        pl.DataFrame({"matter": ["noise"], "grade": [""], "address": ["阳光花园"]})
    )
    assert routed["place"].to_list() == ["G1"]
    assert routed["disagree_m"].to_list() == [None]


def test_streams_have_one_schema(addressed):
    batches = [pl.DataFrame(ROWS), pl.DataFrame(ROWS).head(0), pl.DataFrame(ROWS).tail(1)]
    assert len({tuple(batch.schema.items()) for batch in addressed.route_stream(batches)}) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda router: router.route(address=12, matter="noise"),
        lambda router: router.route_batch(
            pl.DataFrame({"matter": ["noise"], "grade": [""], "address": [12]})
        ),
    ],
)
def test_an_address_is_text(addressed, call):
    with pytest.raises(EventError) as caught:
        call(addressed)
    assert [fault.code for fault in caught.value.faults] == ["event.wrong_type"]


def test_names_of_answers_are_taken(addressed, router):
    table = pl.DataFrame({"place": ["G1"], "matter": ["noise"], "grade": [""], "located_by": ["hand"]})
    with pytest.raises(EventError, match="located_by"):
        addressed.route_batch(table)
    assert router.route_batch(table)["located_by"].to_list() == ["hand"]


def test_other_columns_of_a_wrong_type_are_refused_as_ever(addressed):
    table = pl.DataFrame({"place": [1.5], "matter": ["noise"], "grade": [""], "address": ["阳光花园"]})
    with pytest.raises(EventError, match='"place" is'):
        addressed.route_batch(table)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"address": "柳湾路１２号"}, 'address "柳湾路12号" is row "A1" in S1 > C1 > G1'),
        (
            {"address": "柳湾路12号", "lon": 118.11, "lat": 32.05},
            "the point (118.11, 32.05) lies 944 m outside of that grid",
        ),
        ({"address": "云水路1号"}, 'the address fits rows in several places: "A3", "A4"'),
        ({"address": "柳湾路12号对面"}, 'the address is beside another ("对面"), not at it: "A1"'),
        ({"address": "白鹭路1号"}, "no row of the address table fits the address"),
        ({"address": "白鹭路1号", "place": "G3"}, 'place "G3" is S1 > C2 > G3'),
    ],
)
def test_explanations_tell_what_became_of_the_address(addressed, event, said):
    explanation = addressed.explain(event | {"matter": "noise"})
    assert said in str(explanation).splitlines()
    assert explanation.route == addressed.route(event | {"matter": "noise"})


def test_a_router_pickles_with_its_addresses(addressed):
    copy = pickle.loads(pickle.dumps(addressed))
    event = {"address": "阳光花园", "lon": 118.11, "lat": 32.05, "matter": "noise"}
    assert copy.route(event) == addressed.route(event)


def test_the_digest_knows_the_addresses(make, city):
    one = make(addresses=[HOUSE])
    moved = make(addresses=[Address("A1", "G2", road="柳湾路", number="12号", estate=("阳光花园",))])
    renamed = make(addresses=[Address("other id", "G1", road="柳湾路", number="12号", estate=("阳光花园",))])
    assert len({city.digest, one.digest, moved.digest}) == 3
    assert renamed.digest == one.digest
