"""A gallery of broken cities, each with exactly what is told about it, and a good one beside them.

Cases are the lists ``CASES`` of the modules ``cases_*.py``, one module a family of the catalogue.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery.good import good
from gov_core.checker import catalogue, check, diagnostic
from gov_core.city._sheets import SHEETS

if TYPE_CHECKING:
    from gallery.case import Case

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
CASES: list[Case] = [case for name in MODULES for case in import_module(f"gallery.{name}").CASES]


def test_nothing_is_wrong_with_the_good_city() -> None:
    assert check(good().city()) == []


def test_the_good_city_has_a_row_in_every_table() -> None:
    city = good().city()
    assert [sheet.part for sheet in SHEETS if not city.rows(sheet.part)] == []
    assert len(city.versions) == 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.about}".rstrip("-"))
def test_a_broken_city_is_told_exactly(case: Case, tmp_path: Path) -> None:
    assert diagnostic(case.code)
    assert case.code in {code for code, _ in case.expected}
    assert case.told(tmp_path / "city") == sorted(case.expected)


NO_CITY = {
    "city.no_version": "unit/city/test_versions.py",
    "code.full": "unit/places/test_numbering.py",
    "code.parts": "unit/places/test_codes.py",
    "file.needs_geo": "unit/checker/test_check.py",
    "file.needs_sheets": "unit/city/test_workbooks.py",
    "file.too_large": "unit/city/test_broken_folders.py",
    "folder.missing": "unit/city/test_broken_folders.py",
    "rule.more": "unit/checker/test_check.py",
}
"""Codes that no city alone shows, but a question, a missing package or a bound; with the test that does."""

WORST = {"geometry.invalid", "rule.invalid"}
"""What the extension would say of a fault it has no words for; it has words for all there are."""


def test_every_code_has_a_case() -> None:
    shown = {case.code for case in CASES}
    shown |= {f"*.{code.partition('.')[2]}" for code in shown}
    assert sorted(set(catalogue()) - shown) == sorted({*NO_CITY, *WORST})


def test_no_case_stands_twice() -> None:
    names = [(case.code, case.about) for case in CASES]
    assert len(set(names)) == len(names)
