"""`gov-core route` from the outside: files in, files out, words on stderr, exit codes."""

import csv
import dataclasses
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import shapely

from gov_core.city import City, Limit, Matter, Place, Rule, Unit
from gov_core.events import open_events
from gov_core.places import Address

EVENTS = """\
id,经度,lat,matter,grade,reported_at,note
E1,118.05,32.05,noise,,2026-01-05T08:00:00+08:00,占道
E2,118.15,32.05,noise,,2026-01-05T08:00:01+08:00,=1+1
E3,119.5,32.05,noise,,2026-01-05T08:00:02+08:00,
E4,,,noise,,2026-01-05T08:00:03+08:00,
E5,118.05,32.05
E6,118.05,n/a,noise,,never,
E1,118.05,32.05,parking,,2026-01-05T08:00:05+08:00,
"""

ANSWERS = [
    ("E1", "W", "S/W", "ST", "R", "routed"),
    ("E2", "E", "S/E", "ST", "R", "routed"),
    ("E3", "", "", "", "", "out_of_area"),
    ("E4", "", "", "", "", "no_location"),
    ("E5", "", "", "", "", "bad_coordinate"),
    ("E6", "", "", "", "", "bad_coordinate"),
    ("E1", "W", "S/W", "", "", "unknown_matter"),
]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    City.from_parts(
        name="Two grids",
        levels=["street", "grid"],
        places=[Place("S", "", "street"), Place("W", "", "grid", "S"), Place("E", "", "grid", "S")],
        geometries={
            "W": shapely.box(118.0, 32, 118.1, 32.1).wkb,
            "E": shapely.box(118.1, 32, 118.2, 32.1).wkb,
        },
        units=[Unit("ST", "", "station", ("S",))],
        matters=[Matter("noise", "")],
        rules=[
            Rule(
                "R",
                matter=None,
                area=None,
                asset=None,
                grade=None,
                unit=("@station",),
                respond_within=Limit(2, "urgent_hour"),
            )
        ],
    ).save(tmp_path / "city")
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    return tmp_path / "city"


def run(*arguments: object, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "gov_core.cli", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **environment},
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def answers(path: Path) -> list[tuple[str, ...]]:
    names = ("id", "place", "path", "unit", "rule", "status")
    with open_events(path) as reader:
        rows = [row for batch in reader for row in batch.to_struct_array().to_pylist()]
    return [tuple(row[name] or "" for name in names) for row in rows]


@pytest.mark.parametrize("name", ["out.csv", "out.ndjson", "out.parquet"])
def test_every_row_comes_out_with_its_answer(city: Path, name: str) -> None:
    events, output = city.parent / "events.csv", city.parent / name
    done = run("route", city, events, "-o", output, "--map", "lon=经度")
    assert answers(output) == ANSWERS
    assert done.stdout == ""
    assert "7 events in" in done.stderr
    assert "events.csv:6: event.cells: the row has 3 cells, the header has 7" in done.stderr
    assert "events.csv:7: event.number: lat is no number: 'n/a'" in done.stderr
    assert "events.csv:7: event.time" in done.stderr
    assert "events.csv:8: event.duplicate_id: the id has come before: 'E1'" in done.stderr
    assert f"next: gov-core check {city}" in done.stderr


def test_columns_may_be_mapped_one_by_one(city: Path) -> None:
    output = city.parent / "out.csv"
    run("route", city, city.parent / "events.csv", "-o", output, "--map", "lon=经度", "--map", "remark=note")
    assert answers(output) == ANSWERS
    assert "remark" in output.read_text(encoding="utf-8").splitlines()[0].split(",")


def test_formulas_are_made_harmless_unless_asked(city: Path) -> None:
    events, output = city.parent / "events.csv", city.parent / "out.csv"

    def notes() -> list[str]:
        with output.open(newline="", encoding="utf-8") as file:
            return [row["note"] for row in csv.DictReader(file)][:2]

    run("route", city, events, "-o", output, "--map", "lon=经度")
    assert notes() == ["占道", "'=1+1"]
    run("route", city, events, "-o", output, "--map", "lon=经度", "--formulas")
    assert notes() == ["占道", "=1+1"]


def test_summary_as_json(city: Path) -> None:
    events, output = city.parent / "events.csv", city.parent / "out.parquet"
    done = run("route", city, events, "-o", output, "--map", "lon=经度", "--json")
    told = json.loads(done.stdout)
    assert told["rows"] == 7
    assert told["status"] == {
        "routed": 2,
        "bad_coordinate": 2,
        "out_of_area": 1,
        "no_location": 1,
        "unknown_matter": 1,
    }
    assert told["problems"] == {
        "event.cells": 1,
        "event.number": 1,
        "event.time": 1,
        "event.duplicate_id": 1,
    }
    assert {"line": 6, "code": "event.cells", "message": "the row has 3 cells, the header has 7"} in told[
        "problem_rows"
    ]
    assert done.stderr == ""


def test_ndjson_on_stdout(city: Path) -> None:
    done = run("route", city, city.parent / "events.csv", "-o", "-", "--map", "lon=经度")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["status"] for row in rows] == [answer[-1] for answer in ANSWERS]
    assert rows[0]["respond_within"] == "2 urgent_hour"


def test_explain_says_why(city: Path) -> None:
    events = city.parent / "events.csv"
    done = run("route", city, events, "--explain", "E2", "--map", "lon=经度")
    assert "R" in done.stdout
    assert "ST" in done.stdout
    done = run("route", city, events, "--explain", "E99", "--map", "lon=经度", code=1)
    assert "event.unknown_id" in done.stderr


def test_crs_of_all_events(city: Path) -> None:
    events = city.parent / "one.csv"
    events.write_text("id,lon,lat,matter\nE1,118.1001,32.05,noise\n")
    assert answers_after(city, events) == "E"
    assert answers_after(city, events, "--crs", "GCJ-02") == "W"
    events.write_text("id,lon,lat,matter,crs\nE1,118.1001,32.05,noise,GCJ-02\n")
    assert answers_after(city, events) == "W"
    done = run("route", city, events, "-o", city.parent / "out.csv", "--crs", "GCJ-02", code=1)
    assert "event.crs" in done.stderr


def answers_after(city: Path, events: Path, *options: str) -> str:
    output = city.parent / "out.csv"
    run("route", city, events, "-o", output, *options)
    return answers(output)[0][1]


def test_refusals_are_coded_and_leave_no_file(city: Path) -> None:
    events, output = city.parent / "events.csv", city.parent / "out.csv"
    done = run("route", city, events, "-o", output, code=1)
    assert "event.missing_column" in done.stderr
    assert "--map" not in done.stdout
    (city / "rules.csv").write_text("id,matter,unit\nR,noise,nobody\n")
    done = run("route", city, events, "-o", output, "--map", "lon=经度", code=1)
    assert "rules.csv" in done.stderr
    done = run("route", city.parent / "none", events, "-o", output, "--map", "lon=经度", code=1)
    assert "none" in done.stderr
    assert sorted(path.name for path in city.parent.iterdir()) == ["city", "events.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-o", "out.csv", "--map", "lon"],
        ["-o", "out.csv", "--map", "lon=a,lon=b"],
        ["-o", "-", "--json"],
        ["-o", "out.csv", "--threads", "-1"],
        ["-o", "out.csv", "--nonsense"],
        ["-o", "out.csv", "--crs", "WGS"],
    ],
)
def test_wrong_usage_is_2(city: Path, arguments: list[str]) -> None:
    done = run("route", city, city.parent / "events.csv", *arguments, code=2)
    assert done.stdout == ""


def test_output_onto_the_input_is_wrong_usage(city: Path) -> None:
    events = city.parent / "events.csv"
    run("route", city, events, "-o", events, code=2)
    assert events.read_text(encoding="utf-8") == EVENTS


def test_saved_index_gives_the_same_answers(city: Path) -> None:
    events, output, index = city.parent / "events.csv", city.parent / "out.csv", city.parent / "grids.index"
    run("index", city, "-o", index)
    run("route", city, events, "-o", output, "--map", "lon=经度", "--index", index)
    assert answers(output) == ANSWERS


def test_index_of_another_city_is_refused(city: Path) -> None:
    events, output, index = city.parent / "events.csv", city.parent / "out.csv", city.parent / "grids.index"
    run("index", city, "-o", index)
    places = json.loads((city / "places.geojson").read_text())
    for feature in places["features"]:
        if feature["properties"]["id"] == "E":
            feature["geometry"] = shapely.geometry.mapping(shapely.box(118.1, 32, 118.3, 32.1))
    (city / "places.geojson").write_text(json.dumps(places))
    done = run("route", city, events, "-o", output, "--map", "lon=经度", "--index", index, code=1)
    assert "index_file." in done.stderr
    assert not output.exists()


def test_version_help_and_versions() -> None:
    assert run("--version").stdout.startswith("gov-core ")
    assert "route" in run("--help").stdout
    assert "arro3-core" in run("show-versions").stdout


def test_debug_shows_where_an_error_came_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gov_core.cli",
            "--debug",
            "route",
            "none",
            str(tmp_path / "e.csv"),
            "-o",
            "o.csv",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_full_disk_is_told_and_leaves_no_trace(city: Path) -> None:
    """A limit on the size of files stands in for a disk that takes no more."""
    events = city.parent / "many.csv"
    events.write_text("id,lon,lat,matter\n" + "".join(f"E{n},118.05,32.05,noise\n" for n in range(20_000)))
    for name in ("out.parquet", "out.csv", "out.ndjson"):
        limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000));"
        program = f"{limited} sys.argv[0] = 'gov-core'; from gov_core.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, "route", str(city), str(events), "-o", str(city.parent / name)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "too large" in done.stderr
    assert sorted(path.name for path in city.parent.iterdir()) == ["city", "events.csv", "many.csv"]


def test_reader_of_stdout_may_leave_early(city: Path) -> None:
    events = city.parent / "many.csv"
    events.write_text("id,lon,lat,matter\n" + "".join(f"E{n},118.05,32.05,noise\n" for n in range(50_000)))
    command = [sys.executable, "-m", "gov_core.cli", "route", str(city), str(events), "-o", "-"]
    unbuffered = {**os.environ, "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, env=unbuffered) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert json.loads(running.stdout.readline())["id"] == "E0"
        running.stdout.close()
        assert running.stderr.read() == ""  # not a word of Python's own either
        assert running.wait() == 1


def test_columns_named_like_answers_are_refused(city: Path) -> None:
    events = city.parent / "taken.csv"
    events.write_text("id,lon,lat,matter,status,unit\nE1,118.05,32.05,noise,open,X\n")
    done = run("route", city, events, "-o", city.parent / "out.csv", code=1)
    assert done.stderr.count("event.column_taken") == 2
    run("route", city, events, "-o", city.parent / "out.csv", "--map", "old_status=status,old_unit=unit")
    assert answers(city.parent / "out.csv")[0][-1] == "routed"


def test_addresses_locate_before_coordinates(city: Path) -> None:
    whole = City.load(city)
    whole = dataclasses.replace(
        whole, addresses=(Address("A1", "W", road="柳湾路", number="12"), Address("A2", "E", road="白鹭巷"))
    )
    whole.save(city.parent / "addressed")
    events, output = city.parent / "reported.csv", city.parent / "out.csv"
    events.write_text(
        "id,lon,lat,matter,地址\n"
        "E1,118.05,32.05,noise,柳湾路１２号\n"
        "E2,118.05,32.05,noise,白鹭巷三号\n"
        "E3,118.15,32.05,noise,云水路1号\n"
        "E4,,,noise,云水路1号\n",
        encoding="utf-8",
    )
    arguments = ("route", city.parent / "addressed", events, "-o", output, "--map", "address=地址")
    done = run(*arguments)
    with output.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["place"], row["located_by"]) for row in rows] == [
        ("W", "address"),
        ("E", "address"),
        ("E", "coordinates"),
        ("", ""),
    ]
    assert rows[0]["disagree_m"] == "0.0"
    assert 4000 < float(rows[1]["disagree_m"]) < 5000
    assert "located 2 by address, 1 by coordinates" in done.stderr
    assert "1 points lie outside of the grid of their address" in done.stderr
    summary = json.loads(run(*arguments, "--json").stdout)
    assert summary["located_by"] == {"address": 2, "coordinates": 1}
    assert summary["disagreements"] == 1
    assert "located_by" not in json.loads(run("route", city, events, "-o", output, "--json").stdout)


OLD, NEW = "2016-06-07", "2016-06-08"


@pytest.fixture
def reformed(tmp_path: Path) -> Path:
    """On 8 June 2016 the station of the east is closed."""
    City.from_parts(
        name="Two versions",
        levels=["street", "grid"],
        places=[Place("S", "", "street"), Place("W", "", "grid", "S"), Place("E", "", "grid", "S")],
        geometries={
            "W": shapely.box(118.0, 32, 118.1, 32.1).wkb,
            "E": shapely.box(118.1, 32, 118.2, 32.1).wkb,
        },
        units=[
            Unit("ST", "", "station", ("S",)),
            Unit("ST-E", "", "station", ("E",), valid_to=date.fromisoformat(NEW)),
        ],
        matters=[Matter("noise", "")],
        rules=[Rule("R", None, None, None, None, ("@station",))],
    ).save(tmp_path / "reformed")
    rows = [f"E{at},{118.05 + at % 2 / 10},32.05,noise,{OLD if at < 4 else NEW}" for at in range(8)]
    lines = ["id,lon,lat,matter,reported_at", *rows]
    (tmp_path / "dated.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "reformed"


def units_in(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as file:
        return [row["unit"] for row in csv.DictReader(file)]


def test_each_event_is_routed_by_its_day(reformed, tmp_path):
    out = tmp_path / "out.csv"
    run("route", reformed, tmp_path / "dated.csv", "-o", out)
    assert units_in(out) == ["ST", "ST-E", "ST", "ST-E", "ST", "ST", "ST", "ST"]
    run("route", reformed, tmp_path / "dated.csv", "-o", out, "--as-of", OLD)
    assert units_in(out) == ["ST", "ST-E"] * 4
    words = run("route", reformed, tmp_path / "dated.csv", "--explain", "E1").stdout
    assert '"ST-E" is the @station that serves "E"' in words


def test_events_without_times_are_refused_where_days_matter(reformed, tmp_path):
    (tmp_path / "undated.csv").write_text("id,lon,lat,matter\nE,118.05,32.05,noise\n", encoding="utf-8")
    done = run("route", reformed, tmp_path / "undated.csv", "-o", tmp_path / "out.csv", code=1)
    assert "event.missing_column" in done.stderr
    assert "--as-of" in done.stderr
    run("route", reformed, tmp_path / "undated.csv", "-o", tmp_path / "out.csv", "--as-of", NEW)


def test_one_index_is_not_for_several_versions(reformed, tmp_path):
    done = run("route", reformed, tmp_path / "dated.csv", "-o", "-", "--index", tmp_path / "x", code=2)
    assert "2 versions" in done.stderr


def test_what_changes_hands(reformed, tmp_path):
    events = tmp_path / "dated.csv"
    compare = ["route", "--compare", reformed, "--compare-as-of", OLD, reformed, events]
    words = run(*compare, "-o", tmp_path / "changed.csv").stdout
    assert words.splitlines() == [
        "4 of 8 events change hands (50.00%)",
        "           4  ST-E -> ST  (E1, E3, E5, E7)",
        "where they are",
        "           4  E",
    ]
    with (tmp_path / "changed.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["old_unit"], row["new_unit"]) for row in rows] == [
        (f"E{at}", "ST-E", "ST") for at in (1, 3, 5, 7)
    ]
    found = json.loads(run(*compare, "--json").stdout)
    assert (found["events"], found["changed"]) == (8, 4)
    assert found["moves"] == [{"from": "ST-E", "to": "ST", "events": 4, "sample": ["E1", "E3", "E5", "E7"]}]
    assert found["places"] == [{"place": "E", "events": 4}]
    assert found["old_digest"] != found["new_digest"]


def test_the_same_city_changes_nothing(city, tmp_path):
    words = run("route", "--compare", city, city, tmp_path / "events.csv", "--map", "lon=经度").stdout
    assert words == "0 of 7 events change hands (0.00%)\n"


@pytest.mark.parametrize("more", [["--precision"], ["--explain", "E1"], ["--index", "x"]])
def test_a_comparison_takes_not_everything(reformed, tmp_path, more):
    done = run("route", "--compare", reformed, reformed, tmp_path / "dated.csv", *more, code=2)
    assert "neither" in done.stderr
    assert (
        "--compare"
        in run("route", reformed, tmp_path / "dated.csv", "-o", "-", "--compare-as-of", OLD, code=2).stderr
    )
