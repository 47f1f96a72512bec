"""The vendored map library is the one that was published, with its licence."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

import pytest

VENDOR = files("gov_core.report") / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text("utf-8"))


def test_the_manifest_lists_every_file():
    names = {entry.name for entry in VENDOR.iterdir()} - {"manifest.json"}
    assert names == set(MANIFEST["sha256"])


@pytest.mark.parametrize("name", MANIFEST["sha256"])
def test_files_have_their_digest(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == MANIFEST["sha256"][name]


def test_the_library_is_of_the_version_and_licence_that_the_manifest_says():
    head = (VENDOR / "maplibre-gl.js").read_text("utf-8")[:300]
    assert f"v{MANIFEST['version']}" in head
    assert "3-Clause BSD" in head
    assert MANIFEST["licence"] == "BSD-3-Clause"
    assert "MapLibre contributors" in (VENDOR / "maplibre-gl.LICENSE.txt").read_text("utf-8")
