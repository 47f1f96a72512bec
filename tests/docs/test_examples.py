"""Every example runs as a reader would run it, in an empty folder; each asserts what it shows."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SCENARIOS = sorted(path.parent.name for path in EXAMPLES.glob("*/main.py"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_example_runs(scenario: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / scenario / "main.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "an example shows something"


def test_every_example_has_its_page() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for scenario in SCENARIOS:
        assert (EXAMPLES / scenario / "README.md").is_file()
        assert f"[{scenario}]({scenario}/)" in listed
