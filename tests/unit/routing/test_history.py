"""Versions of a city: which one routes an event, and that nobody sees the seam."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pyarrow as pa
import pytest

from gov_core.city import Limit, Place, Rule
from gov_core.errors import EventError
from gov_core.routing import Router, RouterHistory

CHINA = timezone(timedelta(hours=8))
NOISE = {"lon": 118.05, "lat": 32.05, "matter": "noise", "grade": "normal"}


@pytest.fixture(scope="module")
def versions(make, city):
    """In March G1 moves to C2 and noise goes to the water office; in June noise has a limit of its own."""
    moved = [Place("G1", "", "grid", "C2") if place.id == "G1" else place for place in city.places]
    march = Rule("noise-2", "noise", None, None, None, ("water",), ("@station",))
    june = Rule("noise-3", "noise", None, None, None, ("water",), (), Limit(1, "urgent_hour"), None)
    return [
        ("2026-01-01", Router.compile(city)),
        ("2026-03-01", Router.compile(make(places=moved, rules=[march]))),
        ("2026-06-01", Router.compile(make(places=moved, rules=[june]))),
    ]


@pytest.fixture(scope="module")
def history(versions):
    return RouterHistory(versions)


TIMES = [
    ("2025-12-31", None),
    ("2026-01-01", "any-noise"),
    ("2026-02-28T23:59:59.999999", "any-noise"),
    ("2026-02-28 23:59:60", "any-noise"),
    ("2026-03-01T00:00:00", "noise-2"),
    ("2026-02-28T15:59:59Z", "any-noise"),
    ("2026-02-28T16:00Z", "noise-2"),
    ("2026-02-28T17:00:00+01:00", "noise-2"),
    ("2026-02-28T16:59:59,9+0100", "any-noise"),
    ("2026-05-31T23:30:00-08", "noise-3"),
    ("2030-01-01", "noise-3"),
    ("soon", None),
    ("2026-13-01", None),
    ("2026-02-30", None),
    ("2026-03-01T24:00:00", None),
    ("2026-03-01T00:00:00 CST", None),
    ("", None),
    (None, None),
]


def batch(times, kind=None) -> pa.Table:
    rows = {name: [value] * len(times) for name, value in NOISE.items()}
    return pa.table({**rows, "reported_at": pa.array(times, kind)})


def test_text_in_a_batch(history):
    routed = history.route_batch(batch([time for time, _ in TIMES], pa.utf8()))
    assert routed["rule"].to_pylist() == [rule for _, rule in TIMES]


@pytest.mark.parametrize(("time", "rule"), TIMES)
def test_text_of_a_single_event(history, time, rule):
    route = history.route({**NOISE, "reported_at": time})
    assert route.rule == rule
    assert route.status == ("routed" if rule else "no_rule")
    assert str(history.explain({**NOISE, "reported_at": time})).startswith(
        "(118.05, 32.05)" if rule else "reported at"
    )


def test_each_answer_is_that_of_its_version(history, versions):
    routed = history.route_batch(batch(["2026-02-01", "2026-04-01", "2026-07-01"])).to_pylist()
    for row, (_, router) in zip(routed, versions, strict=True):
        route = router.route(NOISE)
        assert (row["path"], row["unit"], row["rule"]) == (route.path, route.unit, route.rule)
        assert row["respond_within"] == (route.respond_within and str(route.respond_within))
        assert row["resolve_within"] == (route.resolve_within and str(route.resolve_within))
        assert row["assist"] == (";".join(route.assist) or None)
    assert [row["place"] for row in routed] == ["G1"] * 3
    assert [row["path"] for row in routed] == ["S1/C1/G1", "S1/C2/G1", "S1/C2/G1"]
    assert len(set(history.route_batch(batch(["2026-02-01"]))["place"].chunk(0).dictionary.to_pylist())) == 9


MOMENTS = [datetime(2026, 2, 28, 15, 59, tzinfo=UTC), datetime(2026, 2, 28, 16, 0, tzinfo=UTC)]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", None])
def test_timestamps(history, unit, zone):
    moments = MOMENTS if zone else [moment.astimezone(CHINA).replace(tzinfo=None) for moment in MOMENTS]
    routed = history.route_batch(batch([*moments, None], pa.timestamp(unit, zone)))
    assert routed["rule"].to_pylist() == ["any-noise", "noise-2", None]
    assert routed["status"].to_pylist() == ["routed", "routed", "no_rule"]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_dates_begin_at_midnight_by_the_local_clock(history, kind):
    routed = history.route_batch(batch([date(2026, 2, 28), date(2026, 3, 1), None], kind))
    assert routed["rule"].to_pylist() == ["any-noise", "noise-2", None]


def test_moments_of_single_events(history):
    assert [history.route({**NOISE, "reported_at": moment}).rule for moment in MOMENTS] == [
        "any-noise",
        "noise-2",
    ]
    assert history.route({**NOISE, "reported_at": date(2026, 3, 1)}).rule == "noise-2"
    assert history.route({**NOISE, "reported_at": datetime(2026, 3, 1)}).rule == "noise-2"  # noqa: DTZ001 - local
    with pytest.raises(EventError, match=r"reported_at.*int"):
        history.route({**NOISE, "reported_at": 1772000000})


def test_another_clock(versions):
    utc = RouterHistory(versions, clock=UTC)
    assert utc.route({**NOISE, "reported_at": "2026-03-01T07:00:00+08:00"}).rule == "any-noise"
    assert utc.route({**NOISE, "reported_at": "2026-03-01T00:00:00"}).rule == "noise-2"


@pytest.mark.parametrize(
    ("change", "status"),
    [({"lon": 181.0}, "bad_coordinate"), ({"lon": None}, "no_location"), ({"lon": 150.0}, "no_rule")],
)
def test_an_event_of_no_version_has_the_status_of_no_city(history, change, status):
    event = {**NOISE, **change, "reported_at": "1999-01-01"}
    table = pa.table({name: [value] for name, value in event.items()}).cast(
        pa.schema(
            [
                ("lon", pa.float64()),
                ("lat", pa.float64()),
                *((n, pa.utf8()) for n in ("matter", "grade", "reported_at")),
            ]
        )
    )
    row = history.route_batch(table).to_pylist()[0]
    assert history.route(event).status == row["status"] == status
    assert row["place"] is row["unit"] is row["rule"] is None


def test_order_stays_and_threads_change_nothing(versions):
    times = ["2026-02-01", "2026-07-01", "1999-01-01", "2026-04-01"] * 5000
    table = batch(times)
    one = RouterHistory(versions).route_batch(table)
    many = RouterHistory(versions, threads=3).route_batch(table)
    assert one.equals(many)
    assert one["reported_at"].to_pylist() == times
    assert one["rule"].to_pylist() == ["any-noise", "noise-3", None, "noise-2"] * 5000


def test_versions_come_in_any_order(versions, history):
    assert RouterHistory(versions[::-1]).versions == history.versions
    assert history.at("2026-05-01") is versions[1][1]
    assert history.at(date(2025, 1, 1)) is None


def test_impossible_histories_are_refused(versions):
    with pytest.raises(ValueError, match="at least one"):
        RouterHistory([])
    with pytest.raises(ValueError, match="two versions are valid from 2026-01-01T00:00:00"):
        RouterHistory([versions[0], (date(2026, 1, 1), versions[1][1])])
    with pytest.raises(ValueError, match="soon"):
        RouterHistory([("soon", versions[0][1])])


def test_columns_are_checked_for_all_versions_at_once(history):
    with pytest.raises(EventError) as caught:
        history.route_batch(pa.table({"lon": ["a"], "lat": [1.0], "grade": ["normal"]}))
    assert {fault.place for fault in caught.value.faults} == {"lon", "matter", "reported_at"}
    with pytest.raises(EventError, match=r"reported_at.*not timestamps"):
        history.route_batch(batch([1, 2]))


def test_tables_of_other_libraries_and_streams(history):
    frame = pl.from_arrow(batch(["2026-02-01", "2026-07-01"]))
    assert history.route_batch(frame)["rule"].to_list() == ["any-noise", "noise-3"]
    batches = batch(["2026-02-01", "2026-07-01"]).to_batches(max_chunksize=1)
    assert [part["rule"].to_pylist() for part in history.route_stream(batches)] == [
        ["any-noise"],
        ["noise-3"],
    ]


def test_a_history_pickles(history):
    copy = pickle.loads(pickle.dumps(history))
    event = {**NOISE, "reported_at": "2026-07-01"}
    assert copy.route(event) == history.route(event)
    assert repr(copy) == repr(history)
