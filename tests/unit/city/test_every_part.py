"""Every part of a city is written and read again, with all its versions."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gov_core.checklists import Checklist, Item, ItemLimit, Limit, Matter, Transfer
from gov_core.city import City, Figure, Place, Rule, Term, Unit, Void
from gov_core.city._cells import read_csv
from gov_core.city._draft import Draft
from gov_core.city._sheets import SHEETS, Sheet
from gov_core.city._tables import records_of, text_of
from gov_core.errors import CityError
from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team
from gov_core.places import Address, Asset, AssetClass, Layer, LayerArea, Norm, Premises

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city._column import Column

REFORM = date(2010, 6, 1)


def area(west: float, east: float) -> bytes:
    return shapely.to_wkb(shapely.orient_polygons(shapely.box(west, 32, east, 32.1)), byte_order=1)


def parts(**changes: Any) -> dict[str, Any]:
    """A city with rows in every table, most of whose columns say something; its grids are redrawn once."""
    return {
        "name": "清河 every part",
        "levels": ["street", "grid", "building"],
        "partition": "grid",
        "grades": ["urgent"],
        "preset": "QINGHE",
        "hard_rules": ["two_lists"],
        "severities": {"geometry.gap": "warning", "place.norm": "off"},
        "places": [
            Place("S", "街道", "street", code="320812003", source="generated"),
            Place("A", "", "grid", "S", kind="general", households=300, population=0, valid_to=REFORM),
            Place("A", "第一网格", "grid", "S", households=412, valid_from=REFORM, successors=("B",)),
            Place("B", "", "grid", "S"),
            Place("B-1", "1幢", "building", "B"),
        ],
        "geometries": {
            "S": area(118.0, 118.2),
            "A": area(118.0, 118.1),
            f"A@{REFORM}": area(118.0, 118.11),
            "B": area(118.11, 118.2),
        },
        "voids": [Void("lake", area(118.3, 118.4))],
        "units": [
            Unit(
                *("ST", "综治中心", "station", ("S",), "public_institution", ("budget", "purchase")),
                valid_to=REFORM,
                successors=("NEW",),
                standing="practised",
                source="Q-ORG-1",
            ),
            Unit("NEW", "", "station", ("S",), valid_from=REFORM),
            Unit("CO", "物业", "property_company", ("A", "B"), legal_form="enterprise"),
        ],
        "matters": [Matter("M", "all", category="economy"), Matter("M-1", "", "M", sensitive=True)],
        "asset_classes": [AssetClass("lamp", "灯", None), AssetClass("lamp.street", "", "lamp")],
        "rules": [
            Rule("R", "M", None, None, "urgent", ("@station", "CO"), ("CO",), Limit(2, "urgent_hour")),
            Rule(
                *("R-2", None, "A", "lamp", None, ("CO",)),
                except_areas=("B",),
                except_assets=("lamp.street",),
                except_matters=("M-1",),
                valid_from=REFORM,
                source="rules of 2010",
            ),
        ],
        "relations": [Relation("@station", "guides", "CO", valid_to=REFORM, origin="Q-1")],
        "posts": [
            Post("P", "@station", "grid_manager", 1, 3, "@grid", full_time=True, elected=False, term_years=5),
            Post("P-2", "CO", "guard", 0, 0, skills=("patrol", "repair"), pay_grade="甲等"),
        ],
        "assignments": [Assignment("AS", "sinking", "CO", "@station", "guard", 2, ("CO", "@station"), "A")],
        "grants": [Grant("@station", "execute"), Grant("CO", "resolve", "@station", held=False)],
        "teams": [Team("T", "", "police", ("@grid",), "CO", "guard", ("guard:1",), ("guard", "chief"))],
        "providers": [Provider("CO", "mutual", ("purchased", "smart"), ("M",), ("Q1",), date(2020, 2, 29))],
        "systems": [System("SYS", "12345", "CO", "hotline", placeholder=True)],
        "layers": [Layer("beats", "警务区", "police_beat", overlaps=True, covers=False, source="x")],
        "layer_areas": [LayerArea("BE-1", "", "beats", "CO", area(118.0, 118.05))],
        "assets": [
            Asset("L-1", "lamp", "", "CO", "CO", "CO", 118.05, 32.05, accuracy="A"),
            Asset("L-2", "lamp", wkb=shapely.to_wkb(shapely.LineString([(118.1, 32.1), (118.2, 1 / 3)]))),
            Asset("L-3", "lamp", place="B-1", valid_from=REFORM),
        ],
        "premises": [Premises("H", "东园", "estate", "A", None, None, "CO", "old", 120, 310)],
        "addresses": [Address("AD", "B-1", "清河街道", "长江路", "0101", ("东园", "East"), "1", lon=118.15)],
        "checklists": [Checklist("L", "power", "权力清单", "@station", 40, 6, standing="recommended")],
        "items": [
            Item(
                *(
                    "I",
                    "L",
                    "巡查",
                    ("@station", "CO"),
                    ("M",),
                    ("A",),
                    ("B",),
                    ("lamp",),
                    ("lamp.street",),
                ),
                except_matters=("M-1",),
                assist=("CO",),
                respond_within=Limit(4, "working_hour"),
                basis='第一条 "巡查"\n第二条, 其余',
                steps=("受理", "办结"),
                sensitive=True,
                supply="purchased",
                funding="fees",
                admission="approved",
                transferred_from="@station",
                valid_from=date(2009, 1, 1),
            ),
            Item("I-2", "L", "未列明", placeholder=True, powers=("I",), valid_from=date(2009, 1, 1)),
        ],
        "item_limits": [ItemLimit("I", "M-1", None, None, Limit(3, "natural_day"))],
        "transfers": [Transfer("I", "@station", "CO", REFORM, 1234.56, earmarked=True, decided_by="CO")],
        "norms": [Norm("N", "households", "grid", 300, 500.5, "error")],
        "figures": [Figure("F", "人口", 1e7, "people", REFORM, claim=True, note="two\nlines")],
        "terms": [Term("W", "meetings", "居民会议", "residents' meeting", 1)],
    } | changes


def test_the_example_has_rows_in_every_table() -> None:
    assert all(parts()[sheet.part] for sheet in SHEETS)


def test_every_part_comes_back_with_all_its_versions(tmp_path: Path) -> None:
    city = City.from_parts(**parts())
    city.save(tmp_path / "one")
    again = City.load(tmp_path / "one")

    assert again == city
    assert again.versions == city.versions
    for sheet in SHEETS:
        assert again.rows(sheet.part) == tuple(parts()[sheet.part])
    before = date(2000, 1, 1)
    assert again.as_of(before) == city.as_of(before)
    assert again.as_of(before).digest != again.digest

    again.save(tmp_path / "two")
    assert City.load(tmp_path / "two") == city
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_a_city_of_an_earlier_day_saves_all_versions_too(tmp_path: Path) -> None:
    city = City.from_parts(**parts())
    city.as_of(date(2000, 1, 1)).save(tmp_path)

    assert City.load(tmp_path) == city


def test_empty_tables_leave_no_file(tmp_path: Path) -> None:
    City.from_parts(**parts()).save(tmp_path)
    bare = {sheet.part: [] for sheet in SHEETS}
    City.from_parts(**parts(**bare, grades=None, voids=[])).save(tmp_path)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["city.toml", "places.geojson"]
    assert City.load(tmp_path).units == ()


WORDS = st.text(st.sampled_from("Aaz09-_.街道网格"), min_size=1, max_size=8)
NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=";"), max_size=12)
LIMITS = st.builds(
    Limit,
    st.integers(1, 999_999),
    st.sampled_from(["urgent_hour", "working_hour", "working_day", "natural_day"]),
)
LINES = st.builds(
    lambda x, y: shapely.to_wkb(shapely.LineString([(x + 0.0, y + 0.0), (1, 1)]), byte_order=1),
    st.floats(-180, 0),
    st.floats(-90, 0),
)


def values_of(column: Column) -> st.SearchStrategy[Any]:
    """Any value that a column may hold."""
    marked = column.refers is not None and (column.refers.kinds or column.refers.levels)
    words = WORDS | WORDS.map("@{}".format) if marked else WORDS
    one: st.SearchStrategy[Any] = {
        "word": words,
        "name": NAMES,
        "prose": st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t")),
        "flag": st.booleans(),
        "whole": st.integers(-(10**18) + 1 if column.least is None else column.least, 10**18 - 1),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "date": st.dates(),
        "choice": st.sampled_from(column.choices or ("",)),
        "limit": LIMITS,
        "outline": LINES,
    }[column.sort]
    if column.joint:
        pieces = one.filter(lambda value: value.strip(" ").removeprefix("@") and value == value.strip(" "))
        return st.lists(pieces, min_size=1 if column.needed else 0, unique=True).map(tuple)
    return one | st.none() if column.nullable else one


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.part)
@given(data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_any_row_of_any_table_comes_back(sheet: Sheet, data: st.DataObject) -> None:
    columns = sheet.columns
    strategy = st.fixed_dictionaries({column.field: values_of(column) for column in columns})
    rows = [sheet.record(**values) for values in data.draw(st.lists(strategy, min_size=1, max_size=4))]
    draft = Draft()

    assert [column.flaws(getattr(row, column.field)) for row in rows for column in columns] == [()] * (
        len(rows) * len(columns)
    )
    cells = read_csv("any.csv", text_of(columns, rows), columns, draft)
    assert cells is not None
    again = records_of(sheet, cells, draft)

    assert draft.faults == []
    assert again.items == rows
    if any(own.name == "line" for own in fields(sheet.record)):
        assert [row.line for row in again.items] == [*cells.lines]


def test_what_no_cell_can_keep_is_refused_where_the_city_is_made() -> None:
    with pytest.raises(CityError) as caught:
        City.from_parts(
            **parts(
                matters=[Matter("M", "all"), Matter("M-1", "", "M"), Matter("M;2", "")],
                premises=[Premises("P", "", "shop", households=-1)],
                figures=[Figure("F", "", float("nan"))],
                systems=[System("SYS", "", "CO", placeholder=1)],  # type: ignore[arg-type]
                terms=[Term("W", "list", "one\nline")],
                teams=[Team("T", "", "navy")],  # type: ignore[arg-type]
                assets=[Asset("L", "lamp", wkb=b"\x01")],
                layer_areas=[LayerArea("BE-1", "", "beats", None, shapely.to_wkb(shapely.Point(1, 2)))],
                severities={"geometry.gap": 1},  # type: ignore[dict-item]
            )
        )

    assert sorted((fault.code, fault.place) for fault in caught.value.faults) == [
        ("geometry.unreadable", "assets#L"),
        ("geometry.unreadable", "layer_areas#BE-1"),
        ("toml.value", "severities"),
        ("value.choice", "teams#T"),
        ("value.flag", "systems#SYS"),
        ("value.invisible", "terms#W"),
        ("value.number", "figures#F"),
        ("value.number", "premises#P"),
        ("value.reserved", "matters#M;2"),
    ]


CASES: dict[str, tuple[str, str, list[tuple[str, str]], str]] = {
    "date with slashes": (
        "relations.csv",
        "source,relation,target,valid_from\nCO,leads,CO,2010/6/1\n",
        [("value.date", "relations.csv:2")],
        'write "2010-06-01"',
    ),
    "no day": (
        "relations.csv",
        "source,relation,target,valid_from\nCO,leads,CO,2010-02-30\n",
        [("value.date", "relations.csv:2")],
        "",
    ),
    "choice": (
        "relations.csv",
        "source,relation,target\nCO,leds,CO\n",
        [("value.choice", "relations.csv:2")],
        'did you mean "leads"?',
    ),
    "full-width number": (
        "posts.csv",
        "id,body,role,seats\nP,CO,guard,１２\n",
        [("value.width", "posts.csv:2")],
        'write "12"',
    ),
    "flag": (
        "systems.csv",
        "id,unit,placeholder\nP,CO,maybe\n",
        [("value.flag", "systems.csv:2")],
        'write "true"',
    ),
    "full-width joint": (
        "teams.csv",
        "id,force,serves\nT,police,A；B\n",
        [("value.width", "teams.csv:2")],
        'write "A;B"',
    ),
    "column nearly right": (
        "norms.csv",
        "id,measure,per,leest\nN,households,grid,1\n",
        [("csv.unknown_column", "norms.csv:1")],
        'did you mean "least"?',
    ),
    "needed column": (
        "transfers.csv",
        "item,source\nI,CO\n",
        [("csv.missing_column", "transfers.csv:1")],
        "",
    ),
    "a flawed name is not unknown, too": (
        "grants.csv",
        "holder,power\nCO ,lead\n",
        [("value.space", "grants.csv:2")],
        "remove it",
    ),
    "limit of an item": (
        "item_limits.csv",
        "item,resolve_within\nI,3 day\n",
        [("value.limit", "item_limits.csv:2")],
        "",
    ),
    "drawing": (
        "assets.csv",
        "id,asset_class,wkt\nL,lamp,LINE (1 2)\n",
        [("geometry.unreadable", "assets.csv:2")],
        "such as LINESTRING",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_faults_of_any_table_have_code_place_and_hint(name: str, tmp_path: Path) -> None:
    file, text, expected, hint = CASES[name]
    City.from_parts(**parts()).save(tmp_path)
    (tmp_path / file).write_text(text, encoding="utf-8")

    with pytest.raises(CityError) as caught:
        City.load(tmp_path)

    assert [(fault.code, fault.place) for fault in caught.value.faults] == expected
    assert hint in caught.value.faults[0].hint


def test_settings_of_the_check_are_judged(tmp_path: Path) -> None:
    City.from_parts(**parts()).save(tmp_path)
    path = tmp_path / "city.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"off"', "1").replace('["two_lists"]', "7"), encoding="utf-8")

    with pytest.raises(CityError) as caught:
        City.load(tmp_path)

    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("toml.value", "city.toml#check.hard_rules"),
        ("toml.value", "city.toml#check.severities"),
    ]


def test_a_folder_of_format_1_is_read_and_saved_as_format_2(tmp_path: Path) -> None:
    files = {
        "city.toml": '[city]\nname = "Old"\ncrs = "EPSG:4326"\nlevels = ["grid"]\n',
        "units.csv": "id,kind\nU,station\n",
        "matters.csv": "code\nM\n",
        "rules.csv": "id,unit\nR,@station\n",
    }
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    square = '{"type": "Polygon", "coordinates": [[[118, 32], [119, 32], [119, 33], [118, 32]]]}'
    (tmp_path / "places.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "G", '
        f'"level": "grid"}}, "geometry": {square}}}]}}'
    )
    city = City.load(tmp_path)
    city.save(tmp_path)

    assert City.load(tmp_path) == city
    assert (tmp_path / "city.toml").read_text(encoding="utf-8").startswith("format = 2\n")
