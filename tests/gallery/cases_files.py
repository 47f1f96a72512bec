"""Files that are missing, damaged, of another form, or not what they say."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import shapely

from gallery.case import Case, in_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

UNITS = "units.csv"
PLACES = "places.geojson"
TOML = "city.toml"


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    """The first of a text in a file, which has to be there, becomes another."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def written(file: str, data: bytes | str) -> Callable[[Path], None]:
    """A file holds something else."""
    content = data.encode() if isinstance(data, str) else data
    return lambda folder: (folder / file).write_bytes(content)  # type: ignore[arg-type, return-value]


def renamed(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: (folder / old).rename(folder / new)  # type: ignore[return-value]


def workbook(part: str, change: Callable[[Worksheet], object]) -> Callable[[Path], None]:
    """A table becomes a workbook, which is then changed."""

    def save(folder: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for line in (folder / f"{part}.csv").read_text(encoding="utf-8").splitlines():
            sheet.append(line.split(","))
        change(sheet)
        book.save(folder / f"{part}.xlsx")
        (folder / f"{part}.csv").unlink()

    return save


def geopackage(folder: Path) -> None:
    """The map becomes a GeoPackage of two layers, neither of which is called places."""
    from pyogrio.raw import write

    for layer in ("roads", "rivers"):
        write(
            folder / "places.gpkg",
            geometry=np.array([shapely.to_wkb(shapely.Point(119, 33))], dtype=object),
            field_data=[np.array(["x"], dtype=object)],
            fields=["id"],
            geometry_type="Point",
            crs="EPSG:4326",
            layer=layer,
            append=layer != "roads",
        )
    (folder / PLACES).unlink()


def parquet(described: dict[str, Any] | None) -> Callable[[Path], None]:
    """The map becomes a Parquet file of one place, with or without what makes it a map."""

    def save(folder: Path) -> None:
        from arro3.core import Array, DataType, Table
        from arro3.io import write_parquet

        columns = {
            "id": Array(["S"], DataType.utf8()),
            "geometry": Array([shapely.to_wkb(shapely.Point(119, 33))], DataType.binary()),
        }
        geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": described}}
        metadata = {"geo": json.dumps(geo)} if described else {}
        write_parquet(Table.from_pydict(columns, metadata=metadata), folder / "places.parquet")
        (folder / PLACES).unlink()

    return save


def damaged(folder: Path) -> None:
    """A table becomes a workbook of which only the first bytes are left."""
    (folder / "norms.csv").unlink()
    (folder / "norms.xlsx").write_bytes(b"PK")


def merged(sheet: Worksheet) -> None:
    sheet.merge_cells("A2:A3")


def put(cell: str, value: object) -> Callable[[Worksheet], None]:
    """A cell of a workbook holds something else."""

    def change(sheet: Worksheet) -> None:
        sheet[cell] = value

    return change


def identified(folder: Path) -> None:
    """Names become citizens' numbers, of the area 999999 that no place has."""
    numbers = ["999999190001010007", "999999190001010015", "999999190001010023"]
    rows = "".join(f"S{at},{number},OFFICE\n" for at, number in enumerate(numbers))
    (folder / "systems.csv").write_text(f"id,name,unit\n{rows}", encoding="utf-8")


CASES: list[Case] = [
    in_folder("file.missing", lambda folder: (folder / TOML).unlink(), [("file.missing", TOML)]),
    in_folder(
        "file.missing", lambda folder: (folder / PLACES).unlink(), [("file.missing", PLACES)], about="map"
    ),
    in_folder(
        "file.ambiguous",
        lambda folder: shutil.copy(folder / UNITS, folder / "units.xlsx"),
        [("file.ambiguous", UNITS)],
    ),
    in_folder("file.unknown", renamed("terms.csv", "term.csv"), [("file.unknown", "term.csv")]),
    in_folder(
        "file.unknown", written("layers.geojson", "{}"), [("file.unknown", "layers.geojson")], about="form"
    ),
    in_folder("file.unreadable", damaged, [("file.unreadable", "norms.xlsx")]),
    in_folder("file.layers", geopackage, [("file.layers", "places.gpkg")]),
    in_folder("file.no_geometry", parquet(None), [("file.no_geometry", "places.parquet")]),
    in_folder("file.encoding", parquet({"encoding": "polygon"}), [("file.encoding", "places.parquet")]),
    in_folder(
        "text.encoding", written("terms.csv", "id,名".encode("gb18030")), [("text.encoding", "terms.csv:1")]
    ),
    in_folder("csv.empty", written("terms.csv", ""), [("csv.empty", "terms.csv:1")]),
    in_folder("csv.header", replaced(UNITS, "id,name", "id,id"), [("csv.header", "units.csv:1")]),
    in_folder(
        "csv.unknown_column", replaced("norms.csv", "least", "leest"), [("csv.unknown_column", "norms.csv:1")]
    ),
    in_folder(
        "csv.missing_column", written("terms.csv", "id,name\nT,x\n"), [("csv.missing_column", "terms.csv:1")]
    ),
    in_folder("csv.ragged", written("terms.csv", "id,catalogue\nT\n"), [("csv.ragged", "terms.csv:2")]),
    in_folder("csv.syntax", written("terms.csv", 'id,catalogue\nT,"a\n'), [("csv.syntax", "terms.csv:2")]),
    in_folder("toml.syntax", written(TOML, "format = = 2\n"), [("toml.syntax", "city.toml:1")]),
    in_folder(
        "toml.missing", replaced(TOML, 'crs = "EPSG:4326"', ""), [("toml.missing", "city.toml#city.crs")]
    ),
    in_folder(
        "toml.unknown_key", replaced(TOML, "[city]", "[city]\nlevel = 1"), [("toml.unknown_key", TOML)]
    ),
    in_folder(
        "toml.value",
        replaced(TOML, 'partition = "grid"', "partition = 3"),
        [("toml.value", "city.toml#city.partition")],
    ),
    in_folder(
        "toml.format", replaced(TOML, "format = 2", "format = 9"), [("toml.format", "city.toml#format")]
    ),
    in_folder(
        "toml.encoding",
        replaced(TOML, "[city]", 'encoding = "Big5"\n[city]'),
        [("toml.encoding", "city.toml#encoding")],
    ),
    in_folder("json.syntax", written(PLACES, "{"), [("json.syntax", "places.geojson:1")]),
    in_folder(
        "json.depth",
        replaced(PLACES, '"level"', '"deep": ' + "[" * 40 + "]" * 40 + ', "level"'),
        [("json.depth", "places.geojson:2")],
    ),
    in_folder(
        "json.number", replaced(PLACES, "[119.0,33.0]", "[NaN,33.0]"), [("json.number", "places.geojson#S")]
    ),
    in_folder(
        "json.duplicate_key",
        replaced(PLACES, '"id": "S"', '"id": "S", "id": "S"'),
        [("json.duplicate_key", "places.geojson#S")],
    ),
    in_folder("geojson.type", written(PLACES, "{}"), [("geojson.type", "places.geojson:1")]),
    in_folder(
        "place.missing_property",
        replaced(PLACES, '"level": "building", ', ""),
        [("place.missing_property", "places.geojson#B1")],
    ),
    in_folder(
        "place.property_type",
        replaced(PLACES, '"name": "1幢"', '"name": ["1幢"]'),
        [("place.property_type", "places.geojson#B1")],
    ),
    in_folder(
        "layer_area.missing_property",
        replaced("layer_areas.geojson", '"layer": "beats"', '"layr": "beats"'),
        [("layer_area.missing_property", "layer_areas.geojson#BEAT-1")],
    ),
    in_folder("crs.unknown", replaced(TOML, "EPSG:4326", "GCJ02"), [("crs.unknown", "city.toml#city.crs")]),
    in_folder(
        "crs.contradiction",
        replaced(
            PLACES, '"features"', '"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}, "features"'
        ),
        [("crs.contradiction", PLACES)],
    ),
    in_folder("value.flag", replaced("posts.csv", "true", "ja"), [("value.flag", "posts.csv:2")]),
    in_folder(
        "value.number",
        replaced("posts.csv", "grid_manager,1", "grid_manager,one"),
        [("value.number", "posts.csv:2")],
    ),
    in_folder(
        "value.date",
        replaced("addresses.csv", "2020-01-01", "2020-02-30"),
        [("value.date", "addresses.csv:4")],
    ),
    in_folder(
        "value.choice",
        replaced("teams.csv", "urban_management,", "urban_managment,"),
        [("value.choice", "teams.csv:2")],
    ),
    in_folder(
        "value.limit",
        replaced("item_limits.csv", "working_day", "workday"),
        [("value.limit", "item_limits.csv:2")],
    ),
    in_folder("sheet.merged", workbook("systems", merged), [("sheet.merged", "systems.xlsx!A2:A3")]),
    in_folder(
        "sheet.formula", workbook("systems", put("B2", "=1+1")), [("sheet.formula", "systems.xlsx!B2")]
    ),
    in_folder("sheet.error", workbook("systems", put("B2", "#REF!")), [("sheet.error", "systems.xlsx!B2")]),
    in_folder("value.type", workbook("systems", put("A2", 7)), [("value.type", "systems.xlsx!A2")]),
    in_folder(
        "privacy.personal_column",
        replaced(PLACES, '"level"', '"户主姓名": "", "level"'),
        [("privacy.personal_column", PLACES)],
    ),
    in_folder("privacy.identity_number", identified, [("privacy.identity_number", "systems.csv:1")]),
]
