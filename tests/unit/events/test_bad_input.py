"""A gallery of broken events files: what is told, and that nothing gets lost."""

import gzip
import math
from pathlib import Path

import pytest

from gov_core.errors import EventError
from gov_core.events import EventReader, open_events

HEADER = b"id,lon,lat,matter,grade,reported_at\n"
GOOD = b"G,118.5,32.1,M1,high,2026-01-05T08:00:00+08:00\n"


def read(path: Path, data: bytes, **options) -> tuple[list[dict], EventReader]:
    path.write_bytes(data)
    with open_events(path, **options) as reader:
        return [row for batch in reader for row in batch.to_struct_array().to_pylist()], reader


def told(reader: EventReader) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in reader.problems]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"E1,118.5,32.1,M1\n", "event.cells"),
        (b"E1,118.5,32.1,M1,high,2026-01-05T08:00:00Z,more\n", "event.cells"),
        (b'E1,118.5,32.1,"M1,high,\n', "event.quote"),
        (b"E1,118.5,32.1,M\xff,high,\n", "event.encoding"),
        (b"E1,118.5,32.1,\0,high,\n", "event.nul"),
        (b"E1,118.5,32.1\r,M1,high,\n", "event.cells"),
        (b"   \n", "event.cells"),
    ],
)
def test_broken_csv_row_stays_and_is_told(tmp_path: Path, row: bytes, code: str) -> None:
    rows, reader = read(tmp_path / "e.csv", HEADER + GOOD.replace(b"G", b"A", 1) + row + GOOD)
    assert [found["id"] for found in rows] == ["A", "E1" if row.startswith(b"E1") else None, "G"]
    assert math.isnan(rows[1]["lon"])
    assert math.isnan(rows[1]["lat"])
    assert rows[1]["matter"] is None
    assert (rows[2]["lon"], rows[2]["lat"], rows[2]["matter"]) == (118.5, 32.1, "M1")
    assert told(reader) == [(3, code)]


def test_one_broken_row_far_into_a_csv(tmp_path: Path) -> None:
    count, broken = 200_000, 123_456
    lines = [b"E%06d,118.%06d,32.1,M1,high,2026-01-05T08:00:00Z\n" % (row, row) for row in range(count)]
    lines[broken] = b'E%06d,118.0,"32.1,M1,high,x\n' % broken
    path = tmp_path / "e.csv"
    path.write_bytes(HEADER + b"".join(lines))
    with open_events(path) as reader:
        batches = list(reader)
    ids = [value for batch in batches for value in batch["id"].to_pylist()]
    lon = [value for batch in batches for value in batch["lon"].to_pylist()]
    assert ids == [f"E{row:06d}" for row in range(count)]
    assert [row for row, value in enumerate(lon) if math.isnan(value)] == [broken]
    assert told(reader) == [(broken + 2, "event.quote")]
    assert max(batch.num_rows for batch in batches) <= 65_536


@pytest.mark.parametrize(
    ("cell", "value", "bad"),
    [
        (b"118.5", 118.5, False),
        (b" 118.5 ", 118.5, False),
        (b"+1.185e2", 118.5, False),
        (b"", None, False),
        (b"  ", None, False),
        (b"1e400", math.inf, False),
        (b"nan", math.nan, False),
        (b"118\xc2\xb030", math.nan, True),
        ("１１８.5".encode(), math.nan, True),
        (b"1_0", math.nan, True),
        (b"0x10", math.nan, True),
        (b'"118,5"', math.nan, True),
    ],
)
def test_coordinate_cells(tmp_path: Path, cell: bytes, value: float | None, bad: bool) -> None:  # noqa: FBT001
    rows, reader = read(tmp_path / "e.csv", b"id,lon,lat,matter\nE1," + cell + b",32,M\n")
    assert (
        rows[0]["lon"] == pytest.approx(value, nan_ok=True) if value is not None else rows[0]["lon"] is None
    )
    assert told(reader) == ([(2, "event.number")] if bad else [])


def test_quoted_line_feeds_and_empty_lines_keep_line_numbers_right(tmp_path: Path) -> None:
    data = HEADER + b'\nE1,1,2,"a\nb\nc",,\r\n\r\nE2,x,2,"say ""hi""",,\nE3,1,2,M,,never\n'
    rows, reader = read(tmp_path / "e.csv", data)
    assert [row["matter"] for row in rows] == ["a\nb\nc", 'say "hi"', "M"]
    assert told(reader) == [(7, "event.number"), (8, "event.time")]


def test_duplicate_ids_are_told_and_kept(tmp_path: Path) -> None:
    rows, reader = read(
        tmp_path / "e.csv", b"id,lon,lat,matter\n" + b"E1,1,2,M\nE2,1,2,M\n" * 2 + b",1,2,M\n,1,2,M\n"
    )
    assert [row["id"] for row in rows] == ["E1", "E2", "E1", "E2", None, None]
    assert told(reader) == [(4, "event.duplicate_id"), (5, "event.duplicate_id")]


def test_problems_are_bounded(tmp_path: Path) -> None:
    rows, reader = read(tmp_path / "e.csv", b"id,lon,lat,matter\n" + b"E1,x,2\n" * 5_000)
    assert len(rows) == 5_000
    assert reader.problems.counts == {"event.cells": 5_000, "event.duplicate_id": 4_999}
    assert len(list(reader.problems)) == 40


def test_byte_order_mark_gb18030_and_names(tmp_path: Path) -> None:
    data = "编号,经度,纬度,事项\r\nE1,118.5,32.1,占道经营\r\n"
    rename = {"id": "编号", "lon": "经度", "lat": "纬度", "matter": "事项"}
    want = [{"id": "E1", "lon": 118.5, "lat": 32.1, "matter": "占道经营"}]
    assert read(tmp_path / "a.csv", b"\xef\xbb\xbf" + data.encode(), rename=rename)[0] == want
    assert read(tmp_path / "b.csv", data.encode("gb18030"), rename=rename, encoding="GBK")[0] == want
    assert read(tmp_path / "c.csv.gz", gzip.compress(data.encode()), rename=rename)[0] == want


def test_bad_byte_of_gb18030_has_its_offset(tmp_path: Path) -> None:
    data = b"id,lon,lat,matter\nE1,1,2," + "占道".encode("gb18030") + b"\nE2,1,2,\xff\nE3,1,2,M\n"
    rows, reader = read(tmp_path / "e.csv", data, encoding="gb18030")
    assert [row["matter"] for row in rows] == ["占道", None, "M"]
    assert [str(problem) for problem in reader.problems] == [
        f"3: event.encoding: byte 0xFF at byte {data.index(0xFF)} of the file is not GB18030"
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"id":"E1","lon":NaN,"lat":2,"matter":"M"}', "event.json"),
        (b'{"id":"E1","lon":1,"lat":2,"matter":"M","lon":3}', "event.json_key"),
        (b'{"id":"E1","lon":1,"l\\u006fn":2}', "event.json_key"),
        (b'{"id":"E1","lon":null,"lon":2,"lat":2}', "event.json_key"),
        (b'{"id":"E1","lon":1,"lat":2', "event.json"),
        (b'{"id":"E1","lon":1} {"id":"E2"}', "event.json"),
        (b'["id", "E1"]', "event.json"),
        (b'{"id":"E1","lon":1e400}', "event.json"),
        (b'{"id":"E1","deep":' + b"[" * 33 + b"]" * 33 + b"}", "event.json"),
        (b'{"id":"E1","deep":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "event.json"),
        (b'{"id":"E1","matter":"\xff"}', "event.encoding"),
        (b'{"id":"E1","matter":"\\ud800"}', "event.encoding"),
    ],
)
def test_broken_json_line_stays_and_is_told(tmp_path: Path, line: bytes, code: str) -> None:
    good = b'{"id":"G","lon":118.5,"lat":32.1,"matter":"M1"}\n'
    rows, reader = read(tmp_path / "e.ndjson", good.replace(b"G", b"A", 1) + b"\n" + line + b"\n" + good)
    assert len(rows) == 3
    assert rows[1]["id"] in {"E1", None}
    assert math.isnan(rows[1]["lon"])
    assert (rows[2]["lon"], rows[2]["matter"]) == (118.5, "M1")
    assert told(reader) == [(3, code)]


def test_json_values_keep_what_they_are(tmp_path: Path) -> None:
    data = (
        b'{"id":1,"lon":"118.5","lat":32,"matter":7,"n":1,"big":1,"mix":1,"list":[1],"flag":true}\n'
        b'{"id":2,"lon":null,"lat":1e9,"matter":"lon","n":1.5,"big":12345678901234567890,"mix":"a"}\n'
        b'{"id":3,"lon":true,"late":"\\u4e2d"}'
    )
    rows, reader = read(tmp_path / "e.jsonl", data)
    assert list(rows[0]) == ["id", "lon", "lat", "matter", "n", "big", "mix", "list", "flag", "late"]
    assert list(rows[0].values()) == ["1", 118.5, 32.0, "7", 1.0, "1", "1", "[1]", True, None]
    assert list(rows[1].values())[:7] == ["2", None, 1e9, "lon", 1.5, "12345678901234567890", "a"]
    assert rows[2]["late"] == "中"
    assert told(reader) == [(3, "event.number")]


def test_line_longer_than_a_block(tmp_path: Path) -> None:
    long = b"E2,1,2," + b"x" * (9 << 20) + b"\n"
    rows, reader = read(tmp_path / "e.csv", b"id,lon,lat,matter\nE1,1,2,M\n" + long + b"E3,1,2,M\n")
    assert [row["id"] for row in rows] == ["E1", "E2", "E3"]
    assert [row["matter"] for row in rows] == ["M", None, "M"]
    assert told(reader) == [(3, "event.too_long")]


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("e.csv", b"", {"event.empty"}),
        ("e.csv", b"\n\n", {"event.empty"}),
        ("e.ndjson", b"", {"event.empty"}),
        ("e.ndjson", b"rubbish\n", {"event.empty"}),
        ("e.parquet", b"", {"event.empty"}),
        ("e.parquet", b"PAR1" + b"\0" * 20, {"event.parquet"}),
        ("e.txt", b"x", {"event.format"}),
        ("e.csv", b"\xff\xfei\0d\0", {"event.encoding"}),
        ("e.csv", "编号,x\n".encode("gb18030"), {"event.encoding"}),
        ("e.csv", b"id,lon,lat,matter\rE1,1,2,M\r", {"event.line_ends"}),
        ("e.csv", b"ID,lon,lat,lat\n", {"event.missing_column", "event.duplicate_column"}),
    ],
)
def test_files_that_are_refused(tmp_path: Path, name: str, data: bytes, codes: set[str]) -> None:
    with pytest.raises(EventError) as caught:
        read(tmp_path / name, data)
    assert {fault.code for fault in caught.value.faults} == codes


def test_all_faults_of_the_columns_at_once(tmp_path: Path) -> None:
    with pytest.raises(EventError) as caught:
        read(tmp_path / "e.csv", b"ID,longitude,lat,lat\n", rename={"lon": "经度"})
    assert [fault.code for fault in caught.value.faults] == [
        "event.map",
        "event.duplicate_column",
        "event.missing_column",
        "event.missing_column",
        "event.missing_column",
    ]
    assert "did you mean 'ID'? --map id=ID" in str(caught.value)


def test_missing_file_and_unknown_encoding(tmp_path: Path) -> None:
    with pytest.raises(EventError, match=r"event\.not_found"):
        open_events(tmp_path / "none.csv")
    (tmp_path / "e.csv").write_bytes(HEADER)
    with pytest.raises(EventError, match=r"event\.encoding"):
        open_events(tmp_path / "e.csv", encoding="latin-1")


def test_place_makes_coordinates_optional(tmp_path: Path) -> None:
    rows, _ = read(tmp_path / "e.csv", b"id,place,matter\nE1,G1,M\n")
    assert rows == [{"id": "E1", "place": "G1", "matter": "M"}]


@pytest.mark.parametrize("name", ["e.csv"])
def test_header_only_gives_the_columns(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HEADER)
    with open_events(tmp_path / name) as reader:
        batches = list(reader)
    assert [batch.num_rows for batch in batches] == [0]
    assert batches[0].schema == reader.schema
