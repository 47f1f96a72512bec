"""`gov-core new` writes a folder to start from, `gov-core presets` tells of what it can be made."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gov_core import presets
from gov_core.checker import check
from gov_core.city import City


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gov_core.cli", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd)


def test_a_folder_to_start_from(tmp_path: Path) -> None:
    done = run(
        *("new", "某区", "--preset", "QINGHE", "--option", "joint_conference"),
        *("--set", "streets=2", "--set", "communities=4", "--set", "grids=20", "--set", "centre=118.5,32.25"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "2 street > 4 community > 20 grid > 80 building" in done.stderr
    city = City.load(tmp_path / "某区")
    assert check(city) == []
    assert city == presets.qinghe(
        city_name="某区",
        streets=2,
        communities=4,
        grids=20,
        centre=(118.5, 32.25),
        options=["joint_conference"],
    )


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    done = run("new", "x", "--preset", "SHANDONG", "-o", str(tmp_path))
    assert done.returncode == 1
    assert "preset.folder" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert run("new", "x", "--preset", "SHANDONG", "-o", str(tmp_path)).returncode == 0
    assert City.load(tmp_path).preset == "SHANDONG"


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--preset", "QINGE"], ["preset.unknown"]),
        (["--preset", "QINGHE", "--set", "street=3", "--set", "km=3"], ["preset.unknown_parameter"] * 2),
        (
            ["--preset", "QINGHE", "--set", "grids=0", "--option", "all"],
            ["preset.out_of_range", "preset.unknown_option"],
        ),
        (
            ["--preset", "QINGHE", "--set", "seed", "--set", "grids=many", "--set", "city_name=1"],
            ["preset.setting"] * 3,
        ),
        (["--preset", "QINGHE", "--set", "seed=1", "--set", "seed=2"], ["preset.setting"]),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(
    arguments: list[str], codes: list[str], tmp_path: Path
) -> None:
    done = run("new", "x", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines() if line.startswith("preset.")] == codes
    assert list(tmp_path.iterdir()) == []


def test_presets_are_listed() -> None:
    listed = run("presets").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(presets.NAMES)
    one = run("presets", "QINHUAI").stdout
    assert "dual_commanders" in one
    assert "grids = 416" in one
    assert "two_way_appraisal" in one
    found = json.loads(run("presets", "QINGHE_PROPOSAL", "--json").stdout)
    assert [(preset["name"], preset["proposal"]) for preset in found] == [("QINGHE_PROPOSAL", True)]
    assert run("presets", "qinghe").returncode == 1
