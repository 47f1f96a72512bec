"""Crates linked into the wheel carry a licence of deny.toml and come from the registry or this repository."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_crates_have_an_allowed_licence_and_source() -> None:
    allowed = set(tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))["licenses"]["allow"])
    listed = subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version=1"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    refused = [
        f"{crate['name']} {crate['version']}: {crate['license']}, {crate['source']}"
        for crate in json.loads(listed.stdout)["packages"]
        if not _permits(crate["license"] or "", allowed)
        or (crate["source"] or "registry+").partition("+")[0] != "registry"
    ]
    assert refused == []


def _permits(expression: str, allowed: set[str]) -> bool:
    """Judge an SPDX expression of AND over OR, as crates write them; `A/B` is the old spelling of OR."""
    parts = re.split(r"\s+AND\s+", expression.replace("/", " OR "))
    return all(
        any(choice.strip(" ()") in allowed for choice in re.split(r"\s+OR\s+", part)) for part in parts
    )


def test_expressions_are_read() -> None:
    assert _permits("MIT OR GPL-3.0", {"MIT"})
    assert _permits("(MIT OR Apache-2.0) AND Unicode-3.0", {"Apache-2.0", "Unicode-3.0"})
    assert not _permits("MIT AND GPL-3.0", {"MIT"})
    assert not _permits("", {"MIT"})
