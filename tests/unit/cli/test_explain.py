"""`gov-core explain` tells what a code means."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gov_core.checker import catalogue, source_in_words
from gov_core.cli._refusals import refusals

WIDE = {**os.environ, "COLUMNS": "200"}
PAGE = Path(__file__).parents[3] / "docs/reference/diagnostics.md"


def explain(*code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gov_core.cli", "explain", *code]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=WIDE)


def test_a_code_is_explained() -> None:
    entry = catalogue()["geometry.gap"]
    done = explain("geometry.gap")
    assert done.returncode == 0
    words = " ".join(done.stdout.split())
    assert words.startswith(f"error[geometry.gap]: {entry.title} {entry.why} To mend it: {entry.mend}")
    assert words.endswith("Source: N-RULE-1 (Nanjing Qinhuai, 2021)")
    assert max(map(len, done.stdout.splitlines())) <= 88


def test_a_code_of_any_table_is_explained() -> None:
    assert explain("post.unknown_unit").stdout.startswith("error[post.unknown_unit]: ")


@pytest.mark.parametrize(
    "code",
    [
        "storage.held",
        "http.503",
        "integrity.edited_row",
        "case.wrong_state",
        "event.cells",
        "round.unknown_place",
    ],
)
def test_what_is_no_finding_of_a_city_is_explained_too(code: str) -> None:
    assert explain(code).stdout.startswith(f"error[{code}]: ")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("geometry.gpa", 'did you mean "geometry.gap"?'),
        ("conflict", "rule.conflict"),
        ("storage.adress", 'did you mean "storage.address"?'),
        ("qqq", "lists all codes"),
    ],
)
def test_a_wrong_code_gets_a_hint(code: str, hint: str) -> None:
    done = explain(code)
    assert done.returncode == 2
    assert hint in " ".join(done.stderr.replace("│", " ").split())


def test_without_a_code_all_are_listed() -> None:
    listed = explain().stdout
    assert all(
        f"  {code} " in listed and entry.title in listed
        for code, entry in {**catalogue(), **refusals()}.items()
    )


def test_sources_are_told_with_their_paper() -> None:
    assert (
        source_in_words("G-RULE-6; 城市居民委员会组织法") == "G-RULE-6 (Guiyang, 2017); 城市居民委员会组织法"
    )


def test_the_page_of_the_reference_is_that_of_the_catalogue() -> None:
    written = explain("--markdown").stdout
    assert PAGE.read_text(encoding="utf-8") == written, f"gov-core explain --markdown > {PAGE.name}"
