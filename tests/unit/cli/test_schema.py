"""`gov-core schema` prints what a part of a city holds."""

import json
import subprocess
import sys
from pathlib import Path

from gov_core.city import json_schema

PAGE = Path(__file__).parents[3] / "docs/reference/tables.md"


def schema(*part: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gov_core.cli", "schema", *part]
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8")


def test_the_schema_of_a_part_is_printed() -> None:
    assert json.loads(schema("units").stdout) == json_schema("units")


def test_without_a_part_it_is_that_of_the_city() -> None:
    assert json.loads(schema().stdout) == json_schema()


def test_the_page_of_the_reference_is_that_of_the_schemas() -> None:
    assert PAGE.read_text(encoding="utf-8") == schema("--markdown").stdout, (
        f"gov-core schema --markdown > {PAGE.name}"
    )


def test_a_wrong_part_gets_a_hint() -> None:
    done = schema("unit")
    assert done.returncode == 2
    assert 'did you mean "units"?' in " ".join(done.stderr.replace("│", " ").split())
