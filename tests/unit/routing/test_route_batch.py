"""Tables of events: the libraries they come from, the types of their columns, what is refused."""

from __future__ import annotations

import arro3.core as arrow
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gov_core.errors import EventError
from gov_core.routing import ReferenceRouter, Router

ANSWERS = ["place", "path", "unit", "rule", "respond_within", "resolve_within", "status", "assist"]
ROWS = {
    "id": ["e1", "e2", "e3", "e4", "e5"],
    "lon": [118.05, 118.25, None, 119.0, 118.35],
    "lat": [32.05, 32.05, 32.05, 32.05, 32.05],
    "matter": ["noise", "pipes", "noise", "noise", None],
    "grade": ["normal", "urgent", "normal", None, "normal"],
}
EXPECTED = {
    "place": ["G1", "G3", None, None, "G4"],
    "path": ["S1/C1/G1", "S1/C2/G3", None, None, "S2/C3/G4"],
    "unit": ["station-1", "water", None, None, None],
    "rule": ["any-noise", "pipes", None, None, None],
    "respond_within": [None, "2 urgent_hour", None, None, None],
    "resolve_within": ["5 working_day", None, None, None, None],
    "status": ["routed", "routed", "no_location", "out_of_area", "unknown_matter"],
    "assist": [None, "post-2", None, None, None],
}
TABLE = pa.table(ROWS)


def answers(table) -> dict[str, list]:
    """The columns of answers, whatever the library."""
    whole = pa.table(table)
    return {name: whole[name].to_pylist() for name in ANSWERS}


KINDS = {
    "pyarrow.Table": (TABLE, pa.Table),
    "pyarrow.RecordBatch": (TABLE.to_batches()[0], pa.RecordBatch),
    "polars": (pl.DataFrame(ROWS), pl.DataFrame),
    "pandas": (pd.DataFrame(ROWS), pd.DataFrame),
    "arro3.Table": (arrow.Table(TABLE), arrow.Table),
    "arro3.RecordBatch": (arrow.Table(TABLE).to_batches()[0], arrow.RecordBatch),
    "a stream": (pa.RecordBatchReader.from_batches(TABLE.schema, TABLE.to_batches()), arrow.Table),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_kind_of_table_comes_back(router, kind):
    events, expected = KINDS[kind]
    routed = router.route_batch(events)
    assert type(routed) is expected
    assert answers(routed) == EXPECTED
    assert list(pa.table(routed).schema.names) == [*ROWS, *ANSWERS]


def test_a_relation_of_duckdb_comes_back_as_arro3(router):
    relation = duckdb.from_arrow(TABLE)
    routed = router.route_batch(relation)
    assert type(routed) is arrow.Table
    assert answers(routed) == EXPECTED
    count = duckdb.sql("select status, count(*) from routed group by all order by all").fetchall()
    assert ("routed", 2) in count


@pytest.mark.parametrize("kind", ["pyarrow.Table", "polars", "pandas", "arro3.Table"])
def test_the_reference_takes_the_same_tables(city, kind):
    events, expected = KINDS[kind]
    routed = ReferenceRouter.compile(city).route_batch(events)
    assert type(routed) is expected
    assert answers(routed) == EXPECTED


def test_columns_of_the_caller_pass_through_untouched(router):
    frame = pl.DataFrame(ROWS).with_columns(
        note=pl.Series([[1], [], None, [2, 3], []]), n=pl.col("lon").cast(pl.Decimal(9, 2))
    )
    routed = router.route_batch(frame)
    assert routed.select(frame.columns).equals(frame)
    assert routed.schema["note"] == pl.List(pl.Int64)


def test_a_pandas_frame_keeps_its_index_and_types(router):
    frame = pd.DataFrame(ROWS, index=pd.Index(list("vwxyz"), name="row"))
    frame["odd"] = [object(), 1, "a", None, {}]  # Arrow knows no such column
    frame["n"] = pd.array([1, None, 3, 4, 5], dtype="Int64")
    routed = router.route_batch(frame)
    pd.testing.assert_frame_equal(routed[list(frame.columns)], frame)
    assert list(routed["status"]) == EXPECTED["status"]
    assert list(frame.columns) == [*ROWS, "odd", "n"]  # the caller's own is as it was


def test_metadata_of_a_schema_is_kept(router):
    table = TABLE.replace_schema_metadata({"source": "hotline"})
    assert router.route_batch(table).schema.metadata == {b"source": b"hotline"}


def test_columns_are_not_copied(router):
    lon = router.route_batch(TABLE)["lon"].chunk(0)
    assert lon.buffers()[1].address == TABLE["lon"].chunk(0).buffers()[1].address


def test_place_and_path_share_their_keys(router):
    routed = router.route_batch(TABLE)
    keys = [routed[name].chunk(0).indices.buffers()[1].address for name in ("place", "path")]
    assert keys[0] == keys[1]


def test_keys_are_as_narrow_as_their_dictionary(router):
    types = {name: router.route_batch(TABLE).schema.field(name).type for name in ANSWERS}
    assert set(types.values()) == {pa.dictionary(pa.int8(), pa.utf8())}


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_chunks_slices_and_offsets(router, chunks):
    table = pa.concat_tables([TABLE] * 5).slice(3, 17)
    table = pa.Table.from_batches(table.combine_chunks().to_batches(max_chunksize=-(-17 // chunks)))
    expected = {name: (values * 5)[3:20] for name, values in EXPECTED.items()}
    assert answers(router.route_batch(table)) == expected
    assert answers(router.route_batch(arrow.Table(table))) == expected
    sliced = [batch.slice(1, 3) for batch in TABLE.to_batches()]
    assert answers(router.route_batch(sliced[0])) == {name: values[1:4] for name, values in EXPECTED.items()}


@pytest.mark.parametrize("kind", ["pyarrow.Table", "pyarrow.RecordBatch", "polars", "pandas", "arro3.Table"])
def test_no_event_gives_no_row(router, kind):
    events, expected = KINDS[kind]
    none = events[:0] if kind in {"polars", "pandas"} else events.slice(0, 0)
    routed = router.route_batch(none)
    assert type(routed) is expected
    assert answers(routed) == {name: [] for name in ANSWERS}
    assert answers(router.route_batch(TABLE.schema.empty_table())) == {name: [] for name in ANSWERS}


TEXTS = [
    pa.utf8(),
    pa.large_utf8(),
    pa.string_view(),
    *(pa.dictionary(key, pa.utf8()) for key in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32())),
    pa.dictionary(pa.uint32(), pa.large_utf8()),
    pa.dictionary(pa.int64(), pa.utf8()),
]


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_every_type_of_text(router, text):
    table = TABLE
    for name in ("matter", "grade"):
        column = table[name].cast(
            text if not pa.types.is_dictionary(text) else pa.dictionary(pa.int32(), text.value_type)
        )
        if pa.types.is_dictionary(text):
            parts = column.combine_chunks()
            part = parts.chunk(0) if isinstance(parts, pa.ChunkedArray) else parts
            column = pa.DictionaryArray.from_arrays(part.indices.cast(text.index_type), part.dictionary)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    assert answers(router.route_batch(table)) == EXPECTED


def test_nulls_inside_a_dictionary(router):
    matter = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 0, 0, 2], pa.int8()), pa.array(["noise", "pipes", None])
    )
    table = TABLE.set_column(3, "matter", matter)
    assert answers(router.route_batch(table)) == EXPECTED


def test_categories_of_polars(router):
    frame = pl.DataFrame(ROWS).with_columns(
        pl.col("matter").cast(pl.Categorical), pl.col("grade").cast(pl.Enum(["normal", "urgent"]))
    )
    assert answers(router.route_batch(frame)) == EXPECTED


NUMBERS = [pa.float32(), pa.int64(), pa.uint8(), pa.decimal128(21, 2), pa.float16()]


@pytest.mark.parametrize("number", NUMBERS, ids=str)
def test_every_type_of_number(make, number):
    # Around (8, 2), which every type holds exactly.
    import shapely

    geometries = {f"G{at}": shapely.box(at * 4, 0, at * 4 + 4, 4).wkb for at in range(1, 5)}
    router = Router.compile(make(geometries=geometries))
    lon, lat = pa.array([9, None, 15]), pa.array([2, 2, 2])
    table = pa.table(
        {"lon": lon.cast(number), "lat": lat.cast(number), "matter": ["noise"] * 3, "grade": ["normal"] * 3}
    )
    assert answers(router.route_batch(table))["place"] == ["G2", None, "G3"]


def test_nan_is_bad_where_null_is_missing(router):
    table = pa.table({**ROWS, "lon": pa.array([np.nan, None, 118.05, np.inf, 181.0])})
    expected = ["bad_coordinate", "no_location", "routed", "bad_coordinate", "bad_coordinate"]
    assert answers(router.route_batch(table))["status"] == expected


def test_nan_of_pandas_is_missing(router):
    assert list(router.route_batch(pd.DataFrame(ROWS))["status"])[2] == "no_location"


def test_integers_are_codes_of_that_number(make):
    from gov_core.city import Matter, Rule

    rules = [
        Rule("R", "101", None, None, None, ("water",)),
        Rule("far", "-7000000000", None, None, None, ("water",)),
    ]
    city = make(matters=[Matter("101", ""), Matter("noise", ""), Matter("-7000000000", "")], rules=rules)
    router = Router.compile(city)
    for kind in (pa.int64(), pa.int8(), pa.uint64(), pa.dictionary(pa.int8(), pa.int64())):
        table = TABLE.set_column(
            3,
            "matter",
            pa.array([101, 1, 0, 101, None], pa.int64()).cast(kind)
            if not pa.types.is_dictionary(kind)
            else pa.array([101, 1, 0, 101, None]).dictionary_encode(),
        )
        assert answers_of(router, table)["rule"] == ["R", None, None, None, None]
    far = TABLE.set_column(3, "matter", pa.array([-7_000_000_000] * 5))
    assert answers_of(router, far)["rule"][0] == "far"


def answers_of(router, table):
    return {name: router.route_batch(table)[name].to_pylist() for name in ("rule", "status")}


def test_integers_are_refused_where_no_code_is_a_number(router):
    with pytest.raises(EventError) as caught:
        router.route_batch(TABLE.set_column(3, "matter", pa.array([0, 1, 2, 3, 4])))
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("event.wrong_type", "matter")
    assert "none of the city's ids is a number" in fault.message


def test_all_faults_of_columns_at_once(router):
    table = pa.table({"lon": ["118"] * 2, "matter": [1.5, 2.5], "crs": [True, False]})
    with pytest.raises(EventError) as caught:
        router.route_batch(table)
    assert {(fault.place, fault.code) for fault in caught.value.faults} == {
        ("lon", "event.wrong_type"),
        ("lat", "event.missing_column"),
        ("matter", "event.wrong_type"),
        ("crs", "event.wrong_type"),
        ("grade", "event.missing_column"),
    }


def test_columns_the_city_does_not_look_at_may_hold_anything(make):
    from gov_core.city import Rule

    rules = [Rule("R", None, None, None, None, ("water",))]
    router = Router.compile(make(grades=None, asset_classes=(), rules=rules))
    odd = pa.array([[1], None, [], [2, 3], [4]])
    table = TABLE.drop_columns("grade").append_column("grade", odd).append_column("asset", odd)
    assert router.route_batch(table)["rule"].to_pylist() == ["R", "R", None, None, None]


def test_numbers_of_coordinate_systems_are_refused(router):
    table = TABLE.append_column("crs", pa.array([4326] * 5))
    with pytest.raises(EventError, match=r"crs.*integers"):
        router.route_batch(table)


def test_a_column_twice_is_refused(router):
    table = pa.Table.from_arrays([*TABLE.columns, TABLE["lon"]], [*TABLE.schema.names, "lon"])
    for events in (table, arrow.Table(table)):
        with pytest.raises(EventError, match=r'event\.duplicate_column: there are 2 columns "lon"'):
            router.route_batch(events)


@pytest.mark.parametrize("name", ["status", "unit", "border_m"])
def test_a_column_named_like_an_answer_is_refused(router, name):
    for events in (
        TABLE.append_column(name, TABLE["id"]),
        pl.DataFrame(ROWS).with_columns(pl.lit(1).alias(name)),
    ):
        with pytest.raises(EventError, match=rf'event\.column_taken: a column "{name}" is among the answers'):
            router.route_batch(events)


def test_what_is_no_table_is_refused(router):
    for events, hint in (([1, 2], "pyarrow, polars"), (pl.LazyFrame(ROWS), "collect it first")):
        with pytest.raises(EventError, match=hint):
            router.route_batch(events)


@pytest.mark.parametrize("kind", ["pyarrow.Table", "pyarrow.RecordBatch", "polars", "pandas", "arro3.Table"])
def test_the_place_that_was_given_stays_beside_the_one_found(router, kind):
    rows = {**ROWS, "place": ["G4", "C1", "nowhere", None, ""]}
    table = pa.table(rows)
    events = {
        "pyarrow.Table": table,
        "pyarrow.RecordBatch": table.to_batches()[0],
        "polars": pl.DataFrame(rows),
        "pandas": pd.DataFrame(rows),
        "arro3.Table": arrow.Table(table),
    }[kind]
    routed = pa.table(router.route_batch(events))
    assert routed["place_given"].to_pylist() == rows["place"]
    assert routed["place"].to_pylist() == ["G4", "C1", None, None, "G4"]
    assert routed["status"].to_pylist() == [
        "routed",
        "routed",
        "unknown_place",
        "out_of_area",
        "unknown_matter",
    ]


def test_events_may_have_places_only(router):
    table = pa.table({"place": ["G1", None], "matter": ["noise", "noise"], "grade": ["normal", "normal"]})
    routed = router.route_batch(table)
    assert routed["status"].to_pylist() == ["routed", "no_location"]


def test_streams_keep_one_schema(router):
    batches = TABLE.to_batches(max_chunksize=2)
    routed = list(router.route_stream(batches))
    assert [batch.num_rows for batch in routed] == [2, 2, 1]
    assert len({batch.schema for batch in routed}) == 1
    assert answers(pa.Table.from_batches(routed)) == EXPECTED


def test_precision_says_how_sure_a_location_is(router):
    rows = {
        "lon": [118.101, 118.05, 118.399, 118.401, 150.0, None],
        "lat": [32.05] * 6,
        "place": [None, None, "G1", None, None, "G1"],
        "matter": ["noise"] * 6,
        "grade": ["normal"] * 6,
    }
    routed = router.route_batch(pa.table(rows), precision=True)
    border_m, nearest_m = routed["border_m"].to_pylist(), routed["nearest_m"].to_pylist()
    assert routed["place"].to_pylist() == ["G2", "G1", "G1", None, None, "G1"]
    assert border_m[0] == pytest.approx(94.4, abs=0.1)  # a thousandth of a degree east of G1
    assert border_m[1] == pytest.approx(4722, abs=2)
    assert border_m[2:] == [None] * 4  # named, or in no grid
    assert routed["nearest_place"].to_pylist() == [None, None, None, "G4", None, None]
    assert nearest_m[3] == pytest.approx(94.4, abs=0.1)
    assert nearest_m[:3] == [None] * 3
    assert nearest_m[4:] == [None] * 2  # too far to look for, or not out of area


def test_precision_takes_coordinates_in_the_city_s_system(make):
    router = Router.compile(make(crs="GCJ-02"))
    from gov_core.routing import convert

    lon, lat = convert(118.101, 32.05, source="GCJ-02", target="BD-09")
    table = pa.table(
        {"lon": [float(lon)], "lat": [float(lat)], "crs": ["BD-09"], "matter": ["noise"], "grade": ["normal"]}
    )
    assert router.route_batch(table, precision=True)["border_m"][0].as_py() == pytest.approx(94.4, abs=0.1)
    with_threads = Router.compile(make(crs="GCJ-02"), index=router.index, threads=3)
    many = pa.concat_tables([table] * 20_000).combine_chunks()
    both = [r.route_batch(many, precision=True) for r in (router, with_threads)]
    assert both[0].equals(both[1])
