"""docs/reference/procedures.md and its pictures are what the shipped procedures say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gov_core import City, presets
from gov_core.cases.procedure import shipped_procedures
from gov_core.casework import Governance
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


def test_a_city_takes_the_tables_of_the_page(tmp_path: Path) -> None:
    blocks = dict(re.findall(r'```\w+ title="([\w./]+)"\n(.*?)```', procedures_page(), re.DOTALL))
    assert set(blocks) == {"procedures/our_whistles.toml", "procedures.csv"}
    presets.qinhuai(streets=1, communities=1, grids=1, buildings=0).save(tmp_path)
    with (tmp_path / "matters.csv").open("a", encoding="utf-8") as matters:
        matters.write("noise,噪声,,,\nfire,火警,,,\n")
    for name, text in blocks.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    rules = Governance.of(City.load(tmp_path))
    runs = {matter: rules.procedure_of(matter, "").name for matter in ("noise", "fire", "tourism")}
    assert runs == {"noise": "our_whistles", "fire": "emergency", "tourism": "plain"}


def test_there_is_no_picture_of_what_is_not_shipped() -> None:
    assert {path.stem for path in (REFERENCE / "procedures").iterdir()} == set(shipped_procedures())
