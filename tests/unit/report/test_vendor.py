"""The vendored libraries are the ones that were published, with their licences."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

import pytest

VENDOR = files("gov_core.report") / "vendor"
MANIFEST = {entry["package"]: entry for entry in json.loads((VENDOR / "manifest.json").read_text("utf-8"))}
DIGESTS = {name: digest for entry in MANIFEST.values() for name, digest in entry["sha256"].items()}


def test_the_manifest_lists_every_file():
    names = {entry.name for entry in VENDOR.iterdir()} - {"manifest.json"}
    assert names == set(DIGESTS)


@pytest.mark.parametrize("name", DIGESTS)
def test_files_have_their_digest(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == DIGESTS[name]


def test_the_map_library_is_of_the_version_and_licence_that_the_manifest_says():
    head = (VENDOR / "maplibre-gl.js").read_text("utf-8")[:300]
    assert f"v{MANIFEST['maplibre-gl']['version']}" in head
    assert "3-Clause BSD" in head
    assert MANIFEST["maplibre-gl"]["licence"] == "BSD-3-Clause"
    assert "MapLibre contributors" in (VENDOR / "maplibre-gl.LICENSE.txt").read_text("utf-8")


def test_the_chart_library_is_of_the_version_and_licence_that_the_manifest_says():
    text = (VENDOR / "echarts.js").read_text("utf-8")
    assert f'version="{MANIFEST["echarts"]["version"]}"' in text
    assert "Apache License, Version 2.0" in text[:700]
    licence = (VENDOR / "echarts.LICENSE.txt").read_text("utf-8")
    assert "Apache License" in licence
    assert "The Apache Software Foundation" in licence
