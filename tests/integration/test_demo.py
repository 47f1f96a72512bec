"""``gov-core demo`` from nothing: what it prints, what it leaves, and that the answers are right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet
import pytest
import shapely

from gov_core.cases import MACHINE
from gov_core.city import City
from gov_core.places.small_counts import too_small
from gov_core.privacy.small_cells import SMALLEST, without_small
from gov_core.storage.opening import open_store
from gov_core.storage.protocol import CaseFilter

GRIDS, EVENTS, CASES = 40, 5_000, 300


def run(out, *arguments):
    command = [
        sys.executable,
        "-m",
        "gov_core.cli",
        "demo",
        "--grids",
        GRIDS,
        "--events",
        EVENTS,
        "--cases",
        CASES,
        "--out",
        out,
    ]
    return subprocess.run([*map(str, command), *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "out"
    done = run(out)
    assert done.returncode == 0, done.stderr
    return out, done


def test_it_leaves_everything_it_names(demo):
    out, done = demo
    left = {path.name for path in out.iterdir()}
    assert left == {
        "city", "events.parquet", "routed.parquet", "bulletin.txt", "bulletin.json", "map.html", "map.png",
        "cases.db", "cases.toml",
    }  # fmt: skip
    assert all(str(out / name) in done.stdout for name in left)
    assert (out / "bulletin.txt").read_text("utf-8").split("by status")[0] in done.stdout


def test_progress_is_on_stderr_and_the_bulletin_on_stdout(demo):
    _, done = demo
    assert "generate the city" in done.stderr
    assert "route" in done.stderr
    for text in ("by status", "by street", "by unit", "routing alone", "events/s", "next", "gov-core check"):
        assert text in done.stdout
    assert "generate the city" not in done.stdout


def test_every_event_comes_out_in_its_place(demo):
    out, _ = demo
    before = pyarrow.parquet.read_table(out / "events.parquet")
    after = pyarrow.parquet.read_table(out / "routed.parquet")
    assert after.num_rows == EVENTS
    for name in ("id", "lon", "lat", "channel"):
        assert after[name].to_pylist() == before[name].to_pylist()


def test_the_grids_are_those_that_shapely_finds(demo):
    out, _ = demo
    city, routed = City.load(out / "city"), pyarrow.parquet.read_table(out / "routed.parquet")
    lon, lat = (routed[name].to_numpy() for name in ("lon", "lat"))
    known = np.flatnonzero(np.isfinite(lon))
    tree = shapely.STRtree(shapely.from_wkb(city.geometries))
    event, grid = tree.query(shapely.points(lon[known], lat[known]), predicate="intersects")
    owners = {}
    for at, slot in zip(known[event].tolist(), grid.tolist(), strict=True):
        owners.setdefault(at, set()).add(city.grids[slot])
    for at, place in enumerate(routed["place"].to_pylist()):
        assert place in owners[at] if at in owners else place is None


def test_the_bulletin_counts_what_the_file_holds(demo):
    out, _ = demo
    routed = pyarrow.parquet.read_table(out / "routed.parquet")
    bulletin = json.loads((out / "bulletin.json").read_text("utf-8"))
    assert bulletin["events"] == EVENTS
    assert {row["id"]: row["events"] for row in bulletin["statuses"]} == Counter(routed["status"].to_pylist())
    units = Counter(unit for unit in routed["unit"].to_pylist() if unit)
    assert {row["id"]: row["events"] for row in bulletin["units"]} == without_small(units)
    located = pc.sum(pc.is_valid(routed["place"])).as_py()
    assert sum(row["events"] for row in bulletin["streets"]) == located
    assert bulletin["speeds"][0]["seconds"] < bulletin["speeds"][1]["seconds"]
    assert City.load(out / "city").digest == bulletin["digest"]


def test_its_cases_are_those_of_the_store(demo):
    out, done = demo
    cases = json.loads((out / "bulletin.json").read_text("utf-8"))["cases"]
    store = open_store(f"sqlite:///{out / 'cases.db'}")
    assert cases["cases"] == cases["opened"] == store.count_cases() == CASES - cases["known"]
    states = {state: store.count_cases(CaseFilter(state=state)) for state in MACHINE.states}
    told = {row["state"]: row["cases"] for row in cases["states"]}
    assert told.keys() == {state for state, count in states.items() if count}
    assert all(count == states[state] for state, count in told.items() if count is not None)
    assert not any(count is not None and too_small(count, SMALLEST) for count in told.values())
    assert cases["left_out"] >= sum(count is None for count in told.values())
    assert store.verify().sound
    store.close()
    for text in ("cases by state", "cases by unit", "solved in the grid", "claimed", "gov-core case show"):
        assert text in done.stdout
    assert "sensitive matters are in no count" in done.stdout
    assert ("left out: " in done.stdout) == (cases["left_out"] > 0)
    rates = {rate["name"]: rate for rate in cases["rates"]}
    told = sum((row["on_time"] or 0) + (row["late"] or 0) for row in cases["units"])
    assert rates["on_time"]["denominator"] >= told > 0


def test_a_demo_on_top_of_one_goes_on_with_its_cases_and_of_another_begins_anew(demo, tmp_path):
    out, _ = demo
    before = json.loads((out / "bulletin.json").read_text("utf-8"))["cases"]
    shutil.copytree(out, tmp_path / "out")
    assert run(tmp_path / "out").returncode == 0
    assert json.loads((tmp_path / "out/bulletin.json").read_text("utf-8"))["cases"] == before
    assert run(tmp_path / "out", "--seed", "2").returncode == 0
    after = json.loads((tmp_path / "out/bulletin.json").read_text("utf-8"))["cases"]
    assert after["digest"] != before["digest"]
    assert after["opened"] == after["cases"]


def test_strays_have_the_statuses_of_their_flaws(demo):
    out, _ = demo
    statuses = Counter(pyarrow.parquet.read_table(out / "routed.parquet")["status"].to_pylist())
    assert set(statuses) <= {"routed", "out_of_area", "no_location", "bad_coordinate"}
    assert statuses["routed"] > 0.97 * EVENTS
    assert min(statuses.values()) > 0


def test_it_explains_an_event_by_its_rule(demo):
    out, done = demo
    explanation = json.loads((out / "bulletin.json").read_text("utf-8"))["explanation"]
    assert "R-" in explanation
    assert explanation.splitlines()[0] in done.stdout


def test_the_same_seed_gives_the_same_answers(demo, tmp_path):
    out, _ = demo
    again = run(tmp_path / "again", "--threads", "1")
    assert again.returncode == 0, again.stderr
    one, same = (
        pyarrow.parquet.read_table(folder / "routed.parquet") for folder in (out, tmp_path / "again")
    )
    assert one.equals(same)


@pytest.mark.parametrize("arguments", [("--grids", "3"), ("--events", "0"), ("--threads", "-1")])
def test_wrong_usage_is_told_apart(tmp_path, arguments):
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_there_is_no_picture_and_a_note_says_so(tmp_path):
    arguments = [
        "gov-core",
        "demo",
        "--grids",
        "20",
        "--events",
        "500",
        "--cases",
        "20",
        "--out",
        str(tmp_path),
    ]
    program = (
        "import sys; sys.modules['matplotlib'] = None; from gov_core.cli import main; "
        f"sys.argv = {arguments!r}; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "gov-core[pictures]" in done.stderr
    assert (tmp_path / "map.html").exists()
    assert not (tmp_path / "map.png").exists()
