"""``gov-core generate`` as a user runs it."""

from __future__ import annotations

import subprocess
import sys

import pyarrow.csv
import pyarrow.parquet
import pytest

from gov_core.generate import generate_city

COMMAND = (sys.executable, "-m", "gov_core.cli", "generate")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated") / "city"
    generate_city(grids=30, seed=2).save(folder)
    return folder


def run(*arguments):
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["events.parquet", "events.csv", "events.ndjson"])
def test_it_writes_the_format_of_the_name(folder, tmp_path, name):
    done = run(folder, "-o", tmp_path / name, "--events", 500, "--days", 3)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "500 events" in done.stderr
    assert "gov-core route" in done.stderr
    lines = (tmp_path / name).read_bytes().count(b"\n")
    assert name.endswith("parquet") or lines == 500 + name.endswith("csv")


def test_the_same_seed_gives_the_same_file(folder, tmp_path):
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        assert (
            run(folder, "-o", tmp_path / f"{name}.parquet", "--events", 300, "--seed", seed).returncode == 0
        )
    one, same, other = (
        pyarrow.parquet.read_table(tmp_path / f"{name}.parquet") for name in ("one", "same", "other")
    )
    assert one.equals(same)
    assert not one.equals(other)


def test_a_csv_reads_back_with_the_columns_of_events(folder, tmp_path):
    run(folder, "-o", tmp_path / "events.csv", "--events", 200)
    table = pyarrow.csv.read_csv(tmp_path / "events.csv")
    assert table.column_names == ["id", "lon", "lat", "matter", "grade", "asset", "channel", "reported_at"]
    assert table["lon"].type == table["lat"].type == pyarrow.float64()


def test_a_folder_that_is_no_city_is_refused(tmp_path):
    done = run(tmp_path, "-o", tmp_path / "events.csv")
    assert done.returncode == 1
    assert "city" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "events.csv").exists()


def test_an_unknown_format_is_refused_before_any_work(folder, tmp_path):
    done = run(folder, "-o", tmp_path / "events.xlsx")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
