"""`gov-core repair` mends a folder into another, and says what it did."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import shapely

from gov_core.checker import check
from gov_core.city import City
from gov_core.generate import generate_city


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city with a sliver along one grid, and a much wider gap along another."""
    city = generate_city(60, seed=11, detail=0.4)
    outlines = dict(zip(city.grids, shapely.from_wkb(city.geometries), strict=True))
    rim = shapely.boundary(shapely.union_all(list(outlines.values())))
    inner = [grid for grid, outline in outlines.items() if not outline.intersects(rim)]
    first = inner[0]
    second = next(grid for grid in inner if not outlines[grid].intersects(outlines[first]))
    narrow = shapely.buffer(outlines[first], -4e-6, join_style="mitre").wkb
    wide = shapely.buffer(outlines[second], -4e-4, join_style="mitre").wkb
    city.redrawn({first: narrow, second: wide}).save(tmp_path / "city")
    return tmp_path / "city"


def repair(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gov_core.cli", "repair", str(folder), *options]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_what_is_narrow_is_mended_and_the_rest_refused(folder: Path, tmp_path: Path) -> None:
    bounds = ["--max-gap-m", "2", "--max-overlap-m", "0.5"]
    done = repair(folder, "-o", str(tmp_path / "new"), *bounds)

    assert done.returncode == 1, "something was refused"
    assert "gap between" in done.stderr
    assert "refused, it is wider than 2 m" in done.stderr
    before = [found.fault.code for found in check(City.load(folder))]
    after = {found.fault.code for found in check(City.load(tmp_path / "new"))}
    assert before.count("geometry.sliver") >= 1
    assert "geometry.sliver" not in after
    assert "geometry.gap" in after
    listed = json.loads(repair(folder, "-o", str(tmp_path / "again"), *bounds, "--json").stdout)
    assert all(change["area_m2"] > 0 and 0 < change["width_m"] <= 2 for change in listed["changes"])
    assert all(patch["to"] is None and patch["refused"] for patch in listed["refused"])


def test_a_sound_city_is_saved_as_it_is(tmp_path: Path) -> None:
    city = generate_city(24, seed=11, detail=0.4)
    city.save(tmp_path / "city")
    done = repair(tmp_path / "city", "-o", str(tmp_path / "new"), "--max-gap-m", "2", "--max-overlap-m", "2")

    assert done.returncode == 0
    assert "0 changes, 0 refused" in done.stderr
    assert City.load(tmp_path / "new") == City.load(tmp_path / "city")


def test_a_city_is_not_mended_in_place(folder: Path) -> None:
    done = repair(folder, "-o", str(folder), "--max-gap-m", "2", "--max-overlap-m", "2")
    assert done.returncode == 2
    assert "folder of its own" in done.stderr


def test_bounds_are_to_be_stated(folder: Path, tmp_path: Path) -> None:
    assert repair(folder, "-o", str(tmp_path / "new"), "--max-gap-m", "2").returncode == 2
