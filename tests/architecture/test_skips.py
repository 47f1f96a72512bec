"""What would be skipped in CI fails there, so that no test is missing without anybody seeing it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_passes():
    pass

def test_skips():
    pytest.skip("no server")

def test_skips_for_want_of_a_package():
    pytest.importorskip("no_such_package_at_all")

@pytest.mark.skipif(True, reason="no fork")
def test_is_marked():
    pass

@pytest.mark.xfail
def test_is_known_to_fail():
    assert False
"""


@pytest.mark.parametrize(
    ("ci", "told"),
    [("true", "2 failed, 1 passed, 1 xfailed, 1 error"), ("", "1 passed, 3 skipped, 1 xfailed")],
)
def test_a_skip_is_a_failure_in_ci(ci: str, told: str, tmp_path: Path) -> None:
    settings = Path(__file__).parents[1] / "conftest.py"
    (tmp_path / "conftest.py").write_text(settings.read_text("utf-8"), "utf-8")
    (tmp_path / "test_some.py").write_text(TESTS, "utf-8")
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir=.", "-p", "no:cacheprovider", "."]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"CI": ci, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told in done.stdout, done.stdout
    assert ("no server" in done.stdout) is (ci == "true")
