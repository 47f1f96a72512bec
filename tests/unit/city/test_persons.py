"""No file of a city lists people: columns about persons are refused, whatever they are called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.city import City
from gov_core.city._personal import identity_numbers, is_identity_number, personal_name
from gov_core.errors import CityError

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = [2 ** (17 - at) % 11 for at in range(17)]


def made_up(area: str, born: str, order: str) -> str:
    """A number with a right check digit, of the area code 999999 that no place has."""
    body = f"{area}{born}{order}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


NUMBERS = [made_up("999999", f"19{year}0229", f"{year:03}") for year in range(20, 99, 4)]


@given(st.dates(), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_no_identity_number(born: Any, order: int, at: int, step: int) -> None:
    number = made_up("999999", f"{max(born.year, 1900)}0101", f"{order:03}")
    assert is_identity_number(number)
    if number[at] != "X":
        changed = (int(number[at]) + step) % 10
        assert not is_identity_number(f"{number[:at]}{changed}{number[at + 1 :]}")


@pytest.mark.parametrize("text", ["", "1" * 18, "320812003001001", "99999919000230000X", "９" * 18])
def test_other_digits_are_no_identity_numbers(text: str) -> None:
    assert not is_identity_number(text)


def test_most_values_decide() -> None:
    assert identity_numbers("code", NUMBERS) is not None
    assert identity_numbers("code", [*NUMBERS, *["", None] * 99]) is not None
    assert identity_numbers("code", [int(number) for number in NUMBERS if number.isdigit()]) is not None
    assert identity_numbers("code", [*NUMBERS, *map(str, range(len(NUMBERS)))]) is None
    assert identity_numbers("code", []) is None


@pytest.mark.parametrize(
    "name",
    [
        "身份证号",
        "ID Card",
        "id_card",
        "IDNumber",
        "ｉｄ＿ｎｕｍｂｅｒ",
        "手机号",
        "户主姓名",
        "Date of birth",
    ],
)
def test_names_of_columns_about_persons_are_known(name: str) -> None:
    flaw = personal_name(name)
    assert flaw is not None
    assert flaw.code == "privacy.personal_column"


@pytest.mark.parametrize("name", ["id", "name", "number", "phone", "联系电话", "households", "population"])
def test_names_that_may_be_of_bodies_are_not_taken_for_persons(name: str) -> None:
    assert personal_name(name) is None


def folder(path: Path, own: list[dict[str, Any]], **tables: str) -> Path:
    """A city of as many grids as there are properties."""
    (path / "city.toml").write_text(
        'format = 2\n[city]\nname = ""\ncrs = "EPSG:4326"\nlevels = ["grid"]\n', encoding="utf-8"
    )
    ring = [[118, 32], [119, 32], [119, 33], [118, 32]]
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"G{at}", "level": "grid"} | more,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for at, more in enumerate(own)
    ]
    (path / "places.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    for part, text in tables.items():
        (path / f"{part}.csv").write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(CityError) as caught:
        City.load(path)
    told = "\n".join(map(str, caught.value.faults))
    assert not any(number in told for number in NUMBERS), "the number of a person is repeated"
    return [(fault.code, fault.place) for fault in caught.value.faults]


def test_a_map_that_lists_people_is_refused(tmp_path: Path) -> None:
    City.load(folder(tmp_path, [{"phone": "12345", "manager_post": "P1"}]))

    assert faults(folder(tmp_path, [{"网格员姓名": "某"}])) == [("privacy.personal_column", "places.geojson")]
    assert faults(folder(tmp_path, [{"no": number} for number in NUMBERS])) == [
        ("privacy.identity_number", "places.geojson")
    ]


def test_a_table_that_lists_people_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"{number},station,{number}\n" for number in NUMBERS)

    assert faults(folder(tmp_path, [{}], units=f"id,kind,name\n{rows}")) == [
        ("privacy.identity_number", "units.csv:1"),
        ("privacy.identity_number", "units.csv:1"),
    ]
    assert faults(folder(tmp_path, [{}], units="id,kind,手机\nU,station,1\n")) == [
        ("privacy.personal_column", "units.csv:1")
    ]
