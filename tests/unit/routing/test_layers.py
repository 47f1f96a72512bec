"""Layers of a city beside its grids: one point, many points, columns of a routed table."""

import pickle
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from gov_core.city import City, Matter, Place, Rule, Unit
from gov_core.errors import EventError, GeometryError
from gov_core.places import Layer, LayerArea
from gov_core.routing import Layers, Router, convert, layers_of

AREAS = {
    "beats": {"B1": box(119.0, 33.0, 119.1, 33.1), "B2": box(119.1, 33.0, 119.2, 33.1)},
    "parks": {
        "P1": shapely.Point(119.08, 33.05).buffer(0.04),
        "P2": shapely.Point(119.12, 33.05).buffer(0.04),
        "P3": box(119.19, 33.09, 119.3, 33.2),
    },
}


def city_of(**others: Any) -> City:
    parts: dict[str, Any] = {
        "name": "test",
        "levels": ["community", "grid"],
        "places": [
            Place("C", "", "community"),
            Place("W", "", "grid", "C"),
            Place("E", "", "grid", "C"),
        ],
        "geometries": {"W": AREAS["beats"]["B1"].wkb, "E": AREAS["beats"]["B2"].wkb},
        "units": [Unit("U", "", "station", ("C",))],
        "matters": [Matter("M", "")],
        "rules": [Rule("R", None, None, None, None, ("@station",))],
        "layers": [Layer("beats", "", "police_beat"), Layer("parks", "", "park", overlaps=True)],
        "layer_areas": [
            LayerArea(name, "", layer, None, area.wkb)
            for layer, areas in AREAS.items()
            for name, area in areas.items()
        ],
    }
    return City.from_parts(**(parts | others))


CITY = city_of()
LAYERS = layers_of(CITY)
LON, LAT = st.floats(118.95, 119.35), st.floats(32.95, 33.25)


@given(LON, LAT)
def test_a_point_is_in_what_shapely_says(lon: float, lat: float) -> None:
    point = shapely.Point(lon, lat)

    assert LAYERS.at(lon, lat) == {
        layer: tuple(name for name, area in areas.items() if area.intersects(point))
        for layer, areas in AREAS.items()
    }


@given(st.lists(st.tuples(LON, LAT), max_size=20))
def test_many_points_are_as_one_by_one(points: list[tuple[float, float]]) -> None:
    lon, lat = np.array(points, dtype=float).reshape(-1, 2).T
    batch = LAYERS.at_batch(lon, lat)

    assert list(batch) == ["beats", "parks"]
    for at, (x, y) in enumerate(points):
        assert {layer: rows[at] for layer, rows in batch.items()} == LAYERS.at(x, y)


def test_a_shared_border_belongs_to_both() -> None:
    assert LAYERS.at(119.1, 33.05) == {"beats": ("B1", "B2"), "parks": ("P1", "P2")}


def events(**columns: list[Any]) -> pa.Table:
    rows = len(columns["lon"])
    return pa.table(columns | {"matter": ["M"] * rows})


def test_columns_come_only_when_they_are_asked_for() -> None:
    table = events(lon=[119.08, 119.1, 119.15, 118.0, None], lat=[33.05, 33.05, 33.01, 33.0, 33.05])
    router = Router.compile(CITY)
    plain, layered = router.route_batch(table), router.route_batch(table, layers=True)

    assert layered.column_names == [*plain.column_names, "layer_beats", "layer_parks"]
    assert layered.select(plain.column_names) == plain
    assert layered["layer_beats"].to_pylist() == ["B1", "B1;B2", "B2", None, None]
    assert layered["layer_parks"].to_pylist() == ["P1;P2", "P1;P2", None, None, None]


def test_events_outside_of_the_grids_may_be_in_a_layer() -> None:
    routed = Router.compile(CITY).route_batch(pl.DataFrame(events(lon=[119.25], lat=[33.15])), layers=True)

    assert routed["status"].to_list() == ["out_of_area"]
    assert routed["layer_parks"].to_list() == ["P3"]


def test_coordinates_of_other_systems_are_converted() -> None:
    lon, lat = convert([119.0999, 119.0999], [33.05, 33.05], source="EPSG:4326", target="GCJ-02")
    table = events(
        lon=[*lon, 119.0999, 119.0999, float("nan")],
        lat=[*lat, 33.05, 33.05, 33.05],
        crs=["GCJ-02", None, "EPSG:4490", "gps", None],
    )
    routed = Router.compile(CITY).route_batch(table, layers=True)

    # Read as the city's own, the second lies beyond the border.
    assert routed["layer_beats"].to_pylist() == ["B1", "B2", "B1", None, None]
    assert routed["status"].to_pylist() == ["routed", "routed", "routed", "bad_coordinate", "bad_coordinate"]


def test_whole_numbers_and_no_coordinates_at_all() -> None:
    router = Router.compile(CITY)

    assert router.route_batch(events(lon=[119], lat=[33]), layers=True)["layer_beats"].to_pylist() == ["B1"]
    named = pa.table({"place": ["W"], "matter": ["M"]})
    assert router.route_batch(named, layers=True)["layer_beats"].to_pylist() == [None]


def test_streams_and_record_batches_have_one_schema() -> None:
    batches = events(lon=[119.08, 118.0], lat=[33.05, 33.0]).to_batches(max_chunksize=1)
    first, second = Router.compile(CITY).route_stream(batches, layers=True)

    assert isinstance(first, pa.RecordBatch)
    assert first.schema == second.schema
    assert first["layer_parks"].to_pylist() == ["P1;P2"]


def test_a_column_with_the_name_of_a_layer_is_refused() -> None:
    table = events(lon=[119.0], lat=[33.0], layer_beats=["?"])
    router = Router.compile(CITY)

    with pytest.raises(EventError, match="layer_beats"):
        router.route_batch(table, layers=True)
    assert router.route_batch(table)["layer_beats"].to_pylist() == ["?"]


def test_layers_travel_with_the_router() -> None:
    router = pickle.loads(pickle.dumps(Router.compile(CITY)))

    assert router.layers.names == ("beats", "parks")
    assert router.layers.at(119.08, 33.05)["beats"] == ("B1",)


def test_a_city_without_layers_adds_no_columns() -> None:
    router = Router.compile(city_of(layers=[], layer_areas=[]))
    table = events(lon=[119.08], lat=[33.05])

    assert router.route_batch(table, layers=True) == router.route_batch(table)


def test_layers_are_part_of_what_answers_depend_on() -> None:
    moved = [LayerArea("B1", "", "beats", None, AREAS["beats"]["B2"].wkb)]

    assert city_of(layer_areas=moved).digest != CITY.digest
    assert city_of().digest == CITY.digest


def test_an_area_without_an_outline_holds_nothing() -> None:
    city = city_of(layer_areas=[LayerArea("B1", "", "beats")])

    assert layers_of(city).at(119.05, 33.05) == {"beats": (), "parks": ()}


def test_outlines_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(GeometryError, match="B1"):
        Layers([("beats", ("B1",), (b"?",))], "EPSG:4326")
