"""The ways a city folder may be written: encodings, columns, CRS, GeoPackage and GeoParquet."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from gov_core.city import City, Limit
from gov_core.errors import CityError

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = '[city]\nname = "清河"\ncrs = "{crs}"\nlevels = ["community", "grid"]\n'
BOXES = {"G-1": shapely.box(119.0, 33.0, 119.1, 33.1), "G-2": shapely.box(119.1, 33.0, 119.2, 33.1)}
OWN = [("C-1", "社区", "community", None), ("G-1", "", "grid", "C-1"), ("G-2", None, "grid", "C-1")]


def write(folder: Path, crs: str = "EPSG:4326", encoding: str = "utf-8", **files: str) -> Path:
    """Writes a folder without places."""
    texts = {
        "city.toml": SETTINGS.format(crs=crs),
        "units.csv": "id,name,kind,serves\nU-1,综治中心,station,C-1\n",
        "matters.csv": "code\nM\n",
        "rules.csv": "id,unit\nR-1,@station\n",
    }
    for name, text in (texts | {name.replace("_csv", ".csv"): text for name, text in files.items()}).items():
        (folder / name).write_text(text, encoding=encoding if name.endswith(".csv") else "utf-8")
    return folder


def geojson(folder: Path, crs_name: str | None = None, boxes: dict[str, Any] | None = None) -> Path:
    """Adds places.geojson to a folder."""
    boxes = BOXES if boxes is None else boxes
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(("id", "name", "level", "parent"), own, strict=True)),
            "geometry": json.loads(shapely.to_geojson(boxes[own[0]])) if own[0] in boxes else None,
        }
        for own in OWN
    ]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs_name is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs_name}}
    (folder / "places.geojson").write_text(json.dumps(document), encoding="utf-8")
    return folder


def gpkg(folder: Path, crs: str | None, boxes: dict[str, Any], layers: tuple[str, ...] = ("map",)) -> Path:
    """Adds places.gpkg to a folder."""
    from pyogrio.raw import write as write_map

    columns = [np.array(column, dtype=object) for column in zip(*OWN, strict=True)]
    outlines = [shapely.to_wkb(boxes[own[0]]) if own[0] in boxes else None for own in OWN]
    for layer in layers:
        write_map(
            folder / "places.gpkg",
            geometry=np.array(outlines, dtype=object),
            field_data=columns,
            fields=["id", "name", "level", "parent"],
            geometry_type="Unknown",
            crs=crs,
            layer=layer,
            append=layer != layers[0],
        )
    return folder


def shapefile(folder: Path, encoding: str, *, said: bool) -> Path:
    """Adds places.shp to a folder, with or without a file that says its encoding."""
    from pyogrio.raw import write as write_map

    own = [OWN[1], OWN[2]]
    columns = [np.array([row[at] or "" for row in own], dtype=object) for at in range(3)]
    columns[1][0] = "第一网格"
    households = np.array([300, 412], dtype=np.int32)
    days = np.array(["2010-06-01", "NaT"], dtype="datetime64[D]")
    write_map(
        folder / "places.shp",
        geometry=np.array([shapely.to_wkb(BOXES[row[0]]) for row in own], dtype=object),
        field_data=[*columns, households, days],
        fields=["id", "name", "level", "households", "valid_to"],
        geometry_type="Polygon",
        crs="EPSG:4326",
        encoding=encoding,
    )
    (folder / "places.cpg").unlink(missing_ok=True)
    if said:
        (folder / "places.cpg").write_text(encoding)
    return folder


def parquet(folder: Path, described: dict[str, Any] | None, boxes: dict[str, Any]) -> Path:
    """Adds places.parquet to a folder; without a description it is no GeoParquet."""
    from arro3.core import Array, DataType, Table
    from arro3.io import write_parquet

    columns = dict(zip(("id", "name", "level", "parent"), zip(*OWN, strict=True), strict=True))
    arrays = {name: Array(list(column), DataType.utf8()) for name, column in columns.items()}
    outlines = [shapely.to_wkb(boxes[own[0]]) if own[0] in boxes else None for own in OWN]
    arrays["geometry"] = Array(outlines, DataType.binary())
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": described}}
    metadata = {"geo": json.dumps(geo)} if described is not None else {}
    write_parquet(Table.from_pydict(arrays, metadata=metadata), folder / "places.parquet")
    return folder


def codes(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(CityError) as caught:
        City.load(folder)
    return [(fault.code, fault.place) for fault in caught.value.faults]


def assert_close(city: City) -> None:
    for grid, wkb in zip(city.grids, city.geometries, strict=True):
        assert shapely.equals_exact(shapely.from_wkb(wkb).normalize(), BOXES[grid].normalize(), 1e-9)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(encoding: str, tmp_path: Path) -> None:
    assert City.load(geojson(write(tmp_path, encoding=encoding))).units[0].name == "综治中心"


def test_gb18030_is_read_when_it_is_declared(tmp_path: Path) -> None:
    geojson(write(tmp_path, encoding="gb18030"))
    assert codes(tmp_path) == [("text.encoding", "units.csv:2")]

    settings = 'format = 1\nencoding = "GB18030"\n' + SETTINGS.format(crs="EPSG:4326")
    (tmp_path / "city.toml").write_text(settings, encoding="utf-8")

    assert City.load(tmp_path).units[0].name == "综治中心"


def test_missing_columns_of_rules_mean_any(tmp_path: Path) -> None:
    (rule,) = City.load(geojson(write(tmp_path))).rules

    assert (rule.matter, rule.area, rule.asset, rule.grade) == (None, None, None, None)
    assert (rule.assist, rule.respond_within, rule.resolve_within) == ((), None, None)


def test_columns_come_in_any_order(tmp_path: Path) -> None:
    rules = "resolve_within,unit,id,assist\n3 natural_day,@station>U-1,R-1,U-1;@station\n"
    (rule,) = City.load(geojson(write(tmp_path, rules_csv=rules))).rules

    assert (rule.unit, rule.assist) == (("@station", "U-1"), ("U-1", "@station"))
    assert rule.resolve_within == Limit(3, "natural_day")


def test_heights_are_dropped_with_one_warning(tmp_path: Path) -> None:
    boxes = {name: shapely.force_3d(box, 7.0) for name, box in BOXES.items()}
    city = City.load(geojson(write(tmp_path), boxes=boxes))

    assert [(warning.code, warning.place) for warning in city.warnings] == [
        ("geometry.heights", "places.geojson#G-1")
    ]
    assert "G-1, G-2" in city.warnings[0].message
    assert_close(city)


@pytest.mark.parametrize(
    ("stated", "of_file"),
    [
        ("EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84"),
        ("EPSG:4490", "urn:ogc:def:crs:EPSG::4490"),
        ("EPSG:4490", "EPSG:4326"),
    ],
)
def test_the_crs_of_a_file_may_say_what_is_stated(stated: str, of_file: str, tmp_path: Path) -> None:
    assert City.load(geojson(write(tmp_path, crs=stated), crs_name=of_file)).crs == stated


@pytest.mark.parametrize(
    ("stated", "of_file"),
    [("EPSG:4326", "urn:ogc:def:crs:EPSG::4214"), ("GCJ-02", "urn:ogc:def:crs:OGC:1.3:CRS84")],
)
def test_the_crs_of_a_file_may_say_nothing_else(stated: str, of_file: str, tmp_path: Path) -> None:
    geojson(write(tmp_path, crs=stated), crs_name=of_file)

    assert codes(tmp_path) == [("crs.contradiction", "places.geojson")]


def projected(epsg: str = "EPSG:4548") -> dict[str, Any]:
    """The boxes in metres of a three-degree zone."""
    from pyproj import Transformer

    to_metres = Transformer.from_crs("EPSG:4326", epsg, always_xy=True)
    return {
        name: shapely.transform(box, lambda xy: np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1])))
        for name, box in BOXES.items()
    }


def test_geojson_in_another_crs_is_converted(tmp_path: Path) -> None:
    city = City.load(geojson(write(tmp_path, crs="EPSG:4548"), boxes=projected()))

    assert city.crs == "EPSG:4326"
    assert_close(city)


def test_degrees_in_a_city_of_metres_are_refused(tmp_path: Path) -> None:
    boxes = {name: shapely.transform(box, lambda xy: xy * 1e300) for name, box in BOXES.items()}
    geojson(write(tmp_path, crs="EPSG:4548"), boxes=boxes)

    assert codes(tmp_path) == [("geometry.out_of_range", f"places.geojson#{name}") for name in ("G-1", "G-2")]


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", None])
def test_a_geopackage_in_degrees_is_taken_as_it_is(crs: str | None, tmp_path: Path) -> None:
    if crs is None:
        pytest.importorskip("pyogrio")
        with pytest.warns(UserWarning, match="crs"):
            gpkg(write(tmp_path), crs, BOXES)
    else:
        gpkg(write(tmp_path), crs, BOXES)
    city = City.load(tmp_path)

    assert city.geometries == tuple(shapely.to_wkb(shapely.orient_polygons(box)) for box in BOXES.values())
    assert city.places[0].parent is None


def test_a_geopackage_in_metres_is_converted(tmp_path: Path) -> None:
    assert_close(City.load(gpkg(write(tmp_path), "EPSG:4548", projected())))


@pytest.mark.parametrize(("encoding", "said"), [("UTF-8", True), ("GBK", True), ("UTF-8", False)])
def test_a_shapefile_is_read_in_the_encoding_it_says(encoding: str, said: bool, tmp_path: Path) -> None:  # noqa: FBT001
    write(tmp_path, units_csv="id,kind\nU,station\n", rules_csv="id,unit\nR,U\n")
    (tmp_path / "city.toml").write_text(SETTINGS.format(crs="EPSG:4326").replace('"community", ', ""))
    one, two = City.load(shapefile(tmp_path, encoding, said=said)).rows("places")

    assert (one.name, one.households, one.valid_to) == ("第一网格", 300, date(2010, 6, 1))
    assert (two.name, two.households, two.valid_to) == ("", 412, None)


def test_a_shapefile_that_says_no_encoding_is_not_guessed(tmp_path: Path) -> None:
    write(tmp_path, units_csv="id,kind\nU,station\n", rules_csv="id,unit\nR,U\n")
    settings = SETTINGS.format(crs="EPSG:4326").replace('"community", ', "")
    (tmp_path / "city.toml").write_text(settings)
    shapefile(tmp_path, "GBK", said=False)
    assert codes(tmp_path) == [("text.encoding", "places.shp")]

    for table in ("units", "matters", "rules"):
        text = (tmp_path / f"{table}.csv").read_text(encoding="utf-8")
        (tmp_path / f"{table}.csv").write_text(text, encoding="gb18030")
    (tmp_path / "city.toml").write_text(f'encoding = "GB18030"\n{settings}')
    city = City.load(tmp_path)
    assert city.rows("places")[0].name == "第一网格"

    city.save(tmp_path)
    assert not [
        file.name for file in tmp_path.iterdir() if file.stem == "places" and file.suffix != ".geojson"
    ]
    assert City.load(tmp_path) == city


def test_utf8_in_a_city_of_gb18030_is_refused_and_not_misread(tmp_path: Path) -> None:
    geojson(write(tmp_path))
    settings = (tmp_path / "city.toml").read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text(f'encoding = "GB18030"\n{settings}', encoding="utf-8")
    units = (tmp_path / "units.csv").read_text(encoding="utf-8").splitlines()
    units[1] = units[1].replace(units[1].split(",")[1], "一二", 1)
    (tmp_path / "units.csv").write_text("\n".join(units), encoding="GB18030")
    City.load(tmp_path)

    (tmp_path / "units.csv").write_text("\n".join(units), encoding="utf-8")
    with pytest.raises(CityError) as caught:
        City.load(tmp_path)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("text.encoding", "units.csv")]
    assert "UTF-8" in caught.value.faults[0].message


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ("unit.csv", '"units"'),
        ("Rules.CSV", '"rules"'),
        ("places.csv", ".geojson"),
        ("units.shp", ".csv"),
        ("units.xls", ".xlsx"),
    ],
)
def test_a_file_that_would_be_passed_over_is_refused(file: str, hint: str, tmp_path: Path) -> None:
    geojson(write(tmp_path))
    (tmp_path / "events.csv").write_text("id\n")
    City.load(tmp_path)

    (tmp_path / file).write_text("id\n")
    with pytest.raises(CityError) as caught:
        City.load(tmp_path)
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [("file.unknown", file)]
    assert hint in caught.value.hint


def test_the_layer_places_is_taken_among_several(tmp_path: Path) -> None:
    assert City.load(gpkg(write(tmp_path), "EPSG:4326", BOXES, ("roads", "places"))).grids == ("G-1", "G-2")


def test_several_layers_without_places_are_refused(tmp_path: Path) -> None:
    gpkg(write(tmp_path), "EPSG:4326", BOXES, ("roads", "rivers"))

    assert codes(tmp_path) == [("file.layers", "places.gpkg")]


def test_a_registered_crs_cannot_be_gcj_02(tmp_path: Path) -> None:
    gpkg(write(tmp_path, crs="GCJ-02"), "EPSG:4326", BOXES)

    assert codes(tmp_path) == [("crs.contradiction", "places.gpkg")]


def test_faults_of_a_geopackage_are_those_of_geojson(tmp_path: Path) -> None:
    boxes = {"G-1": shapely.Polygon(), "G-2": shapely.Point(1, 2)}
    gpkg(write(tmp_path), "EPSG:4326", boxes)

    assert codes(tmp_path) == [
        ("geometry.empty", "places.gpkg#G-1"),
        ("geometry.unreadable", "places.gpkg#G-2"),
    ]


@pytest.mark.parametrize("suffix", ["gpkg", "parquet"])
def test_a_damaged_map_is_a_fault(suffix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (write(tmp_path) / f"places.{suffix}").write_bytes(b"PAR1 no map PAR1")

    assert codes(tmp_path) == [("file.unreadable", f"places.{suffix}")]
    capfd.readouterr()


@pytest.mark.parametrize(
    ("described", "boxes"),
    [
        ({"encoding": "WKB"}, BOXES),
        ({"encoding": "WKB", "crs": None}, BOXES),
        ({"encoding": "WKB", "crs": {"id": {"authority": "EPSG", "code": 4490}}}, BOXES),
        ({"encoding": "WKB", "crs": {"id": {"authority": "EPSG", "code": 4548}}}, None),
    ],
)
def test_geoparquet_is_read_in_its_crs(
    described: dict[str, Any], boxes: dict[str, Any] | None, tmp_path: Path
) -> None:
    assert_close(City.load(parquet(write(tmp_path), described, projected() if boxes is None else boxes)))


@pytest.mark.parametrize(
    ("described", "code"), [(None, "file.no_geometry"), ({"encoding": "polygon"}, "file.encoding")]
)
def test_other_parquet_is_refused(described: dict[str, Any] | None, code: str, tmp_path: Path) -> None:
    parquet(write(tmp_path), described, BOXES)

    assert codes(tmp_path) == [(code, "places.parquet")]


@pytest.mark.parametrize("module", ["pyogrio", "pyproj"])
def test_a_missing_extra_is_named(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gpkg(write(tmp_path), "EPSG:4548", projected())
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(CityError) as caught:
        City.load(tmp_path)

    assert len(caught.value.faults) == 1
    assert 'pip install "gov-core[geo]"' in caught.value.hint
