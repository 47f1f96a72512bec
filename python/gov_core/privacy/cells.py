"""Tables for spreadsheets: CSV and XLSX in which no cell is a formula, whatever somebody wrote into it.

A spreadsheet runs what begins with one of a few signs, also in a CSV file, and a formula can send what is
beside it elsewhere. Such texts get an apostrophe in front, which every spreadsheet takes for "this is text".

Where Windows separates lists by a semicolon, a CSV file is cut at semicolons, and at line breaks whose cell
did not begin with a quote there: ``a;=1+1`` is one cell for whoever wrote it, and two for whoever opens it.
Quotes do not help (the cut cell begins with something else), so in CSV the apostrophe stands there too.
"""

from __future__ import annotations

import csv
import re
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
RUN: Final = (*_SIGNS, "\t", "\r", "\n")
"""What a formula begins with; the full-width signs are read as such in Chinese and Japanese settings."""

_CUT: Final = re.compile(rf'([;\t\r\n]"*)(?=[{re.escape("".join(_SIGNS))}])')
"""Where a cell of CSV may be cut in two, before what a formula begins with."""

Cell = str | int | float | bool | None


def neutral(value: Cell) -> Cell:
    """A cell that is no formula: texts that would be one get an apostrophe in front; numbers stay.

    Args:
        value: Of the cell.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(RUN) else value


def uncut(value: Cell) -> Cell:
    """A cell of CSV that is no formula, and no two cells of which the second is one.

    Args:
        value: Of the cell.
    """
    value = neutral(value)
    return _CUT.sub(r"\1'", value) if isinstance(value, str) else value


def write_csv(to: IO[str], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as CSV.

    Args:
        to: A file that takes text; open it with ``newline=""``, and as ``utf-8-sig`` for Excel.
        header: Names of the columns.
        rows: Cells in the order of the columns; None is an empty one.

    Returns:
        How many rows were written.
    """
    table = csv.writer(to)
    table.writerow(map(uncut, header))
    written = 0
    for row in rows:
        table.writerow(map(uncut, row))
        written += 1
    return written


def write_xlsx(to: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> int:
    """Write a table as a workbook of one sheet.

    Args:
        to: A file that takes bytes.
        header: Names of the columns.
        rows: Cells in the order of the columns; None is an empty one.
        title: Of the sheet.

    Returns:
        How many rows were written.

    Raises:
        CapabilityMissingError: ``openpyxl`` is not there.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    except ImportError:
        from gov_core.errors import CapabilityMissingError, Fault

        hint = 'pip install "gov-core[sheets]", or write CSV'
        fault = Fault("privacy.no_openpyxl", "openpyxl, which writes workbooks, is not there", "", hint)
        raise CapabilityMissingError([fault]) from None

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)

    def cell(value: Cell) -> Any:  # noqa: ANN401  # openpyxl makes it by a function
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        made = WriteOnlyCell(sheet, neutral(value))
        if isinstance(value, str):
            made.data_type = "s"
        return made

    sheet.append([cell(name) for name in header])
    written = 0
    for row in rows:
        sheet.append([cell(value) for value in row])
        written += 1
    book.save(to)
    return written
