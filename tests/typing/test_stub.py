"""A stub that contradicts gov_core._core is noticed (that the real one is right, ./dev lint checks)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "python/gov_core"


def test_canary_a_wrong_stub_fails(tmp_path: Path) -> None:
    """Without this, a stubtest that checks nothing would look like a stub that is right."""
    shutil.copytree(PACKAGE, tmp_path / "gov_core", ignore=shutil.ignore_patterns("__pycache__"))
    stub = tmp_path / "gov_core/_core.pyi"
    right = stub.read_text(encoding="utf-8")
    wrong = right.replace("def convert_crs(\n    lon:", "def convert_crs(\n    longitude:")
    assert wrong != right
    stub.write_text(wrong, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "gov_core._core"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path), "MYPYPATH": str(tmp_path)},
        check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 1, done.stdout + done.stderr
    assert "gov_core._core.convert_crs is inconsistent" in done.stdout
    assert "Found 1 error" in done.stdout
