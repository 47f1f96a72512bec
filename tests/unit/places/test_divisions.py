"""Codes of districts over the years."""

import pytest

from gov_core.errors import PlaceCodeError
from gov_core.places import divisions, divisions_in, present_code


def test_qinghe_and_qingpu_became_one_district_in_2016() -> None:
    assert {row.code for row in divisions_in(2015) if row.present_code == "320812"} == {"320802", "320811"}
    assert [row.name for row in divisions_in(2016) if row.present_code == "320812"] == ["清江浦区"]


def test_old_codes_lead_to_present_ones() -> None:
    assert present_code("320802", 2011) == "320812"
    assert present_code("320103", 2012) == "320104"  # Baixia went into Qinhuai
    assert present_code("330102", 2024) == "330102"


def test_no_district_has_two_rows_in_a_year() -> None:
    for year in range(1980, 2025):
        codes = [row.code for row in divisions_in(year)]
        assert len(set(codes)) == len(codes)


def test_spans_of_years_are_in_order() -> None:
    assert all(row.first_year <= row.last_year for row in divisions())
    assert {len(row.code) for row in divisions()} == {6}


@pytest.mark.parametrize("year", [1979, 2025, -1])
def test_a_year_outside_the_table_is_refused(year: int) -> None:
    with pytest.raises(PlaceCodeError) as caught:
        divisions_in(year)
    assert caught.value.faults[0].code == "division.unknown_year"
    assert "1980 to 2024" in caught.value.faults[0].hint


def test_a_code_of_another_year_is_refused() -> None:
    with pytest.raises(PlaceCodeError) as caught:
        present_code("320802", 2016)
    assert caught.value.faults[0].code == "division.unknown_code"
