"""Generated events: counts, times, places and flaws are what the docstring says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gov_core.generate import event_batches, generate_city, generate_events

COUNT = 200_000


@pytest.fixture(scope="module")
def city():
    return generate_city(grids=265, seed=1)


@pytest.fixture(scope="module")
def events(city):
    return pa.table(generate_events(city, COUNT, days=365, seed=7))


def local_times(events):
    return (events["reported_at"].to_numpy() + np.timedelta64(8, "h")).astype("datetime64[s]")


def test_columns_are_those_that_routing_reads(events):
    assert events.column_names == ["id", "lon", "lat", "matter", "grade", "asset", "channel", "reported_at"]
    assert events.num_rows == COUNT
    assert events["reported_at"].type == pa.timestamp("ms", tz="UTC")


def test_batches_are_bounded(city):
    sizes = [batch.num_rows for batch in event_batches(city, 150_000)]
    assert sizes == [65_536, 65_536, 18_928]


def test_no_events_are_one_empty_batch_with_all_columns(city, events):
    none = pa.table(generate_events(city, 0))
    assert none.num_rows == 0
    assert none.schema == events.schema


def test_one_in_a_hundred_is_a_stray(city, events):
    whole = shapely.coverage_union_all(shapely.from_wkb(city.geometries))
    shapely.prepare(whole)
    lon, lat = events["lon"].to_numpy(), events["lat"].to_numpy()
    missing = np.isnan(lon)
    assert (missing == np.isnan(lat)).all()
    outside = ~shapely.intersects_xy(whole, lon, lat)
    assert 0.009 < outside.mean() < 0.013
    shares = [missing.mean(), ((lon == 0) & (lat == 0)).mean(), ((lat > 90) & (lon < 90)).mean()]
    assert shares == pytest.approx([0.0015] * 3, rel=0.2)


def test_missing_coordinates_are_null(events):
    assert events["lon"].null_count == events["lat"].null_count > 0


def test_hot_spots_crowd_the_events(city, events):
    tree = shapely.STRtree(shapely.from_wkb(city.geometries))
    points = shapely.points(events["lon"].to_numpy()[:20_000], events["lat"].to_numpy()[:20_000])
    grids = tree.query(points[~shapely.is_empty(points)], predicate="intersects")[1]
    load = np.sort(np.bincount(grids, minlength=265))[::-1]
    assert load[:26].sum() > 0.3 * load.sum()
    assert np.count_nonzero(load) > 250


def test_one_in_a_thousand_lies_exactly_on_a_border(city, events):
    borders = shapely.boundary(shapely.from_wkb(city.geometries))
    tree = shapely.STRtree(borders)
    lon, lat = events["lon"].to_numpy(), events["lat"].to_numpy()
    exact = (lon * 2**24 % 1 == 0) & (lat * 2**24 % 1 == 0) & (lon > 100)
    assert exact.mean() == pytest.approx(0.001, rel=0.2)
    points = shapely.points(lon[exact], lat[exact])
    near = tree.query_nearest(points, return_distance=True)[1]
    assert (near == 0).mean() > 0.98  # strays and repeats were moved off the border


def test_one_in_a_thousand_is_sent_again(events):
    repeats = [id_ for id_, times in Counter(events["id"].to_pylist()).items() if times > 1]
    assert len(repeats) / COUNT == pytest.approx(0.001, rel=0.2)
    rows = events.to_pylist()
    again = [after for before, after in pairwise(rows) if before["id"] == after["id"]]
    same = sum(before == after for before, after in pairwise(rows))
    assert len(again) >= len(repeats)
    assert same >= len(again) * 0.98


def test_one_in_a_hundred_repeats_one_nearby(events):
    """The same matter within 40 m among the 200 events before it, under another id."""
    matter = np.array(events["matter"].to_pylist())
    x, y = events["lon"].to_numpy() * 92_000, events["lat"].to_numpy() * 111_000
    found = np.zeros(COUNT, dtype=bool)
    for back in range(1, 200):
        near = np.hypot(x[back:] - x[:-back], y[back:] - y[:-back]) < 40
        found[back:] |= near & (matter[back:] == matter[:-back])
    assert 0.009 < found.mean() < 0.03


def test_times_ascend_over_the_span(events):
    times = local_times(events)
    assert (np.diff(times) >= np.timedelta64(0)).all()
    assert times[0].astype("datetime64[D]") == np.datetime64("2025-01-01")
    assert times[-1].astype("datetime64[D]") == np.datetime64("2025-12-31")


def test_ids_say_the_day_and_the_number_within_it(events):
    ids = events["id"].to_pylist()
    days = np.char.replace(np.datetime_as_string(local_times(events), unit="D"), "-", "")
    # A row that was sent again has the time and the id of the first.
    assert [id_[:8] for id_ in ids] == days.tolist()
    first = {day: min(id_ for id_ in ids if id_.startswith(day)) for day in ("20250101", "20251231")}
    assert set(first.values()) == {"202501010000001", "202512310000001"}


def test_offices_are_busy_by_day_and_on_working_days(events):
    times = local_times(events)
    hours = np.bincount((times.astype("datetime64[h]").astype(int)) % 24, minlength=24)
    assert hours.argmax() in {9, 10}
    assert hours[9:17].sum() > 0.6 * COUNT
    assert hours[:5].sum() < 0.08 * COUNT
    weekday = (times.astype("datetime64[D]").astype(int) + 3) % 7
    per_day = np.bincount(weekday, minlength=7)
    assert per_day[5:].max() < 0.8 * per_day[:5].min()


def test_matters_are_leaves_and_uneven(city, events):
    wider = {matter.parent for matter in city.matters}
    counts = Counter(events["matter"].to_pylist())
    assert set(counts) == {matter.code for matter in city.matters} - wider
    assert max(counts.values()) > 10 * min(counts.values())


def test_grades_and_assets_are_those_of_the_city(city, events):
    grades = Counter(events["grade"].to_pylist())
    assert list(dict(grades.most_common())) == list(city.grades)
    assets = Counter(events["asset"].to_pylist())
    assert set(assets) == {None} | {asset.code for asset in city.asset_classes}
    assert assets[None] > COUNT / 2


def test_a_city_without_grades_and_assets_has_no_such_columns(city):
    rules = [rule for rule in city.rules if rule.grade is None and rule.asset is None]
    plain = replace(city, grades=None, asset_classes=(), rules=tuple(rules))
    assert generate_events(plain, 10).column_names == ["id", "lon", "lat", "matter", "channel", "reported_at"]


def test_the_same_seed_gives_the_same_events(city):
    one, same, other = (pa.table(generate_events(city, 70_000, days=30, seed=seed)) for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_another_span_and_start(city):
    times = local_times(pa.table(generate_events(city, 5_000, days=3, seed=1, start=date(2024, 2, 28))))
    days = Counter(times.astype("datetime64[D]").astype(str))
    assert set(days) == {"2024-02-28", "2024-02-29", "2024-03-01"}


@pytest.mark.parametrize(("count", "days"), [(-1, 1), (10, 0)])
def test_what_cannot_be_generated_is_refused(city, count, days):
    with pytest.raises(ValueError, match="needs a day"):
        generate_events(city, count, days=days)


def test_a_city_without_matters_has_no_events(city):
    with pytest.raises(ValueError, match="a matter"):
        generate_events(replace(city, matters=(), rules=()), 10)
