"""Reads one table from a workbook (XLSX), as strictly as a CSV file."""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from gov_core.city._cells import Cells, header_fits
from gov_core.city._text import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.city._column import Column
    from gov_core.city._draft import Draft


def read_workbook(
    data: bytes, file: str, columns: tuple[Column, ...], draft: Draft, *, max_bytes: int
) -> Cells | None:
    """Reads the sheet that is named as the file, or else the first; None, after a fault, if it is no table.

    Args:
        data: The file.
        file: Its name.
        columns: What the table may have.
        draft: Takes the faults.
        max_bytes: What the file unpacks to may not be larger.
    """
    sheet = _sheet(data, file, max_bytes, draft)
    if sheet is None:
        return None
    merged = sorted(str(cells.coord) for cells in sheet.merged_cells.ranges)
    for cells in merged:
        message = f"the cells {cells} are merged: which rows the value is for is not said"
        draft.fault("sheet.merged", message, f"{file}!{cells}", "unmerge them and fill in each")
    rows = [[_value(cell) for cell in row] for row in sheet.iter_rows()]
    header = [_name(value) for value in _trimmed(rows[0] if rows else ())]
    letters = [_letter(at) for at in range(len(header))]
    where = [f"{file}!{letter}1" for letter in letters] or [f"{file}!A1"]
    if not header_fits(header, columns, where, draft) or merged:
        return None
    found = _rows(rows[1:], len(header), file, draft)
    columns_of_cells = list(zip(*found.values(), strict=True)) or [()] * len(header)
    return Cells(
        file,
        header,
        columns_of_cells,
        list(found),
        complete=all(len(_trimmed(row)) <= len(header) for row in rows),
        letters=dict(zip(header, letters, strict=True)),
    )


def _sheet(data: bytes, file: str, max_bytes: int, draft: Draft) -> Any:  # noqa: ANN401  # a Worksheet
    try:
        import openpyxl
    except ImportError:
        hint = 'pip install "gov-core[sheets]", or save it as CSV'
        draft.fault("file.needs_sheets", "reading a workbook needs openpyxl", file, hint)
        return None
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
        if unpacked > max_bytes:
            message = f"the file unpacks to {unpacked} bytes, {max_bytes} are allowed"
            draft.fault("file.too_large", message, file, "raise max_bytes if it is meant")
            return None
        with warnings.catch_warnings():
            # What openpyxl does not know, such as lists of choices, changes no cell.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
        part = file.rpartition(".")[0]
        return book[part] if part in book.sheetnames else book.worksheets[0]
    except Exception:  # noqa: BLE001  # a damaged workbook breaks openpyxl in many ways
        draft.fault("file.unreadable", "the file is no workbook (XLSX), or a damaged one", file)
        return None


def _rows(rows: list[list[object]], width: int, file: str, draft: Draft) -> dict[int, list[object]]:
    """Rows by their line; empty ones are skipped, those that are wider than the header are refused."""
    found = {}
    for line, row in enumerate(rows, 2):
        cells = _trimmed(row)
        if len(cells) > width:
            message = f"a cell stands to the right of the header, which has {width} columns"
            draft.fault("csv.ragged", message, f"{file}!{_letter(len(cells) - 1)}{line}")
        elif cells:
            found[line] = cells + [None] * (width - len(cells))
    return found


def _trimmed(row: Iterable[object]) -> list[object]:
    """A row without the empty cells at its end, of which programs write any number."""
    cells = list(row)
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def _value(cell: Any) -> object:  # noqa: ANN401  # a Cell of openpyxl
    """What a cell holds, or why it cannot be taken."""
    value = cell.value
    if cell.data_type == "f":
        return Flaw("sheet.formula", "is a formula", "paste it as a value: its result is not kept for sure")
    if cell.data_type == "e":
        return Flaw("sheet.error", f"is the error {value}", "correct it in the workbook")
    if isinstance(value, datetime):
        # Workbooks have no plain days; one at midnight is what a day is kept as.
        return value.date() if value.time() == time() else value
    return value


def _name(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _letter(at: int) -> str:
    """``A`` for 0, ``Z`` for 25, ``AA`` for 26."""
    head, tail = divmod(at, 26)
    return (_letter(head - 1) if head else "") + chr(ord("A") + tail)
