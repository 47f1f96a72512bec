"""docs/reference/procedures.md and its pictures are what the shipped procedures say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gov_core.cases.procedure import shipped_procedures
from gov_core.report.procedure_page import procedures_page
from gov_core.report.procedure_svg import draw_svg

REFERENCE = Path(__file__).parents[2] / "docs/reference"


def test_the_page_is_as_the_procedures_are() -> None:
    """If it is not: gov-core procedure list --markdown > docs/reference/procedures.md."""
    assert (REFERENCE / "procedures.md").read_text("utf-8") == procedures_page()


@pytest.mark.parametrize("name", shipped_procedures())
def test_each_picture_is_as_its_procedure_is(name: str) -> None:
    """If it is not: gov-core procedure draw NAME -o docs/reference/procedures/NAME.svg."""
    drawn = (REFERENCE / "procedures" / f"{name}.svg").read_text("utf-8")
    assert drawn == draw_svg(shipped_procedures()[name])


def test_there_is_no_picture_of_what_is_not_shipped() -> None:
    assert {path.stem for path in (REFERENCE / "procedures").iterdir()} == set(shipped_procedures())
