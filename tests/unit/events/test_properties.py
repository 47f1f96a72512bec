"""Random tables round trip in every format; random damage to one line touches no other line."""

import csv
import io
import json
import math
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from arro3.core import Array, DataType, RecordBatch
from hypothesis import given
from hypothesis import strategies as st

from gov_core.events import open_events, write_events

TEXT = DataType.string()
FLOAT = DataType.float64()

texts = st.none() | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from('",;=+-\n\t\\'),
    min_size=1,
    max_size=8,
)
numbers = st.none() | st.floats(-180, 180)
events = st.lists(st.tuples(texts, numbers, numbers, texts, texts), min_size=1, max_size=30)
NAMES = ("id", "lon", "lat", "matter", "note")


def read(path: Path) -> list[tuple]:
    with open_events(path) as reader:
        return [tuple(row.values()) for batch in reader for row in batch.to_struct_array().to_pylist()]


@pytest.mark.parametrize("name", ["e.csv", "e.ndjson", "e.parquet"])
@given(rows=events, cut=st.integers(0, 30))
def test_tables_round_trip(name: str, rows: list[tuple], cut: int) -> None:
    def batch(part: list[tuple]) -> RecordBatch:
        columns = list(zip(*part, strict=True)) or [()] * 5
        kinds = (TEXT, FLOAT, FLOAT, TEXT, TEXT)
        arrays = [Array(list(column), kind) for column, kind in zip(columns, kinds, strict=True)]
        return RecordBatch.from_arrays(arrays, names=list(NAMES))

    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        assert write_events(path, [batch(rows[:cut]), batch(rows[cut:])], formulas=True) == len(rows)
        assert read(path) == rows


def csv_line(row: tuple) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if value is None else value for value in row])
    return line.getvalue().encode()


def json_line(row: tuple) -> bytes:
    return json.dumps(dict(zip(NAMES, row, strict=True)), ensure_ascii=False).encode() + b"\n"


plain = st.text("abc市容,.=", min_size=1, max_size=6)
plain_events = st.lists(
    st.tuples(plain, st.floats(-180, 180), st.floats(-90, 90), plain, plain), min_size=1, max_size=20
)


@pytest.mark.parametrize(
    ("name", "line", "head"), [("e.csv", csv_line, csv_line(NAMES)), ("e.ndjson", json_line, b"")]
)
@given(data=st.data(), rows=plain_events)
def test_damage_stays_in_its_line(
    name: str, line, head: bytes, data: st.DataObject, rows: list[tuple]
) -> None:
    lines = [line(row) for row in rows]
    at = data.draw(st.integers(0, len(lines) - 1))
    start = data.draw(st.integers(0, len(lines[at]) - 1))
    end = data.draw(st.integers(start, len(lines[at]) - 1))
    junk = data.draw(st.binary(max_size=6).map(lambda raw: raw.translate(None, b"\r\n")))
    damaged = lines[at][:start] + junk + lines[at][end:]
    damaged = damaged.rstrip(b"\n") + b"\n"
    lines[at] = damaged

    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        anchor = line(("anchor", 1.0, 2.0, "m", "n"))
        path.write_bytes(head + anchor + b"".join(lines))
        found = [row[:5] for row in read(path)]

    assert found[0] == ("anchor", 1.0, 2.0, "m", "n")
    if damaged.strip():
        assert len(found) == len(rows) + 1
    others = [row for number, row in enumerate(found[1:]) if number != at] if damaged.strip() else found[1:]
    assert others == [row for number, row in enumerate(rows) if number != at]


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        for name, head in (
            ("e.csv", b"id,lon,lat,matter\n"),
            ("e.ndjson", b'{"id":"E","lon":1,"lat":2,"matter":"M"}\n'),
        ):
            path = Path(folder) / name
            path.write_bytes(head + raw)
            rows = read(path)
            assert all(row[1] is None or isinstance(row[1], float) for row in rows)
            lines = [line for line in raw.split(b"\n") if line.strip(b"\r")]
            assert len(rows) <= len(lines) + 2 * raw.count(b"\r") + 1


def test_nan_stands_for_what_is_no_number() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "e.csv"
        path.write_bytes(b"id,lon,lat,matter\nE1,?,2,M\n")
        assert math.isnan(read(path)[0][1])
