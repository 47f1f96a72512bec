"""Codes of places against plain slices of strings."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.errors import Fault, PlaceCodeError
from gov_core.places import (
    DIGITAL_GRID,
    DIVISION,
    GRID,
    DigitalGridCode,
    DivisionCode,
    GridCode,
    code_faults,
    codec_for,
    parent_of,
)

LENGTHS = {6: "a division", 9: "a division", 12: "a division", 15: "a grid", 20: "a grid of CJ/T 349"}


def number(width: int, least: int = 1) -> st.SearchStrategy[str]:
    return st.integers(least, 10**width - 1).map(lambda value: f"{value:0{width}}")


COUNTY, THREE = number(6), number(3)
DIVISIONS = st.one_of(
    COUNTY, st.tuples(COUNTY, THREE).map("".join), st.tuples(COUNTY, THREE, THREE).map("".join)
)
GRIDS = st.tuples(COUNTY, THREE, THREE, THREE).map("".join)
DIGITAL = st.tuples(COUNTY, COUNTY, THREE, THREE, number(2, 0)).map("".join)
CODES = st.one_of(DIVISIONS, GRIDS, DIGITAL)


@given(CODES)
def test_every_code_comes_back_from_its_parts(text: str) -> None:
    codec = codec_for(text)

    assert codec.name == LENGTHS[len(text)]
    assert code_faults(text) == ()
    assert codec.format(codec.parse(text)) == text


@given(DIVISIONS)
def test_parts_of_a_division_are_slices(text: str) -> None:
    assert DIVISION.parse(text) == DivisionCode(text[:6], text[6:9], text[9:12])


@given(GRIDS)
def test_parts_of_a_grid_are_slices(text: str) -> None:
    assert GRID.parse(text) == GridCode(text[:6], text[6:9], text[9:12], int(text[12:]))
    assert parent_of(text) == text[:12]


@given(DIGITAL)
def test_parts_of_a_digital_grid_are_slices(text: str) -> None:
    code = DIGITAL_GRID.parse(text)

    assert code == DigitalGridCode(text[:6], text[6:12], text[12:15], text[15:18], int(text[18:]))
    assert parent_of(text) == text[6:18]
    assert code.merged == (text[15:18] >= "601")
    assert code.whole_class == (text[4:6] == "00")


@given(DIVISIONS)
def test_each_step_up_cuts_a_part_off(text: str) -> None:
    above = parent_of(text)

    if len(text) > 6:
        assert above == text[:-3]
    elif text[4:] != "00":
        assert above == text[:4] + "00"
    elif text[2:] != "0000":
        assert above == text[:2] + "0000"
    else:
        assert above is None


ALMOST = st.sampled_from([0, 5, 6, 7, 9, 12, 13, 15, 20, 21]).flatmap(
    lambda length: st.text(st.sampled_from("00000012345X ３"), min_size=length, max_size=length)
)


@given(ALMOST)
def test_a_text_is_a_code_or_has_faults_and_never_both(text: str) -> None:
    plain = text.isascii() and text.isdigit()
    widths = {6: [6], 9: [6, 3], 12: [6, 3, 3], 15: [6, 3, 3, 3], 20: [6, 6, 3, 3]}.get(len(text))
    at, parts = 0, []
    for width in widths or []:
        parts.append(text[at : at + width])
        at += width
    good = plain and widths is not None and all(part.strip("0") for part in parts)

    assert (code_faults(text) == ()) == good
    if not good:
        with pytest.raises(PlaceCodeError) as caught:
            codec_for(text).parse(text)
        assert caught.value.faults == code_faults(text)


@given(THREE)
def test_bands_follow_the_numbers(three: str) -> None:
    code, value = DIVISION.parse(f"320802{three}{three}"), int(three)
    street = (
        "street" if value < 100 else "town" if value < 200 else "township" if value < 400 else "enterprise"
    )
    community = "residents_committee" if value < 200 else "village_committee" if value < 400 else "other"

    assert code.street_band == (street if value < 600 else None)
    assert code.community_band == community
    assert DivisionCode("320802").street_band is None


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("", "code.length", "a division: 6, 9 or 12; a grid: 15; a grid of CJ/T 349: 20"),
        ("3208120010511", "code.length", "a division: 6, 9 or 12; a grid: 15; a grid of CJ/T 349: 20"),
        ("３２０８１２", "code.digit", 'write "320812"'),
        ("32081X", "code.digit", "codes are digits only"),
        ("320812000000", "code.zero", 'write "320812"'),
        ("320812001000", "code.zero", 'write "320812001"'),
        ("320812001051000", "code.zero", "number the sequence from 1"),
        ("000000", "code.zero", "number the county from 1"),
        ("32081200100200000000", "code.zero", "number the street from 1"),
    ],
)
def test_a_wrong_code_says_how_to_mend_it(text: str, code: str, hint: str) -> None:
    assert (code, hint) in [(fault.code, fault.hint) for fault in code_faults(text)]


def test_all_faults_of_a_code_come_at_once() -> None:
    with pytest.raises(PlaceCodeError) as caught:
        DIVISION.parse("32O812 1")

    assert [fault.code for fault in caught.value.faults] == ["code.digit", "code.length"]


@pytest.mark.parametrize(
    ("codec", "parts"),
    [
        (DIVISION, DivisionCode("320812", "", "051")),
        (DIVISION, DivisionCode("3208", "12001")),
        (GRID, GridCode("320812", "001", "051", 0)),
        (GRID, GridCode("320812", "001", "051", 1000)),
        (GRID, GridCode("320812", "1", "00051", 7)),
        (DIGITAL_GRID, DigitalGridCode("010100", "320812", "001", "051", -1)),
        (DIGITAL_GRID, DigitalGridCode("010100", "320812", "001", "051", 100)),
    ],
)
def test_parts_that_make_no_code_are_refused(codec: Any, parts: Any) -> None:
    with pytest.raises(PlaceCodeError):
        codec.format(parts)


def test_an_unsplit_merged_community() -> None:
    code = DIGITAL_GRID.parse("01010032081200160100")

    assert (code.merged, code.sequence, str(code.parent)) == (True, 0, "320812001601")


def test_a_city_may_bring_a_scheme_of_its_own() -> None:
    class Letters:
        name = "letters"
        lengths = (3,)

        def faults(self, text: str) -> tuple[Any, ...]:
            return () if text.isalpha() else (Fault("code.digit", text),)

        def parse(self, text: str) -> DivisionCode:
            return DivisionCode(text)

        def format(self, code: DivisionCode) -> str:
            return code.county

    assert codec_for("ABC", (Letters(), GRID)).name == "letters"
    assert code_faults("ABC", (Letters(),)) == ()
