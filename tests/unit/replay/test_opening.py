"""Cases opened in columns are the cases that reports open one by one, byte for byte."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from arro3.core import Array, DataType, RecordBatch
from hypothesis import given, settings
from hypothesis import strategies as st

from gov_core.cases.codec import decode, encode
from gov_core.cases.evolve import evolve
from gov_core.cases.procedure_use import ProcedureUse
from gov_core.casework import Governance, Intake
from gov_core.casework.report import open_case
from gov_core.casework.rows import case_row, clock_rows
from gov_core.city import City, Matter, Place, Rule, Unit
from gov_core.generate import event_batches, generate_city
from gov_core.replay import Opening, open_cases
from gov_core.replay.channels import channel_of
from gov_core.routing import Router, RouterHistory
from gov_core.storage.opening import open_store
from gov_core.storage.protocol import Append, AppendResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore

CITY = generate_city(40, seed=3)
ROUTER = Router.compile(CITY)
GOVERNANCE = Governance(CITY, ROUTER)


class Taken:
    """Takes appends as a store would, and keeps nothing but them."""

    def __init__(self) -> None:
        self.items: list[Append] = []

    def append(self, item: Append) -> AppendResult:
        self.items.append(item)
        return AppendResult(item.expected, 1, 1)


def one_by_one(governance: Governance, rows: list[dict[str, Any]]) -> list[Append]:
    taken: Any = Taken()
    for row in rows:
        channel = channel_of(row.get("channel"))
        intake = Intake(
            matter=row["matter"],
            channel=channel.code,
            reference=row["id"],
            grade=row.get("grade") or "",
            lon=row["lon"],
            lat=row["lat"],
            asset=row.get("asset") or "",
        )
        open_case(taken, governance, intake, channel.actor, row["reported_at"], str)
    return [item._replace(events=tuple(item.events), clocks=list(item.clocks)) for item in taken.items]


def in_columns(governance: Governance, batches: list[RecordBatch]) -> tuple[list[Append], Opening]:
    opening = Opening(governance)
    routed = governance.router.route_stream(batches)
    return [item for batch in routed for item in opening.appends(batch)], opening


def rows_of(batches: list[RecordBatch]) -> list[dict[str, Any]]:
    return [row for batch in batches for row in batch.to_struct_array().to_pylist()]


def batch_of(rows: list[dict[str, Any]]) -> RecordBatch:
    columns = {
        name: Array([row.get(name) for row in rows], DataType.string())
        for name in ("id", "matter", "grade", "asset", "channel")
    }
    columns |= {name: Array([row[name] for row in rows], DataType.float64()) for name in ("lon", "lat")}
    times = [None if row["reported_at"] is None else _us(row["reported_at"]) for row in rows]
    moments = Array(times, DataType.int64()).cast(DataType.timestamp("us", tz="UTC"))
    return RecordBatch.from_pydict(columns | {"reported_at": moments})


def _us(at: datetime) -> int:
    return round((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)


def test_a_year_in_columns_is_a_year_one_by_one():
    batches = list(event_batches(CITY, 3_000, seed=5))
    columns, opening = in_columns(GOVERNANCE, batches)
    assert columns == one_by_one(GOVERNANCE, rows_of(batches))
    assert opening.rows == 3_000
    assert not opening.problems
    unplaced = [item for item in columns if item.row and not item.row.path]
    assert len(unplaced) > 10
    for item in columns:
        (envelope,) = item.events
        event = decode(envelope.type, envelope.schema, envelope.data)
        assert encode(event) == envelope.data
        case = evolve(None, event)
        assert (case.location.reason == "") == bool(item.row.path)
        procedure = GOVERNANCE.procedures[case.procedure]
        assert item.row == case_row(case, procedure)
        assert tuple(item.clocks) == clock_rows(case)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
AWKWARD = st.sampled_from(["~case~", '"~rule~"', "%s", "%", "\\", "'", '"', "\u2028", "😀", "é\u0301", "~"])


@settings(max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": TEXT | AWKWARD,
                "matter": st.sampled_from([matter.code for matter in CITY.matters]) | AWKWARD,
                "grade": st.sampled_from([None, *CITY.grades]) | AWKWARD,
                "asset": st.none() | AWKWARD,
                "channel": st.sampled_from([None, "网格员", "12345 热线", "小程序"]) | AWKWARD,
                "lon": st.none() | st.floats(119.0, 119.1),
                "lat": st.none() | st.floats(33.5, 33.7),
                "reported_at": st.datetimes(
                    datetime(2005, 1, 1),  # noqa: DTZ001  # bounds are naive
                    datetime(2026, 11, 1),  # noqa: DTZ001  # as above
                    timezones=st.just(UTC),
                ),
            }
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_the_texts_and_times_the_bytes_are_those_of_the_encoder(rows):
    columns, opening = in_columns(GOVERNANCE, [batch_of(rows)])
    assert not opening.problems
    assert columns == one_by_one(GOVERNANCE, rows)


GOOD = {
    "id": "1",
    "matter": CITY.matters[-1].code,
    "lon": 119.0,
    "lat": 33.6,
    "reported_at": datetime(2026, 3, 2, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": None}, "replay.no_id"),
        ({"matter": None}, "replay.no_matter"),
        ({"reported_at": None}, "replay.no_time"),
        ({"reported_at": datetime(1900, 1, 1, tzinfo=UTC)}, "calendar.no_answer"),
    ],
)
def test_what_is_no_report_is_counted_and_listed_and_stops_no_other(change, code):
    made, opening = in_columns(GOVERNANCE, [batch_of([GOOD | change, GOOD | {"id": "2"}])])
    assert [item.case_id for item in made] == ["recorded-2"]
    assert dict(opening.problems.counts) == {code: 1}
    assert next(iter(opening.problems)).code == code


def test_boundaries_and_bodies_are_those_of_the_day():
    """In July the eastern grid goes from one street to the other, and noise to the bureau."""
    change = date(2025, 7, 1)

    def cell(x: int) -> bytes:
        return bytes(shapely.box(118 + x / 10, 32, 118 + (x + 1) / 10, 32.1).wkb)

    city = City.from_parts(
        name="Two grids",
        levels=["street", "grid"],
        places=[
            Place("S1", "", "street"),
            Place("S2", "", "street"),
            Place("G1", "", "grid", "S1"),
            Place("G2", "", "grid", "S1", valid_to=change),
            Place("G3", "", "grid", "S2", valid_from=change),
            Place("G4", "", "grid", "S2"),
        ],
        geometries={"G1": cell(0), "G2": cell(1), f"G3@{change}": cell(1), "G4": cell(2)},
        units=[
            Unit("office-1", "", "street_office", ("S1",)),
            Unit("office-2", "", "street_office", ("S2",)),
            Unit("bureau", "", "bureau", ("S1", "S2")),
        ],
        matters=[Matter("noise", "")],
        rules=[
            Rule("r", "noise", None, None, None, ("@street_office",), valid_to=change),
            Rule("r", "noise", None, None, None, ("bureau",), valid_from=change),
        ],
    )
    governance = Governance(city, RouterHistory.compile(city))
    days = [datetime(2025, month, 3, hour, tzinfo=UTC) for month in range(1, 13) for hour in (1, 17)]
    days += [datetime(2025, 6, 30, hour, 30, tzinfo=UTC) for hour in range(12, 20)]
    rows = [
        {"id": str(number), "matter": "noise", "lon": 118.15, "lat": 32.05, "reported_at": day}
        for number, day in enumerate(days)
    ]
    columns, _ = in_columns(governance, [batch_of(rows)])
    assert columns == one_by_one(governance, rows)
    assert {(event.location.boundaries, event.owner, event.unit) for event in map(decoded, columns)} == {
        ("", "office-1", "office-1"),
        ("2025-07-01", "office-2", "bureau"),
    }


def test_matters_run_through_the_procedure_of_their_grade_and_day():
    change = date(2025, 7, 1)
    city = City.from_parts(
        name="One grid",
        levels=["grid"],
        grades=["general", "larger", "major"],
        places=[Place("G1", "", "grid")],
        geometries={"G1": bytes(shapely.box(118, 32, 118.1, 32.1).wkb)},
        units=[Unit("office", "", "street_office", ("G1",))],
        matters=[Matter("noise", ""), Matter("lamp", "")],
        rules=[Rule("r", None, None, None, None, ("office",))],
        procedures=[
            ProcedureUse(None, None, "plain", valid_to=change),
            ProcedureUse(None, None, "urban_management", valid_from=change),
            ProcedureUse("noise", "major", "graded"),
        ],
    )
    governance = Governance.of(city)
    rows = [
        {
            "id": f"{month}-{matter}-{grade}",
            "matter": matter,
            "grade": grade,
            "lon": 118.05,
            "lat": 32.05,
            "reported_at": datetime(2025, month, 3, 2, tzinfo=UTC),
        }
        for month in (6, 7)
        for matter in ("noise", "lamp")
        for grade in (None, "major")
    ]
    columns, _ = in_columns(governance, [batch_of(rows)])
    assert columns == one_by_one(governance, rows)
    runs = {row["id"]: decoded(item).procedure for row, item in zip(rows, columns, strict=True)}
    assert runs == {
        "6-noise-None": "plain",
        "6-noise-major": "graded",
        "6-lamp-None": "plain",
        "6-lamp-major": "plain",
        "7-noise-None": "urban_management",
        "7-noise-major": "graded",
        "7-lamp-None": "urban_management",
        "7-lamp-major": "urban_management",
    }


def decoded(item: Append) -> Any:
    (envelope,) = item.events
    return decode(envelope.type, envelope.schema, envelope.data)


@pytest.fixture(params=["memory://", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    url = request.param if request.param != "sqlite" else f"sqlite:///{tmp_path / 'cases.db'}"
    opened = open_store(url)
    yield opened
    opened.close()


def test_each_event_is_one_case_however_often_it_is_told(store: CaseStore):
    batches = list(event_batches(CITY, 3_000, seed=5))
    ids = {(row["channel"], row["id"]) for row in rows_of(batches)}
    *_, first = open_cases(store, GOVERNANCE, ROUTER.route_stream(batches))
    assert (first.rows, first.cases, first.known) == (3_000, len(ids), 3_000 - len(ids))
    assert first.known > 0
    assert store.count_cases() == len(ids)
    *_, again = open_cases(store, GOVERNANCE, ROUTER.route_stream(batches))
    assert (again.cases, again.known) == (0, 3_000)
    assert store.count_cases() == len(ids)
    assert store.verify().sound


def test_a_batch_is_opened_whole_or_not_at_all(store: CaseStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gov_core.replay.opening.BATCH_ROWS", 500)
    batches = list(event_batches(CITY, 2_000, seed=5))
    opening = open_cases(store, GOVERNANCE, ROUTER.route_stream(batches))
    half = [next(opening).cases for _ in range(2)][-1]
    opening.close()
    assert store.count_cases() == half
    *_, rest = open_cases(store, GOVERNANCE, ROUTER.route_stream(batches))
    assert store.count_cases() == half + rest.cases
    feed = store.read_feed(limit=10_000).events
    assert [event.case_id for event in feed] == list(dict.fromkeys(event.case_id for event in feed))


def test_what_a_store_cannot_hold_is_listed_with_its_row_and_stops_no_other(store: CaseStore):
    changes = ({}, {"id": "2", "matter": "x" * 300}, {"id": "3", "matter": "a\0b"}, {"id": "4\0"})
    rows = [GOOD | change for change in changes]
    *_, opened = open_cases(store, GOVERNANCE, ROUTER.route_stream([batch_of(rows)]))
    assert opened.cases == store.count_cases() == 2
    assert {problem.line for problem in opened.problems} == {2, 3}
