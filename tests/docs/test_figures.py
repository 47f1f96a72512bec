"""Figures of the docs are what the examples draw today."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_figure_of_the_burden_is_that_of_its_example(tmp_path: Path) -> None:
    example = ROOT / "examples/cut_a_burden/main.py"
    subprocess.run([sys.executable, str(example)], cwd=tmp_path, check=True, capture_output=True)

    drawn = (tmp_path / "burden.svg").read_text(encoding="utf-8")
    assert drawn == (ROOT / "docs/assets/burden.svg").read_text(encoding="utf-8")
