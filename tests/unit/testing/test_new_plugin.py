"""A new plugin works from the first minute, and its own tests say so."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from gov_core.cli import new_plugin  # noqa: F401 - adds its command
from gov_core.cli._app import app
from gov_core.errors import PluginError
from gov_core.testing.new_plugin import KINDS, write_plugin

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.testing.new_plugin import Kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_passes_its_own_tests(kind: Kind, tmp_path: Path):
    folder = tmp_path / "plugin"
    result = CliRunner().invoke(app, ["new-plugin", kind, "redis", "-o", str(folder)])
    assert result.exit_code == 0, result.output
    assert not [path for path in folder.rglob("*") if "plugname" in path.name.lower()]
    texts = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    assert texts
    assert not [text for text in texts if "plugname" in text.lower()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(("src", os.environ.get("PYTHONPATH", "")))},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout


@pytest.mark.parametrize("name", ["", "x", "Redis", "2pac", "my-store", "a/b", "../x", "redis\n", "r" * 41])
def test_names_that_are_none_are_refused_and_nothing_is_written(name: str, tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(PluginError) as caught:
        write_plugin("store", name, tmp_path / "there")
    assert [fault.code for fault in caught.value.faults] == ["plugin.name", "plugin.folder"]
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["mine.txt"]
