"""Tables as workbooks and Parquet files: read as strictly as CSV, and typed cells taken for what they are."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from gov_core.city import City, Place
from gov_core.errors import CityError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

SQUARE = (
    b"\x01\x03\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00"
    b"\x00\x00\x00\x00\x00\x80\x5d\x40\x00\x00\x00\x00\x00\x00\x40\x40"
    b"\x00\x00\x00\x00\x00\xc0\x5d\x40\x00\x00\x00\x00\x00\x00\x40\x40"
    b"\x00\x00\x00\x00\x00\xc0\x5d\x40\x00\x00\x00\x00\x00\x80\x40\x40"
    b"\x00\x00\x00\x00\x00\x80\x5d\x40\x00\x00\x00\x00\x00\x00\x40\x40"
)
UNITS = [
    ["id", "name", "kind", "serves", "valid_from"],
    ["007", "综治中心", "station", "G", date(2010, 6, 1)],
    ["8", "物业", "property_company", "G;H", "2010-06-01"],
]
POSTS = [
    ["id", "body", "role", "seats", "full_time", "valid_from"],
    ["P", "007", "guard", 3, True, date(2010, 6, 1)],
]


def folder_of(path: Path, **tables: list[list[Any]]) -> Path:
    """A city of two grids whose tables are workbooks."""
    City.from_parts(
        name="清河",
        levels=["grid"],
        places=[Place("G", "", "grid"), Place("H", "", "grid")],
        geometries={"G": SQUARE, "H": SQUARE},
    ).save(path)
    for part, rows in tables.items():
        book = openpyxl.Workbook()
        for row in rows:
            sheet_of(book).append(row)
        book.save(path / f"{part}.xlsx")
    return path


def sheet_of(book: openpyxl.Workbook) -> Worksheet:
    """The first sheet of a workbook."""
    return book.worksheets[0]


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(CityError) as caught:
        City.load(path)
    return [(fault.code, fault.place) for fault in caught.value.faults]


def hint(path: Path) -> str:
    with pytest.raises(CityError) as caught:
        City.load(path)
    return caught.value.faults[0].hint


def test_a_workbook_says_what_a_csv_file_says(tmp_path: Path) -> None:
    city = City.load(folder_of(tmp_path, units=UNITS, posts=POSTS))

    assert [(unit.id, unit.serves, unit.valid_from) for unit in city.units] == [
        ("007", ("G",), date(2010, 6, 1)),
        ("8", ("G", "H"), date(2010, 6, 1)),
    ]
    (post,) = city.posts
    assert (post.seats, post.full_time, post.term_years) == (3, True, None)
    assert city.where("units", "8") == "units.xlsx!A3"


def test_saving_over_a_workbook_replaces_it(tmp_path: Path) -> None:
    city = City.load(folder_of(tmp_path, units=UNITS))
    city.save(tmp_path)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["city.toml", "places.geojson", "units.csv"]
    assert City.load(tmp_path) == city


def test_the_sheet_of_the_name_is_taken_and_else_the_first(tmp_path: Path) -> None:
    folder_of(tmp_path)
    book = openpyxl.Workbook()
    sheet_of(book).append(["注意"])
    named = book.create_sheet("units")
    for row in UNITS:
        named.append(row)
    book.save(tmp_path / "units.xlsx")
    assert len(City.load(tmp_path).units) == 2

    named.title = "another"
    book.save(tmp_path / "units.xlsx")
    assert ("csv.unknown_column", "units.xlsx!A1") in faults(tmp_path)


def test_two_forms_of_one_table_are_ambiguous(tmp_path: Path) -> None:
    folder_of(tmp_path, units=UNITS)
    (tmp_path / "units.csv").write_text("id,kind\nU,station\n", encoding="utf-8")

    assert faults(tmp_path) == [("file.ambiguous", "units.csv")]


def merged(sheet: Worksheet) -> None:
    sheet.merge_cells("B2:B3")


def put(cell: str, value: Any) -> Callable[[Worksheet], None]:
    """A change of one cell."""

    def change(sheet: Worksheet) -> None:
        sheet[cell] = value

    return change


CASES: dict[str, tuple[Callable[[Worksheet], None], list[tuple[str, str]], str]] = {
    "merged cells": (merged, [("sheet.merged", "units.xlsx!B2:B3")], "unmerge"),
    "a formula": (put("B2", "=A2&1"), [("sheet.formula", "units.xlsx!B2")], "paste it as a value"),
    "an error": (put("B2", "#N/A"), [("sheet.error", "units.xlsx!B2")], "correct it"),
    "a number as id": (put("A3", 8), [("value.type", "units.xlsx!A3")], "leading zeros"),
    "a stray space": (put("A3", "8 "), [("value.space", "units.xlsx!A3")], "remove it"),
    "full-width digits": (put("A3", "８"), [("value.width", "units.xlsx!A3")], 'write "8"'),
    "a moment": (
        put("E2", datetime(2010, 6, 1, 8, 30)),  # noqa: DTZ001  # workbooks know no time zones
        [("value.type", "units.xlsx!E2")],
        "",
    ),
    "a day as a number": (put("E3", 40330), [("value.type", "units.xlsx!E3")], ""),
    "a day in words": (put("E2", "2010年6月1日"), [("value.date", "units.xlsx!E2")], 'write "2010-06-01"'),
    "an unknown place": (put("D2", "X"), [("unit.unknown_place", "units.xlsx!A2")], ""),
    "an unknown column": (put("D1", "servs"), [("csv.unknown_column", "units.xlsx!D1")], '"serves"'),
    "a column without a name": (put("F2", "x"), [("csv.ragged", "units.xlsx!F2")], ""),
    "a column about persons": (
        put("B1", "身份证 号"),
        [("privacy.personal_column", "units.xlsx!B1")],
        "never persons",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_of_a_workbook_names_its_cell(name: str, tmp_path: Path) -> None:
    change, expected, how = CASES[name]
    folder_of(tmp_path, units=UNITS)
    book = openpyxl.load_workbook(tmp_path / "units.xlsx")
    change(sheet_of(book))
    book.save(tmp_path / "units.xlsx")

    assert faults(tmp_path) == expected
    assert how in hint(tmp_path)


def test_all_faults_of_a_workbook_come_at_once(tmp_path: Path) -> None:
    units = [UNITS[0], [7, "=1", "station ", "G", "soon"], [None] * 5, ["8", None, "station"]]
    posts = [["id", "body", "role", "seats"], ["P", "8", "guard", "３"]]

    assert faults(folder_of(tmp_path, units=units, posts=posts)) == [
        ("value.type", "units.xlsx!A2"),
        ("sheet.formula", "units.xlsx!B2"),
        ("value.space", "units.xlsx!C2"),
        ("value.date", "units.xlsx!E2"),
        ("value.width", "posts.xlsx!D2"),
    ]


@pytest.mark.parametrize("rows", [[], [[]], [[None, None]]])
def test_an_empty_sheet_is_a_fault(rows: list[list[Any]], tmp_path: Path) -> None:
    assert faults(folder_of(tmp_path, units=rows)) == [("csv.empty", "units.xlsx!A1")]


def test_a_damaged_workbook_is_a_fault(tmp_path: Path) -> None:
    folder_of(tmp_path, units=UNITS)
    data = (tmp_path / "units.xlsx").read_bytes()
    (tmp_path / "units.xlsx").write_bytes(data[: len(data) // 2])

    assert faults(tmp_path) == [("file.unreadable", "units.xlsx")]


def test_what_a_workbook_unpacks_to_is_bounded(tmp_path: Path) -> None:
    folder_of(tmp_path, units=[*UNITS, *([str(n), "x" * 900, "station", "G"] for n in range(500))])
    size = max(file.stat().st_size for file in tmp_path.iterdir())

    with pytest.raises(CityError) as caught:
        City.load(tmp_path, max_bytes=size)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("file.too_large", "units.xlsx")]


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path, units=UNITS)
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    assert faults(tmp_path) == [("file.needs_sheets", "units.xlsx")]
    assert 'pip install "gov-core[sheets]"' in hint(tmp_path)


def parquet(path: Path, **columns: Any) -> Path:
    """A city with addresses as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder_of(path)
    pq.write_table(pa.table(columns), path / "addresses.parquet")
    return path


def test_addresses_come_from_parquet(tmp_path: Path) -> None:
    import pyarrow as pa

    city = City.load(
        parquet(
            tmp_path,
            id=["A1", "A2"],
            place=pa.array(["G", "H"]).dictionary_encode(),
            road=["长江路", None],
            lon=[118.05, float("nan")],
            valid_from=pa.array([date(2010, 6, 1), None]),
            valid_to=pa.array([datetime(2030, 1, 1), None], pa.timestamp("ms")),  # noqa: DTZ001
        )
    )

    one, two = city.rows("addresses")
    assert (one.road, one.lon, one.valid_from, one.valid_to) == (
        *("长江路", 118.05),
        *(date(2010, 6, 1), date(2030, 1, 1)),
    )
    assert (two.id, two.place, two.road, two.lon, two.valid_from) == ("A2", "H", "", None, None)
    city.save(tmp_path)
    assert City.load(tmp_path) == city


def test_faults_of_parquet_name_the_row(tmp_path: Path) -> None:
    parquet(tmp_path, id=["A1", "A 2 "], place=["G", "X"], lat=["1", "2"], number=[12, 13])

    assert faults(tmp_path) == [
        ("value.type", "addresses.parquet:1"),
        ("value.space", "addresses.parquet:2"),
        ("value.type", "addresses.parquet:2"),
        ("address.unknown_place", "addresses.parquet:2"),
    ]


def test_a_damaged_parquet_table_is_a_fault(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder_of(tmp_path) / "addresses.parquet").write_bytes(b"PAR1 none PAR1")

    assert faults(tmp_path) == [("file.unreadable", "addresses.parquet")]
    capfd.readouterr()


def test_a_workbook_may_hold_any_text(tmp_path: Path) -> None:
    """Texts that look like something else stay texts."""
    city = City.load(folder_of(tmp_path, units=[["id", "kind", "name"], ["U", "station", "2010-06-01"]]))

    assert city.units[0].name == "2010-06-01"
