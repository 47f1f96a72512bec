import csv
import io
import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from gov_core.privacy.cells import RUN, neutral, uncut, write_csv, write_xlsx

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


@pytest.mark.parametrize("form", ["1,{},2", "{},2"])
@pytest.mark.parametrize(
    "value",
    ["a;=cmd", 'a;"=cmd', "a\n=cmd\nb", "a\r\n-1", "a\t@x", "a;b;＝1", ";=1;=2", 'a";\n"=1', "a;\t=1"],
)
def test_a_csv_that_is_cut_at_semicolons_has_no_formula_either(value, form):
    to = io.StringIO(newline="")
    write_csv(to, [form.format(value)], [[1, value, 2], [value, 2, 3]])
    # As it is cut where the list separator is a semicolon; and, worse than any program does, at all breaks.
    rows = csv.reader(io.StringIO(to.getvalue(), newline=""), delimiter=";")
    for cell in [*chain.from_iterable(rows), *re.split("[;\t\r\n]", to.getvalue())]:
        assert not cell.lstrip('"\t\r\n').startswith(("=", "+", "-", "@", "＝")), cell


@pytest.mark.parametrize("value", ["one; two\n\n3-301 = 5;6", "a=b;c+d", "x\n\ny"])
def test_a_csv_leaves_other_texts_alone(value):
    assert uncut(value) == value


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
