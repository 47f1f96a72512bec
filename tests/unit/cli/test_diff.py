"""`gov-core diff` prints changes, and nothing where there are none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gov_core.city import Merge, Reorganisation, Unit
from gov_core.generate import generate_city


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gov_core.cli", "diff", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True)


def test_two_folders(tmp_path: Path) -> None:
    from datetime import date

    city = generate_city(grids=20, seed=1)
    two = tuple(unit.id for unit in city.units if unit.kind == "residents_committee")[:2]
    city.save(tmp_path / "old")
    outcome = Reorganisation(date(2026, 1, 1), (Merge(two, Unit("RC", "", "residents_committee")),)).apply(
        city
    )
    outcome.after.save(tmp_path / "new")

    assert run(str(tmp_path / "old"), str(tmp_path / "old")).stdout == ""
    told = run(str(tmp_path / "old"), str(tmp_path / "new"))
    assert 'unit "RC" added' in told.stdout
    assert "2 removed, 0 changed, 1 added" in told.stderr
    found = json.loads(run(str(tmp_path / "old"), str(tmp_path / "new"), "--json").stdout)
    assert [change["kind"] for change in found] == ["removed", "removed", "added"]


@pytest.mark.parametrize("command", ["check {0}", "show {0}", "diff {0} {0}", "route {0} e.csv -o o.csv"])
@pytest.mark.parametrize("day", ["2016-13-01", "yesterday", ""])
def test_what_is_no_day_is_told_alike_by_every_command(tmp_path: Path, command: str, day: str) -> None:
    generate_city(grids=10, seed=1).save(tmp_path / "city")
    option = "--old-as-of" if command.startswith("diff") else "--as-of"
    words = [*command.format(tmp_path / "city").split(), option, day]
    done = subprocess.run(
        [sys.executable, "-m", "gov_core.cli", *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert option in done.stderr
    assert f'"{day}" is no day; write it as 2020-01-31' in " ".join(done.stderr.replace("│", " ").split())
