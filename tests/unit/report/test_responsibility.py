"""The responsibility matrix for people: lines, CSV, HTML."""

import csv
import io
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

from rich.console import Console

from gov_core.checklists import Checklist, Item, Matter
from gov_core.checklists.matrix import responsibility_matrix
from gov_core.organisation import Unit
from gov_core.places import Place
from gov_core.report import matrix_csv, matrix_html, print_matrix

CITY: Any = SimpleNamespace(
    partition="grid",
    places=[Place("G1", "", "grid"), Place("G2", "", "grid")],
    units=[
        Unit("RC", "=cmd|' /C calc'!A0", "residents_committee", ("G1", "G2")),
        Unit("B", "<b>", "housing_bureau"),
    ],
    matters=[
        Matter("lamp", "路灯 & 灯杆"),
        Matter("relief", "救助", sensitive=True),
        Matter("idle", "闲置"),
        Matter("bin", "垃圾箱"),
    ],
    asset_classes=[],
    grants=[],
    transfers=[],
    rules=[],
    checklists=[Checklist("help", "assistance", "", "RC"), Checklist("duty", "duty", "", "B")],
    items=[
        Item("D1", "duty", "@修", matters=("lamp", "bin"), areas=("G1",), shared_with=("RC",)),
        Item("H1", "help", "帮", matters=("lamp", "relief")),
        Item("D2", "duty", "秘", matters=("bin",), sensitive=True),
    ],
)
MATRIX = responsibility_matrix(CITY)


def rows(*, sensitive: bool = False) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(matrix_csv(MATRIX, CITY, sensitive=sensitive))))


def test_each_filled_cell_is_a_line() -> None:
    assert [(row["matter"], row["body"], row["part"], row["item"]) for row in rows()] == [
        ("lamp", "B", "主办", "D1"),
        ("lamp", "RC", "共担", "D1"),
        ("lamp", "RC", "协助", "H1"),
        ("bin", "B", "主办", "D1"),
        ("bin", "RC", "共担", "D1"),
    ]
    assert rows()[0]["areas"] == "G1"
    assert rows()[0]["shared_with"] == "RC"


def test_sensitive_matters_and_items_are_told_on_demand() -> None:
    told = {(row["matter"], row["item"]) for row in rows(sensitive=True)}

    assert told - {(row["matter"], row["item"]) for row in rows()} == {("relief", "H1"), ("bin", "D2")}


def test_a_spreadsheet_runs_nothing() -> None:
    assert {row["title"] for row in rows()} == {"'@修", "帮"}
    assert {row["body_name"] for row in rows()} == {"'=cmd|' /C calc'!A0", "<b>"}


def test_the_page_has_a_row_a_matter_and_a_column_a_body() -> None:
    root = ET.fromstring(matrix_html(MATRIX, CITY))  # noqa: S314 - our own
    heads = [head.text for head in root.findall(".//thead//th")][1:]
    body = {
        row.findtext("th"): [cell.text for cell in row.findall("td")] for row in root.findall(".//tbody/tr")
    }

    assert heads == ["<b>", "=cmd|' /C calc'!A0"]
    assert body == {"路灯 & 灯杆": ["●", "◐○"], "闲置": [None, None], "垃圾箱": ["●", "◐"]}
    assert [row.get("class") for row in root.findall(".//tbody/tr")] == ["gap", "gap", None]
    assert root.find(".//td").attrib["title"] == "主办 D1 @修 (G1, 与 RC)"  # type: ignore[union-attr]
    assert root.findtext(".//li") == "缺位 gaps: 3"


def test_the_terminal_has_a_line_a_matter() -> None:
    told = io.StringIO()
    print_matrix(MATRIX, CITY, Console(file=told, width=120))

    assert "主办 <b>; 共担 =cmd|' /C calc'!A0; 协助 =cmd" in told.getvalue()
    assert "救助" not in told.getvalue()
    assert "缺位 gaps: 3" in told.getvalue()
