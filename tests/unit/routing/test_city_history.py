"""All versions of a city as one router, and what changes hands between two of them."""

from __future__ import annotations

from datetime import date

import arro3.core as arrow
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.city import Place, Rule
from gov_core.errors import EventError
from gov_core.routing import Comparison, RouterHistory

REFORM = date(2016, 6, 8)
RETUNED = date(2018, 1, 1)


@pytest.fixture(scope="module")
def dated(make, city):
    """In 2016 G3 becomes part of S2, cut in two; in 2018 noise goes to the water office."""
    return make(
        places=[
            *(place for place in city.places if place.id != "G3"),
            Place("G3", "", "grid", "C2", valid_to=REFORM),
            Place("G5", "", "grid", "C3", valid_from=REFORM),
        ],
        geometries={
            **dict(zip(city.grids, city.geometries, strict=True)),
            f"G5@{REFORM}": city.geometries[city.grids.index("G3")],
        },
        rules=[
            Rule("noise", "noise", None, None, None, ("@station",), valid_to=RETUNED),
            Rule("noise", "noise", None, None, None, ("water",), valid_from=RETUNED),
        ],
    )


@pytest.fixture(scope="module")
def history(dated):
    return RouterHistory.compile(dated)


def event(day: str | None, lon: float = 118.25) -> dict[str, object]:
    return {"lon": lon, "lat": 32.05, "matter": "noise", "grade": "normal", "reported_at": day}


@pytest.mark.parametrize(
    ("day", "place", "unit"),
    [
        ("0001-01-02", "G3", "post-2"),
        ("2016-06-07T23:59:59", "G3", "post-2"),
        ("2016-06-08", "G5", "station-2"),
        ("2016-06-07T16:00:00Z", "G5", "station-2"),
        ("2018-01-01", "G5", "water"),
        ("2026-01-01", "G5", "water"),
        (None, None, None),
    ],
)
def test_the_city_of_the_day_answers(history, day, place, unit):
    route = history.route(event(day))
    assert (route.place, route.unit) == (place, unit)
    routed = history.route_batch(pa.Table.from_pylist([event(day), event("2020-01-01")]))
    assert routed["place"].to_pylist() == [place, "G5"]


def test_versions_with_one_map_share_its_index(dated, history):
    assert len(history.versions) == len(dated.versions) == 3
    before, after, retuned = (router.index for _, router in history.versions)
    assert after is retuned
    assert before is not after


def test_a_city_without_dates_is_one_version(city):
    history = RouterHistory.compile(city)
    assert len(history.versions) == 1
    assert history.route(event("0001-01-02")).unit == "post-2"


def test_the_digest_changes_with_the_versions_and_their_days(history, dated, city):
    assert history.digest == RouterHistory.compile(dated).digest
    assert history.digest != RouterHistory.compile(city).digest
    moved = [(start.replace(year=start.year + 1), router) for start, router in history.versions]
    assert history.digest != RouterHistory(moved).digest


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2010-01-01", "2016-06-08", "2019-01-01", "1", None]),
            st.floats(117.9, 118.5) | st.sampled_from([None, 118.2, 118.3, float("nan")]),
            st.none() | st.sampled_from(["G1", "G3", "S1", "nowhere"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_precision_is_that_of_each_version(history, rows):
    events = [{**event(day, lon), "place": place} for day, lon, place in rows]
    types = {name: pa.utf8() for name in ("matter", "grade", "place", "reported_at")}
    schema = pa.schema([("lon", pa.float64()), ("lat", pa.float64()), *types.items()])
    table = pa.Table.from_pylist(events, schema)
    measured = history.route_batch(table, precision=True)
    names = ("place", "border_m", "nearest_place", "nearest_m")
    for row, one in enumerate(events):
        router = None if one["reported_at"] in (None, "1") else history.at(one["reported_at"])
        found = [measured[name][row].as_py() for name in names]
        if router is None:
            assert found == [None] * 4
        else:
            alone = router.route_batch(table.slice(row, 1), precision=True)
            assert found == [alone[name][0].as_py() for name in names]


def test_what_changes_hands(history):
    _, (_, old), (_, new) = history.versions
    rows = [
        {**event("2026-01-01", 118.05 + at / 10), "id": f"E{at}", "matter": matter}
        for at in range(4)
        for matter in ("noise", "fire")
    ]
    comparison = Comparison(old, new)
    batches = [arrow.RecordBatch.from_arrow(batch) for batch in pa.Table.from_pylist(rows).to_batches(3)]
    changed = pa.Table.from_batches([pa.record_batch(batch) for batch in comparison.over(batches)])
    assert (comparison.events, comparison.changed) == (8, 4)
    assert comparison.moves == {("station-1", "water"): 2, ("station-2", "water"): 2}
    assert comparison.samples == {("station-1", "water"): ["E0", "E1"], ("station-2", "water"): ["E2", "E3"]}
    assert comparison.places == {"G1": 1, "G2": 1, "G5": 1, "G4": 1}
    assert changed["id"].to_pylist() == ["E0", "E1", "E2", "E3"]
    assert changed["old_unit"].to_pylist() == ["station-1", "station-1", "station-2", "station-2"]
    assert set(changed["new_unit"].to_pylist()) == {"water"}
    assert changed.column_names[-8:] == [
        f"{when}_{name}" for name in ("place", "unit", "rule", "status") for when in ("old", "new")
    ]


def test_the_same_version_changes_nothing(history):
    router = history.versions[0][1]
    comparison = Comparison(router, router)
    batch = arrow.RecordBatch.from_arrow(pa.RecordBatch.from_pylist([{**event("2026-01-01"), "id": "E"}]))
    assert [part.num_rows for part in comparison.over([batch])] == [0]
    assert (comparison.changed, comparison.events) == (0, 1)


def test_a_column_with_the_name_of_an_answer_is_refused(history):
    router = history.versions[0][1]
    batch = arrow.RecordBatch.from_arrow(
        pa.RecordBatch.from_pylist([{**event("2026-01-01"), "id": "E", "old_unit": "me"}])
    )
    with pytest.raises(EventError, match="old_unit"):
        next(Comparison(router, router).over([batch]))
