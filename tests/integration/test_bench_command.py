"""``gov-core bench`` as a user runs it, and that it would notice a wrong answer."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from gov_core.cli._contest import check
from gov_core.routing import UNCOVERED

COMMAND = (sys.executable, "-m", "gov_core.cli", "bench", "--grids", "30", "--points", "2000")


def test_figures_as_json():
    done = subprocess.run([*COMMAND, "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["cpu_level"] in {"baseline", "avx2", "avx512"}
    figures = {(figure["what"], figure["who"]): figure["ns"] for figure in told["figures"]}
    assert {"locate a batch", "locate one", "route a batch", "route one"} == {what for what, _ in figures}
    assert figures["locate a batch", "gov_core"] < figures["locate a batch", "shapely STRtree"]
    assert figures["locate one", "gov_core"] < figures["locate one", "shapely STRtree"]


def test_figures_as_a_table():
    done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "rtree + shapely" in done.stdout
    assert "30 grids, one thread" in done.stdout


POINTS, GRIDS = np.array([0, 1, 1]), np.array([4, 4, 7])  # point 1 lies on a border, point 2 nowhere


@pytest.mark.parametrize("slots", [[4, 7, UNCOVERED], [4, 4, UNCOVERED]])
def test_either_side_of_a_border_is_right(slots):
    check(np.array(slots, np.uint32), (POINTS, GRIDS))


@pytest.mark.parametrize(
    "slots", [[7, 7, UNCOVERED], [4, 5, UNCOVERED], [4, 7, 4], [UNCOVERED, 7, UNCOVERED]]
)
def test_a_wrong_owner_is_noticed(slots):
    with pytest.raises(RuntimeError, match="1 of 3 points"):
        check(np.array(slots, np.uint32), (POINTS, GRIDS))
