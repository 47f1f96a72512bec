"""A list of cases as a table for a spreadsheet; sensitive ones stay out unless they are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.storage.protocol import CaseFilter, CaseOrder, CaseRow, CaseStore

_HEADER: Final = ("case_id", "state", "light", "matter", "grade", "place", "path", "unit", "opened", "due")
_PAGE: Final = 1000


def write_cases(path: Path, store: CaseStore, where: CaseFilter, order: CaseOrder, *, now_us: int) -> int:
    """Write all cases of a list, whatever page they are on; how many.

    Args:
        path: CSV in UTF-8 with a mark that Excel knows it by, or a workbook, by its ending.
        store: Where they are kept.
        where: Which.
        order: In which order.
        now_us: By when lights are told.

    Raises:
        CapabilityMissingError: ``openpyxl``, which writes workbooks, is not there.
    """
    from gov_core.privacy.cells import write_csv, write_xlsx

    cells = (_cells(row, now_us) for row in _rows(store, where, order))
    if path.suffix.lower() == ".xlsx":
        with path.open("wb") as book:
            return write_xlsx(book, _HEADER, cells, title="cases")
    with path.open("w", encoding="utf-8-sig", newline="") as table:
        return write_csv(table, _HEADER, cells)


def _rows(store: CaseStore, where: CaseFilter, order: CaseOrder) -> Iterator[CaseRow]:
    after: str | None = None
    while True:
        page = store.query_cases(where, order=order, after=after, limit=_PAGE)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def _cells(row: CaseRow, now_us: int) -> tuple[str, ...]:
    from gov_core.storage.lists import light_of

    light = light_of(row.yellow_us, row.due_us, now_us)
    due = "" if row.due_us is None else _told(row.due_us)
    told = (row.case_id, row.state, light, row.matter, row.grade, row.place, row.path, row.unit)
    return (*told, _told(row.opened_us), due)


def _told(us: int) -> str:
    from gov_core.cases import china

    return f"{datetime.fromtimestamp(us / 1_000_000, china().tz):%Y-%m-%d %H:%M}"
