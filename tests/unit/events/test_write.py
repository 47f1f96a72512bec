"""A file appears whole or not at all, and says what it was given."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from arro3.core import Array, DataType, RecordBatch
from arro3.io import read_parquet

from gov_core.errors import EventError, Fault
from gov_core.events import open_events, write_events

TEXT = DataType.string()
NAMES = ["e.parquet", "e.csv", "e.ndjson"]


def batch(ids: list[str | None], matter: list[str | None], lon: list[float | None]) -> RecordBatch:
    return RecordBatch.from_pydict(
        {
            "id": Array(ids, TEXT),
            "lon": Array(lon, DataType.float64()),
            "lat": Array([32.25] * len(ids), DataType.float64()),
            "matter": Array(matter, TEXT).cast(DataType.dictionary(DataType.uint32(), TEXT)),
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_reads_back(tmp_path: Path, name: str) -> None:
    batches = [batch(["E1", "E2"], ["市容", None], [118.5, None]), batch(["E3"], ['a "b", c'], [-0.1])]
    assert write_events(tmp_path / name, batches) == 3
    with open_events(tmp_path / name) as reader:
        rows = [row for found in reader for row in found.to_struct_array().to_pylist()]
    assert rows == [
        {"id": "E1", "lon": 118.5, "lat": 32.25, "matter": "市容"},
        {"id": "E2", "lon": None, "lat": 32.25, "matter": None},
        {"id": "E3", "lon": -0.1, "lat": 32.25, "matter": 'a "b", c'},
    ]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_dictionaries_stay_dictionaries_in_parquet(tmp_path: Path) -> None:
    write_events(tmp_path / "e.parquet", [batch(["E1"], ["M"], [1.0])])
    kind = read_parquet(tmp_path / "e.parquet").schema.field("matter").type
    assert DataType.is_dictionary(kind)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, EventError])
def test_failing_stream_leaves_no_trace_and_the_old_file(
    tmp_path: Path, name: str, error: type[BaseException]
) -> None:
    def failing() -> Iterator[RecordBatch]:
        yield batch(["E1"], ["M"], [1.0])
        raise error([Fault("event.parquet", "damaged")])

    (tmp_path / name).write_text("old")
    with pytest.raises(error):
        write_events(tmp_path / name, failing())
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "old"


def test_formula_cells_are_neutralised_in_csv_only(tmp_path: Path) -> None:
    texts = ["=1+1", "+8613800000000", "-1", "@x", "\tx", "\rx", "fine", None]
    one = batch(texts, texts, [-1.5] * len(texts))
    write_events(tmp_path / "safe.csv", [one])
    write_events(tmp_path / "raw.csv", [one], formulas=True)
    write_events(tmp_path / "e.ndjson", [one])
    with (tmp_path / "safe.csv").open(newline="") as file:
        safe = list(csv.reader(file))[1:]
    with (tmp_path / "raw.csv").open(newline="") as file:
        raw = list(csv.reader(file))[1:]
    expected = ["'=1+1", "'+8613800000000", "'-1", "'@x", "'\tx", "'\rx", "fine", ""]
    assert [row[0] for row in safe] == [row[3] for row in safe] == expected
    assert {row[1] for row in safe} == {"-1.5"}
    assert [row[0] for row in raw] == [text or "" for text in texts]
    lines = (tmp_path / "e.ndjson").read_text().splitlines()
    assert [json.loads(line)["matter"] for line in lines] == texts


@pytest.mark.parametrize("name", ["e.txt", "e.csv.gz", "none/e.csv"])
def test_refused_outputs(tmp_path: Path, name: str) -> None:
    with pytest.raises(EventError):
        write_events(tmp_path / name, [batch(["E1"], ["M"], [1.0])])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_rows_still_give_the_columns(tmp_path: Path, name: str) -> None:
    (tmp_path / "in.csv").write_bytes(b"id,lon,lat,matter\n")
    with open_events(tmp_path / "in.csv") as reader:
        assert write_events(tmp_path / name, reader) == 0
    assert (tmp_path / name).is_file()
    if name != "e.ndjson":
        with open_events(tmp_path / name) as reader:
            assert reader.schema.names == ["id", "lon", "lat", "matter"]
            assert [found.num_rows for found in reader] == [0]
