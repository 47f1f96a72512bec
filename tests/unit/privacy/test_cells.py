import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from gov_core.privacy.cells import RUN, neutral, write_csv, write_xlsx

EVIL = ['=cmd|"/c calc"!A1', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("value", EVIL)
def test_a_formula_becomes_text(value):
    assert neutral(value) == "'" + value


@pytest.mark.parametrize("value", ["a=b", "", "3-301", -5, 2.5, None, True, "'=1"])
def test_what_is_none_stays(value):
    assert neutral(value) is value


@given(st.lists(st.lists(st.text() | st.integers() | st.none(), min_size=2, max_size=2), max_size=5))
def test_no_text_of_a_csv_begins_like_a_formula(rows):
    to = io.StringIO(newline="")
    assert write_csv(to, ["a", "=b"], rows) == len(rows)
    to.seek(0)
    header, *read = csv.reader(to)
    assert header == ["a", "'=b"]
    assert len(read) == len(rows)
    for row, back in zip(rows, read, strict=True):
        for value, cell in zip(row, back, strict=True):
            assert isinstance(value, int) or not cell.startswith(RUN)


def test_no_cell_of_a_workbook_is_a_formula():
    to = io.BytesIO()
    assert (
        write_xlsx(to, ["what", "n"], [[evil, 1] for evil in EVIL] + [["bell\x07", -5]], title="cases") == 12
    )
    sheet = load_workbook(to)["cases"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    values = [row[0].value for row in sheet.iter_rows()]

    assert kinds == {"s", "n"}
    assert not any(value.startswith(RUN) for value in values)
    assert values[-1] == "bell"
    assert [row[1].value for row in sheet.iter_rows()][-1] == -5
