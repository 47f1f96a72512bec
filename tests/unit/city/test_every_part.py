"""Every part of a city is written and read again, with all its versions."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cities.every_part import parts
from gov_core.checklists import Limit, Matter
from gov_core.city import City, Figure, Term
from gov_core.city._cells import read_csv
from gov_core.city._draft import Draft
from gov_core.city._sheets import SHEETS, Sheet
from gov_core.city._tables import records_of, text_of
from gov_core.errors import CityError
from gov_core.organisation import System, Team
from gov_core.places import Asset, LayerArea, Premises

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city._column import Column


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
