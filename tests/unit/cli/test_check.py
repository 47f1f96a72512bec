"""`gov-core check` tells everything at once and exits with 1."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import shapely

from gov_core.city import City, Matter, Place, Rule, Unit


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
        rules=[Rule("R", matter=None, area=None, asset=None, grade=None, unit=("@station",))],
    ).save(tmp_path / "city")
    return tmp_path / "city"


def check(city: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gov_core.cli", "check", str(city), *options]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_sound_city(city: Path) -> None:
    done = check(city)
    assert done.returncode == 0
    assert "0 errors" in done.stderr
    assert done.stdout == ""
    done = check(city, "--json")
    assert json.loads(done.stdout)["errors"] == []


def test_faults_of_the_folder_all_at_once(city: Path) -> None:
    (city / "units.csv").write_text("id,name,kind,serves\nST,,station,NOWHERE\nST,,station,S\n")
    done = check(city)
    assert done.returncode == 1
    assert done.stderr.count("units.csv") >= 2
    found = json.loads(check(city, "--json").stdout)["errors"]
    assert len(found) >= 2
    assert all(fault["code"] and fault["message"] for fault in found)


def test_overlap_names_both_grids(city: Path) -> None:
    places = json.loads((city / "places.geojson").read_text())
    for feature in places["features"]:
        if feature["properties"]["id"] == "E":
            feature["geometry"] = shapely.geometry.mapping(shapely.box(118.05, 32, 118.2, 32.1))
    (city / "places.geojson").write_text(json.dumps(places))
    done = check(city)
    assert done.returncode == 1
    assert "overlap" in done.stderr
    assert "W" in done.stderr
    assert "E" in done.stderr


def test_rules_that_contradict_each_other(city: Path) -> None:
    (city / "units.csv").write_text("id,name,kind,serves\nST,,station,S\nPO,,police,S\n")
    (city / "rules.csv").write_text("id,matter,unit\nA,noise,ST\nB,noise,PO\n")
    done = check(city)
    assert done.returncode == 1
    assert "rule" in done.stderr
