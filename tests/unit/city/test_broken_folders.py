"""A gallery of broken folders: each has exactly the faults it was given, at their places."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.city import City
from gov_core.errors import CityError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Folder = dict[str, Any]
"""Name of a file to its text or bytes; ``places.geojson`` to its document."""


def square(west: float, south: float, side: float = 0.1) -> list[list[list[float]]]:
    """Coordinates of a square polygon."""
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(own: dict[str, Any], coordinates: Any = None, kind: str = "Polygon") -> dict[str, Any]:
    """A GeoJSON feature, without geometry unless there are coordinates."""
    geometry = None if coordinates is None else {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": own, "geometry": geometry}


_GOOD: Folder = {
    "city.toml": (
        '[city]\nname = "清河"\ncrs = "EPSG:4326"\nlevels = ["street", "community", "grid"]\n'
        'grades = ["urgent", "normal"]\nvoids = ["lake"]\n'
    ),
    "places.geojson": {
        "type": "FeatureCollection",
        "features": [
            feature({"id": "S-1", "name": "街道", "level": "street", "parent": None}),
            feature({"id": "C-1", "name": "社区", "level": "community", "parent": "S-1"}),
            feature({"id": "G-1", "name": "", "level": "grid", "parent": "C-1"}, square(119.0, 33.0)),
            feature({"id": "G-2", "name": "", "level": "grid", "parent": "C-1"}, square(119.1, 33.0)),
            feature({"id": "lake", "level": "void"}, square(119.2, 33.0)),
        ],
    },
    "units.csv": "id,name,kind,serves\nU-1,站,station,C-1\nU-2,局,bureau,G-1;G-2\n",
    "matters.csv": "code,name,parent\nM,all,\nM-1,noise,M\n",
    "asset_classes.csv": "code,name,parent\nA,thing,\nlamp,lamp,A\n",
    "rules.csv": (
        "id,matter,area,asset,grade,unit,assist,respond_within,resolve_within\n"
        "R-1,M,*,*,*,@station,,4 working_hour,5 working_day\n"
        "R-2,M-1,G-1,lamp,urgent,@bureau > U-1,@station,2 urgent_hour,3 natural_day\n"
    ),
}


def good() -> Folder:
    """The files of a city folder without a fault."""
    return deepcopy(_GOOD)


def write(files: Folder, folder: Path) -> Path:
    """Writes files into a folder."""
    for name, content in files.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def replaced(file: str, old: str, new: str) -> Callable[[Folder], None]:
    """A change that replaces a text of one file, which must be there."""

    def change(files: Folder) -> None:
        assert old in files[file], f"{old!r} is not in {file}"
        files[file] = files[file].replace(old, new, 1)

    return change


def without(file: str) -> Callable[[Folder], None]:
    """A change that leaves out one file."""
    return lambda files: files.pop(file)


def place(at: int, **own: Any) -> Callable[[Folder], None]:
    """A change of the properties of one feature."""
    return lambda files: files["places.geojson"]["features"][at]["properties"].update(own)


def geometry(at: int, coordinates: Any, kind: str = "Polygon") -> Callable[[Folder], None]:
    """A change of the geometry of one feature."""

    def change(files: Folder) -> None:
        files["places.geojson"]["features"][at]["geometry"] = {"type": kind, "coordinates": coordinates}

    return change


def another(own: dict[str, Any], coordinates: Any = None) -> Callable[[Folder], None]:
    """A change that adds one feature at the end."""
    return lambda files: files["places.geojson"]["features"].append(feature(own, coordinates))


def raw_places(change: Callable[[str], str | bytes]) -> Callable[[Folder], None]:
    """A change of places.geojson as text."""

    def apply(files: Folder) -> None:
        files["places.geojson"] = change(json.dumps(files["places.geojson"], ensure_ascii=False))

    return apply


TOML, PLACES, UNITS, MATTERS, ASSETS, RULES = (
    "city.toml",
    "places.geojson",
    "units.csv",
    "matters.csv",
    "asset_classes.csv",
    "rules.csv",
)
GRID = "places.geojson#G-1"
RING = square(119.0, 33.0)[0]


def faults_of(files: Folder, folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(CityError) as caught:
        City.load(write(files, folder))
    return [(fault.code, fault.place) for fault in caught.value.faults]


def hints_of(files: Folder, folder: Path) -> str:
    with pytest.raises(CityError) as caught:
        City.load(write(files, folder))
    return " ".join(f"{fault.message} {fault.hint}" for fault in caught.value.faults)


GALLERY: dict[str, tuple[Callable[[Folder], object], list[tuple[str, str]]]] = {
    # -- files
    "no city.toml": (without(TOML), [("file.missing", TOML)]),
    "no places": (without(PLACES), [("file.missing", PLACES)]),
    "no units": (without(UNITS), [("file.missing", UNITS)]),
    "no matters": (without(MATTERS), [("file.missing", MATTERS)]),
    "no rules": (without(RULES), [("file.missing", RULES)]),
    "two files of places": (
        lambda files: files.update({"places.gpkg": b""}),
        [("file.ambiguous", PLACES)],
    ),
    "empty units": (lambda files: files.update({UNITS: ""}), [("csv.empty", "units.csv:1")]),
    "empty places": (lambda files: files.update({PLACES: b""}), [("json.syntax", "places.geojson:1")]),
    # -- city.toml
    "toml syntax": (replaced(TOML, "crs =", "crs"), [("toml.syntax", "city.toml:3")]),
    "toml no table": (
        replaced(TOML, "[city]", "[town]"),
        [("toml.unknown_key", TOML), ("toml.missing", TOML)],
    ),
    "toml unknown key": (replaced(TOML, "voids", 'void = "x"\nvoids'), [("toml.unknown_key", TOML)]),
    "toml no name": (replaced(TOML, 'name = "清河"', ""), [("toml.missing", "city.toml#city.name")]),
    "toml no crs": (replaced(TOML, 'crs = "EPSG:4326"', ""), [("toml.missing", "city.toml#city.crs")]),
    "toml no levels": (
        replaced(TOML, 'levels = ["street", "community", "grid"]', ""),
        [("toml.missing", "city.toml#city.levels")],
    ),
    "toml levels no list": (
        replaced(TOML, '["street", "community", "grid"]', '"grid"'),
        [("toml.value", "city.toml#city.levels")],
    ),
    "toml level twice": (
        replaced(TOML, '"grid"]', '"grid", "grid"]'),
        [("toml.value", "city.toml#city.levels")],
    ),
    "toml level void": (
        replaced(TOML, '["street"', '["void", "street"'),
        [
            ("toml.value", "city.toml#city.levels"),
            ("hierarchy.orphan", "places.geojson#S-1"),
            ("hierarchy.empty_level", "city.toml#city.levels"),
        ],
    ),
    "toml future format": (
        replaced(TOML, "[city]", "format = 3\n[city]"),
        [("toml.format", "city.toml#format")],
    ),
    "toml encoding": (
        replaced(TOML, "[city]", 'encoding = "latin-1"\n[city]'),
        [("toml.encoding", "city.toml#encoding")],
    ),
    "toml not UTF-8": (
        lambda files: files.update({TOML: files[TOML].encode("gb18030")}),
        [("text.encoding", "city.toml:2")],
    ),
    "crs unknown": (replaced(TOML, "EPSG:4326", "GCJ02"), [("crs.unknown", "city.toml#city.crs")]),
    "crs contradiction": (
        lambda files: files[PLACES].update(
            crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
        ),
        [("crs.contradiction", PLACES)],
    ),
    "void not drawn": (
        replaced(TOML, '["lake"]', '["lake", "sea"]'),
        [("void.unknown", "city.toml#city.voids")],
    ),
    "void not listed": (replaced(TOML, '["lake"]', "[]"), [("void.unlisted", "places.geojson#lake")]),
    "empty level": (
        replaced(TOML, '"grid"]', '"grid", "building"]'),
        [("hierarchy.empty_level", "city.toml#city.levels")],
    ),
    # -- ids
    "duplicate place": (
        another({"id": "G-2", "level": "grid", "parent": "C-1"}, square(119.1, 33.1)),
        [("id.duplicate", "places.geojson#features[5]")],
    ),
    "duplicate of a void": (
        another({"id": "lake", "level": "grid", "parent": "C-1"}, square(119.1, 33.1)),
        [("id.duplicate", "places.geojson#lake")],
    ),
    "look-alike place": (
        another({"id": "Ｇ-1", "level": "grid", "parent": "C-1"}, square(119.1, 33.1)),
        [("value.width", "places.geojson#Ｇ-1"), ("id.look_alike", "places.geojson#Ｇ-1")],
    ),
    "duplicate unit": (replaced(UNITS, "U-2,", "U-1,"), [("id.duplicate", "units.csv:3")]),
    "duplicate matter": (
        replaced(MATTERS, "M-1,", "M,"),
        [("id.duplicate", "matters.csv:3"), ("rule.unknown_matter", "rules.csv:3")],
    ),
    "duplicate asset": (
        replaced(ASSETS, "lamp,lamp,A", "lamp,lamp,A\nlamp,,A"),
        [("id.duplicate", "asset_classes.csv:4")],
    ),
    "duplicate rule": (replaced(RULES, "R-2,", "R-1,"), [("id.duplicate", "rules.csv:3")]),
    "id with a slash": (
        place(3, id="G/2"),
        [("value.reserved", "places.geojson#G/2"), ("unit.unknown_place", "units.csv:3")],
    ),
    "id with a zero-width space": (
        replaced(MATTERS, "M-1,noise", "M\u200b-1,noise"),
        [("value.invisible", "matters.csv:3")],
    ),
    "id is a number": (
        place(0, id=7),
        [
            ("place.property_type", "places.geojson#features[0]"),
            ("hierarchy.unknown_parent", "places.geojson#C-1"),
            ("hierarchy.empty_level", "city.toml#city.levels"),
        ],
    ),
    "id missing": (
        lambda files: files[PLACES]["features"].append(
            feature({"ID": "x", "level": "grid"}, square(119.3, 33.0))
        ),
        [("place.missing_property", "places.geojson#features[5]")],
    ),
    "no feature has an id": (
        raw_places(lambda text: text.replace('"id"', '"ID"')),
        [("place.missing_property", PLACES)],
    ),
    # -- hierarchy
    "orphan": (place(2, parent=None), [("hierarchy.orphan", GRID)]),
    "unknown parent": (place(2, parent="C-9"), [("hierarchy.unknown_parent", GRID)]),
    "unknown level": (place(2, level="grids"), [("hierarchy.unknown_level", GRID)]),
    "level skipped": (place(2, parent="S-1"), [("hierarchy.level_order", GRID)]),
    "top with a parent": (place(0, parent="G-1"), [("hierarchy.cycle", "places.geojson#S-1")]),
    "own parent": (place(1, parent="C-1"), [("hierarchy.cycle", "places.geojson#C-1")]),
    "two parents": (
        lambda files: (
            another({"id": "C-2", "level": "community", "parent": "S-1"})(files),
            another({"id": "G-2", "level": "grid", "parent": "C-2"}, square(119.1, 33.0))(files),
        ),
        [("hierarchy.two_parents", "places.geojson#features[6]")],
    ),
    "grid without outline": (
        lambda files: files[PLACES]["features"][2].update(geometry=None),
        [("geometry.missing", GRID)],
    ),
    "void without outline": (
        lambda files: files[PLACES]["features"][4].update(geometry=None),
        [("geometry.missing", "places.geojson#lake")],
    ),
    # -- geometry
    "empty": (geometry(2, []), [("geometry.empty", GRID)]),
    "empty ring": (geometry(2, [RING, []]), [("geometry.empty", GRID)]),
    "unclosed": (geometry(2, [RING[:-1]]), [("geometry.unclosed", GRID)]),
    "too few points": (geometry(2, [[RING[0], RING[1], RING[0]]]), [("geometry.too_few_points", GRID)]),
    "wrong nesting": (geometry(2, RING), [("geometry.shape", GRID)]),
    "a point": (geometry(2, [1, 2], "Point"), [("geometry.type", GRID)]),
    "a collection": (
        lambda files: files[PLACES]["features"][2].update(
            geometry={"type": "GeometryCollection", "geometries": []}
        ),
        [("geometry.type", GRID)],
    ),
    "out of range": (
        geometry(2, [[[1e308, 0], [1, 0], [1, 1], [1e308, 0]]]),
        [("geometry.out_of_range", GRID)],
    ),
    "swapped": (geometry(2, [[[y, x] for x, y in RING]]), [("geometry.out_of_range", GRID)]),
    "antimeridian": (
        geometry(2, [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]),
        [("geometry.antimeridian", GRID)],
    ),
    "bad void": (geometry(4, []), [("geometry.empty", "places.geojson#lake")]),
    "NaN": (
        raw_places(lambda text: text.replace("[119.0, 33.0]", "[NaN, 33.0]", 1)),
        [("json.number", GRID)],
    ),
    "1e400": (
        raw_places(lambda text: text.replace("[119.0, 33.0]", "[1e400, 33.0]", 1)),
        [("json.number", GRID)],
    ),
    # -- JSON
    "key twice": (
        raw_places(lambda text: text.replace('"id": "G-1"', '"id": "G-1", "id": "G-1"')),
        [("json.duplicate_key", GRID)],
    ),
    "key twice at the top": (
        raw_places(lambda text: text.replace("{", '{"features": [], ', 1)),
        [("json.duplicate_key", "places.geojson:1")],
    ),
    "cut short": (
        raw_places(lambda text: text[: text.index('"id": "lake"')]),
        [("json.syntax", "places.geojson:1")],
    ),
    "depth bomb": (raw_places(lambda _: "[" * 100_000), [("json.syntax", "places.geojson:1")]),
    "deep property": (
        raw_places(lambda text: text.replace('"name": ""', '"deep": ' + "[" * 99 + "]" * 99, 1)),
        [("json.depth", "places.geojson:1")],
    ),
    "no collection": (lambda files: files.update({PLACES: "{}"}), [("geojson.type", "places.geojson:1")]),
    "places not UTF-8": (
        raw_places(lambda text: text.encode("gb18030")),
        [("text.encoding", "places.geojson:1")],
    ),
    # -- CSV
    "ragged": (
        replaced(UNITS, "station,C-1", "station"),
        [("csv.ragged", "units.csv:2")],
    ),
    "unknown column": (replaced(UNITS, "serves", "servs"), [("csv.unknown_column", "units.csv:1")]),
    "missing column": (
        replaced(UNITS, "kind", "sort"),
        [("csv.unknown_column", "units.csv:1"), ("csv.missing_column", "units.csv:1")],
    ),
    "column twice": (replaced(MATTERS, "code,name", "code,code"), [("csv.header", "matters.csv:1")]),
    "open quote": (replaced(MATTERS, "noise", '"noise'), [("csv.syntax", "matters.csv:3")]),
    "units not UTF-8": (
        lambda files: files.update({UNITS: files[UNITS].encode("gb18030")}),
        [("text.encoding", "units.csv:3")],
    ),
    "stray space": (replaced(UNITS, "U-1,", "U-1 ,"), [("value.space", "units.csv:2")]),
    "stray space in a kind": (replaced(UNITS, "station", " station"), [("value.space", "units.csv:2")]),
    "unknown parent of a matter": (
        replaced(MATTERS, "noise,M", "noise,N-7"),
        [("matter.unknown_parent", "matters.csv:3")],
    ),
    "cycle of matters": (replaced(MATTERS, "all,", "all,M-1"), [("matter.cycle", "matters.csv:2")]),
    "cycle of assets": (replaced(ASSETS, "thing,", "thing,lamp"), [("asset.cycle", "asset_classes.csv:2")]),
    "unknown place served": (replaced(UNITS, "G-1;G-2", "G-1;G-9"), [("unit.unknown_place", "units.csv:3")]),
    "place served twice": (replaced(UNITS, "G-1;G-2", "G-1;G-1"), [("unit.serves_twice", "units.csv:3")]),
    "empty place served": (replaced(UNITS, "G-1;G-2", "G-1;"), [("value.empty", "units.csv:3")]),
    # -- rules
    "unknown matter": (replaced(RULES, "R-1,M,", "R-1,X-7,"), [("rule.unknown_matter", "rules.csv:2")]),
    "unknown area": (replaced(RULES, "G-1", "G-9"), [("rule.unknown_area", "rules.csv:3")]),
    "unknown asset": (replaced(RULES, "lamp", "tree"), [("rule.unknown_asset", "rules.csv:3")]),
    "unknown grade": (replaced(RULES, "lamp,urgent", "lamp,urgnt"), [("rule.unknown_grade", "rules.csv:3")]),
    "unknown unit": (replaced(RULES, "U-1", "U-9"), [("rule.unknown_unit", "rules.csv:3")]),
    "unknown kind": (replaced(RULES, "@bureau", "@buro"), [("rule.unknown_kind", "rules.csv:3")]),
    "unknown assisting kind": (
        replaced(RULES, "U-1,@station", "U-1,@x"),
        [("rule.unknown_kind", "rules.csv:3")],
    ),
    "empty axis": (replaced(RULES, "R-1,M,", "R-1,,"), [("value.empty", "rules.csv:2")]),
    "no unit": (replaced(RULES, "*,@station", "*,"), [("rule.unit", "rules.csv:2")]),
    "broken chain": (replaced(RULES, "@bureau > U-1", "@bureau > "), [("rule.unit", "rules.csv:3")]),
    "chain names one twice": (replaced(RULES, "@bureau > U-1", "U-1>U-1"), [("rule.unit", "rules.csv:3")]),
    "limit of words": (replaced(RULES, "5 working_day", "five days"), [("rule.limit", "rules.csv:2")]),
    "limit misspelt": (replaced(RULES, "2 urgent_hour", "2 urgent_hours"), [("rule.limit", "rules.csv:3")]),
    "limit of zero": (replaced(RULES, "2 urgent_hour", "0 urgent_hour"), [("rule.limit", "rules.csv:3")]),
    "limit full-width": (replaced(RULES, "2 urgent_hour", "２ urgent_hour"), [("rule.limit", "rules.csv:3")]),
    "limit with two spaces": (
        replaced(RULES, "2 urgent_hour", "2  urgent_hour"),
        [("rule.limit", "rules.csv:3")],
    ),
}


@pytest.mark.parametrize("name", GALLERY)
def test_each_fault_has_its_code_and_place(name: str, tmp_path: Path) -> None:
    change, expected = GALLERY[name]
    files = good()
    change(files)

    assert sorted(faults_of(files, tmp_path)) == sorted(expected)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (replaced(TOML, "EPSG:4326", "GCJ02"), 'did you mean "GCJ-02"?'),
        (replaced(TOML, "levels", "levls"), 'did you mean "levels"?'),
        (replaced(RULES, "lamp,urgent", "lamp,urgnt"), 'did you mean "urgent"?'),
        (replaced(RULES, "2 urgent_hour", "2 urgent_hours"), 'did you mean "urgent_hour"?'),
        (replaced(RULES, "2 urgent_hour", "２ urgent_hour"), 'write "2 urgent_hour"'),
        (replaced(UNITS, "serves", "servs"), 'did you mean "serves"?'),
        (geometry(2, [[[y, x] for x, y in RING]]), "swapped"),
        (replaced(UNITS, "U-2,", "Ｕ-1,"), '(\\uff35-1) looks like "U-1" at units.csv:2'),
        (
            lambda files: files.update({UNITS: files[UNITS].encode("gb18030")}),
            'state encoding = "GB18030" at the top of city.toml; else save all tables in one encoding',
        ),
        (place(0, parent="G-1"), "S-1 > G-1 > C-1 > S-1 is a circle"),
        (raw_places(lambda text: text.replace('"id"', '"ID"')), 'did you mean "ID"?'),
    ],
)
def test_a_fault_says_how_to_mend_it(change: Callable[[Folder], object], hint: str, tmp_path: Path) -> None:
    files = good()
    change(files)

    assert hint in hints_of(files, tmp_path)


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    files = good()
    replaced(TOML, "voids", 'void = "x"\nvoids')(files)
    geometry(2, [])(files)
    replaced(UNITS, "G-1;G-2", "G-1;G-9")(files)
    replaced(MATTERS, "noise,M", "noise,N-7")(files)
    replaced(RULES, "5 working_day", "five days")(files)

    assert faults_of(files, tmp_path) == [
        ("toml.unknown_key", TOML),
        ("geometry.empty", GRID),
        ("rule.limit", "rules.csv:2"),
        ("matter.unknown_parent", "matters.csv:3"),
        ("unit.unknown_place", "units.csv:3"),
    ]


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CityError) as caught:
        City.load(tmp_path / "nowhere")

    assert caught.value.code == "folder.missing"


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    write(good(), tmp_path)
    size = (tmp_path / PLACES).stat().st_size

    City.load(tmp_path, max_bytes=size)
    with pytest.raises(CityError) as caught:
        City.load(tmp_path, max_bytes=size - 1)

    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("file.too_large", PLACES)]


def test_line_numbers_count_lines_within_quotes(tmp_path: Path) -> None:
    files = good()
    replaced(MATTERS, "all,", '"two\r\nlines",')(files)
    replaced(MATTERS, "noise,M", "noise,X-7")(files)

    assert ("matter.unknown_parent", "matters.csv:4") in faults_of(files, tmp_path)


def test_ten_thousand_faults_take_seconds(tmp_path: Path) -> None:
    files = good()
    files[RULES] += "".join(f"Q-{n},M-{n:05},G-{n:05},*,urgnt,U-1,,{n} day,\n" for n in range(2_500))
    files[UNITS] += "".join(f"V-{n},,station,C-{n:05}x\n" for n in range(2_500))
    begun = time.monotonic()
    found = faults_of(files, tmp_path)

    assert len(found) == 4 * 2_500 + 2_500
    assert len(set(found)) == len(found)
    assert time.monotonic() - begun < 10
